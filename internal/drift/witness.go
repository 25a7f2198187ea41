package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
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

// severity is the severity of a change that a finding of a rule proves.
func severity(rule finding.RuleID) finding.Severity {
	switch finding.Error {
	case rule.Severity(finding.Lenient):
		return finding.Error
	case rule.Severity(finding.Default):
		return finding.Warning
	}
	return finding.Info
}

// candidate is a document that proves a change.
type candidate struct {
	document []byte
	encoding schema.Encoding
	evidence finding.Finding
	others   int // further findings of the refusing side
	exchange *exchange
	line     string // of the exchange
}

// compare orders candidates: the more severe first, then those over HTTP, the plainer, the shorter.
func (a *candidate) compare(b *candidate) int {
	return cmp.Or(
		cmp.Compare(severity(b.evidence.Rule), severity(a.evidence.Rule)),
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
func (p *pair) prove(part schema.Part, changes []Change) error {
	var claims []*claim
	old, new := withoutSensitive(p.old.Only(part)), withoutSensitive(p.new.Only(part))
	for i := range changes {
		if proofs[changes[i].Rule] != nil {
			claims = append(claims, newClaim(&changes[i], old, new))
		}
	}
	if len(claims) == 0 {
		return nil
	}
	for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
		if encoding == schema.SDK && len(binding.Of(old, part).Members) == 0 && len(binding.Of(new, part).Members) == 0 && !retyped(claims) {
			break // the document has nothing that was not in the body
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

// retyped reports a change of type that no error proves so far. Types that look alike over HTTP,
// such as numbers and timestamps, may differ in an SDK.
func retyped(claims []*claim) bool {
	return slices.ContainsFunc(claims, func(c *claim) bool {
		return c.Rule == finding.DriftTypeChanged && (c.best == nil || severity(c.best.evidence.Rule) < finding.Error)
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
	c.Severity, c.Witness = severity(w.Rule), w
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
	return s, errors.Join(errs[:]...)
}

// run tries documents, shrinks the best ones, and has the oracle confirm them.
func (s *search) run() {
	before := map[*claim]*candidate{}
	for _, c := range s.claims {
		before[c] = c.best
	}
	s.systematic()
	var none error // why there is no document at all
	for seed := uint64(1); seed <= tries && s.wanting() && none == nil; seed++ {
		var document []byte
		if document, none = s.samples.Random(s.part, seed); none == nil {
			s.try(document)
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

// systematic tries the documents of the allowing side, and the invalid variants of the other.
func (s *search) systematic() {
	tried, size := 0, 0
	more := func(document []byte) bool {
		s.try(document)
		tried, size = tried+1, size+len(document)
		return tried < maxDocuments && size < maxBytes
	}
	for document := range s.samples.Documents(s.part) {
		if !more(document) {
			return
		}
	}
	for miss := range s.invalid.InvalidVariants(s.part) {
		if !more(miss.Document) {
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
func (s *search) try(document []byte) {
	found := s.rejected(document)
	for _, e := range found {
		for _, c := range s.claims {
			if !e.proves(c, s.refuser) {
				continue
			}
			next := &candidate{document: document, encoding: s.encoding, evidence: e.Finding, others: len(found) - 1}
			if c.best == nil || next.compare(c.best) < 0 {
				c.best = next
			}
		}
	}
}

// rejected returns the findings of the refusing side for a document that the other side accepts.
func (s *search) rejected(document []byte) []*evidence {
	if s.refuses.Accepts(s.part, document) || !s.allows.Accepts(s.part, document) {
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

// lost sets the breaking payload of a request that the new contracts of the service no longer route
// to the operation, whatever responds instead.
func (c *Change) lost(old *schema.Contract, services map[string]*schema.Catalog) {
	routes := services[old.Service]
	if routes == nil {
		return
	}
	s, err := synth.New(old, schema.HTTP)
	if err != nil {
		return
	}
	body, err := s.Minimal(schema.InputPart)
	if err != nil {
		return
	}
	request, err := s.Request(body)
	if err != nil {
		return
	}
	u, err := url.Parse(request.Target())
	if err != nil {
		return
	}
	where := "nowhere"
	found, _ := routes.Candidates(schema.Request{Method: request.Method, URL: u, Header: request.Header, Body: request.Body})
	for _, route := range found {
		if route.Contract.Name() == old.Name() {
			return
		}
		if where == "nowhere" {
			where = "to " + route.Contract.Name()
		}
	}
	c.Severity = finding.Error
	x := exchange{request: request}
	c.Witness = &Witness{Allowed: Old, Refused: New, Form: schema.HTTP.String(), Finding: fmt.Sprintf("the request leads %s", where)}
	c.Witness.Request, c.Witness.Document = x.text(schema.InputPart)
}
