package traffic

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// envelopeReader reads interactions from envelopes. It walks over an envelope once, notes the values
// that pointers lead to, and then reads these. What a pointer does not find is noted, and left out.
type envelopeReader struct {
	plainReader
	parts    []envelopePart
	index    map[string]int // of a part
	root     pointerNode
	pending  []pendingNode // values that are parts themselves, and contain others
	found    int
	names    []string // of the envelope's members
	envelope valueRange
}

// shapeOf is [shapeOf] for the input.
func (in *input) shapeOf(text []byte) shape {
	if in.envelopes != nil {
		return envelope
	}
	return shapeOf(text)
}

// opensList reports whether a text begins a list.
func opensList(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON), []byte("["))
}

// readEnvelopes yields the interaction in a JSON document, or those in a list of envelopes.
func (in *input) readEnvelopes(text []byte, yield func(*Interaction, error) bool) {
	from := newSource(text, 1)
	opening := bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON)
	start := len(text) - len(opening)
	switch {
	case len(opening) == 0: // the log of a quiet day
	case opensList(opening) && scan(opening) == nil:
		eachElement(opening, start, func(index, start, end int) bool { return in.readEnvelope(JSON, index, from, start, end, yield) })
	default:
		in.readEnvelope(JSON, 0, from, start, len(text), yield)
	}
}

// readEnvelope yields the interaction in a part of a source. A file of a folder in which the pointers
// find nothing is something else.
func (in *input) readEnvelope(kind Kind, index int, from *source, start, end int, yield func(*Interaction, error) bool) bool {
	x := &recorded{Interaction: Interaction{Source: in.name, Kind: kind, Index: index}}
	opening, object := bytes.CutPrefix(bytes.TrimLeft(from.data[start:end], blankJSON), []byte("{"))
	if object && bytes.HasPrefix(bytes.TrimLeft(opening, blankJSON), []byte(interactionMark)) {
		interaction, err := in.interactions.readPart(x, from, start, end)
		return yield(interaction, unreadEntry(err, kind, index))
	}
	err := in.envelopes.read(x, from, start, end)
	if err != nil && index == 0 && !in.named && in.envelopes.found == 0 && (in.accepts == onlyInteractions || in.envelopes.failed == nil) {
		const looks = "JSON that the pointers do not fit"
		yield(nil, unknownFormat(in.name, looks, looks, false, "name the file itself to see why"))
		return false
	}
	return in.envelopes.yieldEntry(&x.Interaction, err, yield)
}

type envelopePart struct {
	name, pointer string
	valueRange
}

// valueRange is a value in the source; end 0: it was not found.
type valueRange struct{ start, end int }

type pendingNode struct {
	node *pointerNode
	valueRange
}

// newEnvelopeReader returns the reader for the pointers of [ParsePointers]; nil if there are none.
func newEnvelopeReader(pointers map[string]string) *envelopeReader {
	if len(pointers) == 0 {
		return nil
	}
	r := &envelopeReader{index: map[string]int{}}
	r.of, r.remedy, r.lenient, r.lax = "the envelope", "remove it", true, true
	for name, pointer := range pointers {
		r.parts = append(r.parts, envelopePart{name: name, pointer: pointer})
	}
	slices.SortFunc(r.parts, func(a, b envelopePart) int { return strings.Compare(a.name, b.name) })
	for i, part := range r.parts {
		r.index[part.name] = i
		r.root.add(part.pointer, i)
	}
	return r
}

// read reads the interaction in a part of the source.
func (r *envelopeReader) read(x *recorded, from *source, start, end int) error {
	if err := r.find(x, from, start, end); err != nil {
		return err
	}
	if r.found == 0 {
		return r.malformed(r.envelope.start, fmt.Sprintf("no pointer finds anything here%s", r.there()), "correct the pointers")
	}
	var request, response plainMessage
	request.start, response.start = r.envelope.start, r.envelope.start
	if err := r.request(&request, from); err != nil {
		return err
	}
	err := r.at("response.status", true, func(what string) (err error) {
		response.status, err = r.status(what)
		return err
	})
	if err != nil {
		return err
	}
	r.optional("response.statusText", func(what string) (err error) {
		response.statusText, err = r.nullable(what)
		return err
	})
	r.optional("operation", func(what string) (err error) {
		x.Operation, err = r.nullable(what)
		return err
	})
	response.header = r.messageHeaders("response")
	r.bodyOf("response", &response, from)
	r.assemble(&request, &response, from)
	if x.Interaction.Request = &x.request; x.request.Method == "" {
		x.Interaction.Request = nil
		r.missing("operation")
	}
	for which, side := range []string{"request", "response"} {
		if body := []*Body{&x.request.Body, &x.Response.Body}[which]; body.Missing && (which == 1 || x.Interaction.Request != nil) {
			r.missing(side + ".body")
			r.missing(side + ".bodyBase64")
		}
	}
	return nil
}

