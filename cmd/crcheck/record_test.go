//go:build unix

package main

import (
	"bufio"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/recording"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/crcheck/crcheck/recorder"
)

// TestRecord records SDKs of several languages in both modes, against a service that verifies
// signatures, and checks that the recording is complete, redacted and can be replayed.
func TestRecord(t *testing.T) {
	for _, c := range recordedClients {
		for _, mode := range c.modes {
			t.Run(c.name+mode, func(t *testing.T) {
				command, env := c.command(t)
				service := cleanRooms()
				r := newRecording(t, service, mode)
				got := r.run(t, env, append(append([]string{"--"}, command...), membership, jobOne, jobTwo)...)
				require.Equal(t, exitClean, got.status, "%s\n%s", got.out, got.err)
				require.Equal(t, "STARTED\nSUCCESS\n", got.out)
				require.Contains(t, got.err, "recorded 2 interactions to job.yaml\n")
				received := service.Received()
				require.Len(t, received, 2)
				for _, x := range received {
					require.Empty(t, x.Refused)
					require.Equal(t, mine.AccessKeyID, x.Scope.AccessKeyID)
				}
				requireRedacted(t, r)
				requireNoFiles(t, r.temporary)

				require.Equal(t, exitClean, crcheck(t, r.dir, "validate", "--fail-on", "warning", "job.yaml").status)
				pseudonyms := regexp.MustCompile(`https://.*/memberships/(.*)/protectedJobs/(.*)`).FindAllStringSubmatch(r.cassette(t), -1)
				require.Len(t, pseudonyms, 2)
				played := crcheck(t, r.dir, "replay", "job.yaml", "--", "aws-sdk-go", "get", pseudonyms[0][1], pseudonyms[0][2], pseudonyms[1][2])
				require.Equal(t, "STARTED\nSUCCESS\n", played.out, played.err)
				require.Equal(t, exitClean, played.status)
			})
		}
	}
}

