package crcheck_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite docs/api.txt")

// maxTypes bounds what a user of the libraries has to learn. Before a type is exported another
// one becomes unexported, moves to internal/ or is merged.
const maxTypes = 118

// TestAPI compares what the public packages export with docs/api.txt, so that no change of it
// goes unnoticed.
func TestAPI(t *testing.T) {
	var text strings.Builder
	total := 0
	for _, p := range publicPackages(t) {
		types, api := p.render(t)
		total += types
		if api != "" {
			fmt.Fprintf(&text, "\n== %s: %d types\n\n%s", p.room, types, api)
		}
	}
	got := fmt.Sprintf("The exported declarations of the public packages: %d types, at most %d.\nWritten by: go test . -run TestAPI -update\n", total, maxTypes) + text.String()
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("docs", "api.txt"), []byte(got), 0o644))
	}
	want, err := os.ReadFile(filepath.Join("docs", "api.txt"))
	require.NoError(t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the public API is not what docs/api.txt records (- recorded, + now). "+
			"If the change is meant, run `go test . -run TestAPI -update`, "+
			"and add a line to the changes of the release if it breaks a stable package (docs/api.md):\n%s", diff)
	}
	if total > maxTypes {
		t.Errorf("the public packages export %d types, at most %d are allowed: unexport one, move it to internal/ or merge it with another", total, maxTypes)
	}
}

// TestAPINamesNothingHidden holds that a user can name every type of every exported declaration.
func TestAPINamesNothingHidden(t *testing.T) {
	for _, p := range publicPackages(t) {
		t.Run(p.room, func(t *testing.T) {
			for _, hidden := range p.hidden() {
				t.Errorf("%s: export the type, or keep it out of the declaration", hidden)
			}
		})
	}
}

func TestHidden(t *testing.T) {
	const text = `package p
import (
	"io"
	inner "` + module + `/internal/thing"
)
type secret struct{}
type Open struct{ A inner.T; b inner.T; io.Reader }
type List[T any] []T
var Value = inner.T{}
const Bound = inner.Bound
func (o Open) Method(s secret) {}
func (s secret) Method(s secret) {}
func Generic[K comparable](l List[K], w io.Writer) (err error) { return nil }
func Deep() map[string][]*inner.T { return nil }
func quiet(s secret) {}
`
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", text, 0)
	require.NoError(t, err)
	p := &publicPackage{room: "p", files: files, parsed: []*ast.File{file}}
	require.Equal(t, []string{
		"Value names inner.T of internal/thing",
		"Deep names inner.T of internal/thing",
		"Open names inner.T of internal/thing",
		"Open.Method names the unexported secret",
	}, p.hidden())
}

// publicPackage is a package that users of the libraries may import.
type publicPackage struct {
	room   string
	files  *token.FileSet
	parsed []*ast.File
}

// publicPackages parses every package that is not a program, an example, internal or a generator.
func publicPackages(t *testing.T) []*publicPackage {
	t.Helper()
	var public []*publicPackage
	for _, l := range list(t, ".", "./...") {
		room, ok := strings.CutPrefix(l.ImportPath, module+"/")
		folders := strings.Split(room, "/")
		if !ok || l.Name == "main" || folders[0] == "cmd" || folders[0] == "examples" || slices.Contains(folders, "internal") || slices.Contains(folders, "generate") {
			continue
		}
		p := &publicPackage{room: room, files: token.NewFileSet()}
		for _, name := range l.GoFiles {
			file, err := parser.ParseFile(p.files, filepath.Join(l.Dir, name), nil, 0)
			require.NoError(t, err)
			p.parsed = append(p.parsed, file)
		}
		public = append(public, p)
	}
	return public
}

// declarations returns what the package exports, as go doc orders it.
func (p *publicPackage) declarations() (declared []ast.Decl, types int) {
	// NewFromFiles cuts the tree down to what is exported, so hidden comes before render.
	d, err := doc.NewFromFiles(p.files, p.parsed, module+"/"+p.room)
	if err != nil {
		panic(err) // the files are of one package, and none is a test
	}
	values := func(of []*doc.Value) {
		for _, v := range of {
			declared = append(declared, v.Decl)
		}
	}
	funcs := func(of []*doc.Func) {
		for _, f := range of {
			declared = append(declared, f.Decl)
		}
	}
	values(d.Consts)
	values(d.Vars)
	funcs(d.Funcs)
	for _, t := range d.Types {
		declared = append(declared, t.Decl)
		values(t.Consts)
		values(t.Vars)
		funcs(t.Funcs)
		funcs(t.Methods)
	}
	return declared, len(d.Types)
}

// render writes the exported declarations without comments, bodies and the values of variables.
func (p *publicPackage) render(t *testing.T) (types int, text string) {
	t.Helper()
	declared, types := p.declarations()
	var out bytes.Buffer
	for _, d := range declared {
		switch d := d.(type) {
		case *ast.FuncDecl:
			d.Body = nil
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					v.Values = nil
				}
			}
		}
		require.NoError(t, format.Node(&out, p.files, d))
		out.WriteString("\n")
	}
	return types, out.String()
}

// hidden lists the types in exported declarations that a user cannot name: those of internal
// packages, and unexported ones.
func (p *publicPackage) hidden() (found []string) {
	internal, unexported := map[string]string{}, map[string]bool{}
	for _, file := range p.parsed {
		for _, i := range file.Imports {
			at, _ := strconv.Unquote(i.Path.Value)
			if below, ours := strings.CutPrefix(at, module+"/"); ours && slices.Contains(strings.Split(below, "/"), "internal") {
				name := path.Base(at)
				if i.Name != nil {
					name = i.Name.Name
				}
				internal[name] = below
			}
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, s := range g.Specs {
					if name := s.(*ast.TypeSpec).Name; !name.IsExported() {
						unexported[name.Name] = true
					}
				}
			}
		}
	}
	look := func(name string, node ast.Node) {
		ast.Inspect(node, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field: // a name of a field or parameter is not a type
				ast.Inspect(n.Type, func(n ast.Node) bool { return p.hiddenType(n, name, internal, unexported, &found) })
				return false
			default:
				return p.hiddenType(n, name, internal, unexported, &found)
			}
		})
	}
	declared, _ := p.declarations()
	for _, d := range declared {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			look(name, d.Type)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					look(s.Name.Name, s.Type)
				case *ast.ValueSpec:
					if s.Type != nil {
						look(s.Names[0].Name, s.Type)
					} else if d.Tok == token.VAR { // the type is that of the values
						for _, v := range s.Values {
							look(s.Names[0].Name, v)
						}
					}
				}
			}
		}
	}
	return found
}

func (p *publicPackage) hiddenType(n ast.Node, in string, internal map[string]string, unexported map[string]bool, found *[]string) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && internal[x.Name] != "" {
			*found = append(*found, fmt.Sprintf("%s names %s.%s of %s", in, x.Name, n.Sel.Name, internal[x.Name]))
		}
		return false
	case *ast.Ident:
		if unexported[n.Name] {
			*found = append(*found, fmt.Sprintf("%s names the unexported %s", in, n.Name))
		}
	}
	return true
}

func receiver(t ast.Expr) string {
	for {
		switch e := t.(type) {
		case *ast.StarExpr:
			t = e.X
		case *ast.IndexExpr:
			t = e.X
		case *ast.Ident:
			return e.Name
		default:
			return "?"
		}
	}
}
