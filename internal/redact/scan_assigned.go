package redact

import "strings"

// Assignments: a name of a secret, a separator, and a value. The names are those of secret members
// (scan_names.go).
//
//	NAME=VALUE  NAME: VALUE  "NAME": "VALUE"  NAME => VALUE  a[NAME]=VALUE
//	<NAME>VALUE</NAME>  --NAME VALUE
//	name="NAME" value="VALUE"  {"Key": "NAME", "Value": "VALUE"}  Content-Disposition: form-data; name="NAME"

// separators are the bytes at which assignments are recognised.
var separators = [256]bool{'=': true, ':': true, '<': true, '-': true}

const (
	maxAssigned = 64 // bytes of a name, and of what is between a name and a value
	minAssigned = 6  // bytes of a password in free text
	minQuoted   = 4  // the same, in quotes
)

func (t *scanned) separator(i int) {
	switch t.s[i] {
	case '<':
		t.element(i)
	case '-':
		t.flag(i)
	default:
		t.assignment(i)
	}
}

// assignment recognises NAME=VALUE and NAME: VALUE at the separator.
func (t *scanned) assignment(i int) {
	s := t.s
	if i < t.until[maxRules-1] {
		return
	}
	end := i
	low := max(0, i-maxAssigned)
	for end > low && (s[end-1] == ' ' || s[end-1] == '\t' || s[i] == '=' && (s[end-1] == ':' || s[end-1] == '+' || s[end-1] == '?')) {
		end--
	}
	for end > low && strings.IndexByte("\"'`]\\", s[end-1]) >= 0 {
		end--
	}
	if end == low || !wordByte(s[end-1]) {
		return
	}
	from := nameStart(s, end)
	kind := kindOf(s[from:end])
	for wider, words := from, 1; kind == notSecret && words < 3 && wider >= 2 && s[wider-1] == ' ' && continues(s[from:end]); words++ { // secret access key: …
		wider = nameStart(s, wider-1)
		kind = kindOf(s[wider:end])
	}
	if kind == notSecret {
		t.paired(i, s[from:end])
		return
	}
	if s[i] == ':' && from > 0 && s[from-1] == ':' || strings.HasPrefix(s[i:], "://") { // a field of an ARN, a scheme
		return
	}
	t.value(i+1, kind, s[i] == '=')
}

// nameStart returns the start of the name that ends at end.
func nameStart(s string, end int) int {
	from := end
	for low := max(0, end-maxAssigned); from > low && (dottedName[s[from-1]] || s[from-1] >= 0x80); {
		from--
	}
	return from
}

// continues reports whether a word may be the last one of a name with spaces.
func continues(word string) bool {
	switch strings.ToLower(word) {
	case "key", "token", "code", "phrase", "string", "value":
		return true
	}
	return false
}

// paired remembers the name in name="NAME", or recognises the value of the last one.
func (t *scanned) paired(i int, name string) {
	switch {
	case isPairName(name):
		at, _ := t.assigned(i + 1)
		if at.to > at.from && at.to-at.from <= maxAssigned && kindOf(t.s[at.from:at.to]) == aPassword {
			t.pair = at.to
			if rest := t.s[at.to:min(len(t.s), at.to+maxAssigned)]; strings.HasPrefix(strings.TrimLeft(rest, `"`), "\r\n\r\n") { // multipart/form-data
				t.pair = 0
				t.value(at.to+strings.Index(rest, "\n\r\n")+len("\n\r\n"), aPassword, false)
			}
		}
	case t.pair > 0 && i-t.pair <= maxAssigned && isPairValue(name):
		t.pair = 0
		t.value(i+1, aPassword, true)
	}
}

// value recognises the value that begins after a separator.
func (t *scanned) value(i int, k kind, equals bool) {
	at, quoted := t.assigned(i)
	least := minAssigned
	if quoted {
		least = minQuoted
	}
	t.until[maxRules-1] = i
	if at.to-at.from < least {
		return
	}
	value := t.s[at.from:at.to]
	switch k {
	case aSignature:
		if at.to = t.signed.run(signedSet, t.s, at); !isSignature(t.s[at.from:at.to], equals) {
			return
		}
	case aPolicy:
		if at.to = t.signed.run(signedSet, t.s, at); !equals || at.to-at.from < minPolicy || !strings.HasPrefix(value, "eyJ") {
			return
		}
	case aKeyPair:
		if at.to = t.signed.run(signedSet, t.s, at); !equals || at.to-at.from < 10 || !upperAlnum.all(t.s[at.from:at.to]) {
			return
		}
	default:
		if answer(value) {
			return
		}
	}
	if !t.exempt(at) {
		t.hits = append(t.hits, hit{at, k.String(), false})
		t.until[maxRules-1] = at.to
	}
}

