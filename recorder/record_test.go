package recorder_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

// testKey keeps tests from making a key file.
var testKey = redact.Key{1}

func record(tb testing.TB, path string, opts recorder.Options) *recorder.Recorder {
	opts.Key = testKey.Text()
	r, err := recorder.New(path, opts)
	require.NoError(tb, err)
	tb.Cleanup(func() { r.Close() })
	return r
}

// written is what stands in a cassette.
func written(tb testing.TB, path string) []*traffic.Interaction {
	f, err := os.Open(path)
	require.NoError(tb, err)
	defer f.Close()
	var all []*traffic.Interaction
	for in, err := range traffic.Read(path, f) {
		require.NoError(tb, err)
		all = append(all, in)
	}
	return all
}

func serve(tb testing.TB, handler http.HandlerFunc) *httptest.Server {
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return server
}

// direct is the transport that Options.Transport stands for when it is nil.
func direct() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	return t
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// What a client sees is the same with and without a recorder, and what is recorded is what it saw.
func TestRecordedClientSeesTheAnswer(t *testing.T) {
	for _, v := range []struct {
		name    string
		method  string
		header  http.Header
		body    io.Reader
		handler http.HandlerFunc
		want    string // that is recorded
	}{
		{"plain", "GET", nil, nil, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"a":1}`) }, `{"a":1}`},
		{"empty", "GET", nil, nil, func(http.ResponseWriter, *http.Request) {}, ""},
		{"HEAD", "HEAD", nil, nil, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "17000000000") }, ""},
		{"204", "DELETE", nil, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, ""},
		{"304", "GET", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"x"`)
			w.WriteHeader(304)
		}, ""},
		{"error", "GET", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amzn-Errortype", "ThrottlingException")
			w.WriteHeader(429)
			fmt.Fprint(w, `{"message":"slow"}`)
		}, `{"message":"slow"}`},
		{"chunked", "GET", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3 {
				fmt.Fprintf(w, "[%d]\n", i)
				w.(http.Flusher).Flush()
			}
		}, "[0]\n[1]\n[2]\n"},
		{"trailers", "GET", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			fmt.Fprint(w, "{}")
			w.Header().Set("X-Sum", "0")
		}, "{}"},
		{"gzip that was asked for", "GET", http.Header{"Accept-Encoding": {"gzip"}}, nil, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				w.WriteHeader(500)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped(`{"packed":true}`))
		}, `{"packed":true}`},
		{"gzip that was not asked for", "GET", nil, nil, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "{\"asked\":%q}", r.Header.Get("Accept-Encoding"))
		}, `{"asked":""}`},
		{"body that is sent", "POST", http.Header{"Content-Type": {"application/json"}}, strings.NewReader(`{"q":1}`), echo, `{"q":1}`},
		{"body of unknown length", "POST", nil, io.MultiReader(strings.NewReader(`{"q":`), strings.NewReader("2}")), echo, `{"q":2}`},
		{"empty body of unknown length", "POST", nil, io.MultiReader(), echo, ""},
		{"expect", "PUT", http.Header{"Expect": {"100-continue"}}, strings.NewReader(`{"q":3}`), echo, `{"q":3}`},
		{"weird headers", "GET", http.Header{"X-\u00e9": nil, "X-Many": {"", " ", "a,b"}}, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Weird"] = []string{"", "\xff\xfe", strings.Repeat("x", 10_000)}
			w.Header()["Content-Type"] = nil
			fmt.Fprint(w, "{}")
		}, "{}"},
	} {
		t.Run(v.name, func(t *testing.T) {
			var length int64
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				length = r.ContentLength
				w.Header().Set("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
				v.handler(w, r)
			})
			var sent []byte
			if v.body != nil {
				sent, _ = io.ReadAll(v.body)
			}
			exchange := func(rt http.RoundTripper) (*http.Response, string, int64) {
				var body io.Reader
				if v.body != nil {
					body = bytes.NewReader(sent)
				}
				if _, known := v.body.(*strings.Reader); !known && body != nil {
					body = io.MultiReader(body)
				}
				req, err := http.NewRequest(v.method, server.URL+"/a?b=c", body)
				require.NoError(t, err)
				for name, values := range v.header {
					if len(values) > 0 {
						req.Header[name] = values
					}
				}
				before := req.Header.Clone()
				res, err := rt.RoundTrip(req)
				require.NoError(t, err)
				require.Equal(t, before, req.Header)
				require.Same(t, req, res.Request)
				text, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				require.NoError(t, res.Body.Close())
				return res, string(text), length
			}
			path := filepath.Join(t.TempDir(), "c.yaml")
			r := record(t, path, recorder.Options{})
			want, wantText, wantLength := exchange(direct())
			got, gotText, gotLength := exchange(r)
			require.Equal(t, wantText, gotText)
			require.Equal(t, wantLength, gotLength, "the length that the service was told")
			for _, res := range []*http.Response{want, got} {
				res.Body, res.Request, res.TLS = nil, nil, nil
			}
			require.Equal(t, want, got)
			require.Equal(t, recorder.Stats{Interactions: 1}, r.Stats())
			require.NoError(t, r.Close())
			all := written(t, path)
			require.Len(t, all, 1)
			document, err := all[0].Response.Document()
			require.NoError(t, err)
			require.Equal(t, v.want, string(document.Bytes))
			require.Equal(t, string(sent), string(all[0].Request.Body.Bytes))
			require.Equal(t, want.StatusCode, all[0].Response.Status)
			require.Equal(t, v.method, all[0].Request.Method)
			require.Positive(t, all[0].Response.Duration)
		})
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, _ = w.Write(body)
}

