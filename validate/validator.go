package validate

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/traffic"
)

// Options say how documents are validated against a contract. The zero value reads them as HTTP
// bodies, under the default profile.
type Options struct {
	Encoding schema.Encoding
	Profile  finding.Profile
	// From is who sent the responses: severities are higher for an emulator than for AWS.
	From finding.Origin
}

// Validator validates documents against one contract. It is immutable and safe for
// concurrent use.
type Validator struct {
	contract *schema.Contract
	options  Options
	parts    map[schema.Part]*document
	echoes   []echo
	requests bool // the contract says where the members of its input travel
	labelled bool // the URI has labels
	queries  bool // members of the input travel in the query
}

// document is what a part's documents are validated against.
type document struct {
	part   schema.Part
	shape  string // of findings about the whole document: the structure or, of a raw body, its member
	node   *node
	oracle *oracle        // nil: there is no schema to ask
	raw    *schema.Member // that is a body of text, bytes or events; nil: the body is JSON
	stream *stream        // the raw body is events; nil: it is text or bytes
	whole  *schema.Member // that is the JSON body; nil: the body has the members, or is raw
	bound  *bound         // members outside the body; nil: none
}

// Compile prepares a contract for validation. A contract that does not pass
// [schema.Contract.Check] is an error.
func Compile(c *schema.Contract, options Options) (*Validator, error) {
	if err := check(c); err != nil {
		return nil, err
	}
	return compile(c, options, &patterns{}), nil
}

func check(c *schema.Contract) error {
	if err := c.Check(); err != nil {
		return fmt.Errorf("contract %s cannot be used: %w", c, err)
	}
	return nil
}

// compile prepares a contract that passes its check. The contracts of a catalog share their
// patterns.
func compile(c *schema.Contract, options Options, shared *patterns) *Validator {
	v := &Validator{contract: c, options: options, parts: map[schema.Part]*document{}}
	p := &compiler{c: c, encoding: options.Encoding, structures: map[string]*node{}, timestamps: "epoch-seconds", patterns: shared}
	for _, part := range c.Parts() {
		d := &document{part: part}
		if raw, ok := c.RawBody(part); ok && options.Encoding == schema.HTTP {
			root, _ := c.Root(part)
			d.shape = joinShape(root.Name, raw.Name)
			d.raw, d.node = raw, filtered(p.place(raw.Shape))
			if c.Resolve(raw.Shape).EventStream.Or(false) {
				d.stream = p.stream(part, raw)
			}
		} else {
			d.node, d.oracle = filtered(p.document(part)), newOracle(c, part, options.Encoding)
			d.shape = d.node.shape
			if m, ok := c.Payload(part); ok && options.Encoding == schema.HTTP {
				d.whole = m
			}
		}
		if options.Encoding == schema.HTTP {
			d.bound = newBound(c, part, shared)
		}
		v.parts[part] = d
	}
	v.requests = options.Encoding == schema.HTTP && statesBindings(c)
	v.labelled = len(c.Labels()) > 0
	v.queries = len(binding.Of(c, schema.InputPart).At(schema.LocationQuery)) > 0
	v.echoes = newEchoes(c)
	return v
}

// MustCompile is [Compile] for contracts that are known to be good, such as the
// built-in ones; it panics on others.
func MustCompile(c *schema.Contract, options Options) *Validator {
	v, err := Compile(c, options)
	if err != nil {
		panic(err)
	}
	return v
}

// Contract returns the contract that documents are validated against.
func (v *Validator) Contract() *schema.Contract { return v.contract }

// Output returns every finding of a success response's body, nil if there is none.
func (v *Validator) Output(body []byte) finding.Set {
	return v.bytes(schema.OutputPart, body)
}

// Part returns every finding of a document of the named part; the error is a
// [*jsonschema.PartError].
func (v *Validator) Part(part schema.Part, body []byte) (finding.Set, error) {
	if _, ok := v.parts[part]; !ok {
		return nil, &jsonschema.PartError{Contract: v.contract.String(), Part: part, Known: v.contract.Parts()}
	}
	return v.bytes(part, body), nil
}

// Accepts reports whether the document of a part has no findings of any severity. It allocates
// nothing for documents without escapes and without patterns that need the backtracking engine.
func (v *Validator) Accepts(part schema.Part, body []byte) bool {
	d, ok := v.parts[part]
	return ok && d.accepts(body)
}

// bytes validates the document of a known part, which is its own source. A body has its places, which
// only findings need.
func (v *Validator) bytes(part schema.Part, document []byte) finding.Set {
	d := v.parts[part]
	if d.accepts(document) {
		return nil
	}
	return v.place(part, d.explain(document), traffic.BodyOf(document))
}

