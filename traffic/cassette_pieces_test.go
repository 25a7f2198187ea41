package traffic

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readBoth reads a cassette as a whole and item by item. It returns the number of items.
func readBoth(t *testing.T, text []byte) (whole, pieces []string, items int) {
	collect := func(to *[]string) func(*Interaction, error) bool {
		return func(x *Interaction, err error) bool {
			line := fmt.Sprint(err)
			if x != nil {
				line = fmt.Sprintf("%d %s %+v %+v %s %s %v %q %v %d %s %s", x.Index, x.Kind, x.Meta, x.Request.Header, x.Request.Method, x.Request.URL, err, x.Response.Body.Bytes, x.Response.Header, x.Response.Status, x.Response.StatusText, x.Response.Duration)
				for at := range x.Response.Body.Bytes {
					line += fmt.Sprint(x.Response.Body.Position(at))
				}
				line += fmt.Sprint(x.Request.Body.Position(0))
			}
			*to = append(*to, line)
			return true
		}
	}
	in := func() *input { return &input{name: "in", r: bufio.NewReader(bytes.NewReader(text))} }
	if c, err := in().loadCassette(cassetteText, text); err != nil {
		collect(&whole)(nil, err)
	} else {
		for i := range c.records {
			if !c.yield(i, collect(&whole)) {
				break
			}
		}
	}
	var only []string
	items, _ = in().readPieces(text, collect(&only))
	in().readCassette(cassetteText, collect(&pieces))
	return whole, pieces, items
}

// item is an interaction, to be indented.
const item = "request: {method: GET, url: /}\nresponse:\n  body: |-\n    é\n    two\n  code: 200\n"

func listed(indent int, items ...string) string {
	text := ""
	for _, i := range items {
		pad := strings.Repeat(" ", indent)
		text += pad + "- " + strings.ReplaceAll(strings.TrimSuffix(i, "\n"), "\n", "\n"+pad+"  ") + "\n"
	}
	return text
}

// TestPieces reads cassettes item by item as they are read as a whole. items is the number of
// interactions up to which that is possible.
func TestPieces(t *testing.T) {
	two := listed(4, item, item)
	for _, tc := range []struct {
		name, text string
		items      int
	}{
		{"as go-vcr writes it", "---\nversion: 1\ninteractions:\n" + two, 2},
		{"without indentation", "version: 2\ninteractions:\n" + listed(0, item, item), 2},
		{"as vcrpy writes it", "interactions:\n" + strings.ReplaceAll(listed(0, item, item), "url:", "uri:") + "version: 1\n", 2},
		{"metadata at the end", "version: 1\ninteractions:\n" + two + "crcheck:\n  contract: c\n  pseudonyms: [a]\n", 2},
		{"CRLF", strings.ReplaceAll("version: 1\ninteractions:\n"+two, "\n", "\r\n"), 2},
		{"byte order mark", "\ufeffversion: 1\ninteractions:\n" + two, 2},
		{"no final line break", strings.TrimSuffix("version: 1\ninteractions:\n"+two, "\n"), 2},
		{"LS and NEL in a text", "version: 1\ninteractions:\n" + listed(4, strings.ReplaceAll(item, "url: /", "url: \"/\u2028 \u0085 b\""), item), 2},
		{"a value of the wrong type", "version: 1\ninteractions:\n" + listed(4, item, strings.ReplaceAll(item, "{method", "[{method}] # "), item), 3},
		{"a null", "version: 1\ninteractions:\n" + listed(4, item, "~", item), 3},
		{"a dash in a block", "version: 1\ninteractions:\n" + listed(4, strings.ReplaceAll(item, "two", "- two"), item), 2},
		{"a dash in a quoted text", "version: 1\ninteractions:\n" + listed(4, item) + "    - request: {method: GET, url: \"/\n    - x\"}\n      response: {code: 200}\n" + two, 1},
		{"the end of the list in a quoted text", "version: 1\ninteractions:\n" + listed(4, item) + "    - request: {method: GET, url: \"/\ncrcheck: \"}\n      response: {code: 200}\n", 0},
		{"an alias of another item", "version: 1\ninteractions:\n" + listed(4, item, strings.ReplaceAll(item, "GET", "&a GET"), strings.ReplaceAll(item, "GET", "*a")), 1},
		{"an item in a quoted text above", "a: \"\ninteractions:\n" + two + "\"\nversion: 1\ninteractions:\n" + two, 0},
		{"no version", "interactions:\n" + two, 0},
		{"two lists", "version: 1\ninteractions:\n" + two + "interactions:\n" + two, 0},
		{"a directive", "%YAML 1.1\n---\nversion: 1\ninteractions:\n" + two, 0},
		{"a second document", "version: 1\ninteractions:\n" + two + "---\na: b\n", 0},
		{"a document after CR", "version: 1\ninteractions:\n" + listed(0, item) + "- a: b\r---\r- x\n" + listed(0, item), 1},
		{"a comment between items", "version: 1\ninteractions:\n" + listed(0, item) + "# two\n" + listed(0, item), 0},
		{"flow", "version: 1\ninteractions: [" + "{request: {method: GET, url: /}, response: {code: 200}}]", 0},
		{"no items", "version: 1\ninteractions:\n", 0},
		{"a key twice", "version: 1\ninteractions:\n" + listed(4, item, item+item, item), 3},
		{"cut off", "version: 1\ninteractions:\n" + two + "    - request: {method", 2},
		{"nothing after the dash", "version: 1\ninteractions:\n    -\n", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			whole, pieces, items := readBoth(t, []byte(tc.text))
			require.Equal(t, tc.items, items)
			requireSame(t, whole, pieces, items)
		})
	}
}

// requireSame checks that both readings agree. If the cassette is broken, items before the fault may
// come first.
func requireSame(t *testing.T, whole, pieces []string, items int) {
	if len(whole) == 1 && len(pieces) == items+1 {
		pieces = pieces[items:]
	}
	require.Equal(t, whole, pieces)
}

func TestPiecesOfFiles(t *testing.T) {
	files, err := filepath.Glob("../*/testdata/*/*.yaml")
	require.NoError(t, err)
	more, err := filepath.Glob("../*/testdata/*.yaml")
	require.NoError(t, err)
	some := 0
	for _, f := range append(files, more...) {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		whole, pieces, items := readBoth(t, text)
		requireSame(t, whole, pieces, items)
		some += items
	}
	require.Greater(t, some, 10)
}

func FuzzPieces(f *testing.F) {
	for _, indent := range []int{0, 4} {
		f.Add([]byte("version: 1\ninteractions:\n" + listed(indent, item, item) + "crcheck:\n  contract: c\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, pieces, items := readBoth(t, text)
		if c := cut(text); c == nil || bytes.Count(text, []byte("\n")) > 200 {
			return
		}
		requireSame(t, whole, pieces, items)
	})
}
