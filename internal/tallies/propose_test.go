package tallies_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// TestPropose checks that the traffic has no errors under the proposed overlay but those that the
// proposal names as left.
func TestPropose(t *testing.T) {
	planted := func(change func(c *schema.Contract)) *schema.Contract { return garden.Changed(garden.Bed(), change) }
	at := func(format string) *schema.Contract {
		return planted(func(c *schema.Contract) {
			bed := c.Shapes["Bed"]
			bed.Members = append(bed.Members, schema.Member{Name: "at", Shape: schema.Inline(schema.Shape{Type: schema.Timestamp, Format: schema.Is(format)})})
		})
	}
	times := planted(func(c *schema.Contract) {
		shape, bed := schema.Inline(schema.Shape{Type: schema.Timestamp}), c.Shapes["Bed"] // one in memory
		bed.Members = append(bed.Members, schema.Member{Name: "sown", Shape: shape}, schema.Member{Name: "grown", Shape: shape})
	})
	rows := planted(func(c *schema.Contract) {
		bed := c.Shapes["Bed"]
		bed.Members = append(bed.Members, schema.Member{Name: "rows", Shape: schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32), Range: schema.Is(schema.Bounds{Min: "1", Max: "9"})})},
			schema.Member{Name: "Tall", WireName: schema.Is("tall"), Shape: schema.Inline(schema.Shape{Type: schema.Boolean})})
	})
	hedged := planted(func(c *schema.Contract) {
		bed := c.Shapes["Bed"]
		bed.Members = append(bed.Members, schema.Member{Name: "hedge", Shape: schema.Named("Plant"), Required: schema.Is(true)})
	})
	twice := planted(func(c *schema.Contract) {
		m := garden.Member(c, "Bed", "names")
		m.Shape.Inline.Key, m.Shape.Inline.Value = &schema.Ref{Inline: &schema.Shape{Type: schema.String, Pattern: schema.Is("^[a-z]+$")}}, &schema.Ref{Inline: &schema.Shape{Type: schema.String, Pattern: schema.Is("^[a-z]+$")}}
	})
	for name, test := range map[string]struct {
		contract *schema.Contract // nil: a bed
		sdk      bool
		bodies   []string
		left     []string
		want     []string // in the overlay
	}{
		"nothing":        {bodies: []string{`{"bed":{"colour":"RED"}}`}},
		"unknown member": {bodies: []string{`{"bed":{"colour":"RED","a":1,"o":{},"f":1.5,"t":true,"s":""}}`}, want: []string{"at: output#/bed/a\n    type: integer", "at: output#/bed/o\n    type: document", "at: output#/bed/f\n    type: float", "type: boolean", "type: string"}},
		"integers beyond 64 bits in an unknown member": {bodies: []string{`{"bed":{"colour":"RED","a":1}}`, `{"bed":{"colour":"RED","a":1180591620717411303424,"b":1e999}}`}, want: []string{"at: output#/bed/a\n    type: float", "at: output#/bed/b\n    type: document"}},
		"members without a unique name": {contract: rows, bodies: []string{`{"bed":{"colour":"RED","":1}}`, `{"bed":{"colour":"RED","Tall":1}}`, `{"bed":{"colour":"RED","x…":1}}`},
			left: []string{"member.unknown at /bed, 3 times: an overlay cannot name all of them", `member.unknown at /bed, 3 times: another member is called "Tall"`}, want: []string{"at: output#/bed/x…\n    type: integer"}},
		"enum":                    {bodies: []string{`{"bed":{"colour":"BLUE"}}`}, want: []string{"- RED", "- GREEN", "- BLUE"}},
		"the empty value":         {bodies: []string{`{"bed":{"colour":""}}`}, want: []string{"- GREEN\n      - \"\"\n"}},
		"empty under a pattern":   {contract: twice, bodies: []string{`{"bed":{"colour":"RED","names":{"a":""}}}`}, want: []string{"names/*\n    pattern: \"\""}},
		"a long value":            {bodies: []string{`{"bed":{"colour":"` + strings.Repeat("B", 200) + `"}}`}, want: []string{"- " + strings.Repeat("B", 200) + "\n"}},
		"a value that is cut off": {bodies: []string{`{"bed":{"colour":"` + strings.Repeat("B", 300) + `"}}`}, want: []string{"enum: []"}},
		"required":                {bodies: []string{`{"bed":{}}`, `{}`}, want: []string{"required: false"}},
		"unions":                  {bodies: []string{`{"bed":{"colour":"RED","plant":{"bush":"x"}}}`, `{"bed":{"colour":"RED","plant":{}}}`, `{"bed":{"colour":"RED","plant":{"herb":"x","tree":"y"}}}`}, want: []string{"union: false", "at: output#/bed/plant/bush"}},
		"errors in an open union": {bodies: []string{`{"bed":{"colour":"RED","plant":{"bush":"x"}}}`, `{"bed":{"colour":"RED","plant":{"herb":"x","bush":1,"moss":2}}}`}, want: []string{"union: false", "at: output#/bed/plant/bush\n    type: document", "at: output#/bed/plant/moss\n    type: document"}},
		"an open union with too many members": {bodies: []string{`{"bed":{"colour":"RED","plant":{"bush":"x"}}}`, `{"bed":{"colour":"RED","plant":{"` + strings.Repeat("m", 300) + `":2,"bush":1}}}`},
			left: []string{"union.multiple-members at /bed/plant, 1 time: an overlay cannot name all of them"}, want: []string{"at: output#/bed/plant/bush\n    type: document"}},
		"types of which one has a form": {contract: at("epoch-seconds"), bodies: []string{`{"bed":{"colour":"RED","at":"2023-11-14T22:13:20Z"}}`, `{"bed":{"colour":"RED","at":true}}`}, left: []string{"type.mismatch at /bed/at, 2 times: an overlay does not change types"}},
		"behind a byte order mark":      {bodies: []string{"\uFEFF" + `{"bed":{"colour":"RED","a":1}}`}, left: []string{"syntax.bom at the top, 1 time: no overlay states it"}, want: []string{"at: output#/bed/a\n    type: integer"}},
		"two timestamps, one of them in two forms": {contract: times, bodies: []string{`{"bed":{"colour":"RED","grown":1700000000}}`, `{"bed":{"colour":"RED","grown":"2023-11-14T22:13:20Z","sown":"2023-11-14T22:13:20Z"}}`},
			left: []string{"type.mismatch at /bed/grown, 1 time: an overlay does not change types"}, want: []string{"at: output#/bed/sown\n    timestampFormat: date-time"}},
		"values that boto3 leaves out": {sdk: true, bodies: []string{`{"bed":{"colour":"RED","plant":{"SDK_UNKNOWN_MEMBER":{"name":"bush"}}}}`},
			left: []string{`union.unknown-member at /bed/plant, 1 time: boto3 has left out the value of "bush"`}},
		"a required structure with several places": {contract: hedged, bodies: []string{`{"bed":{"colour":"RED","plant":{"herb":"x"}}}`}, want: []string{"at: output#/bed/hedge\n    required: false"}},
		"null in a map":                        {bodies: []string{`{"bed":{"colour":"RED","names":{"a":null}}}`}, want: []string{"at: output#/bed/names\n    sparse: true"}},
		"a key like its value":                 {contract: twice, bodies: []string{`{"bed":{"colour":"RED","names":{"A":"A"}}}`}, want: []string{"at: output#/bed/names/*\n    pattern: \"\"", "at: output#/bed/names/*key\n    pattern: \"\""}},
		"another type":                         {bodies: []string{`{"bed":{"colour":1}}`, `{"bed":{"colour":"BLUE"}}`}, left: []string{"type.mismatch at /bed/colour, 1 time: an overlay does not change types"}, want: []string{"- BLUE"}},
		"more bits":                            {contract: rows, bodies: []string{`{"bed":{"colour":"RED","rows":4294967296}}`}, want: []string{"max: 4294967296", "bits: 64"}},
		"more bits than there are":             {contract: rows, bodies: []string{`{"bed":{"colour":"RED","rows":1180591620717411303424}}`}, left: []string{"type.mismatch at /bed/rows, 1 time: an overlay does not change types"}, want: []string{"max: 1180591620717411303424"}},
		"a number that cannot be a bound":      {contract: rows, bodies: []string{`{"bed":{"colour":"RED","rows":1e1000}}`}, left: []string{"type.mismatch at /bed/rows, 1 time: an overlay does not change types"}, want: []string{"range: {}"}},
		"another timestamp":                    {contract: at("epoch-seconds"), bodies: []string{`{"bed":{"colour":"RED","at":"2023-11-14T22:13:20Z"}}`, `{"bed":{"colour":"RED"}}`}, want: []string{"timestampFormat: date-time"}},
		"two forms of a timestamp":             {contract: at("epoch-seconds"), bodies: []string{`{"bed":{"colour":"RED","at":1700000000}}`, `{"bed":{"colour":"RED","at":"2023-11-14T22:13:20Z"}}`}, left: []string{"type.mismatch at /bed/at, 1 time: an overlay does not change types"}},
		"two other forms of a timestamp":       {contract: at("date-time"), bodies: []string{`{"bed":{"colour":"RED","at":"2023-11-14T22:13:20Z"}}`, `{"bed":{"colour":"RED","inner":{"colour":"RED","at":"Tue, 14 Nov 2023 22:13:20 GMT"}}}`}, left: []string{"type.mismatch at /bed/at, 1 time: an overlay does not change types"}},
		"a timestamp that boto3 does not read": {contract: at("epoch-seconds"), sdk: true, bodies: []string{`{"bed":{"colour":"RED","at":"Tue, 14 Nov 2023 22:13:20 GMT"}}`}, left: []string{"type.mismatch at /bed/at, 1 time: an overlay does not change types"}},
		"not JSON":                             {bodies: []string{`{"bed":`}, left: []string{"syntax.invalid at /bed, 1 time: no overlay states it"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := test.contract
			if c == nil {
				c = garden.Bed()
			}
			options := validate.Options{}
			if test.sdk {
				options.Encoding = schema.SDK
			}
			overlay, left := requireSettled(t, c, responses(bodies(test.bodies...)), options)
			require.Equal(t, test.left, left, "%s", overlay)
			require.Equal(t, test.want == nil, overlay == nil, "%s", overlay)
			for _, want := range test.want {
				require.Contains(t, string(overlay), want)
			}
		})
	}
}

