package report

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// collected is what a [Collector] writes: everything but its options.
type collected struct {
	Kinds        []collectedKind   `json:"kinds,omitempty"`
	Hidden       []collectedHidden `json:"hidden,omitempty"`
	Contracts    map[string]int    `json:"contracts,omitempty"`
	NotChecked   map[string]int    `json:"notChecked,omitempty"`
	NotRead      map[string]int    `json:"notRead,omitempty"`
	Skipped      map[string]int    `json:"skipped,omitempty"`
	Problems     []problem         `json:"problems,omitempty"`
	Unrecognised *Unrecognised     `json:"unrecognised,omitempty"`
	Responses    int               `json:"responses"`
	Checked      int               `json:"checked"`
	Files        int               `json:"files,omitempty"`
	Expected     int               `json:"expected,omitempty"`
	Deviations   int               `json:"deviations,omitempty"`
}

// collectedKind is a kind of findings. Its place and shape are those of the first sample.
type collectedKind struct {
	Severity    finding.Severity `json:"severity"`
	Deviation   string           `json:"deviation,omitempty"`
	Remedy      string           `json:"remedy"`
	Hint        string           `json:"hint,omitempty"`
	Count       int              `json:"count"`
	Elsewhere   bool             `json:"elsewhere,omitempty"`
	GotVaries   bool             `json:"gotVaries,omitempty"`
	ShapeVaries bool             `json:"shapeVaries,omitempty"`
	Tests       []string         `json:"tests,omitempty"`
	Samples     []collectedOne   `json:"samples"`
}

type collectedHidden struct {
	By       HiddenBy         `json:"by"`
	Reason   string           `json:"reason,omitempty"`
	Severity finding.Severity `json:"severity"`
	Count    int              `json:"count"`
	// Elsewhere says that the place is [Elsewhere], not that of First.
	Elsewhere bool         `json:"elsewhere,omitempty"`
	First     collectedOne `json:"first"`
}

// collectedOne is a finding with all its fields.
type collectedOne struct {
	finding.Finding
	Masked   string   `json:"masked,omitempty"`
	Excerpt  *Excerpt `json:"excerpt,omitempty"`
	Redacted bool     `json:"redacted,omitempty"`
	At       piece.At `json:"at"`
}

func (o collectedOne) finding() finding.Finding {
	f := o.Finding
	f.Masked = o.Masked
	return f
}

// MarshalJSON writes everything but the options.
func (c *Collector) MarshalJSON() ([]byte, error) {
	w := collected{Contracts: c.contracts, NotChecked: c.notChecked, NotRead: c.notRead, Skipped: c.skipped, Problems: c.problems, Unrecognised: c.report.Checks.Unrecognised,
		Responses: c.report.Checks.Responses, Checked: c.report.Checks.Checked, Files: c.report.Checks.Files, Expected: c.report.Expected, Deviations: c.report.Deviations}
	for _, k := range c.sortedKinds() {
		one := collectedKind{Severity: k.Severity, Deviation: k.Deviation, Remedy: k.Remedy, Hint: k.hint, Count: k.Count, Elsewhere: k.Place == Elsewhere, GotVaries: k.gotVaries, ShapeVaries: k.shapeVaries,
			Tests: slices.Sorted(maps.Keys(k.tests))}
		for _, s := range k.Samples {
			one.Samples = append(one.Samples, collectedOne{s.Finding, s.Masked, s.Excerpt, s.redacted, s.at})
		}
		w.Kinds = append(w.Kinds, one)
	}
	if hidden := c.hiddenGroups(); hidden != nil {
		for _, g := range hidden.Groups {
			w.Hidden = append(w.Hidden, collectedHidden{g.By, g.Reason, g.Severity, g.Count, g.Place == Elsewhere, collectedOne{g.First, g.First.Masked, nil, g.redacted, g.at}})
		}
	}
	slices.SortFunc(w.Problems, func(a, b problem) int { return a.compare(b) })
	return json.Marshal(w)
}

var errCollected = errors.New("the counts do not agree")

// UnmarshalJSON reads what [Collector.MarshalJSON] writes, and leaves the options as they are.
func (c *Collector) UnmarshalJSON(text []byte) error {
	var r collected
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	options := *c
	*c = Collector{Accept: options.Accept, Origin: options.Origin, Redacted: options.Redacted, Pieces: options.Pieces, ByOperation: options.ByOperation, maxKinds: options.maxKinds,
		contracts: r.Contracts, notChecked: r.NotChecked, notRead: r.NotRead, skipped: r.Skipped, problems: r.Problems}
	c.report.Checks = Checks{Responses: r.Responses, Checked: r.Checked, Files: r.Files, Unrecognised: r.Unrecognised}
	c.report.Expected, c.report.Deviations = r.Expected, r.Deviations
	for _, n := range r.Skipped {
		c.report.Checks.Skipped += n
	}
	for _, k := range r.Kinds {
		if len(k.Samples) == 0 || len(k.Samples) > MaxSamples || k.Count < len(k.Samples) {
			return errCollected
		}
		f := k.Samples[0].finding()
		one := &kind{Group: Group{Fingerprint: f.Fingerprint(), Rule: f.Rule, Severity: k.Severity, Side: sideOf(f), Operation: f.Operation, Part: f.Part, Place: f.Place(), Shape: f.Shape,
			Deviation: k.Deviation, Remedy: k.Remedy, Count: k.Count}, got: f.Got, want: f.Want, gotVaries: k.GotVaries, shapeVaries: k.ShapeVaries, hint: k.Hint}
		for _, name := range k.Tests {
			one.test(name)
		}
		for _, s := range k.Samples {
			one.Samples = append(one.Samples, Sample{s.finding(), s.Excerpt, s.Redacted, s.At})
		}
		if k.Elsewhere {
			one.Place = Elsewhere
		}
		c.addKind(one)
	}
	for _, h := range r.Hidden {
		f := h.First.finding()
		if h.Count < 1 {
			return errCollected
		}
		g := &HiddenGroup{h.By, h.Reason, f.Fingerprint(), f.Rule, h.Severity, sideOf(f), f.Operation, f.Part, f.Place(), f.Shape, h.Count, f, h.First.Redacted, h.First.At}
		if h.Elsewhere {
			g.Place = Elsewhere
		}
		c.addHidden(g)
	}
	return nil
}
