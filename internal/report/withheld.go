package report

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/tallies"
)

// Withheld returns the results without what traffic may say in confidence, for reports that leave
// the terminal: see [finding.Finding.Withheld]. Excerpts are left out. Traffic that is marked
// redacted keeps everything.
func (r *Results) Withheld() *Results {
	shown := *r
	shown.Models, shown.Traffic, shown.Lint = r.Models.withheld(), r.Traffic.withheld(), r.Lint.withheld()
	shown.Project = r.Project.withheld()
	if r.Drift != nil {
		shown.Drift = r.Drift.withheld()
	}
	shown.Suites = slices.Clone(r.Suites)
	for i := range shown.Suites {
		shown.Suites[i].SuiteRun = shown.Suites[i].withheld()
	}
	return &shown
}

func (r *Report) withheld() *Report {
	if r == nil {
		return nil
	}
	shown := *r
	shown.Groups = make([]Group, len(r.Groups))
	for i := range r.Groups {
		shown.Groups[i] = r.Groups[i].withheld()
	}
	if r.Hidden != nil {
		hidden := *r.Hidden
		hidden.Groups = slices.Clone(hidden.Groups)
		for i := range hidden.Groups {
			if g := &hidden.Groups[i]; !g.redacted {
				g.First = g.First.Withheld()
				g.Place, g.Shape = g.First.Place(), g.First.Shape
			}
		}
		shown.Hidden = &hidden
	}
	shown.Checks.NotChecked = withheldNames(r.Checks.NotChecked)
	if u := r.Checks.Unrecognised; u != nil {
		shown.Checks.Unrecognised = &Unrecognised{Count: u.Count}
	}
	shown.Problems = withheldLines(r.Problems)
	shown.Unmet = withheldRows(r.Unmet)
	return &shown
}

// withheld returns the group as its samples show it: they are of the same kind.
func (g *Group) withheld() Group {
	shown := *g
	if len(g.Samples) == 0 {
		return shown
	}
	shown.Samples = slices.Clone(g.Samples)
	places := map[string]string{} // by fingerprint
	for i := range shown.Samples {
		s := &shown.Samples[i]
		if s.redacted {
			continue
		}
		fingerprint := s.Fingerprint()
		got := s.Got
		*s = Sample{Finding: s.Finding.Withheld()}
		shown.valueless = shown.valueless || s.Got != got
		places[fingerprint] = s.Place()
	}
	if place, ok := places[g.Fingerprint]; ok {
		shown.Place = place
	}
	if first := shown.Samples[0]; !first.redacted && shown.Shape != "" {
		shown.Shape = first.Shape
	}
	shown.Occurrences = slices.Clone(g.Occurrences)
	for i := range shown.Occurrences {
		o := &shown.Occurrences[i]
		if place, ok := places[o.Fingerprint]; ok {
			o.Place = place
		} else if !slices.ContainsFunc(shown.Samples, func(s Sample) bool { return s.redacted }) {
			o.Place = shown.Place // it has more occurrences than samples
		}
	}
	return shown
}

// withheldNames withholds what reasons quote, and joins those that become the same.
func withheldNames(counts []Count) []Count {
	var shown []Count
	known := map[string]int{}
	for _, c := range counts {
		c.Name = finding.Unquoted(c.Name)
		if before, _, host := strings.Cut(c.Name, "unknown service at "); host && before == "" {
			c.Name = "unknown service"
		}
		if i, ok := known[c.Name]; ok {
			shown[i].Count += c.Count
			continue
		}
		known[c.Name] = len(shown)
		shown = append(shown, c)
	}
	return shown
}

func withheldLines(lines []string) []string {
	var shown []string
	for _, line := range lines {
		shown = append(shown, finding.Unquoted(line))
	}
	return shown
}

// withheldRows withholds the values of ignore rows, which are those of findings.
func withheldRows(rows []finding.Unmet) []finding.Unmet {
	shown := slices.Clone(rows)
	for i := range shown {
		shown[i].Value = ""
	}
	return shown
}

// withheld keeps changes between contracts, which have no traffic, and withholds what was seen in
// traffic.
func (r *Drift) withheld() *Drift {
	shown := *r
	if r.Traffic != nil {
		traffic := *r.Traffic
		traffic.Observations = slices.Clone(traffic.Observations)
		for i := range traffic.Observations {
			traffic.Observations[i] = withheldObservation(traffic.Observations[i])
		}
		shown.Traffic = &traffic
		shown.Hidden = slices.Clone(r.Hidden)
		for i := range shown.Hidden {
			shown.Hidden[i].Finding = shown.Hidden[i].Finding.Withheld()
		}
	}
	shown.Unmet = withheldRows(r.Unmet)
	shown.Left = withheldLines(r.Left)
	return &shown
}

// withheldObservation withholds values. Their number, types and first places remain, and names that
// look like those of members.
func withheldObservation(o tallies.Observation) tallies.Observation {
	names := o.Rule == finding.MemberUnknown || o.Rule == finding.UnionUnknownMember || o.Rule == finding.UnionMultipleMembers ||
		o.Rule == finding.ErrorUnmodeled || o.Rule == finding.TypeMismatch // types
	o.Details = slices.Clone(o.Details)
	for i := range o.Details {
		d := &o.Details[i]
		if !names || !finding.LooksNamed(d.Text) {
			d.Text, d.Partial = finding.Hidden, true
		}
		d.Names = slices.Clone(d.Names)
		for j, name := range d.Names {
			if !finding.LooksNamed(name) {
				d.Names[j] = finding.Hidden
			}
		}
	}
	return o
}

// withheld keeps the values of cases that crcheck made. Those of another suite may come from
// recordings.
func (r *SuiteRun) withheld() *SuiteRun {
	if r.Invented {
		return r
	}
	shown, results := *r, *r.Results
	results.Outcomes = slices.Clone(results.Outcomes)
	for i := range results.Outcomes {
		o := &results.Outcomes[i]
		if len(o.Problems) > 0 {
			o.Problems = []string{"the request or the result differs from what the case expects; --show-values shows how"}
		}
		o.Input, o.Expected, o.Reported = nil, nil, nil
		o.Wire = slices.Clone(o.Wire)
		for j := range o.Wire {
			o.Wire[j].Headers, o.Wire[j].Body, o.Wire[j].Base64 = nil, "", ""
			o.Wire[j].Path, o.Wire[j].Miss = "/…", finding.Unquoted(o.Wire[j].Miss)
		}
		o.Client = finding.Unquoted(o.Client)
	}
	shown.Results = &results
	return &shown
}
