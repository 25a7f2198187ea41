//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/standin"
)

// liveRun is a run of crcheck live against a stand-in.
type liveRun struct{ *recordingRun }

func newLive(t *testing.T, service *standin.Service) liveRun {
	r := newRecording(t, service, "")
	r.upstream = []string{"--endpoint-url", r.URL, "--region", "us-east-1", "--upstream-ca", r.CAFile}
	return liveRun{r}
}

func (r liveRun) live(t *testing.T, operation string, env []string, args ...string) finished {
	t.Helper()
	p := r.process(operation, env, args...)
	require.NoError(t, p.Start())
	killed := time.AfterFunc(60*time.Second, func() { p.Process.Kill() })
	defer killed.Stop()
	return ended(t, p.Wait(), &p.out, &p.err)
}

func (r liveRun) process(operation string, env []string, args ...string) *running {
	p := r.command(env)
	p.Args = append(append([]string{"crcheck", "live", operation}, r.upstream...), args...)
	return p
}

const jobOneInput = `{"membershipIdentifier": "` + membership + `", "protectedJobIdentifier": "` + jobOne + `"}`

func responding(response standin.Response) *standin.Service {
	s := cleanRooms()
	s.Respond = func(*http.Request, []byte) standin.Response { return response }
	return s
}

func TestLive(t *testing.T) {
	for _, c := range []struct {
		name     string
		response standin.Response
		args     []string // split at spaces
		status   int
		out      []string
		err      string
	}{
		{"clean", standin.Response{Body: job(jobOne, "STARTED"), Gzip: true}, nil, exitClean,
			[]string{"checked 1 response of 1 file against cleanrooms.GetProtectedJob@1.43.67 (1)\npassed: 0 errors"}, "responded 200\n"},
		{"findings", standin.Response{Body: job(jobOne, "BORED")}, nil, exitFindings,
			[]string{"error enum.unknown-value in response at /protectedJob/status [09b7116c]\n", "response:1:", "failed: 1 error"}, "responded 200\n"},
		{"findings that do not fail the run", standin.Response{Body: job(jobOne, "BORED")}, []string{"--fail-on never"}, exitClean, []string{"enum.unknown-value", "passed: 1 error"}, ""},
		{"json", standin.Response{Body: job(jobOne, "BORED")}, []string{"--format json"}, exitFindings, []string{`"rule": "enum.unknown-value"`, `"verdict": "failed"`}, ""},
		{"the response of another job", standin.Response{Body: job(jobTwo, "STARTED")}, nil, exitFindings, []string{"echo.mismatch"}, ""},
		{"an error of the operation", standin.Error(404, "ResourceNotFoundException", "no such job"), nil, exitFindings,
			[]string{"member.missing in response at error:ResourceNotFoundException"}, `responded 404 "ResourceNotFoundException"`},
		{"a complete error", standin.Error(429, "ThrottlingException", "slow down"), nil, exitClean, []string{"passed: 0 errors"}, `responded 429 "ThrottlingException"`},
		{"an unlisted error", standin.Error(418, "TeapotException", "short and stout"), nil, exitClean, []string{"warning error.unmodeled"}, "responded 418"},
		{"not JSON", standin.Response{Body: "<html>"}, nil, exitFindings, []string{"syntax.invalid"}, ""},
		{"the body", standin.Response{Body: job(jobOne, "STARTED")}, []string{"--print-body"}, exitClean, []string{job(jobOne, "STARTED")}, "passed: 0 errors"},
		{"the body of an error", standin.Error(429, "ThrottlingException", "slow down"), []string{"--print-body"}, exitClean, []string{`{"message":"slow down"}`}, "passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := responding(c.response)
			got := newLive(t, service).live(t, "GetProtectedJob", nil, append(strings.Fields(strings.Join(c.args, " ")), "--input", jobOneInput)...)
			require.Equal(t, c.status, got.status, "%s\n%s", got.out, got.err)
			for _, text := range c.out {
				require.Contains(t, got.out, text)
			}
			require.Contains(t, got.err, c.err)
			received := service.Received()
			require.Len(t, received, 1, "nothing is retried")
			require.Equal(t, "/memberships/"+membership+"/protectedJobs/"+jobOne, received[0].URI)
			require.Empty(t, received[0].Refused)
			require.Equal(t, mine.SessionToken, received[0].Header.Get("X-Amz-Security-Token"))
		})
	}
	t.Run("only the body", func(t *testing.T) {
		r := newLive(t, responding(standin.Response{Body: job(jobOne, "STARTED")}))
		got := r.live(t, "GetProtectedJob", nil, "--print-body", "-o", "report.txt", "--input", jobOneInput)
		require.Equal(t, job(jobOne, "STARTED"), got.out)
		require.NotContains(t, got.err, "passed")
		report, err := os.ReadFile(filepath.Join(r.dir, "report.txt"))
		require.NoError(t, err)
		require.Contains(t, string(report), "passed")
	})
	t.Run("standard input", func(t *testing.T) {
		r := newLive(t, cleanRooms())
		p := r.process("cleanrooms.GetProtectedJob", nil, "--input", "-")
		p.Stdin = strings.NewReader(jobOneInput)
		require.NoError(t, p.Run(), p.err.String())
	})
	t.Run("without a session token", func(t *testing.T) {
		service := cleanRooms()
		service.Credentials.SessionToken = ""
		got := newLive(t, service).live(t, "GetProtectedJob", []string{"AWS_SESSION_TOKEN="}, "--input", jobOneInput)
		require.Equal(t, exitClean, got.status, got.err)
	})
}