// requireSettled checks that the proposed overlay states nothing that the contract already states,
// and that the only errors under it are those that the proposal leaves.
func requireSettled(t *testing.T, c *schema.Contract, all []*traffic.Interaction, options validate.Options) (text []byte, left []string) {
	t.Helper()
	proposals := tallied(t, c, all, options).Propose([]*schema.Contract{c})
	require.LessOrEqual(t, len(proposals), 1)
	applied := c
	if len(proposals) == 1 {
		text, left = proposals[0].Overlay, proposals[0].Left
	}
	if text != nil {
		overlay, err := schema.ParseOverlay("proposed.yaml", text)
		require.NoError(t, err, "%s", text)
		var stale finding.Set
		applied, stale = overlay.Apply(c)
		require.Empty(t, stale, "%s", text)
		require.NoError(t, applied.Check(), "%s", text)
	}
	for _, o := range tallied(t, applied, all, options).Observations {
		if o.Severity != finding.Error {
			continue
		}
		part := string(o.Part)
		if o.Part == schema.OutputPart {
			part = ""
		}
		at := fmt.Sprintf(" at %s, ", finding.PlaceText(part, o.Place))
		named := slices.ContainsFunc(left, func(line string) bool {
			rule, rest, _ := strings.Cut(line, " ")
			opened := o.Rule == finding.MemberUnknown && strings.HasPrefix(rule, "union.") // the union is a structure there
			return strings.HasPrefix(" "+rest, at) && (rule == string(o.Rule) || opened)
		})
		require.True(t, named, "%s%s%v is left, and not among\n%s\nafter\n%s", o.Rule, at, o.Details, strings.Join(left, "\n"), text)
	}
	return text, left
}

