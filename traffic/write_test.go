package traffic_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/traffic"
)

// TestWriteCassetteGolden checks that each body is written in the most readable style that
// preserves it.
func TestWriteCassetteGolden(t *testing.T) {
	post := newInteraction("\t{\n")
	post.Request = &traffic.Request{
		Method: "POST", URL: "https://example.com/?b=1&a=2",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": nil, "X-Account": {"111122223333", "null", ""}},
		Body:   traffic.BodyOf([]byte("Action=Get&Version=2020-01-01&Action=Twice")),
	}
	post.Response.Duration = 1500 * time.Millisecond
	interactions := []*traffic.Interaction{
		post, newInteraction(""), newInteraction("plain words"), newInteraction(`{"it's":"one line"}`), newInteraction("{\n  \"a\": 1\n}\n"), newInteraction("{\n\t\"a\": 1\n}"),
		newInteraction("no\n\n\n"), newInteraction("\t{\n}\n"), newInteraction("{ \n}\t\n1"), newInteraction("😀"), newInteraction("\xff\x00"), newInteraction("12"), newInteraction("~"),
	}
	meta := traffic.Meta{Contract: "cleanrooms.GetProtectedJob@1.42.90", ContractDigest: "sha256:0123", RedactionKey: "k1", Provenance: "recorded"}
	var got bytes.Buffer
	require.NoError(t, traffic.WriteCassette(&got, meta, interactions))
	if *update {
		require.NoError(t, os.WriteFile("testdata/write.yaml", got.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/write.yaml")
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	requireRoundTrip(t, interactions)
	for back, err := range traffic.Read("in", &got) {
		require.NoError(t, err)
		require.Equal(t, meta, back.Meta)
	}
}

// TestStockCannotReloadItself checks that go-vcr still cannot load every cassette that it saves,
// which is why WriteCassette chooses the styles.
func TestStockCannotReloadItself(t *testing.T) {
	c := cassette.New(t.TempDir() + "/c")
	c.AddInteraction(&cassette.Interaction{Response: cassette.Response{Body: "\t{\n"}})
	require.NoError(t, c.Save())
	_, err := cassette.Load(c.Name)
	require.Error(t, err)
	requireRoundTrip(t, []*traffic.Interaction{newInteraction("\t{\n")})
}

func TestWriteCassetteRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var interactions []*traffic.Interaction
	for range 400 {
		in := newInteraction(generate(r))
		in.Request.URL, in.Request.Method, in.Response.StatusText = generate(r), generate(r), generate(r)
		in.Request.Body = traffic.BodyOf([]byte(generate(r)))
		in.Request.Header = http.Header{generate(r): {generate(r), generate(r)}, "A": {}}
		in.Response.Status, in.Response.Duration = r.IntN(1000)-500, time.Duration(r.Int64())-time.Hour
		interactions = append(interactions, in)
	}
	requireRoundTrip(t, interactions)
	for _, in := range interactions[:100] {
		requireRoundTrip(t, []*traffic.Interaction{in})
	}
}

// requireRoundTrip writes interactions, and checks that stock go-vcr and Read return the same
// values.
func requireRoundTrip(t *testing.T, interactions []*traffic.Interaction) {
	t.Helper()
	var first, second bytes.Buffer
	require.NoError(t, traffic.WriteCassette(&first, traffic.Meta{}, interactions))
	require.NoError(t, traffic.WriteCassette(&second, traffic.Meta{}, interactions))
	require.Equal(t, first.String(), second.String())
	require.True(t, strings.HasPrefix(first.String(), "---\nversion: 1\ninteractions:"))

	options := cmp.Options{cmpopts.IgnoreUnexported(cassette.Response{}), cmpopts.IgnoreFields(cassette.Request{}, "Form"), cmpopts.EquateEmpty()}
	stock, err := loadStock(t, first.Bytes())
	require.NoError(t, err, first.String())
	if diff := cmp.Diff(asStock(interactions), stock.Interactions, options); diff != "" {
		t.Fatalf("-written +loaded by go-vcr:\n%s\n%s", diff, first.String())
	}
	all, err := readAll("in", &first)
	require.NoError(t, err)
	if diff := cmp.Diff(asStock(interactions), asStock(all), options); diff != "" {
		t.Fatalf("-written +read:\n%s\n%s", diff, second.String())
	}
}

// TestWriteCassetteKeyOrder checks that keys have the order of go-vcr, with crcheck last.
func TestWriteCassetteKeyOrder(t *testing.T) {
	var got bytes.Buffer
	require.NoError(t, traffic.WriteCassette(&got, traffic.Meta{Provenance: "recorded"}, []*traffic.Interaction{newInteraction("{}")}))
	stock := cassette.New(t.TempDir() + "/c")
	stock.AddInteraction(&cassette.Interaction{})
	require.NoError(t, stock.Save())
	saved, err := os.ReadFile(stock.File)
	require.NoError(t, err)
	require.Equal(t, append(keys(t, saved), "crcheck", "provenance"), keys(t, got.Bytes()))
}

func keys(t *testing.T, text []byte) (all []string) {
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal(text, &root))
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		for i, child := range n.Content {
			if n.Kind != yaml.MappingNode {
				visit(child)
			} else if i%2 == 0 && child.Value != "Content-Type" {
				all = append(all, child.Value)
				visit(n.Content[i+1])
			}
		}
	}
	visit(&root)
	return all
}

