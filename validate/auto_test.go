package validate

import (
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// brokers is an operation of which wire names and API names differ, and which has a timestamp.
const brokers = `{"crcheckContract":1,"service":"mq","operation":"List","protocol":"restJson1","method":"GET","uri":"/brokers","status":200,"output":"Out",
	"errors":[{"name":"NotFound","status":404,"shape":"NotFound"}],"shapes":{
	"NotFound":{"type":"structure","members":[{"name":"Message","wireName":"message","shape":{"type":"string"}}]},
	"Out":{"type":"structure","members":[{"name":"Brokers","wireName":"brokers","shape":{"type":"list","element":"Broker"}},{"name":"id","shape":{"type":"string"}},{"name":"at","shape":{"type":"timestamp"}}]},
	"Broker":{"type":"structure","members":[{"name":"Name","wireName":"name","shape":{"type":"string"}},{"name":"state","shape":{"type":"string","enum":["UP"]}}]}}}`

func autoOf(t *testing.T, contracts ...string) *Auto {
	t.Helper()
	var all []*schema.Contract
	for _, text := range contracts {
		c, err := schema.Parse([]byte(text))
		require.NoError(t, err)
		all = append(all, c)
	}
	a, err := CompileAuto(schema.NewCatalog(all...), Options{})
	require.NoError(t, err)
	return a
}

// sourceOf is a source of bare bodies.
func sourceOf(bodies ...string) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for i, body := range bodies {
			if !yield(&traffic.Interaction{Source: "bodies.ndjson", Kind: traffic.NDJSON, Index: i, Response: traffic.Response{Body: traffic.BodyOf([]byte(body))}}, nil) {
				return
			}
		}
	}
}