// requireNoFiles checks that a folder is empty.
func requireNoFiles(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// TestRecordStatus checks that crcheck exits with the command's status, and that refused requests do
// not reach the service.
func TestRecordStatus(t *testing.T) {
	t.Run("a write", func(t *testing.T) {
		service := cleanRooms()
		got := newRecording(t, service, "").run(t, nil, "--", "aws-sdk-go", "start", membership)
		require.Equal(t, 4, got.status, got.err)
		require.Contains(t, got.err, "--allow-writes")
		require.Contains(t, got.err, "CrcheckRefused")
		require.Contains(t, got.err, "\n1 refused\n")
		require.Empty(t, service.Received())
	})
	t.Run("not marked as read-only", func(t *testing.T) {
		r := newRecording(t, cleanRooms(), "")
		text := string(contractText(t))
		require.Contains(t, text, `"readonly": true`)
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "contract.json"), []byte(strings.Replace(text, `"readonly": true`, `"readonly": false`, 1)), 0o600))
		got := r.run(t, nil, "--contract", "contract.json", "--", "aws-sdk-go", "get", membership, jobOne)
		require.Equal(t, 4, got.status, got.err)
		require.Contains(t, got.err, "the contract does not mark cleanrooms.GetProtectedJob as read-only")
		require.Empty(t, r.Received())
	})
	t.Run("an older contract", func(t *testing.T) {
		got := newRecording(t, cleanRooms(), "").run(t, nil, "--contract", "cleanrooms.GetProtectedJob@1.42.90", "--", "aws-sdk-go", "get", membership, jobOne)
		require.Equal(t, exitClean, got.status, got.err)
	})
	t.Run("an allowed write", func(t *testing.T) {
		service := cleanRooms()
		service.Respond = func(*http.Request, []byte) standin.Response { return standin.Response{Body: job(jobOne, "SUBMITTED")} }
		got := newRecording(t, service, "").run(t, nil, "--allow-writes", "--", "aws-sdk-go", "start", membership)
		require.Equal(t, exitUsage, got.status, got.err)
		require.Contains(t, got.err, "nothing was checked")
		require.Len(t, service.Received(), 1)
	})
	t.Run("findings", func(t *testing.T) {
		service := cleanRooms()
		service.Respond = func(*http.Request, []byte) standin.Response {
			return standin.Response{Body: strings.Replace(job(jobOne, "BORED"), `"createTime":1700000000.25,`, "", 1)}
		}
		got := newRecording(t, service, "").run(t, nil, "--", "aws-sdk-go", "get", membership, jobOne)
		require.Equal(t, exitFindings, got.status, got.err)
		require.Contains(t, got.err, "interaction 1 (cleanrooms.GetProtectedJob): error enum.unknown-value at /protectedJob/status: ")
		require.Contains(t, got.err, "member.missing")
		got = newRecording(t, service, "").run(t, nil, "--fail-on", "never", "--", "aws-sdk-go", "get", membership, jobOne)
		require.Equal(t, exitClean, got.status, got.err)
	})
	t.Run("its own status", func(t *testing.T) {
		got := newRecording(t, cleanRooms(), "").run(t, nil, "--", "sh", "-c", "exit 5")
		require.Equal(t, 5, got.status, got.err)
	})
	t.Run("no request", func(t *testing.T) {
		r := newRecording(t, cleanRooms(), "")
		got := r.run(t, nil, "--", "true")
		require.Equal(t, exitUsage, got.status, got.err)
		require.Contains(t, got.err, "nothing was recorded")
		require.NoFileExists(t, filepath.Join(r.dir, "job.yaml"))
	})
	t.Run("the cassette cannot be written", func(t *testing.T) {
		r := newRecording(t, cleanRooms(), "")
		got := r.run(t, nil, "--", "sh", "-c", "aws-sdk-go get "+membership+" "+jobOne+" && mkdir job.yaml")
		require.Equal(t, exitIncomplete, got.status, got.err)
		require.NotContains(t, got.err, "recorded 1")
		require.Contains(t, got.err, "the recording is in the journal")
		require.NoError(t, os.Remove(filepath.Join(r.dir, "job.yaml")))
		require.FileExists(t, filepath.Join(r.dir, ".job.yaml.journal"))
	})
	for _, c := range []struct {
		name, says string
		respond    func(*http.Request) standin.Response
		args       []string
	}{
		{"too large", "nothing was recorded: crcheck left out 1 response: the response is too large to be recorded",
			func(*http.Request) standin.Response {
				return standin.Response{Body: strings.Replace(job(jobOne, "SUCCESS"), "{", `{"more":"`+strings.Repeat("x", recorder.MaxBody)+`",`, 1)}
			}, []string{"aws-sdk-go", "get", membership, jobOne}},
		{"in an unknown encoding", "nothing was recorded: crcheck left out 1 response: the response body was left out: ",
			func(*http.Request) standin.Response {
				return standin.Response{Header: http.Header{"Content-Encoding": {"compress"}}, Body: "\x1f\x9d\xff"}
			}, []string{"aws-sdk-go", "get", membership, jobOne}},
	} {
		t.Run("nothing but "+c.name, func(t *testing.T) {
			service := cleanRooms()
			service.Respond = func(r *http.Request, _ []byte) standin.Response { return c.respond(r) }
			got := newRecording(t, service, "").run(t, nil, append([]string{"--"}, c.args...)...)
			require.Contains(t, got.err, c.says)
			require.NotContains(t, got.err, "received no request")
			require.NotZero(t, got.status)
		})
	}
	t.Run("no such command", func(t *testing.T) {
		got := newRecording(t, cleanRooms(), "").run(t, nil, "--", "./no-such-command")
		require.Equal(t, exitUsage, got.status, got.err)
	})
}

