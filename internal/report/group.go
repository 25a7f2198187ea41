package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// Side says whether a finding is about a request or a response.
type Side string

const (
	Request  Side = "request"
	Response Side = "response"
)

// sideOf returns the side of a finding; it is empty if the finding is not about a message.
func sideOf(f finding.Finding) Side {
	switch rule, _ := f.Rule.Lookup(); rule.Layer {
	case finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP, finding.LayerProbe:
		if f.Part == "input" {
			return Request
		}
		return Response
	}
	return ""
}

// Group has the findings of one cause: of one rule at one member of one shape or, for rules about
// the HTTP exchange, with the same value found and expected, whatever the operation. Invalid inputs of
// one operation that an emulator treats in the same wrong way have one cause. Other findings have one
// cause if they have the same fingerprint.
//
// Fingerprint, Operation, Part and Place are those of the first of Occurrences.
type Group struct {
	Fingerprint string           `json:"fingerprint"`
	Rule        finding.RuleID   `json:"rule"`
	Severity    finding.Severity `json:"severity"`
	Side        Side             `json:"side,omitempty"`
	Operation   string           `json:"operation,omitempty"`
	Part        string           `json:"part,omitempty"`
	Place       string           `json:"place"`
	Shape       string           `json:"shape,omitempty"` // as [finding.Finding] has it
	Remedy      string           `json:"remedy"`
	// Deviation says why a known deviation of AWS is shown as info.
	Deviation string `json:"deviation,omitempty"`
	Count     int    `json:"count"`
	// Operations counts the operations where there are several, and Occurrences
	// are the fingerprints where there are several.
	Operations  int          `json:"operations,omitempty"`
	Occurrences []Occurrence `json:"occurrences,omitempty"`
	// Tests are the tests whose calls have the findings, if the traffic names them.
	Tests   *Tests   `json:"tests,omitempty"`
	Samples []Sample `json:"samples"` // the first findings of each occurrence by turns, in the order of the input

	valueless bool // a value of Samples is withheld, so that no ignore row may state it
}

// Occurrence counts the findings of one fingerprint within a group.
type Occurrence struct {
	Fingerprint string `json:"fingerprint"`
	Operation   string `json:"operation,omitempty"`
	Part        string `json:"part,omitempty"`
	Place       string `json:"place"`
	Count       int    `json:"count"`
}

// IDLength is how many characters of a fingerprint name a group in text.
const IDLength = 8

// ID names the group in text, and in crcheck ignore.
func (g *Group) ID() string { return g.Fingerprint[:IDLength] }

// Sample is a finding with an excerpt of its source line.
type Sample struct {
	finding.Finding
	Excerpt *Excerpt `json:"excerpt,omitempty"`

	redacted bool // the traffic is marked redacted
	at       piece.At
}

// MaxSamples bounds the samples of a group; [Text] shows fewer.
const MaxSamples = 100

// kindKey tells kinds of findings apart: known deviations of AWS may share their
// fingerprint with findings that keep their severity.
type kindKey struct {
	fingerprint string
	severity    finding.Severity
	deviation   string
}

// kind has the findings of one fingerprint.
type kind struct {
	Group
	got, want              string
	tests                  map[string]bool
	gotVaries, shapeVaries bool
	hint                   string
}

// Add collects a finding, unless it is hidden. The line is that of the finding in the source; nil:
// the finding has none.
func (c *Collector) Add(f finding.Finding, line []byte) {
	c.AddFrom(f, func() []byte { return line })
}

// AddFrom is [Collector.Add] for a line that is computed only if the report has it.
func (c *Collector) AddFrom(f finding.Finding, line func() []byte) {
	deviation, hidden := c.hide(&f)
	if hidden {
		return
	}
	key := kindKey{f.Fingerprint(), f.Severity, deviation.text}
	c.prepare()
	k, known, room := c.kinds.get(key)
	if !room {
		at := kindKey{elsewhere(f.Rule, f.Operation, f.Part), f.Severity, deviation.text}
		k, known = c.kindsElsewhere[at]
	}
	sample := Sample{f, nil, c.Redacted, c.At}
	if known && sample.compare(&k.Samples[0]) >= 0 {
		k.add(f, deviation.hint)
		if i := k.room(&sample); i < MaxSamples {
			sample.Excerpt = excerpt(f, line())
			k.Samples = slices.Insert(k.Samples, i, sample)
			k.Samples = k.Samples[:min(MaxSamples, len(k.Samples))]
		}
		return
	}
	sample.Excerpt = excerpt(f, line())
	first := &kind{Group: Group{Fingerprint: key.fingerprint, Rule: f.Rule, Severity: f.Severity, Side: sideOf(f), Operation: f.Operation,
		Part: f.Part, Place: f.Place(), Shape: f.Shape, Deviation: deviation.text, Samples: []Sample{sample}},
		got: f.Got, want: f.Want}
	first.Remedy = c.remedy(f.Rule, first.Side, deviation)
	first.add(f, deviation.hint)
	c.addKind(first)
}

