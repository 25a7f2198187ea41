package redact

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Mask stands where a secret stood.
const Mask = "MASKED-BY-CRCHECK"

// secret is a rule of the scan.
type secret struct {
	what    string
	anchors []string // in lower case; a text that has none of them is not searched. None: every text is
	form    func() *regexp.Regexp
	group   int // of form, which is masked
	check   func(string) bool
}

// lazily compiles when first asked: a process that scans nothing pays for nothing.
func lazily(form string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(form) })
}

const secretAccessKey = "an AWS secret access key"

// secrets is the table of what the scan looks for. Keys that AWS's documentation shows are none: those that end in EXAMPLE or EXAMPLEKEY.
var secrets = []secret{
	{"an AWS access key ID", []string{"akia", "asia"}, lazily(`(?:AKIA|ASIA)[A-Z0-9]{16}`), 0, alone},
	{secretAccessKey, nil, lazily(`[A-Za-z0-9/+]{40,}`), 0, secretKey},
	{secretAccessKey, nil, lazily(`(?:^|[^A-Za-z0-9/+])(?:[a-z0-9]{0,32}/){1,8}([A-Za-z0-9+]{40})(?:$|[^A-Za-z0-9+=])`), 1, secretKey}, // at the end of a path
	{"an AWS session token", []string{"iqoj", "fwog", "fqog", "iqod", "aqod"},
		lazily(`(?:IQoJ|FwoG|FQoG|IQoD|AQoD)[A-Za-z0-9/+_-]{60,}={0,2}`), 0, nil},
	{"a SigV4 signature", []string{"signature"}, lazily(`(?i)signature["']?\s*[:=]\s*["']?([0-9a-f]{64,})`), 1, nil},
	{"a private key", []string{"private key"},
		lazily(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:[^-]|-[^-])*(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----)?`), 0, nil},
	{"a JSON Web Token", []string{"eyj"}, lazily(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), 0, nil},
	{"a bearer token", []string{"bearer"}, lazily(`(?i)\bbearer\s+([A-Za-z0-9._~+/-]{16,}=*)`), 1, nil},
	{"basic credentials", []string{"basic"}, lazily(`\b[Bb]asic\s+([A-Za-z0-9+/]{8,}={0,2})`), 1, basic},
	{"a password", []string{"password", "passwd", "pwd", "passphrase", "secret", "token", "key"},
		lazily(`(?i)(?:password|passwd|passphrase|\bpwd|client_?secret|secret_?access_?key|secret_?key|private_?key|api_?key|` +
			`access_?token|refresh_?token|session_?token|security-?token|auth_?token)["']?\s*[:=]\s*["']?([^\s"',;&)}\]]{6,})`), 1, nil},
	{"a password in a URL", []string{"://"}, lazily(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#"']*:([^\s/@?#"']+)@`), 1, nil},
	{"a token of another service", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "glpat-", "sk_live_", "aiza"},
		lazily(`gh[opusr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|glpat-[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}`), 0, nil},
}

// secretMembers are names of members and parameters whose values are secrets, in lower case and without punctuation.
var secretMembers = []string{
	"accesstoken", "apikey", "apitoken", "authorizationtoken", "authtoken", "bearertoken", "clientsecret", "idtoken", "masteruserpassword",
	"passphrase", "passwd", "password", "privatekey", "pwd", "refreshtoken", "secret", "secretaccesskey", "secretbinary", "secretkey", "secretstring",
	"securitytoken", "sessiontoken", "userpassword", "xamzsecuritytoken", "xamzsignature",
}

func secretMember(name string) bool {
	if len(name) > 64 {
		return false
	}
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && wordByte(byte(r)) {
			return r
		}
		return -1
	}, strings.ToLower(name))
	_, found := slices.BinarySearch(secretMembers, name)
	return found
}

func alone(s string) bool { return !strings.HasSuffix(s, "EXAMPLE") }

// secretKey takes 40 characters of base64 that stand alone for a secret access key if they hold digits and letters of both cases, and no
// text: a key is random.
func secretKey(s string) bool {
	if len(s) != 40 || strings.HasSuffix(s, "EXAMPLEKEY") {
		return false
	}
	if text, _ := fromBase64(s); text != "" {
		return false
	}
	var lower, upper, number int
	for i := range len(s) {
		switch c := s[i]; {
		case digit(c):
			number++
		case 'a' <= c && c <= 'z':
			lower++
		case letter(c):
			upper++
		}
	}
	return lower >= 4 && upper >= 4 && number >= 1
}

