package probe

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// refusable are the rules that a service enforces on inputs. It ignores unknown members, and may
// accept null entries or not.
var refusable = []finding.RuleID{
	finding.TypeMismatch, finding.MemberMissing, finding.UnionMultipleMembers, finding.UnionNoMember, finding.UnionUnknownMember,
	finding.EnumUnknownValue, finding.ConstraintLength, finding.ConstraintRange, finding.ConstraintPattern, finding.ConstraintUnique,
}

// invalidInput matches the names of errors that say that an input is invalid. Other errors with
// status 400 say that the request conflicts with the state.
var invalidInput = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`Validation|BadRequest|Malformed|Serialization|Missing(Parameter|Argument)|Invalid(Parameter|Argument|Input|Request)`)
})

// common are errors that services return for invalid inputs, whether their operations list them or
// not.
var common = []string{"ValidationException", "SerializationException"}

// refusals returns the names of the errors with which an invalid input may be refused.
func refusals(c *schema.Contract) []string {
	var names []string
	for _, e := range c.Errors {
		if e.Status.Or(http.StatusBadRequest) == http.StatusBadRequest && invalidInput().MatchString(e.Name) {
			names = append(names, e.Name)
		}
	}
	for _, name := range common {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// base is the request that invalid ones are derived from, with the labels of its URI.
type base struct {
	request *traffic.Request
	labels  map[string]string
	good    bool // the emulator accepted it
	failed  bool // the emulator failed, with 500 or above
}

// remember keeps the last request of each operation that the emulator accepted, otherwise the last
// one.
func (p *Probe) remember(route schema.Route, r *traffic.Request, response *traffic.Response) {
	c, good := route.Contract, response.Status < 300
	known, ok := p.bases[c]
	if !ok {
		p.order = append(p.order, c)
	}
	if !ok || good || !known.good {
		p.bases[c] = &base{r, route.Labels, good, response.Status >= 500}
	}
}

// Negative sends inputs that each break the contract at one place, for every operation that was
// replayed, and yields their outcomes. They are derived from the last request that the emulator
// accepted, so that they are otherwise valid, and the oracle confirmed that they are invalid. An
// [*ExchangeError] ends the sequence.
func (p *Probe) Negative(ctx context.Context) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		for _, c := range p.order {
			all := p.negatives(c)
			if len(all) == 0 && !yield(Outcome{NotProbed: "no invalid input of " + c.Name() + " can be made"}, nil) {
				return
			}
			for _, n := range all {
				outcome, err := p.negative(ctx, c, n)
				if !yield(outcome, err) || err != nil {
					return
				}
			}
		}
	}
}

// negative is a request that breaks one rule of the input.
type negative struct {
	rule    finding.RuleID
	pointer string
	how     string
	request *traffic.Request
}

func (p *Probe) negative(ctx context.Context, c *schema.Contract, n negative) (Outcome, error) {
	response, err := p.send(ctx, c, n.request)
	if err != nil {
		return Outcome{}, err
	}
	names := refusals(c)
	if response.Status >= 500 && p.bases[c].failed {
		return Outcome{NotProbed: "the emulator fails on valid inputs of " + c.Name() + ", too"}, nil
	}
	name := errorName(c, response)
	if response.Status >= 400 && response.Status < 500 && slices.Contains(names, name) {
		if _, modeled := c.Error(name); !modeled {
			return Outcome{Contract: c}, nil
		}
		found := p.validated(n.request, response)
		for i := range found {
			found[i].Line, found[i].Column = 0, 0 // not in a file
		}
		return Outcome{Contract: c, Findings: found}, nil
	}
	f := finding.Finding{Rule: wrong(response.Status), Operation: c.Name(), Part: string(schema.InputPart), Pointer: n.pointer,
		Found: statusValue(response), Names: []string{string(n.rule), n.how, named(response)}, Wanted: finding.Want{Text: "400", OneOf: names}}
	return Outcome{Contract: c, Findings: p.options.Profile.Grade(finding.NewSet(f))}, nil
}

// wrong returns the rule about a wrong response to an invalid input.
func wrong(status int) finding.RuleID {
	switch {
	case status >= 500:
		return finding.ProbeFailed
	case status >= 400:
		return finding.ProbeOtherError
	}
	return finding.ProbeNotRefused
}

// negatives returns the invalid requests of an operation, in the order of its contract.
func (p *Probe) negatives(c *schema.Contract) []negative {
	b := p.bases[c]
	all := append(bodies(c, b), beside(c, b)...)
	var confirmed []negative
	for _, n := range all {
		if rule, invalid := p.invalid(n.request); invalid {
			if rule != n.rule { // text has no types
				n.rule, n.how = rule, "as text"
			}
			confirmed = append(confirmed, n)
		}
	}
	return confirmed
}