// tallied validates interactions against a contract.
func tallied(t *testing.T, c *schema.Contract, all []*traffic.Interaction, options validate.Options) *tallies.Traffic {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), options)
	require.NoError(t, err)
	tally := tallies.New([]*schema.Contract{c})
	for _, x := range all {
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
	}
	return tally.Traffic(options.Profile, nil)
}

// responses returns bare bodies as interactions.
func responses(all [][]byte) (interactions []*traffic.Interaction) {
	for i, body := range all {
		interactions = append(interactions, &traffic.Interaction{Source: "bodies.ndjson", Kind: traffic.NDJSON, Index: i, Response: traffic.Response{Body: traffic.BodyOf(body)}})
	}
	return interactions
}

// TestProposeForInvalidVariants checks that the overlay settles every invalid variant of the newest
// contract, or names it as left.
func TestProposeForInvalidVariants(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	s, err := synth.New(c, schema.HTTP)
	require.NoError(t, err)
	settled := 0
	for m := range s.InvalidVariants(schema.OutputPart) {
		_, left := requireSettled(t, c, responses([][]byte{m.Document}), validate.Options{})
		if len(left) == 0 {
			settled++
		}
		if m.Rule != finding.TypeMismatch {
			require.Empty(t, left, "%s %s: %s", m.Rule, m.How, m.Document)
		}
	}
	require.Greater(t, settled, 50)
}

