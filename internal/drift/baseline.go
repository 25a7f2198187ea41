package drift

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"go.yaml.in/yaml/v3"
)

// BaselineError is a problem of a baseline file.
type BaselineError struct{ Name, Problem string }

func (e *BaselineError) Error() string { return fmt.Sprintf("baseline %s: %s", e.Name, e.Problem) }

// Unreviewed is the reason of a row that [Baseline] adds.
const Unreviewed = "not yet reviewed"

// baselineForm is the YAML of a baseline.
type baselineForm struct {
	Format   int                `yaml:"crcheckBaseline"`
	Expected []finding.Expected `yaml:"expected"`
}

// ParseBaseline reads the known and accepted findings of a drift, as a file of ignore rows
// ([finding.ReadRows]), all of which are required:
//
//	crcheckBaseline: 1
//	expected:
//	  - rule: drift.member-added
//	    at: cleanrooms.GetProtectedJob output/protectedJob/jobComputePayerAccountId
//	    value: '"string"'
//	    severity: info
//	    reason: we do not bill by payer
//
// A row without a value or a severity accepts any. The error is a [*BaselineError].
func ParseBaseline(name string, text []byte) ([]finding.Expected, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &BaselineError{name, "the file is empty; begin it with \"crcheckBaseline: 1\""}
	}
	rows, err := finding.ReadRows("", text)
	if broken := (*finding.RowError)(nil); errors.As(err, &broken) && broken.Line == 0 {
		return nil, &BaselineError{name, broken.Problem}
	} else if err != nil {
		return nil, &BaselineError{name, err.Error()}
	}
	for i := range rows {
		rows[i].Required = true
	}
	return rows, nil
}

// Baseline writes a baseline that accepts these findings and nothing else: no other value at their
// places (except that any length, number or text that breaks the same bound or pattern of traffic
// is accepted), and no higher severity of a change. A matched row of the old baseline stays, with
// its reason. A finding that no row accepts gets a row marked [Unreviewed].
func Baseline(old []finding.Expected, findings []finding.Finding) ([]byte, error) {
	ledger, err := finding.NewLedger(old)
	if err != nil {
		return nil, err
	}
	form := baselineForm{Format: finding.BaselineFormat}
	var fresh []finding.Finding
	matched := map[finding.Expected]int{}
	for _, f := range findings {
		if e, ok := ledger.Accept(f); ok {
			matched[e]++
		} else {
			fresh = append(fresh, f)
		}
	}
	for _, e := range old {
		if n := matched[e]; n > 0 {
			delete(matched, e) // a row that is there twice is written once
			e.Count, e.Required = uncounted(n), true
			form.Expected = append(form.Expected, e)
		}
	}
	for _, f := range fresh {
		form.take(f)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(form); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// take adds a finding to the row that already accepts it apart from its severity, or adds a row for
// it.
func (form *baselineForm) take(f finding.Finding) {
	part := cmp.Or(f.Part, "output")
	e := finding.Expected{Rule: f.Rule, Operation: finding.Literal(f.Operation), Part: finding.Literal(part), Place: finding.Literal(f.Place()),
		Value: finding.LiteralValue(f.Got), Reason: Unreviewed}
	if rule, _ := f.Rule.Lookup(); rule.Layer == finding.LayerDrift { // the severity of other layers follows from the profile
		e.Severity = f.Severity.String()
		if f.Shape != "" { // the change may show at another place next time
			e.Operation, e.Part, e.Place = "", "", ""
			e.Shape = finding.Literal(finding.Service(f.Operation)) + ":" + finding.Literal(f.Shape)
		}
	}
	i := slices.IndexFunc(form.Expected, func(g finding.Expected) bool {
		e.Count, e.Required = g.Count, g.Required
		return e == g
	})
	if i >= 0 {
		form.Expected[i].Count = max(form.Expected[i].Count, 1) + 1
		return
	}
	e.Count, e.Required = 0, true
	form.Expected = append(form.Expected, e)
}

// uncounted is the count as a baseline writes it: 1 is the default.
func uncounted(n int) int {
	if n == 1 {
		return 0
	}
	return n
}
