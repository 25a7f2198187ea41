package gosdk

import (
	"cmp"
	"go/ast"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// binding is the location and wire name of a field.
type binding struct {
	location schema.Location
	name     string
}

// memberBindings has the bindings of a structure's fields, or of a union's member types.
type memberBindings map[string]binding

// inputLocations has the methods of httpbinding.Encoder that bind a member of an input to a
// location.
var inputLocations = map[string]schema.Location{
	"SetURI": schema.LocationLabel, "SetQuery": schema.LocationQuery, "AddQuery": schema.LocationQuery,
	"SetHeader": schema.LocationHeader, "AddHeader": schema.LocationHeader, "Headers": schema.LocationHeaders,
}

// membersOf returns the bindings of a structure or union, from the functions that read it and then
// from those that write it.
func (g *reader) membersOf(name string) memberBindings {
	if known, ok := g.members[name]; ok {
		return known
	}
	all := memberBindings{}
	g.members[name] = all
	for _, form := range []string{"_deserializeOpDocument", "_deserializeDocument"} {
		if fn := g.functions[g.protocol+form+name]; fn != nil {
			all.readCases(fn)
		}
	}
	for _, form := range []string{"_serializeOpDocument", "_serializeDocument"} {
		if fn := g.functions[g.protocol+form+name]; fn != nil {
			all.writtenKeys(fn)
		}
	}
	if fn := g.functions[g.protocol+"_serializeOpHttpBindings"+name]; fn != nil {
		all.bound(fn, inputLocations)
	}
	if fn := g.functions[g.protocol+"_deserializeOpHttpBindings"+name]; fn != nil {
		all.bound(fn, map[string]schema.Location{"Values": schema.LocationHeader})
	}
	return all
}

func (m memberBindings) learn(field string, location schema.Location, name string) {
	if _, known := m[field]; !known && field != "" {
		m[field] = binding{location, name}
	}
}

// readCases reads the switch of a deserializer over the names of members.
func (m memberBindings) readCases(fn *ast.FuncDecl) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CaseClause)
		if !ok || len(c.List) == 0 {
			return true
		}
		name, ok := stringLiteral(c.List[0])
		if !ok {
			return true
		}
		field := ""
		for _, s := range c.Body {
			field = cmp.Or(field, firstField(s, "sv"), composite(s))
		}
		m.learn(field, "body", name)
		return false
	})
}

// writtenKeys reads the keys that a serializer writes: object.Key("name") in the same statement as
// the field, or in the case of a union's type.
func (m memberBindings) writtenKeys(fn *ast.FuncDecl) {
	var statements []ast.Stmt
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSwitchStmt:
			for _, s := range n.Body.List {
				if c := s.(*ast.CaseClause); len(c.List) == 1 {
					m.learn(typeName(c.List[0]), "body", firstKey(c))
				}
			}
			return false
		case *ast.BlockStmt:
			if n == fn.Body {
				statements = n.List
			}
		}
		return true
	})
	for _, s := range statements {
		if key := firstKey(s); key != "" {
			m.learn(firstField(s, "v"), "body", key)
		}
	}
}

func firstKey(n ast.Node) (key string) {
	eachCall(n, func(name string, call *ast.CallExpr) {
		if name == "Key" && key == "" && len(call.Args) == 1 {
			key, _ = stringLiteral(call.Args[0])
		}
	})
	return key
}

// bound reads the bindings outside of the body, statement by statement.
func (m memberBindings) bound(fn *ast.FuncDecl, locations map[string]schema.Location) {
	for _, s := range fn.Body.List {
		var location schema.Location
		name := ""
		eachCall(s, func(method string, call *ast.CallExpr) {
			if locations[method] == "" || location != "" || len(call.Args) != 1 {
				return
			}
			location = locations[method]
			name, _ = stringLiteral(call.Args[0])
		})
		if name == "" { // locationName := "X-Name"
			ast.Inspect(s, func(n ast.Node) bool {
				if a, ok := n.(*ast.AssignStmt); ok && name == "" && len(a.Rhs) == 1 {
					name, _ = stringLiteral(a.Rhs[0])
				}
				return true
			})
		}
		if location == "" {
			if strings.Contains(selectors(s), "StatusCode") {
				m.learn(firstField(s, "v"), schema.LocationStatus, "")
			}
			continue
		}
		m[firstField(s, "v")] = binding{location, name}
	}
}

// selectors returns the names that are selected in a node.
func selectors(n ast.Node) string {
	var b strings.Builder
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			b.WriteString(s.Sel.Name + " ")
		}
		return true
	})
	return b.String()
}

// firstField returns the first field of a variable in a node.
func firstField(n ast.Node, variable string) (field string) {
	ast.Inspect(n, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok || field != "" {
			return field == ""
		}
		if id, ok := s.X.(*ast.Ident); ok && id.Name == variable && ast.IsExported(s.Sel.Name) {
			field = s.Sel.Name
		}
		return true
	})
	return field
}

// composite returns the type of the literal that is assigned to a union.
func composite(n ast.Node) (name string) {
	a, ok := n.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 {
		return ""
	}
	if id, ok := a.Lhs[0].(*ast.Ident); !ok || id.Name != "uv" {
		return ""
	}
	ast.Inspect(a, func(n ast.Node) bool {
		if l, ok := n.(*ast.CompositeLit); ok && name == "" {
			name = typeName(l.Type)
		}
		return true
	})
	return name
}

// typeName returns the last name of a type.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// protocols has the protocols of contracts by the prefix of functions.
var protocols = map[string]string{"awsRestjson1": "restJson1", "awsAwsjson10": "awsJson1_0", "awsAwsjson11": "awsJson1_1"}

// route reads the method, URI and target of an operation's requests.
func (g *reader) route(c *schema.Contract) {
	fn := g.functions[g.protocol+"_serializeOp"+c.Operation]
	if fn == nil {
		return
	}
	set := func(to *schema.Known[string], e ast.Expr) {
		if text, ok := stringLiteral(e); ok {
			*to = schema.Is(text)
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			switch left := n.Lhs[0].(type) {
			case *ast.SelectorExpr:
				if left.Sel.Name == "Method" {
					set(&c.Method, n.Rhs[0])
				}
			case *ast.Ident:
				if left.Name == "operationPath" {
					set(&c.URI, n.Rhs[0])
				}
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || len(n.Args) != 1 {
				break
			}
			if f.Sel.Name == "SplitURI" {
				set(&c.URI, n.Args[0])
			}
			if of, ok := f.X.(*ast.CallExpr); ok && f.Sel.Name == "String" && len(of.Args) == 1 {
				if header, _ := stringLiteral(of.Args[0]); header == "X-Amz-Target" {
					set(&c.Target, n.Args[0])
				}
			}
		}
		return true
	})
}
