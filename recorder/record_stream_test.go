package recorder_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"
	vcr "github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

func said(text string) []byte {
	b, err := eventstream.Append(nil, []eventstream.Header{
		eventstream.Named(":message-type", eventstream.String("event")), eventstream.Named(":event-type", eventstream.String("said")),
		eventstream.Named(":content-type", eventstream.String("application/json")),
	}, fmt.Appendf(nil, `{"text":%q}`, text))
	if err != nil {
		panic(err)
	}
	return b
}

// speak writes events, flushes each, and waits before the next one.
func speak(w http.ResponseWriter, next <-chan bool, texts ...string) {
	w.Header().Set("Content-Type", eventstream.MediaType)
	for i, text := range texts {
		if i > 0 {
			<-next
		}
		_, _ = w.Write(said(text))
		w.(http.Flusher).Flush()
	}
}

func hear(t *testing.T, body io.Reader, text string) {
	t.Helper()
	b := make([]byte, len(said(text)))
	_, err := io.ReadFull(body, b)
	require.NoError(t, err)
	require.Equal(t, string(said(text)), string(b))
}

const spokenARN = "arn:aws:iam::111122223333:role/the-analyst"

// TestStreamsPassThrough checks that a client has each event before the next one is sent, and the
// end of the stream only after the journal has the interaction.
func TestStreamsPassThrough(t *testing.T) {
	for _, v := range []struct {
		name string
		end  func(t *testing.T, r *recorder.Recorder, res *http.Response, next chan bool)
		want []string // recorded
		stat recorder.Stats
	}{
		{"to its end", func(t *testing.T, r *recorder.Recorder, res *http.Response, next chan bool) {
			close(next)
			hear(t, res.Body, "b "+spokenARN)
			n, err := res.Body.Read(make([]byte, 1))
			require.Equal(t, io.EOF, err)
			require.Zero(t, n)
			require.Equal(t, 1, r.Stats().Interactions)
			require.NoError(t, res.Body.Close())
		}, []string{"a", "b "}, recorder.Stats{Interactions: 1}},
		{"closed by the client", func(t *testing.T, r *recorder.Recorder, res *http.Response, next chan bool) {
			require.NoError(t, res.Body.Close())
			close(next)
		}, []string{"a"}, recorder.Stats{Interactions: 1}},
		{"open while the recorder is closed", func(t *testing.T, r *recorder.Recorder, res *http.Response, next chan bool) {
			require.NoError(t, r.Close())
			close(next)
			res.Body.Close()
		}, []string{"a"}, recorder.Stats{Interactions: 1}},
	} {
		t.Run(v.name, func(t *testing.T) {
			next := make(chan bool)
			server := serve(t, func(w http.ResponseWriter, r *http.Request) { speak(w, next, "a", "b "+spokenARN) })
			path := filepath.Join(t.TempDir(), "c.yaml")
			r := record(t, path, recorder.Options{})
			res, err := (&http.Client{Transport: r}).Post(server.URL+"/x", "application/json", strings.NewReader("{}"))
			require.NoError(t, err)
			hear(t, res.Body, "a")
			v.end(t, r, res, next)
			require.NoError(t, r.Close())
			require.Equal(t, v.stat, r.Stats())
			all := written(t, path)
			require.Len(t, all, 1)
			body := string(all[0].Response.Body.Bytes)
			require.NotContains(t, body, "111122223333")
			for _, text := range v.want {
				require.Contains(t, body, `{"text":"`+text)
			}
			require.Equal(t, len(v.want), strings.Count(body, "said"))
		})
	}
}

// TestStreamWithLength checks that the last bytes of a stream of a stated length wait for the
// journal.
func TestStreamWithLength(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(said("a"))))
		speak(w, nil, "a")
	})
	r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{})
	res, err := (&http.Client{Transport: r}).Get(server.URL)
	require.NoError(t, err)
	defer res.Body.Close()
	hear(t, res.Body, "a")
	require.Equal(t, 1, r.Stats().Interactions)
}

