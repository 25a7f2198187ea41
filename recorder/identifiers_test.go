package recorder_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
)

// TestIdentifiersOfEach: what one recording makes known as a name stands in another one as it is,
// and clients are answered from both.
func TestIdentifiersOfEach(t *testing.T) {
	server := serve(t, echo)
	dir := t.TempDir()
	const text, arn = `{"note":"for the-analyst"}`, `{"arn":"arn:aws:iam::111122223333:role/the-analyst"}`
	const account = "/arn:aws:cleanrooms:us-east-1:111122223333:membership%2F7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f"
	live := map[string]string{}
	for name, requests := range map[string][][2]string{"a.yaml": {{account, text}}, "b.yaml": {{"/b", arn}, {"/b", text}}} {
		r := record(t, filepath.Join(dir, name), recorder.Options{Transport: direct(), Key: testKey.Text()})
		for _, q := range requests {
			live[q[0]+q[1]] = replaytest.Ask(t, r, "POST", server.URL+q[0], q[1])
		}
		require.NoError(t, r.Close())
	}
	cassette := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(text)
	}
	require.Contains(t, cassette("a.yaml"), "the-analyst")
	require.NotContains(t, cassette("b.yaml"), "the-analyst")
	for _, v := range []struct {
		name   string
		prefix map[string]string
		asked  [][2]string
	}{
		{"shared session", nil, [][2]string{{account, text}, {"/b", text}, {"/b", arn}}},
		{"shared session, the name first", nil, [][2]string{{"/b", arn}, {"/b", text}, {account, text}}},
		{"sessions", map[string]string{account: "/_c/a.yaml/s", "/b": "/_c/b.yaml/s"}, [][2]string{{"/b", arn}, {account, text}, {"/b", text}}},
	} {
		t.Run(v.name, func(t *testing.T) {
			r, err := replay.Open([]string{dir}, replay.Options{Key: testKey.Text()})
			require.NoError(t, err)
			for _, q := range v.asked {
				require.Equal(t, live[q[0]+q[1]], replaytest.Ask(t, r, "POST", "http://127.0.0.1:1"+v.prefix[q[0]]+q[0], q[1]), q)
			}
			require.Equal(t, "miss", replaytest.Ask(t, r, "POST", "http://127.0.0.1:1/b", `{"note":"for the-analysts"}`))
			require.Equal(t, "b.yaml", filepath.Base(r.Misses()[0].Nearest.Source))
			require.Equal(t, "miss", replaytest.Ask(t, r, "POST", "http://127.0.0.1:1/_c/a.yaml/s/b", arn), "what another recording has")
		})
	}
}

// TestKeyAtHandWritesNothing: to look for the key leaves no file, and needs none but the key's own.
func TestKeyAtHandWritesNothing(t *testing.T) {
	t.Setenv(redact.Variable, "")
	dir := t.TempDir()
	cassette := filepath.Join(dir, "c.yaml")
	_, ok, err := redact.ReadKey(redact.KeyOf(cassette))
	require.NoError(t, err)
	require.False(t, ok)
	require.Len(t, tree(t, dir), 1, "the folder")

	const text = "crcheck-redaction-key-1:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	require.NoError(t, os.WriteFile(redact.KeyOf(cassette), []byte(text+"\n"), 0o400))
	key, ok, err := redact.ReadKey(redact.KeyOf(cassette))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, redact.Key{1}, key)
	require.Len(t, tree(t, dir), 2)

	for _, where := range []string{redact.Variable, redact.KeyOf(cassette)} {
		if where == redact.Variable {
			t.Setenv(where, strings.TrimSuffix(text, "A"))
		} else {
			t.Setenv(redact.Variable, "")
			require.NoError(t, os.Chmod(where, 0o600))
			require.NoError(t, os.WriteFile(where, []byte("nonsense"), 0o600))
		}
		var bad *redact.KeyError
		_, ok, err = redact.ReadKey(redact.KeyOf(cassette))
		require.ErrorAs(t, err, &bad)
		require.Equal(t, where, bad.Where)
		require.False(t, ok)
	}
	t.Setenv(redact.Variable, text)
	key, ok, err = redact.ReadKey(redact.KeyOf(filepath.Join(dir, "not", "there.yaml")))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, redact.Key{1}, key)
}

// TestCompressedRequest: a client that compresses what it asks is answered from a recording that
// has it decoded, and the other way round.
func TestCompressedRequest(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("yes")) })
	path := filepath.Join(t.TempDir(), "c.yaml")
	const plain = `{"account":"111122223333"}`
	packed := string(gzipped(plain))
	r := record(t, path, recorder.Options{Transport: direct(), Key: testKey.Text()})
	for range 5 {
		replaytest.Ask(t, r, "POST", server.URL, packed, "Content-Encoding", "gzip")
	}
	require.NoError(t, r.Close())
	pseudonym := string(written(t, path)[0].Request.Body.Bytes)
	for _, v := range []struct {
		name, body, coding string
		key                string
		want               string
	}{
		{"pseudonyms", pseudonym, "", "", "yes"},
		{"pseudonyms, compressed", string(gzipped(pseudonym)), "gzip", "", "yes"},
		{"compressed", packed, "gzip", testKey.Text(), "yes"},
		{"not compressed", plain, "", testKey.Text(), "yes"},
		{"no key", packed, "gzip", "", "yes"},
		{"decoded by then", pseudonym, "gzip", "", "yes"},
		{"an unknown coding", packed, "br", "", "miss"},
		{"broken", packed[:20], "gzip", "", "miss"},
	} {
		packed := false
		r, err := replay.Open([]string{path}, replay.Options{Key: v.key, Mask: func(_ *http.Request, body []byte) []byte {
			packed = packed || body[0] != '{'
			return body
		}})
		require.NoError(t, err)
		require.Equal(t, v.want, replaytest.Ask(t, r, "POST", "http://127.0.0.1:1/", v.body, "Content-Encoding", v.coding), v.name)
		require.False(t, packed && v.want == "yes", "what is masked is what is matched by")
	}

	kept := replaytest.Said("POST", "http://localhost/", packed, "yes") // by a recorder that leaves bodies as they were
	kept.Request.Header.Set("Content-Encoding", "gzip")
	for coding, body := range map[string]string{"gzip": packed, "": plain} {
		r, err := replay.New(replay.Of(kept), replay.Options{})
		require.NoError(t, err)
		require.Equal(t, "yes", replaytest.Ask(t, r, "POST", "http://127.0.0.1:1/", body, "Content-Encoding", coding))
	}
}