// TestRecordRefuses checks that a recording that cannot work fails before the first request.
func TestRecordRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(r *recordingRun)
		args   []string // split at spaces
		says   string
	}{
		{"no upstream", func(r *recordingRun) { r.upstream = nil }, nil, "--upstream"},
		{"upstream is not a URL", func(r *recordingRun) { r.upstream[1] = "cleanrooms" }, nil, "https://"},
		{"upstream has a path", func(r *recordingRun) { r.upstream[1] += "/path" }, nil, "more than a host"},
		{"no CA", func(r *recordingRun) { r.upstream[5] = "missing.pem" }, nil, "missing.pem cannot be read"},
		{"CA file without a certificate", func(r *recordingRun) { os.WriteFile(r.CAFile, []byte("x"), 0o600) }, nil, "does not contain a certificate"},
		{"cassette is a folder", func(r *recordingRun) { os.Mkdir(filepath.Join(r.dir, "job.yaml"), 0o755) }, nil, "job.yaml"},
		{"cassette is standard output", nil, []string{"-o -"}, "is not a file"},
		{"cassette below a file", func(r *recordingRun) { os.WriteFile(filepath.Join(r.dir, "file"), nil, 0o600) }, []string{"-o file/job.yaml"}, "file/job.yaml"},
		{"address in use", nil, []string{"--listen", "127.0.0.1:99999"}, "cannot listen"},
		{"no credentials", func(r *recordingRun) {
			r.upstream = []string{"--upstream", "https://" + realHost}
			r.env = append(r.env, "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=")
		}, nil, "found no credentials"},
		{"no profile", nil, []string{"--aws-profile", "none"}, "AWS profile none"},
		{"forward over http", func(r *recordingRun) { r.upstream[1] = "http://localhost:1" }, []string{"--forward"}, "https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRecording(t, cleanRooms(), "")
			if c.change != nil {
				c.change(r)
			}
			args := strings.Fields(strings.Join(c.args, " "))
			got := r.run(t, nil, append(args, "--", "sh", "-c", "echo it runs")...)
			require.Equal(t, exitUsage, got.status, got.err)
			require.Empty(t, got.out)
			require.Contains(t, got.err, c.says)
			requireNoFiles(t, r.temporary)
		})
	}
	t.Run("read-only folder", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("skipped: root can write everywhere")
		}
		r := newRecording(t, cleanRooms(), "")
		require.NoError(t, os.Mkdir(filepath.Join(r.dir, "fixed"), 0o500))
		got := r.run(t, nil, "-o", "fixed/job.yaml", "--", "true")
		require.Equal(t, exitUsage, got.status, got.err)
		require.Contains(t, got.err, "fixed/")
		require.Contains(t, got.err, "make its folder writable")
	})
}

// TestRecordUpstreamDown checks that the client gets an error, and that crcheck reports an incomplete
// run.
func TestRecordUpstreamDown(t *testing.T) {
	const closed = "127.0.0.1:1" // a port that was free a moment ago may be in use by now
	r := newRecording(t, cleanRooms(), "")
	r.upstream[1] = "https://" + closed
	got := r.run(t, nil, "--", "aws-sdk-go", "get", membership, jobOne)
	require.Equal(t, 4, got.status, got.err) // the command's own
	require.Contains(t, got.err, "failed: GET https://"+closed)
	got = r.run(t, nil, "--", "sh", "-c", "aws-sdk-go get "+membership+" "+jobOne+" || true")
	require.Equal(t, exitIncomplete, got.status, got.err)
	require.NoFileExists(t, filepath.Join(r.dir, "job.yaml"))
	t.Run("untrusted", func(t *testing.T) {
		r := newRecording(t, cleanRooms(), "")
		r.upstream = r.upstream[:4]
		got := r.run(t, nil, "--", "aws-sdk-go", "get", membership, jobOne)
		require.Equal(t, 4, got.status)
		require.Contains(t, got.err, "certificate")
		require.Contains(t, got.err, "--upstream-ca")
	})
}

// TestRecordInterrupted checks that Ctrl-C goes to the command, whose last request is still recorded.
func TestRecordInterrupted(t *testing.T) {
	for _, mode := range []string{"", "--forward"} {
		t.Run("mode "+mode, func(t *testing.T) {
			service := cleanRooms()
			r := newRecording(t, service, mode)
			p := r.command(nil, "--", "aws-sdk-go", "patient", membership, jobOne)
			require.NoError(t, p.Start())
			require.Eventually(t, func() bool { return len(service.Received()) == 1 }, 20*time.Second, 10*time.Millisecond)
			time.Sleep(200 * time.Millisecond) // the client prints
			got := p.interrupt(t)
			require.Equal(t, 7, got.status, got.err)
			require.Equal(t, "STARTED\nSTARTED\n", got.out)
			require.Contains(t, got.err, "recorded 2 interactions to job.yaml\n")
			require.Contains(t, r.cassette(t), "interactions:")
			requireNoFiles(t, r.temporary)
		})
	}
}

