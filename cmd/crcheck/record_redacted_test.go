//go:build unix

package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

// disguises returns the forms in which a secret may appear in a file.
func disguises(secret string) map[string]string {
	quoted, err := json.Marshal(secret)
	if err != nil {
		panic(err) // a string
	}
	inner := strings.Trim(string(quoted), `"`)
	all := map[string]string{
		"as it is": secret, "hex": hex.EncodeToString([]byte(secret)),
		"query": url.QueryEscape(secret), "path": url.PathEscape(secret),
		"JSON": inner, "JSON in JSON": strings.ReplaceAll(inner, `\`, `\\`), "slashes": strings.ReplaceAll(secret, "/", `\/`),
	}
	for shift := range 3 { // base64 of a text that contains it: the middle does not depend on the neighboring bytes
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
		all["base64 "+string(rune('0'+shift))] = strings.TrimRight(encoded, "=")[4 : 4+(len(encoded)-8)/4*4]
	}
	return all
}

// requireRedacted checks that no file of the recording contains a secret, or anything that identifies
// the user.
func requireRedacted(t *testing.T, r *recordingRun, more ...string) {
	t.Helper()
	secrets := append([]string{mine.AccessKeyID, mine.SecretAccessKey, mine.SessionToken, membership, jobOne, jobTwo, template, account, bucket, "Ms Example"}, more...)
	for _, x := range r.Received() {
		_, signature, _ := strings.Cut(x.Header.Get("Authorization"), "Signature=")
		if signature != "" {
			secrets = append(secrets, signature)
		}
	}
	files := 0
	for _, folder := range []string{r.dir, r.temporary} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, secret := range secrets {
				for form, hidden := range disguises(secret) {
					require.NotContains(t, string(text), hidden, "%s, %s of %s", path, form, secret)
				}
			}
			return nil
		}))
	}
	require.NotZero(t, files)
}

// TestDisguises checks that the search finds hidden secrets.
func TestDisguises(t *testing.T) {
	for form, hidden := range disguises(mine.SecretAccessKey) {
		require.GreaterOrEqual(t, len(hidden), 12, form)
	}
	inside := base64.StdEncoding.EncodeToString([]byte("x" + mine.SessionToken + "yz"))
	require.Contains(t, inside, disguises(mine.SessionToken)["base64 1"])
}

// TestRecordSecrets checks that a secret in a message is masked and fails the run.
func TestRecordSecrets(t *testing.T) {
	for _, mode := range []string{"", "--forward"} {
		t.Run("mode "+mode, func(t *testing.T) {
			service := cleanRooms()
			service.Respond = func(*http.Request, []byte) standin.Response {
				return standin.Error(400, "ValidationException", "the key "+mine.AccessKeyID+" of account "+account+" may not read s3://"+bucket+"/results, token "+mine.SessionToken)
			}
			r := newRecording(t, service, mode)
			got := r.run(t, nil, "--", "sh", "-c", "aws-sdk-go get "+membership+" "+jobOne+" || true")
			require.Equal(t, exitFindings, got.status, got.err)
			require.Contains(t, got.err, "secret.found")
			requireRedacted(t, r)
		})
	}
}

// TestRecordRedactAll checks that --redact all also replaces names that are not identifiers.
func TestRecordRedactAll(t *testing.T) {
	r := newRecording(t, cleanRooms(), "")
	got := r.run(t, nil, "--redact", "all", "--", "aws-sdk-go", "get", membership, jobOne)
	require.Equal(t, exitClean, got.status, got.err)
	requireRedacted(t, r, `"results"`, "salary_of")
}
