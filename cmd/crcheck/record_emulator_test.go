//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// emulator is an upstream that asks for no credentials, and records which key a request came with.
func emulator(t *testing.T, body string) (url string, keys *[]string) {
	keys = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		key, _, _ = strings.Cut(key, "/")
		*keys = append(*keys, key)
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL, keys
}

// TestRecordEmulator checks that an emulator is recorded as it is, that the recording says so in its
// first line and in the cassette, and that the user's credentials stay where they are.
func TestRecordEmulator(t *testing.T) {
	secret := strings.Replace(job(jobOne, "SUCCESS"), "Ms Example", "AKIAZXCVBNMASDFGHJKL", 1)
	for _, c := range []struct {
		name, body string
		flags      []string
		env        []string
		status     int
		out        string   // of the client
		says       []string // on stderr
		written    []string // in the cassette
		hidden     []string // and what is not
	}{
		{"as it is", job(jobOne, "SUCCESS"), []string{"--emulator"}, nil, exitClean, "SUCCESS\n",
			[]string{"recorded 1 interaction"}, []string{account, bucket, "Credential=test/", "from: emulator\n    redacted: no\n"}, []string{"redactionKey", "pseudonyms"}},
		{"a secret is info", secret, []string{"--emulator"}, nil, exitClean, "SUCCESS\n",
			[]string{"info secret.found", "1 secret in the cassette"}, []string{"AKIAZXCVBNMASDFGHJKL", "redacted: no"}, nil},
		{"redacted", job(jobOne, "SUCCESS"), []string{"--any-credentials"}, nil, exitClean, "SUCCESS\n",
			nil, []string{"from: emulator", "redactionKey"}, []string{account, bucket, "redacted: no"}},
		{"signed again with dummy credentials", job(jobOne, "SUCCESS"), []string{"--no-redact"}, nil, exitClean, "SUCCESS\n",
			nil, []string{account, "redacted: no"}, nil},
		{"no flag at all asks for no credentials", job(jobOne, "SUCCESS"), nil, nil, exitClean, "SUCCESS\n",
			nil, []string{"redactionKey"}, []string{account}},
		{"findings once, in short form", job(jobOne, "BORED"), []string{"--emulator"}, nil, exitFindings, "BORED\nBORED\n",
			[]string{"interaction 1 (cleanrooms.GetProtectedJob): error enum.unknown-value at /protectedJob/status: ", "2 times"}, []string{"BORED", "redacted: no"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, keys := emulator(t, c.body)
			r := newRecording(t, cleanRooms(), "")
			r.upstream = append([]string{"--upstream", url}, c.flags...)
			jobs := []string{membership, jobOne}
			if strings.Count(c.out, "\n") == 2 {
				jobs = append(jobs, jobOne)
			}
			got := r.run(t, c.env, append([]string{"--", "aws-sdk-go", "get"}, jobs...)...)
			require.Equal(t, c.status, got.status, got.err)
			require.Equal(t, c.out, got.out)
			first, _, _ := strings.Cut(got.err, "\n")
			require.Equal(t, strings.Contains(strings.Join(c.written, ""), "redacted: no"), first == "redacted: no, from: emulator", first)
			for _, says := range c.says {
				require.Contains(t, got.err, says)
			}
			require.NotContains(t, got.err, "interaction 2")
			text := r.cassette(t)
			for _, written := range c.written {
				require.Contains(t, text, written)
			}
			for _, hidden := range c.hidden {
				require.NotContains(t, text, hidden)
			}
			for _, key := range *keys {
				require.Equal(t, "test", key)
			}
			_, err := os.Stat(filepath.Join(r.dir, ".crcheck-redaction-key"))
			require.Equal(t, strings.Contains(text, "redactionKey"), err == nil)
			require.NotEqual(t, exitUsage, crcheck(t, r.dir, "validate", "job.yaml").status)
			require.Equal(t, c.out, crcheck(t, r.dir, append([]string{"replay", "job.yaml", "--order", "sticky", "--", "aws-sdk-go", "get"}, jobs...)...).out)
		})
	}
}

// TestRecordEmulatorRefuses checks what the flags for emulators cannot be combined with.
func TestRecordEmulatorRefuses(t *testing.T) {
	for _, c := range []struct{ name, args, says string }{
		{"a service", "--upstream https://cleanrooms.us-east-1.amazonaws.com --emulator", "not on this machine"},
		{"a service without a signature", "--upstream https://cleanrooms.us-east-1.amazonaws.com --any-credentials", "--any-credentials: the upstream"},
		{"a service without redaction", "--upstream https://cleanrooms.us-east-1.amazonaws.com --no-redact", "--no-redact: the upstream"},
		{"another machine", "--upstream http://10.0.0.1:4566 --emulator", "not on this machine"},
		{"a name that only looks like it", "--upstream http://localhost.example.com --emulator", "not on this machine"},
		{"forward", "--upstream https://localhost:1 --emulator --forward", "--forward"},
		{"redact all", "--upstream http://localhost:1 --emulator --redact all", "--redact"},
		{"keep", "--upstream http://localhost:1 --no-redact --keep a-bucket", "--keep"},
		{"from AWS", "--upstream http://localhost:1 --emulator --from aws", "--from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			got := crcheck(t, dir, append(append([]string{"record", "-o", "job.yaml"}, strings.Fields(c.args)...), "--", "echo", "it runs")...)
			require.Equal(t, exitUsage, got.status, got.err)
			require.Contains(t, got.err, c.says)
			require.NotContains(t, got.out, "it runs")
			requireNoFiles(t, dir)
		})
	}
}
