package drift

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"go.yaml.in/yaml/v3"
)

// BaselineError says what is wrong with a baseline.
type BaselineError struct{ Name, Problem string }

func (e *BaselineError) Error() string { return fmt.Sprintf("baseline %s: %s", e.Name, e.Problem) }

// Unreviewed is the reason of what [Baseline] takes up by itself.
const Unreviewed = "not yet reviewed"

// baselineForm is the YAML of a baseline.
type baselineForm struct {
	Format   int                `yaml:"crcheckBaseline"`
	Expected []finding.Expected `yaml:"expected"`
}

// ParseBaseline reads what is known and accepted of a drift:
//
//	crcheckBaseline: 1
//	expected:
//	  - rule: drift.member-added
//	    operation: cleanrooms.GetProtectedJob
//	    part: output
//	    place: /protectedJob/jobComputePayerAccountId
//	    got: '"string"'
//	    severity: info
//	    reason: we do not bill by payer
//
// What it got and the severity may be left out: then it is accepted whatever it
// comes to. The error is a [*BaselineError].
func ParseBaseline(name string, text []byte) ([]finding.Expected, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var form baselineForm
	if err := d.Decode(&form); errors.Is(err, io.EOF) {
		return nil, &BaselineError{name, "it is empty: begin with \"crcheckBaseline: 1\""}
	} else if err != nil {
		return nil, &BaselineError{name, strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if form.Format != 1 {
		return nil, &BaselineError{name, "begin with \"crcheckBaseline: 1\""}
	}
	for _, e := range form.Expected {
		if err := e.Check(); err != nil {
			return nil, &BaselineError{name, err.Error()}
		}
	}
	return form.Expected, nil
}

// Baseline writes a baseline that expects the findings, and nothing else: no other
// value at their places (but any length, number or text that breaks the same
// bound or pattern of traffic), and of a change no graver consequence. An
// expectation of the old one stays, with its reason, if it is met; what none
// expects is taken up as [Unreviewed].
func Baseline(old []finding.Expected, findings []finding.Finding) ([]byte, error) {
	ledger, err := finding.NewLedger(old)
	if err != nil {
		return nil, err
	}
	form := baselineForm{Format: 1}
	var fresh []finding.Finding
	for _, f := range findings {
		if !ledger.Take(f) {
			fresh = append(fresh, f)
		}
	}
	unmet := map[finding.Expected]int{}
	for _, u := range ledger.Unmet() {
		unmet[u.Expected] = u.Matched
	}
	for _, e := range old {
		if n, ok := unmet[e]; ok && n == 0 {
			continue
		} else if ok {
			e.Count = n
		}
		form.Expected = append(form.Expected, e)
	}
	for _, f := range fresh {
		part := f.Part
		if part == "" {
			part = "output"
		}
		e := finding.Expected{Rule: f.Rule, Operation: escapeGlob(f.Operation), Part: escapeGlob(part), Place: escapeGlob(f.Place()), Got: f.Got, Reason: Unreviewed}
		if rule, _ := f.Rule.Lookup(); rule.Layer == finding.LayerDrift { // what others weigh follows from the profile
			e.Severity = f.Severity.String()
		}
		i := slices.IndexFunc(form.Expected, func(g finding.Expected) bool { e.Count = g.Count; return e == g })
		if i >= 0 {
			form.Expected[i].Count = max(form.Expected[i].Count, 1) + 1
			continue
		}
		e.Count = 0
		form.Expected = append(form.Expected, e)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(form); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// escapeGlob makes a text match itself alone.
func escapeGlob(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(text)
}
