package redact

import (
	"slices"
	"strings"
)

// disclaimers are the words that mark a value as fake, masked or missing, sorted. They have at
// least three letters, so that concatenated words can be split.
var disclaimers = []string{
	"anonymized", "bar", "baz", "censored", "change", "changed", "changeit", "changeme", "deadbeef", "dummy", "empty", "example", "examples", "expired",
	"fake", "faked", "filtered", "foo", "foobar", "hidden", "insert", "invalid", "masked", "missing", "mock", "mocked", "moto", "nil", "none", "null",
	"obfuscated", "omitted", "optional", "placeholder", "redacted", "removed", "replace", "replaced", "required", "sample", "sanitised", "sanitized",
	"scrubbed", "secured", "sensitive", "stripped", "stub", "stubbed", "suppressed", "tbd", "test", "tester", "testing", "tests", "todo", "undefined",
	"unset", "unused", "vcr", "vcrpy", "xxx", "your",
}

// credentialNames are the words that name a credential or are part of such a name, sorted.
var credentialNames = []string{
	"access", "account", "admin", "amazon", "amz", "amzn", "api", "app", "auth", "authentication", "authorization", "aws", "basic", "bearer", "bedrock",
	"client", "cognito", "cookie", "credential", "credentials", "data", "database", "date", "default", "dynamodb", "encoded", "env", "federation",
	"header", "http", "https", "iam", "id", "identity", "jwt", "key", "keyid", "lambda", "master", "oauth", "pass", "passphrase", "passwd", "password",
	"private", "public", "pw", "pwd", "refresh", "region", "request", "requestid", "response", "role", "root", "secret", "secrets", "security",
	"service", "session", "set", "sign", "signature", "signing", "sns", "sqs", "ssh", "sts", "token", "tokens", "user", "username", "value", "x",
}

// fillers are words without a meaning here, sorted. They count only beside the others.
var fillers = []string{
	"a", "an", "and", "be", "by", "cassette", "ci", "crcheck", "dev", "do", "due", "enter", "first", "for", "from", "goes", "here", "in", "information",
	"integration", "is", "it", "local", "localhost", "localstack", "manager", "me", "my", "name", "new", "no", "not", "of", "old", "one", "only", "or",
	"pk", "provide", "put", "real", "reason", "reasons", "recorder", "remainder", "resolve", "secure", "shown", "sk", "ssm", "string", "suite", "temp",
	"temporary", "that", "the", "this", "to", "two", "unit", "use", "used", "valid", "var", "variable", "with",
}

// worded reports whether a token consists of words of the lists and is not a secret: because of a
// disclaimer or brackets, or because it is the name of a credential.
func worded(s string) bool {
	inner, brackets := unwrapped(s)
	if inner = strings.TrimSpace(inner); brackets == reference && !variable(inner) {
		return false
	}
	sure, named, known, digits := 0, 0, 0, 0
	kind, client, secret := false, false, false // kind: names a credential that is never a word, unlike a password
	for _, w := range lettersAndDigits(inner) {
		switch r := recognised(w); {
		case r.says:
			sure++
			known++
		case r.names:
			named++
			known++
			kind = kind || r.kind
			client, secret = client || strings.EqualFold(w, "client"), secret || strings.EqualFold(w, "secret")
		case r.filler:
			known++
		case digit(w[0]) && counts(w):
		case digit(w[0]) && digits+len(w) <= 4:
			digits += len(w)
		default:
			if brackets != reference || !pronounceable(w) {
				return false
			}
		}
	}
	switch {
	case known == 0:
		return false
	case brackets != bare:
		return sure+named > 0
	}
	return sure > 0 || named > 1 && (kind || client && secret) || kind && strings.EqualFold(inner, "token") || kind && len(inner) > 8
}

// variable reports whether a string has the form of a variable's name, or of a dynamic reference of
// CloudFormation.
func variable(s string) bool {
	others := "_.-"
	if strings.HasPrefix(s, "resolve:") {
		others = "_.-:/"
	}
	for i := range len(s) {
		if !digit(s[i]) && !letter(s[i]) && strings.IndexByte(others, s[i]) < 0 {
			return false
		}
	}
	return true
}

