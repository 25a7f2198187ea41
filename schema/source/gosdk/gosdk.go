package gosdk

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// maxSource limits the source of a client, in bytes. The largest one, of EC2, has 30 MB.
const maxSource = 64 << 20

// Is reports whether a folder is the source of a client of the AWS SDK for
// Go v2, such as the module github.com/aws/aws-sdk-go-v2/service/cleanrooms.
func Is(folder fs.FS) bool {
	for _, name := range []string{"api_client.go", "types/types.go"} {
		if info, err := fs.Stat(folder, name); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// broken returns the error for a file of the client. A line of 0 is unknown.
func broken(file string, line, column int, problem string) error {
	return &schema.DocumentError{File: file, Line: line, Column: column, Problem: problem, Remedy: remedy}
}

const remedy = "Use the folder of a client's module as it was released, such as service/cleanrooms@v1.45.2."

// Read reads the source of a client of the AWS SDK for Go v2 into contracts for all its operations,
// sorted by name. See the package comment. The contracts share their shapes. The error is a
// [*schema.DocumentError], or that of the folder.
func Read(folder fs.FS) ([]*schema.Contract, error) {
	g := reader{
		functions: map[string]*ast.FuncDecl{}, structs: map[string]*ast.StructType{}, enums: map[string][]string{},
		unions: map[string][]string{}, faults: map[string]string{}, tokens: map[string]string{}, constants: map[string]string{}, members: map[string]memberBindings{},
		shapes: map[string]*schema.Shape{},
	}
	if err := g.parse(folder); err != nil {
		return nil, err
	}
	return g.contracts()
}

// reader collects the declarations of the source.
type reader struct {
	source []byte // all that was read, for the digest

	operations []string
	protocol   string // the prefix of functions: awsRestjson1, awsAwsjson11, …
	signing    string
	functions  map[string]*ast.FuncDecl // serializers and deserializers
	structs    map[string]*ast.StructType
	enums      map[string][]string // values by type
	unions     map[string][]string // member types by interface
	faults     map[string]string   // of errors
	tokens     map[string]string   // idempotency tokens by input
	constants  map[string]string
	members    map[string]memberBindings
	shapes     map[string]*schema.Shape
}

// fileReaders says which declarations to read from which files. The first pattern that matches
// wins.
var fileReaders = []struct {
	pattern string
	read    func(*reader, *ast.File)
}{
	{"*_test.go", nil},
	{"api_client.go", (*reader).readConstants},
	{"go_module_metadata.go", (*reader).readConstants},
	{"auth.go", (*reader).readSigning},
	{"api_op_*.go", (*reader).readOperation},
	{"serializers.go", (*reader).readFunctions},
	{"deserializers.go", (*reader).readFunctions},
	{"types/*_test.go", nil},
	{"types/*.go", (*reader).readTypes},
}

func (g *reader) parse(folder fs.FS) error {
	files := token.NewFileSet()
	return fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && name != "types":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		i := slices.IndexFunc(fileReaders, func(f struct {
			pattern string
			read    func(*reader, *ast.File)
		}) bool {
			ok, _ := path.Match(f.pattern, name)
			return ok
		})
		if i < 0 || fileReaders[i].read == nil {
			return nil
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		if g.source = append(g.source, text...); len(g.source) > maxSource {
			return broken(name, 0, 0, fmt.Sprintf("the source is larger than %d MiB", maxSource>>20))
		}
		parsed, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if list := (scanner.ErrorList)(nil); errors.As(err, &list) && len(list) > 0 {
			at := list[0].Pos
			return broken(name, at.Line, at.Column, "invalid Go: "+list[0].Msg)
		} else if err != nil {
			return broken(name, 0, 0, err.Error())
		}
		fileReaders[i].read(g, parsed)
		return nil
	})
}

// readConstants reads untyped string constants: ServiceID, goModuleVersion.
func (g *reader) readConstants(f *ast.File) {
	eachValue(f, func(name *ast.Ident, _ ast.Expr, value ast.Expr) {
		if text, ok := stringLiteral(value); ok {
			g.constants[name.Name] = text
		}
	})
}

// eachValue visits the constants of a file that are declared with one name and one value.
func eachValue(f *ast.File, visit func(name *ast.Ident, kind, value ast.Expr)) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			if v := s.(*ast.ValueSpec); len(v.Names) == 1 && len(v.Values) == 1 {
				visit(v.Names[0], v.Type, v.Values[0])
			}
		}
	}
}

