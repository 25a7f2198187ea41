package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

// Witness is a breaking payload: a document, or a request, that one contract accepts and the other
// rejects. It proves a change.
type Witness struct {
	Allowed  Side            `json:"allowed"` // accepts it without a finding
	Refused  Side            `json:"refused"` // rejects it
	Encoding schema.Encoding `json:"-"`
	Form     string          `json:"projection"`         // of the document: http or sdk
	Document json.RawMessage `json:"document,omitempty"` // of a change of documents; otherwise the body
	// Request is the method, target and headers of a request that routes elsewhere or lacks a
	// member; Response is the status and headers of a response.
	Request  string `json:"request,omitempty"`
	Response string `json:"response,omitempty"`
	// Rule and Pointer are the finding of the refusing side, and where in the document it is.
	Rule    finding.RuleID `json:"rule,omitempty"`
	Pointer string         `json:"pointer"`
	Finding string         `json:"finding"` // in words

	exchange *exchange // proves a change beside the body
}

// Side is one of two contracts.
type Side string

const (
	Old Side = "old"
	New Side = "new"
)

// candidate is a document that proves a change.
type candidate struct {
	document []byte
	encoding schema.Encoding
	evidence finding.Finding
	others   int  // further findings of the refusing side
	whole    bool // more than one place of it may be more than minimal
	exchange *exchange
	line     string // of the exchange
}

// compare orders candidates: the more severe first, then those over HTTP, the plainer, the shorter.
func (a *candidate) compare(b *candidate) int {
	return cmp.Or(
		cmp.Compare(plainness(b.evidence.Rule), plainness(a.evidence.Rule)),
		cmp.Compare(a.encoding, b.encoding),
		cmp.Compare(a.others, b.others),
		cmp.Compare(len(a.document), len(b.document)),
		bytes.Compare(a.document, b.document),
	)
}

// tries is how many random documents of a part are tried if the systematic ones prove too little.
const tries = 24

// maxDocuments and maxBytes bound the systematic documents that are tried for a part in one
// encoding.
const (
	maxDocuments = 20_000
	maxBytes     = 16 << 20
)

// prove looks for a breaking payload of each of a part's changes.
func (p *pair) prove(part schema.Part, changes []*Change) error {
	var claims []*claim
	old, new := p.reduce(part, changes)
	for _, c := range changes {
		if proofs[c.Rule] != nil {
			claims = append(claims, newClaim(c, old, new))
		}
	}
	if len(claims) == 0 {
		return nil
	}
	for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
		switch {
		case encoding == schema.HTTP && (notJSON(old) || notJSON(new)):
			continue
		case encoding == schema.SDK && !notJSON(old) && !notJSON(new) && !beside(old, part) && !beside(new, part) && !retyped(claims):
			continue // the document has nothing that was not in the body
		}
		s, err := newSearch(old, new, part, encoding, claims)
		if err != nil {
			return err
		}
		if s != nil {
			s.run()
			continue
		}
		for _, c := range claims {
			if c.shows(encoding) {
				c.note(noJSON(part, p.old, p.new))
			}
		}
	}
	if err := p.exchanges(part, claims); err != nil {
		return err
	}
	for _, c := range claims {
		switch {
		case c.best != nil:
			c.testify()
		case c.untried != nil && c.Contested == "":
			c.Untried = c.untried.Error()
		}
	}
	return nil
}

func notJSON(c *schema.Contract) bool {
	_, other := c.NotJSON()
	return other
}

// beside reports whether a part has members that are not in a JSON body: beside the body, or events.
func beside(c *schema.Contract, part schema.Part) bool {
	m, raw := c.RawBody(part)
	return raw && c.Resolve(m.Shape).EventStream.Or(false) || len(binding.Of(c, part).Members) > 0
}

// retyped reports a change of type that no error proves so far. Types that look alike over HTTP,
// such as numbers and timestamps, may differ in an SDK.
func retyped(claims []*claim) bool {
	return slices.ContainsFunc(claims, func(c *claim) bool {
		return c.Rule == finding.DriftTypeChanged && (c.best == nil || plainness(c.best.evidence.Rule) < finding.Error)
	})
}