// counts reports whether digits are consecutive.
func counts(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] != s[i-1]+1 && !(s[i-1] == '9' && s[i] == '0') {
			return false
		}
	}
	return len(s) <= 10
}

// recognition is what the lists tell about a word.
type recognition struct{ says, names, kind, filler bool }

func (r recognition) known() bool { return r.says || r.names || r.filler }

// kinds are the names of credentials that are generated, and therefore never a word.
var kinds = []string{
	"authorization", "cookie", "credential", "credentials", "key", "keyid", "requestid", "signature", "token", "tokens",
}

// recognised looks up a word: as it is, as a run of a letter of masks, or as concatenated words.
func recognised(word string) recognition {
	word = strings.ToLower(word)
	if len(word) > 64 {
		return recognition{}
	}
	if len(word) >= 3 && strings.Trim(word, "x") == "" {
		return recognition{says: true}
	}
	if r := listed(word); r.known() {
		return r
	}
	// together[i] is the recognition of the first i letters.
	together := make([]recognition, len(word)+1)
	together[0].filler = true
	for i := range word {
		if !together[i].known() {
			continue
		}
		for n := 3; n <= min(maxListed, len(word)-i); n++ {
			if r := listed(word[i : i+n]); r.known() {
				to := &together[i+n]
				*to = recognition{to.says || together[i].says || r.says, to.names || together[i].names || r.names, to.kind || together[i].kind || r.kind, true}
			}
		}
	}
	return together[len(word)]
}

const maxListed = 14 // letters of a word of the lists

func listed(word string) recognition {
	in := func(list []string) bool {
		_, found := slices.BinarySearch(list, word)
		return found
	}
	return recognition{in(disclaimers), in(credentialNames), in(kinds), in(fillers)}
}

// wrapping is what encloses a token.
type wrapping int

const (
	bare      wrapping = iota
	bracketed          // <REDACTED>, [FILTERED], **MASKED**, __TOKEN__
	reference          // ${SECRET}, {{ secret }}, $SECRET, %(secret)s: a variable, whose name may have any words
)

var wrappings = []struct {
	open, close string
	kind        wrapping
}{
	{"{{", "}}", reference}, {"${{", "}}", reference}, {"${", "}", reference}, {"$(", ")", reference}, {"#{", "}", reference}, {"%{", "}", reference}, {"%(", ")s", reference},
	{"<%=", "%>", reference}, {"<<", ">>", bracketed}, {"<", ">", bracketed}, {"[", "]", bracketed}, {"{", "}", bracketed}, {"(", ")", bracketed}, {"**", "**", bracketed}, {"*", "*", bracketed}, {"__", "__", bracketed},
	{"%", "%", bracketed}, {"@@", "@@", bracketed},
}

func unwrapped(s string) (inner string, kind wrapping) {
	for _, w := range wrappings {
		if len(s) > len(w.open)+len(w.close) && strings.HasPrefix(s, w.open) && strings.HasSuffix(s, w.close) {
			return s[len(w.open) : len(s)-len(w.close)], w.kind
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok {
		return name, reference
	}
	return s, bare
}

// lettersAndDigits splits a token into runs of letters, one per word, and runs of digits. Text
// beyond ASCII is a word that is not in any list.
func lettersAndDigits(s string) (words []string) {
	from := -1
	end := func(i int) {
		if from >= 0 {
			words = append(words, s[from:i])
		}
		from = -1
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case !wordByte(c):
			end(i)
		case from < 0:
			from = i
		case digit(c) != digit(s[i-1]), small(s[i-1]) && capital(c), capital(s[i-1]) && capital(c) && i+1 < len(s) && small(s[i+1]):
			end(i)
			from = i
		}
	}
	end(len(s))
	return words
}

func small(c byte) bool   { return 'a' <= c && c <= 'z' }
func capital(c byte) bool { return 'A' <= c && c <= 'Z' }

// pronounceable reports whether a word could be of a natural language rather than random letters.
func pronounceable(word string) bool {
	if len(word) > 16 {
		return false
	}
	consonants := 0
	for _, c := range strings.ToLower(word) {
		if c < 'a' || c > 'z' {
			return false
		}
		if consonants++; strings.ContainsRune("aeiouy", c) {
			consonants = 0
		}
		if consonants > 4 {
			return false
		}
	}
	return true
}
