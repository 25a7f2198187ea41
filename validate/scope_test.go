package validate_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// TestNote checks that the scope of a run has only what was validated.
func TestNote(t *testing.T) {
	contracts, err := source.Read([]byte(shapesModel), "")
	require.NoError(t, err)
	request := &traffic.Request{Method: "POST", URL: "https://garden.us-east-1.amazonaws.com/", Header: http.Header{"X-Amz-Target": {"Garden.GetBed"}}}
	rows := []string{"garden.GetBed output", "garden.GetBed input", "garden:Bed$x", "garden:GetBedInput$x", "garden:GetBedOutput$x input", "garden.Other"}
	for _, v := range []struct {
		name        string
		request     *traffic.Request
		status      int
		bare        validate.Bare
		notChecked  bool
		wantCovered []string
	}{
		{"an exchange", request, 200, validate.Bare{}, false, []string{"garden.GetBed output", "garden.GetBed input", "garden:Bed$x", "garden:GetBedInput$x"}},
		{"a refused request", request, 400, validate.Bare{}, false, []string{"garden.GetBed output"}},
		{"a server's error", request, 500, validate.Bare{}, false, []string{"garden.GetBed output", "garden.GetBed input", "garden:GetBedInput$x"}},
		{"a bare body", nil, 0, validate.Bare{}, false, []string{"garden.GetBed output", "garden:Bed$x"}},
		{"a bare request", nil, 0, validate.Bare{Part: schema.InputPart}, false, []string{"garden.GetBed input", "garden:GetBedInput$x"}},
		{"not checked", request, 200, validate.Bare{}, true, nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			var scope finding.Scope
			outcome := validate.Outcome{Contract: contracts.Contracts[0]}
			if v.notChecked {
				outcome.Contract = nil
			}
			outcome.Note(&scope, &traffic.Interaction{Source: "a.yaml", Request: v.request, Response: traffic.Response{Status: v.status}}, v.bare)
			var covered []string
			for _, at := range rows {
				e := finding.Expected{Rule: finding.TypeNull, Reason: "r"}
				require.NoError(t, e.SetAt(at))
				if scope.Covers(e) {
					covered = append(covered, at)
				}
			}
			require.Equal(t, v.wantCovered, covered)
		})
	}
}
