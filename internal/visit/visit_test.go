package visit_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// visited is a contract whose output has one member of each kind that a walk goes into, and an error
// whose body is one member.
func visited() *schema.Contract {
	text := schema.Inline(schema.Shape{Type: schema.String})
	node := schema.Named("Node")
	list := func(of schema.Ref) schema.Ref {
		return schema.Inline(schema.Shape{Type: schema.List, Element: &of})
	}
	return &schema.Contract{Format: schema.Format, Service: "s", Operation: "O", Output: "Out", Protocol: schema.Is("restJson1"),
		Errors: []schema.Error{{Name: "Bad", Shape: "Bad"}, {Name: "Raw", Shape: "Raw"}, {Name: "Plain"}},
		Shapes: map[string]*schema.Shape{
			"Out": {Type: schema.Structure, Members: []schema.Member{
				{Name: "id", Shape: text, Location: schema.Is(schema.LocationHeader), WireName: schema.Is("x-id")},
				{Name: "name", Shape: text, WireName: schema.Is("n/m")},
				{Name: "tree", Shape: node},
				{Name: "either", Shape: schema.Named("Either")},
				{Name: "nodes", Shape: list(node)},
				{Name: "byKey", Shape: schema.Inline(schema.Shape{Type: schema.Map, Key: &text, Value: &node})},
				{Name: "any", Shape: schema.Inline(schema.Shape{Type: schema.Document})},
			}},
			"Node":   {Type: schema.Structure, Members: []schema.Member{{Name: "text", Shape: text}, {Name: "next", Shape: node}}},
			"Either": {Type: schema.Structure, Union: schema.Is(true), Members: []schema.Member{{Name: "left", Shape: text}, {Name: "right", Shape: node}}},
			"Bad":    {Type: schema.Structure, Members: []schema.Member{{Name: "why", Shape: node, Location: schema.Is(schema.LocationPayload)}}},
			"Raw":    {Type: schema.Structure, Members: []schema.Member{{Name: "bytes", Shape: schema.Inline(schema.Shape{Type: schema.Blob}), Location: schema.Is(schema.LocationPayload)}}},
		}}
}

// seen is a site as a row of a table: its pointer, its place if it has one, what is special of it.
func seen(s *visit.Site) string {
	row := []string{s.Pointer(), s.Place().Pointer}
	if s.Unknown() {
		row = append(row, "unknown")
	}
	if s.Absent() {
		row = append(row, "absent")
	}
	return strings.Join(row, " ")
}

func TestWalk(t *testing.T) {
	for name, row := range map[string]struct {
		part     schema.Part
		encoding schema.Encoding
		document string
		want     []string
	}{
		"members by their wire names": {document: `{"n/m":"a","name":"b"}`, want: []string{" ", "/n~1m /name", "/name  unknown"}},
		"members by their own names":  {encoding: schema.SDK, document: `{"n/m":"a","name":"b","id":"c"}`, want: []string{" ", "/n~1m  unknown", "/name /name", "/id /id"}},
		"headers are not in a body":   {document: `{"id":"a","x-id":"b"}`, want: []string{" ", "/id  unknown", "/x-id  unknown"}},
		"recursion":                   {document: `{"tree":{"next":{"next":{"text":"a"}}}}`, want: []string{" ", "/tree /tree", "/tree/next /tree/next", "/tree/next/next /tree/next/next", "/tree/next/next/text /tree/next/next/text"}},
		"lists and maps":              {document: `{"nodes":[{"text":"a"},null],"byKey":{"~":{},"*":null}}`, want: []string{" ", "/nodes /nodes", "/nodes/0 /nodes/*", "/nodes/0/text /nodes/*/text", "/nodes/1 /nodes/*", "/byKey /byKey", "/byKey/~0 /byKey/*", "/byKey/* /byKey/*"}},
		"null members":                {document: `{"tree":{"text":null},"more":null}`, want: []string{" ", "/tree /tree", "/tree/text /tree/text absent", "/more  unknown absent"}},
		"duplicate members":           {document: `{"n/m":"a","n/m":"b"}`, want: []string{" ", "/n~1m /name"}},
		"documents":                   {document: `{"any":{"tree":[{}]}}`, want: []string{" ", "/any /any", "/any/tree /any unknown", "/any/tree/0 /any unknown"}},
		"another type":                {document: `{"tree":[{"text":"a"}],"nodes":{"text":"a"},"byKey":["a"]}`, want: []string{" ", "/tree /tree", "/tree/0 /tree unknown", "/tree/0/text /tree unknown", "/nodes /nodes", "/nodes/text /nodes unknown", "/byKey /byKey", "/byKey/0 /byKey unknown"}},
		"no object":                   {document: `"a"`, want: []string{" "}},
		"a payload":                   {part: "error:Bad", document: `{"text":"a"}`, want: []string{" /why", "/text /why/text"}},
		"a payload of the SDK":        {part: "error:Bad", encoding: schema.SDK, document: `{"why":{"text":"a"}}`, want: []string{" ", "/why /why", "/why/text /why/text"}},
		"a raw body":                  {part: "error:Raw", document: `"a"`},
		"an unstated part":            {part: "error:Plain", document: `{}`},
		"no such part":                {part: "error:Other", document: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := jsontree.Parse([]byte(row.document))
			require.NoError(t, err)
			part := row.part
			if part == "" {
				part = schema.OutputPart
			}
			var rows []string
			visit.Walk(visited(), part, row.encoding, tree, func(s *visit.Site) bool {
				rows = append(rows, seen(s))
				return true
			})
			require.Equal(t, row.want, rows)
		})
	}
}