// TestProposeTogether checks traffic with many faults at once.
func TestProposeTogether(t *testing.T) {
	_, left := requireSettled(t, contracts.MustLoad(contracts.Newest), responses(hostile(t, 2000)), validate.Options{Profile: finding.Strict})
	for _, line := range left {
		require.True(t, strings.HasPrefix(line, "type.mismatch") || strings.HasPrefix(line, "member.unknown") || strings.HasPrefix(line, "number."), line)
	}
}

// TestProposeForExchanges checks that facets shared by requests and responses are stated once, and
// that values beside the body are known from their findings.
func TestProposeForExchanges(t *testing.T) {
	colour := schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"RED"})})
	hedge := &schema.Contract{
		Format: schema.Format, Service: "garden", Operation: "PutHedge", Protocol: schema.Is("restJson1"), Method: schema.Is("PUT"), URI: schema.Is("/hedges"),
		Input: "Input", Output: "Output", Shapes: map[string]*schema.Shape{
			"Hedge": {Type: schema.Structure, Members: []schema.Member{
				{Name: "colour", Shape: colour, Required: schema.Is(true)},
				{Name: "leaf", Shape: colour}, // one in memory, as readers make them, and two to an overlay
				{Name: "tag", Shape: schema.Inline(schema.Shape{Type: schema.String})},
			}},
			"Input": {Type: schema.Structure, Members: []schema.Member{
				{Name: "hedge", Shape: schema.Named("Hedge"), Location: schema.Is(schema.LocationPayload)},
				{Name: "mode", Shape: schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"FAST"})}), Location: schema.Is(schema.LocationQuery)},
				{Name: "max", Shape: schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32), Range: schema.Is(schema.Bounds{Min: "1", Max: "9"})}), Location: schema.Is(schema.LocationQuery)},
			}},
			"Output": {Type: schema.Structure, Members: []schema.Member{
				{Name: "hedge", Shape: schema.Named("Hedge"), Location: schema.Is(schema.LocationPayload)},
				{Name: "tag", Shape: schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Max: "3"})}), Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Tag")},
				{Name: "cut", Shape: schema.Inline(schema.Shape{Type: schema.Timestamp}), Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Cut")},
			}},
		},
	}
	require.NoError(t, hedge.Check())
	exchange := func(query, asked string, status int, response, header, value string) *traffic.Interaction {
		return &traffic.Interaction{Source: "c.yaml", Kind: traffic.Cassette, Request: &traffic.Request{Method: "PUT", URL: "https://garden.example.com/hedges" + query, Body: traffic.BodyOf([]byte(asked))},
			Response: traffic.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}, header: {value}}, Body: traffic.BodyOf([]byte(response))}}
	}
	const red = `{"colour":"RED"}`
	for name, test := range map[string]struct {
		exchange *traffic.Interaction
		observed []string
		left     []string
		want     []string
		not      string
	}{
		"a shape of both sides, two values": {exchange("", `{"colour":"PINK"}`, 200, `{"colour":"BLUE"}`, "X-Tag", "a"),
			[]string{"enum.unknown-value input#/hedge/colour ×1 @1 PINK[]×1@1", "enum.unknown-value output#/hedge/colour ×1 @1 BLUE[]×1@1"}, nil, []string{"- RED\n      - BLUE\n      - PINK\n"}, "output#"},
		"a shape of both sides, one value": {exchange("", `{"colour":"PINK"}`, 200, `{"colour":"PINK"}`, "X-Tag", "a"),
			[]string{"enum.unknown-value input#/hedge/colour ×1 @1 PINK[]×1@1", "enum.unknown-value output#/hedge/colour ×1 @1 PINK[]×1@1"}, nil, []string{"- RED\n      - PINK\n"}, "output#"},
		"two members": {exchange("", `{"colour":"PINK","leaf":"BLUE"}`, 200, red, "X-Tag", "a"),
			[]string{"enum.unknown-value input#/hedge/colour ×1 @1 PINK[]×1@1", "enum.unknown-value input#/hedge/leaf ×1 @1 BLUE[]×1@1"}, nil,
			[]string{"hedge/colour\n    enum:\n      - RED\n      - PINK\n    ", "hedge/leaf\n    enum:\n      - RED\n      - BLUE\n    "}, ""},
		"the query": {exchange("?mode=WARP&max=1000", red, 200, red, "X-Tag", "a"),
			[]string{"enum.unknown-value input#/mode ×1 @1 WARP[]×1@1", "constraint.range input#/max ×1 @1 1000..1000"}, nil, []string{"- FAST\n      - WARP\n", "max: 1000\n      min: 1\n"}, ""},
		"the type of a query parameter": {exchange("?max=5000000000", red, 200, red, "X-Tag", "a"),
			[]string{"type.mismatch input#/max ×1 @1 integer[]×1@1", "constraint.range input#/max ×1 @1 5000000000..5000000000"}, nil, []string{"bits: 64"}, ""},
		"a header, named as a member of the payload": {exchange("", red, 200, red, "X-Tag", "abcdef"),
			[]string{"constraint.length output#/tag ×1 @1 6..6"}, nil, []string{"at: output#/tag\n    length:\n      max: 6\n"}, ""},
		"a timestamp in a header": {exchange("", red, 200, red, "X-Cut", "2023-11-14T22:13:20Z"),
			[]string{"type.mismatch output#/cut ×1 @1 date-time string[]×1@1"}, []string{"type.mismatch at /cut, 1 time: an overlay does not change types"}, nil, ""},
		"the response as a whole": {exchange("", red, 400, `{"__type":"HailException"}`, "X-Tag", "a"),
			[]string{"error.unmodeled output# ×1 @1 HailException[]×1@1"}, []string{"error.unmodeled at the top, 1 time: no overlay states it"}, nil, ""},
		"the payload": {exchange("", `{"colour":"RED","tall":true}`, 200, red, "X-Tag", "a"),
			[]string{"member.unknown input#/hedge ×1 @1 tall[boolean]×1@1"}, nil, []string{"at: input#/hedge/tall\n    type: boolean"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			all := []*traffic.Interaction{test.exchange}
			require.Equal(t, test.observed, observed(tallied(t, hedge, all, validate.Options{})))
			overlay, left := requireSettled(t, hedge, all, validate.Options{Profile: finding.Strict})
			require.Equal(t, test.left, left)
			require.Equal(t, test.want == nil, overlay == nil)
			for _, want := range test.want {
				require.Contains(t, string(overlay), want)
			}
			if test.not != "" {
				require.NotContains(t, string(overlay), test.not)
			}
		})
	}
}