// stringLiteral returns the value of a string literal.
func stringLiteral(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

func (g *reader) readSigning(f *ast.File) {
	eachCall(f, func(name string, call *ast.CallExpr) {
		if name == "SetSigV4SigningName" && len(call.Args) == 2 {
			if text, ok := stringLiteral(call.Args[1]); ok {
				g.signing = text
			}
		}
	})
}

// eachCall visits the calls in a node, with the last name of the function.
func eachCall(n ast.Node, visit func(name string, call *ast.CallExpr)) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				visit(f.Sel.Name, call)
			case *ast.Ident:
				visit(f.Name, call)
			}
		}
		return true
	})
}

// readOperation reads the input and output of an operation, which has the name of the client's
// method.
func (g *reader) readOperation(f *ast.File) {
	g.readTypes(f)
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || !ast.IsExported(fn.Name.Name) {
			continue
		}
		if of, ok := strings.CutPrefix(receiver(fn), "idempotencyToken_initializeOp"); ok && fn.Body != nil {
			g.tokens[of+"Input"] = cmp.Or(assigned(fn.Body, "input"), g.tokens[of+"Input"])
		}
		if g.structs[fn.Name.Name+"Input"] != nil && receiver(fn) == "Client" {
			g.operations = append(g.operations, fn.Name.Name)
		}
	}
}

// assigned returns the field of a variable that a function assigns first, or "".
func assigned(body *ast.BlockStmt, variable string) (field string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && field == "" {
			if to, ok := a.Lhs[0].(*ast.SelectorExpr); ok {
				if of, ok := to.X.(*ast.Ident); ok && of.Name == variable {
					field = to.Sel.Name
				}
			}
		}
		return true
	})
	return field
}

// receiver returns the receiver type of a method.
func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// readFunctions reads serializers and deserializers. A method has the name of its receiver type.
func (g *reader) readFunctions(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		name := fn.Name.Name
		if fn.Recv != nil {
			if name != "HandleSerialize" {
				continue
			}
			name = receiver(fn)
		}
		g.functions[name] = fn
		if prefix, _, ok := strings.Cut(name, "_serializeOp"); ok {
			g.protocol = prefix
		}
	}
}

// readTypes reads structures, enums, unions and errors.
func (g *reader) readTypes(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok && t.Name.IsExported() {
					g.readType(t)
				}
			}
		case *ast.FuncDecl:
			if d.Recv == nil {
				continue
			}
			if of, ok := strings.CutPrefix(d.Name.Name, "is"); ok && ast.IsExported(of) {
				g.unions[of] = append(g.unions[of], receiver(d))
			}
			if d.Name.Name == "ErrorFault" {
				ast.Inspect(d.Body, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok {
						g.faults[receiver(d)] = strings.ToLower(strings.TrimPrefix(s.Sel.Name, "Fault"))
					}
					return true
				})
			}
		}
	}
	eachValue(f, func(_ *ast.Ident, kind, value ast.Expr) {
		of, ok := kind.(*ast.Ident)
		if text, isText := stringLiteral(value); ok && isText {
			g.enums[of.Name] = append(g.enums[of.Name], text)
		}
	})
}

func (g *reader) readType(t *ast.TypeSpec) {
	switch of := t.Type.(type) {
	case *ast.StructType:
		g.structs[t.Name.Name] = of
	case *ast.Ident:
		if of.Name == "string" && g.enums[t.Name.Name] == nil {
			g.enums[t.Name.Name] = []string{}
		}
	}
}
