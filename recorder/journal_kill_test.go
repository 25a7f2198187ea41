package recorder_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
)

// This test binary is also a recorder that is killed: its arguments are "recording", the upstream
// and the cassette.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "recording" {
		os.Exit(recording(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// recording is a server that records what it passes on, until it is killed or its standard input
// ends. Then it closes the recorder.
func recording(upstream, cassette string) int {
	r, err := recorder.New(cassette, recorder.Options{Key: testKey.Text()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		out, err := http.NewRequestWithContext(req.Context(), req.Method, upstream+req.URL.Path, req.Body)
		if err != nil {
			panic(err)
		}
		res, err := r.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, err)
			return
		}
		defer res.Body.Close()
		if res.ContentLength >= 0 {
			w.Header().Set("Content-Length", strconv.FormatInt(res.ContentLength, 10))
		}
		_, _ = io.Copy(w, res.Body)
	}))
	fmt.Println(server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
	server.Close()
	if err := r.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// recordingChild starts this binary as a recording.
func recordingChild(t *testing.T, upstream, cassette string) (cmd *exec.Cmd, endpoint string, end func()) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd = exec.Command(self, "recording", upstream, cassette)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	return cmd, strings.TrimSpace(line), func() { stdin.Close() }
}

// Whenever a recording is killed, every response that a client had in full is recovered, as it was,
// once.
func TestKill(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 5
	}
	const clients = 12
	answer := func(path string) string {
		return fmt.Sprintf(`{"path":%q,"text":"%s"}`, path, strings.Repeat("text ", len(path)%7*100))
	}
	upstream := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, answer(r.URL.Path)) })
	var received, recovered, torn, closed int
	for round := range rounds {
		cassette := filepath.Join(t.TempDir(), "c.yaml")
		cmd, endpoint, end := recordingChild(t, upstream.URL, cassette)
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
		var mu sync.Mutex
		had := map[string]bool{}
		var all sync.WaitGroup
		for c := range clients {
			all.Go(func() {
				for i := 0; ; i++ {
					path := fmt.Sprintf("/%d/%d", c, i)
					res, err := client.Get(endpoint + path)
					if err != nil {
						return
					}
					text, err := io.ReadAll(res.Body)
					res.Body.Close()
					if err != nil || res.StatusCode != 200 {
						return
					}
					mu.Lock()
					had[path] = true
					mu.Unlock()
					if string(text) != answer(path) {
						t.Errorf("%s: got %s", path, text)
					}
				}
			})
		}
		if round%2 == 1 { // not before the first response, however slow the machine is
			require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(had) > 0 }, time.Minute, time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		if round%4 == 0 { // while the cassette is written
			end()
			time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
		}
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
		all.Wait()
		client.CloseIdleConnections()

		if _, err := os.Stat(recorder.JournalOf(cassette)); err != nil {
			closed++
			if _, err := os.Stat(cassette); err != nil { // it ended before anything was recorded
				require.Empty(t, had)
				continue
			}
		} else {
			report, err := recorder.Recover(recorder.JournalOf(cassette), "", recorder.Options{})
			require.NoError(t, err)
			require.LessOrEqual(t, len(report.Dropped), 1)
			for _, line := range report.Dropped {
				require.True(t, line.Torn)
				torn++
			}
			if report.Interactions == 0 {
				require.Empty(t, had)
				continue
			}
			require.Equal(t, cassette, report.Cassette)
		}
		seen := map[string]bool{}
		for _, in := range written(t, cassette) {
			path := strings.TrimPrefix(in.Request.URL, upstream.URL)
			require.False(t, seen[path], "twice: %s", path)
			seen[path] = true
			require.Equal(t, answer(path), string(in.Response.Body.Bytes))
		}
		for path := range had {
			require.True(t, seen[path], "lost: %s", path)
		}
		received += len(had)
		recovered += len(seen)
		entries, err := os.ReadDir(filepath.Dir(cassette))
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing but the cassette is left")
	}
	t.Logf("%d rounds, %d closed in time: the clients had %d answers, the cassettes have %d; torn last lines: %d", rounds, closed, received, recovered, torn)
	require.Positive(t, received)
}
