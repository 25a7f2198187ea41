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

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// refusable are the rules that an input may break which a service refuses as
// invalid. Unknown members it ignores, and of null entries it may think either way.
var refusable = []finding.RuleID{
	finding.TypeMismatch, finding.MemberMissing, finding.UnionMultipleMembers, finding.UnionNoMember, finding.UnionUnknownMember,
	finding.EnumUnknownValue, finding.ConstraintLength, finding.ConstraintRange, finding.ConstraintPattern,
}

// invalidInput matches the names of errors which say that an input is invalid.
// Others with status 400 say that it does not fit the state of things.
var invalidInput = regexp.MustCompile(`Validation|BadRequest|Malformed|Serialization|Missing(Parameter|Argument)|Invalid(Parameter|Argument|Input|Request)`)

// common are errors that services answer invalid inputs with, whether their
// operations list them or not.
var common = []string{"ValidationException", "SerializationException"}

// refusals are the names of the errors that an invalid input may be refused with.
func refusals(c *schema.Contract) []string {
	var names []string
	for _, e := range c.Errors {
		if e.Status.Or(http.StatusBadRequest) == http.StatusBadRequest && invalidInput.MatchString(e.Name) {
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

// base is a request that invalid ones are made from, with the labels of its URI.
type base struct {
	request *traffic.Request
	labels  map[string]string
	good    bool // the emulator took it
}

// remember keeps the last request of each operation that the emulator took, or
// else the last.
func (p *Probe) remember(route schema.Route, r *traffic.Request, answer *traffic.Response) {
	c, good := route.Contract, answer.Status < 300
	known, ok := p.bases[c]
	if !ok {
		p.order = append(p.order, c)
	}
	if !ok || good || !known.good {
		p.bases[c] = &base{r, route.Labels, good}
	}
}

// Negative sends inputs that each break the contract at one place, of every
// operation that was replayed, and yields what came of each. They are made
// from the last request that the emulator took, so that all else about them is
// right, and the validator confirmed that they are invalid. The error, an
// [*ExchangeError], ends it.
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
	answer, err := p.send(ctx, c, n.request)
	if err != nil {
		return Outcome{}, err
	}
	names := refusals(c)
	name := errorName(c, answer)
	if answer.Status >= 400 && answer.Status < 500 && slices.Contains(names, name) {
		if _, modeled := c.Error(name); !modeled {
			return Outcome{Contract: c}, nil
		}
		found := p.held(n.request, answer)
		for i := range found {
			found[i].Line, found[i].Column = 0, 0 // it is in no file
		}
		return Outcome{Contract: c, Findings: found}, nil
	}
	f := finding.Finding{Rule: finding.ProbeNotRefused, Operation: c.Name(), Part: string(schema.InputPart), Pointer: n.pointer,
		Found: statusValue(answer), Names: []string{string(n.rule), n.how, named(answer)}, Wanted: finding.Want{Text: "400", OneOf: names}}
	return Outcome{Contract: c, Findings: p.options.Profile.Grade(finding.NewSet(f))}, nil
}

// negatives are the invalid requests of an operation, in the order of its contract.
func (p *Probe) negatives(c *schema.Contract) []negative {
	b := p.bases[c]
	all := append(bodies(c, b), beside(c, b)...)
	var confirmed []negative
	for _, n := range all {
		if rule, invalid := p.invalid(n.request); invalid {
			if rule != n.rule { // in text there are no types
				n.rule, n.how = rule, "as text"
			}
			confirmed = append(confirmed, n)
		}
	}
	return confirmed
}

// bodies are requests with an invalid body.
func bodies(c *schema.Contract, b *base) []negative {
	root, members, ok := schema.Wire.Document(c, schema.InputPart)
	if !ok || len(members) == 0 && len(c.Resolve(root).Members) == len(binding.Of(c, schema.InputPart).Members) && len(b.request.Body.Bytes) == 0 {
		return nil // there is no body
	}
	s, err := synth.New(c, schema.Wire)
	if err != nil {
		return nil
	}
	var all []negative
	for miss := range s.NearMisses(schema.InputPart) {
		if slices.Contains(refusable, miss.Rule) {
			all = append(all, negative{miss.Rule, miss.Pointer, miss.How, b.with(b.request.URL, b.broken(miss), nil)})
		}
	}
	return all
}

// broken is the base's body with the member in which a document breaks a rule;
// that document itself, whose surroundings are minimal, where the body is no
// object that the emulator took.
func (b *base) broken(miss synth.NearMiss) []byte {
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

// with is the base with another URL and another body, or other values of headers
// where the body is nil; of a header, nil leaves it out.
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

// beside are requests with an invalid label, query parameter or header. The
// texts are those of documents in the SDK's projection, which has all members in
// one object; members that are no scalars are left out.
func beside(c *schema.Contract, b *base) []negative {
	table := binding.Of(c, schema.InputPart)
	s, err := synth.New(c, schema.SDK)
	if err != nil || len(table.Members) == 0 {
		return nil
	}
	var all []negative
	for miss := range s.NearMisses(schema.InputPart) {
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

// textOf is the text of a scalar member.
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

// rebound is the base with another text of a member beside the body, or without it.
func (b *base) rebound(table *binding.Table, m *binding.Member, text string, there bool) (*traffic.Request, bool) {
	u, err := url.Parse(b.request.URL)
	if err != nil || there && (binding.Problem(m.Location, text) != "" || m.Location.InHeaders() && !binding.Visible(text)) {
		return nil, false // HTTP cannot carry it, or it would be another path
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

// invalid returns the rule that a request breaks, if the validator says so too.
func (p *Probe) invalid(r *traffic.Request) (finding.RuleID, bool) {
	outcome, err := p.judge.Check(&traffic.Interaction{Live: true, Request: r, Response: traffic.Response{Status: http.StatusOK}}, validate.Bare{})
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
