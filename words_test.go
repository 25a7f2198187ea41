package crcheck_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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

// TestWords checks that nobody writes the phrases again, in code, comments or documentation.
func TestWords(t *testing.T) {
	texts := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || path != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path == "words_test.go" || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".md"):
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	}))
	require.NotEmpty(t, texts)
	for _, w := range words {
		t.Run(w.not, func(t *testing.T) {
			not := regexp.MustCompile(w.not)
			for path, text := range texts {
				if !not.MatchString(text) {
					continue
				}
				for i, line := range strings.Split(text, "\n") {
					if not.MatchString(line) {
						t.Errorf("%s:%d: write %q instead: %s", path, i+1, w.but, strings.TrimSpace(line))
					}
				}
			}
		})
	}
}
