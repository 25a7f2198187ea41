package page

import (
	"github.com/crcheck/crcheck/internal/jsontree"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// Read reads a page of boto3's reference about one client method. See the package comment. The
// version is that of boto3, which a page does not state. The findings are contradictions in the
// page. The error is a [*schema.DocumentError]; it wraps [ErrNoOperation] for a method that does
// not call an operation.
func Read(document []byte, version string) (*schema.Contract, finding.Set, error) {
	if !utf8.Valid(document) {
		line, column := invalidUTF8(document)
		return nil, nil, broken(line, column, "the page is not valid UTF-8")
	}
	cut, err := cutPage(section{strings.TrimPrefix(string(document), "\ufeff"), 1})
	if err != nil {
		return nil, nil, err
	}
	b := newBuilder(cut.heading)
	b.contract.Version = version
	b.contract.Origins = []schema.Origin{schema.NewOrigin("boto3-page", version, document)}

	// The output comes first, so that its shapes have the plain names.
	if !cut.none {
		response, err := newSyntaxParser(cut.response, b.strings).response()
		if err != nil {
			return nil, nil, err
		}
		b.output(response, cut.structure)
	}
	if cut.omitted != nil {
		b.conflicts.part = schema.InputPart
		b.conflicts.unstated(cut.omitted)
		b.contract.InputUnstated = true
	} else {
		call, err := newSyntaxParser(cut.request, b.strings).call(cut.heading.method)
		if err != nil {
			return nil, nil, err
		}
		if err := b.input(call, cut.parameters, cut.heading.takes); err != nil {
			return nil, nil, err
		}
	}
	b.errors(cut.exceptions)
	return b.contract, finding.NewSet(b.conflicts.found...), nil
}

// output builds the structure of the response.
func (b *builder) output(response *literal, list memberSection) {
	b.conflicts.part = schema.OutputPart
	b.contract.Output = b.names.Unique(b.contract.Operation + "Output")
	var described *item
	if list.omitted {
		b.conflicts.omitted(list.omittedAt, "Response Structure")
	} else {
		top := readStructure(list.section, b.strings)
		if described = b.only(top.children, response.at); described != nil {
			b.agree(response, described)
		}
	}
	b.structure(response, described, b.contract.Output)
}

// input builds the structure of the call. A method without arguments has none.
func (b *builder) input(call *literal, list memberSection, takes bool) error {
	b.conflicts.part = schema.InputPart
	if !takes && len(call.entries) == 0 {
		return nil
	}
	b.contract.Input = b.names.Unique(b.contract.Operation + "Input")
	var described *item
	if list.omitted {
		b.conflicts.omitted(list.omittedAt, "Parameters")
	} else {
		var err error
		if described, err = readParameters(list.section, b.strings); err != nil {
			return err
		}
	}
	b.structure(call, described, b.contract.Input)
	return nil
}

// errors adds the exceptions, of which a page states only the names.
func (b *builder) errors(names []string) {
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		b.contract.Errors = append(b.contract.Errors, schema.Error{Name: name})
	}
}

// invalidUTF8 returns the position of the first byte that is not UTF-8.
func invalidUTF8(document []byte) (line, column int) {
	for i := 0; i < len(document); {
		r, size := utf8.DecodeRune(document[i:])
		if r == utf8.RuneError && size == 1 {
			return jsontree.Position(document, i)
		}
		i += size
	}
	return jsontree.Position(document, len(document))
}
