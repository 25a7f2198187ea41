//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

const (
	membership = "1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
	jobOne     = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee1"
	jobTwo     = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee2"
	account    = "444455556666"
	bucket     = "a-bucket-of-somebody"
	template   = "99999999-8888-4777-8666-555555555555"
)

// mine are the user's credentials.
var mine = sigv4.Credentials{AccessKeyID: "AKIAQWERTZUIOPASDFGH", SecretAccessKey: "Zm9v/YmFyYmF6+cXV4cXV1eGNvcmdlZ3JhdWx0", SessionToken: "IQoJb3JpZ2luX2VjEXAMPLETOKEN/+c2Vzc2lvbg=="}

// job returns the response for a job in a status.
func job(id, status string) string {
	return `{"protectedJob":{"id":"` + id + `","membershipId":"` + membership + `","membershipArn":"arn:aws:cleanrooms:us-east-1:` + account + `:membership/` + membership + `",` +
		`"createTime":1700000000.25,"status":"` + status + `","jobParameters":{"analysisTemplateArn":"arn:aws:cleanrooms:us-east-1:` + account + `:membership/` + membership + `/analysistemplate/` + template + `","parameters":{"salary_of":"Ms Example"}},` +
		`"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"` + bucket + `","keyPrefix":"results"}}}}}`
}

// cleanRooms is a stand-in for the service that has every job. Only jobTwo has succeeded.
func cleanRooms() *standin.Service {
	return &standin.Service{Credentials: mine, Name: "cleanrooms", Region: "us-east-1", Respond: func(r *http.Request, _ []byte) standin.Response {
		id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		if id == jobTwo {
			return standin.Response{Body: job(id, "SUCCESS"), Gzip: true, Chunked: true}
		}
		return standin.Response{Body: job(id, "STARTED"), Gzip: true}
	}}
}

// recordingRun is a run of crcheck record against a stand-in, in a temporary folder.
type recordingRun struct {
	*standin.Server
	dir, temporary string
	upstream       []string // flags
	env            []string
}

const realHost = "cleanrooms.us-east-1.amazonaws.com"

// newRecording prepares a run. With --forward the upstream has its real host name, because clients
// never use a proxy for loopback addresses. crcheck itself reaches the stand-in through another proxy,
// as in a company.
func newRecording(t *testing.T, service *standin.Service, mode string) *recordingRun {
	server := standin.Start(t, service, realHost)
	r := &recordingRun{Server: server, dir: t.TempDir(), temporary: t.TempDir(), upstream: []string{"--upstream", server.URL, "--region", "us-east-1", "--upstream-ca", server.CAFile}}
	profile := filepath.Join(t.TempDir(), "credentials")
	require.NoError(t, os.WriteFile(profile, []byte("[mine]\naws_access_key_id = "+mine.AccessKeyID+"\naws_secret_access_key = "+mine.SecretAccessKey+"\naws_session_token = "+mine.SessionToken+"\n"), 0o600))
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "AWS_") && !strings.Contains(strings.ToUpper(entry[:strings.IndexByte(entry, '=')]), "PROXY") {
			r.env = append(r.env, entry)
		}
	}
	r.env = append(r.env, "TMPDIR="+r.temporary, "HOME="+r.dir, "AWS_EC2_METADATA_DISABLED=true", "AWS_REGION=us-east-1", "CRCHECK_REDACTION_KEY=", "AWS_SHARED_CREDENTIALS_FILE="+profile,
		"AWS_ACCESS_KEY_ID="+mine.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+mine.SecretAccessKey, "AWS_SESSION_TOKEN="+mine.SessionToken)
	if mode == "" { // an upstream on this machine gets no credentials unless a profile is named
		r.upstream = append(r.upstream, "--aws-profile", "mine")
	}
	if mode == "--forward" {
		company := httptest.NewServer(tunnel(server.Address))
		t.Cleanup(company.Close)
		r.upstream[1] = "https://" + realHost
		r.upstream = append(r.upstream, "--forward")
		r.env = append(r.env, "HTTPS_PROXY="+company.URL, "NO_PROXY=example.com")
	}
	return r
}

// tunnel is a proxy that connects to one address, whatever the client requests.
func tunnel(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := net.Dial("tcp", address)
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			there.Close()
			return
		}
		io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			io.Copy(there, here)
			there.Close()
		}()
		io.Copy(here, there)
		here.Close()
	})
}

// command returns a crcheck record process. It writes job.yaml unless the arguments say otherwise.
func (r *recordingRun) command(env []string, args ...string) *running {
	all := append([]string{"record"}, r.upstream...)
	if !strings.Contains(strings.Join(args, " "), "-o ") {
		all = append(all, "-o", "job.yaml")
	}
	p := &running{Cmd: exec.Command("crcheck", append(all, args...)...), dir: r.dir, temporary: r.temporary}
	p.Dir, p.Stdout, p.Stderr = r.dir, &p.out, &p.err
	p.Env = append(r.env, env...)
	return p
}

func (r *recordingRun) run(t *testing.T, env []string, args ...string) finished {
	t.Helper()
	p := r.command(env, args...)
	require.NoError(t, p.Start())
	killed := time.AfterFunc(60*time.Second, func() { p.Process.Kill() })
	defer killed.Stop()
	return ended(t, p.Wait(), &p.out, &p.err)
}

func (r *recordingRun) cassette(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, "job.yaml"))
	require.NoError(t, err)
	return string(text)
}
