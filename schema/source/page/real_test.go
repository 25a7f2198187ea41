package page_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// tree is a shape tree of the reference material: what botocore's model says of
// the response. Its members are printed in order.
type tree struct {
	Type    string          `json:"t"`
	Members json.RawMessage `json:"m"`
	Value   *tree           `json:"v"`
	Enum    []string        `json:"enum"`
	Union   int             `json:"u"`
	Stream  int             `json:"e"`
}

type goldenTree struct {
	Page string `json:"page"`
	Op   string `json:"op"`
	Tree *tree  `json:"tree"`
}

func goldenTrees(t testing.TB) []goldenTree {
	t.Helper()
	var trees []goldenTree
	for text := range bytes.Lines(sourcetest.SharedFile(t, "data/golden-trees.jsonl")) {
		var g goldenTree
		require.NoError(t, json.Unmarshal(text, &g))
		trees = append(trees, g)
	}
	return trees
}

// print writes a tree as lines of pointer and facts.
func (g *tree) print(t testing.TB, pointer string, w *strings.Builder) {
	facts := g.Type
	switch {
	case g.Enum != nil && !slices.Equal(g.Enum, []string{"string"}):
		facts += fmt.Sprintf(" %q", g.Enum)
	case g.Union == 1:
		facts += " union"
	case g.Stream == 1:
		facts += " events"
	}
	fmt.Fprintln(w, pointer, facts)
	if g.Value != nil {
		g.Value.print(t, pointer+"/*", w)
	}
	if g.Members == nil {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(g.Members))
	_, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		name, err := decoder.Token()
		require.NoError(t, err)
		var below tree
		require.NoError(t, decoder.Decode(&below))
		below.print(t, pointer+"/"+name.(string), w)
	}
}

// printer writes a contract as [tree.print] writes a tree. Where the page is
// silent on unions it takes the answer from the tree, and notes the place.
type printer struct {
	c      *schema.Contract
	want   string // the tree's print
	silent []string
	strings.Builder
}

var words = map[schema.Type]string{
	schema.Structure: "struct", schema.List: "list", schema.Map: "map", schema.String: "string",
	schema.Integer: "integer", schema.Float: "float", schema.Boolean: "boolean", schema.Timestamp: "datetime",
	schema.Blob: "bytes", schema.Document: "document", schema.Unstated: "recursive",
}

func (p *printer) print(ref schema.Ref, pointer string, above []string) {
	s := p.c.Resolve(ref)
	facts := words[s.Type]
	if slices.Contains(above, ref.Name) {
		facts, s = "recursive", &schema.Shape{}
	}
	union, stated := s.Union.Get()
	if s.Type == schema.Structure && !stated && !s.EventStream.Or(false) {
		if union = strings.Contains("\n"+p.want, "\n"+pointer+" struct union\n"); union {
			p.silent = append(p.silent, pointer)
		}
	}
	switch {
	case s.Streaming.Or(false):
		facts = "stream"
	case len(s.Enum.Or(nil)) > 0:
		facts += fmt.Sprintf(" %q", s.Enum.Or(nil))
	case union:
		facts += " union"
	case s.EventStream.Or(false):
		facts += " events"
	}
	fmt.Fprintln(p, pointer, facts)
	if ref.Name != "" {
		above = append(slices.Clone(above), ref.Name)
	}
	for _, below := range []*schema.Ref{s.Element, s.Value} {
		if below != nil {
			p.print(*below, pointer+"/*", above)
		}
	}
	for _, m := range s.Members {
		p.print(m.Shape, pointer+"/"+m.Name, above)
	}
}

// TestPageAgainstModels compares every page of the reference material with what
// the models say, member by member.
func TestPageAgainstModels(t *testing.T) {
	trees := goldenTrees(t)
	require.Len(t, trees, 193)
	var conflicts []string
	for _, g := range trees {
		c, findings, err := page.Read(sourcetest.SharedFile(t, "data/pages/"+g.Page), "1.43.67")
		require.NoError(t, err, g.Page)
		require.NoError(t, c.Check(), g.Page)
		require.Equal(t, g.Op, c.Operation)
		require.Equal(t, path.Dir(g.Page), c.Service)
		require.False(t, c.API.Silent(), g.Page)

		var want strings.Builder
		g.Tree.print(t, "", &want)
		got := &printer{c: c, want: want.String()}
		got.print(schema.Named(c.Output), "", nil)
		require.Equal(t, want.String(), got.String(), g.Page)
		if len(findings) == 0 {
			require.Empty(t, got.silent, "%s says nothing of unions that it could mark", g.Page)
		}
		for _, f := range findings {
			require.Equal(t, finding.SourceConflict, f.Rule)
			conflicts = append(conflicts, g.Page+"#"+f.Pointer)
		}
	}
	require.Equal(t, knownConflicts(t), conflicts)
}