func TestCassetteOfRecording(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, `{"path":%q}`, r.URL.Path) })
	for _, name := range []string{"c.yaml", "below/the/folder/c.yaml", "c.ndjson"} {
		path := filepath.Join(t.TempDir(), name)
		r := record(t, path, recorder.Options{Meta: traffic.Meta{Contract: "cleanrooms.GetProtectedJob@1", Provenance: "mine"}})
		for i := range 3 {
			replaytest.Ask(t, r, "GET", fmt.Sprintf("%s/%d", server.URL, i), "")
		}
		_, err := os.Stat(path)
		require.ErrorIs(t, err, os.ErrNotExist, "not before the end")
		info, err := os.Stat(recorder.JournalOf(path))
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm())
		require.NoError(t, r.Close())
		require.NoError(t, r.Close())
		all := written(t, path)
		require.Len(t, all, 3)
		for i, in := range all {
			require.Equal(t, fmt.Sprintf(`{"path":"/%d"}`, i), string(in.Response.Body.Bytes))
			require.Equal(t, traffic.Meta{Contract: "cleanrooms.GetProtectedJob@1", RedactionKey: testKey.ID(), Provenance: "recorded"}, in.Meta)
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing but the cassette is left")
	}
}

// Requests that overlap stand in the order in which they began.
func TestOrderOfRecording(t *testing.T) {
	began, release := make(chan bool), make(chan bool)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/first" {
			began <- true
			<-release
		}
		fmt.Fprint(w, r.URL.Path)
	})
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	var first sync.WaitGroup
	first.Go(func() { replaytest.Ask(t, r, "GET", server.URL+"/first", "") })
	<-began
	replaytest.Ask(t, r, "GET", server.URL+"/second", "")
	close(release)
	first.Wait()
	require.NoError(t, r.Close())
	all := written(t, path)
	require.Equal(t, "/first", string(all[0].Response.Body.Bytes))
	require.Equal(t, "/second", string(all[1].Response.Body.Bytes))
}

