package conformance

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// operation is a contract with what cases about it need.
type operation struct {
	*schema.Contract
	catalog   *schema.Catalog
	validator *validate.Validator
}

func newOperation(c *schema.Contract) (*operation, error) {
	v, err := validate.Compile(c, validate.Options{})
	return &operation{c, schema.NewCatalog(c), v}, err
}

// output is the canonical form of an answer, or of an error's members: what
// follows from its body, its headers and its status.
func (o *operation) output(part schema.Part, r *traffic.Response) (map[string]any, error) {
	canonical, err := o.body(part, r.Body.Bytes)
	if err != nil {
		return nil, err
	}
	return o.addBindings(part, canonical, &binding.Message{Header: lowerNames(r.Header), Status: r.Status})
}

// input is the canonical form of a request: what it asks for.
func (o *operation) input(r *traffic.Request, labels map[string]string) (map[string]any, error) {
	canonical, err := o.body(schema.InputPart, r.Body.Bytes)
	if err != nil {
		return nil, err
	}
	m := binding.Message{Header: lowerNames(r.Header), Labels: labels}
	if u, err := url.Parse(r.URL); err == nil {
		m.Query = u.Query()
	}
	return o.addBindings(schema.InputPart, canonical, &m)
}

// body reads what travels in a body: the members of a JSON object, or one member
// that is the body (Smithy, http-bindings.html#httppayload-trait).
func (o *operation) body(part schema.Part, body []byte) (map[string]any, error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	if m, raw := o.RawBody(part); raw {
		if o.Resolve(m.Shape).Type == schema.String {
			return map[string]any{m.Name: string(body)}, nil
		}
		return map[string]any{m.Name: base64.StdEncoding.EncodeToString(body)}, nil
	}
	canonical, err := reading{rounds: true}.document(o.Contract, part, schema.HTTP, body)
	if err != nil {
		return nil, err
	}
	if m, whole := o.Payload(part); whole {
		return map[string]any{m.Name: canonical}, nil
	}
	return canonical.(map[string]any), nil
}

// beside adds what travels beside the body.
func (o *operation) addBindings(part schema.Part, canonical map[string]any, m *binding.Message) (map[string]any, error) {
	table := binding.Of(o.Contract, part)
	if len(table.Members) == 0 {
		return canonical, nil
	}
	v, err := reading{rounds: true}.document(o.Contract, part, schema.SDK, table.AppendDocument(nil, m)) // it has the API's names
	if err != nil {
		return nil, err
	}
	maps.Copy(canonical, v.(map[string]any))
	return canonical, nil
}

// fields are the canonical members of an error but its message.
func (o *operation) fields(name string, r *traffic.Response) (map[string]any, error) {
	if e, ok := o.Error(name); ok { // it may be the code
		name = e.Name
	}
	fields, err := o.output(schema.ErrorPart(name), r)
	delete(fields, "message")
	delete(fields, "Message")
	return fields, err
}

// corrected takes back what a client may have made up of a part: required
// members that the answer lacks (Smithy, aggregate-types, client error
// correction), and digits beyond what a float holds.
func (o *operation) corrected(part schema.Part) func(want, got any) any {
	root, _ := o.Root(part)
	shape := o.Resolve(root)
	return func(want, got any) any {
		if reported, ok := got.(map[string]any); ok {
			got = o.lowerMapNames(part, reported)
		}
		return dropCorrections(o.Contract, shape, shape.Members, want, got)
	}
}

// lowerNames are headers with their names in small letters: where they are the keys
// of a map, nothing says in which case a client has them (Smithy,
// http-bindings.html#httpprefixheaders-trait; RFC 9110 section 5.1).
func lowerNames(h http.Header) http.Header {
	small := make(http.Header, len(h))
	for name, values := range h {
		small[strings.ToLower(name)] = append(small[strings.ToLower(name)], values...)
	}
	return small
}

// lowerMapNames writes the maps of a report that are made of headers likewise.
func (o *operation) lowerMapNames(part schema.Part, reported map[string]any) map[string]any {
	kept := maps.Clone(reported)
	for _, m := range binding.Of(o.Contract, part).At(schema.LocationHeaders) {
		entries, ok := reported[m.Name].(map[string]any)
		if !ok {
			continue
		}
		small := map[string]any{}
		for name, value := range entries {
			small[strings.ToLower(name)] = value
		}
		kept[m.Name] = small
	}
	return kept
}

// rounded is a number as a float of so many bits holds it. One that is too large
// stays as it is.
func rounded(n json.Number, bits int) any {
	f, err := strconv.ParseFloat(string(n), bits)
	switch {
	case err != nil:
		return n
	case bits == 32:
		return float32(f)
	}
	return f
}
