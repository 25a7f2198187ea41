package traffic_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestConvertEveryKind checks that every readable input has the same values after conversion, and
// after conversion back, or is rejected for a reason that this test knows.
func TestConvertEveryKind(t *testing.T) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(t, err)
	converted := map[traffic.Kind]int{}
	for _, path := range inputs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			all, err := readAll(path, bytes.NewReader(data))
			if err != nil || len(all) == 0 {
				return
			}
			for _, to := range []traffic.Kind{traffic.Cassette, traffic.NDJSON} {
				if requireConversion(t, to, all) {
					converted[all[0].Kind]++
				}
			}
		})
	}
	for _, kind := range []traffic.Kind{traffic.Cassette, traffic.Cassette2, traffic.VCRPy, traffic.HAR, traffic.NDJSON} {
		require.Greater(t, converted[kind], 1, kind)
	}
	require.Zero(t, converted[traffic.JSON])
}

func TestConvertGenerated(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	meta := traffic.Meta{Contract: "a@1", Provenance: "recorded: #1"}
	for range 60 {
		var all []*traffic.Interaction
		for range 1 + r.IntN(8) {
			in := generateInteraction(r)
			in.Response.StatusText = strings.ToValidUTF8(generate(r), "")
			in.Response.Duration = time.Duration(r.Int64()) - 1<<62
			in.Meta = meta
			all = append(all, in)
		}
		require.True(t, requireConversion(t, traffic.Cassette, all))
		require.True(t, requireConversion(t, traffic.NDJSON, all))
	}
}

// requireConversion reports whether the interactions can be converted.
func requireConversion(t *testing.T, to traffic.Kind, all []*traffic.Interaction) bool {
	t.Helper()
	var there, back, again bytes.Buffer
	err := traffic.Convert(&there, to, sequence(all))
	if !fits(to, all) {
		var malformed *traffic.Error
		require.ErrorAs(t, err, &malformed)
		require.ErrorIs(t, err, traffic.ErrMalformed)
		require.NotEmpty(t, malformed.Remedy)
		return false
	}
	require.NoError(t, err)
	all = asSent(all)
	requireSame(t, to, all, there.Bytes())

	other := traffic.NDJSON
	if to == traffic.NDJSON {
		other = traffic.Cassette
	}
	if !fits(other, all) {
		return true
	}
	require.NoError(t, traffic.Convert(&back, other, traffic.Read("there", bytes.NewReader(there.Bytes()))))
	requireSame(t, other, all, back.Bytes())
	require.NoError(t, traffic.Convert(&again, to, traffic.Read("back", bytes.NewReader(back.Bytes()))))
	if len(all) > 0 {
		require.Equal(t, there.String(), again.String())
	}
	return true
}

// asSent drops codings that bodies do not have.
func asSent(all []*traffic.Interaction) (sent []*traffic.Interaction) {
	for _, in := range all {
		if in.Response.RecordedDecoded() {
			copied := *in
			copied.Response.Header = http.Header{}
			for name, values := range in.Response.Header {
				if !strings.EqualFold(name, "Content-Encoding") && !strings.EqualFold(name, "Content-Length") {
					copied.Response.Header[name] = values
				}
			}
			in = &copied
		}
		sent = append(sent, in)
	}
	return sent
}

func requireSame(t *testing.T, kind traffic.Kind, want []*traffic.Interaction, text []byte) {
	t.Helper()
	got, err := readAll("converted", bytes.NewReader(text))
	require.NoError(t, err, "%s", text)
	for i, in := range got {
		require.Equal(t, kind, in.Kind)
		require.Equal(t, i, in.Index)
	}
	// Empty text is the only JSON document that cannot be told from NDJSON.
	sameBody := cmp.Comparer(func(a, b traffic.Body) bool { return bytes.Equal(a.Bytes, b.Bytes) && a.Missing == b.Missing })
	options := cmp.Options{cmpopts.EquateEmpty(), sameBody, cmpopts.IgnoreFields(traffic.Interaction{}, "Source", "Kind", "Index")}
	if diff := cmp.Diff(want, got, options); diff != "" {
		t.Fatalf("-was +is:\n%s\n%s", diff, text)
	}
}