// TestHolder checks that an element and an entry belong to the member that holds them.
func TestHolder(t *testing.T) {
	document, err := jsontree.Parse([]byte(`{"n/m":"a","nodes":[{"text":"b"}],"byKey":{"k":{"text":"c"}},"either":{"left":"d"}}`))
	require.NoError(t, err)
	holders := map[string]string{}
	visit.Walk(visited(), schema.OutputPart, schema.HTTP, document, func(s *visit.Site) bool {
		holders[s.Pointer()] = s.Holder()
		return true
	})
	require.Equal(t, map[string]string{"": "Out", "/n~1m": "Out$name", "/nodes": "Out$nodes", "/nodes/0": "Out$nodes", "/nodes/0/text": "Node$text",
		"/byKey": "Out$byKey", "/byKey/k": "Out$byKey", "/byKey/k/text": "Node$text", "/either": "Out$either", "/either/left": "Either$left"}, holders)
}

func TestWalkGoesBelowOnlyWhereTold(t *testing.T) {
	tree, err := jsontree.Parse([]byte(`{"tree":{"text":"a"},"nodes":[{}]}`))
	require.NoError(t, err)
	var rows []string
	visit.Walk(visited(), schema.OutputPart, schema.HTTP, tree, func(s *visit.Site) bool {
		rows = append(rows, s.Pointer())
		return s.Key != "tree"
	})
	require.Equal(t, []string{"", "/tree", "/nodes", "/nodes/0"}, rows)
}

func TestSet(t *testing.T) {
	for document, want := range map[string][]string{
		`{}`:                         nil,
		`{"left":"a"}`:               {"/either/left /either/left"},
		`{"left":null,"right":{}}`:   {"/either/right /either/right"},
		`{"left":"a","right":{}}`:    {"/either/left /either/left", "/either/right /either/right"},
		`{"__type":"x","left":"a"}`:  {"/either/left /either/left"},
		`{"other":1,"more":null}`:    {"/either/other /either unknown"},
		`["a"]`:                      {"/either/0 /either unknown"},
		`{"left":"a","left":null}`:   nil,
		`{"__type":"x","left":null}`: nil,
	} {
		t.Run(document, func(t *testing.T) {
			tree, err := jsontree.Parse([]byte(`{"either":` + document + `}`))
			require.NoError(t, err)
			root, ok := visit.Root(visited(), schema.OutputPart, schema.HTTP, tree)
			require.True(t, ok)
			var rows []string
			for _, s := range root.Child("either").Set() {
				rows = append(rows, seen(s))
			}
			require.Equal(t, want, rows)
		})
	}
}

// TestVisitSynthesised holds the walk over synthesised documents to what a decoder without any
// contract says of them: each value is visited once, at its pointer and its bytes. A document
// without a mistake has no unknown value, each place is one of the contract's, with its shape, and
// all documents together have all places.
func TestWalkSynthesised(t *testing.T) {
	text, err := os.ReadFile("../../schema/testdata/garden.json")
	require.NoError(t, err)
	garden, err := schema.Parse(text)
	require.NoError(t, err)
	for _, c := range []*schema.Contract{visited(), garden, contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90"), contracts.MustLoad(contracts.Newest)} {
		for _, part := range c.Parts() {
			for _, p := range []schema.Encoding{schema.HTTP, schema.SDK} {
				if _, _, ok := p.Document(c, part); !ok {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%s", c, part, p), func(t *testing.T) {
					s, err := synth.New(c, p)
					require.NoError(t, err)
					reached := map[schema.Place]bool{}
					for document := range s.Documents(part) {
						visitAll(t, c, part, p, document, reached)
					}
					for seed := range uint64(20) {
						if document, err := s.Random(part, seed); err == nil {
							visitAll(t, c, part, p, document, reached)
						}
					}
					if len(s.Problems(part)) > 0 {
						return // its contract contradicts itself: there are places without a document
					}
					_, members, _ := p.Document(c, part)
					root, _ := c.Root(part)
					for _, m := range c.Resolve(root).Members {
						in := slices.ContainsFunc(members, func(in schema.Member) bool { return in.Name == m.Name })
						require.Equal(t, in || p == schema.HTTP && c.Location(&m) == "payload", reached[schema.Place{Part: part}.Child(m.Name)], m.Name)
					}
					c.Walk(func(place schema.Place, _ *schema.Shape, m *schema.Member) {
						if reached[place.Parent()] && place.Pointer != "" && m != nil && place.Parent().Pointer != "" {
							require.True(t, reached[place], "no document has %s", place)
						}
					})
				})
			}
		}
	}
}

