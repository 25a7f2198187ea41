package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/decimal"
)

// oracle compares a result and the wire log with a case. Without a problem the case passes.
type oracle struct {
	c        *scenario
	expect   []expectation
	reports  string
	attempts []Attempt
}

// expectation is an alternative with its output resolved.
type expectation struct {
	expectSpec
	output any // of the alternative output, canonical
	fields any
	// corrected removes what a client may add to its report: client error correction.
	corrected func(want, got any) any
}

// verdict compares a result with the alternatives and the wire log against the
// bounds of the case.
func (o *oracle) verdict(result *Result) []string {
	problems := o.wire(result)
	kind := result.Kind()
	if kind == "skipped" {
		return problems
	}
	var reasons []string
	for i := range o.expect {
		reason := o.alternative(&o.expect[i], kind, result)
		if reason == "" {
			return problems
		}
		reasons = append(reasons, reason)
	}
	return append(problems, nearest(reasons))
}

// nearest returns the most specific reason: a difference within the expected kind of result, if
// there is one.
func nearest(reasons []string) string {
	for _, r := range reasons {
		if strings.Contains(r, "\n") {
			return r
		}
	}
	return strings.Join(reasons, "; nor ")
}

// alternative returns how a result differs from an alternative; empty: it does not.
func (o *oracle) alternative(e *expectation, kind string, result *Result) string {
	want := e.Kind()
	if kind != want {
		return fmt.Sprintf("expected %s, the client reports %s", e.describe(), describe(result))
	}
	switch want {
	case "output":
		if o.reports == ReportsOutcome {
			return "" // only the kind is checked
		}
		return difference("output", e.output, result.Output, e.corrected)
	case "error":
		return o.error(e, result.Error)
	case "transport":
		if kinds := e.Transport.Kinds; len(kinds) > 0 && !slices.Contains(kinds, result.Transport.Kind) {
			return fmt.Sprintf("expected a transport failure of kind %s, the client reports %s", strings.Join(kinds, " or "), result.Transport.Kind)
		}
	}
	return ""
}

func (o *oracle) error(e *expectation, got *ErrorResult) string {
	want := e.Error
	switch {
	case want.Code != "" && want.Code != got.Code:
		return fmt.Sprintf("expected error code %s, the client reports %q", want.Code, got.Code)
	case o.reports == ReportsOutcome:
		return ""
	case want.Message != "" && want.Message != got.Message:
		return fmt.Sprintf("expected error message %q, the client reports %q", want.Message, got.Message)
	case want.HTTPStatus != 0 && got.HTTPStatus != want.HTTPStatus:
		return fmt.Sprintf("expected HTTP status %d, the client reports %d", want.HTTPStatus, got.HTTPStatus)
	case want.Fields.Stated():
		fields := got.Fields
		if fields == nil {
			fields = json.RawMessage("{}")
		}
		return difference("error fields", e.fields, fields, e.corrected)
	}
	return ""
}

// wire checks the requests that arrived at the listener.
func (o *oracle) wire(result *Result) []string {
	var problems []string
	low, high := o.c.Attempts.bounds()
	n := len(o.attempts)
	switch kind := result.Kind(); {
	case kind == "skipped" || kind == "rejected": // it says that it sent nothing
		if n > 0 {
			problems = append(problems, fmt.Sprintf("%s arrived, but the client says %s", count(n, "request"), describe(result)))
		}
	case n < low || n > high:
		problems = append(problems, fmt.Sprintf("expected %s, %d arrived", between(low, high), n))
	}
	for _, a := range o.attempts {
		if a.Miss != "" {
			problems = append(problems, "unexpected request: "+a.Miss)
			break
		}
		if a.unsigned != "" {
			problems = append(problems, a.unsigned)
			break
		}
	}
	if o.impatient() {
		problems = append(problems, fmt.Sprintf("expected pauses of at least %d ms between most attempts, got fewer", o.c.Attempts.PauseMs))
	}
	return problems
}