// fits reports whether a format can represent an interaction.
func fits(to traffic.Kind, all []*traffic.Interaction) bool {
	for _, in := range all {
		switch {
		case in.Request == nil && (to == traffic.Cassette || in.Encoding == ""):
			return false
		case to == traffic.Cassette && (in.Request.Body.Missing || in.Response.Body.Missing || in.Meta != all[0].Meta):
			return false
		case to == traffic.NDJSON && !textual(in):
			return false
		}
	}
	return true
}

func textual(in *traffic.Interaction) bool {
	request := in.Request
	if request == nil {
		request = &traffic.Request{}
	}
	all := []string{request.Method, request.URL, in.Operation, in.Response.StatusText, in.Meta.Contract, in.Meta.ContractDigest, in.Meta.Provenance, in.Meta.RedactionKey}
	for _, header := range []http.Header{request.Header, in.Response.Header} {
		for name, values := range header {
			all = append(append(all, name), values...)
		}
	}
	return !slices.ContainsFunc(all, func(s string) bool { return !utf8.ValidString(s) })
}

func sequence(all []*traffic.Interaction) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, in := range all {
			if !yield(in, nil) {
				return
			}
		}
	}
}

// TestConvertRefuses checks that the error names what a format cannot represent.
func TestConvertRefuses(t *testing.T) {
	changed := func(change func(in *traffic.Interaction)) *traffic.Interaction {
		in := newInteraction("{}")
		in.Source = "in.har"
		change(in)
		return in
	}
	header := http.Header{}
	for i := range 5000 {
		header[strings.Repeat("A", i+1)] = nil
	}
	both := []traffic.Kind{traffic.Cassette, traffic.NDJSON}
	for _, tc := range []struct {
		name  string
		in    *traffic.Interaction
		kinds []traffic.Kind
		names string
	}{
		{"bare body", changed(func(in *traffic.Interaction) { in.Request = nil }), both, "bare body"},
		{"no body of the response", changed(func(in *traffic.Interaction) { in.Response.Body = traffic.Body{Missing: true} }), both[:1], "not recorded"},
		{"no body of the request", changed(func(in *traffic.Interaction) { in.Request.Body = traffic.Body{Missing: true} }), both[:1], "not recorded"},
		{"other metadata", changed(func(in *traffic.Interaction) { in.Meta.Contract = "b" }), both[:1], "metadata"},
		{"5,000 headers", changed(func(in *traffic.Interaction) { in.Response.Header = header }), both[:1], "headers"},
		{"a header that is not UTF-8", changed(func(in *traffic.Interaction) { in.Response.Header = http.Header{"A": {"\xff"}} }), both[1:], "UTF-8"},
		{"a status that is not UTF-8", changed(func(in *traffic.Interaction) { in.Response.StatusText = "\xff" }), both[1:], "UTF-8"},
		{"metadata that is not UTF-8", changed(func(in *traffic.Interaction) { in.Meta.Contract = "\xff" }), both[1:], "UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, to := range both {
				err := traffic.Convert(&bytes.Buffer{}, to, sequence([]*traffic.Interaction{newInteraction("{}"), tc.in}))
				if !slices.Contains(tc.kinds, to) {
					if tc.in.Meta == (traffic.Meta{}) {
						require.NoError(t, err)
					}
					continue
				}
				var malformed *traffic.Error
				require.ErrorAs(t, err, &malformed)
				require.ErrorIs(t, err, traffic.ErrMalformed)
				require.Equal(t, "in.har", malformed.Source)
				require.Contains(t, malformed.Problem, "interaction 2")
				require.Contains(t, malformed.Problem, tc.names)
			}
		})
	}
	for _, to := range []traffic.Kind{traffic.JSON, traffic.HAR, traffic.VCRPy, traffic.Cassette2, "", "yaml"} {
		t.Run("unsupported "+string(to), func(t *testing.T) {
			require.ErrorIs(t, traffic.Convert(&bytes.Buffer{}, to, sequence(nil)), traffic.ErrUnknownFormat)
		})
	}
}