func visitAll(t *testing.T, c *schema.Contract, part schema.Part, p schema.Encoding, document []byte, reached map[schema.Place]bool) {
	t.Helper()
	want := map[string]string{} // values by their pointers
	d := jsontext.NewDecoder(strings.NewReader(string(document)))
	for {
		kind, count := d.StackIndex(d.StackDepth())
		name := kind == '{' && count%2 == 0
		switch d.PeekKind() {
		case 0:
		case '{', '[':
			_, err := d.ReadToken()
			require.NoError(t, err)
			want[string(d.StackPointer())] = ""
			continue
		default:
			token, err := d.ReadToken()
			require.NoError(t, err)
			if !name && token.Kind() != '}' && token.Kind() != ']' {
				want[string(d.StackPointer())] = token.String()
			}
			continue
		}
		break
	}
	tree, err := jsontree.Parse(document)
	require.NoError(t, err)
	visit.Walk(c, part, p, tree, func(s *visit.Site) bool {
		text, ok := want[s.Pointer()]
		require.True(t, ok, "%s is visited twice, or is not in %s", s.Pointer(), document)
		delete(want, s.Pointer())
		require.Equal(t, text, s.Value.Text)
		at, err := jsontree.Find(document, s.Pointer())
		require.NoError(t, err)
		require.Equal(t, at, s.Value)
		if shape, m, known := c.At(s.Place()); !s.Unknown() {
			require.True(t, known, s.Place())
			reached[s.Place()] = true
			if s.Pointer() != "" {
				require.Same(t, shape, s.Shape, s.Place())
				require.Equal(t, m, s.Member)
			}
		} else if s.Key != "__type" { // which unions may have
			require.Contains(t, []schema.Type{schema.Document, schema.Unstated}, shape.Type, "%s of %s", s.Pointer(), document)
		}
		return true
	})
	require.Empty(t, want, "not visited in %s", document)
}

func BenchmarkWalk(b *testing.B) {
	c := contracts.MustLoad(contracts.Newest)
	s, err := synth.New(c, schema.HTTP)
	require.NoError(b, err)
	document, err := s.Full(schema.OutputPart)
	require.NoError(b, err)
	tree, err := jsontree.Parse(document)
	require.NoError(b, err)
	b.ReportAllocs()
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		visit.Walk(c, schema.OutputPart, schema.HTTP, tree, func(*visit.Site) bool { return true })
	}
}

// TestEvents checks the places of events: those in a list, as a client or a codec collects them, have
// the places of the union.
func TestEvents(t *testing.T) {
	text, err := os.ReadFile("../synth/testdata/contracts/RpcEvents.json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	codec, ok := binding.StreamOf(c, schema.OutputPart)
	require.True(t, ok)
	document, err := jsontree.Parse([]byte(`{"mood":"GOOD","stream":[{"plain":{"n":1}},{"other":{"x":1}},7]}`))
	require.NoError(t, err)
	want := []string{" ", "/mood /mood", "/stream /stream", "/stream/0 /stream", "/stream/0/plain /stream/plain", "/stream/0/plain/n /stream/plain/n",
		"/stream/1 /stream", "/stream/1/other /stream unknown", "/stream/1/other/x /stream unknown", "/stream/2 /stream"}
	sdk, ok := visit.Root(c, schema.OutputPart, schema.SDK, document)
	require.True(t, ok)
	for name, root := range map[string]*visit.Site{"sdk": sdk, "http": visit.Collected(c, schema.OutputPart, codec, document)} {
		t.Run(name, func(t *testing.T) {
			var all []string
			root.Walk(func(s *visit.Site) bool {
				all = append(all, seen(s))
				return true
			})
			require.Equal(t, want, all)
		})
	}
}
