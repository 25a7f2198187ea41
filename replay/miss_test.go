package replay_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
)

var update = flag.Bool("update", false, "rewrite the expected part of the files in testdata")

// TestMissVectors sends the request that each file of testdata/miss begins with against the
// recording there. The header Play says how often the request is answered before it misses.
func TestMissVectors(t *testing.T) {
	paths, err := filepath.Glob("testdata/miss/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			r, err := replay.Open([]string{"testdata/miss/recording.yaml"}, replay.Options{})
			require.NoError(t, err)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			raw, want, ok := strings.Cut(string(text), "-- miss --\n")
			require.True(t, ok)
			head, body, _ := strings.Cut(raw, "\n\n")
			lines := strings.Split(strings.TrimSpace(head), "\n")
			method, target, _ := strings.Cut(strings.TrimSuffix(lines[0], " HTTP/1.1"), " ")
			header := []string{}
			played := 0
			for _, line := range lines[1:] {
				name, value, _ := strings.Cut(line, ": ")
				if name == "Play" {
					played, err = strconv.Atoi(value)
					require.NoError(t, err)
				}
				header = append(header, name, value)
			}
			for range played {
				require.NotEqual(t, "miss", replaytest.Ask(t, r, method, "http://127.0.0.1"+target, strings.TrimSpace(body), header...))
			}
			require.Equal(t, "miss", replaytest.Ask(t, r, method, "http://127.0.0.1"+target, strings.TrimSpace(body), header...))
			require.Len(t, r.Misses(), 1)
			got := fields(r.Misses()[0])
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(raw+"-- miss --\n"+got), 0o644))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

func fields(m replay.Miss) string {
	var b strings.Builder
	line := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "0" && s != "[]" {
			fmt.Fprintf(&b, "%s: %s\n", name, s)
		}
	}
	line("reason", m.Reason)
	line("operation", m.Operation)
	line("cassette", m.Cassette)
	line("session", m.Session)
	line("sources", m.Sources)
	if m.Nearest != nil {
		line("nearest", m.Nearest.Index+1)
	}
	line("part", m.Difference.Part)
	line("name", m.Difference.Name)
	line("got", m.Difference.Got)
	line("want", m.Difference.Want)
	line("more", m.More)
	line("says", m.String())
	return b.String()
}

