package live

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/schema"
)

// EndpointError says that the endpoint of a service is unknown.
type EndpointError struct {
	Contract string
	Region   string
	Problem  string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("the endpoint of %s in %s is unknown: %s; set it with --endpoint-url", e.Contract, e.Region, e.Problem)
}

// partitions are the domains of regions, by the prefix of the region's name (botocore 1.43.67,
// partitions.json); empty if the public Internet does not reach it. The first match counts.
var partitions = []struct{ region, domain string }{
	{"cn-", "amazonaws.com.cn"}, {"eusc-", "amazonaws.eu"}, {"us-iso", ""}, {"eu-iso", ""}, {"", "amazonaws.com"},
}

var regionName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
})

// Endpoint returns the endpoint of a contract's service in a region:
// https://PREFIX.REGION.amazonaws.com. Contracts do not state the prefix. It is the API's name if
// the signing service has the same name, as most services do; otherwise the error is an
// [*EndpointError].
func Endpoint(c *schema.Contract, region string) (*url.URL, error) {
	fail := func(problem string) (*url.URL, error) { return nil, &EndpointError{c.String(), region, problem} }
	if !regionName().MatchString(region) {
		return fail("that is not the name of a region")
	}
	api, stated := c.API.Get()
	signing, known := c.Signing.Get()
	if !stated || !known {
		return fail("its source does not state both the API and the signing service")
	}
	if at := len(api) - len("-2006-01-02"); at > 0 {
		api = api[:at]
	}
	if api != signing {
		return fail(fmt.Sprintf("the API is called %s, but the signing service %s", api, signing))
	}
	for _, p := range partitions {
		if strings.HasPrefix(region, p.region) {
			if p.domain == "" {
				return fail("the region is not on the public Internet")
			}
			return &url.URL{Scheme: "https", Host: signing + "." + region + "." + p.domain}, nil
		}
	}
	return fail("no partition has the region")
}

// InputError says why no request can be made from an input.
type InputError struct {
	Pointer      string // RFC 6901, into the input
	Line, Column int    // one-based, in code points; 0: unknown
	Problem      string
}

func (e *InputError) Error() string {
	place := ""
	if e.Line > 0 {
		place = fmt.Sprintf(" (line %d, column %d)", e.Line, e.Column)
	}
	if e.Pointer == "" {
		return "the input" + place + ": " + e.Problem
	}
	return "the input at " + e.Pointer + place + ": " + e.Problem
}

// ContractError says why an operation cannot be called with a contract.
type ContractError struct {
	Contract string
	Problem  string
	Remedy   string
}

func (e *ContractError) Error() string {
	return fmt.Sprintf("%s cannot be called: %s; %s", e.Contract, e.Problem, e.Remedy)
}

const byOverlay = "state it with --overlay, or choose a contract from a service model with --contract"