func basic(s string) bool {
	decoded, err := base64.StdEncoding.DecodeString(s)
	return err == nil && strings.Contains(string(decoded), ":")
}

// hit is a secret in a string.
type hit struct {
	span
	what string
}

// find returns the secrets in a string as it stands, and in what it stands for: percent-encoded, escaped as JSON is, in base64. Of the latter the whole word
// is the secret.
func find(s string, depth int) (hits []hit) {
	if len(s) < 7 { // no rule finds less
		return nil
	}
	lower := strings.ToLower(s)
	if len(lower) != len(s) {
		lower = asciiLower(s)
	}
	for i := range secrets {
		hits = secrets[i].find(hits, s, lower)
	}
	if depth == 0 {
		return merged(hits)
	}
	if strings.ContainsAny(s, "%+") {
		if decoded := unescape(s, true); decoded != s {
			hits = wholly(hits, find(decoded, depth-1), span{0, len(s)})
		}
	}
	if strings.IndexByte(s, '\\') >= 0 {
		if decoded := unslash(s); decoded != s {
			hits = wholly(hits, find(decoded, depth-1), span{0, len(s)})
		}
	}
	for _, word := range base64Words(s) {
		if decoded, _ := fromBase64(s[word.from:word.to]); decoded != "" {
			hits = wholly(hits, find(decoded, depth-1), word)
		}
	}
	return merged(hits)
}

func (r *secret) find(hits []hit, s, lower string) []hit {
	if r.anchors == nil && !longWord(s, 40) || r.anchors != nil && !slices.ContainsFunc(r.anchors, func(a string) bool { return strings.Contains(lower, a) }) {
		return hits
	}
	for _, m := range r.form().FindAllStringSubmatchIndex(s, -1) {
		from, to := m[2*r.group], m[2*r.group+1]
		if text := s[from:to]; (r.check == nil || r.check(text)) && !strings.HasPrefix(text, Mask) {
			hits = append(hits, hit{span{from, to}, r.what})
		}
	}
	return hits
}

func wholly(hits, inside []hit, word span) []hit {
	for _, h := range inside {
		hits = append(hits, hit{word, h.what})
	}
	return hits
}

// merged sorts hits and joins those that overlap.
func merged(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return a.from - b.from })
	var kept []hit
	for _, h := range hits {
		if last := len(kept) - 1; last >= 0 && h.from < kept[last].to {
			kept[last].to = max(kept[last].to, h.to)
		} else {
			kept = append(kept, h)
		}
	}
	return kept
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// longWord reports whether n characters of base64 follow each other.
func longWord(s string, n int) bool {
	run := 0
	for i := range len(s) {
		if c := s[i]; digit(c) || letter(c) || c == '+' || c == '/' {
			if run++; run >= n {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}

// unslash undoes the escapes of JSON in a text that holds JSON.
func unslash(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			b = append(b, s[i])
		case s[i+1] == 'u' && i+6 <= len(s) && !strings.ContainsFunc(s[i+2:i+6], func(r rune) bool { return r >= 0x80 || nibble(byte(r)) < 0 }):
			b = utf8.AppendRune(b, hexRune([]byte(s[i+2:])))
			i += 5
		default:
			if c, ok := simpleEscapes[s[i+1]]; ok {
				b = append(b, c)
				i++
			} else {
				b = append(b, s[i])
			}
		}
	}
	return string(b)
}

const shortestBase64 = 12 // characters, with padding

// base64Words are the words of a string that could be base64.
func base64Words(s string) (words []span) {
	for i := 0; i < len(s); i++ {
		from := i
		for i < len(s) && base64Byte(s[i]) {
			i++
		}
		for padding := 0; padding < 2 && i > from && i < len(s) && s[i] == '='; padding++ {
			i++
		}
		if i-from >= shortestBase64 {
			words = append(words, span{from, i})
		}
	}
	return words
}

func base64Byte(c byte) bool {
	return digit(c) || letter(c) || c == '+' || c == '/' || c == '-' || c == '_'
}

var encodings = []*base64.Encoding{base64.StdEncoding.Strict(), base64.RawStdEncoding.Strict(), base64.URLEncoding.Strict(), base64.RawURLEncoding.Strict()}

// fromBase64 decodes a word that holds text; nothing, if it does not.
func fromBase64(word string) (text string, encoding *base64.Encoding) {
	if len(word) < shortestBase64 {
		return "", nil
	}
	for _, e := range encodings {
		if decoded, err := e.DecodeString(word); err == nil && isText(decoded) {
			return string(decoded), e
		}
	}
	return "", nil
}

func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7F {
			return false
		}
	}
	return true
}
