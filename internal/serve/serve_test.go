package serve_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/serve"
)

// This test binary is the client too: what it is to do is its arguments after "client".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "client" {
		os.Exit(client(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func client(steps []string) int {
	for _, step := range steps {
		verb, value, _ := strings.Cut(step, "=")
		switch verb {
		case "get":
			res, err := http.Get(os.Getenv("AWS_ENDPOINT_URL") + value)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 99
			}
			_, _ = io.Copy(os.Stdout, res.Body)
			res.Body.Close()
		case "env":
			for _, entry := range os.Environ() {
				if strings.HasPrefix(entry, "AWS_") {
					fmt.Println(entry)
				}
			}
		case "stdin":
			_, _ = io.Copy(os.Stdout, os.Stdin)
		case "exit":
			n, _ := strconv.Atoi(value)
			return n
		case "signal":
			signals := make(chan os.Signal, 1)
			signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP)
			fmt.Println("ready")
			fmt.Println(<-signals)
			return 7
		case "die":
			p, _ := os.FindProcess(os.Getpid())
			_ = p.Kill()
			time.Sleep(time.Minute)
		}
	}
	return 0
}

func run(t *testing.T, steps ...string) (serve.Run, *bytes.Buffer) {
	self, err := os.Executable()
	require.NoError(t, err)
	var out bytes.Buffer
	return serve.Run{
		Handler: http.HandlerFunc(respond),
		Command: append([]string{self, "client"}, steps...),
		Stdout:  &out,
		Stderr:  os.Stderr,
	}, &out
}

func respond(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	fmt.Fprintln(w, "answer")
}

func TestRun(t *testing.T) {
	for _, v := range []struct {
		name   string
		steps  []string
		status int
	}{
		{"all is well", []string{"get=/a"}, 0},
		{"nothing is asked", nil, 0},
		{"the client's own status", []string{"get=/a", "exit=5"}, 5},
		{"killed", []string{"die"}, 137},
	} {
		t.Run(v.name, func(t *testing.T) {
			run, _ := run(t, v.steps...)
			status, err := run.Do(t.Context())
			require.NoError(t, err)
			require.Equal(t, v.status, status)
		})
	}
}

func TestRunPassesStreamsAndEnvironment(t *testing.T) {
	run, out := run(t, "stdin", "env", "get=/a")
	run.Stdin = strings.NewReader("input\n")
	run.Env = append(os.Environ(), "AWS_PROFILE=mine", "AWS_SESSION_TOKEN=secret", "AWS_ENDPOINT_URL_S3=https://example.com", "aws_ca_bundle=x")
	run.Region, run.Services = "eu-west-1", []string{"cleanrooms", "secretsmanager"}
	var endpoint string
	run.Ready = func(e string) { endpoint = e }
	status, err := run.Do(t.Context())
	require.NoError(t, err)
	require.Zero(t, status)
	lines := strings.Split(out.String(), "\n")
	slices.Sort(lines)
	require.Equal(t, []string{
		"",
		"AWS_ACCESS_KEY_ID=CRCHECKREPLAYNOKEY00",
		"AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_DEFAULT_REGION=eu-west-1",
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENABLE_ENDPOINT_DISCOVERY=false",
		"AWS_ENDPOINT_URL=" + endpoint,
		"AWS_ENDPOINT_URL_CLEANROOMS=" + endpoint,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + endpoint,
		"AWS_REGION=eu-west-1",
		"AWS_SECRET_ACCESS_KEY=crcheck-replay-this-is-no-secret",
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"answer",
		"input",
	}, lines)
	_, err = http.Get(endpoint)
	require.Error(t, err, "the server is gone with its client")
}

func TestEnvironment(t *testing.T) {
	env := serve.Environment([]string{"PATH=/bin", "NO_PROXY=example.com", "AWS_REGION=x", "HTTPS_PROXY=http://proxy"}, "http://127.0.0.1:1", "")
	require.Contains(t, env, "PATH=/bin")
	require.Contains(t, env, "HTTPS_PROXY=http://proxy")
	require.Contains(t, env, "NO_PROXY=example.com,127.0.0.1,localhost,::1")
	require.Contains(t, env, "no_proxy=127.0.0.1,localhost,::1")
	require.Contains(t, env, "AWS_REGION=us-east-1")
	require.NotContains(t, env, "AWS_REGION=x")
}

