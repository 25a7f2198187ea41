package validate

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
)

// Require fails a Go test at once when the body of a success response has a
// finding of severity error; lesser ones are logged.
func Require(t testing.TB, v *Validator, body []byte) {
	t.Helper()
	findings := v.Output(body)
	if len(findings) == 0 {
		return
	}
	var b strings.Builder
	for _, f := range findings {
		b.WriteString("\n\t" + f.String())
		if rule, ok := f.Rule.Lookup(); ok && f.Severity == finding.Error {
			b.WriteString("\n\t\t" + rule.Remedy)
		}
	}
	if findings.Rejects() {
		t.Fatalf("the body does not conform to %s:%s", v.contract, b.String())
	}
	t.Logf("the body conforms to %s, but:%s", v.contract, b.String())
}