// add counts a finding, except for its sample.
func (k *kind) add(f finding.Finding, hint string) {
	k.Count++
	k.test(f.Test)
	k.gotVaries = k.gotVaries || k.got != f.Got || k.want != f.Want
	k.shapeVaries = k.shapeVaries || k.Shape != f.Shape
	k.hint = leastText(k.hint, hint)
}

// remedy returns the advice about a finding. The advice about a request does not depend on who
// responded.
func (c *Collector) remedy(id finding.RuleID, side Side, deviation deviates) string {
	rule, _ := id.Lookup()
	switch {
	case side == Request:
		return rule.RemedyFor(finding.OriginFixtures)
	case deviation.text != "":
		return rule.RemedyFor(finding.OriginAWS)
	}
	return rule.RemedyFor(c.Origin)
}

// CauseOf returns a key that is the same for findings of one cause, if the findings of a kind do not vary.
func CauseOf(f finding.Finding) string {
	k := kind{Group: Group{Fingerprint: f.Fingerprint(), Rule: f.Rule, Severity: f.Severity, Side: sideOf(f), Operation: f.Operation, Shape: f.Shape}, got: f.Got, want: f.Want}
	return k.cause()
}

// cause returns a key that is the same for findings of one cause.
func (k *kind) cause() string {
	rule, _ := k.Rule.Lookup()
	parts := []string{string(k.Rule), k.Severity.String(), string(k.Side), k.Deviation, k.Remedy}
	switch {
	case rule.Layer == finding.LayerProbe && k.Side == Request: // the operation does not validate its input
		parts = append(parts, k.Operation)
	case k.Rule == finding.HTTPContentType && !k.gotVaries || k.Rule == finding.HTTPStatus && !k.gotVaries:
		parts = append(parts, k.got, k.want)
	case k.Rule == finding.ErrorUnmodeled && !k.gotVaries: // each operation has its own list of errors
		parts = append(parts, finding.Service(k.Operation), k.got)
	case rule.Layer == finding.LayerHTTP && k.Rule != finding.EchoMismatch && !k.gotVaries:
		parts = append(parts, finding.Service(k.Operation), k.got, k.want)
	case rule.Layer != finding.LayerHTTP && k.Shape != "" && !k.shapeVaries:
		parts = append(parts, finding.Service(k.Operation), k.Shape)
	default:
		return k.Fingerprint
	}
	return strings.Join(parts, "\x00")
}

// causes returns a group for each cause, whatever the order in which the findings came.
func (c *Collector) causes() []Group {
	byCause := map[string][]*kind{}
	var order []string
	for _, k := range c.sortedKinds() {
		if c.Pieces != nil {
			k = k.clone()
			for i := range k.Samples {
				k.Samples[i].Finding = c.placed(k.Samples[i].Finding, k.Samples[i].at)
			}
		}
		cause := k.cause()
		if byCause[cause] == nil {
			order = append(order, cause)
		}
		byCause[cause] = append(byCause[cause], k)
	}
	groups := []Group{}
	for _, cause := range order {
		groups = append(groups, join(byCause[cause]))
	}
	return groups
}

func (c *Collector) sortedKinds() []*kind {
	all := slices.AppendSeq(slices.Collect(maps.Values(c.kinds.of)), maps.Values(c.kindsElsewhere))
	slices.SortFunc(all, func(a, b *kind) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Part, b.Part), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Deviation, b.Deviation))
	})
	return all
}

// join makes a group of kinds with one cause, of which there is at least one.
func join(kinds []*kind) Group {
	g := kinds[0].Group
	hint := ""
	for _, k := range kinds {
		hint = cmp.Or(hint, k.hint)
	}
	if hint != "" {
		g.Remedy += " " + hint
	}
	g.Tests = testsOf(kinds)
	if len(kinds) == 1 {
		return g
	}
	operations := map[string]bool{}
	g.Count, g.Samples = 0, nil
	for _, k := range kinds {
		operations[k.Operation] = true
		g.Count += k.Count
		g.Occurrences = append(g.Occurrences, Occurrence{k.Fingerprint, k.Operation, k.Part, k.Place, k.Count})
	}
	if len(operations) > 1 {
		g.Operations = len(operations)
	}
	for i := 0; i < MaxSamples; i++ {
		for _, k := range kinds {
			if i < len(k.Samples) && len(g.Samples) < MaxSamples {
				g.Samples = append(g.Samples, k.Samples[i])
			}
		}
	}
	return g
}
