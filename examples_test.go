package crcheck_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestExamples checks that docs/api.md names every public package, and that a runnable Example of
// the package uses each entry point that the page says to begin with.
func TestExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "api.md"))
	require.NoError(t, err)
	quoted := regexp.MustCompile("`([^`]+)`")
	entries := map[string][]string{} // by package
	for _, row := range regexp.MustCompile(`(?m)^\| (.+?) \| .+ \| (.+) \|$`).FindAllStringSubmatch(string(page), -1) {
		for _, room := range quoted.FindAllStringSubmatch(row[1], -1) {
			for _, name := range quoted.FindAllStringSubmatch(row[2], -1) {
				entries[room[1]] = append(entries[room[1]], name[1])
			}
		}
	}
	for _, p := range publicPackages(t) {
		if len(p.exported()) == 0 {
			continue
		}
		t.Run(p.room, func(t *testing.T) {
			require.NotEmpty(t, entries[p.room], "docs/api.md names no entry point of the package")
			used := usedInExamples(t, p.room)
			for _, name := range entries[p.room] {
				require.Contains(t, p.exported(), name, "docs/api.md names an entry point that does not exist")
				require.True(t, used[name], "no Example uses %s", name)
			}
		})
	}
}

// exported returns the names of the package's exported functions and types.
func (p *publicPackage) exported() map[string]bool {
	names := map[string]bool{}
	for _, file := range p.parsed {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() {
						names[s.Name.Name] = true
					}
				}
			}
		}
	}
	return names
}

// usedInExamples returns the identifiers in the bodies of a package's Examples.
func usedInExamples(t *testing.T, room string) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(room, "*_test.go"))
	require.NoError(t, err)
	used := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			example, ok := d.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(example.Name.Name, "Example") {
				continue
			}
			ast.Inspect(example.Body, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					used[name.Name] = true
				}
				return true
			})
		}
	}
	return used
}
