package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Why a generated document is not a case.
const (
	nullAsked    = "requests with null members: no client is asked for what is absent"
	noRange      = "requests with NaN or an infinity where there is a range: whether that holds is left open"
	tooLong      = "messages of more than 256 KiB"
	emptyHeader  = "members whose header is empty: what that stands for is left open"
	emptyPayload = "bodies without a byte that are a member: what that stands for is left open"
)

// maxBody bounds a body, in bytes: the protocol's lines hold it several times.
const maxBody = maxLine / 4

// generator makes the cases of an operation.
type generator struct {
	operation *operation
	synth     *synth.Synth
	group     string
	smallest  synth.Request
	cases     []made
	names     map[string]int
	shown     map[schema.Place]bool // members of unions
	leftOut   map[string]int
	notMade   []NotMade
}

func newGenerator(c *schema.Contract, group string) (*generator, error) {
	for _, part := range []schema.Part{schema.InputPart, schema.OutputPart} {
		if m, raw := c.RawBody(part); raw && c.Resolve(m.Shape).EventStream.Or(false) {
			return nil, &notMadeError{"its " + string(part) + " is a stream of events"}
		}
	}
	s, err := synth.New(c, schema.HTTP)
	if err != nil {
		return nil, err
	}
	o, err := newOperation(c)
	if err != nil {
		return nil, err
	}
	g := &generator{operation: o, synth: s, group: group, names: map[string]int{}, shown: map[schema.Place]bool{}, leftOut: map[string]int{}}
	body, err := s.Minimal(schema.InputPart)
	if err != nil {
		return nil, err
	}
	if g.smallest, err = s.Request(body); err != nil {
		return nil, err
	}
	if _, err := s.Minimal(schema.OutputPart); err != nil {
		return nil, err
	}
	return g, g.make()
}