// testify makes the best candidate the breaking payload, and derives the severity.
func (c *claim) testify() {
	w := &Witness{Allowed: New, Refused: Old, Encoding: c.best.encoding, Form: c.best.encoding.String(),
		Document: c.best.document, Rule: c.best.evidence.Rule, Pointer: c.best.evidence.Pointer, Finding: c.best.evidence.Message}
	if c.Part == schema.InputPart {
		w.Allowed, w.Refused = Old, New
	}
	if w.exchange = c.best.exchange; w.exchange != nil {
		if c.Part == schema.InputPart {
			w.Request = c.best.line
		} else {
			w.Response = c.best.line
		}
	}
	c.Severity, c.Witness = c.weigh(w.Rule), w
}

// search looks for documents of a part that one side allows and the other refuses.
type search struct {
	old, new *schema.Contract
	part     schema.Part
	encoding schema.Encoding
	claims   []*claim
	refuser  int // 0: old
	samples  *synth.Synth
	invalid  *synth.Synth // makes invalid variants of the refusing side
	allows   *validate.Validator
	refuses  *validate.Validator
	oracle   *oracle
}

// newSearch returns nil if the part is not a JSON document. A side without a structure there
// accepts an empty one.
func newSearch(old, new *schema.Contract, part schema.Part, encoding schema.Encoding, claims []*claim) (*search, error) {
	allowing, refusing, refuser := new, old, 0
	if part == schema.InputPart {
		allowing, refusing, refuser = old, new, 1
	}
	_, _, refuses := encoding.Document(refusing, part)
	root, _, allows := encoding.Document(allowing, part)
	if !refuses || !allows && root.Name != "" {
		return nil, nil
	}
	s := &search{old: old, new: new, part: part, encoding: encoding, claims: claims, refuser: refuser}
	var errs [4]error
	s.samples, errs[0] = synth.New(allowing, encoding)
	s.invalid, errs[1] = synth.New(refusing, encoding)
	s.allows, errs[2] = validate.Compile(allowing, validate.Options{Encoding: encoding})
	s.refuses, errs[3] = validate.Compile(refusing, validate.Options{Encoding: encoding})
	s.oracle = &oracle{allowing: allowing, refusing: refusing, part: part, encoding: encoding}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	var rules []finding.RuleID
	for _, c := range claims {
		for _, p := range c.provenBy() {
			rules = append(rules, p.rule)
		}
	}
	s.samples, s.invalid = s.samples.At(s.wanted), s.invalid.At(s.wanted, rules...)
	s.allows, s.refuses = s.allows.WithoutOracle(), s.refuses.WithoutOracle() // confirm asks it
	return s, nil
}

// wanted reports whether documents that vary a place may prove a claim: the place is on the way to
// that of the claim, or from there on.
func (s *search) wanted(place schema.Place) bool {
	w := newWalk(s.old, s.new, s.part)
	for _, token := range jsontree.Tokens(place.Pointer) {
		w.down(token, memberName)
	}
	for _, c := range s.claims {
		if c.wraps() || c.way.leadsTo(w.last()) || w.leadsTo(c.way.last()) {
			return true
		}
	}
	return false
}

// leadsTo reports whether a step, or the shape there, is on the walk.
func (w *walk) leadsTo(to step) bool {
	return slices.ContainsFunc(w.steps, func(s step) bool { return s.shape == to.shape || s.member == to.member })
}

// ofNumbers are the rules whose plainest proof is the number next to an end.
var ofNumbers = []finding.RuleID{finding.DriftRangeNarrowed, finding.DriftRangeWidened, finding.DriftBitsNarrowed, finding.DriftBitsWidened}

