package proxy_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/crcheck/crcheck/internal/proxy"
)

// A client without the session's credentials is refused.
func ExampleResign() {
	upstream, _ := proxy.ParseUpstream("https://cleanrooms.us-east-1.amazonaws.com")
	p := &proxy.Resign{
		Target:  proxy.Target{Upstream: upstream, Transport: http.DefaultTransport, Refused: func(r *proxy.Refusal) { fmt.Println(r) }},
		Session: proxy.NewSession(),
		User:    noCredentials{}, // proxy.Chain finds them
	}
	front := httptest.NewServer(p)
	defer front.Close()
	response, err := http.Get(front.URL + "/memberships")
	if err != nil {
		fmt.Println(err)
		return
	}
	response.Body.Close()
	fmt.Println(response.StatusCode, response.Header.Get("X-Amzn-Errortype"))
	// Output:
	// the request is not signed: it has no Authorization header; only the command that crcheck record runs has the credentials for this
	// 403 CrcheckRefused
}

func ExampleNewForward() {
	upstream, _ := proxy.ParseUpstream("https://cleanrooms.us-east-1.amazonaws.com")
	f, err := proxy.NewForward(proxy.Target{Upstream: upstream, Transport: http.DefaultTransport})
	if err != nil {
		fmt.Println(err)
		return
	}
	front := httptest.NewServer(f)
	defer front.Close()
	env := proxy.ForwardEnvironment(f.URL(front.Listener.Addr().String()), "ca.pem", upstream)
	for _, variable := range env.Set {
		name, _, _ := strings.Cut(variable, "=")
		fmt.Println(name)
	}
	// Output:
	// HTTPS_PROXY
	// https_proxy
	// AWS_CA_BUNDLE
	// SSL_CERT_FILE
	// REQUESTS_CA_BUNDLE
	// CURL_CA_BUNDLE
	// NODE_EXTRA_CA_CERTS
}

func ExampleParseUpstream() {
	_, err := proxy.ParseUpstream("cleanrooms.us-east-1.amazonaws.com")
	var wrong *proxy.UpstreamError
	fmt.Println(errors.As(err, &wrong), wrong.Problem)
	u, _ := proxy.ParseUpstream("https://cleanrooms.us-east-1.amazonaws.com/")
	fmt.Println(u, proxy.Region(u))
	// Output:
	// true it does not begin with https:// or http://
	// https://cleanrooms.us-east-1.amazonaws.com us-east-1
}