// TestProposeByChance checks random contracts and traffic: requests and responses, beside the body
// and in it, and bare bodies.
func TestProposeByChance(t *testing.T) {
	n := uint64(300)
	if testing.Short() {
		n = 30
	}
	overlays, clean := uint64(0), uint64(0)
	for seed := range n {
		c := garden.Random(seed)
		r := &corrupter{rand.New(rand.NewPCG(seed, 3))}
		options := validate.Options{Profile: []finding.Profile{finding.Default, finding.Strict}[seed%2]}
		if seed%5 == 0 {
			options.Encoding = schema.SDK
		}
		overlay, left := requireSettled(t, c, hostileTo(t, c, r, options.Encoding), options)
		if overlay != nil {
			overlays++
		}
		if left == nil {
			clean++
		}
	}
	require.Greater(t, overlays, n/2)
	require.Positive(t, clean)
}

// hostileTo makes requests and responses of a contract, most of them invalid.
func hostileTo(t *testing.T, c *schema.Contract, r *corrupter, encoding schema.Encoding) (all []*traffic.Interaction) {
	s, err := synth.New(c, encoding)
	require.NoError(t, err)
	for i := range 1 + r.IntN(12) {
		x := &traffic.Interaction{Source: "c.yaml", Kind: traffic.Cassette, Index: i, Response: traffic.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}}}
		part := schema.OutputPart
		switch r.IntN(3) {
		case 0:
			x.Request = &traffic.Request{Method: "POST", Body: traffic.BodyOf(r.document(t, s, schema.InputPart)),
				URL: "https://garden.example.com/beds/" + r.word() + "?query=" + r.word()}
		case 1:
			x.Request = &traffic.Request{Method: "POST", Body: traffic.BodyOf(r.document(t, s, schema.InputPart)), URL: "https://garden.example.com/beds/RED"}
			x.Response.Status = 400
			x.Response.Header["X-Amzn-Errortype"] = []string{"FrostException"}
			part = schema.ErrorPart("FrostException")
		}
		x.Response.Body = traffic.BodyOf(r.document(t, s, part))
		all = append(all, x)
	}
	return all
}

