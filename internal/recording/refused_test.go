package recording

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/recorder"
)

// TestRefusedIsRedacted checks that the message about a refused request shows nothing that a contract
// or a format marks, nor what the client has made up.
func TestRefusedIsRedacted(t *testing.T) {
	const canary, account = "zqxjkvwyq", "736251849302"
	catalog := catalogOf(t, "testdata/paths.json")
	allow := (&Options{}).allow(catalog)
	for _, v := range []struct {
		name, method, url string
		header            http.Header
		refusal           proxy.Refusal // Message is that of allow if it is empty
		all, stranger     bool
		shown             string // part of the line
	}{
		{name: "an ARN in the path", url: "/tags/arn:aws:s3:::" + canary + "%2F" + canary, refusal: proxy.Refusal{Message: "it writes"}, shown: "refused: GET https://localhost/tags/arn"},
		{name: "an account ID in the path", url: "/unknown/" + account, shown: "no loaded contract has this operation"},
		{name: "a sensitive label", url: "/secrets/" + canary, shown: "does not mark paths.PutSecret as read-only", method: "PUT"},
		{name: "the query", url: "/things/a?_method=" + canary, shown: "the parameter _method of the query may override"},
		{name: "the name of a parameter", url: "/things/a?" + canary + "_method=DELETE", shown: "the parameter of another name of the query may override"},
		{name: "the value of a header", url: "/things/a", header: http.Header{"X-Original-Url": {canary}}, shown: "the header X-Original-Url may override"},
		{name: "the name of a header", url: "/things/a", header: http.Header{"X-" + canary + "-Method": {"a"}}, shown: "the header of another name may override"},
		{name: "the target", url: "/", method: "POST", header: http.Header{"X-Amz-Target": {"Paths." + canary}}, shown: "no loaded contract has this operation"},
		{name: "the method", url: "/things/a", method: canary, shown: "refused: another method https"},
		{name: "a label", url: "/parts/left/" + account, shown: "the label name does not conform"},
		{name: "the host", url: "https://" + canary + ".s3.us-east-1.amazonaws.com", refusal: proxy.Refusal{Message: "other hosts are refused"}, shown: "other hosts are refused"},
		{name: "the error of a network", url: "/things/a", refusal: proxy.Refusal{Code: proxy.UpstreamFailed, Message: "cannot reach the upstream", Cause: errors.New("lookup " + canary + ".s3.us-east-1.amazonaws.com: no such host")}, shown: "failed: GET https://localhost/things/a: cannot reach the upstream: lookup "},
		{name: "the error of credentials", url: "/things/a", refusal: proxy.Refusal{Code: proxy.CredentialsFailed, Message: "no credentials", Cause: errors.New("User: arn:aws:iam::" + account + ":user/" + canary + " is not authorized")}, shown: "no credentials: User: arn:aws:iam::"},
		{name: "everything", url: "/things/" + canary, all: true, refusal: proxy.Refusal{Message: "it writes", Cause: errors.New(canary)}, shown: ": it writes"},
		{name: "a stranger", url: "/" + canary, stranger: true, refusal: proxy.Refusal{Message: "the request is not signed", Cause: errors.New(canary)}, shown: "refused: the request is not signed"},
	} {
		t.Run(v.name, func(t *testing.T) {
			key, err := redact.NewKey()
			require.NoError(t, err)
			record, err := recorder.New(filepath.Join(t.TempDir(), "a.yaml"), recorder.Options{Catalog: catalog, Key: key.Text(), All: v.all})
			require.NoError(t, err)
			defer record.Close()
			var stderr bytes.Buffer
			l, err := newLog(&Options{Stderr: &stderr}, catalog)
			require.NoError(t, err)
			l.redacted = record.Redacted

			u, err := url.Parse(v.url)
			require.NoError(t, err)
			if u.Host == "" {
				u.Scheme, u.Host = "https", "localhost"
			}
			r := &http.Request{Method: v.method, URL: u, Header: http.Header{}}
			if v.method == "" {
				r.Method = "GET"
			}
			for name, values := range v.header {
				r.Header[name] = values
			}
			refusal := v.refusal
			if refusal.Code == "" {
				refusal.Code = proxy.Refused
			}
			if !v.stranger {
				refusal.Request = r
			}
			if refusal.Message == "" {
				err := allow(r, nil)
				require.Error(t, err)
				refusal.Message = err.Error()
			}
			l.refused(&refusal)
			require.Contains(t, stderr.String(), v.shown)
			require.NotContains(t, stderr.String(), canary)
			require.NotContains(t, stderr.String(), account)
		})
	}
}
