package validate

import (
	"cmp"
	"sync"
	"sync/atomic"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Auto validates traffic, and detects the encoding of each source: HTTP bodies, or the output of
// boto3 and the AWS CLI. It is immutable and safe for concurrent use.
//
// Evidence decides about one document: a recorded request means HTTP; ResponseMetadata, or Error
// with a Code, means the SDK unless the contract's output has such a member. A document without
// evidence has the encoding of its source: see [Source].
type Auto struct {
	wire, sdk *Catalog
	options   Options
	fixed     bool                   // every document has options.Encoding
	names     func() map[string]bool // of members at the top of the contracts' documents
	sameNames sync.Map               // by contract and part: see [Auto.alike]
}

// CompileAuto prepares a catalog for both encodings. It ignores the encoding of the options.
func CompileAuto(k *schema.Catalog, options Options) (*Auto, error) {
	a := &Auto{options: options, names: sync.OnceValue(func() map[string]bool { return topNames(k.Given()) })}
	var err error
	options.Encoding = schema.HTTP
	if a.wire, err = CompileCatalog(k, options); err != nil {
		return nil, err
	}
	options.Encoding = schema.SDK
	a.sdk, err = CompileCatalog(k, options)
	return a, err
}

// CompileFixed prepares a catalog for the encoding of the options, and ignores the evidence.
func CompileFixed(k *schema.Catalog, options Options) (*Auto, error) {
	a, err := CompileAuto(k, options)
	if err == nil {
		a.fixed = true
	}
	return a, err
}

// MaxAhead and MaxAheadBytes bound how much of a source is read before its first
// interaction is validated: interactions, and bytes of their bodies.
const (
	MaxAhead      = 1000
	MaxAheadBytes = 16 << 20
)

// Source is what is known about one source of traffic, such as a file: what its recorder keeps, and
// the encoding of its documents. The first [MaxAhead] interactions decide it: see [Source.Look].
// The zero value knows nothing.
type Source struct {
	kept  recorded
	votes [2]atomic.Int32 // documents that are evidence, by encoding

	ahead, bytes int // interactions that were looked at, and the size of their bodies
}

// Kind returns the encoding of documents without evidence: that of most documents with evidence.
func (s *Source) Kind() schema.Encoding {
	if s.votes[schema.SDK].Load() > s.votes[schema.HTTP].Load() {
		return schema.SDK
	}
	return schema.HTTP
}

// Look notes one of the first interactions of a source, or nil for one that cannot be read. It reports
// whether it is the last that decides what the source is. Each of them must [Source.Vote] too.
func (s *Source) Look(x *traffic.Interaction) (decided bool) {
	if s.ahead++; x == nil {
		return s.ahead >= MaxAhead
	}
	s.See(x)
	s.bytes += len(x.Response.Body.Bytes)
	if x.Request != nil {
		s.bytes += len(x.Request.Body.Bytes)
	}
	return s.ahead >= MaxAhead || s.bytes >= MaxAheadBytes || s.kept.all()
}

// See notes what the recorder kept of an interaction.
func (s *Source) See(x *traffic.Interaction) { s.kept.see(x) }

// Vote counts the evidence for an encoding in an interaction, before any interaction is checked. a is
// the validator of the interaction; it may be nil. Goroutines may call it concurrently.
func (s *Source) Vote(x *traffic.Interaction, a *Auto, bare Bare) {
	if a == nil || a.fixed || x.Request != nil {
		return
	}
	if kind, ok := a.evidence(x, bare.of(x)); ok {
		s.votes[kind].Add(1)
	}
}

// Checked is the outcome of an interaction, and the encoding in which it was read.
type Checked struct {
	Outcome
	Encoding schema.Encoding
	Settled  bool // the document itself is evidence of the encoding
}

// Check validates an interaction of a source. The error is a [*BareError] or a
// [*jsonschema.PartError].
func (a *Auto) Check(x *traffic.Interaction, bare Bare, s *Source) (Checked, error) {
	bare = bare.of(x)
	c := Checked{Encoding: schema.HTTP, Settled: true}
	switch {
	case a.fixed:
		c.Encoding = a.options.Encoding
	case returned(x):
		c.Encoding = schema.SDK
	case x.Request == nil:
		if c.Encoding, c.Settled = a.settled(x, bare); !c.Settled {
			c.Encoding = s.Kind()
		}
	}
	k := a.wire
	if c.Encoding == schema.SDK {
		k = a.sdk
	}
	var err error
	c.Outcome, err = k.check(x, bare, s.kept)
	if err != nil && (bare.Found || a.wire.routes.Services() == 0) || len(c.Findings) > 0 && (bare.Found || !c.Findings.Has(finding.LayerBytes)) {
		if names, is := a.unrecognised(x, bare); is {
			c.Outcome = Outcome{NotChecked: "not recognised", Unrecognised: names}
			return c, nil
		}
	}
	if err != nil || a.fixed || x.Request != nil || returned(x) || c.Contract == nil || c.Encoding == s.Kind() {
		return c, err
	}
	at := x.Response.Body.Position(0)
	mixed := finding.NewSet(finding.Finding{Rule: finding.EncodingMixed, Operation: c.Contract.Name(), Line: at.Line, Column: at.Column,
		Found: finding.Text(c.Encoding.String()), Wanted: finding.Want{Text: s.Kind().String()}})
	c.Findings = finding.Union(c.Findings, locate(a.options.Profile.Grade(mixed), x))
	return c, nil
}

// Accepted returns a function that reports whether a bare body of the source has no findings, and
// what [Auto.Check] returns for such a body. False means unsure. The function is nil if such bodies
// have no validator, or one that depends on more than the body.
func (a *Auto) Accepted(bare Bare, s *Source) (accepts func(body []byte) bool, outcome Checked) {
	encoding := s.Kind()
	if a.fixed {
		encoding = a.options.Encoding
	}
	k := a.wire
	if encoding == schema.SDK {
		k = a.sdk
	}
	v, err := k.operation(bare.Operation)
	if err != nil || bare.Status >= 300 {
		return nil, Checked{}
	}
	part := cmp.Or(bare.Part, schema.OutputPart)
	d, known := v.parts[part]
	if _, other := v.contract.NotJSON(); !known || other && encoding == schema.HTTP {
		return nil, Checked{}
	}
	outcome = Checked{Outcome: Outcome{Contract: v.contract}, Encoding: encoding, Settled: a.fixed}
	return func(body []byte) bool { return d.accepts(body) && !mayBeSDK(body) }, outcome
}
