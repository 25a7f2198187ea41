package redact

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
)

// Mask replaces a secret.
const Mask = "MASKED-BY-CRCHECK"

// secret is a rule of the scan.
type secret struct {
	what    string
	anchors []string // in lower case; only a text that contains one of them is searched. If empty, every text is
	form    func() *regexp.Regexp
	group   int // the group of form to mask
	check   func(token string) bool
	// bare reports that only the form distinguishes the secret from random base64, without any
	// context. Such forms occur by chance within long base64, where they do not count.
	bare  bool
	spans func(*scanned) []span // instead of form
}

// lazily compiles a pattern at first use, so that a process without a scan does not pay for it.
func lazily(form string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(form) })
}

const secretAccessKey = "an AWS secret access key"

// secrets is the table of rules of the scan. A token that [placeholder] recognises is not a secret
// under any rule.
var secrets = []secret{
	{what: "an AWS access key ID", anchors: []string{"akia", "asia"}, form: lazily(`(?:AKIA|ASIA)[A-Z0-9]{16}`), bare: true},
	{what: secretAccessKey, spans: (*scanned).secretKeys, bare: true},
	{what: "an AWS session token", anchors: []string{"iqoj", "fwog", "fqog", "iqod", "aqod"},
		form: lazily(`(?:IQoJ|FwoG|FQoG|IQoD|AQoD)[A-Za-z0-9/+_-]{60,}={0,2}`), bare: true},
	{what: "a SigV4 signature", anchors: []string{"signature"}, form: lazily(`(?i)signature["']?\s*[:=]\s*["']?([0-9a-f]{64,})`), group: 1},
	{what: "a private key", anchors: []string{"private key"},
		form: lazily(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:[^-]|-[^-])*(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----)?`), check: privateKey},
	{what: "a JSON Web Token", anchors: []string{"eyj"}, form: lazily(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)},
	{what: "a bearer token", anchors: []string{"bearer"}, form: lazily(`(?i)\bbearer\s+([A-Za-z0-9._~+/-]{16,}=*)`), group: 1},
	{what: "basic credentials", anchors: []string{"basic"}, form: lazily(`\b[Bb]asic\s+([A-Za-z0-9+/]{8,}={0,2})`), group: 1, check: basic},
	{what: "a password", anchors: []string{"password", "passwd", "pwd", "passphrase", "secret", "token", "key"},
		form: lazily(`(?i)(?:password|passwd|passphrase|\bpwd|client_?secret|secret_?access_?key|secret_?key|private_?key|api_?key|` +
			`access_?token|refresh_?token|session_?token|security-?token|auth_?token)["']?\s*[:=]\s*["']?([^\s"',;&)}\]]{6,})`), group: 1},
	{what: "a password in a URL", anchors: []string{"://"}, form: lazily(`[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#"']*:([^\s/@?#"']+)@`), group: 1},
	{what: "a token of another service", anchors: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "glpat-", "sk_live_", "aiza"},
		form: lazily(`gh[opusr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|glpat-[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}`), bare: true},
}

// privateKey recognises a PEM block as a private key, unless its body is a placeholder or missing.
func privateKey(block string) bool {
	_, body, _ := strings.Cut(block[len("-----BEGIN"):], "-----")
	body, _, closed := strings.Cut(body, "-----END")
	body = strings.TrimSpace(strings.NewReplacer(`\n`, "\n", `\r`, "").Replace(body))
	return !(closed && body == "") && !placeholder(body)
}

// basic recognises base64 of USER:PASSWORD as credentials, unless the password is a placeholder.
func basic(s string) bool {
	decoded, err := base64.StdEncoding.DecodeString(s)
	return err == nil && strings.Contains(string(decoded), ":") && !placeholderBasic(s)
}

// placeholderBasic reports whether the password in base64 of USER:PASSWORD is a placeholder.
func placeholderBasic(s string) bool {
	_, password, ok := strings.Cut(string(decodeWord(s)), ":")
	return ok && placeholder(password)
}
