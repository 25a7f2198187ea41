package page

import (
	"errors"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/place"
)

// ErrNoOperation marks a page about a client method that calls no operation, such as close or
// get_paginator.
var ErrNoOperation = errors.New("the page is not about an operation")

const remedy = "Use the complete, unedited page, as boto3's documentation generator writes it."

func broken(line, column int, problem string) error {
	return &schema.DocumentError{Line: line, Column: column, Problem: problem, Remedy: remedy}
}

// noOperation returns the error for the page of a method that does not call an operation.
func noOperation(at position, method string) error {
	return &schema.DocumentError{
		Line: at.line, Column: at.column, Place: method, Err: ErrNoOperation,
		Problem: "the method does not call an operation: its page has neither a request syntax nor a link to the API",
		Remedy:  "Use the page of an operation; if this is one, it is incomplete",
	}
}

// omitted returns the error for a syntax block that boto3's generator omitted because of its
// length. Without that of the response, the page cannot be read.
func omitted(at position, title string) *schema.DocumentError {
	return &schema.DocumentError{
		Line: at.line, Column: at.column, Place: title, Err: errOmitted,
		Problem: "the page omits this section because it is too large to render",
		Remedy:  "Use the service's model (botocore's service-2.json) instead",
	}
}

var errOmitted = errors.New("the section is too large to render")

const tooLarge = "# This section is too large to render."

// sections is the parts of a page that are read.
type sections struct {
	heading    heading
	request    section               // the call
	omitted    *schema.DocumentError // of the request, if it is missing
	parameters memberSection
	none       bool    // the call returns None
	response   section // unless none
	structure  memberSection
	exceptions []string
}

// memberSection is a member list, which the generator may have omitted.
type memberSection struct {
	section
	omitted   bool
	omittedAt position
}

// cutPage cuts a page into its sections. It accepts headings only in the columns where the
// generator writes them, because prose may contain the same words.
func cutPage(page section) (p sections, err error) {
	rest := page.lines()
	if p.heading, err = readHeading(&rest); err != nil {
		return p, err
	}
	if p.request, err = codeBlock(&rest, "Request Syntax", 2); errors.Is(err, errOmitted) {
		p.omitted, _ = errors.AsType[*schema.DocumentError](err)
	} else if err != nil {
		return p, err
	}
	if p.parameters, p.none, err = cutParameters(&rest); err != nil {
		return p, err
	}
	if !p.none {
		if err := findTitle(&rest, "Response Syntax"); err != nil {
			return p, err
		}
		if p.response, err = codeBlock(&rest, "Response Syntax", 4); err != nil {
			return p, err
		}
		if err := findTitle(&rest, "Response Structure"); err != nil {
			return p, err
		}
		p.structure = cutStructure(&rest)
	}
	p.exceptions, err = readExceptions(&rest)
	return p, err
}

func isTitle(l line, title string) bool { return strings.TrimSpace(l.text) == "**"+title+"**" }

// findTitle reads up to and including a title.
func findTitle(rest *lines, title string) error {
	for l, ok := rest.next(); ok; l, ok = rest.next() {
		if isTitle(l, title) {
			return nil
		}
	}
	return errorAtEnd(rest.text, "its **"+title+"**")
}

// codeBlock reads the literal block below a title. Its lines have a deeper indent than the title.
func codeBlock(rest *lines, title string, indent int) (section, error) {
	l, ok := rest.nextText()
	if !ok {
		return section{}, errorAtEnd(rest.text, "the literal block of its **"+title+"**")
	}
	if strings.TrimSpace(l.text) != "::" {
		return section{}, broken(l.number, l.at().column, "no literal block follows **"+title+"**")
	}
	start, end := *rest, rest.offset
	for ahead := *rest; ; *rest = ahead {
		l, ok := ahead.next()
		if !ok || !l.blank() && (l.indent() <= indent || strings.HasPrefix(l.text[l.indent():], "**")) {
			return start.until(end), nil
		}
		if strings.TrimSpace(l.text) == tooLarge {
			return section{}, omitted(l.at(), title)
		}
		end = ahead.offset
	}
}

// cutParameters reads the member list of the request, up to what the call returns.
func cutParameters(rest *lines) (list memberSection, none bool, err error) {
	start := *rest
	for l, ok := rest.next(); ok; l, ok = rest.next() {
		list.noteOmission(l)
		switch {
		case l.indent() != 2:
		case strings.HasPrefix(l.text, "  :returns: None"):
			list.section = start.until(l.start)
			return list, true, nil
		case strings.HasPrefix(l.text, "  :rtype:"):
			list.section = start.until(l.start)
			return list, false, nil
		}
	}
	return list, false, errorAtEnd(rest.text, "it says what the call returns")
}

// cutStructure reads the member list of the response, up to the next section.
func cutStructure(rest *lines) (list memberSection) {
	start := *rest
	for ahead := *rest; ; *rest = ahead {
		l, ok := ahead.next()
		if !ok || l.indent() == 2 && (isTitle(l, "Exceptions") || isTitle(l, "Examples")) {
			list.section = start.until(rest.offset)
			return list
		}
		list.noteOmission(l)
	}
}

func (m *memberSection) noteOmission(l line) {
	if strings.TrimSpace(l.text) == tooLarge {
		m.omitted, m.omittedAt = true, l.at()
	}
}

// readExceptions reads the names of the errors, in the order of the page.
func readExceptions(rest *lines) ([]string, error) {
	var names []string
	for l, ok := rest.next(); ok; l, ok = rest.next() {
		if l.indent() != 2 || !isTitle(l, "Exceptions") {
			continue
		}
		for l, ok = rest.nextText(); ok && strings.HasPrefix(l.text, "  * "); l, ok = rest.nextText() {
			link, isLink := strings.CutPrefix(strings.TrimLeft(l.text[3:], " "), ":py:class:`")
			_, name, isClass := strings.Cut(link, ".Client.exceptions.")
			name, isWhole := strings.CutSuffix(strings.TrimRight(name, " "), "`")
			if !isLink || !isClass || !isWhole || name == "" || len(name) > maxNameLength {
				return nil, broken(l.number, 3, "expected an exception of a client, got "+place.Excerpt(l.text))
			}
			names = append(names, strings.Clone(name))
		}
		break
	}
	return names, nil
}