// TestLiveCredentials checks that rejected credentials are reported as such and fail the run.
func TestLiveCredentials(t *testing.T) {
	for _, c := range []struct{ name, variable, says string }{
		{"unknown", "AWS_ACCESS_KEY_ID=AKIAFAKEFAKEFAKEFAK4", "UnrecognizedClientException"},
		{"wrong", "AWS_SECRET_ACCESS_KEY=another", "InvalidSignatureException"},
		{"no token", "AWS_SESSION_TOKEN=", "UnrecognizedClientException"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := newLive(t, cleanRooms()).live(t, "GetProtectedJob", []string{c.variable}, "--input", jobOneInput)
			require.Equal(t, exitUsage, got.status, got.err)
			require.Contains(t, got.err, "the service does not accept the credentials: "+c.says)
			require.Contains(t, got.out, "error.unmodeled")
			require.NotContains(t, got.out+got.err, mine.SecretAccessKey)
		})
	}
}

func TestLiveWrites(t *testing.T) {
	const model = `{"version": "2.0", "metadata": {"apiVersion": "2026-01-31", "endpointPrefix": "cleanrooms", "protocol": "json", "jsonVersion": "1.1",
		"targetPrefix": "Rooms", "serviceId": "Rooms", "serviceFullName": "Rooms", "signatureVersion": "v4", "uid": "cleanrooms-2026-01-31"},
		"operations": {"Clean": {"name": "Clean", "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "In"}, "output": {"shape": "In"}}},
		"shapes": {"In": {"type": "structure", "members": {"Room": {"shape": "Text"}, "Token": {"shape": "Text", "idempotencyToken": true}}}, "Text": {"type": "string"}}}`
	service := responding(standin.Response{Body: `{"Room":"a"}`, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}})
	r := newLive(t, service)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "rooms.json"), []byte(model), 0o600))
	got := r.live(t, "Clean", nil, "--contract", "rooms.json", "--input", `{"Room": "a"}`)
	require.Equal(t, exitUsage, got.status)
	require.Contains(t, got.err, "--allow-writes")
	require.Empty(t, service.Received())
	got = r.live(t, "Clean", nil, "--contract", "rooms.json", "--allow-writes", "--input", `{"Room": "a"}`)
	require.Equal(t, exitClean, got.status, got.err)
	received := service.Received()
	require.Len(t, received, 1)
	require.Equal(t, "Rooms.Clean", received[0].Header.Get("X-Amz-Target"))
	require.Regexp(t, `^\{"Room":"a","Token":"[0-9a-f-]{36}"\}$`, string(received[0].Body))
}

