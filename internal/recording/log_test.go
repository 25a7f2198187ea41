package recording

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/stretchr/testify/require"
)

// TestFound checks that each cause has one line, which names the first operation and interaction.
func TestFound(t *testing.T) {
	var stderr strings.Builder
	l := &log{stderr: &stderr, said: map[string]int{}}
	of := func(interaction int, operation, pointer, shape string) finding.Finding {
		return finding.Finding{Rule: finding.MemberMissing, Severity: finding.Error, Interaction: interaction, Operation: operation, Pointer: pointer, Shape: shape, Message: "it is absent"}
	}
	l.found(finding.Set{of(1, "garden.GetBed", "/bed/size", "Bed$size"), of(1, "garden.GetBed", "/bed/soil", "Bed$soil")})
	l.found(finding.Set{of(2, "garden.ListBeds", "/beds/0/size", "Bed$size"), of(2, "garden.ListBeds", "/beds/1/size", "Bed$size")})
	l.found(finding.Set{of(3, "shed.GetBed", "/bed/size", "Bed$size"), {Rule: finding.SecretFound, Severity: finding.Info, Interaction: 3, Message: "a key"}})
	require.Equal(t, `interaction 1 (garden.GetBed): error member.missing at /bed/size: it is absent
interaction 1 (garden.GetBed): error member.missing at /bed/soil: it is absent
interaction 3 (shed.GetBed): error member.missing at /bed/size: it is absent
interaction 3: info secret.found at the top: a key
`, stderr.String())
}
