package drift

import (
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/go-json-experiment/json/jsontext"
)

// exchange is a request and its answer.
type exchange struct {
	request synth.Request
	answer  synth.Response
}

// interaction is the exchange as recorded from the service of a contract.
func (e *exchange) interaction(of *schema.Contract) *traffic.Interaction {
	host := of.Signing.Or(of.Service) + ".us-east-1.amazonaws.com"
	return &traffic.Interaction{
		Request: &traffic.Request{Method: e.request.Method, URL: "https://" + host + e.request.Target(), Header: with(e.request.Header, "X-Amz-Date", "20260101T000000Z"), Body: traffic.BodyOf(e.request.Body)},
		Response: traffic.Response{Status: e.answer.Status, StatusText: strconv.Itoa(e.answer.Status) + " " + http.StatusText(e.answer.Status),
			Header: with(e.answer.Header, "X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000"), Body: traffic.BodyOf(e.answer.Body)},
	}
}

// with is a header with one more, by which whoever reads the cassette knows that
// headers were not filtered.
func with(h http.Header, name, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	return h
}

// said is the request, or the answer, in a line and its body where that is JSON.
func (e *exchange) said(part schema.Part) (line string, body []byte) {
	if part != schema.InputPart {
		return strconv.Itoa(e.answer.Status) + headerText(e.answer.Header), jsonOf(e.answer.Body)
	}
	return e.request.Method + " " + e.request.Target() + headerText(e.request.Header), jsonOf(e.request.Body)
}

// headerText is the header as people read it, but for what every body has.
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

// mostExchanges bounds what is tried of a part as whole exchanges.
const mostExchanges = 2_000

// ofExchanges are the rules whose changes the sdk projection may hide: where and
// how a member travels beside the body.
var ofExchanges = []finding.RuleID{finding.DriftBindingChanged, finding.DriftFormatChanged, finding.DriftTypeChanged}

// travels reports whether the member at the top of a claim's place is in the body
// and whether it is beside it, on either side.
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

// exchanges looks for graver proof of what changed beside the body: requests, or
// answers, of the allowing side.
func (p *pair) exchanges(part schema.Part, all []*claim) error {
	var claims []*claim
	for _, c := range all {
		if _, beside := c.travels(); beside && slices.Contains(ofExchanges, c.Rule) {
			claims = append(claims, c)
		}
	}
	if len(claims) == 0 {
		return nil
	}
	s := &search{old: unveiled(p.old), new: unveiled(p.new), part: part, projection: schema.Wire, claims: claims}
	h := &hearing{search: s, allowing: s.new, refusing: s.old}
	if part == schema.InputPart {
		s.refuser, h.allowing, h.refusing = 1, s.old, s.new
	}
	if err := h.prepare(); err != nil {
		return err
	}
	tried := 0
	trials, err := h.trials()
	for t := range trials {
		if tried++; tried > mostExchanges {
			break
		}
		h.try(t)
	}
	for _, c := range claims {
		c.note(err)
	}
	return nil
}

// hearing holds exchanges against both sides.
type hearing struct {
	*search
	allowing, refusing *schema.Contract
	allowed, refused   side
}

func (h *hearing) prepare() (err error) {
	h.allowed, h.refused = side{contracts: []*schema.Contract{h.allowing}}, side{contracts: []*schema.Contract{h.refusing}}
	if h.giver, err = synth.New(h.allowing, schema.Wire); err != nil {
		return err
	}
	h.refuses, err = validate.Compile(h.refusing, validate.Options{})
	return err
}

// trials yields exchanges in which the part is tried at the claimed members. The
// error says why there are none.
func (h *hearing) trials() (iter.Seq[*exchange], error) {
	none := func(func(*exchange) bool) {}
	minimal, err := h.giver.Minimal(schema.InputPart)
	if err != nil {
		return none, err
	}
	request, err := h.giver.Request(minimal)
	if err != nil {
		return none, err
	}
	answer := schema.OutputPart
	if h.part != schema.InputPart {
		answer = h.part
	}
	body, err := h.giver.Minimal(answer)
	if err != nil {
		return none, err
	}
	if _, err := h.giver.Response(answer, body, request); err != nil {
		return none, err
	}
	if h.part != schema.InputPart {
		return func(yield func(*exchange) bool) {
			for t := range h.giver.ResponseTrials(h.part, request) {
				if h.claimed(t.Place) && !yield(&exchange{request, t.Response}) {
					return
				}
			}
		}, nil
	}
	return func(yield func(*exchange) bool) {
		for t := range h.giver.RequestTrials() {
			if !h.claimed(t.Place) {
				continue
			}
			if response, err := h.giver.Response(answer, body, t.Request); err == nil && !yield(&exchange{t.Request, response}) {
				return
			}
		}
	}, nil
}

// claimed reports whether a trial is about a claimed member, or about all.
func (h *hearing) claimed(at schema.Place) bool {
	tokens := jsontree.Tokens(at.Pointer)
	return len(tokens) == 0 || slices.ContainsFunc(h.claims, func(c *claim) bool { return jsontree.Tokens(c.Pointer)[0] == tokens[0] })
}

// try takes an exchange for every change that it proves graver, or better than
// another exchange.
func (h *hearing) try(x *exchange) {
	line, body := x.said(h.part)
	found := h.beside(x)
	for i := range found {
		e := h.evidenceBeside(found[i])
		for _, c := range h.claims {
			if !e.proves(c, h.refuser) {
				continue
			}
			next := &candidate{document: body, exchange: x, line: line, evidence: e.Finding, others: len(found) - 1}
			if c.best == nil || c.best.exchange == nil && severity(e.Rule) > severity(c.best.evidence.Rule) || c.best.exchange != nil && next.compare(c.best) < 0 {
				c.best = next
			}
		}
	}
}

// beside returns what the refusing side says of members beside the body, in an
// exchange that the other side has nothing against. An answer is held against
// it without its request, which may have changed too.
func (h *hearing) beside(x *exchange) []finding.Finding {
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
		body, recorded.Request = x.answer.Body, nil
		outcome.Findings = h.refuses.Exchange(recorded, nil)
	}
	part := string(h.part)
	if h.part == schema.OutputPart {
		part = ""
	}
	within, _ := h.refuses.Part(h.part, body) // of a body that is no JSON nothing is said
	within = within.General()
	return slices.DeleteFunc(outcome.Findings.General(), func(f finding.Finding) bool {
		rule, _ := f.Rule.Lookup()
		return f.Part != part || rule.Layer != finding.LayerSchema ||
			slices.ContainsFunc(within, func(g finding.Finding) bool {
				return g.Rule == f.Rule && g.Pointer == f.Pointer && g.Beside == f.Beside
			})
	})
}

// evidenceBeside finds out where in the contracts a finding about a member beside
// the body is: it stands there by its name in the API.
func (h *hearing) evidenceBeside(f finding.Finding) *evidence {
	e := &evidence{Finding: f, way: newWalk(h.old, h.new, h.part)}
	for _, token := range jsontree.Tokens(f.Pointer) {
		e.way.down(token, memberName)
	}
	return e
}
