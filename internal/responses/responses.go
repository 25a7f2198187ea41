// Package responses lists the responses of an operation that are worth testing an application
// with.
//
// Each response varies one thing in full surroundings: everything else is present and reads well,
// so that a program that reads the operation's output gets as far as the variation. Its ID says
// what varies, by the names of members, without the member that wraps the whole output:
//
//	full                             every member is present
//	minimal                          only required members are
//	status=FAILED                    a value of an enum, or a number, or a boolean
//	status=<unknown value>           one that the contract does not have
//	result.output=memberList         the member of a union that is set
//	stream=throttlingException       the exception that ends a stream of events
//	result.output=<unknown member>   one that the contract does not have
//	statistics absent                an optional member that is left out
//	statistics null                  … that is null, which means the same
//	memberList=<empty>               a list or map; [] in a name stands for its first entry
//	statistics with unknown member   a structure with one member more
//	error=ThrottlingException        an error, modelled or common to all services
//	error=X without message          … without its message
//	error=X then success             … and the full response to the next request
//	status=A then B then C           the way to a final status
//	deviation=type=tool_use          what AWS is known to send although its model forbids it
//
// The list follows from the contract and the pins: the same ones give the same list in the same
// order. Pins hold values still, and responses that contradict them are not in the list.
//
// # Deviations
//
// A full stream has one event of each kind. Of the values of an open string, of a blob and of a document there is one. Structures in
// themselves are varied once. In headers, times, lists and maps do not vary, and null does not exist.
package responses

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// Kind says what kind of thing a response varies.
type Kind string

const (
	Full          Kind = "full"
	Minimal       Kind = "minimal"
	Value         Kind = "value" // of an enum, a number, a boolean or a timestamp
	UnknownValue  Kind = "unknown-value"
	Union         Kind = "union"
	UnknownMember Kind = "unknown-member" // of a union or another structure
	Absent        Kind = "absent"
	Null          Kind = "null"
	Entries       Kind = "entries" // of a list or map
	Error         Kind = "error"
	Sequence      Kind = "sequence"
	Deviation     Kind = "deviation"
)

// Response is one response, or a sequence of them.
type Response struct {
	ID       string          `json:"id"`
	Kind     Kind            `json:"kind"`
	Pointer  string          `json:"pointer,omitempty"`  // JSON Pointer to what varies in the body
	Value    json.RawMessage `json:"value,omitzero"`     // what is there; absent for absent members
	Error    string          `json:"error,omitempty"`    // the name of an error
	Sequence []string        `json:"sequence,omitempty"` // IDs of the responses, of which the last one repeats

	make plan
}

// plan says how a response is made.
type plan struct {
	part    schema.Part
	choices []synth.Choice
	common  *commonError // instead of a part
}

// List is the responses of one operation. It is immutable and safe for concurrent use.
type List struct {
	contract *schema.Contract
	synth    *synth.Synth
	pins     []synth.Choice
	wrapper  string // the pointer to the member that wraps the output, or empty
	places   []place
	all      []Response
	byID     map[string]int
	pages    []page

	full, last func() (*synth.Prepared, error) // the full response, and as the last page of a list
}

// Options says how responses are made.
type Options struct {
	// Pins has values by the names of members, as IDs write them, or by JSON Pointers into the
	// contract: a JSON value, or the member of a union by its name.
	Pins map[string]any
	Seed uint64 // of the identifiers
}

// Of lists the responses of an operation.
func Of(c *schema.Contract, options Options) (*List, error) {
	c = echoing(c)
	s, err := synth.NewLenient(c, schema.HTTP)
	if err != nil {
		return nil, err
	}
	l := &List{contract: c, synth: s.Seeded(options.Seed), wrapper: wrapper(c), byID: map[string]int{}, pages: pages(c)}
	l.places = l.placesOf()
	if l.pins, err = l.pinned(options.Pins); err != nil {
		return nil, err
	}
	if err := l.whole(); err != nil {
		return nil, err
	}
	l.vary()
	l.deviations()
	l.errors()
	l.sequences()
	full := l.all[0].make
	l.full = sync.OnceValues(func() (*synth.Prepared, error) { return l.prepare(full) })
	l.last = sync.OnceValues(func() (*synth.Prepared, error) { return l.prepare(l.lastPage(full)) })
	return l, nil
}

// Contract returns the contract of the operation.
func (l *List) Contract() *schema.Contract { return l.contract }

// Full returns the full response.
func (l *List) Full() Response { return l.all[0] }

// Has reports whether the output has a member of this name, as pins write it.
func (l *List) Has(name string) bool {
	return slices.ContainsFunc(l.places, func(p place) bool { return p.name == name || p.pointer == name })
}

// All returns the responses in order.
func (l *List) All() []Response { return slices.Clone(l.all) }

// UnknownError says that a list has no response of an ID.
type UnknownError struct {
	ID      string
	Nearest string // an ID that is spelt alike; may be empty
	Known   []string
}

func (e *UnknownError) Error() string {
	if e.Nearest != "" {
		return fmt.Sprintf("unknown response %q: did you mean %q?", e.ID, e.Nearest)
	}
	return fmt.Sprintf("unknown response %q", e.ID)
}

// Find returns a response by its ID. The error is an [*UnknownError].
func (l *List) Find(id string) (Response, error) {
	if at, ok := l.byID[id]; ok {
		return l.all[at], nil
	}
	e := &UnknownError{ID: id}
	for _, r := range l.all {
		e.Known = append(e.Known, r.ID)
	}
	e.Nearest = spelling.Nearest(id, e.Known)
	return Response{}, e
}

