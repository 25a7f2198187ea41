package drift

import (
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/go-json-experiment/json/jsontext"
)

// exchange is a request and its response.
type exchange struct {
	request  synth.Request
	response synth.Response
}

// interaction returns the exchange as recorded from the service of a contract.
func (e *exchange) interaction(of *schema.Contract) *traffic.Interaction {
	host := of.Signing.Or(of.Service) + ".us-east-1.amazonaws.com"
	return &traffic.Interaction{
		Request: &traffic.Request{Method: e.request.Method, URL: "https://" + host + e.request.Target(), Header: with(e.request.Header, "X-Amz-Date", "20260101T000000Z"), Body: traffic.BodyOf(e.request.Body)},
		Response: traffic.Response{Status: e.response.Status, StatusText: strconv.Itoa(e.response.Status) + " " + http.StatusText(e.response.Status),
			Header: with(e.response.Header, "X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000"), Body: traffic.BodyOf(e.response.Body)},
	}
}

// with returns a header with one more entry, which shows a reader of the cassette that headers were
// not filtered.
func with(h http.Header, name, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	return h
}

// text returns the request or the response in a line, and its body if that is JSON.
func (e *exchange) text(part schema.Part) (line string, body []byte) {
	if part != schema.InputPart {
		return strconv.Itoa(e.response.Status) + headerText(e.response.Header), jsonOf(e.response.Body)
	}
	return e.request.Method + " " + e.request.Target() + headerText(e.request.Header), jsonOf(e.request.Body)
}

// headerText returns a header for people, without Content-Type, which every body has.
func headerText(h http.Header) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name != "Content-Type" {
			all = append(all, name+": "+strings.Join(h[name], ", "))
		}
	}
	if all == nil {
		return ""
	}
	return " (" + strings.Join(all, "; ") + ")"
}

func jsonOf(body []byte) []byte {
	if len(body) > 0 && jsontext.Value(body).IsValid() {
		return body
	}
	return nil
}

// maxExchanges bounds how many whole exchanges are tried for a part.
const maxExchanges = 2_000

// ofExchanges are the rules whose changes the sdk encoding may hide: the location and form of a
// member beside the body.
var ofExchanges = []finding.RuleID{finding.DriftBindingChanged, finding.DriftFormatChanged, finding.DriftTypeChanged}

// travels reports whether the first member of a claim's place is in the body, and whether it is
// beside it, on either side.
func (c *claim) travels() (within, beside bool) {
	tokens := jsontree.Tokens(c.Pointer)
	if len(tokens) == 0 {
		return true, false
	}
	for i, side := range c.way.sides {
		ref := c.way.first[i]
		if ref == nil {
			continue
		}
		if m, ok := side.Resolve(*ref).Member(tokens[0]); ok {
			location := side.Location(m)
			within = within || location.InBody()
			beside = beside || !location.InBody()
		}
	}
	return within, beside
}

// inEvent reports whether a claim is about what an event of a stream has.
func (c *claim) inEvent() bool {
	tokens := jsontree.Tokens(c.Pointer)
	for _, side := range c.way.sides {
		if s, ok := binding.StreamOf(side, c.Part); ok && len(tokens) > 1 && tokens[0] == s.Member.Name {
			return true
		}
	}
	return false
}

// exchanges looks for requests or responses of the allowing side that prove more severely what
// changed beside the body.
func (p *pair) exchanges(part schema.Part, all []*claim) error {
	var claims []*claim
	for _, c := range all {
		if _, beside := c.travels(); (beside || c.inEvent()) && slices.Contains(ofExchanges, c.Rule) {
			claims = append(claims, c)
		}
	}
	if len(claims) == 0 {
		return nil
	}
	changes := make([]*Change, len(claims))
	for i, c := range claims {
		changes[i] = c.Change
	}
	old, new := p.reduceWhole(part, changes)
	s := &search{old: old, new: new, part: part, encoding: schema.HTTP, claims: claims}
	h := &exchangeSearch{search: s, allowing: s.new, refusing: s.old}
	if part == schema.InputPart {
		s.refuser, h.allowing, h.refusing = 1, s.old, s.new
	}
	if err := h.prepare(); err != nil {
		return err
	}
	tried := 0
	trials, err := h.trials()
	for t := range trials {
		if tried++; tried > maxExchanges {
			break
		}
		h.try(t)
	}
	for _, c := range claims {
		c.note(err)
	}
	return nil
}

// exchangeSearch validates exchanges against both sides.
type exchangeSearch struct {
	*search
	allowing, refusing *schema.Contract
	allowed, refused   side
}

