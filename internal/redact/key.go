package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// Variable is the environment variable for a key where there is no key file, as in CI.
const Variable = "CRCHECK_REDACTION_KEY"

// WithoutKey returns the environment of a command that crcheck starts, in the form of [os.Environ]:
// all of env except the key. A command could print the key or pass it on.
func WithoutKey(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.EqualFold(name, Variable) // as Windows compares names
	})
}

// keyPrefix begins the text of a key, so that people and scanners can recognise it.
const keyPrefix = "crcheck-redaction-key-1:"

// Key encrypts names to pseudonyms and decrypts them. It is as secret as the names.
type Key [32]byte

// KeyError describes a problem with a key, without containing it.
type KeyError struct {
	Where   string // the variable or the file, if any
	Problem string
	Remedy  string
	Err     error // the cause, if any
}

func (e *KeyError) Error() string {
	text := e.Problem + "; " + e.Remedy
	if e.Where != "" {
		text = e.Where + ": " + text
	}
	return text
}

func (e *KeyError) Unwrap() error { return e.Err }

// ID returns a short public name of the key, which may be committed: 64 bits of an HMAC of a
// constant.
func (k Key) ID() string {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte("crcheck redaction key id"))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// String returns [Key.ID], so that printing a key by mistake does not leak it.
func (k Key) String() string { return k.ID() }

// GoString returns [Key.ID].
func (k Key) GoString() string { return k.ID() }

// NewKey returns a random key.
func NewKey() (k Key, err error) {
	_, err = rand.Read(k[:])
	return k, err
}

// ParseKey parses the text of a key, as in the key file and CRCHECK_REDACTION_KEY. The error is a
// *KeyError.
func ParseKey(text string) (k Key, err error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), keyPrefix)
	if !ok {
		return Key{}, &KeyError{Problem: "not a redaction key, which begins with " + keyPrefix, Remedy: "copy the whole line of the key file"}
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(decoded) != len(k) {
		return Key{}, &KeyError{Problem: "the redaction key is damaged", Remedy: "copy the whole line of the key file", Err: err}
	}
	return Key(decoded), nil
}

// Text returns the text of the key, as [ParseKey] reads it. It is a secret.
func (k Key) Text() string { return keyPrefix + base64.RawURLEncoding.EncodeToString(k[:]) + "\n" }
