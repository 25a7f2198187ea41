package mock

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/fault"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// choice is the response that a request gets.
type choice struct {
	list     *responses.List
	response responses.Response // not a sequence
	fault    *fault.Spec
	delay    time.Duration
	applied  string // the preferences that were followed
}

func (c *choice) make(r *received) (synth.Response, error) {
	return c.list.Make(c.response, c.list.Received(&r.message, r.body), r.continues(c.list))
}

// choose decides which response an operation gives to a request: the one that its Prefer names, or
// the session, or the scenario; else the full one.
func (s *Server) choose(session *session, r *received) (*choice, error) {
	if prefer := r.message.Header.Values("Prefer"); len(prefer) > 0 {
		return s.preferred(r.contract, prefer)
	}
	if asked := session.asked(r.contract); asked != nil {
		return s.played(session, 0, asked, r)
	}
	if s.scenario != nil {
		if row := s.scenario.row(r.contract, r); row != nil {
			return s.played(session, int(row.Line), &row.Reaction, r)
		}
	}
	list, err := s.usual(r.contract)
	if err != nil {
		return nil, err
	}
	return &choice{list: list, response: list.Full()}, nil
}

// Reaction says what an operation responds: in a session, and in a row of a scenario.
type Reaction struct {
	Response string         `json:"response,omitempty" yaml:"response" example:"status=FAILED" doc:"The ID of a response, of which crcheck mock --list has the list; the default is full."`
	Sequence []string       `json:"sequence,omitempty" yaml:"sequence" doc:"IDs of responses, one for each request with the same identifiers. The last one repeats."`
	Pin      map[string]any `json:"pin,omitempty" yaml:"pin" doc:"Values that stay in all responses, by the names of members as IDs write them."`
	Fault    *fault.Spec    `json:"fault,omitempty" yaml:"fault" doc:"What happens to the response on its way."`
	Delay    Delay          `json:"delay,omitempty" yaml:"delay" example:"250ms" doc:"How long the response is delayed."`
}

// Delay is a duration as Go writes it, such as 250ms.
type Delay time.Duration

// UnmarshalText reads a duration that is not negative.
func (d *Delay) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is not a delay: write a duration such as 250ms or 2s", text)
	}
	*d = Delay(parsed)
	return nil
}

