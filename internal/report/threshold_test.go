package report

import (
	"encoding"
	"fmt"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/stretchr/testify/require"
)

// TestFlagNames checks that flags read the names that they print.
func TestFlagNames(t *testing.T) {
	for _, v := range []struct {
		value fmt.Stringer
		into  interface {
			encoding.TextUnmarshaler
			fmt.Stringer
		}
		name string
	}{
		{FailOnError, new(Threshold), "error"},
		{FailOnWarning, new(Threshold), "warning"},
		{FailNever, new(Threshold), "never"},
		{DeviationsError, new(DeviationMode), "error"},
		{DeviationsHide, new(DeviationMode), "hide"},
		{DeviationsShow, new(DeviationMode), "show"},
	} {
		t.Run(fmt.Sprintf("%T %s", v.value, v.name), func(t *testing.T) {
			require.Equal(t, v.name, v.value.String())
			require.NoError(t, v.into.UnmarshalText([]byte(v.name)))
			require.Equal(t, v.value.String(), v.into.String())
			for _, bad := range []string{"", "Error", "errors", " error", "nope"} {
				require.Error(t, v.into.UnmarshalText([]byte(bad)))
				require.Equal(t, v.name, v.into.String(), "a failed read changes nothing")
			}
		})
	}
	require.Equal(t, "threshold(3)", Threshold(3).String())
}

func TestThreshold(t *testing.T) {
	for _, v := range []struct {
		threshold Threshold
		fails     [3]bool // info, warning, error
	}{
		{FailOnError, [3]bool{false, false, true}},
		{FailOnWarning, [3]bool{false, true, true}},
		{FailNever, [3]bool{false, false, false}},
	} {
		t.Run(v.threshold.String(), func(t *testing.T) {
			for severity, fails := range v.fails {
				require.Equal(t, fails, v.threshold.Fails(finding.Severity(severity)), finding.Severity(severity))
			}
		})
	}
}
