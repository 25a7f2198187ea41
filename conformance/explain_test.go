package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema/contracts"
)

// TestDifferenceLines: a difference names each place with both values in JSON.
func TestDifferenceLines(t *testing.T) {
	for _, v := range []struct{ name, want, got, text string }{
		{"equal", `{"a":[1,{"b":"c"}]}`, `{"a":[1.0,{"b":"c"}]}`, ""},
		{"a value", `{"a":"x"}`, `{"a":"y"}`, `/a: expected "x", reported "y"`},
		{"nothing reported", `{"a":""}`, `{}`, `/a: expected "", reported nothing`},
		{"nothing expected", `{}`, `{"a":null}`, `/a: expected nothing, reported null`},
		{"a number", `{"n":9007199254740993}`, `{"n":9007199254740992}`, `/n: expected 9007199254740993, reported 9007199254740992`},
		{"a list", `{"l":[1,2]}`, `{"l":[1]}`, `/l/1: expected 2, reported nothing`},
		{"another type", `{"a":{}}`, `{"a":[]}`, `/a: expected {}, reported []`},
		{"an escaped name", `{"a/b~":1}`, `{"a/b~":2}`, `/a~1b~0: expected 1, reported 2`},
		{"the top", `{}`, `[]`, `the top: expected {}, reported []`},
		{"markup", `{"a":"<&>"}`, `{"a":"<"}`, `/a: expected "<&>", reported "<"`},
		{"many", `{"l":[0,0,0,0,0,0,0,0,0,0,0,0]}`, `{"l":[]}`, "… and 2 more"},
		{"long", `{"a":"` + strings.Repeat("x", 400) + `"}`, `{}`, `… (402 bytes), reported nothing`},
	} {
		t.Run(v.name, func(t *testing.T) {
			want, err := decode([]byte(v.want))
			require.NoError(t, err)
			text := difference("output", want, []byte(v.got), asReported)
			if v.text == "" {
				require.Empty(t, text)
				return
			}
			require.True(t, strings.HasPrefix(text, "output differs:\n"), text)
			require.Contains(t, text, v.text)
		})
	}
}

// planOf loads a suite of one case whose cassette has these responses.
func planOf(t *testing.T, changes, cassette string) (*Plan, error) {
	t.Helper()
	suite, err := ParseSuite("s.yaml", []byte(strings.Replace(oneCase, "    expect: [{output: canonical}]\n", changes, 1)))
	require.NoError(t, err)
	return Load(suite, fstest.MapFS{"good/status-failed.yaml": {Data: []byte(cassette)}}, contracts.MustLoad(contracts.Newest))
}

const askedJob = "request: {method: GET, url: 'https://h/memberships/m/protectedJobs/j'}"

// TestUndecidableCases: a case whose expectation does not follow from its response is refused before
// anything is played.
func TestUndecidableCases(t *testing.T) {
	for _, v := range []struct{ name, expect, response, problem string }{
		{"no JSON", "[{output: canonical}]", "{code: 200, body: '<html>'}", "cannot tell what to expect"},
		{"a wrong type", "[{broken: true}, {output: canonical}]", `{code: 200, body: '{"protectedJob":[]}'}`, "/protectedJob is not an object"},
		{"a union of two", "[{output: canonical}]", `{code: 200, body: '{"protectedJob":{"result":{"output":{"s3":{},"memberList":[]}}}}'}`, "has 2 members"},
		{"no message", "[{error: {message: canonical}}]", "{code: 400, body: '{}'}", "has no message"},
		{"another error", "[{error: {code: NoSuchException, fields: canonical}}]", "{code: 400, body: 'x'}", "cannot tell"},
	} {
		t.Run(v.name, func(t *testing.T) {
			_, err := planOf(t, "    expect: "+v.expect+"\n", "version: 1\ninteractions: [{"+askedJob+", response: "+v.response+"}]")
			var refused *finding.RowError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, 4, refused.Line)
			require.Contains(t, refused.Problem, v.problem)
		})
	}
}

// TestExplanation: the outcome of a case that failed has what was sent, expected and reported, whole.
func TestExplanation(t *testing.T) {
	long := strings.Repeat("x", 5000)
	cassette := "version: 1\ninteractions: [{" + askedJob + `, response: {code: 200, headers: {Content-Type: [application/json]}, body: '{"protectedJob":{"id":"` + long + `"}}'}}]`
	plan, err := planOf(t, "    fault: {kind: slow, after: 4000}\n    expect: [{output: canonical}, {transport: {kinds: [timeout]}}]\n", cassette)
	require.NoError(t, err)
	results, err := plan.Run(t.Context(), &Func{Do: func(ctx context.Context, call Call) *Result {
		send(ctx, call)
		return &Result{Output: json.RawMessage(`{"protectedJob":{"id":"<other>"}}`)}
	}}, Options{})
	require.NoError(t, err)
	o := results.Outcomes[0]
	require.Equal(t, Failed, o.Verdict)
	require.Equal(t, "good/status-failed.yaml", o.Cassette)
	require.Equal(t, "slow, after 4000", o.Fault)
	require.JSONEq(t, `{"membershipIdentifier":"m","protectedJobIdentifier":"j"}`, string(o.Input))
	require.Len(t, o.Expected, 2)
	require.JSONEq(t, `{"output":{"protectedJob":{"id":"`+long+`"}}}`, string(o.Expected[0]))
	require.JSONEq(t, `{"transport":{"kind":"timeout"}}`, string(o.Expected[1]))
	require.Equal(t, `{"output":{"protectedJob":{"id":"<other>"}}}`, string(o.Reported))
	require.Equal(t, `{"protectedJob":{"id":"`+long+`"}}`, o.Wire[0].Body)
	require.Equal(t, "application/json", o.Wire[0].Headers.Get("Content-Type"))
	text := o.Text()
	require.Less(t, len(text), 3000, "the text is shortened")
	for _, part := range []string{"sent Content-Type: application/json; {", "expected {\"output\"", "or {\"transport\"", "reported {\"output\"", "fault slow, after 4000", "cassette good/status-failed.yaml"} {
		require.Contains(t, text, part)
	}
}

