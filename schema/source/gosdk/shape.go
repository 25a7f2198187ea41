package gosdk

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/schema"
)

// contracts builds the contracts of all operations.
func (g *reader) contracts() ([]*schema.Contract, error) {
	protocol, ok := protocols[g.protocol]
	switch {
	case g.constants["ServiceID"] == "":
		return nil, broken("api_client.go", 0, 0, "it has no constant ServiceID to name the service by")
	case g.protocol == "":
		return nil, broken("serializers.go", 0, 0, "it has no serializer of an operation to tell the protocol by")
	case !ok:
		return nil, &schema.DocumentError{File: "serializers.go", Problem: "unsupported protocol " + place.Excerpt(g.protocol) + ": only restJson1, awsJson1_0 and awsJson1_1 are supported", Remedy: "Use the client of another service."}
	case len(g.operations) == 0:
		return nil, broken("api_client.go", 0, 0, "the client has no operations")
	}
	for name := range g.structs {
		g.shapes[name] = g.structure(name)
	}
	for name := range g.unions {
		g.shapes[name] = g.union(name)
	}
	version := g.constants["goModuleVersion"]
	origin := schema.NewOrigin("go-sdk", version, g.source)
	m := model.Model{Shapes: g.shapes}
	for _, name := range g.operations {
		c := &schema.Contract{
			Format: schema.Format, Service: awshttp.ServiceName(g.constants["ServiceID"]), Operation: name, Version: version,
			Protocol: schema.Is(protocol), Signing: model.Stated(g.signing), Input: name + "Input", Output: name + "Output",
			Errors: g.errorsOf(name), Origins: []schema.Origin{origin},
		}
		if g.structs[c.Output] == nil {
			return nil, broken("api_op_"+name+".go", 0, 0, "it has no type "+place.Excerpt(c.Output))
		}
		g.route(c)
		m.Operations = append(m.Operations, c)
	}
	return m.Contracts()
}

// errorsOf returns the errors that an operation's deserializer knows.
func (g *reader) errorsOf(operation string) []schema.Error {
	fn := g.functions[g.protocol+"_deserializeOpError"+operation]
	if fn == nil {
		return nil
	}
	var all []schema.Error
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CaseClause)
		if !ok || len(c.List) != 1 {
			return true
		}
		e := schema.Error{}
		code := ""
		eachCall(c, func(name string, call *ast.CallExpr) {
			if name == "EqualFold" && len(call.Args) == 2 {
				code, _ = stringLiteral(call.Args[0])
			}
			if of, ok := strings.CutPrefix(name, g.protocol+"_deserializeError"); ok {
				e.Name = of
			}
		})
		if e.Name == "" || code == "" || slices.ContainsFunc(all, func(f schema.Error) bool { return f.Name == e.Name }) {
			return true
		}
		if code != e.Name {
			e.Code = schema.Is(code)
		}
		if g.structs[e.Name] != nil {
			e.Shape = e.Name
		}
		if fault := g.faults[e.Name]; fault == "client" || fault == "server" {
			e.Fault = schema.Is(fault)
		}
		all = append(all, e)
		return true
	})
	return all
}

// structure builds the shape of a struct.
func (g *reader) structure(name string) *schema.Shape {
	s := &schema.Shape{Type: schema.Structure, Union: schema.Is(false)}
	bindings := g.membersOf(name)
	_, isError := g.faults[name]
	for _, f := range g.structs[name].Fields.List {
		if len(f.Names) != 1 || !f.Names[0].IsExported() {
			continue
		}
		field := f.Names[0].Name
		if field == "ResultMetadata" || isError && field == "ErrorCodeOverride" {
			continue // added by the SDK
		}
		b := bindings[field]
		m := schema.Member{Name: g.memberName(field, b.name), Shape: g.ref(f.Type)}
		if !isError { // members of errors have no comments
			m.Required = schema.Is(strings.Contains(f.Doc.Text(), "This member is required."))
		}
		if field == g.tokens[name] {
			m.Token = schema.Is(true)
		}
		if b.location != "" {
			if g.root(name) {
				m.Location = schema.Is(b.location)
			}
			m.WireName = model.Stated(b.name)
		}
		if !slices.ContainsFunc(s.Members, func(n schema.Member) bool { return n.Name == m.Name }) {
			s.Members = append(s.Members, m)
		}
	}
	return s
}