// find notes what the pointers lead to.
func (r *envelopeReader) find(x *recorded, from *source, start, end int) error {
	r.x, r.odd, r.found, r.pending, r.names = x, nil, 0, r.pending[:0], r.names[:0]
	for i := range r.parts {
		r.parts[i].valueRange = valueRange{}
	}
	r.resetPart(x.Source, from, start, end)
	r.envelope.start = r.next()
	if err := r.visit(&r.root); err != nil {
		return err
	}
	if _, err := r.decoder.ReadToken(); err != io.EOF {
		return r.malformed(r.offset(), "unexpected text after the envelope", "write one envelope per line")
	}
	r.envelope.end = r.offset()
	for i := 0; i < len(r.pending); i++ {
		p := r.pending[i]
		r.resetPart(x.Source, from, p.start, p.end)
		if err := r.walk(p.node); err != nil {
			return err
		}
	}
	return nil
}

// visit reads the next value, which pointers lead to or through.
func (r *envelopeReader) visit(n *pointerNode) error {
	if len(n.parts) == 0 {
		return r.walk(n)
	}
	raw, at, err := r.value()
	if err != nil {
		return err
	}
	r.found++
	for _, i := range n.parts {
		r.parts[i].valueRange = valueRange{at, at + len(raw)}
	}
	if n.children != nil {
		r.pending = append(r.pending, pendingNode{n, valueRange{at, at + len(raw)}})
	}
	return nil
}

// walk reads the next value, which pointers lead through.
func (r *envelopeReader) walk(n *pointerNode) error {
	var err error
	element := 0
	switch r.decoder.PeekKind() {
	case jsontext.KindBeginObject:
		_, err = r.members(r.of, func(name string) error {
			if n == &r.root && len(r.names) < maxShownNames {
				r.names = append(r.names, name)
			}
			if next := n.children[name]; next != nil {
				return r.visit(next)
			}
			return r.skip()
		})
	case jsontext.KindBeginArray:
		err = r.elements(r.of, func() error {
			next := n.children[strconv.Itoa(element)]
			if element++; next != nil {
				return r.visit(next)
			}
			return r.skip()
		})
	default:
		err = r.skip()
	}
	return err
}

// maxShownNames bounds the names of members in an error.
const maxShownNames = 8

// there says which members the envelope has.
func (r *envelopeReader) there() string {
	if len(r.names) == 0 {
		return ""
	}
	list := strings.Join(r.names, ", ")
	if len(list) > 100 {
		list = list[:100] + "…"
	}
	return fmt.Sprintf(" (the envelope has %s)", strings.ToValidUTF8(list, "\ufffd"))
}

// at calls read at the value of a part. Nothing happens if it has no pointer. A value that is not
// found is an error if it is required.
func (r *envelopeReader) at(part string, required bool, read func(what string) error) error {
	i, ok := r.index[part]
	if !ok {
		return nil
	}
	p := &r.parts[i]
	if p.end > 0 {
		r.resetPart(r.x.Source, r.source, p.start, p.end)
		if !r.null() {
			return read(part)
		}
	}
	if required {
		return r.nothing(p)
	}
	return nil
}

// optional is [envelopeReader.at] for a part that may be absent. A problem is noted.
func (r *envelopeReader) optional(part string, read func(what string) error) {
	r.note(r.at(part, false, read))
}

// missing notes that a part was not found.
func (r *envelopeReader) missing(part string) {
	if i, ok := r.index[part]; ok && r.parts[i].end == 0 {
		r.note(r.nothing(&r.parts[i]))
	}
}

func (r *envelopeReader) nothing(p *envelopePart) error {
	return r.malformed(r.envelope.start, fmt.Sprintf("no %s at %s%s", p.name, p.pointer, r.there()), "correct the pointer")
}
