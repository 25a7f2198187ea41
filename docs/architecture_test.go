package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// function matches what the page calls a function: `package.Function` or `package.Type.Method`.
var function = regexp.MustCompile("`([a-z]+(?:\\.[A-Z][A-Za-z]*){1,2})`")

// TestArchitecture checks that the functions on the paths of the page exist.
func TestArchitecture(t *testing.T) {
	page, err := os.ReadFile("architecture.md")
	require.NoError(t, err)
	declared := functions(t, "..")
	found := function.FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, found)
	for _, name := range found {
		t.Run(name[1], func(t *testing.T) { require.Contains(t, declared, name[1]) })
	}
}

// functions returns the functions and methods of the module, by package and type.
func functions(t *testing.T, root string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "testdata") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := file.Name.Name + "."
			if f.Recv != nil {
				receiver := f.Recv.List[0].Type
				if star, ok := receiver.(*ast.StarExpr); ok {
					receiver = star.X
				}
				if of, ok := receiver.(*ast.Ident); ok {
					name += of.Name + "."
				}
			}
			all[name+f.Name.Name] = true
		}
		return nil
	}))
	return all
}