// TestConvertLargeForm checks that a form with too many keys for a cassette is written as a body
// only.
func TestConvertLargeForm(t *testing.T) {
	var body strings.Builder
	for i := range 5000 {
		body.WriteString(strings.Repeat("a", i%50+1) + strings.Repeat("b", i/50) + "=1&")
	}
	in := newInteraction("{}")
	in.Request.Method = "POST"
	in.Request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	in.Request.Body = traffic.BodyOf([]byte(body.String()))
	require.True(t, requireConversion(t, traffic.Cassette, []*traffic.Interaction{in}))
}

func TestConvertTooLongLine(t *testing.T) {
	in := newInteraction(strings.Repeat("x", traffic.MaxLine))
	require.ErrorIs(t, traffic.Convert(&failing{room: 1 << 40}, traffic.NDJSON, sequence([]*traffic.Interaction{in})), traffic.ErrTooLarge)
}

// TestConvertFails checks that errors of the input and the output are returned unchanged.
func TestConvertFails(t *testing.T) {
	full, broken := errors.New("the disk is full"), errors.New("the disk is broken")
	many := slices.Repeat([]*traffic.Interaction{newInteraction(strings.Repeat("x", 1000))}, 100)
	for _, to := range []traffic.Kind{traffic.Cassette, traffic.NDJSON} {
		t.Run(string(to), func(t *testing.T) {
			for _, room := range []int64{0, 5000} {
				require.ErrorIs(t, traffic.Convert(&failing{room: room, err: full}, to, sequence(many)), full)
			}
			require.ErrorIs(t, traffic.Convert(&failing{err: full}, to, sequence(many[:1])), full)
			require.ErrorIs(t, traffic.Convert(&bytes.Buffer{}, to, func(yield func(*traffic.Interaction, error) bool) {
				_ = yield(many[0], nil) && yield(nil, broken)
			}), broken)
		})
	}
}

// TestConvertWritesLikeWriteCassette checks that Convert and WriteCassette write the same bytes.
func TestConvertWritesLikeWriteCassette(t *testing.T) {
	meta := traffic.Meta{Provenance: "recorded"}
	for n := range 4 {
		var all []*traffic.Interaction
		for range n {
			in := newInteraction("{\n  \"a\": 1\n}\n")
			in.Meta = meta
			all = append(all, in)
		}
		var one, other bytes.Buffer
		require.NoError(t, traffic.Convert(&one, traffic.Cassette, sequence(all)))
		if n == 0 {
			meta = traffic.Meta{} // of which an empty sequence tells nothing
		}
		require.NoError(t, traffic.WriteCassette(&other, meta, all))
		require.Equal(t, other.String(), one.String())
		meta = traffic.Meta{Provenance: "recorded"}
	}
}

func FuzzConvert(f *testing.F) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(f, err)
	for _, path := range inputs {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := readAll("in", bytes.NewReader(data))
		if err != nil || len(all) == 0 {
			return
		}
		requireConversion(t, traffic.Cassette, all)
		requireConversion(t, traffic.NDJSON, all)
	})
}

// TestConverter checks that interactions that are encoded some at a time, in any order, become the
// bytes that [traffic.Convert] writes, up to the first one that the format cannot represent.
func TestConverter(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 6))
	for i := range 40 {
		var all []*traffic.Interaction
		for range r.IntN(30) {
			in := generateInteraction(r)
			in.Meta.Pseudonyms = [...]string{"", "", "a=b", "a=b", "c=d"}[r.IntN(5)]
			all = append(all, in)
		}
		if i%4 == 0 && len(all) > 0 {
			all[r.IntN(len(all))].Request = nil
		}
		for _, to := range []traffic.Kind{traffic.Cassette, traffic.NDJSON} {
			t.Run(fmt.Sprint(i, " ", to), func(t *testing.T) {
				var want, got bytes.Buffer
				failed := traffic.Convert(&want, to, sequence(all))
				encode, end, err := traffic.Converter(&got, to)
				require.NoError(t, err)
				var writes []func() error
				for some := range slices.Chunk(all, 1+r.IntN(10)) {
					writes = append(writes, encode(slices.Values(some)))
				}
				for _, write := range writes {
					if err == nil {
						err = write()
					}
				}
				if err == nil {
					err = end()
				}
				require.Equal(t, failed, err)
				require.Equal(t, want.String(), got.String())
			})
		}
	}
}