// settled reports whether no document can prove any claim better.
func (s *search) settled() bool {
	return !slices.ContainsFunc(s.claims, func(c *claim) bool {
		if c.best == nil || c.best.others > 0 || slices.Contains(ofNumbers, c.Rule) {
			return true
		}
		return slices.ContainsFunc(c.provenBy(), func(p proof) bool { return plainness(p.rule) > plainness(c.best.evidence.Rule) })
	})
}

// run tries documents, shrinks the best ones, and has the oracle confirm them.
func (s *search) run() {
	if s.settled() {
		return
	}
	before := map[*claim]*candidate{}
	for _, c := range s.claims {
		before[c] = c.best
	}
	s.systematic()
	var none error // why there is no document at all
	for seed := uint64(1); seed <= tries && s.wanting() && none == nil; seed++ {
		var document []byte
		if document, none = s.samples.Random(s.part, seed); none == nil {
			s.try(document, true)
		}
	}
	s.notes(none)
	for _, c := range s.claims {
		if c.best == nil || c.best == before[c] {
			continue
		}
		c.best = s.shrink(c)
		if err := s.oracle.confirm(c.best); err != nil {
			c.Contested, c.best = err.Error(), before[c]
		}
	}
}

// systematic tries the documents of the allowing side, and the invalid variants of the other, until
// no further one can prove more.
func (s *search) systematic() {
	tried, size := 0, 0
	more := func(document []byte, whole bool) bool {
		s.try(document, whole)
		tried, size = tried+1, size+len(document)
		return tried < maxDocuments && size < maxBytes && !s.settled()
	}
	for t := range s.samples.Trials(s.part) {
		if !more(t.Document, t.Place.Pointer == "") {
			return
		}
	}
	for miss := range s.invalid.InvalidVariants(s.part) {
		if !more(miss.Document, false) {
			return
		}
	}
}

// wanting reports whether a change has no breaking payload yet.
func (s *search) wanting() bool {
	for _, c := range s.claims {
		if c.best == nil {
			return true
		}
	}
	return false
}

// try records a document for every change that it proves better than the best one so far.
func (s *search) try(document []byte, whole bool) {
	found := s.rejected(document)
	for _, e := range found {
		for _, c := range s.claims {
			if !e.proves(c, s.refuser) {
				continue
			}
			next := &candidate{document: document, encoding: s.encoding, evidence: e.Finding, others: len(found) - 1, whole: whole}
			if c.best == nil || next.compare(c.best) < 0 {
				c.best = next
			}
		}
	}
}

// rejected returns the findings of the refusing side for a document that the other side accepts.
func (s *search) rejected(document []byte) []*evidence {
	if !s.allows.Accepts(s.part, document) || s.refuses.Accepts(s.part, document) {
		return nil
	}
	findings, err := s.refuses.Part(s.part, document)
	if err != nil {
		return nil
	}
	var all []*evidence
	for _, f := range findings.General() { // which side may send an empty value is not part of the contract
		if f.Rule == finding.OracleDisagreement {
			return nil
		}
		all = append(all, s.evidence(f, document))
	}
	return all
}

// evidence locates a finding in the contracts.
func (s *search) evidence(f finding.Finding, document []byte) *evidence {
	e := &evidence{Finding: f, way: newWalk(s.old, s.new, s.part)}
	e.value, _ = jsontree.Find(document, f.Pointer)
	refusing := [2]*schema.Contract{s.old, s.new}[s.refuser]
	if m, ok := refusing.Payload(s.part); ok && s.encoding == schema.HTTP {
		e.way.down(m.Name, memberName)
	}
	for _, token := range jsontree.Tokens(f.Pointer) {
		above := [2]*schema.Shape{e.way.shape(0), e.way.shape(1)}
		e.entry, e.key = above[s.refuser].Type == schema.Map, token
		e.way.down(token, s.encoding.MemberName)
	}
	if f.Rule == finding.UnionUnknownMember {
		e.tag = f.Names[0]
		for side := range 2 {
			for _, m := range e.way.shape(side).Members {
				if s.encoding.MemberName(&m) == f.Names[0] {
					e.tag = m.Name
				}
			}
		}
	}
	return e
}