// TestHeaderLimit checks that a client cannot make the server hold more than a few headers.
func TestHeaderLimit(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go serve.Serve(ctx, l, http.HandlerFunc(respond)) //nolint:errcheck // it ends with the test
	for size, status := range map[int]int{40 << 10: 200, 200 << 10: 431} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			r, err := http.NewRequest("GET", "http://"+l.Addr().String(), nil)
			require.NoError(t, err)
			r.Header.Set("X-Large", strings.Repeat("x", size))
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			response.Body.Close()
			require.Equal(t, status, response.StatusCode)
		})
	}
}

func TestRunErrors(t *testing.T) {
	r, _ := run(t)
	r.Command = []string{"/nonexistent/client"}
	_, err := r.Do(t.Context())
	var command *serve.CommandError
	require.ErrorAs(t, err, &command)
	require.Equal(t, "/nonexistent/client", command.Command)
	require.ErrorIs(t, err, os.ErrNotExist)

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	r.Listen = taken.Addr().String()
	_, err = r.Do(t.Context())
	var listen *serve.ListenError
	require.ErrorAs(t, err, &listen)
	require.Equal(t, r.Listen, listen.Address)
}

// lineWriter tells of each line that is written.
type lineWriter chan string

func (w lineWriter) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		w <- strings.TrimSpace(line)
	}
	return len(p), nil
}

func TestRunForwardsSignals(t *testing.T) {
	for name, send := range map[string]func(cancel func()){
		"hangup":     func(func()) { self, _ := os.FindProcess(os.Getpid()); require.NoError(t, self.Signal(syscall.SIGHUP)) },
		"terminated": func(cancel func()) { cancel() },
	} {
		r, _ := run(t, "signal")
		lines := make(lineWriter, 10)
		r.Stdout = lines
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-lines // the client is ready
			send(cancel)
		}()
		status, err := r.Do(ctx)
		cancel()
		require.NoError(t, err)
		require.Equal(t, 7, status)
		require.Equal(t, name, <-lines)
	}
}

func TestRunWithoutCommand(t *testing.T) {
	r, _ := run(t)
	r.Command = nil
	r.Listen = ":0"
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error, 1)
	r.Ready = func(endpoint string) {
		go func() {
			res, err := http.Get(endpoint)
			if err == nil {
				res.Body.Close()
			}
			got <- err
			cancel()
		}()
	}
	status, err := r.Do(ctx)
	require.NoError(t, err)
	require.Zero(t, status)
	require.NoError(t, <-got)
}

// slow is a body that tells when it is asked for, and ends when it is told to.
type slow struct{ asked, end chan struct{} }

func (s slow) Read([]byte) (int, error) {
	close(s.asked)
	<-s.end
	return 0, io.EOF
}

func TestServeEndsGracefully(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- serve.Serve(ctx, l, http.HandlerFunc(respond))
	}()

	// The client sends the body when the server asks for it: then the request is under way.
	body := slow{make(chan struct{}), make(chan struct{})}
	req, err := http.NewRequest("POST", "http://"+l.Addr().String(), body)
	require.NoError(t, err)
	req.Header.Set("Expect", "100-continue")
	answered := make(chan string, 1)
	go func() {
		res, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(req)
		if err != nil {
			answered <- err.Error()
			return
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		answered <- string(text)
	}()
	<-body.asked
	cancel()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	}, 5*time.Second, 5*time.Millisecond, "it takes no more connections")
	close(body.end)
	require.Equal(t, "answer\n", <-answered)
	require.NoError(t, <-served)

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	require.True(t, errors.Is(serve.Serve(t.Context(), closed, http.HandlerFunc(respond)), net.ErrClosed))
}
