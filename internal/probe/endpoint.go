package probe

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// EndpointError says why an endpoint is not probed.
type EndpointError struct {
	Text    string // without what may be a password
	Problem string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("endpoint %q: %s; name the emulator, as in http://127.0.0.1:4566", e.Text, e.Problem)
}

func parseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, &EndpointError{"…", "it is no URL"} // which may hold anything
	}
	refuse := func(problem string) (*url.URL, error) { return nil, &EndpointError{u.Redacted(), problem} }
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("it does not begin with http:// or https://")
	case u.Hostname() == "":
		return refuse("it names no host")
	case u.User != nil:
		return refuse("it has a user")
	case u.RawQuery != "" || u.Fragment != "":
		return refuse("it has a query or a fragment")
	case awshttp.IsAWS(u.Hostname()):
		return refuse("that is AWS itself, and recorded requests may write there")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}