// MarshalText writes the duration.
func (d Delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// steps returns the responses of a reaction, one after another.
func (a *Reaction) steps(list *responses.List) ([]responses.Response, error) {
	ids := a.Sequence
	if len(ids) == 0 {
		ids = []string{cmp.Or(a.Response, "full")}
	}
	var all []responses.Response
	for _, id := range ids {
		r, err := list.Find(id)
		if err != nil {
			return nil, err
		}
		all = append(all, list.Steps(r)...)
	}
	return all, nil
}

// usual reports whether the reaction is the full response.
func (a *Reaction) usual() bool {
	return a.Response == "" && len(a.Sequence) == 0 && len(a.Pin) == 0 && a.Fault == nil && a.Delay == 0
}

// check says what is wrong with a reaction of an operation, or returns nil.
func (a *Reaction) check(s *Server, c *schema.Contract) error {
	if a.Response != "" && len(a.Sequence) > 0 {
		return fmt.Errorf("response and sequence exclude each other")
	}
	if a.Fault != nil {
		if problem := a.Fault.Check(); problem != "" {
			return fmt.Errorf("%s", problem)
		}
	}
	list, err := s.list(c, a.Pin)
	if err != nil {
		return err
	}
	_, err = a.steps(list)
	return err
}

// played is the next response of a reaction: of that of a session, or of a row of a scenario at a
// line. Each session counts for each identity of requests.
func (s *Server) played(session *session, line int, a *Reaction, r *received) (*choice, error) {
	list, err := s.list(r.contract, a.Pin)
	if err != nil {
		return nil, err
	}
	steps, err := a.steps(list)
	if err != nil {
		return nil, err
	}
	attempt := session.count(fmt.Sprint(r.contract, " ", line, " ") + r.identity())
	chosen := &choice{list: list, response: steps[min(attempt, len(steps))-1], delay: time.Duration(a.Delay)}
	if a.Fault.Hits(attempt) {
		chosen.fault = a.Fault
	}
	return chosen, nil
}

// maxKnown is the length from which a message does not list more.
const maxKnown = 16 << 10

// PreferenceError says that a preference cannot be followed.
type PreferenceError struct {
	Preference string
	Reason     string
	Known      []string
}

// Brief is the error without what there is.
func (e *PreferenceError) Brief() string {
	return fmt.Sprintf("the preference %s cannot be followed: %s", e.Preference, e.Reason)
}

func (e *PreferenceError) Error() string {
	text := e.Brief()
	for i, known := range e.Known {
		switch {
		case i == 0:
			text += "; there are: " + known
		case len(text) > maxKnown:
			return text + fmt.Sprintf(", and %d more: GET %sresponses", len(e.Known)-i, controlPrefix)
		default:
			text += ", " + known
		}
	}
	return text
}

// preferred follows the preferences of a request (RFC 7240), as Prism does: response=ID and
// code=STATUS; also fault=KIND and delay=DURATION.
func (s *Server) preferred(c *schema.Contract, headers []string) (*choice, error) {
	list, err := s.list(c, nil)
	if err != nil {
		return nil, err
	}
	chosen := &choice{list: list, response: list.Full()}
	var applied []string
	for _, p := range preferences(strings.Join(headers, ",")) {
		switch p.name {
		case "response":
			r, err := list.Find(p.value)
			if unknown := (*responses.UnknownError)(nil); errors.As(err, &unknown) {
				return nil, &PreferenceError{p.text, err.Error(), unknown.Known}
			}
			if len(r.Sequence) > 0 {
				return nil, &PreferenceError{p.text, "a sequence needs a session: POST it to " + controlPrefix + "sessions", nil}
			}
			chosen.response = r
		case "code":
			r, known, ok := withStatus(list, p.value)
			if !ok {
				return nil, &PreferenceError{p.text, "no response has this status", known}
			}
			chosen.response = r
		case "fault":
			chosen.fault = &fault.Spec{Kind: p.value}
			if problem := chosen.fault.Check(); problem != "" {
				return nil, &PreferenceError{p.text, problem, nil}
			}
		case "delay":
			var d Delay
			if err := d.UnmarshalText([]byte(p.value)); err != nil {
				return nil, &PreferenceError{p.text, err.Error(), nil}
			}
			chosen.delay = time.Duration(d)
		default:
			return nil, &PreferenceError{p.text, "it is unknown", []string{"response=ID", "code=STATUS", "fault=KIND", "delay=DURATION"}}
		}
		applied = append(applied, p.text)
	}
	chosen.applied = strings.Join(applied, ", ")
	return chosen, nil
}

// withStatus returns the first response with a status, or the statuses that there are.
func withStatus(list *responses.List, text string) (found responses.Response, known []string, ok bool) {
	want, _ := strconv.Atoi(text)
	seen := map[int]bool{}
	for _, r := range list.All() {
		if len(r.Sequence) > 0 || r.Kind != responses.Full && r.Kind != responses.Error {
			continue
		}
		m, err := list.Make(r, synth.Request{}, false)
		if err != nil {
			continue
		}
		if m.Status == want {
			return r, nil, true
		}
		if !seen[m.Status] {
			seen[m.Status] = true
			known = append(known, strconv.Itoa(m.Status))
		}
	}
	return found, known, false
}

// preference is one of a header Prefer.
type preference struct{ name, value, text string }

// preferences splits the value of a header at commas outside of quotes. A value that is not quoted
// may have any other characters, because IDs of responses have them.
func preferences(header string) []preference {
	var all []preference
	quoted, start := false, 0
	cut := func(end int) {
		text := strings.TrimSpace(header[start:end])
		start = end + 1
		if text == "" {
			return
		}
		name, value, _ := strings.Cut(text, "=")
		value = strings.TrimSpace(value)
		if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
			value = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(value[1 : len(value)-1])
		}
		all = append(all, preference{strings.ToLower(strings.TrimSpace(name)), value, text})
	}
	for i := 0; i < len(header); i++ {
		switch {
		case header[i] == '\\' && quoted:
			i++
		case header[i] == '"':
			quoted = !quoted
		case header[i] == ',' && !quoted:
			cut(i)
		}
	}
	cut(len(header))
	return all
}
