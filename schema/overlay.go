package schema

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"go.yaml.in/yaml/v3"
)

// Overlay states facets by hand over a contract, each with a reason. Its YAML:
//
//	overlay: 1
//	operation: cleanrooms.GetProtectedJob
//	reason: stated by the botocore model of this version
//	facets:
//	  - at: contract
//	    method: GET
//	  - at: error:ThrottlingException
//	    status: 429
//	  - at: output#/protectedJob/id
//	    required: true
//	    length: {min: 36, max: 36}
//	    reason: another reason than the one above
//	echoes:
//	  - {output: /protectedJob/id, input: protectedJobIdentifier}
//
// An entry with a type adds the member where the structure does not have it; a
// member of an error whose members the source does not state opens its structure.
type Overlay struct {
	Name      string // of the file, for findings
	Operation string
	Reason    string
	Entries   []Entry
	Echoes    []Echo

	origin Origin
}

// Entry is one entry of an overlay.
type Entry struct {
	At     Place
	Reason string
	Line   int
	Type   Type

	contract Contract
	err      Error
	shape    Shape
	member   Member
}

// OverlayError says what is wrong with the text of an overlay.
type OverlayError struct {
	Name    string
	Line    int
	Problem string
}

func (e *OverlayError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("overlay %s: %s", e.Name, e.Problem)
	}
	return fmt.Sprintf("overlay %s: line %d: %s", e.Name, e.Line, e.Problem)
}