// taken validates a source and says of each document how it was taken, and what was found.
func takenAs(t *testing.T, a *Auto, bare Bare, all iter.Seq2[*traffic.Interaction, error]) (lines []string) {
	t.Helper()
	var s Source
	for x, err := range all {
		require.NoError(t, err)
		decided := s.Look(x)
		s.Vote(x, a, bare)
		if decided {
			break
		}
	}
	for x := range all {
		c, err := a.Check(x, bare, &s)
		require.NoError(t, err)
		line := c.Encoding.String()
		if c.Unrecognised != nil {
			line = "unrecognised " + strings.Join(c.Unrecognised, " ")
		}
		for _, rule := range c.Findings.Rules() {
			line += " " + string(rule)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestEvidence checks which encoding a document proves, and which one its source gives it
// otherwise.
func TestEvidence(t *testing.T) {
	const (
		metadata = `{"ResponseMetadata":{"HTTPStatusCode":200},"Brokers":[]}`
		failed   = `{"Error":{"Code":"NotFound","Message":"m"},"ResponseMetadata":{"HTTPStatusCode":404}}`
		iso      = `{"id":"1","at":"2026-01-01T00:00:00+00:00"}`
		epoch    = `{"id":"1","at":1767225600}`
		wireName = `{"brokers":[{"name":"a","state":"UP"}]}`
		apiName  = `{"Brokers":[{"Name":"a","state":"UP"}]}`
	)
	many := func(n int, body string) (all []string) {
		for range n {
			all = append(all, body)
		}
		return all
	}
	for name, test := range map[string]struct {
		bodies []string
		want   []string
	}{
		"metadata decide":                      {[]string{metadata}, []string{"sdk"}},
		"metadata decide against the majority": {[]string{`{"ResponseMetadata":{},"brokers":[{"name":"a"}]}`}, []string{"sdk member.unknown"}},
		"an error decides":                     {[]string{failed}, []string{"sdk"}},
		"an error that is not listed":          {[]string{`{"Error":{"Code":"NoSuchThing","Message":"m"},"ResponseMetadata":{"HTTPStatusCode":400}}`}, []string{"sdk error.unmodeled"}},
		"an ISO timestamp proves nothing":      {[]string{iso}, []string{"http type.mismatch"}},
		"names alone, wire":                    {[]string{wireName, iso}, []string{"http", "http type.mismatch"}},
		"names alone, sdk":                     {[]string{apiName, iso}, []string{"sdk", "sdk"}},
		"the source decides, later ones":       {[]string{iso, iso, apiName}, []string{"sdk", "sdk", "sdk"}},
		"the most decide":                      {[]string{apiName, wireName, wireName}, []string{"http member.unknown", "http", "http"}},
		"mixed":                                {[]string{wireName, wireName, metadata}, []string{"http", "http", "sdk encoding.mixed"}},
		"mixed the other way":                  {[]string{metadata, metadata, apiName, wireName}, []string{"sdk", "sdk", "sdk", "sdk member.unknown"}},
		"99 bodies and a timestamp":            {append(many(99, epoch), iso), append(many(99, "http"), "http type.mismatch")},
		"a timestamp and 99 bodies":            {append([]string{iso}, many(99, epoch)...), append([]string{"http type.mismatch"}, many(99, "http")...)},
		"nothing after the first thousand":     {append(many(MaxAhead, epoch), apiName, iso), append(many(MaxAhead, "http"), "http member.unknown", "http type.mismatch")},
		"Error without a code":                 {[]string{`{"Error":{"Message":"m"},"id":"1"}`}, []string{"http member.unknown"}},
		"metadata that is not an object":       {[]string{`{"ResponseMetadata":1,"id":"1"}`}, []string{"http member.unknown"}},
		"broken JSON":                          {[]string{`{"ResponseMetadata":{},"id":`}, []string{"sdk syntax.invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, takenAs(t, autoOf(t, brokers), Bare{}, sourceOf(test.bodies...)))
		})
	}
	t.Run("a member of that name proves nothing", func(t *testing.T) {
		named := strings.Replace(brokers, `{"name":"id"`, `{"name":"Error","shape":"Broker"},{"name":"ResponseMetadata","shape":"Broker"},{"name":"id"`, 1)
		require.Equal(t, []string{"http member.unknown"}, takenAs(t, autoOf(t, named), Bare{}, sourceOf(`{"Error":{"Code":"x"}}`)))
		require.Equal(t, []string{"http"}, takenAs(t, autoOf(t, named), Bare{}, sourceOf(`{"ResponseMetadata":{"state":"UP"}}`)))
	})
	t.Run("a request means HTTP", func(t *testing.T) {
		x := &traffic.Interaction{Live: true, Request: &traffic.Request{Method: "GET", URL: "http://localhost/brokers"},
			Response: traffic.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(metadata))}}
		require.Equal(t, []string{"http member.unknown"}, takenAs(t, autoOf(t, brokers), Bare{}, func(yield func(*traffic.Interaction, error) bool) { yield(x, nil) }))
	})
	t.Run("a choice is kept", func(t *testing.T) {
		c, err := schema.Parse([]byte(brokers))
		require.NoError(t, err)
		a, err := CompileFixed(schema.NewCatalog(c), Options{Encoding: schema.HTTP})
		require.NoError(t, err)
		require.Equal(t, []string{"http member.unknown", "http"}, takenAs(t, a, Bare{}, sourceOf(metadata, epoch)))
	})
}

// TestUnrecognised checks that a document is not validated if the contract knows none of its
// members.
func TestUnrecognised(t *testing.T) {
	other := strings.NewReplacer(`"mq"`, `"other"`, `"/brokers"`, `"/others"`).Replace(brokers)
	for name, test := range map[string]struct {
		body      string
		bare      Bare
		contracts []string
		want      string
	}{
		"foreign":                          {`{"name":"x","version":1}`, Bare{}, []string{brokers}, "unrecognised name version"},
		"foreign, but somebody said so":    {`{"name":"x"}`, Bare{Operation: "List"}, []string{brokers}, "http member.unknown"},
		"foreign, and a status":            {`{"name":"x"}`, Bare{Status: 200}, []string{brokers}, "http member.unknown"},
		"one member is known":              {`{"name":"x","id":"1"}`, Bare{}, []string{brokers}, "http member.unknown"},
		"a name of the API":                {`{"Brokers":7}`, Bare{}, []string{brokers}, "sdk type.mismatch"},
		"an error's body":                  {`{"__type":"X","message":"m"}`, Bare{}, []string{brokers}, "http member.unknown"},
		"no members":                       {`{}`, Bare{}, []string{brokers}, "http"},
		"a list that was named":            {`[1]`, Bare{}, []string{brokers}, "http type.mismatch"},
		"a list in a folder":               {`[1]`, Bare{Found: true}, []string{brokers}, "unrecognised "},
		"broken, in a folder":              {`{"id":`, Bare{Found: true}, []string{brokers}, "http syntax.invalid"},
		"in a folder, of several":          {`{"name":"x"}`, Bare{Found: true}, []string{brokers, other}, "unrecognised name"},
		"a sample of many names":           {`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1}`, Bare{}, []string{brokers}, "unrecognised a b c d e f g h i j"},
		"what is right is never in doubt ": {`{"at":1}`, Bare{Found: true}, []string{brokers}, "http"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{test.want}, takenAs(t, autoOf(t, test.contracts...), test.bare, sourceOf(test.body)))
		})
	}
	t.Run("of several, named", func(t *testing.T) {
		bare := func(body string) *traffic.Interaction {
			return &traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte(body))}}
		}
		_, err := autoOf(t, brokers, other).Check(bare(`{"id":"1"}`), Bare{}, &Source{})
		require.ErrorAs(t, err, new(*BareError))
		c, err := autoOf(t, brokers, other).Check(bare(`{"name":"x"}`), Bare{}, &Source{})
		require.NoError(t, err)
		require.Equal(t, []string{"name"}, c.Unrecognised)
	})
}

