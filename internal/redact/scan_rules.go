package redact

import (
	"encoding/base64"
	"strings"
)

// Mask replaces a secret.
const Mask = "MASKED-BY-CRCHECK"

// secret is a rule of the scan.
type secret struct {
	what    string
	anchors []string // of at least three bytes
	fold    bool     // the anchors are in any case
	// bare reports that only the form distinguishes the secret from random base64, without any
	// context. Such forms occur by chance within long base64, where they do not count.
	bare bool
	// prefixed reports that the anchor is a prefix that names the issuer: what follows it may be a
	// placeholder.
	prefixed bool
	// match returns the secret at an anchor, an empty span if there is none, and the end of the text
	// that the rule need not read again. The anchor begins at at and ends at from.
	match func(t *scanned, at, from int) (found span, end int)
}

const (
	secretAccessKey = "an AWS secret access key" // see scan_words.go
	maxRules        = 32
)

// secrets is the table of rules of the scan. A token that [placeholder] recognises is not a secret
// under any rule. Rules that read the name before a value are in scan_assigned.go.
var secrets = []secret{
	{what: "an AWS access key ID", anchors: []string{"AKIA", "ASIA", "ABIA", "ACCA"}, match: tokens(upperAlnum, 16, 16), bare: true},
	{what: "an AWS session token", anchors: []string{"IQoJ", "FwoG", "FQoG", "IQoD", "AQoD"}, match: padded(tokens(base64Both, 60, 0)), bare: true},
	{what: "an AWS signature", anchors: []string{"AWS "}, match: signatureHeader},
	{what: "a Bedrock API key", anchors: []string{"ABSK", "bedrock-api-key-"}, match: padded(wordStart(tokens(base64Both, 40, 0)))},
	{what: "an AWS service token", anchors: []string{"k8s-aws-v1.", "da2-", "amzn.mws."}, prefixed: true, match: wordStart(tokens(nameChars, 26, 0))},
	{what: "a private key", anchors: []string{"-----BEGIN "}, match: privateKey},
	{what: "a JSON Web Token", anchors: []string{"eyJ"}, match: webToken},
	{what: "a bearer token", anchors: []string{"bearer"}, fold: true, match: bearer},
	{what: "basic credentials", anchors: []string{"basic"}, fold: true, match: basic},
	{what: "a password in a URL", anchors: []string{"://"}, match: userinfo},

	{what: "a GitHub token", anchors: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, prefixed: true, match: tokens(alnums, 36, 0), bare: true},
	{what: "a fine-grained GitHub token", anchors: []string{"github_pat_"}, prefixed: true, match: tokens(nameChars, 22, 0), bare: true},
	{what: "a GitLab token", anchors: []string{"glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glimt-", "glsoat-", "glffct-", "glagent-", "gloas-"}, prefixed: true, match: tokens(dottedName, 20, 0), bare: true},
	{what: "a Slack token", anchors: []string{"xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxe.", "xapp-"}, prefixed: true, match: tokens(dottedName, 10, 0), bare: true},
	{what: "a Slack webhook", anchors: []string{"hooks.slack.com/services/", "hooks.slack.com/workflows/"}, prefixed: true, match: tokens(base64Std, 30, 0)},
	{what: "a Stripe key", anchors: []string{"sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"}, prefixed: true, match: wordStart(tokens(alnums, 16, 0)), bare: true},
	{what: "a Google key", anchors: []string{"AIza"}, prefixed: true, match: tokens(nameChars, 35, 35), bare: true},
	{what: "a Google token", anchors: []string{"ya29.", "GOCSPX-"}, prefixed: true, match: wordStart(tokens(nameChars, 28, 0)), bare: true},
	{what: "a key of a model provider", anchors: []string{"sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "hf_", "gsk_"}, prefixed: true, match: wordStart(tokens(nameChars, 30, 0)), bare: true},
	{what: "an OpenAI key", anchors: []string{"sk-"}, prefixed: true, match: wordStart(tokens(alnums, 40, 0)), bare: true},
	{what: "a Twilio key", anchors: numbered("SK"), prefixed: true, match: wordStart(wordEnd(tokens(hexDigits, 31, 31))), bare: true},
	{what: "a SendGrid key", anchors: []string{"SG."}, prefixed: true, match: wordStart(tokens(dottedName, 60, 0)), bare: true},
	{what: "a token of a package registry", anchors: []string{"npm_", "pypi-", "rubygems_", "dckr_pat_", "dckr_oat_"}, prefixed: true, match: wordStart(tokens(nameChars, 27, 0)), bare: true},
	{what: "a Vault token", anchors: []string{"hvs.", "hvb.", "hvr."}, prefixed: true, match: wordStart(tokens(nameChars, 24, 0)), bare: true},
	{what: "a token of a cloud", anchors: []string{"dop_v1_", "doo_v1_", "dor_v1_", "dapi", "shpat_", "shpca_", "shppa_", "shpss_", "pul-"}, prefixed: true, match: wordStart(tokens(hexDigits, 32, 0)), bare: true},
	{what: "an age key", anchors: []string{"AGE-SECRET-KEY-1"}, prefixed: true, match: tokens(upperAlnum, 50, 0)},
	{what: "a key of a developer tool", anchors: []string{"glsa_", "sntrys_", "sntryu_", "NRAK-", "PMAK-", "dp.pt.", "lin_api_", "ntn_", "figd_", "ops_eyJ", "ATATT3x", "tskey-", "sbp_", "pscale_tkn_", "xkeysib-"}, prefixed: true, match: wordStart(tokens(dottedName, 24, 0)), bare: true},
}

type matcher = func(t *scanned, at, from int) (found span, end int)

// tokens matches an anchor and at least least characters of an alphabet after it, and no more than
// most unless most is 0.
func tokens(l *letters, least, most int) matcher {
	return func(t *scanned, at, from int) (span, int) {
		s := t.s
		if most > 0 {
			s = s[:min(len(s), from+most)]
		}
		end := l.run(s, from)
		if end-from < least {
			return span{}, end
		}
		return span{at, end}, end
	}
}

// wordStart refuses a token whose anchor is the end of a longer word, as in task_live_.
func wordStart(m matcher) matcher {
	return func(t *scanned, at, from int) (span, int) {
		if !boundary(t.s, at) {
			return span{}, at
		}
		return m(t, at, from)
	}
}

// wordEnd refuses a token that is the beginning of a longer word.
func wordEnd(m matcher) matcher {
	return func(t *scanned, at, from int) (found span, end int) {
		if found, end = m(t, at, from); end < len(t.s) && wordByte(t.s[end]) {
			return span{}, end
		}
		return found, end
	}
}

// padded adds the padding of base64 to a token.
func padded(m matcher) matcher {
	return func(t *scanned, at, from int) (found span, end int) {
		if found, end = m(t, at, from); found.to > 0 {
			for n := 0; n < 2 && found.to < len(t.s) && t.s[found.to] == '='; n++ {
				found.to++
			}
		}
		return found, max(end, found.to)
	}
}

func numbered(prefix string) (texts []string) {
	for _, c := range "0123456789abcdef" {
		texts = append(texts, prefix+string(c))
	}
	return texts
}

// signatureHeader matches the signature in AWS KEYID:SIGNATURE, an Authorization of version 2.
func signatureHeader(t *scanned, at, from int) (span, int) {
	colon := nameChars.run(t.s, from)
	if colon == from || colon == len(t.s) || t.s[colon] != ':' {
		return span{}, colon
	}
	end := base64Std.run(t.s, colon+1)
	if n := end - colon - 1; n != 28 && n != 44 || t.s[end-1] != '=' {
		return span{}, end
	}
	return span{colon + 1, end}, end
}

// privateKey matches a PEM block of a private key, unless its body is a placeholder or missing.
func privateKey(t *scanned, at, from int) (span, int) {
	label := t.s[from:min(len(t.s), from+64)]
	n := strings.Index(label, "-----")
	if n < 0 || !strings.Contains(label[:n], "PRIVATE KEY") {
		return span{}, from
	}
	start := from + n + len("-----")
	end, closed := len(t.s), false
	if n := strings.Index(t.s[start:], "--"); n >= 0 {
		end = start + n
		label := t.s[end:min(len(t.s), end+80)]
		if after, ok := strings.CutPrefix(label, "-----END "); ok && strings.Contains(after, "PRIVATE KEY") {
			if n := strings.Index(after, "-----"); n >= 0 {
				closed = true
				label = label[:len("-----END ")+n+len("-----")]
			}
		}
		if body := t.s[start:end]; closed {
			end += len(label)
			if len(body) <= 4*maxPlaceholder {
				body = strings.TrimSpace(strings.NewReplacer(`\n`, "\n", `\r`, "").Replace(body))
				if body == "" || placeholder(body) {
					return span{}, end
				}
			}
			return span{at, end}, end
		}
	}
	if body := t.s[start:end]; len(body) <= maxPlaceholder && placeholder(body) {
		return span{}, end
	}
	return span{at, end}, end
}

// webToken matches three parts of base64 between dots, the last of which may be empty.
func webToken(t *scanned, at, from int) (span, int) {
	head := nameChars.run(t.s, from)
	if head-from < 8 || head == len(t.s) || t.s[head] != '.' {
		return span{}, head
	}
	payload := nameChars.run(t.s, head+1)
	if payload-head-1 < 8 || payload == len(t.s) || t.s[payload] != '.' {
		return span{}, head
	}
	end := nameChars.run(t.s, payload+1)
	for range 2 { // encrypted tokens have five parts
		if end < len(t.s) && t.s[end] == '.' && nameChars.run(t.s, end+1) > end+8 {
			end = nameChars.run(t.s, end+1)
		}
	}
	return span{at, end}, end
}

func bearer(t *scanned, at, from int) (span, int) {
	start := spaces.run(t.s, from)
	if start == from || !boundary(t.s, at) {
		return span{}, start
	}
	end := bearerSet.run(t.s, start)
	if end-start < 16 {
		return span{}, end
	}
	return span{start, end}, end
}

// basic matches base64 of USER:PASSWORD, unless the password is a placeholder.
func basic(t *scanned, at, from int) (span, int) {
	start := spaces.run(t.s, from)
	if start == from || !boundary(t.s, at) {
		return span{}, start
	}
	end := base64Std.run(t.s, start)
	if end-start < minBasic {
		return span{}, end
	}
	decoded, err := base64.StdEncoding.DecodeString(t.s[start:end])
	if err != nil || !strings.Contains(string(decoded), ":") || placeholderBasic(t.s[start:end]) {
		return span{}, end
	}
	return span{start, end}, end
}

// placeholderBasic reports whether the password in base64 of USER:PASSWORD is a placeholder.
func placeholderBasic(s string) bool {
	_, password, ok := strings.Cut(string(decodeWord(s)), ":")
	return ok && placeholder(password)
}

// userinfo matches the password in SCHEME://USER:PASSWORD@HOST. A password may contain a slash
// that is not encoded, but a port cannot.
func userinfo(t *scanned, at, from int) (span, int) {
	if at == 0 || !alnums[t.s[at-1]] {
		return span{}, from
	}
	colon := -1
	for i := from; i < len(t.s); i++ {
		switch c := t.s[i]; {
		case c == '@' && colon > 0 && i > colon+1:
			return span{colon + 1, i}, i
		case c == ':' && colon < 0:
			colon = i
		case spaces[c], c == '"', c == '\'', c == '@':
			return span{}, i
		case c == '/' || c == '?' || c == '#':
			if colon < 0 || i == colon+1 || digitsOnly(t.s[colon+1:i]) || i-colon > 128 {
				return span{}, i
			}
			rest := t.s[i:min(len(t.s), i+128)]
			if n := strings.IndexAny(rest, "@ \t\r\n\"'"); n > 0 && rest[n] == '@' {
				return span{colon + 1, i + n}, i + n
			}
			return span{}, i
		}
	}
	return span{}, len(t.s)
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }
