package redact

import (
	"bytes"
	"math/bits"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// kind is what the name of a member or parameter says about its value.
type kind int

const (
	notSecret  kind = iota
	aPassword       // or a key: a secret in any form
	aToken          // the same
	aSignature      // of a signed URL or form, a secret in the form of a signature
	aPolicy         // of the same, base64 of JSON
	aKeyPair        // the ID of a key pair of CloudFront
)

func (k kind) String() string {
	switch k {
	case aToken:
		return "a token"
	case aSignature, aPolicy, aKeyPair:
		return "a signature"
	}
	return "a password or key"
}

// secretEndings are the ends of the names of members and parameters with secret values, in lower
// case and without punctuation. The last words of a name say what its value is: dbPassword is a
// password, passwordPolicy is a policy.
var secretEndings = []ending{
	{"password", aPassword, 0}, {"passwords", aPassword, 0}, {"passwd", aPassword, 0}, {"passphrase", aPassword, 0}, {"passcode", aPassword, 0},
	{"pwd", aPassword, 1}, {"pw", aPassword, 2}, {"pass", aPassword, 2},
	{"secret", aPassword, 0}, {"secretcode", aPassword, 0}, {"secrethash", aPassword, 0},
	{"apikey", aPassword, 0}, {"secretkey", aPassword, 0}, {"accesskey", aPassword, 0}, {"privatekey", aPassword, 0}, {"accountkey", aPassword, 0},
	{"storagekey", aPassword, 0}, {"sharedkey", aPassword, 0}, {"signingkey", aPassword, 0}, {"sessionkey", aPassword, 0}, {"subscriptionkey", aPassword, 0},
	{"hmackey", aPassword, 0}, {"authkey", aPassword, 0}, {"appkey", aPassword, 1}, {"functionskey", aPassword, 0}, {"keymaterial", aPassword, 0},
	{"accesstoken", aToken, 0}, {"refreshtoken", aToken, 0}, {"sessiontoken", aToken, 0}, {"securitytoken", aToken, 0}, {"authtoken", aToken, 0},
	{"authorizationtoken", aToken, 0}, {"authenticationtoken", aToken, 0}, {"bearertoken", aToken, 0}, {"bearertokenbedrock", aToken, 0}, {"idtoken", aToken, 0},
	{"identitytoken", aToken, 0}, {"apitoken", aToken, 0}, {"signintoken", aToken, 0}, {"logintoken", aToken, 0}, {"oauthtoken", aToken, 0}, {"jwttoken", aToken, 0},
	{"csrftoken", aToken, 0}, {"xsrftoken", aToken, 0}, {"secrettoken", aToken, 0}, {"bottoken", aToken, 1}, {"deploytoken", aToken, 1}, {"jointoken", aToken, 1},
	{"ghtoken", aToken, 1}, {"githubtoken", aToken, 0}, {"gitlabtoken", aToken, 0}, {"slacktoken", aToken, 0}, {"npmtoken", aToken, 1}, {"vaulttoken", aToken, 1},
	{"hftoken", aToken, 1}, {"sastoken", aToken, 1}, {"privatetoken", aToken, 0}, {"ssecustomerkey", aPassword, 0}, {"encryptioncustomerkey", aPassword, 0}, {"presharedkey", aPassword, 0},
	{"signature", aSignature, 1}, {"sig", aSignature, 1}, {"policy", aPolicy, 1}, {"keypairid", aKeyPair, 0},
}

// fillings may follow the name of a secret without changing its meaning.
var fillings = []string{"value", "string", "binary", "text", "plaintext", "base", "confirmation", "confirm", "again", "hash", "raw", "plain"}

// refusals begin names that ask whether there is a secret, and what happens to it.
var refusals = []string{"has", "is", "no", "use", "require", "requires", "required", "need", "needs", "forgot", "allow", "allows", "enable", "disable", "show", "hide", "rotate", "generate", "with", "without"}

// normalised is the end of a name in lower case and without punctuation.
type normalised struct {
	text  [maxAssigned]byte
	n     int
	start uint64 // bit i: a word begins at i
}

func normalise(name string) (f normalised) {
	if len(name) > maxAssigned {
		name = name[len(name)-maxAssigned:]
	}
	begins := true
	for i := range len(name) {
		c := name[i]
		if !digit(c) && !letter(c) {
			begins = true
			continue
		}
		if capital(c) && i > 0 && (!capital(name[i-1]) || i+1 < len(name) && small(name[i+1])) {
			begins = true
		}
		if begins {
			f.start |= 1 << f.n
		}
		f.text[f.n], begins = lowerCase[c], false
		f.n++
	}
	return f
}

func (f *normalised) ends(text string) bool {
	return f.n >= len(text) && string(f.text[f.n-len(text):f.n]) == text
}

// strip removes digits and fillings from the end.
func (f *normalised) strip() {
	for again := true; again; {
		again = false
		for f.n > 0 && digit(f.text[f.n-1]) {
			f.n--
		}
		for _, filling := range fillings {
			if f.n > len(filling) && f.text[f.n-1] == filling[len(filling)-1] && f.ends(filling) && f.start>>(f.n-len(filling))&1 == 1 {
				f.n, again = f.n-len(filling), true
			}
		}
	}
}

// first returns the first word.
func (f *normalised) first() string {
	if rest := f.start &^ 1; rest != 0 {
		return string(f.text[:min(f.n, bits.TrailingZeros64(rest))])
	}
	return string(f.text[:f.n])
}

// mayEnd are the last two letters of names of secrets, in lower case.
var mayEnd = sync.OnceValue(func() *[1 << 10]bool {
	var pairs [1 << 10]bool
	for _, e := range secretEndings {
		pairs[lastPair(e.text)] = true
	}
	for _, filling := range fillings {
		pairs[lastPair(filling)] = true
	}
	return &pairs
})

// lastPair returns a number for the last two letters of a name, in any case.
func lastPair(name string) int {
	return int(name[len(name)-2]&31)<<5 | int(name[len(name)-1]&31)
}

// kindOf returns what a name says about its value.
func kindOf(name string) kind {
	if len(name) < 2 || letter(name[len(name)-1]) && letter(name[len(name)-2]) && !mayEnd()[lastPair(name)] {
		return notSecret
	}
	f := normalise(name)
	k := f.kind()
	if k == notSecret {
		f.strip()
		k = f.kind()
	}
	if k == aPassword || k == aToken {
		first := f.first()
		for _, refusal := range refusals {
			if first == refusal {
				return notSecret
			}
		}
	}
	return k
}

// ending is one of the secretEndings.
type ending struct {
	text string
	kind kind
	word int // 1: it must begin a word; 2: and another word must be before it
}

// endings are the secretEndings by their last two letters.
var endings = sync.OnceValue(func() *[26][26][]ending {
	by := &[26][26][]ending{}
	for _, e := range secretEndings {
		last := &by[e.text[len(e.text)-2]-'a'][e.text[len(e.text)-1]-'a']
		*last = append(*last, e)
	}
	return by
})

func (f *normalised) kind() kind {
	if f.n < 2 || !small(f.text[f.n-2]) || !small(f.text[f.n-1]) {
		return notSecret
	}
	for _, e := range endings()[f.text[f.n-2]-'a'][f.text[f.n-1]-'a'] {
		if !f.ends(e.text) {
			continue
		}
		at := f.n - len(e.text)
		if e.word == 0 || f.start>>at&1 == 1 && (e.word == 1 || at > 0) {
			return e.kind
		}
	}
	return notSecret
}

const minPolicy = 40 // characters of a policy in base64

// secretMember reports whether the name of a member says that its value is a secret in any form.
func secretMember(name string) bool {
	k := kindOf(name)
	return k == aPassword || k == aToken
}

// secretValue reports whether a member of the kind has a secret value, which may be a placeholder.
func secretValue(k kind, value string) bool {
	switch k {
	case aPassword, aToken:
		return value != "" && !answer(value)
	case aSignature:
		return isSignature(value, false)
	case aPolicy:
		if len(value) >= minPolicy && strings.HasPrefix(value, "eyJ") {
			text := strings.ToLower(string(decodeWord(strings.ReplaceAll(value, "~", "/"))))
			return strings.Contains(text, `"expiration"`) || strings.Contains(text, `"datelessthan"`)
		}
	}
	return false
}

// isSignature reports whether a value has the form of a signature: hexadecimal of SHA-256 or
// longer, or base64 of a MAC; as a parameter of a URL, any long random text, percent-encoded or not.
func isSignature(value string, parameter bool) bool {
	if len(value) >= 64 && hexDigits.all(value) {
		return true
	}
	if n := len(value); (n == 28 || n == 44) && value[n-1] == '=' && base64Std.all(value) {
		return true
	}
	return parameter && len(value) >= 24 && classesOf(value[:min(len(value), 256)]).random(20)
}

// answer reports whether the value of a secret member says whether there is a secret.
func answer(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no", "on", "off", "enabled", "disabled":
		return true
	}
	return false
}

// keptPlaceholder reports whether the value of a secret member is a placeholder that is recorded
// unchanged: its pseudonym would look like a secret. The account in an ARN is still replaced.
func (at site) keptPlaceholder(value string) bool {
	k := at.kind()
	return (k == aPassword || k == aToken) && placeholder(value) && !arnReference(value)
}

// A name may be a value itself, as in {"Key": "DB_PASSWORD", "Value": "…"}, or have its value one
// level deeper, as in {"password": {"S": "…"}}.

func isPairName(name string) bool {
	switch strings.ToLower(name) {
	case "name", "key", "parametername", "parameterkey", "optionname", "variable", "field", "attributename":
		return true
	}
	return false
}

func isPairValue(name string) bool {
	switch strings.ToLower(name) {
	case "value", "parametervalue", "optionvalue", "attributevalue", "defaultvalue", "resolvedvalue":
		return true
	}
	return false
}

// wraps reports whether a member holds the value of the object around it.
func wraps(name string) bool {
	switch name {
	case "S", "N", "B", "SS", "NS", "BS", "L", "M", "#text", "_", "$", "stringValue", "StringValue", "plaintext":
		return true
	}
	return isPairValue(name)
}

// memberNames follows the names of members while JSON is read in order.
type memberNames struct {
	names []string // the member name at each depth; the elements of a list have that of the list
	pairs []string // the name that a member of the object has as its value
}

