package drift

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/go-json-experiment/json/jsontext"
)

// Cassette is a breaking payload as recorded traffic.
type Cassette struct {
	Name string // of the file
	Data []byte
}

// CassetteError says why a breaking payload cannot be a cassette: its contract does not state how
// it travels, or it breaks nothing over HTTP.
type CassetteError struct {
	Change *Change
	Err    error
}

func (e *CassetteError) Error() string {
	return fmt.Sprintf("the breaking payload of %s at %s of %s cannot be a cassette: %v", e.Change.Rule, e.Change.Place(), e.Change.Operation, e.Err)
}

func (e *CassetteError) Unwrap() error { return e.Err }

// Cassettes writes the breaking payloads of changes in go-vcr's format, one each, as the contract
// that allows them encodes them: a response with a minimal request, a request with a minimal
// response. Each is valid under that contract. What cannot be written is returned as
// [*CassetteError] values.
func Cassettes(changes []Change, old, new []*schema.Contract) (all []Cassette, errs []error) {
	sides := map[Side]*side{Old: {contracts: old}, New: {contracts: new}}
	for i := range changes {
		c := &changes[i]
		if c.Witness == nil {
			continue
		}
		data, err := c.cassette(sides[c.Witness.Allowed], sides[c.Witness.Refused])
		if err != nil {
			errs = append(errs, &CassetteError{c, err})
			continue
		}
		all = append(all, Cassette{c.name(), data})
	}
	return all, errs
}

// side is a source that exchanges are validated against.
type side struct {
	contracts []*schema.Contract
	catalog   *validate.Catalog
}

func (s *side) check(x *traffic.Interaction) (validate.Outcome, error) {
	if s.catalog == nil {
		k, err := validate.CompileCatalog(schema.NewCatalog(s.contracts...), validate.Options{})
		if err != nil {
			return validate.Outcome{}, err
		}
		s.catalog = k
	}
	return s.catalog.Check(x, validate.Bare{})
}

// name is the file name of a change: its operation, rule and value, and a digest that keeps
// different changes apart.
func (c *Change) name() string {
	name := c.Operation + "." + strings.TrimPrefix(string(c.Rule), "drift.")
	if c.Facet == "enum" || c.end != noEnd {
		detail := cmp.Or(unquoted(c.new), unquoted(c.old))
		name += "." + strings.Map(fileRune, detail[:min(len(detail), 40)])
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%s\x00%s", c.Place(), c.Rule, c.Facet, c.end, c.Old, c.New))
	return name + "." + hex.EncodeToString(sum[:4]) + ".yaml"
}

// fileRune returns a character that is safe in file names on every system.
func fileRune(r rune) rune {
	if r < 0x80 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
		return r
	}
	return '_'
}

// cassette writes the breaking payload as the contract that allows it encodes it.
func (c *Change) cassette(allowing, refusing *side) ([]byte, error) {
	at := slices.IndexFunc(allowing.contracts, func(d *schema.Contract) bool { return d.Name() == c.Operation })
	by := allowing.contracts[at]
	made, err := c.exchange(by)
	if err != nil {
		return nil, err
	}
	x := made.interaction(by)
	if err := c.attest(x, allowing, refusing); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	meta := traffic.Meta{Contract: by.String(), ContractDigest: by.Digest(), Provenance: "synthesised"}
	err = traffic.WriteCassette(&b, meta, []*traffic.Interaction{x})
	return b.Bytes(), err
}

// ExchangeError says that a payload breaks nothing as HTTP traffic.
type ExchangeError struct {
	Side    Side // whose contract sees it differently
	Problem string
}

func (e *ExchangeError) Error() string {
	return fmt.Sprintf("as HTTP traffic the %s contract %s", e.Side, e.Problem)
}

