package smithy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema/source/internal/model"

	"github.com/crcheck/crcheck/schema"
)

// builder builds the operations of one service and the shapes that they reach. Shapes wait in a
// queue, because recursion into a deep model would need much stack.
type builder struct {
	m        *index
	id       string // of the service
	service  *astShape
	protocol protocol
	model    model.Model

	names model.Names
	given map[string]string // names of shapes, by id
	made  map[use]string    // names in the model
	queue []waiting
}

// use is a shape as one or more places use it. Places that change the shape have a separate use,
// and a separate name in the model.
type use struct {
	id       string
	role     role            // of a structure
	member   string          // whose traits override those of the shape, by its id
	location schema.Location // empty: in the body
}

func (u use) String() string {
	text := cmp.Or(u.member, u.id)
	if u.location != "" {
		text += " in a " + string(u.location)
	}
	return text
}

// waiting is a shape in the queue.
type waiting struct {
	use
	name   string     // in the model
	traits *astTraits // of the member that overrides some, or nil
}

func newBuilder(m *index, id string, service *astShape) *builder {
	b := &builder{
		m: m, id: id, service: service, protocol: protocolOf(&service.Traits),
		model: model.Model{Shapes: map[string]*schema.Shape{}},
		names: model.Names{}, given: map[string]string{}, made: map[use]string{},
	}
	for _, r := range service.Rename {
		b.given[r.Name] = b.names.Unique(string(r.Value))
	}
	return b
}

// name returns the name of a shape in the context of the service: its local name, unless the
// service renames it or an earlier shape has that name.
func (b *builder) name(id string) string {
	if _, ok := b.given[id]; !ok {
		b.given[id] = b.names.Unique(localName(id))
	}
	return b.given[id]
}

// authenticate states how requests of an operation are authenticated: by the schemes of the operation,
// or else by those of the service, or else by all that the service defines
// (Smithy, authentication-traits.html#auth-trait).
func (b *builder) authenticate(c *schema.Contract, o *astShape) {
	of := &b.service.Traits
	schemes := o.Traits.Auth
	if schemes == nil {
		schemes = of.Auth
	}
	takes := func(scheme func(string) bool, defined bool) bool {
		return defined && (schemes == nil || slices.ContainsFunc(*schemes, scheme))
	}
	if takes(func(s string) bool { return s == model.BearerAuth }, bool(of.BearerAuth)) {
		c.Bearer = schema.Is(true)
	}
	if v4 := of.SigV4; v4 != nil && (takes(model.SigV4, true) || c.Bearer.Silent()) {
		c.Signing = model.Stated(v4.Name)
	}
	if bool(o.Traits.OptionalAuth) || schemes != nil && (len(*schemes) == 0 || slices.Contains(*schemes, model.NoAuth)) {
		c.Unsigned = schema.Is(true)
	}
}

// operation adds the contract of an operation.
func (b *builder) operation(id string) error {
	o, err := b.m.shape(id, b.id)
	if err != nil {
		return err
	}
	c := &schema.Contract{
		Format: schema.Format, Service: b.serviceName(), Operation: localName(id),
		API: b.api(), Protocol: model.Stated(b.protocol.name), Protocols: listed(&b.service.Traits), Readonly: schema.Is(bool(o.Traits.Readonly)),
	}
	b.authenticate(c, o)
	if b.service.Traits.QueryCompatible {
		c.QueryCompatible = schema.Is(true)
	}
	b.bind(c, o)
	if c.Input, err = b.root(o.Input, id, asInput); err != nil {
		return err
	}
	if c.Output, err = b.root(o.Output, id, asOutput); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, errors := range [][]astMember{o.Errors, b.service.Errors} {
		for i := range errors {
			if seen[errors[i].Target] {
				continue
			}
			seen[errors[i].Target] = true
			if err := b.error(c, &errors[i], id); err != nil {
				return err
			}
		}
	}
	b.model.Operations = append(b.model.Operations, c)
	return nil
}