// ParseOverlay reads the YAML form; the error is an [*OverlayError].
func ParseOverlay(name string, text []byte) (*Overlay, error) {
	var form struct {
		Overlay   int         `yaml:"overlay"`
		Operation string      `yaml:"operation"`
		Reason    string      `yaml:"reason"`
		Facets    []yaml.Node `yaml:"facets"`
		Echoes    []Echo      `yaml:"echoes"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&form); err != nil {
		return nil, &OverlayError{name, 0, strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	switch {
	case form.Overlay != 1:
		return nil, &OverlayError{name, 0, fmt.Sprintf("format %d: begin with \"overlay: 1\"", form.Overlay)}
	case form.Operation == "":
		return nil, &OverlayError{name, 0, "names no operation: write \"operation: SERVICE.OPERATION\""}
	}
	o := &Overlay{Name: name, Operation: form.Operation, Reason: form.Reason, Echoes: form.Echoes,
		origin: NewOrigin("overlay", "", text)}
	for i := range form.Facets {
		e, err := parseEntry(&form.Facets[i], form.Reason)
		if err != nil {
			return nil, &OverlayError{name, form.Facets[i].Line, err.Error()}
		}
		o.Entries = append(o.Entries, *e)
	}
	return o, nil
}

func parseEntry(node *yaml.Node, reason string) (*Entry, error) {
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("an entry is a mapping with \"at\" and facets")
	}
	e := &Entry{Reason: reason, Line: node.Line}
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == "at" {
			place, err := ParsePlace(node.Content[i+1].Value)
			if err != nil {
				return nil, err
			}
			e.At = place
		}
	}
	if e.At.Part == "" {
		return nil, fmt.Errorf("an entry without \"at\"")
	}
	for i := 0; i < len(node.Content); i += 2 {
		if err := e.state(node.Content[i].Value, node.Content[i+1]); err != nil {
			return nil, err
		}
	}
	if e.Reason == "" {
		return nil, fmt.Errorf("the entry at %s has no reason, nor has the overlay", e.At)
	}
	return e, nil
}

func (e *Entry) state(key string, value *yaml.Node) error {
	switch key {
	case "at":
		return nil
	case "reason":
		return value.Decode(&e.Reason)
	case "type":
		return value.Decode(&e.Type)
	}
	for _, f := range e.facets() {
		if f.name != key {
			continue
		}
		if err := value.Decode(f.slot); err != nil {
			return fmt.Errorf("%s at %s: %s", key, e.At, strings.TrimPrefix(err.Error(), "yaml: "))
		}
		return nil
	}
	return fmt.Errorf("%q is no facet of %s", key, e.At)
}

// facets are those that may be stated at the entry's place.
func (e *Entry) facets() []namedSlot {
	_, isError := e.At.Part.ErrorName()
	switch {
	case e.At.Part == ContractPlace.Part:
		return e.contract.facets()
	case isError && e.At.Pointer == "":
		return e.err.facets()
	}
	return append(e.shape.facets(), e.member.facets()...)
}

// Apply returns the contract with the overlay's facets; an overlay of another
// operation changes nothing. A [finding.OverlayStale] is reported for each
// entry that says nothing new, or speaks of a place that is not there.
func (o *Overlay) Apply(c *Contract) (*Contract, finding.Set) {
	if o.Operation != c.Name() {
		return c, nil
	}
	c = c.Clone()
	origin := c.adopt([]Origin{o.origin})
	var stale []finding.Finding
	for i := range o.Entries {
		e := &o.Entries[i]
		report := func(got, message string) {
			stale = append(stale, finding.Finding{Rule: finding.OverlayStale, Operation: c.Name(), Source: o.Name,
				Line: e.Line, Column: 1, Pointer: e.At.Pointer, Got: got, Message: message})
		}
		targets, added, problem := c.targets(e)
		if problem != "" {
			report("", fmt.Sprintf("%s: %s", e.At, problem))
			continue
		}
		if added {
			c.learn(e.At.fact("type"), origin)
		} else if e.Type != Unstated {
			report(string(e.Type), fmt.Sprintf("%s is there already: the type need not be stated", e.At))
		}
		for j, f := range e.facets() {
			switch {
			case f.slot.Silent():
			case targets[j].slot.sameAs(f.slot):
				report(f.slot.String(), fmt.Sprintf("%s of %s is %s in the source already", f.name, e.At, f.slot))
			default:
				targets[j].slot.set(f.slot)
				c.learn(e.At.fact(f.name), origin)
			}
		}
	}
	c.Echoes = append(c.Echoes, o.Echoes...)
	return c, finding.NewSet(stale...)
}

// targets returns the facets of c that stand where the entry's facets go, in
// the order of [Entry.facets].
func (c *Contract) targets(e *Entry) (slots []namedSlot, added bool, problem string) {
	if e.At.Part == ContractPlace.Part {
		return c.facets(), false, ""
	}
	if name, isError := e.At.Part.ErrorName(); isError {
		declared, ok := c.Error(name)
		if !ok {
			return nil, false, "the operation has no such error"
		}
		if declared.Shape == "" && e.Type != Unstated {
			declared.Shape = c.freeName(declared.Name)
			c.Shapes[declared.Shape] = &Shape{Type: Structure}
			added = true
		}
		if e.At.Pointer == "" {
			return declared.facets(), added, ""
		}
	}
	shape, member, ok := c.At(e.At)
	if !ok && e.Type == Unstated {
		return nil, false, "there is no such place; state its type to add it"
	}
	if !ok || shape.Type == Unstated && e.Type != Unstated {
		if shape, member, ok = c.add(e.At, e.Type); !ok {
			return nil, false, "there is no structure to add the member to"
		}
		added = true
	}
	if member == nil {
		member = &Member{} // a root, element, key or value: it has no member facets
	}
	return append(shape.facets(), member.facets()...), added, ""
}

// add puts a shape of a type where there is none.
func (c *Contract) add(at Place, t Type) (*Shape, *Member, bool) {
	tokens := at.tokens()
	if len(tokens) == 0 {
		return nil, nil, false
	}
	last := tokens[len(tokens)-1]
	parent, _, ok := c.At(Place{at.Part, strings.TrimSuffix(at.Pointer, "/"+Escape(last))})
	if !ok {
		return nil, nil, false
	}
	ref := Inline(Shape{Type: t})
	switch t {
	case Structure:
		name := string(at.Part)
		for _, token := range tokens {
			name += strings.ToUpper(token[:min(1, len(token))]) + token[min(1, len(token)):]
		}
		ref = Named(c.freeName(strings.NewReplacer("error:", "", "*", "Item").Replace(name)))
		c.Shapes[ref.Name] = &Shape{Type: Structure}
	case List:
		ref.Inline.Element = &Ref{Inline: &Shape{}}
	case Map:
		ref.Inline.Key, ref.Inline.Value = &Ref{Inline: &Shape{Type: String}}, &Ref{Inline: &Shape{}}
	}
	existing, _ := parent.Member(last)
	switch {
	case parent.Type == Structure && existing != nil:
		existing.Shape = ref
		return c.Resolve(ref), existing, true
	case parent.Type == Structure:
		parent.Members = append(parent.Members, Member{Name: last, Shape: ref})
		member := &parent.Members[len(parent.Members)-1]
		return c.Resolve(ref), member, true
	case parent.Type == List && last == "*" && c.Resolve(*parent.Element).Type == Unstated:
		*parent.Element = ref
	case parent.Type == Map && last == "*" && c.Resolve(*parent.Value).Type == Unstated:
		*parent.Value = ref
	default:
		return nil, nil, false
	}
	return c.Resolve(ref), nil, true
}
