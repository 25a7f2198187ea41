package conformance

import (
	"encoding/base64"
	"encoding/json"
	"errors"
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

// operation is a contract with its router and validator.
type operation struct {
	*schema.Contract
	catalog   *schema.Catalog
	validator *validate.Validator
}

func newOperation(c *schema.Contract) (*operation, error) {
	v, err := validate.Compile(c, validate.Options{})
	return &operation{c, schema.NewCatalog(c), v}, err
}

// output is the canonical form of a response, or of an error's members: what
// follows from its body, its headers and its status.
func (o *operation) output(part schema.Part, r *traffic.Response) (map[string]any, error) {
	canonical, err := o.body(part, r.Body.Bytes)
	if err != nil {
		return nil, err
	}
	return o.addBindings(part, canonical, &binding.Message{Header: lowerNames(r.Header), Status: r.Status})
}

// input is the canonical input that a request carries. Clients may compress the body (Smithy,
// behavior-traits.html#requestcompression-trait).
func (o *operation) input(r *traffic.Request, labels map[string]string) (map[string]any, error) {
	body, err := r.Document()
	if err != nil {
		return nil, err
	}
	canonical, err := o.body(schema.InputPart, body.Bytes)
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

// addBindings adds the members that are bound to headers, the URI or the status.
func (o *operation) addBindings(part schema.Part, canonical map[string]any, m *binding.Message) (map[string]any, error) {
	table := binding.Of(o.Contract, part)
	if len(table.Members) == 0 {
		return canonical, nil
	}
	v, err := reading{rounds: true}.document(o.Contract, part, schema.SDK, table.AppendDocument(nil, m)) // the document has the API's names
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

// message is the message of an error.
func (o *operation) message(r *traffic.Response) (string, error) {
	body, err := decode(r.Body.Bytes)
	if err != nil {
		return "", err
	}
	members, _ := body.(map[string]any)
	for _, name := range []string{"message", "Message"} {
		if text, ok := members[name].(string); ok {
			return text, nil
		}
	}
	return "", errors.New("the last response has no message")
}

// corrected returns a function that removes what a client may add to a part: required members that
// the response lacks (Smithy, aggregate-types, client error correction), and digits beyond the
// precision of a float.
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

// lowerNames returns headers with their names in lower case. The specification does not say in
// which case a client reports them as keys of a map (Smithy,
// http-bindings.html#httpprefixheaders-trait; RFC 9110 section 5.1).
func lowerNames(h http.Header) http.Header {
	small := make(http.Header, len(h))
	for name, values := range h {
		small[strings.ToLower(name)] = append(small[strings.ToLower(name)], values...)
	}
	return small
}

// lowerMapNames does the same for the maps of a report that are bound to headers.
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

// rounded converts a number to a float of 32 or 64 bits. A number out of range is returned
// unchanged.
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
