package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code    = regexp.MustCompile("(?ms)^ *```.*?^ *```|``.+?``|`[^`]*`")
	heading = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks checks that the links between the pages of the repository lead to files that exist and to
// headings that GitHub makes anchors of. .ci/site does the same for the site.
func TestLinks(t *testing.T) {
	pages := map[string]string{}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || path != ".." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		pages[filepath.ToSlash(path)] = strings.ReplaceAll(string(text), "\r\n", "\n")
		return err
	}))
	require.Greater(t, len(pages), 20)
	for path, text := range pages {
		t.Run(strings.TrimPrefix(path, "../"), func(t *testing.T) {
			for _, l := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
				if problem := broken(pages, path, l[1]); problem != "" {
					t.Errorf("%s: %s", l[1], problem)
				}
			}
		})
	}
}

// broken says what is wrong with a link of a page.
func broken(pages map[string]string, from, to string) string {
	if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return ""
	}
	path, anchor, _ := strings.Cut(to, "#")
	target := from
	if path != "" {
		target = filepath.ToSlash(filepath.Join(filepath.Dir(from), path))
	}
	if _, err := os.Stat(target); err != nil || !strings.HasPrefix(target, "../") || strings.HasPrefix(target, "../../") {
		return "the repository does not have this file"
	}
	if anchor == "" {
		return ""
	}
	text, ok := pages[target]
	if !ok {
		return "only a page has anchors"
	}
	for _, h := range heading.FindAllStringSubmatch(regexp.MustCompile("(?ms)^ *```.*?^ *```").ReplaceAllString(text, ""), -1) {
		if anchorOf(h[1]) == anchor {
			return ""
		}
	}
	return "the page does not have this heading"
}

// anchorOf returns the anchor of a heading on GitHub, and on the site.
func anchorOf(heading string) string {
	heading = link.ReplaceAllString(heading, "]")
	return strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// TestBroken checks that each kind of broken link is found.
func TestBroken(t *testing.T) {
	pages := map[string]string{"../README.md": "# crcheck\n\n## In Go tests\n", "../docs/api.md": "# Links\n\n### `crcheck a`: [b](c), d\n\n```\n# Not a heading\n```\n"}
	for _, row := range []struct{ name, link, want string }{
		{"another site", "https://example.com/a#b", ""},
		{"a file", "links_test.go", ""},
		{"a folder", "../finding", ""},
		{"a missing file", "missing.md", "the repository does not have this file"},
		{"outside", "../../README.md", "the repository does not have this file"},
		{"a heading", "#crcheck-a-b-d", ""},
		{"a heading of another page", "../README.md#in-go-tests", ""},
		{"a missing heading", "../README.md#missing", "the page does not have this heading"},
		{"a comment in code", "#not-a-heading", "the page does not have this heading"},
		{"a line of code", "links_test.go#L1", "only a page has anchors"},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.Equal(t, row.want, broken(pages, "../docs/api.md", row.link))
		})
	}
}