// TestMissShows checks that a miss shows the operation, and values as they were written.
func TestMissShows(t *testing.T) {
	const aws, form = "application/x-amz-json-1.1", "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, contentType, target string
		recorded, asked           string
		operation                 string
		want                      replay.Difference
	}{
		{"number", aws, "Logs.Put", `{"a":1200}`, `{"a":1300}`, "Logs.Put", replay.Difference{Part: replay.PartBody, Name: "/a", Got: "1300", Want: "1200"}},
		{"float", aws, "Logs.Put", `{"a":1.50}`, `{"a":0.250e1}`, "Logs.Put", replay.Difference{Part: replay.PartBody, Name: "/a", Got: "0.250e1", Want: "1.50"}},
		{"equal numbers beside it", aws, "", `{"a":1200,"b":[10.0]}`, `{"a":1.2e3,"b":[20.0]}`, "", replay.Difference{Part: replay.PartBody, Name: "/b/0", Got: "20.0", Want: "10.0"}},
		{"number and text", aws, "", `{"a":"1200"}`, `{"a":1200}`, "", replay.Difference{Part: replay.PartBody, Name: "/a", Got: "1200", Want: `"1200"`}},
		{"form", form, "", `Action=ListQueues&Version=1`, `Action=ListQueues&Version=2`, "ListQueues", replay.Difference{Part: replay.PartBody, Name: "27", Got: `"2"`, Want: `"1"`}},
		{"JSON with the text of a form", aws, "", `{"a":"&Action=A&"}`, `{"a":"&Action=B&"}`, "", replay.Difference{Part: replay.PartBody, Name: "/a", Got: `"&Action=B&"`, Want: `"&Action=A&"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := replaytest.Said("POST", "http://localhost/", c.recorded, "yes")
			header := []string{"Content-Type", c.contentType}
			if c.target != "" {
				header = append(header, "X-Amz-Target", c.target)
			}
			for i := 0; i < len(header); i += 2 {
				in.Request.Header.Set(header[i], header[i+1])
			}
			r := player(t, replay.Options{}, in)
			require.Equal(t, "miss", replaytest.Ask(t, r, "POST", "http://localhost/", c.asked, header...))
			miss := r.Misses()[0]
			require.Equal(t, c.operation, miss.Operation)
			require.Equal(t, c.want, miss.Difference)
			require.Equal(t, replay.Operation(in.Request) != "", strings.Contains(miss.String(), "POST / ("+c.operation+")"))
		})
	}
}

func TestMissAnswer(t *testing.T) {
	r := player(t, replay.Options{})
	server := httptest.NewServer(r)
	defer server.Close()
	for name, rt := range map[string]http.RoundTripper{"in process": r, "server": server.Client().Transport} {
		req, err := http.NewRequest("POST", server.URL+"/a%22b?c=\xff&X-Amz-Signature=secret", strings.NewReader(`{}`))
		require.NoError(t, err)
		res, err := rt.RoundTrip(req)
		require.NoError(t, err)
		require.Equal(t, 400, res.StatusCode, name)
		require.Equal(t, "application/json", res.Header.Get("Content-Type"))
		require.Equal(t, "CrcheckReplayMiss", res.Header.Get("X-Amzn-Errortype"))
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		res.Body.Close()
		var body map[string]string
		require.NoError(t, json.Unmarshal(text, &body))
		require.Equal(t, "CrcheckReplayMiss", body["code"])
		require.Equal(t, "CrcheckReplayMiss", body["__type"])
		require.Equal(t, r.Misses()[0].String(), body["message"])
		require.NotContains(t, body["message"], "secret")
	}
	require.Equal(t, replay.NothingRecorded, r.Misses()[0].Reason)
	require.Equal(t, 2, r.Missed())
}

func TestTooLargeRequest(t *testing.T) {
	r := player(t, replay.Options{}, replaytest.Said("POST", "http://localhost/", "x", "yes"))
	server := httptest.NewServer(r)
	defer server.Close()
	large := bytes.Repeat([]byte("x"), replay.MaxBody+1)
	for name, rt := range map[string]http.RoundTripper{"in process": r, "server": server.Client().Transport} {
		req, err := http.NewRequest("POST", server.URL, bytes.NewReader(large))
		require.NoError(t, err)
		res, err := rt.RoundTrip(req)
		require.NoError(t, err, name)
		require.Equal(t, replay.MissStatus, res.StatusCode)
		res.Body.Close()
	}
	for _, m := range r.Misses() {
		require.Equal(t, replay.TooLarge, m.Reason)
	}
	require.Equal(t, "yes", replaytest.Ask(t, r, "POST", server.URL, "x"))
}

// TestForeignHost: a server plays nothing under the name of another, as a web page would ask it
// after DNS rebinding.
func TestForeignHost(t *testing.T) {
	for _, v := range []struct {
		host   string
		status int
	}{
		{"", 200}, // the address of the server
		{"rebound.example.com", replay.MissStatus},
		{"127.0.0.1.example.com", replay.MissStatus},
		{"dynamodb.us-east-1.amazonaws.com", replay.MissStatus},
	} {
		t.Run(v.host, func(t *testing.T) {
			r := player(t, replay.Options{}, replaytest.Said("GET", "http://localhost/a", "", "yes"))
			server := httptest.NewServer(r)
			defer server.Close()
			req, err := http.NewRequest("GET", server.URL+"/a", nil)
			require.NoError(t, err)
			req.Host = v.host
			res, err := server.Client().Do(req)
			require.NoError(t, err)
			res.Body.Close()
			require.Equal(t, v.status, res.StatusCode)
			if v.status != 200 {
				require.Equal(t, replay.ForeignHost, r.Misses()[0].Reason)
			}
		})
	}
}

// TestMissAmongMany: a miss names a recording of the same operation with the fewest differences, soon;
// BenchmarkMiss measures it among 100,000. Bodies are compared for the first ones only.
func TestMissAmongMany(t *testing.T) {
	const n = 30_000
	for i, v := range []struct{ asked, nearest int }{{17_777, 17_777}, {100, 100}} {
		kind := kinds[i]
		t.Run(kind.name, func(t *testing.T) {
			all := many(n, kind.request)
			r, err := replay.New(replay.Of(all...), replay.Options{})
			require.NoError(t, err)
			method, url, body := kind.request(v.asked)
			url, body = strings.Replace(url, "protectedJobs", "protectedJobz", 1), strings.Replace(body, "limit", "limits", 1)
			start := time.Now()
			require.Equal(t, "miss", replaytest.Ask(t, r, method, url, body))
			require.Less(t, time.Since(start), 30*time.Second)
			require.Same(t, all[v.nearest], r.Misses()[0].Nearest, r.Misses()[0].String())
		})
	}
}

func TestMissesAreBounded(t *testing.T) {
	r := player(t, replay.Options{}, replaytest.Said("GET", "http://localhost/a", "", ""))
	for i := range replay.MaxMisses + 5 {
		replaytest.Ask(t, r, "GET", fmt.Sprintf("http://localhost/%d", i), "")
	}
	require.Len(t, r.Misses(), replay.MaxMisses)
	require.Equal(t, replay.MaxMisses+5, r.Missed())
	require.NotNil(t, r.Misses()[replay.MaxMisses-1].Nearest)
}
