package coverage_test

import (
	"net/http"
	"testing"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// FuzzShown: no response makes the walk fail, and the same response always shows the same.
func FuzzShown(f *testing.F) {
	for _, x := range embedded(f) {
		f.Add(x.Response.Status, x.Response.Header.Get("X-Amzn-Errortype"), x.Response.Body.Bytes)
	}
	for _, body := range []string{`{"tool":{"name":"s","spare":{"spare":{"spare":{}}},"part":{"blade":"b"},"labels":{"a":null},"tags":[]}}`, `[]`, `7`, `null`, `{"tool":{"tool":{}},"tool":1}`} {
		f.Add(200, "", []byte(body))
	}
	plans := []*coverage.Plan{plan(f, shed(f)), plan(f, builtin())}
	f.Fuzz(func(t *testing.T, status int, name string, body []byte) {
		for i, p := range plans {
			x := tool(status, string(body), "X-Amzn-Errortype", name)
			if i == 1 {
				x.Request.URL = throttled.Request.URL
			}
			shown, err := p.Shown(x)
			require.NoError(t, err)
			again := p.Response(shown.Contract, &traffic.Response{Status: status, Header: http.Header{"X-Amzn-Errortype": {name}}, Body: traffic.BodyOf(body)})
			require.Equal(t, shown.Key(), again.Key())
			if shown.Len() > 0 {
				require.Equal(t, []int{0}, coverage.Minimize([]coverage.Shown{shown, again}))
			}
		}
	})
}
