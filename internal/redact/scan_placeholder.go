package redact

import (
	"encoding/base32"
	"slices"
	"strings"
	"unicode/utf8"
)

// placeholder reports whether a whole token is written in place of a secret: a mask, an example of
// AWS's documentation, a reference to the place of the secret, or words of the lists that mark one.
// A token that contains anything else is not a placeholder.
func placeholder(token string) bool {
	token = strings.TrimSpace(token)
	if masked(token) || elided(token) {
		return true
	}
	token = strings.TrimRight(token, `.:!?\`) // punctuation of the sentence
	switch {
	case token == "":
		return false
	case len(token) > maxPlaceholder:
		return documentedToken(token)
	case isKeyID(token):
		return placeholderKeyID(token)
	case slices.Contains([]string{"seconds", "minutes", "hours", "days"}, token): // cognito-idp's TokenValidityUnits
		return true
	}
	if decoded := decodeWord(token); len(decoded) >= minDecoded && isText(decoded) && placeholder(string(decoded)) {
		return true
	}
	return masked(token) || documented(token) || documentedToken(token) || documentedWebToken(token) || arnReference(token) || sequence(token) || worded(token)
}

const (
	maxPlaceholder = 200 // bytes
	minDecoded     = 4   // bytes of a placeholder in base64
)

// madeUp reports whether a token is an invented key ID, as in tests: a signature made with it gives
// no access. A mask does not count, since the request was signed with the key before masking.
func madeUp(token string) bool {
	if !placeholder(token) {
		return false
	}
	token = strings.ToLower(token)
	return isKeyID(strings.ToUpper(token)) && maxRun(token) < 8 ||
		slices.ContainsFunc([]string{"dummy", "example", "fake", "foo", "mock", "moto", "sample", "test"}, func(w string) bool { return strings.Contains(token, w) })
}

// IsDummyKey reports whether an access key ID is marked as fake, so that nobody has it.
func IsDummyKey(id string) bool { return isKeyID(id) && placeholderKeyID(id) }

// isKeyID reports whether a token has the form of an access key ID.
func isKeyID(s string) bool {
	return len(s) == 20 && (strings.HasPrefix(s, "AKIA") || strings.HasPrefix(s, "ASIA")) && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// placeholderKeyID reports whether an access key ID is marked as fake, or belongs to an account of
// the documentation or of an emulator.
func placeholderKeyID(s string) bool {
	id := s[4:]
	if documentedAccount(id) || sequence(id) || maxRun(id) >= 8 {
		return true
	}
	return slices.ContainsFunc([]string{"DUMMY", "EXAMPLE", "FOOBAR", "MASKED", "MOCKED", "PLACEHOLDER", "REDACT", "SAMPLE", "TESTING", "TESTKEY", "TESTTEST"},
		func(word string) bool { return strings.Contains(id, word) })
}

// masked reports whether a token is one repeated character of masks, except for up to four
// characters at the end, which some recorders show.
func masked(s string) bool {
	c, width := utf8.DecodeRuneInString(s)
	if !strings.ContainsRune("*#•●▪█xX.…-_0", c) || s == "" {
		return false
	}
	rest := strings.TrimLeft(s, string(c))
	switch n := (len(s) - len(rest)) / width; {
	case rest != "":
		return n >= 8 && len(rest) <= 4 && (c == '*' || c == '•')
	case c == '0':
		return n >= 8
	case c == '…':
		return true
	default:
		return n >= 3
	}
}

// documented reports whether a token has the form of AWS's documented examples of key IDs, secret
// keys and short tokens.
func documented(s string) bool {
	if !strings.Contains(s, "EXAMPLE") {
		return false
	}
	c := classesOf(s)
	switch plain := c.letters() == len(s); {
	case plain && c.lower == 0:
		return len(s) <= 24 // AKIAIOSFODNN7EXAMPLE, AKIAEXAMPLE123456789, DUMMYIDEXAMPLE
	case plain:
		return len(s) <= 44 && (strings.HasSuffix(s, "EXAMPLE") || strings.HasSuffix(s, "EXAMPLEKEY") || strings.HasSuffix(s, "EXAMPLETOKEN"))
	}
	// wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, and moto's, which is longer by one
	return (len(s) == secretKeyLength || len(s) == secretKeyLength+1) && strings.HasSuffix(s, "EXAMPLEKEY") && strings.Trim(s, alphabet64) == ""
}

const alphabet64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// documentedToken reports whether a token is a long one of AWS's documentation: a session token
// with EXAMPLE in it, and no other secret.
func documentedToken(s string) bool {
	body := strings.TrimRight(s, "=")
	if len(s) <= 44 || strings.Trim(body, alphabet64+"-_") != "" {
		return false
	}
	prefixes := []string{"AQoD", "AQoE", "FQoG", "FwoG", "IQoD", "IQoJ"}
	session := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
	another := slices.ContainsFunc(append(prefixes, "AKIA", "ASIA"), func(p string) bool { return strings.LastIndex(s, p) > 0 })
	return session && !another && (strings.Contains(s, "EXAMPLE") || strings.HasPrefix(s[4:], "XAMPLE"))
}

// documentedWebToken reports whether a token is the example JSON Web Token of jwt.io, by its
// content.
func documentedWebToken(s string) bool {
	if !strings.HasPrefix(s, "eyJ") || strings.Count(s, ".") != 2 {
		return false
	}
	_, rest, _ := strings.Cut(s, ".")
	payload, _, _ := strings.Cut(rest, ".")
	switch string(decodeWord(payload)) {
	case `{"sub":"1234567890","name":"John Doe","iat":1516239022}`, `{"sub":"1234567890","name":"John Doe","admin":true}`,
		`{"sub":"1234567890","name":"John Doe","admin":true,"iat":1516239022}`:
		return true
	}
	return false
}

// documentedAccounts are the accounts in AWS's documentation and of emulators. They have no owner.
var documentedAccounts = []uint64{0, 111122223333, 123456789012, 444455556666, 777788889999}

// documentedAccount reports whether the last 16 characters of a key ID encode an account of the
// documentation: after one bit, they begin with the account in base32.
func documentedAccount(id string) bool {
	decoded, err := base32.StdEncoding.DecodeString(id)
	if err != nil || decoded[0]&0x80 == 0 { // older key IDs do not encode the account
		return false
	}
	var bits uint64
	for _, b := range decoded[:6] {
		bits = bits<<8 | uint64(b)
	}
	return slices.Contains(documentedAccounts, bits&0x7FFF_FFFF_FF80>>7)
}

// arnReference reports whether a token is exactly the ARN of a secret or parameter, a reference to
// the place of a secret.
func arnReference(s string) bool {
	fields := strings.Split(s, ":")
	if len(fields) < 6 || fields[0] != "arn" || !strings.HasPrefix(fields[1], "aws") || len(fields[4]) != 12 || !isAccount(fields[4]) {
		return false
	}
	var name string
	switch {
	case fields[2] == "secretsmanager" && len(fields) == 7 && fields[5] == "secret":
		name = fields[6]
		if dash := len(name) - 7; dash < 1 || name[dash] != '-' || strings.Trim(name[dash+1:], alphabet64) != "" {
			return false
		}
	case fields[2] == "ssm" && len(fields) == 6:
		name = strings.TrimPrefix(fields[5], "parameter/")
	default:
		return false
	}
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789/_.-") == ""
}

// elided reports whether a token is the beginning of one followed by dots.
func elided(s string) bool {
	head, rest, ok := strings.Cut(strings.Replace(s, "…", "...", 1), "...")
	if !ok || len(head) > 20 {
		return false
	}
	known := slices.ContainsFunc([]string{"AKIA", "ASIA", "AQoD", "AQoE", "FQoG", "FwoG", "IQoD", "IQoJ", "eyJ", "ghp_"}, func(p string) bool { return strings.HasPrefix(head, p) })
	rest = strings.TrimLeft(rest, ".")
	return known && (rest == "" || len(rest) <= 4 || worded(rest))
}

// sequence reports whether a token is a sequence of consecutive characters, such as
// 0123456789abcdef.
func sequence(s string) bool {
	if len(s) < 12 {
		return false
	}
	breaks := 0
	for i := 1; i < len(s); i++ {
		a, b := s[i-1], s[i]
		if !wordByte(b) || b >= 0x80 {
			return false
		}
		if b != a+1 && !(a == '9' && b == '0') {
			breaks++
		}
	}
	return breaks*6 <= len(s)
}

// maxRun returns the length of the longest run of one character.
func maxRun(s string) (longest int) {
	run := 0
	for i := range len(s) {
		if i > 0 && s[i] == s[i-1] {
			run++
		} else {
			run = 1
		}
		longest = max(longest, run)
	}
	return longest
}