// enter begins an object or a list below the current name.
func (m *memberNames) enter(name string) {
	m.names, m.pairs = append(m.names, name), append(m.pairs, "")
}

func (m *memberNames) leave() {
	if n := len(m.names); n > 0 {
		m.names, m.pairs = m.names[:n-1], m.pairs[:n-1]
	}
}

// of returns the name that decides about the value of a member of the innermost object.
func (m *memberNames) of(name string) string {
	n := len(m.names) - 1
	switch {
	case n < 0:
	case m.pairs[n] != "" && isPairValue(name):
		return m.pairs[n]
	case m.names[n] != "" && wraps(name) && secretMember(m.names[n]):
		return m.names[n]
	}
	return name
}

// pair remembers the value of a member if it is a name.
func (m *memberNames) pair(name, value string) {
	if n := len(m.names) - 1; n >= 0 && len(value) <= maxAssigned && isPairName(name) && secretMember(value) {
		m.pairs[n] = value
	}
}

// members finds the values of secret members in a string that contains JSON, up to the first syntax
// error, and in nested strings that contain JSON.
func (sc *scanner) members(hits []hit, s string, nested int) []hit {
	if start := spaces.run(s, 0); start == len(s) || s[start] != '{' && s[start] != '[' {
		return hits
	}
	sc.work += len(s)
	d := jsontext.NewDecoder(bytes.NewBufferString(s), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var m memberNames
	name := "" // of the value that follows
	for {
		kind, n := d.StackIndex(d.StackDepth())
		isName := kind == '{' && n%2 == 0
		switch next := d.PeekKind(); next {
		case '"', '0':
			raw, err := d.ReadValue()
			if err != nil {
				return hits
			}
			end := int(d.InputOffset())
			value, at := string(raw), span{end - len(raw), end}
			if raw[0] == '"' {
				value, at = unquote(raw), span{at.from + 1, at.to - 1}
			}
			if isName {
				name = m.of(value)
				continue
			}
			k := kindOf(name)
			switch {
			case secretValue(k, value) && !placeholder(value):
				hits = append(hits, hit{at, k.String(), false})
			case nested > 0 && raw[0] == '"':
				hits = wholly(hits, sc.members(nil, value, nested-1), at)
			}
			if kind == '{' {
				m.pair(name, value)
			}
		case '{', '[':
			if _, err := d.ReadToken(); err != nil {
				return hits
			}
			m.enter(name)
		default:
			if _, err := d.ReadToken(); err != nil {
				return hits
			}
			if next == '}' || next == ']' {
				m.leave()
				name = ""
				if n := len(m.names); n > 0 {
					name = m.names[n-1]
				}
			}
		}
	}
}
