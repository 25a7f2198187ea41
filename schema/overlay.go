package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
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
// An entry with a type adds a member to a structure, or gives a type to a place that the source
// does not specify. For an error whose members the source does not state, it adds the structure.
type Overlay struct {
	Name      string // of the file, for findings
	Operation string
	Reason    string
	Echoes    []Echo

	entries   []entry
	origin    Origin
	lines     map[string]int // of entries, by the facts that they state
	echoLines map[Echo]int
}

// entry is one entry of an overlay.
type entry struct {
	At     Place
	Reason string
	Line   int
	Type   Type

	column   int
	contract Contract
	err      Error
	shape    Shape
	member   Member
}

// facets returns the facets that an entry can state at its place.
func (e *entry) facets() []namedSlot {
	_, isError := e.At.Part.ErrorName()
	switch {
	case e.At.Part == ContractPlace.Part:
		return e.contract.facets()
	case isError && e.At.Pointer == "":
		return e.err.facets()
	}
	return append(e.shape.facets(), e.member.facets()...)
}

// Apply returns a copy of the contract with the overlay's facets. An overlay for another operation
// changes nothing. A [finding.OverlayStale] reports each entry that states nothing new, or whose
// place does not exist or has another type; an entry of the last two kinds changes nothing. If an
// overlay gives two members the same name in the body, [Contract.Check] refuses the result.
//
// An overlay overrides what the contract states. If it contradicts one of the overlays applied
// before it, or itself at two places of one structure, the later entry wins, and a
// [finding.SourceConflict] reports it.
func (o *Overlay) Apply(c *Contract, before ...*Overlay) (*Contract, finding.Set) {
	if o.Operation != c.Name() {
		return c, nil
	}
	a := application{o: o, c: c.Clone(), said: map[string]statement{}}
	a.loan = borrow(a.c, []Origin{o.origin}, nil)
	for _, b := range before {
		if b.Operation == o.Operation {
			a.remember(b)
		}
	}
	for i := range o.entries {
		a.entry(&o.entries[i])
	}
	for _, e := range o.Echoes {
		a.echo(e)
	}
	return a.c, finding.NewSet(a.stale...)
}

// application is the state of applying an overlay to a contract.
type application struct {
	o     *Overlay
	c     *Contract
	loan  loan
	said  map[string]statement // by the overlays, by key of [Contract.identify]
	stale []finding.Finding
}

func (a *application) report(f finding.Finding) {
	f.Rule, f.Operation, f.Source = cmp.Or(f.Rule, finding.OverlayStale), a.c.Name(), a.o.Name
	a.stale = append(a.stale, f)
}

func (a *application) entry(e *entry) {
	report := func(got, format string, args ...any) {
		a.report(finding.Finding{Line: e.Line, Column: e.column, Pointer: e.At.Pointer, Found: finding.Value{Text: got}, Cause: fmt.Sprintf(format, args...)})
	}
	t, problem := a.c.target(e)
	switch {
	case problem != "":
		report("", "%s: %s", e.At, problem)
		return
	case t.added:
		a.loan.learn(e.At.fact("type"))
	case e.Type == Unstated:
	case e.Type == t.is:
		report(string(e.Type), "%s exists already: remove the type", e.At)
	default:
		report(string(e.Type), "%s is of type %s in the source: an overlay does not change types", e.At, t.is)
		return
	}
	keys := a.c.identify(e)
	for i, f := range e.facets() {
		if f.slot.Silent() {
			continue
		}
		if i >= len(t.slots) {
			report(f.slot.String(), "%s is not a member of a structure, so %s does not apply", e.At, f.name)
			continue
		}
		a.say(e, f, keys[i])
		switch {
		case t.slots[i].slot.sameAs(f.slot):
			report(f.slot.String(), "%s of %s is already %s in the source", f.name, e.At, f.slot)
		default:
			a.loan.learn(e.At.fact(f.name))
			t.slots[i].slot.set(f.slot)
		}
	}
}

func (a *application) echo(e Echo) {
	problem := a.c.echoProblem(e)
	if slices.Contains(a.c.Echoes, e) {
		problem = "the contract already states it"
	}
	if problem != "" {
		a.report(finding.Finding{Line: a.o.echoLines[e], Column: 1, Pointer: e.Output, Cause: "echo of " + e.Input + ": " + problem})
		return
	}
	a.loan.origin(0)
	a.c.Echoes = append(a.c.Echoes, e)
}

// target is what an entry applies to.
type target struct {
	slots []namedSlot // in the order of [entry.facets]; without those of a member if there is none
	added bool        // by this entry
	is    Type
}

func (c *Contract) target(e *entry) (t target, problem string) {
	if e.At.Part == ContractPlace.Part {
		return target{slots: c.facets()}, ""
	}
	if name, isError := e.At.Part.ErrorName(); isError {
		declared, ok := c.errorNamed(name)
		if !ok {
			return target{}, "the operation has no such error"
		}
		opens := declared.Shape == "" && e.Type != Unstated && len(jsontree.Tokens(e.At.Pointer)) <= 1
		if opens {
			declared.Shape = c.freeName(declared.Name)
			c.Shapes[declared.Shape] = &Shape{Type: Structure}
		}
		if e.At.Pointer == "" {
			return target{declared.facets(), opens, Structure}, ""
		}
	}
	shape, member, ok := c.At(e.At)
	if !ok && e.Type == Unstated {
		return target{}, "the contract has no such place; state its type to add it"
	}
	if !ok || shape.Type == Unstated && e.Type != Unstated {
		if shape, member, ok = c.add(e.At, e.Type); !ok {
			return target{}, "it cannot be added here"
		}
		t.added = true
	}
	t.is, t.slots = shape.Type, shape.facets()
	if member != nil {
		t.slots = append(t.slots, member.facets()...)
	}
	return t, ""
}

// add adds a shape of a type at a place without a shape or with an unstated one.
func (c *Contract) add(at Place, t Type) (*Shape, *Member, bool) {
	tokens := jsontree.Tokens(at.Pointer)
	if len(tokens) == 0 {
		return nil, nil, false
	}
	last := tokens[len(tokens)-1]
	parent, _, ok := c.At(at.Parent())
	if !ok {
		return nil, nil, false
	}
	ref, member := parent.step(last)
	switch {
	case ref != nil && (ref != parent.Key || t == String):
	case ref == nil && parent.Type == Structure && last != "":
		parent.Members = append(parent.Members, Member{Name: last})
		member = &parent.Members[len(parent.Members)-1]
		ref = &member.Shape
	default:
		return nil, nil, false
	}
	before := c.Resolve(*ref).facets()
	*ref = c.newShape(at, tokens, t)
	shape := c.Resolve(*ref)
	for i, f := range shape.facets() {
		f.slot.set(before[i].slot)
	}
	return shape, member, true
}

// newShape creates a shape for a place. The shapes below it are unstated.
func (c *Contract) newShape(at Place, tokens []string, t Type) Ref {
	shape := &Shape{Type: t}
	switch t {
	case List:
		shape.Element = &Ref{Inline: &Shape{}}
	case Map:
		shape.Key, shape.Value = &Ref{Inline: &Shape{Type: String}}, &Ref{Inline: &Shape{}}
	case Structure:
		name, isError := at.Part.ErrorName()
		if !isError {
			name = ""
		}
		for _, token := range tokens {
			first, size := utf8.DecodeRuneInString(token)
			name += string(unicode.ToUpper(first)) + token[size:]
		}
		name = c.freeName(strings.ReplaceAll(name, "*", "Item"))
		c.Shapes[name] = shape
		return Named(name)
	}
	return Ref{Inline: shape}
}