// TestBrokenStreamIsNotRecorded checks that a stream that breaks off, or is not one, reaches the
// client as it is and is not recorded.
func TestBrokenStreamIsNotRecorded(t *testing.T) {
	for _, v := range []struct {
		name    string
		handler http.HandlerFunc
		fails   bool
		stats   recorder.Stats
	}{
		{"breaks off", func(w http.ResponseWriter, r *http.Request) {
			speak(w, nil, spokenARN)
			panic(http.ErrAbortHandler)
		}, true, recorder.Stats{Failed: 1}},
		{"ends within a message", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", eventstream.MediaType)
			_, _ = w.Write(said(spokenARN)[:100])
		}, false, recorder.Stats{Unrecorded: 1}},
		{"too large", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", eventstream.MediaType)
			for range 17 {
				_, _ = w.Write(said(strings.Repeat("a", 1<<20)))
			}
		}, false, recorder.Stats{Unrecorded: 1}},
	} {
		t.Run(v.name, func(t *testing.T) {
			server := serve(t, v.handler)
			path := filepath.Join(t.TempDir(), "c.yaml")
			r := record(t, path, recorder.Options{})
			res, err := (&http.Client{Transport: r}).Get(server.URL)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, res.Body)
			require.Equal(t, v.fails, err != nil, "%v", err)
			res.Body.Close()
			require.Equal(t, v.stats, r.Stats())
			require.NoError(t, r.Close())
			require.NoFileExists(t, path)
		})
	}
}

// TestStreamsInBothDirections checks a client that answers to what it reads.
func TestStreamsInBothDirections(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, http.NewResponseController(w).EnableFullDuplex())
		w.Header().Set("Content-Type", eventstream.MediaType)
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		for range 3 {
			b := make([]byte, len(said("a")))
			if _, err := io.ReadFull(r.Body, b); err != nil {
				panic(err)
			}
			_, _ = w.Write(b)
			w.(http.Flusher).Flush()
		}
	})
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	read, write := io.Pipe()
	req, err := http.NewRequest("POST", server.URL, read)
	require.NoError(t, err)
	req.Header.Set("Content-Type", eventstream.MediaType)
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	for _, text := range []string{"a", "b", "c"} {
		_, err := write.Write(said(text))
		require.NoError(t, err)
		hear(t, res.Body, text)
	}
	write.Close()
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	res.Body.Close()
	require.NoError(t, r.Close())
	all := written(t, path)
	require.Len(t, all, 1)
	want := string(append(append(said("a"), said("b")...), said("c")...))
	require.Equal(t, want, string(all[0].Request.Body.Bytes))
	require.Equal(t, want, string(all[0].Response.Body.Bytes))
}

// TestStreamFormats checks that a recorded stream is the same bytes for every reader: stock go-vcr,
// replay, and NDJSON.
func TestStreamFormats(t *testing.T) {
	next := make(chan bool)
	close(next)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { speak(w, next, "a", "\xff\t{\n "+spokenARN, "é") })
	name := filepath.Join(t.TempDir(), "c")
	r := record(t, name+".yaml", recorder.Options{})
	replaytest.Ask(t, r, "POST", server.URL+"/x", "{}")
	require.NoError(t, r.Close())
	all := written(t, name+".yaml")
	want := all[0].Response.Body.Bytes
	count := 0
	for at := 0; at < len(want); count++ {
		_, next, fault := eventstream.Decode(want, at)
		require.Nil(t, fault)
		at = next
	}
	require.Equal(t, 3, count)

	loaded, err := cassette.Load(name)
	require.NoError(t, err)
	require.Equal(t, string(want), loaded.Interactions[0].Response.Body)
	stock, err := vcr.NewAsMode(name, vcr.ModeReplaying, replaytest.RefuseNetwork{})
	require.NoError(t, err)
	require.Equal(t, string(want), replaytest.Ask(t, stock, "POST", all[0].Request.URL, "{}"))

	player, err := replay.New(replay.Of(all...), replay.Options{})
	require.NoError(t, err)
	require.Equal(t, string(want), replaytest.Ask(t, player, "POST", all[0].Request.URL, "{}"))

	var text strings.Builder
	require.NoError(t, traffic.WriteNDJSON(&text, all))
	for in, err := range traffic.Read("c.ndjson", strings.NewReader(text.String())) {
		require.NoError(t, err)
		require.Equal(t, string(want), string(in.Response.Body.Bytes))
	}
}