// root reports whether a structure is the input or output of an operation, whose members have
// locations.
func (g *reader) root(name string) bool {
	operation, ok := strings.CutSuffix(name, "Input")
	if !ok {
		operation, ok = strings.CutSuffix(name, "Output")
	}
	return ok && slices.Contains(g.operations, operation)
}

// memberName returns the API's name of a field. It is the wire name if the two differ only in case.
// If not, the case of the first letter follows the protocol.
func (g *reader) memberName(field, wire string) string {
	switch {
	case strings.EqualFold(field, wire):
		return wire
	case protocols[g.protocol] == "restJson1":
		return strings.ToLower(field[:1]) + field[1:]
	}
	return field
}

// union builds the shape of an interface whose implementations are its members.
func (g *reader) union(name string) *schema.Shape {
	s := &schema.Shape{Type: schema.Structure, Union: schema.Is(true)}
	bindings := g.membersOf(name)
	for _, member := range slices.Sorted(slices.Values(g.unions[name])) {
		of := g.structs[member]
		if of == nil || member == "UnknownUnionMember" {
			continue
		}
		field, _ := strings.CutPrefix(member, name+"Member")
		m := schema.Member{Name: g.memberName(field, bindings[member].name), WireName: model.Stated(bindings[member].name)}
		for _, f := range of.Fields.List {
			if len(f.Names) == 1 && f.Names[0].Name == "Value" {
				m.Shape = g.ref(f.Type)
			}
		}
		s.Members = append(s.Members, m)
	}
	return s
}

// scalars has the simple shapes by Go type.
var scalars = map[string]schema.Shape{
	"string": {Type: schema.String, Enum: schema.Is([]string(nil))}, "bool": {Type: schema.Boolean},
	"int8": {Type: schema.Integer, Bits: schema.Is(8)}, "int16": {Type: schema.Integer, Bits: schema.Is(16)},
	"int32": {Type: schema.Integer, Bits: schema.Is(32)}, "int64": {Type: schema.Integer, Bits: schema.Is(64)},
	"float32": {Type: schema.Float, Bits: schema.Is(32)}, "float64": {Type: schema.Float, Bits: schema.Is(64)},
	"time.Time": {Type: schema.Timestamp}, "document.Interface": {Type: schema.Document},
	"io.Reader": {Type: schema.Blob, Streaming: schema.Is(true)}, "io.ReadCloser": {Type: schema.Blob, Streaming: schema.Is(true)},
}

// ref returns the shape of a Go type, or an unstated shape for an unknown type.
func (g *reader) ref(e ast.Expr) schema.Ref {
	switch e := e.(type) {
	case *ast.StarExpr:
		return g.ref(e.X)
	case *ast.ArrayType:
		if id, ok := e.Elt.(*ast.Ident); ok && id.Name == "byte" {
			return schema.Inline(schema.Shape{Type: schema.Blob})
		}
		element := g.ref(e.Elt)
		return schema.Inline(schema.Shape{Type: schema.List, Element: &element})
	case *ast.MapType:
		// Keys are strings, even if they have an enum in the model.
		key, value := schema.Inline(schema.Shape{Type: schema.String}), g.ref(e.Value)
		return schema.Inline(schema.Shape{Type: schema.Map, Key: &key, Value: &value})
	}
	full := typeName(e)
	if s, ok := e.(*ast.SelectorExpr); ok {
		if id, ok := s.X.(*ast.Ident); ok && id.Name != "types" {
			full = id.Name + "." + full
		}
	}
	if values, ok := g.enums[full]; ok {
		return schema.Inline(schema.Shape{Name: full, Type: schema.String, Enum: schema.Is(slices.Compact(slices.Sorted(slices.Values(values))))})
	}
	if g.structs[full] != nil || g.unions[full] != nil {
		return schema.Named(full)
	}
	return schema.Inline(scalars[full])
}
