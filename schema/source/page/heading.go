package page

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/crcheck/crcheck/schema/source/internal/place"
)

// heading says which operation a page is about.
type heading struct {
	service   string // from the link to the service's page
	method    string // the Python method
	at        position
	takes     bool   // the method takes arguments
	api       string // from the link to the API's documentation; empty without one
	operation string
}

const (
	methodMark = ".. py:method:: "
	apiMark    = "See also: `AWS API Documentation <https://docs.aws.amazon.com/goto/WebAPI/"
)

// Is reports whether a document looks like a page of boto3's reference.
func Is(document []byte) bool {
	return bytes.HasPrefix(document, []byte(methodMark)) || bytes.Contains(document, []byte("\n"+methodMark))
}

// readHeading reads a page up to and including the title **Request Syntax**.
func readHeading(rest *lines) (h heading, err error) {
	for {
		l, ok := rest.next()
		text := strings.TrimSpace(l.text)
		switch {
		case !ok:
			return h, h.withoutSyntax(rest.text)
		case h.service == "" && strings.HasPrefix(l.text, ":doc:`"):
			h.service = serviceOf(text)
		case h.method == "" && strings.HasPrefix(l.text, methodMark):
			if err := h.readMethod(l); err != nil {
				return h, err
			}
		case strings.HasPrefix(text, apiMark):
			link, _, _ := strings.Cut(text[len(apiMark):], ">")
			h.api, h.operation, _ = strings.Cut(link, "/")
		case h.startsSyntax(l, *rest):
			return h, h.complete()
		}
	}
}

// startsSyntax reports whether the section of the request syntax starts. It looks two lines ahead,
// because a heading with the same name in the description does not precede the call. The generator
// indents the title by four if it omits the section.
func (h *heading) startsSyntax(l line, ahead lines) bool {
	if !isTitle(l, "Request Syntax") || l.indent() != 2 && l.indent() != 4 {
		return false
	}
	marker, _ := ahead.nextText()
	code, _ := ahead.nextText()
	text := strings.TrimSpace(code.text)
	return strings.TrimSpace(marker.text) == "::" && (strings.HasPrefix(text, "response = client.") || text == tooLarge)
}

// readMethod reads "CleanRoomsService.Client.get_protected_job(**kwargs)".
func (h *heading) readMethod(l line) error {
	h.at = position{l.number, len(methodMark) + 1}
	name, arguments, isCall := strings.Cut(strings.TrimSpace(l.text[len(methodMark):]), "(")
	_, method, isClient := strings.Cut(name, ".Client.")
	if !isClient {
		return noOperation(h.at, place.Excerpt(name))
	}
	if !isCall || !strings.HasSuffix(arguments, ")") || method == "" || len(method) > maxNameLength {
		return broken(h.at.line, h.at.column, "the method's signature is incomplete")
	}
	h.method, h.takes = strings.Clone(method), arguments != ")"
	return nil
}

// withoutSyntax returns the error for a page without request syntax.
func (h *heading) withoutSyntax(page string) error {
	switch {
	case h.method == "":
		return broken(1, 1, "the page has no line that begins "+methodMark)
	case h.operation == "":
		return noOperation(h.at, h.method)
	}
	return errorAtEnd(page, "its **Request Syntax**")
}

// complete checks the heading, and names the operation after the method if the page has no link to
// the API.
func (h *heading) complete() error {
	switch {
	case h.method == "":
		return broken(1, 1, "the page has no line that begins "+methodMark)
	case h.service == "":
		return broken(1, 1, "the page has no line such as :doc:`CleanRoomsService <../../cleanrooms>` / Client / get_protected_job, which names the service")
	case len(h.service) > maxNameLength || len(h.api) > maxNameLength || len(h.operation) > maxNameLength:
		return broken(1, 1, "the page's links are too long")
	}
	h.service, h.api, h.operation = strings.Clone(h.service), strings.Clone(h.api), strings.Clone(h.operation)
	if h.api == "" || h.operation == "" {
		h.api, h.operation = "", pascalCase(h.method)
	}
	if h.operation == "" {
		return broken(h.at.line, h.at.column, "the method's name is not the name of an operation")
	}
	return nil
}

// serviceOf reads "cleanrooms" from ":doc:`CleanRoomsService <../../cleanrooms>` / …".
func serviceOf(text string) string {
	_, link, _ := strings.Cut(text, "<")
	link, _, isWhole := strings.Cut(link, ">`")
	if !isWhole {
		return ""
	}
	return link[strings.LastIndex(link, "/")+1:]
}

// pascalCase reverses botocore's naming of methods as far as possible.
func pascalCase(method string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(method, "_") {
		b.WriteString(capitalised(word))
	}
	return b.String()
}

func capitalised(word string) string {
	for i, first := range word {
		return string(unicode.ToUpper(first)) + word[i+len(string(first)):]
	}
	return ""
}
