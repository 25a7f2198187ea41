package probe_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/probe"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestUnmodelledRefusals checks that the usual errors for invalid inputs count as refusals even if
// the operation does not list them, and that other errors do not.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  int
		refused bool
	}{
		{"ValidationException", 400, true}, {"SerializationException", 400, true}, {"com.example#SerializationException:x", 400, true},
		{"NoOrderException", 404, false}, {"NoOrderException", 400, false}, {"AccessDeniedException", 403, false}, {"", 400, false},
		{"ValidationException", 200, false}, {"ValidationException", 500, false}, {strings.Repeat("x", 5000), 400, false},
	} {
		t.Run(fmt.Sprintf("%.40s %d", c.name, c.status), func(t *testing.T) {
			accepted := false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Amzn-Errortype", c.name)
				w.Header().Set("Content-Type", "application/json")
				if accepted || c.status < 500 {
					w.WriteHeader(c.status)
				}
				accepted = true
				_, _ = io.WriteString(w, "{}")
			}))
			t.Cleanup(server.Close)
			p := newProbe(t, server.URL, shop(t), probe.Options{})
			_, err := p.Replay(t.Context(), recorded(t)[2])
			require.NoError(t, err)
			sent := 0
			for o, err := range p.Negative(t.Context()) {
				require.NoError(t, err)
				sent++
				wrong := slices.DeleteFunc(o.Findings.Rules(), func(r finding.RuleID) bool {
					return r != finding.ProbeNotRefused && r != finding.ProbeFailed && r != finding.ProbeOtherError
				})
				require.Equal(t, c.refused, len(wrong) == 0, "%v", o.Findings)
				if !c.refused {
					rule := finding.ProbeNotRefused
					switch {
					case c.status >= 500:
						rule = finding.ProbeFailed
					case c.status >= 400:
						rule = finding.ProbeOtherError
					}
					require.Equal(t, []finding.RuleID{rule}, wrong)
				}
				for _, f := range o.Findings {
					require.Less(t, len(f.Message), 300)
				}
			}
			require.Positive(t, sent)
		})
	}
}

// TestFailsAnyway checks that an emulator that fails on valid inputs has no finding for each invalid one.
func TestFailsAnyway(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotImplemented)
	}))
	t.Cleanup(server.Close)
	p := newProbe(t, server.URL, shop(t), probe.Options{})
	o, err := p.Replay(t.Context(), recorded(t)[2])
	require.NoError(t, err)
	require.Equal(t, []finding.RuleID{finding.ErrorUnidentified, finding.ProbeFailed}, o.Findings.Rules())
	sent := 0
	for o, err := range p.Negative(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, probe.Outcome{NotProbed: "the emulator fails on valid inputs of shop.GetOrder, too"}, o)
		sent++
	}
	require.Positive(t, sent)
}

func TestContractThatCannotBeUsed(t *testing.T) {
	broken := &schema.Contract{Format: schema.Format, Service: "s", Operation: "o", Output: "missing"}
	_, err := probe.New("http://x", schema.NewCatalog(broken), probe.Options{})
	require.Error(t, err)
	require.False(t, errors.As(err, new(*probe.EndpointError)))
}
