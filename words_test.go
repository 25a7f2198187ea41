package crcheck_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// words are phrases that read as translated, and what to write instead.
var words = []struct{ not, but string }{
	{`\bstands where\b.*\bis due\b`, "got X, want Y"},
	{`\bstands? twice\b`, "appears twice, duplicate"},
	{`\bgoes here\b`, "expected a …"},
	{`\bkeeps? to the (contract|suite)\b|\bdoes not keep to\b`, "conforms to"},
	{`\bnone of this operation's\b`, "unexpected"},
	{`\bof no kind of\b`, "not …"},
	{`\bsettles it\b`, "decides, overrides"},
	{`\bin vain\b`, "without success, no longer matches"},
	{`\banew\b`, "again, new"},
	{`\b(is|are) held against\b`, "is validated against"},
	{`\b[mM]end(s|ed|ing)?\b`, "fix"},
	{`\bknown-failing\b`, "expected failure"},
	{`\b[nN]ear-?[mM]iss(es)?\b`, "invalid variant"},
	{`\b(comings|unveiled|gambler|fuller|milage)\b`, "a name of the field"},
	{`Verb\b|\bverbs\b`, "command"},
	{`--projection\b`, "--encoding"},
	{`\b(is|are|be|not) judged\b`, "is checked"},
}

// shownWords are phrases that no user may see. Comments of tests and internals may still have them.
var shownWords = []struct{ not, but string }{
	{`\bstands (in|at|where|there|before|after|between|on|under)\b`, "is, appears"},
	{`\b(is|are) due(\.|$| after a comma)`, "want"},
	{`\bholds? against\b`, "validate against"},
	{`(^|[^":])\b[wW]itness(es)?\b`, "breaking payload"},
	{`([^e]|[^r]e|[^e]re) is no ([a-km-z]|l[^o])`, "is not a"},
}

// TestWords checks that nobody writes the phrases again, in code, comments, documentation, cases or
// scripts.
func TestWords(t *testing.T) {
	requireWords(t, words, written(t))
}

// TestShownWords checks what users see: the strings of the program, the documentation, the cases and
// what scripts expect.
func TestShownWords(t *testing.T) {
	shown := written(t)
	for path, text := range shown {
		switch {
		case strings.HasSuffix(path, "_test.go"):
			delete(shown, path)
		case strings.HasSuffix(path, ".go"):
			shown[path] = literals(t, path, text)
		}
	}
	requireWords(t, shownWords, shown)
}

// written returns the texts that people write, by path.
func written(t *testing.T) map[string]string {
	texts := map[string]string{}
	kinds := []string{".go", ".md", ".yaml", ".yml", ".py", ".js", ".mjs", ".cjs", ".java", ".rs", ".txtar", ".toml"}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" && path != filepath.Join("cmd", "crcheck", "testdata") || d.Name() == "node_modules" || path != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path == "words_test.go" || !slices.Contains(kinds, filepath.Ext(path)):
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	}))
	require.NotEmpty(t, texts)
	return texts
}

// literals returns the string literals of a Go file, each on the line where it begins.
func literals(t *testing.T, path, text string) string {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	require.NoError(t, err)
	lines := make([]string, strings.Count(text, "\n")+1)
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			lines[files.Position(l.Pos()).Line-1] += strings.ReplaceAll(l.Value, "\n", " ") + " "
		}
		return true
	})
	return strings.Join(lines, "\n")
}

func requireWords(t *testing.T, words []struct{ not, but string }, texts map[string]string) {
	for _, w := range words {
		t.Run(w.not, func(t *testing.T) {
			not := regexp.MustCompile(w.not)
			for path, text := range texts {
				if !not.MatchString(text) {
					continue
				}
				for i, line := range strings.Split(text, "\n") {
					if not.MatchString(line) {
						t.Errorf("%s:%d: write %q instead: %.200s", path, i+1, w.but, strings.TrimSpace(line))
					}
				}
			}
		})
	}
}