// TestLook checks that a bounded number of interactions and bytes decides what a source is, also if
// some cannot be read.
func TestLook(t *testing.T) {
	small, large := &traffic.Interaction{Request: &traffic.Request{}}, &traffic.Interaction{Request: &traffic.Request{}}
	large.Response.Body = traffic.BodyOf(make([]byte, MaxAheadBytes/4))
	for name, test := range map[string]struct {
		all  []*traffic.Interaction // repeated
		want int
	}{
		"many":       {[]*traffic.Interaction{small}, MaxAhead},
		"unreadable": {[]*traffic.Interaction{nil}, MaxAhead},
		"some":       {[]*traffic.Interaction{small, nil}, MaxAhead},
		"large":      {[]*traffic.Interaction{large}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			var s Source
			looked := 1
			for !s.Look(test.all[looked%len(test.all)]) {
				looked++
			}
			require.Equal(t, test.want, looked)
		})
	}
}

// TestFrom checks that a recording says who responded, unless the options say it.
func TestFrom(t *testing.T) {
	for _, test := range []struct {
		meta   string
		option finding.Origin
		want   finding.Severity
	}{
		{"", finding.OriginUnknown, finding.Info}, {"aws", finding.OriginUnknown, finding.Info}, {"emulator", finding.OriginUnknown, finding.Warning},
		{"emulator", finding.OriginAWS, finding.Info}, {"aws", finding.OriginEmulator, finding.Warning}, {"nonsense", finding.OriginUnknown, finding.Info},
	} {
		t.Run(test.meta+" "+test.option.String(), func(t *testing.T) {
			x := bagged(`{"items":[],"tags":{},"id":"1"}`, 400, `{"__type":"ThrottlingException"}`)
			x.Meta.From = test.meta
			found := checkBag(t, Options{From: test.option}, x)
			require.Equal(t, []finding.RuleID{finding.ErrorUnmodeled}, found.Rules())
			require.Equal(t, test.want, found[0].Severity)
		})
	}
}