func TestWriteCassetteRefusesBareBody(t *testing.T) {
	var got bytes.Buffer
	bare := newInteraction("{}")
	bare.Request, bare.Source = nil, "in.json"
	err := traffic.WriteCassette(&got, traffic.Meta{}, []*traffic.Interaction{newInteraction("{}"), bare})
	var malformed *traffic.Error
	require.ErrorAs(t, err, &malformed)
	require.ErrorIs(t, err, traffic.ErrMalformed)
	require.Equal(t, "in.json", malformed.Source)
	require.Empty(t, got.Bytes())
}

func TestWriteCassetteFailingWriter(t *testing.T) {
	full := errors.New("the disk is full")
	for _, room := range []int64{0, 10, 100} {
		t.Run(fmt.Sprint("room for ", room), func(t *testing.T) {
			err := traffic.WriteCassette(&failing{room: room, err: full}, traffic.Meta{}, []*traffic.Interaction{newInteraction(strings.Repeat("x", 1<<20))})
			require.ErrorContains(t, err, full.Error())
		})
	}
}

type failing struct {
	room int64
	err  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.room -= int64(len(p)); f.room < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestMeta(t *testing.T) {
	const interactions = "version: 1\ninteractions: [{request: {}, response: {}}]\n"
	for _, tc := range []struct {
		name, input string
		want        traffic.Meta
		err         error
	}{
		{"some", "crcheck: {contract: a, provenance: synthesised}\n" + interactions, traffic.Meta{Contract: "a", Provenance: "synthesised"}, nil},
		{"none", interactions, traffic.Meta{}, nil},
		{"unknown keys", interactions + "crcheck: {later: [1], redactionKey: k1}\n", traffic.Meta{RedactionKey: "k1"}, nil},
		{"a list", interactions + "crcheck: [1]\n", traffic.Meta{}, traffic.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			count := 0
			for x, err := range traffic.Read("in", strings.NewReader(tc.input)) {
				count++
				if tc.err != nil {
					require.ErrorIs(t, err, tc.err)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, tc.want, x.Meta)
			}
			require.Equal(t, 1, count)
		})
	}
}

// TestPseudonyms checks that every format keeps the list of pseudonyms, once.
func TestPseudonyms(t *testing.T) {
	list := traffic.JoinPseudonyms([]string{"b", "a\n\x00\"é", "b", "123456789012"})
	require.Equal(t, []string{"123456789012", "a\n\x00\"é", "b"}, traffic.Meta{Pseudonyms: list}.ListPseudonyms())
	require.Empty(t, traffic.JoinPseudonyms(nil))
	var all []*traffic.Interaction
	for i := range 3 {
		all = append(all, &traffic.Interaction{Index: i, Meta: traffic.Meta{RedactionKey: "k", Pseudonyms: list}, Request: &traffic.Request{Method: "GET", URL: "https://example.com/"}, Response: traffic.Response{Status: 200}})
	}
	for _, kind := range []traffic.Kind{traffic.Cassette, traffic.NDJSON} {
		t.Run(string(kind), func(t *testing.T) {
			var text, back bytes.Buffer
			require.NoError(t, traffic.Convert(&text, kind, func(yield func(*traffic.Interaction, error) bool) {
				for _, in := range all {
					if !yield(in, nil) {
						return
					}
				}
			}))
			require.Equal(t, 1, strings.Count(text.String(), "123456789012"))
			require.NoError(t, traffic.Convert(&back, traffic.Cassette, traffic.Read("x", bytes.NewReader(text.Bytes()))))
			n := 0
			for in, err := range traffic.Read("x", &back) {
				require.NoError(t, err)
				require.Equal(t, all[0].Meta, in.Meta)
				n++
			}
			require.Equal(t, 3, n)
		})
	}
}