// TestRecordWithoutCommand checks that the printed variables are all that a client needs, that a client
// without them is refused, and that Ctrl-C ends the recording.
func TestRecordWithoutCommand(t *testing.T) {
	for _, mode := range []string{"", "--forward"} {
		t.Run("mode "+mode, func(t *testing.T) {
			service := cleanRooms()
			r := newRecording(t, service, mode)
			p := r.command(nil)
			out, in, err := os.Pipe()
			require.NoError(t, err)
			p.Stdout = in
			require.NoError(t, p.Start())
			require.NoError(t, in.Close())
			var exports []string
			require.NoError(t, out.SetReadDeadline(time.Now().Add(20*time.Second)))
			for lines := bufio.NewScanner(out); len(exports) < map[string]int{"": 10, "--forward": 7}[mode]; {
				require.True(t, lines.Scan(), lines.Err())
				exports = append(exports, lines.Text())
			}
			variables := map[string]string{}
			for _, line := range exports {
				if line == "unset AWS_PROFILE" {
					continue
				}
				name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
				require.True(t, ok && strings.HasPrefix(line, "export "), line)
				variables[name] = strings.Trim(value, "'")
			}
			require.NotContains(t, strings.Join(exports, "\n"), mine.SecretAccessKey)

			// Another process knows the address, but only has its own credentials.
			address := variables["AWS_ENDPOINT_URL"]
			stranger := []string{"AWS_ENDPOINT_URL=" + address}
			if mode == "--forward" {
				address = "http://" + variables["HTTPS_PROXY"][strings.IndexByte(variables["HTTPS_PROXY"], '@')+1:]
				stranger = []string{"HTTPS_PROXY=" + address, "NO_PROXY=", "AWS_CA_BUNDLE=" + variables["AWS_CA_BUNDLE"]}
				requireOnlyCertificates(t, r, p.Process.Pid)
			}
			c := exec.Command("aws-sdk-go", "get", membership, jobOne)
			c.Env = append(r.env, stranger...)
			said, err := c.CombinedOutput()
			require.Error(t, err)
			require.Regexp(t, "CrcheckRefused|Proxy Authentication Required", string(said))
			require.Empty(t, service.Received())

			script := strings.Join(exports, "\n") + "\nexec aws-sdk-go get " + membership + " " + jobOne
			c = exec.Command("sh", "-c", script)
			c.Env = append(r.env, "NO_PROXY=")
			said, err = c.CombinedOutput()
			require.NoError(t, err, string(said))
			require.Equal(t, "STARTED\n", string(said))

			require.NoError(t, p.Process.Signal(os.Interrupt))
			got := ended(t, p.Wait(), &bytes.Buffer{}, &p.err)
			require.Equal(t, exitClean, got.status, got.err)
			require.Contains(t, got.err, "recorded 1 interaction to job.yaml\n")
			requireRedacted(t, r)
			requireNoFiles(t, r.temporary)
		})
	}
}

// requireOnlyCertificates checks that neither a file of the recording nor a file that its process has
// open contains a private key.
func requireOnlyCertificates(t *testing.T, r *recordingRun, pid int) {
	t.Helper()
	certificates := 0
	look := func(path string) {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			require.Contains(t, path, "/fd/", err) // an object of the kernel that claims to be a regular file
			return
		}
		require.NotContains(t, string(text), "PRIVATE KEY", path)
		if bytes.Contains(text, []byte("BEGIN CERTIFICATE")) {
			certificates++
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), path)
		}
	}
	for _, folder := range []string{r.dir, r.temporary} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
			look(path)
			return err
		}))
	}
	require.Equal(t, 1, certificates)
	open, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	for _, path := range open {
		look(path)
	}
}

func TestWhyNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		r    recording.Result
		says string
	}{
		{"no request", recording.Result{}, "received no request"},
		{"left out", recording.Result{Stats: recorder.Stats{Unrecorded: 2}, LeftOut: []string{"too large", "binary"}}, "left out 2 responses: too large; binary"},
		{"refused", recording.Result{Refused: map[proxy.Code]int{proxy.Refused: 1}}, "refused 1 request"},
		{"no response", recording.Result{Stats: recorder.Stats{Failed: 1}}, "1 request got no complete response"},
		{"left out and refused", recording.Result{Stats: recorder.Stats{Unrecorded: 1}, LeftOut: []string{"binary"}, Refused: map[proxy.Code]int{proxy.Refused: 1}}, "left out 1 response: binary"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Contains(t, whyNothing(&c.r), c.says) })
	}
}
