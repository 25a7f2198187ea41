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
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/go-json-experiment/json/jsontext"
)

// Cassette is a witness as recorded traffic.
type Cassette struct {
	Name string // of a file
	Data []byte
}

// CassetteError says why a witness is no cassette: its contract does not say how
// it travels, or it is none on the wire.
type CassetteError struct {
	Change *Change
	Err    error
}

func (e *CassetteError) Error() string {
	return fmt.Sprintf("the witness of %s at %s of %s is no cassette: %v", e.Change.Rule, e.Change.Place(), e.Change.Operation, e.Err)
}

func (e *CassetteError) Unwrap() error { return e.Err }

// Cassettes writes the witnesses of changes in go-vcr's format, one each, as the
// contract that allows them has it: a response with the plainest request before
// it, a request with the plainest answer. Each has been held against that contract,
// which has nothing to say against it. What cannot be written is returned as
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

// side is one source, to hold exchanges against.
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

// name tells the change: its operation, rule and value, and a digest of all that
// tells it from others.
func (c *Change) name() string {
	name := c.Operation + "." + strings.TrimPrefix(string(c.Rule), "drift.")
	if c.Facet == "enum" || c.end != noEnd {
		detail := cmp.Or(unquoted(c.new), unquoted(c.old))
		name += "." + strings.Map(fileRune, detail[:min(len(detail), 40)])
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%s\x00%s", c.Place(), c.Rule, c.Facet, c.end, c.Old, c.New))
	return name + "." + hex.EncodeToString(sum[:4]) + ".yaml"
}

// fileRune is a character as names of files have it everywhere.
func fileRune(r rune) rune {
	if r < 0x80 && (r == '-' || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
		return r
	}
	return '_'
}

// cassette writes the witness as the contract that allows it has it.
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

// ExchangeError says that a witness proves nothing as HTTP traffic.
type ExchangeError struct {
	Side    Side // whose contract takes it otherwise
	Problem string
}

func (e *ExchangeError) Error() string {
	return fmt.Sprintf("as HTTP traffic the %s contract %s", e.Side, e.Problem)
}

// attest holds the exchange against the contract that allows the witness, and one
// of the sdk projection, which may differ there alone, against the other one too.
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
	case w.Projection != schema.SDK:
		return nil
	}
	outcome, err = refusing.check(x)
	if err != nil || outcome.Contract == nil {
		return err
	}
	if !slices.ContainsFunc(outcome.Findings, func(f finding.Finding) bool { return f.General() == w.Rule }) {
		return &ExchangeError{w.Refused, fmt.Sprintf("has no %s to say against it: the two differ in the sdk encoding alone", w.Rule)}
	}
	return nil
}

// exchange makes the witness travel.
func (c *Change) exchange(by *schema.Contract) (*exchange, error) {
	if c.Witness.exchange != nil {
		return c.Witness.exchange, nil
	}
	s, err := synth.New(by, schema.Wire)
	if err != nil {
		return nil, err
	}
	request, err := c.request(s, by)
	if err != nil {
		return nil, err
	}
	answer, err := c.answer(s, by, request)
	return &exchange{request, answer}, err
}

// asked reports a witness that is a request, or a document of one.
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
	case w.Projection == schema.Wire:
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

// repeats makes a request ask for what the witness is about, where that repeats a
// label of the request.
func (c *Change) repeats(r *synth.Request, by *schema.Contract) {
	text, isText := unquote(string(valueAt(c.Witness.Document, c.Witness.Pointer)))
	root, _ := by.Root(schema.InputPart)
	for _, e := range by.Echoes {
		m, ok := by.Resolve(root).Member(e.Input)
		if ok && isText && e.Output == c.Witness.Pointer && by.Location(m) == schema.LocationLabel {
			relabel(r, by, map[string]string{m.Wire(): text})
		}
	}
}

// echo puts back the headers that repeat the request, but not what the witness is about.
func (c *Change) echo(by *schema.Contract, echoed, into http.Header) {
	root, _ := by.Root(schema.OutputPart)
	for _, e := range by.Echoes {
		m, ok := by.Resolve(root).Member(strings.TrimPrefix(e.Output, "/"))
		if ok && c.Part == schema.OutputPart && by.Location(m) == schema.LocationHeader && e.Output != c.Witness.Pointer && len(echoed.Values(m.Wire())) > 0 {
			into[http.CanonicalHeaderKey(m.Wire())] = echoed.Values(m.Wire())
		}
	}
}

func (c *Change) answer(s *synth.Synth, by *schema.Contract, to synth.Request) (synth.Response, error) {
	w := c.Witness
	if c.asked() || len(w.Document) == 0 {
		body, err := s.Minimal(schema.OutputPart)
		if err != nil {
			return synth.Response{}, err
		}
		return s.Response(schema.OutputPart, body, to)
	}
	to.Echoes = maps.Clone(to.Echoes)
	delete(to.Echoes, jsontext.Pointer(w.Pointer)) // the witness is about what repeats the request
	if w.Projection == schema.Wire {
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