// Steps returns the responses that a response stands for, one after another; the last one repeats.
func (l *List) Steps(r Response) []Response {
	if len(r.Sequence) == 0 {
		return []Response{r}
	}
	var all []Response
	for _, id := range r.Sequence {
		all = append(all, l.all[l.byID[id]])
	}
	return all
}

// Make returns the HTTP response of a response that is not a sequence, to a request. If the request
// continues a list, the response is the last page of it.
func (l *List) Make(r Response, to synth.Request, continues bool) (synth.Response, error) {
	var prepared *synth.Prepared
	var err error
	switch {
	case r.make.common != nil:
		return r.make.common.response(l.contract, r.make.common.message), nil
	case continues && r.Kind == Full:
		prepared, err = l.last()
	case r.Kind == Full:
		prepared, err = l.full()
	case continues && r.make.part == schema.OutputPart:
		prepared, err = l.prepare(l.lastPage(r.make))
	default:
		prepared, err = l.prepare(r.make)
	}
	if err != nil {
		return synth.Response{}, err
	}
	return prepared.Response(to)
}

func (l *List) prepare(p plan) (*synth.Prepared, error) {
	return l.synth.Prepare(p.part, p.choices...)
}

// Received returns what responses repeat of a request.
func (l *List) Received(m *binding.Message, body []byte) synth.Request {
	return l.synth.Received(m, body)
}

// add adds a response, unless a pin excludes it or an equal ID is listed.
func (l *List) add(r Response) bool {
	if _, ok := l.byID[r.ID]; ok {
		return false
	}
	l.byID[r.ID] = len(l.all)
	l.all = append(l.all, r)
	return true
}

// varied adds a response that varies the output by one choice, unless a pin excludes it.
func (l *List) varied(id string, kind Kind, value string, choice synth.Choice) {
	opens := synth.Choice{Pointer: choice.Pointer} // as the pin of a member of a union does
	choices := append(slices.DeleteFunc(slices.Clone(l.pins), func(pin synth.Choice) bool { return pin == opens && choice != opens }), choice)
	last := len(choices) - 1
	choices[last].First = true
	for i := range last {
		if _, ok := l.synth.Chosen(schema.OutputPart, choices, i); !ok {
			return
		}
	}
	pointer, ok := l.synth.Chosen(schema.OutputPart, choices, last)
	if !ok {
		return
	}
	r := Response{ID: id, Kind: kind, Pointer: pointer, make: plan{part: schema.OutputPart, choices: choices}}
	if value != "" {
		r.Value = json.RawMessage(value)
	}
	l.add(r)
}

// whole adds the full and the minimal response.
func (l *List) whole() error {
	if _, err := l.synth.Sample(schema.OutputPart, l.pins...); err != nil {
		return err
	}
	for i, pin := range l.pins {
		if _, ok := l.synth.Chosen(schema.OutputPart, l.pins, i); !ok {
			return fmt.Errorf("the pin of %s has no effect on %s: another pin excludes it", l.name(pin.Pointer), l.contract)
		}
	}
	l.add(Response{ID: "full", Kind: Full, make: plan{part: schema.OutputPart, choices: l.pins}})
	least := synth.Choice{Pointer: l.wrapper, Least: true}
	if slices.ContainsFunc(l.pins, func(c synth.Choice) bool { return c.Pointer == l.wrapper }) {
		least.Pointer = ""
	}
	l.varied("minimal", Minimal, "", least)
	return nil
}

// wrapper returns the pointer to the structure that is the body, or that is all there is in it; or
// an empty one.
func wrapper(c *schema.Contract) string {
	if _, raw := c.RawBody(schema.OutputPart); raw {
		return ""
	}
	if m, ok := c.Payload(schema.OutputPart); ok {
		return schema.Place{}.Child(m.Name).Pointer
	}
	root, ok := c.Root(schema.OutputPart)
	if !ok {
		return ""
	}
	shape := c.Resolve(root)
	if len(shape.Members) != 1 {
		return ""
	}
	m := &shape.Members[0]
	if below := c.Resolve(m.Shape); below.Type != schema.Structure || below.Union.Or(false) || !c.Location(m).InBody() {
		return ""
	}
	return schema.Place{}.Child(m.Name).Pointer
}

// name writes a pointer as IDs do: dots between names, [] for the entries of a list or map.
func (l *List) name(pointer string) string {
	if pointer != l.wrapper {
		pointer = strings.TrimPrefix(pointer, l.wrapper)
	}
	pointer = strings.TrimPrefix(pointer, "/")
	name := strings.ReplaceAll(strings.ReplaceAll(pointer, "/*", "[]"), "/", ".")
	return cmp.Or(name, "output")
}

// pinned returns the choices of pins, in the order of their names.
func (l *List) pinned(pins map[string]any) ([]synth.Choice, error) {
	var all []synth.Choice
	names := map[string]string{} // pointers by name
	var known []string
	for _, p := range l.places {
		for _, name := range []string{p.name, p.pointer} {
			names[name] = p.pointer
			known = append(known, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		pointer, ok := names[name]
		if !ok {
			return nil, fmt.Errorf("the output of %s has no member %q to pin%s", l.contract, name, spelling.Hint(name, known, ""))
		}
		shape, _, _ := l.contract.At(schema.Place{Part: schema.OutputPart, Pointer: pointer})
		if text, isText := pins[name].(string); isText && shape.Union.Or(false) {
			m, ok := shape.Member(text)
			if !ok {
				return nil, fmt.Errorf("%s is a union without a member %q", name, text)
			}
			all = append(all, synth.Choice{Pointer: pointer + "/" + m.Name})
			continue
		}
		text, err := json.Marshal(pins[name])
		if err != nil {
			return nil, fmt.Errorf("the pin of %s is not a JSON value: %w", name, err)
		}
		all = append(all, synth.Choice{Pointer: pointer, Text: string(text)})
	}
	return all, nil
}
