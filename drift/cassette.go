package drift

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/synth"
	"github.com/crcheck/crcheck/traffic"
)

// Cassette is a witness as recorded traffic.
type Cassette struct {
	Name string // of a file
	Data []byte
}

// CassetteError says why a witness is no cassette: its contract does not say how
// it travels.
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
// it, a request with the plainest answer. What cannot be written is returned as
// [*CassetteError] values.
func Cassettes(changes []Change, old, new []*schema.Contract) (all []Cassette, errs []error) {
	for i := range changes {
		c := &changes[i]
		if c.Witness == nil {
			continue
		}
		by := old
		if c.Witness.Allowed == New {
			by = new
		}
		at := slices.IndexFunc(by, func(d *schema.Contract) bool { return d.Name() == c.Operation })
		data, err := c.cassette(by[at])
		if err != nil {
			errs = append(errs, &CassetteError{c, err})
			continue
		}
		all = append(all, Cassette{c.name(), data})
	}
	return all, errs
}

// name tells the change: its operation, rule and value, and a digest of all that
// tells it from others.
func (c *Change) name() string {
	name := c.Operation + "." + strings.TrimPrefix(string(c.Rule), "drift.")
	if c.Facet == "enum" || c.end != noEnd {
		detail := cmp.Or(plain(c.New), plain(c.Old))
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
func (c *Change) cassette(by *schema.Contract) ([]byte, error) {
	s, err := synth.New(by, schema.Wire)
	if err != nil {
		return nil, err
	}
	request, err := c.request(s, by)
	if err != nil {
		return nil, err
	}
	answer, err := c.answer(s, by, request)
	if err != nil {
		return nil, err
	}
	host := by.Signing.Or(by.Service) + ".us-east-1.amazonaws.com"
	x := &traffic.Interaction{
		Request: &traffic.Request{Method: request.Method, URL: "https://" + host + request.Target(), Header: request.Header, Body: traffic.BodyOf(request.Body)},
		Response: traffic.Response{Status: answer.Status, StatusText: strconv.Itoa(answer.Status) + " " + http.StatusText(answer.Status),
			Header: answer.Header, Body: traffic.BodyOf(answer.Body)},
	}
	var b bytes.Buffer
	meta := traffic.Meta{Contract: by.String(), ContractDigest: by.Digest(), Provenance: "synthesised"}
	err = traffic.WriteCassette(&b, meta, []*traffic.Interaction{x})
	return b.Bytes(), err
}

func (c *Change) request(s *synth.Synth, by *schema.Contract) (synth.Request, error) {
	w := c.Witness
	minimal, err := s.Minimal(schema.InputPart)
	if err != nil {
		return synth.Request{}, err
	}
	switch {
	case c.Part != schema.InputPart || len(w.Document) == 0:
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
	path, literal, _ := strings.Cut(by.URI.Or(""), "?")
	for label, text := range load.labels {
		path = strings.ReplaceAll(path, "{"+label+"}", url.PathEscape(text))
		path = strings.ReplaceAll(path, "{"+label+"+}", strings.ReplaceAll(url.PathEscape(text), "%2F", "/"))
	}
	r.Path, r.Query = path, strings.Trim(literal+"&"+load.query.Encode(), "&")
	load.into(r.Header)
	if r.Body != nil {
		r.Body = load.body
	}
	return r, nil
}

func (c *Change) answer(s *synth.Synth, by *schema.Contract, to synth.Request) (synth.Response, error) {
	w := c.Witness
	if c.Part == schema.InputPart || len(w.Document) == 0 {
		body, err := s.Minimal(schema.OutputPart)
		if err != nil {
			return synth.Response{}, err
		}
		return s.Response(schema.OutputPart, body, to)
	}
	for pointer := range to.Echoes {
		if string(pointer) == w.Pointer {
			to = synth.Request{} // the witness is about what repeats the request
		}
	}
	if w.Projection == schema.Wire {
		return s.Response(c.Part, w.Document, to)
	}
	load, err := unload(by, c.Part, w.Document)
	if err != nil {
		return synth.Response{}, err
	}
	r, err := s.Response(c.Part, load.body, to)
	load.into(r.Header)
	return r, err
}

// load is a document of the sdk projection, put where its members travel.
type load struct {
	labels map[string]string
	query  url.Values
	header map[string][]string
	body   []byte
}

// BindingError says that the value of a member has no form beside the body here.
type BindingError struct{ Member, Location string }

func (e *BindingError) Error() string {
	return fmt.Sprintf("the value of %s has no plain form in the %s", e.Member, e.Location)
}

// unload puts the members of a document where they travel. Members of the body
// keep the form that they have; lists of scalars are several parameters.
func unload(c *schema.Contract, part schema.Part, document []byte) (*load, error) {
	root, err := parseNode(document)
	if err != nil {
		return nil, err
	}
	ref, _ := c.Root(part)
	shape := c.Resolve(ref)
	l := &load{map[string]string{}, url.Values{}, map[string][]string{}, nil}
	body := &node{scalar: "{"}
	for i, name := range root.names {
		m, ok := shape.Member(name)
		if !ok {
			continue
		}
		value, location := root.below[i], c.Location(m)
		if location == "body" {
			body.names, body.below = append(body.names, m.Wire()), append(body.below, value)
			continue
		}
		texts, ok := value.texts()
		if !ok {
			return nil, &BindingError{name, location}
		}
		switch location {
		case "label":
			l.labels[m.Wire()] = strings.Join(texts, "")
		case "query":
			l.query[m.Wire()] = texts
		case "header":
			l.header[m.Wire()] = texts
		default:
			return nil, &BindingError{name, location}
		}
	}
	l.body = body.bytes()
	return l, nil
}

func (l *load) into(h http.Header) {
	for name, texts := range l.header {
		h.Set(name, strings.Join(texts, ", "))
	}
}

// texts is a scalar, or a list of them, as headers and URIs write them.
func (n *node) texts() ([]string, bool) {
	switch n.scalar {
	case "{":
		return nil, false
	case "[":
		var all []string
		for _, below := range n.below {
			one, ok := below.texts()
			if !ok || len(one) != 1 {
				return nil, false
			}
			all = append(all, one...)
		}
		return all, true
	}
	return []string{plain(n.scalar)}, true
}
