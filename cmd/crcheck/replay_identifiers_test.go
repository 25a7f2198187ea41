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

// TestReplayRealIdentifiers checks that a client that uses its real identifiers gets them back, with
// the key and without it, and that only the key tells a wrong one.
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

	play := func(path string) (status int, out, stderr string) {
		var o, e bytes.Buffer
		status = run(context.Background(), &terminal{In: strings.NewReader(""), Out: &o, Err: &e}, []string{"replay", cassette, "--", "ask", "GET", path})
		return status, o.String(), e.String()
	}
	status, out, stderr := play(path)
	require.Equal(t, exitClean, status, stderr)
	requireOwn := func(out string) {
		t.Helper()
		require.Contains(t, out, `"id":"0a1b2c3d-4e5f-4061-8273-849501627384"`)
		require.Contains(t, out, `:membership/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"`)
		require.NotContains(t, out, "432143214321", "which only the service named")
	}
	requireOwn(out)
	require.Contains(t, stderr, "names: exact")
	wrong := strings.Replace(path, "0a1b2c3d", "0a1b2c3e", 1)
	status, out, _ = play(wrong)
	require.Equal(t, exitFindings, status)
	require.Contains(t, out, replay.MissCode)

	key, err := os.ReadFile(redact.KeyOf(cassette))
	require.NoError(t, err)
	require.NoError(t, os.Remove(redact.KeyOf(cassette)))
	status, out, stderr = play(path)
	require.Equal(t, exitClean, status)
	requireOwn(out)
	require.Contains(t, stderr, "names: bound 2 names")
	status, _, _ = play(wrong)
	require.Equal(t, exitClean, status, "a name like any other")

	t.Setenv(redact.Variable, strings.TrimSpace(string(key)))
	status, out, _ = play(path)
	require.Equal(t, exitClean, status)
	requireOwn(out)
}