// body validates the document of a known part, and returns graded findings with their places in the
// source.
func (v *Validator) body(part schema.Part, body traffic.Body) finding.Set {
	d := v.parts[part]
	mixed := v.bytesAndText(part, body)
	if d.accepts(body.Bytes) && len(mixed) == 0 {
		return nil
	}
	return v.place(part, append(d.explain(body.Bytes), mixed...), body)
}

// place turns offsets into lines and columns.
func (v *Validator) place(part schema.Part, found []located, body traffic.Body) finding.Set {
	findings := make([]finding.Finding, 0, len(found))
	for _, f := range found {
		if f.void {
			continue
		}
		position := body.Position(f.offset)
		f.Line, f.Column = position.Line, position.Column
		if original, at := body.Original(f.offset); original != nil {
			f.Offset = int64(at)
		}
		f.Operation, f.Part = v.contract.Name(), partText(part)
		findings = append(findings, f.Finding)
	}
	return v.grade(findings)
}

func (v *Validator) grade(findings []finding.Finding) finding.Set {
	return grade(finding.NewSet(findings...), v.options.Profile, v.options.From)
}

// grade sets the severities of findings about the traffic of an origin. An error that any AWS
// operation may return is info, unless an emulator sends it.
func grade(findings finding.Set, profile finding.Profile, from finding.Origin) finding.Set {
	graded := profile.GradeFrom(from, findings)
	for i, f := range graded {
		if f.Rule == finding.ErrorUnmodeled && f.Problem == finding.Common && from != finding.OriginEmulator {
			graded[i].Severity = finding.Info
		}
	}
	return graded
}

// partText returns the name of a part in findings.
func partText(part schema.Part) string {
	if part == schema.OutputPart {
		return ""
	}
	return string(part)
}

func (d *document) accepts(body []byte) bool {
	if d.raw != nil {
		return d.rawAccepts(body)
	}
	return accepts(d.node, body)
}

const bom = "\xEF\xBB\xBF"

// explain returns the findings of a document.
func (d *document) explain(document []byte) []located {
	if d.raw != nil {
		return d.rawExplain(document)
	}
	s := &sink{shape: shapeName{structure: d.shape}, response: d.part != schema.InputPart}
	if s.explain(&explainer{sink: s}, d.node, document) {
		d.askOracle(s)
	}
	return s.found
}

// explain notes the findings of a JSON text, and reports whether it read all of it.
func (s *sink) explain(w *explainer, n *node, document []byte) bool {
	s.document, s.cut = document, false
	if strings.HasPrefix(string(document[:min(len(document), len(bom))]), bom) {
		s.add(0, finding.Finding{Rule: finding.SyntaxBOM})
		// Spaces replace the mark, so that offsets stay those of the document.
		document = append([]byte("   "), document[len(bom):]...)
		s.document = document
	}
	if len(trimSpace(document)) == 0 {
		s.add(len(document), finding.Finding{Rule: finding.SyntaxInvalid, Problem: finding.EmptyBody})
		return false
	}
	w.reset(document, explaining...)
	if !w.walk(n) || s.cut {
		return false
	}
	end := int(w.dec.InputOffset())
	if rest := trimSpace(document[end:]); len(rest) > 0 {
		at := len(document) - len(rest)
		s.add(at, finding.Finding{Rule: finding.SyntaxTrailing, Found: s.character(at)})
	}
	return true
}

// WithoutOracle returns the same without the second opinion of the oracle, for callers that ask it
// themselves.
func (v *Validator) WithoutOracle() *Validator {
	alone := *v
	alone.parts = make(map[schema.Part]*document, len(v.parts))
	for part, d := range v.parts {
		of := *d
		of.oracle = nil
		alone.parts[part] = &of
	}
	return &alone
}

// askOracle compares the verdict on the first document of each new kind of finding with the
// oracle's.
func (d *document) askOracle(s *sink) {
	if s.full || d.oracle == nil {
		return
	}
	rejects := false
	var kind strings.Builder
	for _, f := range s.found {
		if f.void {
			continue
		}
		rule, _ := f.Rule.Lookup()
		rejects = rejects || rule.Layer == finding.LayerSchema && f.Rule != finding.MemberUnknown
		kind.WriteString(string(f.Rule) + "\x00" + f.Place() + "\x00")
	}
	if _, known := d.oracle.asked.LoadOrStore(kind.String(), true); known {
		return
	}
	accepted, err := d.oracle.accepts(s.document)
	if err == nil && accepted != rejects {
		return
	}
	f := finding.Finding{Rule: finding.OracleDisagreement}
	switch {
	case err != nil:
		f.Cause = err.Error()
	case accepted:
		f.Problem = finding.SchemaAgrees
	}
	s.path, s.keys, s.shape = nil, nil, shapeName{structure: d.shape}
	s.add(0, f)
}