// impatient reports whether most of the pauses between attempts are shorter than the case demands.
// Single ones may be, because backoff has jitter. A slow machine only makes pauses longer, so it
// never fails a correct client.
func (o *oracle) impatient() bool {
	short, demanded := 0, time.Duration(o.c.Attempts.PauseMs)*time.Millisecond
	for i := range len(o.attempts) - 1 {
		if o.attempts[i+1].arrived.Sub(o.attempts[i].responded) < demanded {
			short++
		}
	}
	return 2*short > max(0, len(o.attempts)-1)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func between(low, high int) string {
	if low == high {
		return count(low, "attempt")
	}
	return fmt.Sprintf("%d to %d attempts", low, high)
}

func (e *expectation) describe() string {
	switch e.Kind() {
	case "error":
		switch {
		case e.Error.Code != "":
			return "error " + e.Error.Code
		case e.Error.HTTPStatus != 0:
			return fmt.Sprintf("an error with status %d", e.Error.HTTPStatus)
		}
		return "an error"
	case "transport":
		return "a transport failure"
	case "rejected":
		return "a report that the input is rejected"
	case "broken":
		return "a report that the response is broken"
	}
	return "an output"
}

// ports matches the ports of listeners and connections, which differ from run to run.
var ports = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
})

func describe(r *Result) string {
	return ports().ReplaceAllString(r.describe(), "127.0.0.1:PORT")
}

func (r *Result) describe() string {
	switch r.Kind() {
	case "error":
		return because("error "+r.Error.Code, r.Error.Message)
	case "transport":
		return because("a transport failure of kind "+r.Transport.Kind, r.Transport.Message)
	case "rejected":
		return because("that it rejects the input", r.Rejected.Message)
	case "skipped":
		return because("that it skipped the call", r.Skipped.Reason)
	case "broken":
		return because("a broken response", r.Broken.Message)
	case "output":
		return fmt.Sprintf("output %.200s", r.Output)
	}
	return r.Kind()
}

// because appends the client's message, if there is one.
func because(what, message string) string {
	if message == "" {
		return what
	}
	return fmt.Sprintf("%s: %.200s", what, message)
}

// difference compares canonical JSON and returns "" if it is equal. Numbers are compared by value,
// and integers beyond 2^53 may be strings.
func difference(what string, want any, got json.RawMessage, corrected func(want, got any) any) string {
	d := json.NewDecoder(bytes.NewReader(got))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return fmt.Sprintf("the %s of the client is not JSON: %v", what, err)
	}
	var all differences
	all.compare("", normal(want), normal(tagged(want, corrected(want, value))))
	if text := all.text(); text != "" {
		return what + " differs:\n" + text
	}
	return ""
}

// tagged replaces {"$unknown": true}, from a client that does not report the name of an unknown
// union member, by the expected name.
func tagged(want, got any) any {
	switch got := got.(type) {
	case map[string]any:
		expected, _ := want.(map[string]any)
		object := make(map[string]any, len(got))
		for name, value := range got {
			if tag, ok := expected[name].(string); ok && name == "$unknown" && value == true {
				value = tag
			}
			object[name] = tagged(expected[name], value)
		}
		return object
	case []any:
		expected, _ := want.([]any)
		list := make([]any, len(got))
		for i, value := range got {
			var element any
			if i < len(expected) {
				element = expected[i]
			}
			list[i] = tagged(element, value)
		}
		return list
	}
	return got
}

// number is a JSON number by its value.
type number string

// inDoubles is the interval of integers that every client can represent without loss.
var inDoubles = decimal.Between("-9007199254740991", "9007199254740991")

func normal(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(decimal.Parse(nil, []byte(v)).String())
	case string:
		if decimal.Valid(v) && !strings.ContainsAny(v, ".eE") && !inDoubles.Holds(decimal.Parse(nil, []byte(v))) {
			return number(v)
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = normal(e)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for k, e := range v {
			object[k] = normal(e)
		}
		return object
	}
	return v
}