func TestManyClients(t *testing.T) {
	const clients, each = 64, 20
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"path":%q,"sent":%q}`, r.URL.Path, body)
	})
	path := filepath.Join(t.TempDir(), "c.yaml")
	transport := direct()
	transport.MaxIdleConnsPerHost = clients
	r := record(t, path, recorder.Options{Transport: transport})
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for i := range each {
				id := fmt.Sprintf("%d-%d", c, i)
				if got, want := replaytest.Ask(t, r, "POST", server.URL+"/"+id, id), fmt.Sprintf(`{"path":"/%s","sent":"%s"}`, id, id); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, recorder.Stats{Interactions: clients * each}, r.Stats())
	require.NoError(t, r.Close())
	seen := map[string]bool{}
	for _, in := range written(t, path) {
		id := string(in.Request.Body.Bytes)
		require.False(t, seen[id], "twice: %s", id)
		seen[id] = true
		require.True(t, strings.HasSuffix(in.Request.URL, "/"+id))
		require.Equal(t, fmt.Sprintf(`{"path":"/%s","sent":"%s"}`, id, id), string(in.Response.Body.Bytes))
	}
	require.Len(t, seen, clients*each)
}

// What has no whole response goes to the client as it is, and is not recorded.
func TestNoWholeAnswer(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drop":
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/hang":
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	client := &http.Client{Transport: r}

	res, err := client.Get(server.URL + "/drop")
	require.NoError(t, err)
	text, err := io.ReadAll(res.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "half", string(text))

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/hang", nil)
	res, err = r.RoundTrip(req)
	require.NoError(t, err)
	_, err = io.ReadAll(res.Body)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	// A body that its sender never ends.
	pipe, _ := io.Pipe()
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, _ = http.NewRequestWithContext(ctx, "POST", server.URL, pipe)
	_, err = r.RoundTrip(req)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	_, err = client.Get("http://127.0.0.1:1/refused")
	require.ErrorIs(t, err, syscall.ECONNREFUSED)

	require.Equal(t, recorder.Stats{Failed: 4}, r.Stats())
	require.NoError(t, r.Close())
	_, err = os.Stat(path)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Nothing recorded: a cassette that was there stays.
func TestRecordNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	require.NoError(t, record(t, path, recorder.Options{}).Close())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
}

func TestClosedRecorder(t *testing.T) {
	held := make(chan bool)
	server := serve(t, func(http.ResponseWriter, *http.Request) {
		held <- true
		<-held
	})
	r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{})
	underWay := make(chan error)
	go func() {
		req, _ := http.NewRequest("GET", server.URL, nil)
		_, err := r.RoundTrip(req)
		underWay <- err
	}()
	<-held
	require.NoError(t, r.Close())
	held <- true
	body := &replaytest.Closing{Reader: strings.NewReader(""), Closed: make(chan struct{})}
	req, _ := http.NewRequest("GET", server.URL, body)
	_, late := r.RoundTrip(req)
	<-body.Closed
	for _, err := range []error{<-underWay, late} {
		var refused *recorder.RecordError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, recorder.RecorderClosed, refused.Problem)
	}
}

func TestCheckWhileRecording(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	var told []string
	r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{
		Check: func(in *traffic.Interaction) finding.Set {
			if string(in.Response.Body.Bytes) == "/good" {
				return nil
			}
			return finding.NewSet(finding.Finding{Rule: finding.TypeMismatch, Source: in.Source, Interaction: in.Index + 1})
		},
		Found: func(in *traffic.Interaction, found finding.Set) {
			told = append(told, fmt.Sprint(in.Index, found.Rules(), found[0].Interaction))
		},
	})
	require.Equal(t, "/good", replaytest.Ask(t, r, "GET", server.URL+"/good", ""))
	require.Equal(t, "/bad", replaytest.Ask(t, r, "GET", server.URL+"/bad", ""))
	require.Equal(t, []string{"1 [type.mismatch] 2"}, told)
	require.NoError(t, r.Close())
}
