package drift

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// note records that documents that may prove a change were tried, or why not.
func (c *claim) note(err error) {
	switch {
	case err == nil:
		c.tried, c.untried = true, nil
	case !c.tried && c.untried == nil:
		c.untried = err
	}
}

// shows reports whether documents of an encoding may prove a change: over HTTP, a change in the
// body; in the sdk encoding, any change but that of a member's location or form.
func (c *claim) shows(p schema.Encoding) bool {
	if p == schema.HTTP {
		within, _ := c.travels()
		return within
	}
	return c.Rule != finding.DriftBindingChanged && c.Rule != finding.DriftFormatChanged
}

// NoJSONError says that a part's body is not JSON on one side.
type NoJSONError struct {
	Part schema.Part
	Side Side
}

func (e *NoJSONError) Error() string {
	return fmt.Sprintf("the body of the %s is not JSON in the %s contract", e.Part, e.Side)
}

// noJSON returns nil if both bodies are JSON; then one side has no document.
func noJSON(part schema.Part, old, new *schema.Contract) error {
	if _, raw := old.RawBody(part); raw {
		return &NoJSONError{part, Old}
	}
	if _, raw := new.RawBody(part); raw {
		return &NoJSONError{part, New}
	}
	return nil
}

// notes records the changes for which no document of the allowing side could be made, and why. The
// argument is the reason if there is no document of the part at all.
func (s *search) notes(none error) {
	if !s.wanting() {
		return
	}
	problems := s.samples.Problems(s.part)
	for _, c := range s.claims {
		if c.best != nil || !c.shows(s.encoding) {
			continue
		}
		err, depth := none, -1
		for _, p := range problems { // the deepest one is the cause
			if n := strings.Count(p.Place.Pointer, "/"); n > depth && s.blocks(p, c) {
				err, depth = p, n
			}
		}
		c.note(err)
	}
}

// blocks reports whether a problem leaves no document with the place of a change: its place is on
// the way there, or is a required sibling.
func (s *search) blocks(p *synth.Problem, c *claim) bool {
	within := func(place string) bool { return strings.HasPrefix(c.Pointer+"/", place+"/") }
	if within(p.Place.Pointer) {
		return true
	}
	_, m, ok := s.samples.Contract().At(p.Place)
	return ok && m != nil && m.Required.Or(false) && within(p.Place.Parent().Pointer)
}