func (h *exchangeSearch) prepare() (err error) {
	h.allowed, h.refused = side{contracts: []*schema.Contract{h.allowing}}, side{contracts: []*schema.Contract{h.refusing}}
	if h.samples, err = synth.New(h.allowing, schema.HTTP); err != nil {
		return err
	}
	h.refuses, err = validate.Compile(h.refusing, validate.Options{})
	return err
}

// trials yields exchanges that vary the claimed members. The error says why there are none.
func (h *exchangeSearch) trials() (iter.Seq[*exchange], error) {
	none := func(func(*exchange) bool) {}
	minimal, err := h.samples.Minimal(schema.InputPart)
	if err != nil {
		return none, err
	}
	request, err := h.samples.Request(minimal)
	if err != nil {
		return none, err
	}
	response := schema.OutputPart
	if h.part != schema.InputPart {
		response = h.part
	}
	body, err := h.samples.Minimal(response)
	if err != nil {
		return none, err
	}
	if _, err := h.samples.Response(response, body, request); err != nil {
		return none, err
	}
	if h.part != schema.InputPart {
		return func(yield func(*exchange) bool) {
			for t := range h.samples.ResponseTrials(h.part, request) {
				if h.claimed(t.Place) && !yield(&exchange{request, t.Response}) {
					return
				}
			}
		}, nil
	}
	return func(yield func(*exchange) bool) {
		for t := range h.samples.RequestTrials() {
			if !h.claimed(t.Place) {
				continue
			}
			if response, err := h.samples.Response(response, body, t.Request); err == nil && !yield(&exchange{t.Request, response}) {
				return
			}
		}
	}, nil
}

// claimed reports whether a trial varies a claimed member, or all.
func (h *exchangeSearch) claimed(at schema.Place) bool {
	tokens := jsontree.Tokens(at.Pointer)
	return len(tokens) == 0 || slices.ContainsFunc(h.claims, func(c *claim) bool { return jsontree.Tokens(c.Pointer)[0] == tokens[0] })
}

// try records an exchange for every change that it proves more severely, or better than another
// exchange.
func (h *exchangeSearch) try(x *exchange) {
	line, body := x.text(h.part)
	if stream, ok := binding.StreamOf(h.allowing, h.part); ok && h.part != schema.InputPart {
		events, _ := stream.Read(x.response.Body)
		body = events.Append(nil)
	}
	found := h.beside(x)
	for i := range found {
		e := h.evidenceBeside(found[i])
		for _, c := range h.claims {
			if !e.proves(c, h.refuser) {
				continue
			}
			next := &candidate{document: body, exchange: x, line: line, evidence: e.Finding, others: len(found) - 1}
			if c.best == nil || c.best.exchange == nil && plainness(e.Rule) > plainness(c.best.evidence.Rule) || c.best.exchange != nil && next.compare(c.best) < 0 {
				c.best = next
			}
		}
	}
}

// beside returns the findings of the refusing side about members beside the body, in an exchange
// that the other side accepts. A response is validated without its request, which may have changed
// too.
func (h *exchangeSearch) beside(x *exchange) []finding.Finding {
	recorded := x.interaction(h.allowing)
	outcome, err := h.allowed.check(recorded)
	if err != nil || outcome.Contract == nil || len(outcome.Findings) > 0 {
		return nil
	}
	body := x.request.Body
	if h.part == schema.InputPart {
		if outcome, err = h.refused.check(recorded); err != nil {
			return nil
		}
	} else {
		body, recorded.Request = x.response.Body, nil
		outcome.Findings = h.refuses.Exchange(recorded, nil)
	}
	part := string(h.part)
	if h.part == schema.OutputPart {
		part = ""
	}
	var within finding.Set
	if _, events := binding.StreamOf(h.refusing, h.part); !events { // members travel beside the JSON of events, too
		within, _ = h.refuses.Part(h.part, body) // nothing for a body that is not JSON
		within = within.General()
	}
	return slices.DeleteFunc(outcome.Findings.General(), func(f finding.Finding) bool {
		rule, _ := f.Rule.Lookup()
		return f.Part != part || rule.Layer != finding.LayerSchema ||
			slices.ContainsFunc(within, func(g finding.Finding) bool {
				return g.Rule == f.Rule && g.Pointer == f.Pointer && g.Beside == f.Beside
			})
	})
}

// evidenceBeside locates a finding about a member beside the body, which has its name in the API.
func (h *exchangeSearch) evidenceBeside(f finding.Finding) *evidence {
	e := &evidence{Finding: f, way: newWalk(h.old, h.new, h.part)}
	for i, token := range jsontree.Tokens(f.Pointer) {
		if i == 1 && f.Event > 0 {
			continue // the index of the event
		}
		e.way.down(token, memberName)
	}
	return e
}
