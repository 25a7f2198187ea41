package redact

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/links"
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

// LoadKey returns the key in CRCHECK_REDACTION_KEY or, if that is not set, in the file. If the file
// does not exist, LoadKey creates it with a new key, readable by its owner only (0600), and made is
// true. Before that, it adds the file to the .gitignore beside it, unless that .gitignore or one in
// a folder above already ignores it. The error is a *KeyError.
func LoadKey(file string) (k Key, made bool, err error) {
	if text := os.Getenv(Variable); text != "" {
		k, err = ParseKey(text)
		return k, false, placed(err, Variable)
	}
	if err := ignore(file); err != nil {
		return Key{}, false, &KeyError{Where: file, Problem: "cannot add the key file to .gitignore: " + err.Error(), Remedy: "make its folder writable, or set " + Variable, Err: err}
	}
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeKey(file)
	case err != nil:
		return Key{}, false, unreadable(file, err)
	}
	k, err = ParseKey(string(text))
	return k, false, placed(err, file)
}

// ReadKey is like [LoadKey], but does not write anything. ok is false if there is no key. The error
// is a *KeyError.
func ReadKey(file string) (k Key, ok bool, err error) {
	where, text := Variable, os.Getenv(Variable)
	if text == "" {
		read, err := os.ReadFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return Key{}, false, nil
		case err != nil:
			return Key{}, false, unreadable(file, err)
		}
		where, text = file, string(read)
	}
	k, err = ParseKey(text)
	return k, err == nil, placed(err, where)
}

// KeyOf is the path of the redaction key that recordings in the folder of a cassette share. A link
// to the cassette is followed.
func KeyOf(cassette string) string {
	return filepath.Join(filepath.Dir(links.Follow(cassette)), ".crcheck-redaction-key")
}

// makeKey writes a new key. The file appears atomically: if two processes write at the same time,
// one wins and the other reads its key.
func makeKey(file string) (Key, bool, error) {
	k, err := NewKey()
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	draft, err := os.CreateTemp(filepath.Dir(file), ".crcheck-key-*") // 0600
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(k.Text())
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err == nil {
		err = os.Link(draft.Name(), file)
	}
	if errors.Is(err, fs.ErrExist) {
		text, err := os.ReadFile(file)
		if err != nil {
			return Key{}, false, unreadable(file, err)
		}
		k, err = ParseKey(string(text))
		return k, false, placed(err, file)
	}
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	return k, true, nil
}

func unreadable(file string, err error) error {
	return &KeyError{Where: file, Problem: "cannot read or create the redaction key: " + err.Error(), Remedy: "check the path, or set " + Variable, Err: err}
}

func placed(err error, where string) error {
	if e := (*KeyError)(nil); errors.As(err, &e) {
		e.Where = where
	}
	return err
}

// ignore makes git ignore a file.
func ignore(file string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	beside := filepath.Join(filepath.Dir(file), ".gitignore")
	for folder := filepath.Dir(file); ; folder = filepath.Dir(folder) {
		text, err := os.ReadFile(filepath.Join(folder, ".gitignore"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		below, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		yes, takenBack := ignored(text, filepath.ToSlash(below))
		if yes {
			return nil
		}
		if takenBack {
			break
		}
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil || folder == filepath.Dir(folder) {
			break
		}
	}
	text, err := os.ReadFile(beside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return os.WriteFile(beside, fmt.Appendf(text, "/%s\n", filepath.Base(file)), 0o644)
}

// ignored reports whether a .gitignore ignores a path below it. It understands names, paths and *
// (gitignore(5)). A negated line counts as if it matched the file.
func ignored(text []byte, below string) (yes, takenBack bool) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimRight(lines.Text(), " \t\r")
		if strings.HasPrefix(line, "!") {
			yes, takenBack = false, true
			continue
		}
		against := path.Base(below)
		if pattern := strings.TrimSuffix(line, "/"); strings.Contains(pattern, "/") {
			against = below
		}
		if ok, err := path.Match(strings.TrimPrefix(line, "/"), against); err == nil && ok {
			if !strings.HasPrefix(line, "/") || against == below || !strings.Contains(below, "/") {
				yes = true
			}
		}
	}
	return yes, takenBack
}
