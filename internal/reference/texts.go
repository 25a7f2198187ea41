package reference

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// textBugs are the ways in which clients change strings, which are data.
var textBugs = map[string]func(string) string{
	htmlDecoded:      html.UnescapeString,
	htmlEncoded:      html.EscapeString,
	percentDecoded:   percentDecode,
	lineEndsMadeLF:   func(s string) string { return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s) },
	textComposed:     func(s string) string { return strings.ReplaceAll(s, "e\u0301", "\u00e9") },
	invisibleRemoved: removeInvisible,
	templatesFilled:  func(s string) string { return template.ReplaceAllString(s, "") },
	textTrimmed:      strings.TrimSpace,
	escapesTwice:     func(s string) string { return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t").Replace(s) },
	jsonInTextParsed: innerMessage,
	nulEndsString:    func(s string) string { s, _, _ = strings.Cut(s, "\x00"); return s },
	stringsCut:       func(s string) string { return s[:min(255, len(s))] },
	stringsCutAt64K:  func(s string) string { return s[:min(1<<16, len(s))] },
	leadingZerosLost: func(s string) string { return leadingZeros.ReplaceAllString(s, "$1") },
}

var (
	template     = regexp.MustCompile(`\{\{.*?\}\}|\$\{.*?\}|<%=.*?%>`)
	leadingZeros = regexp.MustCompile(`^0+([0-9]+)$`)
)

// percentDecode decodes the valid escapes of a string, and leaves the others.
func percentDecode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return strings.NewReplacer("%25", "%", "%20", " ", "+", " ").Replace(s)
}

// removeInvisible removes the characters of format, such as zero-width ones.
func removeInvisible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// innerMessage unwraps a message that is itself a document with a message.
func innerMessage(s string) string {
	tree, err := parse(client{}, []byte(s))
	o, ok := tree.(object)
	if inner, is := o.get("message").(string); err == nil && ok && is {
		return inner
	}
	return s
}