// TestLiveRecords checks that the recording is redacted and can be read, and that the report is about
// the response before redaction.
func TestLiveRecords(t *testing.T) {
	r := newLive(t, cleanRooms())
	got := r.live(t, "GetProtectedJob", nil, "--record", "job.yaml", "--print-body", "--input", jobOneInput)
	require.Equal(t, exitClean, got.status, got.err)
	require.Contains(t, got.err, "recorded 1 interaction to job.yaml\n")
	require.Equal(t, job(jobOne, "STARTED"), got.out)
	requireRedacted(t, r.recordingRun)
	require.Contains(t, r.cassette(t), "contract: cleanrooms.GetProtectedJob@1.43.67")
	require.Equal(t, exitClean, crcheck(t, r.dir, "validate", "--fail-on", "warning", "job.yaml").status)
	require.Equal(t, exitClean, crcheck(t, r.dir, "cassette", "lint", "job.yaml").status)
	require.NoFileExists(t, filepath.Join(r.dir, ".job.yaml.journal"))

	t.Run("a secret", func(t *testing.T) {
		r := newLive(t, responding(standin.Response{Body: strings.Replace(job(jobOne, "STARTED"), `"results"`, `"AKIAFAKEFAKEFAKEFAK2"`, 1)}))
		got := r.live(t, "GetProtectedJob", nil, "--record", "job.yaml", "--input", jobOneInput)
		require.Equal(t, exitFindings, got.status, got.err)
		require.Contains(t, got.out, "secret.found")
		require.NotContains(t, r.cassette(t), "AKIAFAKEFAKEFAKEFAK2")
		got = r.live(t, "GetProtectedJob", nil, "--record", "job.yaml", "--fail-on", "never", "--input", jobOneInput)
		require.Equal(t, exitFindings, got.status, got.err)
	})
	t.Run("all", func(t *testing.T) {
		r := newLive(t, responding(standin.Error(429, "ThrottlingException", "slow down")))
		got := r.live(t, "GetProtectedJob", nil, "--record", "job.yaml", "--redact", "all", "--input", jobOneInput)
		require.Equal(t, exitClean, got.status, got.err)
		require.NotContains(t, r.cassette(t), "slow down")
	})
	t.Run("a cassette below a file", func(t *testing.T) {
		service := cleanRooms()
		r := newLive(t, service)
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "file"), nil, 0o600))
		got := r.live(t, "GetProtectedJob", nil, "--record", "file/job.yaml", "--input", jobOneInput)
		require.Equal(t, exitUsage, got.status, got.err)
		require.Empty(t, service.Received())
	})
}

// TestLiveBreaksOff checks that a run without a complete response is incomplete.
func TestLiveBreaksOff(t *testing.T) {
	const closed = "127.0.0.1:1" // a port that was free a moment ago may be in use by now
	for _, args := range [][]string{nil, {"--record", "job.yaml"}} {
		t.Run(strings.TrimSpace("live "+strings.Join(args, " ")), func(t *testing.T) {
			r := newLive(t, cleanRooms())
			r.upstream[1] = "https://" + closed
			got := r.live(t, "GetProtectedJob", nil, append(args, "--input", jobOneInput)...)
			require.Equal(t, exitIncomplete, got.status, got.err)
			require.Contains(t, got.err, "connection refused")
			require.Contains(t, got.out, "1 problem on standard error")
			require.NoFileExists(t, filepath.Join(r.dir, "job.yaml"))
			require.NoFileExists(t, filepath.Join(r.dir, ".job.yaml.journal"))

			cut := newLive(t, responding(standin.Response{Body: job(jobOne, "STARTED"), Cut: true}))
			got = cut.live(t, "GetProtectedJob", nil, append(args, "--input", jobOneInput)...)
			require.Equal(t, exitIncomplete, got.status, got.err)
			require.NoFileExists(t, filepath.Join(cut.dir, "job.yaml"))
		})
	}
}

func TestLiveInterrupted(t *testing.T) {
	service := responding(standin.Response{Delay: time.Minute})
	r := newLive(t, service)
	p := r.process("GetProtectedJob", nil, "--record", "job.yaml", "--input", jobOneInput)
	require.NoError(t, p.Start())
	require.Eventually(t, func() bool { return len(service.Received()) == 1 }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, p.Process.Signal(os.Interrupt))
	got := ended(t, p.Wait(), &p.out, &p.err)
	require.Equal(t, exitIncomplete, got.status, got.err)
	require.Contains(t, got.err, "crcheck: interrupted")
	require.NoFileExists(t, filepath.Join(r.dir, "job.yaml"))
	require.NoFileExists(t, filepath.Join(r.dir, ".job.yaml.journal"))
}