// corrupter makes invalid documents.
type corrupter struct{ *rand.Rand }

func (r *corrupter) word() string {
	return []string{"RED", "PINK", "PLUM", "ab-12", "x", strings.Repeat("q", 90), "1000", "Q"}[r.IntN(8)]
}

func (r *corrupter) document(t *testing.T, s *synth.Synth, part schema.Part) []byte {
	document, err := s.Random(part, r.Uint64())
	if err != nil { // it recurs without end
		document = []byte("{}")
	}
	var tree any
	require.NoError(t, json.Unmarshal(document, &tree))
	for range []int{0, 1, 1, 2, 4}[r.IntN(5)] {
		tree = r.corrupt(tree)
	}
	document, err = json.Marshal(tree)
	require.NoError(t, err)
	return document
}

// corrupt changes one value, or one below it.
func (r *corrupter) corrupt(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		switch {
		case r.IntN(5) == 0:
			v[[]string{"extra", "a/b", "~x", "", "*", "*key", "é", "m1", "m9", "query", "SDK_UNKNOWN_MEMBER"}[r.IntN(11)]] = r.value()
			return v
		case len(names) > 0:
			name := names[r.IntN(len(names))]
			if r.IntN(8) == 0 {
				delete(v, name)
			} else {
				v[name] = r.corrupt(v[name])
			}
			return v
		}
	case []any:
		if len(v) > 0 && r.IntN(4) > 0 {
			at := r.IntN(len(v))
			v[at] = r.corrupt(v[at])
			return v
		}
	}
	return r.value()
}

func (r *corrupter) value() any {
	values := []any{nil, true, 0, -3, 1.5, 99999999999, json.Number("1180591620717411303424"), json.Number("1e400"), json.Number("4.0"), "", "x", "PINK", "PLUM",
		strings.Repeat("é", 200), "2023-11-14T22:13:20Z", "2023-11-14T22:13:21Z", "Tue, 14 Nov 2023 22:13:20 GMT", 1700000000, []any{}, []any{nil}, []any{"x", 3}, map[string]any{},
		map[string]any{"zz": 1}, map[string]any{"PINK": "PINK"}, map[string]any{"m0": 1, "m1": "x", "zz": true}, map[string]any{"zz": "x"}, map[string]any{"SDK_UNKNOWN_MEMBER": map[string]any{"name": "zz"}}, map[string]any{"ab": nil}, "NaN"}
	return values[r.IntN(len(values))]
}