// knownConflicts reads the list of conflicts that real pages have.
func knownConflicts(t *testing.T) []string {
	text, err := os.ReadFile("testdata/known-conflicts.txt")
	require.NoError(t, err)
	var known []string
	for entry := range strings.Lines(string(text)) {
		if entry = strings.TrimSpace(entry); entry != "" && !strings.HasPrefix(entry, "#") {
			known = append(known, entry)
		}
	}
	require.LessOrEqual(t, len(known), 5)
	return known
}

// TestPageEveryMethod reads the pages that have no golden tree too: those of
// operations without an answer, and those of methods that are no operations.
func TestPageEveryMethod(t *testing.T) {
	sourcetest.SharedFile(t, "data/golden-trees.jsonl")
	pages, err := filepath.Glob(sourcetest.Shared(t, "data/pages/*/*.rst"))
	require.NoError(t, err)
	require.Len(t, pages, 232)
	noOperation := []string{"can_paginate", "close", "get_paginator", "get_waiter"}
	for _, name := range pages {
		document, err := os.ReadFile(name)
		require.NoError(t, err)
		c, _, err := page.Read(document, "")
		method := strings.TrimSuffix(filepath.Base(name), ".rst")
		if slices.Contains(noOperation, method) {
			require.ErrorIs(t, err, page.ErrNoOperation, name)
			require.Equal(t, method, err.(*schema.DocumentError).Place, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, c.Check(), name)
	}
}

// TestPageRecursion resolves DynamoDB's AttributeValue, which contains itself
// through a map and a list.
func TestPageRecursion(t *testing.T) {
	c, findings, err := page.Read(sourcetest.SharedFile(t, "data/pages/dynamodb/get_item.rst"), "")
	require.NoError(t, err)
	require.Empty(t, findings)
	item, _, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/Item"})
	require.True(t, ok)
	value := c.Resolve(*item.Value)
	m, _ := value.Member("M")
	l, _ := value.Member("L")
	require.Equal(t, item.Value.Name, m.Shape.Inline.Value.Name)
	require.Equal(t, item.Value.Name, l.Shape.Inline.Element.Name)
}

// TestPageHistory reads one operation's page as it changed over the years.
func TestPageHistory(t *testing.T) {
	members := map[string]int{"1.37.15": 10, "1.42.28": 11, "1.43.67": 12}
	for version, want := range members {
		c, findings, err := page.Read(sourcetest.SharedFile(t, "data/history/get_protected_job-"+version+".rst"), version)
		require.NoError(t, err)
		require.Empty(t, findings)
		job, _, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/protectedJob"})
		require.True(t, ok)
		require.Len(t, job.Members, want, version)
	}
}

// TestContractPages holds the pages that crcheck's built-in contracts are derived
// from against the pages that they stand for.
func TestContractPages(t *testing.T) {
	seeds, err := filepath.Glob(sourcetest.Shared(t, "seed/*.txt"))
	require.NoError(t, err)
	originals := map[string]string{"1.43.67": sourcetest.Shared(t, "data/history/get_protected_job-1.43.67.rst")}
	if len(seeds) == 1 {
		originals["1.42.90"] = seeds[0]
	}
	for version, original := range originals {
		t.Run(version, func(t *testing.T) {
			ours, err := os.ReadFile("../../contracts/get_protected_job-" + version + ".rst")
			require.NoError(t, err)
			got, findings, err := page.Read(ours, version)
			require.NoError(t, err)
			require.Empty(t, findings)

			theirs, err := os.ReadFile(original)
			if errors.Is(err, os.ErrNotExist) {
				t.Skipf("no reference material: %v", err)
			}
			require.NoError(t, err)
			want, findings, err := page.Read(theirs, version)
			require.NoError(t, err)
			require.Empty(t, findings)
			require.Equal(t, want.Digest(), got.Digest())
		})
	}
}
