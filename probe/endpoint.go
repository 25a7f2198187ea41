package probe

import (
	"fmt"
	"net/url"
	"strings"
)

// EndpointError says why an endpoint is not probed.
type EndpointError struct {
	Text    string // without what may be a password
	Problem string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("endpoint %q: %s; name the emulator, as in http://127.0.0.1:4566", e.Text, e.Problem)
}

// realDomains are those of the services themselves, by partition (botocore
// 1.43.67, endpoints.json).
var realDomains = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "on.aws",
	"api.amazonwebservices.com.cn", "api.amazonwebservices.eu",
	"c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov",
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
	case real(u.Hostname()):
		return refuse("that is AWS itself, and recorded requests may write there")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}

func real(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range realDomains {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