// assigned returns the value after a separator: up to the quote that closes it, or up to a space, a
// quote or a bracket.
func (t *scanned) assigned(i int) (at span, quoted bool) {
	s := t.s
	for i < len(s) && (s[i] == '=' || s[i] == '>') {
		i++
	}
	start := spaces.run(s, i)
	if start < len(s) && (s[start] == '|' || s[start] == '>') { // a block scalar of YAML
		if line := strings.IndexByte(s[start:min(len(s), start+4)], '\n'); line > 0 {
			start = spaces.run(s, start+line)
		}
	}
	slashes := start
	for slashes < len(s) && s[slashes] == '\\' && slashes-start < 8 {
		slashes++
	}
	if slashes < len(s) && (s[slashes] == '"' || s[slashes] == '\'') {
		if end := t.closing(slashes+1, s[slashes], slashes-start); end > 0 && !t.plus {
			return span{slashes + 1, end}, true
		}
		start = slashes + 1
	}
	at = span{start, t.plain.run(valueChars, s, span{start, len(s)})}
	for at.to > at.from && s[at.to-1] == '\\' { // of the escaped quote that follows
		at.to--
	}
	return at, false
}

var valueChars = func() *letters {
	var l letters
	for c := range l {
		l[c] = strings.IndexByte(" \t\r\n\"',;&)}]", byte(c)) < 0
	}
	return &l
}()

// lastRun is the last run of an alphabet that was read, so that the runs that begin within it are
// not read again.
type lastRun span

func (r *lastRun) run(l *letters, s string, in span) int {
	if in.from < r.from || in.from >= r.to {
		*r = lastRun{in.from, l.run(s, in.from)}
	}
	return min(r.to, in.to)
}

// closing returns the end of a quoted value: the first quote that is behind at most as many
// backslashes as the opening one. It is 0 if there is none; the rest of the text is then not read
// for such a quote again.
func (t *scanned) closing(from int, quote byte, slashes int) int {
	known := &t.open[min(int(quote&1), 1)][min(slashes, 3)]
	if *known {
		return 0
	}
	for i := from; i < len(t.s); i++ {
		if t.s[i] != quote {
			continue
		}
		end := i
		for end > from && t.s[end-1] == '\\' {
			end--
		}
		if i-end <= slashes {
			t.work += i - from
			return end
		}
	}
	t.work += len(t.s) - from
	*known = true
	return 0
}

// element recognises <NAME>VALUE</.
func (t *scanned) element(i int) {
	s := t.s
	end := i + 1
	for end < len(s) && end-i <= maxAssigned && (dottedName[s[end]] || s[end] == ':') {
		end++
	}
	if end == i+1 || end == len(s) || s[end] != '>' && s[end] != ' ' {
		return
	}
	if kindOf(s[i+1:end]) != aPassword {
		return
	}
	n := strings.IndexAny(s[end:min(len(s), end+4*maxAssigned)], "<>")
	if n < 0 || s[end+n] != '>' || s[end+n-1] == '/' {
		return
	}
	from := end + n + 1
	if from < t.until[maxRules-2] {
		return
	}
	to := strings.IndexByte(s[from:], '<')
	if to < 0 {
		t.until[maxRules-2] = len(s)
		return
	}
	t.until[maxRules-2] = from + to
	t.work += to
	at := trimmed(s, span{from, from + to})
	if at.to > at.from && strings.HasPrefix(s[from+to:], "</") && !answer(s[at.from:at.to]) && !t.exempt(at) {
		t.hits = append(t.hits, hit{at, aPassword.String(), false})
	}
}

func trimmed(s string, at span) span {
	for at.from < at.to && spaces[s[at.from]] {
		at.from++
	}
	for at.from < at.to && spaces[s[at.to-1]] {
		at.to--
	}
	return at
}

// flag recognises --NAME VALUE at the second hyphen.
func (t *scanned) flag(i int) {
	s := t.s
	if i == 0 || s[i-1] != '-' || i > 1 && s[i-2] != ' ' && s[i-2] != '"' && s[i-2] != '\n' {
		return
	}
	end := i + 1
	for end < len(s) && end-i <= maxAssigned && nameChars[s[end]] {
		end++
	}
	if end < len(s) && s[end] == ' ' && end+1 < len(s) && s[end+1] != '-' && kindOf(s[i+1:end]) == aPassword {
		t.value(end+1, aPassword, false)
	}
}