// send sends the request of a call about job j, signed, and reads the response.
func send(ctx context.Context, call Call) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, call.Endpoint+"/memberships/m/protectedJobs/j", nil)
	if err != nil {
		return
	}
	sigv4.Sign(request, nil, sigv4.Credentials(call.Credentials), call.Region, "cleanrooms", time.Now())
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
	}
}

// TestSeveralCalls: each call has its own response and attempts, and its number is unique.
func TestSeveralCalls(t *testing.T) {
	of := func(status string) string {
		return "{" + askedJob + `, response: {code: 200, body: '{"protectedJob":{"status":"` + status + `"}}'}}`
	}
	cassette := "version: 1\ninteractions: [" + of("STARTED") + ", " + of("SUCCESS") + "]"
	for _, v := range []struct {
		name     string
		statuses []string // what the client reports
		sends    []bool
		problem  string
	}{
		{"right", []string{"STARTED", "SUCCESS", "SUCCESS"}, []bool{true, true, true}, ""},
		{"the first again", []string{"STARTED", "STARTED", "SUCCESS"}, []bool{true, true, true}, "/protectedJob/status"},
		{"not sent", []string{"STARTED", "SUCCESS", "SUCCESS"}, []bool{true, false, true}, "expected 1 attempt, 0 arrived"},
		{"the last wrong", []string{"STARTED", "SUCCESS", "FAILED"}, []bool{true, true, true}, "/protectedJob/status"},
	} {
		t.Run(v.name, func(t *testing.T) {
			plan, err := planOf(t, "    calls: 3\n    expect: [{output: canonical}]\n", cassette)
			require.NoError(t, err)
			plan.cases = append(plan.cases, plan.cases[0])
			var seqs []int
			client := &Func{Concurrency: 1, Do: func(ctx context.Context, call Call) *Result {
				k := len(seqs) % 3
				seqs = append(seqs, call.Seq)
				if v.sends[k] {
					send(ctx, call)
				}
				return &Result{Output: json.RawMessage(`{"protectedJob":{"status":"` + v.statuses[k] + `"}}`)}
			}}
			results, err := plan.Run(t.Context(), client, Options{})
			require.NoError(t, err)
			require.Equal(t, []int{1, 2, 3, 4, 5, 6}, seqs)
			require.Equal(t, []int{0, 0, 0, 1, 1, 1, -1}, []int{plan.caseOf(1), plan.caseOf(2), plan.caseOf(3), plan.caseOf(4), plan.caseOf(5), plan.caseOf(6), plan.caseOf(7)})
			o := results.Outcomes[0]
			if v.problem == "" {
				require.Equal(t, Passed, o.Verdict, o.Problems)
				require.Len(t, o.Wire, 3)
				return
			}
			require.Equal(t, Failed, o.Verdict)
			require.Contains(t, strings.Join(o.Problems, "\n"), v.problem)
			require.Positive(t, o.Call)
		})
	}
}

// TestSelections: patterns add up, and what is skipped is left out.
func TestSelections(t *testing.T) {
	plan, err := Load(Builtin(), cassettes.Embedded(), contracts.MustLoad(contracts.Newest))
	require.NoError(t, err)
	for _, v := range []struct {
		name       string
		cases, not []string
		want       int
	}{
		{"all", nil, nil, plan.Len()},
		{"one pattern", []string{"status"}, nil, 6},
		{"two patterns", []string{"status", "enum"}, nil, 10},
		{"overlapping", []string{"status", "status/failed"}, nil, 6},
		{"without", nil, []string{"status"}, plan.Len() - 6},
		{"both", []string{"status", "enum"}, []string{"*/failed", "enum/empty-status"}, 8},
		{"none left", []string{"status"}, []string{"status"}, 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.Len(t, plan.Select(v.cases...).Without(v.not...).Cases(), v.want)
			selected := Builtin().Select(v.cases...).Without(v.not...)
			require.Equal(t, v.want, selected.Len())
			require.Len(t, selected.leftOut, plan.Len()-v.want)
		})
	}
}

// TestRunOptions: the calls at a time are bounded, and timeouts are scaled.
func TestRunOptions(t *testing.T) {
	plan, err := Load(Builtin().Select("status"), cassettes.Embedded(), contracts.MustLoad(contracts.Newest))
	require.NoError(t, err)
	for name, v := range map[string]struct {
		options Options
		limit   int
	}{
		"as they are": {Options{Concurrency: 1}, 5000},
		"longer":      {Options{Concurrency: 1, TimeoutScale: 2.5}, 12_500},
		"shorter":     {Options{Concurrency: 1, TimeoutScale: 0.0001}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			running := 0
			client := &Func{Concurrency: 8, Do: func(_ context.Context, call Call) *Result {
				running++ // without a lock: the race detector would tell
				defer func() { running-- }()
				require.Equal(t, 1, running)
				require.Equal(t, v.limit, call.TimeoutMs)
				return &Result{Skipped: &SkippedResult{}}
			}}
			_, err := plan.Run(t.Context(), client, v.options)
			require.NoError(t, err)
		})
	}
}
