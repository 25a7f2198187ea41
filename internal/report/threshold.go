package report

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/wording"
)

// Threshold is the lowest severity that fails a run. The zero value is [FailOnError].
type Threshold int

const (
	FailOnError Threshold = iota
	FailOnWarning
	FailNever
)

var thresholdNames = [...]string{FailOnError: "error", FailOnWarning: "warning", FailNever: "never"}

func (t Threshold) String() string {
	if t < 0 || int(t) >= len(thresholdNames) {
		return fmt.Sprintf("threshold(%d)", int(t))
	}
	return thresholdNames[t]
}

// UnmarshalText reads "error", "warning" or "never".
func (t *Threshold) UnmarshalText(name []byte) error {
	return wording.ParseName(t, thresholdNames[:], name, "threshold")
}

// Fails reports whether a finding of a severity fails the run.
func (t Threshold) Fails(s finding.Severity) bool {
	switch t {
	case FailOnWarning:
		return s >= finding.Warning
	case FailNever:
		return false
	}
	return s >= finding.Error
}

// DeviationMode says how to treat known deviations of AWS.
type DeviationMode int

const (
	// DeviationsError leaves them as they are.
	DeviationsError DeviationMode = iota
	// DeviationsHide counts them, but does not report them.
	DeviationsHide
	// DeviationsShow reports them as info.
	DeviationsShow
)

var deviationModes = [...]string{DeviationsError: "error", DeviationsHide: "hide", DeviationsShow: "show"}

func (m DeviationMode) String() string { return deviationModes[m] }

// UnmarshalText reads "hide", "show" or "error".
func (m *DeviationMode) UnmarshalText(name []byte) error {
	return wording.ParseName(m, deviationModes[:], name, "deviation mode")
}

// Applies reports whether known deviations are excused on a side of exchanges with an origin. In
// responses of emulators and fixtures they are not; a request is the same whoever responds.
func (m DeviationMode) Applies(side Side, origin finding.Origin) bool {
	return m != DeviationsError && (side == Request || origin == finding.OriginAWS || origin == finding.OriginUnknown)
}