// bind sets the HTTP request and the status of success.
func (b *builder) bind(c *schema.Contract, o *astShape) {
	http := o.Traits.HTTP
	switch {
	case b.protocol.target:
		c.Target = schema.Is(localName(b.id) + "." + c.Operation)
		fallthrough
	case !b.protocol.binding:
		http = &astHTTP{Method: "POST", URI: "/"}
		if b.protocol.name == "rpcv2Cbor" {
			http.URI = "/service/" + localName(b.id) + "/operation/" + c.Operation
		}
	case http == nil:
		return
	}
	c.Method, c.URI, c.Status = model.Stated(http.Method), model.Stated(http.URI), schema.Is(cmp.Or(http.Code, 200))
}

// root returns the name of an input or output, or "" for smithy.api#Unit.
func (b *builder) root(r *astMember, operation string, as role) (string, error) {
	if r == nil || r.Target == preludeNamespace+"Unit" {
		return "", nil
	}
	if err := b.m.expect(r.Target, operation, "structure"); err != nil {
		return "", err
	}
	return b.refer(use{id: r.Target, role: as}, nil, operation)
}

// error adds an error that the operation or the service declares.
func (b *builder) error(c *schema.Contract, r *astMember, operation string) error {
	shape, err := b.root(r, operation, asOutput)
	if err != nil {
		return err
	}
	s, err := b.m.shape(r.Target, operation)
	if err != nil {
		return err
	}
	e := schema.Error{Name: b.name(r.Target), Shape: shape}
	if local := localName(r.Target); local != e.Name {
		e.Code = schema.Is(local) // a rename does not change the wire
	}
	t := &s.Traits
	switch t.Error {
	case "client":
		e.Fault, e.Status = schema.Is("client"), schema.Is(400)
	case "server":
		e.Fault, e.Status = schema.Is("server"), schema.Is(500)
	default:
		return broken(r.Target, "it is listed as an error, but does not have the trait error", "Add the trait smithy.api#error")
	}
	if t.HTTPError != 0 {
		e.Status = schema.Is(t.HTTPError)
	}
	if q := t.QueryError; q != nil {
		if q.Code != "" && (q.Code != e.Name || c.QueryCompatible.Or(false)) {
			e.Code = schema.Is(q.Code)
		}
		if q.Status != 0 && b.protocol.name == "awsQuery" {
			e.Status = schema.Is(q.Status)
		}
	}
	if _, known := e.Code.Get(); !known && c.QueryCompatible.Or(false) {
		e.Code = schema.Is(localName(r.Target)) // aws-query-protocol.html#aws-protocols-awsqueryerror-trait
	}
	c.Errors = append(c.Errors, e)
	return nil
}

// serviceName returns boto3's name of the service. For a service that is not of AWS, it is derived
// from the name of the shape.
func (b *builder) serviceName() string {
	if s := b.service.Traits.Service; s != nil {
		return awshttp.ServiceName(cmp.Or(s.SDKID, localName(b.id)))
	}
	return awshttp.ServiceName(localName(b.id))
}

// api returns the API's name in AWS's documentation links. It is docId or, without one, a default
// that many services do not use: the default counts only if the endpoint has the same name as the
// service (Smithy, aws/aws-core.html#docid).
func (b *builder) api() schema.Known[string] {
	s := b.service.Traits.Service
	if s == nil {
		return schema.Known[string]{}
	}
	endpoint := cmp.Or(s.EndpointPrefix, s.ARNNamespace)
	switch {
	case s.DocID != "":
		return schema.Is(s.DocID)
	case endpoint == "", b.service.Version == "", endpoint != strings.ToLower(strings.ReplaceAll(s.SDKID, " ", "-")):
		return schema.Known[string]{}
	}
	return schema.Is(endpoint + "-" + b.service.Version)
}