func (g *generator) make() error {
	if err := g.requests(); err != nil {
		return err
	}
	if err := g.responses(schema.OutputPart, "output", layerSchema, []expectSpec{{Output: canonicalValue}}); err != nil {
		return err
	}
	for i := range g.operation.Errors {
		e := &g.operation.Errors[i]
		part := schema.ErrorPart(e.Name)
		if _, err := g.synth.Minimal(part); err != nil {
			g.notMade = append(g.notMade, NotMade{g.operation.Name(), err.Error()})
			continue
		}
		if err := g.responses(part, "error/"+e.Name, layerError, nil); err != nil {
			return err
		}
	}
	if err := g.unmodelled(); err != nil {
		return err
	}
	body, err := g.synth.Minimal(schema.OutputPart)
	if err != nil {
		return err
	}
	success, err := g.synth.Response(schema.OutputPart, body, g.smallest)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		g.wire, g.keys, g.values, g.gateways,
		func() error { return g.statuses(success) },
		func() error { return g.retried(success) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// canonicalValue is the output that follows from the response.
var canonicalValue = yamlValue{json.RawMessage(`"canonical"`)}

// requests adds every systematic request, each with the smallest response.
func (g *generator) requests() error {
	for t := range g.synth.RequestTrials() {
		body, err := g.synth.Minimal(schema.OutputPart)
		if err != nil {
			return err
		}
		response, err := g.synth.Response(schema.OutputPart, body, t.Request)
		if err != nil {
			return err
		}
		c := scenario{Level: levelMust, Layer: layerRequest, Ref: g.bindings(), Expect: []expectSpec{{Output: canonicalValue}},
			About: fmt.Sprintf("The request: %s, %s.", t.Place, t.How)}
		if shape, _, ok := g.operation.At(t.Place); ok {
			switch {
			case shape.Type == schema.Timestamp && strings.Contains(t.How, "."):
				c.Level = levelShould // the precision of milliseconds is optional
			case shape.Type == schema.Float && shape.Range.Or(schema.Bounds{}) != schema.Bounds{} && slices.Contains(schema.NonNumericFloats, t.How):
				g.leftOut[noRange]++
				continue
			}
		}
		if err := g.add("request", t.Place, t.How, g.rank(t.Place, t.How), c, t.Request, response); err != nil {
			return err
		}
	}
	return nil
}

// responses adds every systematic response to the smallest request, and the invalid variants that
// have a defined interpretation.
func (g *generator) responses(part schema.Part, section string, layer string, expect []expectSpec) error {
	for t := range g.synth.ResponseTrials(part, g.smallest) {
		c := scenario{Level: levelMust, Layer: layer, Ref: g.bindings(), Expect: expect, About: fmt.Sprintf("The response: %s, %s.", t.Place, t.How)}
		if err := g.add(section, t.Place, t.How, g.rank(t.Place, t.How), c, g.smallest, t.Response); err != nil {
			return err
		}
	}
	for n := range g.synth.InvalidVariants(part) {
		kind, ok := tolerated[n.Rule]
		if !ok {
			continue
		}
		response, err := g.synth.Response(part, n.Document, g.smallest)
		if err != nil {
			return err
		}
		c := scenario{Level: kind.level, Layer: layer, Ref: kind.ref, Expect: expect, About: fmt.Sprintf("The response breaks %s: %s, %s.", n.Rule, n.Place, n.How)}
		if err := g.add(section, n.Place, string(n.Rule)+"/"+n.How, kind.rank, c, g.smallest, response); err != nil {
			return err
		}
	}
	return nil
}

// tolerated are the rules that a response may break and a right client reads on,
// because it is defined how.
var tolerated = map[finding.RuleID]struct {
	level string
	ref   string
	rank  rank
}{
	finding.MemberUnknown:      {levelMust, "Smithy: aws-restjson1-protocol; clients ignore unknown members", rankUnknown},
	finding.EnumUnknownValue:   {levelMust, "Smithy: simple-types, enum: clients accept unknown values", rankUnknown},
	finding.UnionUnknownMember: {levelMust, "Smithy: aggregate-types, union; clients accept unknown members", rankUnknown},
	finding.MemberMissing:      {levelShould, "Smithy: aggregate-types, client error correction", rankOther},
	finding.ConstraintLength:   {levelShould, "as boto3, Go, JavaScript and Java do: constraints are the service's to keep", rankOther},
	finding.ConstraintRange:    {levelShould, "as boto3, Go, JavaScript and Java do: constraints are the service's to keep", rankOther},
	finding.ConstraintUnique:   {levelShould, "as boto3, Go, JavaScript and Java do: constraints are the service's to keep", rankOther},
	finding.ConstraintPattern:  {levelShould, "as boto3, Go, JavaScript and Java do: constraints are the service's to keep", rankOther},
}

func (g *generator) bindings() string {
	if g.operation.Protocol.Or("restJson1") == "restJson1" {
		return "Smithy: aws-restjson1-protocol, shape serialization"
	}
	return "Smithy: aws-json-1_0-protocol, shape serialization"
}

func (g *generator) errors() string {
	if g.operation.Protocol.Or("restJson1") == "restJson1" {
		return "Smithy: aws-restjson1-protocol, operation error serialization"
	}
	return "Smithy: aws-json-1_0-protocol, operation error serialization"
}

// rank is the priority of a trial.
func (g *generator) rank(place schema.Place, how string) rank {
	if place.Pointer == "" && how != "null members" {
		return rankWhole
	}
	above, _, _ := g.operation.At(place.Parent())
	shape, _, _ := g.operation.At(place)
	switch {
	case how == "null members":
		return rankNull
	case above != nil && above.Union.Or(false) && !g.shown[place]:
		g.shown[place] = true
		return rankUnion // that it is set; what else it may be is of no union
	case shape != nil && len(shape.Enum.Or(nil)) > 0:
		return rankEnum
	}
	return rankOther
}

// add adds a case, unless there is a reason against it. The attempts of the call get the responses
// in turn.
func (g *generator) add(section string, place schema.Place, how string, r rank, c scenario, request synth.Request, responses ...synth.Response) error {
	p := planned{scenario: c, operation: g.operation, generated: true}
	for _, response := range responses {
		x := &traffic.Interaction{Live: true, Kind: traffic.JSON,
			Request:  &traffic.Request{Method: request.Method, URL: "http://127.0.0.1" + request.Target(), Header: request.Header, Body: traffic.BodyOf(request.Body)},
			Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(response.Body)}}
		if reason := g.exclusion(x); reason != "" {
			g.leftOut[reason]++
			return nil
		}
		p.interactions = append(p.interactions, x)
	}
	x := p.interactions[0]
	input, err := g.operation.inputJSON(x.Request)
	if err != nil {
		return fmt.Errorf("the request made of %s: %w", g.operation, err)
	}
	if nulls(input) != nulls(x.Request.Body.Bytes) {
		g.leftOut[nullAsked]++
		return nil
	}
	p.Call.Input, p.Call.MaxAttempts = yamlValue{input}, max(c.Call.MaxAttempts, 1)
	if c.Expect == nil {
		if p.Expect, err = g.operation.expectError(&x.Response); err != nil {
			return fmt.Errorf("an error made of %s: %w", g.operation, err)
		}
	}
	p.Name = g.name(section, place, how)
	g.cases = append(g.cases, made{planned: p, rank: r, section: section})
	return nil
}

// nulls counts the nulls of a document.
func nulls(document []byte) int {
	return bytes.Count(document, []byte(":null")) + bytes.Count(document, []byte("[null"))
}

// exclusion says why an interaction is not a case; empty: it is one.
func (g *generator) exclusion(x *traffic.Interaction) string {
	if max(len(x.Request.Body.Bytes), len(x.Response.Body.Bytes)) > maxBody {
		return tooLong
	}
	for _, h := range []http.Header{x.Request.Header, x.Response.Header} {
		for _, values := range h {
			if strings.Join(values, "") == "" {
				return emptyHeader
			}
		}
	}
	if _, raw := g.operation.RawBody(schema.OutputPart); raw && len(x.Response.Body.Bytes) == 0 && x.Response.Status < 300 {
		return emptyPayload
	}
	if _, raw := g.operation.RawBody(schema.InputPart); raw && len(x.Request.Body.Bytes) == 0 {
		return emptyPayload
	}
	return ""
}

// name is OPERATION/SECTION/PLACE/HOW, in characters without a meaning in patterns, and with a
// number if the name would not be unique.
func (g *generator) name(section string, place schema.Place, how string) string {
	parts := []string{g.group, section}
	for token := range strings.SplitSeq(strings.TrimPrefix(place.Pointer, "/"), "/") {
		switch token {
		case "*":
			token = "each"
		case "*key":
			token = "key"
		}
		parts = append(parts, nameToken(token))
	}
	for token := range strings.SplitSeq(how, "/") {
		parts = append(parts, nameToken(token))
	}
	name := strings.Join(parts, "/")
	for strings.Contains(name, "//") {
		name = strings.ReplaceAll(name, "//", "/")
	}
	name = strings.TrimSuffix(name, "/")
	g.names[name]++
	if n := g.names[name]; n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// nameToken reduces a text to at most 60 letters, digits and a few signs.
func nameToken(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-+:", r) {
			return r
		}
		return '-'
	}, text)
	if text = strings.TrimRight(text[:min(60, len(text))], "-"); text == "." || text == ".." {
		return "dots"
	}
	return text
}
