package recorder_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

// Nothing that must not be told reaches the disk: neither the journal nor the cassette, nor any
// other file.
func TestNothingSecretOnDisk(t *testing.T) {
	const (
		account = "111122223333"
		job     = "7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f"
		key     = "AKIAFAKEFAKEFAKEFAK3"
		session = "IQoJb3JpZ2luX2VjEBYaCXVzLWVhc3QtMSJHMEUCIQDTnotARealTokenJustATest0123456789abcdefghijklmnopqrstuvwxyz"
		cookie  = "session=opensesame"
	)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", cookie)
		fmt.Fprintf(w, `{"arn":"arn:aws:cleanrooms:us-east-1:%s:job/%s","note":"key %s"}`, account, job, key)
	})
	dir := t.TempDir()
	path := filepath.Join(dir, "c.yaml")
	var rules []finding.RuleID
	r := record(t, path, recorder.Options{Found: func(in *traffic.Interaction, found finding.Set) {
		rules = append(rules, found.Rules()...)
		require.NotContains(t, fmt.Sprintf("%+v %s %s", in, in.Request.Body.Bytes, in.Response.Body.Bytes), job)
	}})
	req, err := http.NewRequest("POST", strings.Replace(server.URL, "http://", "http://user:opensesame@", 1)+"/jobs/"+job, strings.NewReader(`{"jobId":"`+job+`"}`))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Amz-Security-Token", session)
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0a", 32))
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, cookie, res.Header.Get("Set-Cookie"), "the client sees it")

	clean := func() {
		files := 0
		for _, file := range tree(t, dir) {
			files++
			for _, secret := range []string{account, job, key, session, "opensesame", strings.Repeat("0a", 32)} {
				require.NotContains(t, file, secret)
			}
		}
		require.Greater(t, files, 1)
	}
	clean()
	require.NoError(t, r.Close())
	clean()
	require.Contains(t, rules, finding.SecretFound)
	require.Positive(t, r.Stats().Secrets)
}

// What a line of the journal has no place for is not recorded, and is said.
func TestNoPlaceForIt(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header()["X-Odd"] = []string{"\xff"} })
	path := filepath.Join(t.TempDir(), "c.yaml")
	keep := redact.Places{ResponseHeader: map[string]redact.Place{"x-odd": {Class: redact.Keep}}}
	var rules []finding.RuleID
	r := record(t, path, recorder.Classified(recorder.Options{
		Found: func(_ *traffic.Interaction, found finding.Set) { rules = found.Rules() },
	}, func(*traffic.Interaction) redact.Places { return keep }))
	require.Equal(t, "", replaytest.Ask(t, r, "GET", server.URL, ""))
	require.Equal(t, recorder.Stats{Unrecorded: 1}, r.Stats())
	require.Equal(t, []finding.RuleID{finding.RecordNotRedacted}, rules)
	require.NoError(t, r.Close())
}

// A binary body is recorded byte by byte, unless something stands in it that may not be told: then
// it is left out, and that is said.
func TestBinaryBody(t *testing.T) {
	for text, want := range map[string][]finding.RuleID{
		"\x00\xff\xfe\x01": nil,
		"\x00\xff\xfe\x01 7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f": {finding.RecordNotRedacted},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte(text))
		})
		path := filepath.Join(t.TempDir(), "c.yaml")
		var rules []finding.RuleID
		r := record(t, path, recorder.Options{Found: func(_ *traffic.Interaction, found finding.Set) { rules = found.Rules() }})
		require.Equal(t, text, replaytest.Ask(t, r, "GET", server.URL, ""))
		require.NoError(t, r.Close())
		require.Equal(t, want, rules)
		if want != nil {
			require.Equal(t, recorder.Stats{Unrecorded: 1}, r.Stats())
			continue
		}
		require.Equal(t, text, string(written(t, path)[0].Response.Body.Bytes))
	}
}

// Without a key one is made, which git ignores.
func TestKeyIsMade(t *testing.T) {
	server := serve(t, echo)
	t.Setenv(redact.Variable, "")
	path := filepath.Join(t.TempDir(), "c.yaml")
	for range 2 {
		r, err := recorder.New(path, recorder.Options{})
		require.NoError(t, err)
		replaytest.Ask(t, r, "POST", server.URL, "{}")
		require.NoError(t, r.Close())
	}
	key, made, err := redact.LoadKey(disk.OS{}, redact.KeyOf(path))
	require.NoError(t, err)
	require.False(t, made)
	require.Equal(t, key.ID(), written(t, path)[0].Meta.RedactionKey)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), ".gitignore"))
	require.NoError(t, err)
	require.Contains(t, string(text), filepath.Base(redact.KeyOf(path)))
}
