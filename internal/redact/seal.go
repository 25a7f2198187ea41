package redact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
)

// Sealer seals names for the journal of a recording, so that a recording that was killed can be
// finished with the key: AES-256-GCM with a random nonce. A cassette has no sealed names.
type Sealer struct{ aead cipher.AEAD }

// Sealer returns the sealer of a key.
func (k Key) Sealer() Sealer {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte("crcheck journal names"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(err) // cannot happen: the key has 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // cannot happen: AES has blocks of 16 bytes
	}
	return Sealer{aead}
}

// Seal returns names as text.
func (s Sealer) Seal(names []Name) string {
	if len(names) == 0 {
		return ""
	}
	text, _ := json.Marshal(names) // strings cannot fail
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nil, nil, text, nil))
}

// Open returns sealed names, or none if another key sealed them.
func (s Sealer) Open(sealed string) (names []Name) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return nil
	}
	text, err := s.aead.Open(nil, nil, raw, nil)
	if err != nil || json.Unmarshal(text, &names) != nil {
		return nil
	}
	return names
}

// maxEntry is the length of a pseudonym, in bytes, up to which a list has it as it is. Of a longer
// one it has a digest.
const maxEntry = 256

// entryOf returns the entry of a pseudonym in a list.
func entryOf(pseudonym string) string {
	if len(pseudonym) <= maxEntry {
		return pseudonym
	}
	sum := sha256.Sum256([]byte(pseudonym))
	return "sha256:" + hex.EncodeToString(sum[:16])
}
