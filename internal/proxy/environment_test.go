package proxy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/stretchr/testify/require"
)

// value returns the value of a variable as a program sees it: the last one wins.
func value(env []string, name string) string {
	found := ""
	for _, entry := range env {
		if n, v, _ := strings.Cut(entry, "="); n == name {
			found = v
		}
	}
	return found
}

func TestResignEnvironment(t *testing.T) {
	session := proxy.NewSession()
	e := proxy.ResignEnvironment("http://127.0.0.1:1", "eu-west-1", session, "cognito-idp")
	parent := []string{"PATH=/bin", "AWS_PROFILE=production", "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=t", "AWS_ENDPOINT_URL_STS=http://a",
		"AWS_WEB_IDENTITY_TOKEN_FILE=f", "aws_ca_bundle=b"}
	env := e.Client(parent)
	for name, want := range map[string]string{
		"PATH": "/bin", "AWS_PROFILE": "", "AWS_ENDPOINT_URL_STS": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "aws_ca_bundle": "",
		"AWS_ACCESS_KEY_ID": session.AccessKeyID, "AWS_SECRET_ACCESS_KEY": session.SecretAccessKey, "AWS_SESSION_TOKEN": session.SessionToken,
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:1", "AWS_REGION": "eu-west-1", "AWS_CONFIG_FILE": os.DevNull,
	} {
		require.Equal(t, want, value(env, name), name)
	}
	for _, entry := range e.Set {
		name, want, _ := strings.Cut(entry, "=")
		require.Equal(t, want, value(env, name))
	}
	require.NotEqual(t, session, proxy.NewSession())
	require.Len(t, session.AccessKeyID, 20)
	require.Len(t, session.SecretAccessKey, 40)
}

func TestForwardEnvironment(t *testing.T) {
	upstream, err := proxy.ParseUpstream("https://CleanRooms.us-east-1.amazonaws.com:443")
	require.NoError(t, err)
	e := proxy.ForwardEnvironment("http://u:p@127.0.0.1:1", "/tmp/ca.pem", upstream)
	parent := []string{"AWS_PROFILE=production", "AWS_CA_BUNDLE=/etc/ours", "HTTPS_PROXY=http://company", "no_proxy=", "HTTP_PROXY=http://company"}
	env := e.With("A=b").Client(slices.Clone(parent))
	for name, want := range map[string]string{"AWS_PROFILE": "production", "AWS_CA_BUNDLE": "/tmp/ca.pem", "HTTPS_PROXY": "http://u:p@127.0.0.1:1", "https_proxy": "http://u:p@127.0.0.1:1",
		"HTTP_PROXY": "http://company", "A": "b"} {
		require.Equal(t, want, value(env, name), name)
	}
	for exceptions, want := range map[string]string{
		"*": "", "localhost,127.0.0.1": "localhost,127.0.0.1", ".amazonaws.com,a": "a", "amazonaws.com": "", "*.amazonaws.com": "", "zonaws.com": "zonaws.com",
		"CLEANROOMS.us-east-1.amazonaws.com:443": "", "sts.amazonaws.com, us-east-1.amazonaws.com ,10.0.0.0/8,::1": "sts.amazonaws.com,10.0.0.0/8,::1",
	} {
		t.Run(exceptions, func(t *testing.T) {
			require.Equal(t, want, value(e.Client([]string{"no_proxy=" + exceptions}), "no_proxy"))
		})
	}
	address, err := proxy.ParseUpstream("https://10.1.2.3")
	require.NoError(t, err)
	e = proxy.ForwardEnvironment("", "", address)
	require.Equal(t, "10.0.0.0/16,10.1.2.4", value(e.Client([]string{"NO_PROXY=10.0.0.0/8,10.0.0.0/16,10.1.2.3,10.1.2.4"}), "NO_PROXY"))
}

func TestBundle(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "company.pem")
	require.NoError(t, os.WriteFile(file, []byte("COMPANY"), 0o600))
	require.Equal(t, "SESSION\nCOMPANY", string(proxy.Bundle([]byte("SESSION\n"), []string{"SSL_CERT_FILE=" + filepath.Join(dir, "none"), "AWS_CA_BUNDLE=" + file})))
	require.Contains(t, string(proxy.Bundle([]byte("SESSION\n"), nil)), "SESSION\n")
}

func TestParseUpstream(t *testing.T) {
	for text, want := range map[string]string{"https://A.example.com": "https://a.example.com", "https://a.example.com:8443/": "https://a.example.com:8443", "http://[::1]:4566": "http://[::1]:4566"} {
		t.Run(text, func(t *testing.T) {
			u, err := proxy.ParseUpstream(text)
			require.NoError(t, err)
			require.Equal(t, want, u.String())
		})
	}
	for _, text := range []string{"", "a.example.com", "ftp://a", "https://", "https://a/b", "https://a?b", "https://a#b", "https://u:p@a", "https://a:b:c", "://"} {
		t.Run(text, func(t *testing.T) {
			_, err := proxy.ParseUpstream(text)
			wrong := &proxy.UpstreamError{}
			require.ErrorAs(t, err, &wrong)
			require.NotContains(t, err.Error(), "u:p@")
		})
	}
	for host, want := range map[string]string{"cleanrooms.us-east-1.amazonaws.com": "us-east-1", "a.us-gov-west-1.amazonaws.com": "us-gov-west-1", "localhost:4566": "", "10.1.2.3": "",
		"cleanrooms.cn-north-1.amazonaws.com.cn": "cn-north-1", "dynamodb-fips.us-west-2.api.aws": "us-west-2", "sts.amazonaws.com": ""} {
		t.Run(host, func(t *testing.T) {
			u, err := proxy.ParseUpstream("https://" + host)
			require.NoError(t, err)
			require.Equal(t, want, proxy.Region(u))
		})
	}
}

func TestTransport(t *testing.T) {
	for file, content := range map[string]string{"none.pem": "", "empty.pem": "x"} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), file)
			if content != "" {
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			}
			_, err := proxy.Transport(path)
			wrong := &proxy.CAError{}
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, path, wrong.File)
			require.Equal(t, content == "", wrong.Err != nil)
		})
	}
	plain, err := proxy.Transport("")
	require.NoError(t, err)
	require.True(t, plain.DisableCompression && plain.ForceAttemptHTTP2)
}
