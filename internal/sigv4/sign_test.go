package sigv4_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/sigv4"
)

// TestSign checks that a request is sent as the client wrote it, and signed as the service reads it.
func TestSign(t *testing.T) {
	for _, c := range []struct {
		name, service, target string
		signedAs              string // the target in the canonical request; another one must not verify
		not                   string
	}{
		{"values in the client's order", "cleanrooms", "/tags?tagKeys=zeta&tagKeys=alpha", "/tags?tagKeys=alpha&tagKeys=zeta", "/tags?tagKeys=alpha"},
		{"names in the client's order", "cleanrooms", "/a?b=2&a=1&A=0", "/a?A=0&a=1&b=2", "/a?A=0&a=1&b=1"},
		{"sorted after encoding", "cleanrooms", "/a?a0=1&a%3A=2&view=1&%C3%A9=2", "/a?%C3%A9=2&a%3A=2&a0=1&view=1", "/a"},
		{"encoding of the client", "cleanrooms", "/a?q=a+b&r=%7e&s=:/", "/a?q=a%20b&r=~&s=%3A%2F", "/a?q=a%2Bb&r=~&s=%3A%2F"},
		{"odd", "cleanrooms", "/a?a;b&&%zz=1&c=d=e&c-b", "/a?%25zz=1&a%3Bb=&c=d%3De&c-b=", "/a?a=&c=d%3De&c-b="},
		{"no value", "cleanrooms", "/a?list-type&x=", "/a?list-type=&x=", "/a?x="},
		{"dot segments", "cleanrooms", "/a/./b/../c", "/a/c", "/a/b/c"},
		{"empty segments", "cleanrooms", "//a//b/", "/a/b/", "/a/b"},
		{"encoded dot segments are not", "cleanrooms", "/a/%2E%2E/b", "/a/%2E%2E/b", "/b"},
		{"encoded twice", "cleanrooms", "/a%2Fb/%C3%A9", "/a%2Fb/%C3%A9", "/a/b/%C3%A9"},
		{"s3 is not normalised", "s3", "/bucket//a/../b%20c", "/bucket//a/../b%20c", "/bucket/b%20c"},
		{"s3 express is not", "s3express", "/bucket//a", "/bucket//a", "/bucket/a"},
		{"a service with a similar name is", "s3tables", "/bucket//a", "/bucket/a", "/bucket/b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const url = "https://service.us-east-1.amazonaws.com"
			r, err := http.NewRequest("POST", url+c.target, strings.NewReader("{}"))
			require.NoError(t, err)
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"old"}, "X-Amz-Security-Token": {"old"}, "X-Odd": {"not signed"}}
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			sigv4.Sign(r, body, documented, "us-east-1", c.service, documentedAt)
			require.Equal(t, url+c.target, r.URL.String())
			require.Equal(t, c.service == "s3" || c.service == "s3express", r.Header.Get("X-Amz-Content-Sha256") != "")
			for target, right := range map[string]bool{c.target: true, c.signedAs: true, c.not: false} {
				path, query, _ := strings.Cut(target, "?")
				r.RequestURI, r.URL.RawQuery = path, query
				scope, err := sigv4.Verify(r, body, documented, documentedAt)
				require.Equal(t, right, err == nil, "%s: %v", target, err)
				if right {
					require.Equal(t, sigv4.Scope{AccessKeyID: documented.AccessKeyID, Date: "20150830", Region: "us-east-1", Service: c.service}, scope)
				}
			}
		})
	}
}
