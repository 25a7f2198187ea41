package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// TestReplayRealIdentifiers checks that, with the key, a client that uses its real identifiers gets the
// same bytes as from the live service, and that without the key its requests are misses.
func TestReplayRealIdentifiers(t *testing.T) {
	const (
		path = "/memberships/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9/protectedJobs/0a1b2c3d-4e5f-4061-8273-849501627384"
		body = `{"protectedJob":{"id":"0a1b2c3d-4e5f-4061-8273-849501627384","membershipId":"1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9","membershipArn":"arn:aws:cleanrooms:us-east-1:123412341234:membership/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9","createTime":1767225600,"status":"SUCCESS","result":{"output":{"memberList":[{"accountId":"432143214321"}]}}}}`
	)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, body) //nolint:errcheck // the client reports an incomplete body
	}))
	defer service.Close()
	folder := t.TempDir()
	cassette := filepath.Join(folder, "job.yaml")
	c := contracts.MustLoad(contracts.Newest)
	r, err := recorder.New(cassette, recorder.Options{Catalog: schema.NewCatalog(c)})
	require.NoError(t, err)
	request, err := http.NewRequest("GET", service.URL+path, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0", 64))
	res, err := r.RoundTrip(request)
	require.NoError(t, err)
	_, err = io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	text, err := os.ReadFile(cassette)
	require.NoError(t, err)
	for _, real := range []string{"1f2e3d4c", "0a1b2c3d", "123412341234", "432143214321"} {
		require.NotContains(t, string(text), real)
	}

	play := func() (status int, out, stderr string) {
		var o, e bytes.Buffer
		status = run(context.Background(), &terminal{strings.NewReader(""), &o, &e}, []string{"replay", cassette, "--", "ask", "GET", path})
		return status, o.String(), e.String()
	}
	status, out, stderr := play()
	require.Equal(t, exitClean, status, stderr)
	require.Equal(t, "200 "+body+"\n", out)
	require.Contains(t, stderr, "accepting real identifiers")

	key, err := os.ReadFile(redact.KeyOf(cassette))
	require.NoError(t, err)
	require.NoError(t, os.Remove(redact.KeyOf(cassette)))
	status, out, _ = play()
	require.Equal(t, exitFindings, status)
	require.Contains(t, out, replay.MissCode)

	t.Setenv(redact.Variable, strings.TrimSpace(string(key)))
	status, out, _ = play()
	require.Equal(t, exitClean, status)
	require.Equal(t, "200 "+body+"\n", out)
}