// attest validates the exchange against the contract that allows the payload. A payload in the sdk
// encoding may differ over HTTP, so it is also validated against the other contract.
func (c *Change) attest(x *traffic.Interaction, allowing, refusing *side) error {
	w := c.Witness
	outcome, err := allowing.check(x)
	switch {
	case err != nil:
		return err
	case outcome.Contract == nil || outcome.Contract.Name() != c.Operation:
		return &ExchangeError{w.Allowed, "does not route it to the operation: " + outcome.NotChecked}
	case len(outcome.Findings) > 0:
		return &ExchangeError{w.Allowed, "does not allow it: " + outcome.Findings[0].String()}
	case w.Encoding != schema.SDK:
		return nil
	}
	outcome, err = refusing.check(x)
	if err != nil || outcome.Contract == nil {
		return err
	}
	if !slices.ContainsFunc(outcome.Findings, func(f finding.Finding) bool { return f.General() == w.Rule }) {
		return &ExchangeError{w.Refused, fmt.Sprintf("reports no %s for it: the two differ only in the sdk encoding", w.Rule)}
	}
	return nil
}

// exchange returns the breaking payload as HTTP traffic.
func (c *Change) exchange(by *schema.Contract) (*exchange, error) {
	if c.Witness.exchange != nil {
		return c.Witness.exchange, nil
	}
	s, err := synth.New(by, schema.HTTP)
	if err != nil {
		return nil, err
	}
	request, err := c.request(s, by)
	if err != nil {
		return nil, err
	}
	response, err := c.response(s, by, request)
	return &exchange{request, response}, err
}

// asked reports whether the breaking payload is a request or a document of one.
func (c *Change) asked() bool {
	return c.Part == schema.InputPart || c.Part == schema.ContractPlace.Part
}

func (c *Change) request(s *synth.Synth, by *schema.Contract) (synth.Request, error) {
	w := c.Witness
	minimal, err := s.Minimal(schema.InputPart)
	if err != nil {
		return synth.Request{}, err
	}
	switch {
	case !c.asked():
		r, err := s.Request(minimal)
		if err == nil {
			c.repeats(&r, by)
		}
		return r, err
	case len(w.Document) == 0:
		return s.Request(minimal)
	case w.Encoding == schema.HTTP:
		return s.Request(w.Document)
	}
	r, err := s.Request(minimal)
	if err != nil {
		return r, err
	}
	load, err := unload(by, c.Part, w.Document)
	if err != nil {
		return r, err
	}
	load.ask(&r)
	return r, nil
}

// repeats puts the value at the payload's pointer into the request, if the response echoes a label
// of the request there.
func (c *Change) repeats(r *synth.Request, by *schema.Contract) {
	value, _ := jsontree.Find(c.Witness.Document, c.Witness.Pointer)
	text, isText := stringOf(value)
	root, _ := by.Root(schema.InputPart)
	for _, e := range by.Echoes {
		m, ok := by.Resolve(root).Member(e.Input)
		if ok && isText && e.Output == c.Witness.Pointer && by.Location(m) == schema.LocationLabel {
			relabel(r, by, map[string]string{m.Wire(): text})
		}
	}
}

// echo restores the headers that echo the request, except the one at the payload's pointer.
func (c *Change) echo(by *schema.Contract, echoed, into http.Header) {
	root, _ := by.Root(schema.OutputPart)
	for _, e := range by.Echoes {
		m, ok := by.Resolve(root).Member(strings.TrimPrefix(e.Output, "/"))
		if ok && c.Part == schema.OutputPart && by.Location(m) == schema.LocationHeader && e.Output != c.Witness.Pointer && len(echoed.Values(m.Wire())) > 0 {
			into[http.CanonicalHeaderKey(m.Wire())] = echoed.Values(m.Wire())
		}
	}
}

func (c *Change) response(s *synth.Synth, by *schema.Contract, to synth.Request) (synth.Response, error) {
	w := c.Witness
	if c.asked() || len(w.Document) == 0 {
		body, err := s.Minimal(schema.OutputPart)
		if err != nil {
			return synth.Response{}, err
		}
		return s.Response(schema.OutputPart, body, to)
	}
	to.Echoes = maps.Clone(to.Echoes)
	delete(to.Echoes, jsontext.Pointer(w.Pointer)) // the payload breaks the echo itself
	if w.Encoding == schema.HTTP {
		return s.Response(c.Part, w.Document, to)
	}
	load, err := unload(by, c.Part, w.Document)
	if err != nil {
		return synth.Response{}, err
	}
	r, err := s.Response(c.Part, load.body, to)
	echoed := r.Header.Clone()
	load.into(r.Header)
	c.echo(by, echoed, r.Header)
	if load.message.Status != 0 {
		r.Status = load.message.Status
	}
	return r, err
}
