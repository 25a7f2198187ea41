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
//	result.output=<unknown member>   one that the contract does not have
//	statistics absent                an optional member that is left out
//	statistics null                  … that is null, which means the same
//	memberList=<empty>               a list or map; [] in a name stands for its entries
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
// Members in headers are present and do not vary. Of the values of an open string, of a blob and of
// a document there is one. Structures in themselves are varied once.
package responses

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	Value    json.RawMessage `json:"value,omitempty"`    // what is there; absent for absent members
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
	all      []Response
	byID     map[string]int
	pages    []page
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
	s, err := synth.New(c, schema.HTTP)
	if err != nil {
		return nil, err
	}
	l := &List{contract: c, synth: s.Seeded(options.Seed), wrapper: wrapper(c), byID: map[string]int{}, pages: pages(c)}
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
	return l, nil
}

// Contract returns the contract of the operation.
func (l *List) Contract() *schema.Contract { return l.contract }

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
		return fmt.Sprintf("there is no response %q: did you mean %q?", e.ID, e.Nearest)
	}
	return fmt.Sprintf("there is no response %q", e.ID)
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

// Make returns the HTTP response of a response that is not a sequence, to a request.
func (l *List) Make(r Response, to synth.Request) (synth.Response, error) {
	if r.make.common != nil {
		return r.make.common.response(l.contract), nil
	}
	response, _, err := l.synth.SampleResponse(r.make.part, to, r.make.choices...)
	return response, err
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

// varied adds a response that varies the output by one choice.
func (l *List) varied(id string, kind Kind, value string, choice synth.Choice) {
	choices := append(slices.Clone(l.pins), choice)
	sample, err := l.synth.Sample(schema.OutputPart, choices...)
	if err != nil || len(sample.Pointers) != len(choices) {
		return
	}
	l.add(Response{ID: id, Kind: kind, Pointer: sample.Pointers[choice.Pointer], Value: json.RawMessage(value), make: plan{part: schema.OutputPart, choices: choices}})
}

// whole adds the full and the minimal response.
func (l *List) whole() error {
	sample, err := l.synth.Sample(schema.OutputPart, l.pins...)
	if err != nil {
		return err
	}
	if len(sample.Pointers) != len(l.pins) {
		return fmt.Errorf("the pins of %s exclude each other: one pins what another one leaves out", l.contract)
	}
	l.add(Response{ID: "full", Kind: Full, make: plan{part: schema.OutputPart, choices: l.pins}})
	least := append(slices.Clone(l.pins), synth.Choice{Pointer: l.wrapper, Least: true})
	l.add(Response{ID: "minimal", Kind: Minimal, make: plan{part: schema.OutputPart, choices: least}})
	return nil
}

// wrapper returns the pointer to the single structure of an output, or an empty one.
func wrapper(c *schema.Contract) string {
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
	for place := range l.places() {
		for _, name := range []string{l.name(place.Pointer), place.Pointer} {
			names[name] = place.Pointer
			known = append(known, name)
		}
	}
	for _, name := range sortedKeys(pins) {
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
