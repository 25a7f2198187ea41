package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/wording"
)

// explain adds to the outcome of a case what a reader needs to understand it: what was sent, what was
// expected and what the client reported. The result is nil if the client misbehaved.
func (s *session) explain(o *Outcome, c *planned, call int, result *Result) {
	ids := newIdentifiers(s.options.Seed, &c.scenario, c.interactions)
	o.Input = c.input(ids)
	if c.Fault != nil {
		o.Fault = c.Fault.Kind
		if c.Fault.After > 0 {
			o.Fault += fmt.Sprintf(", after %d", c.Fault.After)
		}
		if c.Fault.Times > 0 {
			o.Fault += fmt.Sprintf(", times %d", c.Fault.Times)
		}
	}
	if c.calls() > 1 {
		o.Call = call + 1
	}
	if expect, err := c.expectations(ids, call); err == nil {
		for i := range expect {
			o.Expected = append(o.Expected, expect[i].json())
		}
	}
	if result != nil {
		o.Reported = result.json()
	}
	for i := range o.Wire {
		a := &o.Wire[i]
		a.Headers = a.header
		if utf8.Valid(a.body) {
			a.Body = string(a.body)
		} else {
			a.Base64 = base64.StdEncoding.EncodeToString(a.body)
		}
	}
}

// json returns the alternative in the form of a result.
func (e *expectation) json() json.RawMessage {
	form := map[string]any{}
	switch kind := e.Kind(); kind {
	case "output":
		form[kind] = e.output
	case "error":
		members := map[string]any{}
		for name, value := range map[string]string{"code": e.Error.Code, "message": e.Error.Message} {
			if value != "" {
				members[name] = value
			}
		}
		if e.Error.HTTPStatus != 0 {
			members["httpStatus"] = e.Error.HTTPStatus
		}
		if e.Error.Fields.Stated() {
			members["fields"] = e.fields
		}
		form[kind] = members
	case "transport":
		members := map[string]any{}
		if len(e.Transport.Kinds) > 0 {
			members["kind"] = strings.Join(e.Transport.Kinds, " or ")
		}
		form[kind] = members
	default:
		form[kind] = struct{}{}
	}
	return marshalled(form)
}

// json returns the result as the client reported it, without the number of its call. Ports differ
// from run to run.
func (r *Result) json() json.RawMessage {
	bare := *r
	bare.Type, bare.Seq = "", 0
	var members map[string]json.RawMessage
	if json.Unmarshal(marshalled(bare), &members) != nil {
		return nil
	}
	delete(members, "type")
	delete(members, "seq")
	return ports().ReplaceAll(marshalled(members), []byte("127.0.0.1:PORT"))
}

// marshalled is a value as JSON, with < and & as they are.
func marshalled(value any) json.RawMessage {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil
	}
	return json.RawMessage(strings.TrimSpace(text.String()))
}

// shown bounds a value in the text of a report, in characters. JSON has it whole.
const shown = 300

// details writes what was sent, expected and reported, shortened.
func (o *Outcome) details(w *strings.Builder) {
	if o.Call > 0 {
		fmt.Fprintf(w, "  in call %d\n", o.Call)
	}
	for i, a := range o.Wire {
		fmt.Fprintf(w, "  attempt %d: %s\n", i+1, a)
		if a.Headers != nil {
			fmt.Fprintf(w, "    sent %s\n", a.sent())
		}
	}
	if len(o.Wire) == 0 {
		fmt.Fprintln(w, "  no request arrived")
	}
	for i, expected := range o.Expected {
		fmt.Fprintf(w, "  %s %s\n", map[bool]string{true: "expected", false: "or"}[i == 0], wording.Clip(string(expected), shown))
	}
	if o.Reported != nil {
		fmt.Fprintf(w, "  reported %s\n", wording.Clip(string(o.Reported), shown))
	}
	if o.Fault != "" {
		fmt.Fprintf(w, "  fault %s\n", o.Fault)
	}
	if o.Cassette != "" {
		fmt.Fprintf(w, "  cassette %s\n", o.Cassette)
	}
}

// sent describes the response of an attempt: the headers that decide how it is read, and its body.
func (a Attempt) sent() string {
	var parts []string
	for _, name := range []string{"Content-Type", "X-Amzn-Errortype", "X-Amzn-Query-Error", "Location"} {
		if value := a.Headers.Get(name); value != "" {
			parts = append(parts, name+": "+wording.Clip(value, shown))
		}
	}
	switch {
	case a.Base64 != "":
		parts = append(parts, "in Base64: "+wording.Clip(a.Base64, shown))
	case strings.ContainsFunc(a.Body, unicode.IsControl):
		parts = append(parts, wording.Clip(string(marshalled(a.Body)), shown))
	case a.Body != "":
		parts = append(parts, wording.Clip(a.Body, shown))
	default:
		parts = append(parts, "no body")
	}
	return strings.Join(parts, "; ")
}