// bodies returns requests with an invalid body.
func bodies(c *schema.Contract, b *base) []negative {
	root, members, ok := schema.HTTP.Document(c, schema.InputPart)
	if !ok || len(members) == 0 && len(c.Resolve(root).Members) == len(binding.Of(c, schema.InputPart).Members) && len(b.request.Body.Bytes) == 0 {
		return nil // there is no body
	}
	s, err := synth.New(c, schema.HTTP)
	if err != nil {
		return nil
	}
	var all []negative
	for miss := range s.InvalidVariants(schema.InputPart) {
		if slices.Contains(refusable, miss.Rule) {
			all = append(all, negative{miss.Rule, miss.Pointer, miss.How, b.with(b.request.URL, b.broken(miss), nil)})
		}
	}
	return all
}

// broken returns the base's body with the member in which a document breaks a rule, or the whole
// document, whose other members are minimal, if the base's body is not an object that the emulator
// accepted.
func (b *base) broken(miss synth.InvalidVariant) []byte {
	object, err := jsontree.Parse(b.request.Body.Bytes)
	members, err2 := jsontree.Parse(miss.Document)
	if err != nil || err2 != nil || object.Kind != '{' || members.Kind != '{' || miss.Pointer == "" || !b.good {
		return miss.Document
	}
	name := jsontree.Tokens(miss.Pointer)[0]
	if value := members.Member(name); value != nil {
		object.Set(name, *value)
	} else {
		object.Delete(name)
	}
	return object.Append(nil)
}

// with returns the base with another URL and body or, if the body is nil, with other values of
// headers; nil values remove a header.
func (b *base) with(target string, body []byte, h http.Header) *traffic.Request {
	r := &traffic.Request{Method: b.request.Method, URL: target, Header: b.request.Header.Clone(), Body: b.request.Body}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if body != nil {
		r.Body = traffic.BodyOf(body)
		h = http.Header{"Content-Encoding": nil}
	}
	for name, values := range h {
		for spelled := range r.Header {
			if strings.EqualFold(spelled, name) {
				delete(r.Header, spelled)
			}
		}
		if values != nil {
			r.Header[name] = values
		}
	}
	return r
}

// beside returns requests with an invalid label, query parameter or header. The texts are those of
// documents in the sdk encoding, which has all members in one object. Members that are not scalars
// are left out.
func beside(c *schema.Contract, b *base) []negative {
	table := binding.Of(c, schema.InputPart)
	s, err := synth.New(c, schema.SDK)
	if err != nil || len(table.Members) == 0 {
		return nil
	}
	var all []negative
	for miss := range s.InvalidVariants(schema.InputPart) {
		i := slices.IndexFunc(table.Members, func(m binding.Member) bool { return miss.Pointer == "/"+jsontree.Escape(m.Name) })
		if i < 0 || !slices.Contains(refusable, miss.Rule) {
			continue
		}
		text, there := textOf(miss.Document, table.Members[i].Name)
		if !there && miss.Rule != finding.MemberMissing {
			continue
		}
		if r, ok := b.rebound(table, &table.Members[i], text, there); ok {
			all = append(all, negative{miss.Rule, miss.Pointer, miss.How, r})
		}
	}
	return all
}

// textOf returns the text of a scalar member.
func textOf(document []byte, name string) (text string, ok bool) {
	root, err := jsontree.Parse(document)
	if err != nil {
		return "", false
	}
	value := root.Member(name)
	if value == nil || value.Null() || value.Kind == '{' || value.Kind == '[' {
		return "", false
	}
	return value.Text, true
}

// rebound returns the base with another text of a member beside the body, or without the member.
func (b *base) rebound(table *binding.Table, m *binding.Member, text string, there bool) (*traffic.Request, bool) {
	u, err := url.Parse(b.request.URL)
	if err != nil || there && (binding.Problem(m.Location, text) != "" || m.Location.InHeaders() && !binding.Visible(text)) {
		return nil, false // not valid in HTTP, or another path
	}
	message := binding.Message{Labels: maps.Clone(b.labels), Query: u.Query(), Header: http.Header{}}
	switch {
	case there:
		message.Write(m, binding.Value{Text: text, List: []string{text}}) // of a list too
	case m.Location.InHeaders():
		message.Header[m.Wire] = nil
	default:
		delete(message.Labels, m.Wire)
		delete(message.Query, m.Wire)
	}
	switch m.Location {
	case schema.LocationLabel:
		path, ok := table.Path(message.Labels)
		if !ok {
			return nil, false
		}
		u.RawPath = path
		u.Path, _ = url.PathUnescape(path)
	case schema.LocationQuery:
		u.RawQuery = table.RawQuery(message.Query)
	}
	return b.with(u.String(), nil, message.Header), true
}

// invalid returns the rule that a request breaks, if the oracle agrees.
func (p *Probe) invalid(r *traffic.Request) (finding.RuleID, bool) {
	outcome, err := p.oracle.Check(&traffic.Interaction{Live: true, Request: r, Response: traffic.Response{Status: http.StatusOK}}, validate.Bare{})
	if err != nil {
		return "", false
	}
	for _, f := range outcome.Findings {
		if rule, _ := f.Rule.Lookup(); f.Part == string(schema.InputPart) && rule.Layer == finding.LayerSchema {
			return f.Rule, true
		}
	}
	return "", false
}
