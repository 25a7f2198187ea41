package live

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// EndpointError says that the endpoint of a service is not known.
type EndpointError struct {
	Contract string
	Region   string
	Problem  string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("where %s is in %s is not known: %s; name it with --endpoint-url", e.Contract, e.Region, e.Problem)
}

// partitions are the domains of regions, by how the region's name begins
// (botocore 1.43.67, partitions.json); empty: one that the public Internet does
// not reach. The first that fits counts.
var partitions = []struct{ region, domain string }{
	{"cn-", "amazonaws.com.cn"}, {"eusc-", "amazonaws.eu"}, {"us-iso", ""}, {"eu-iso", ""}, {"", "amazonaws.com"},
}

var regionName = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)

// Endpoint is where the service of a contract is in a region:
// https://PREFIX.REGION.amazonaws.com. Contracts do not state the prefix. It is
// taken to be the API's name where the signing service has the same, which is
// so of most services; else the error is an [*EndpointError].
func Endpoint(c *schema.Contract, region string) (*url.URL, error) {
	fail := func(problem string) (*url.URL, error) { return nil, &EndpointError{c.String(), region, problem} }
	if !regionName.MatchString(region) {
		return fail("that is no name of a region")
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
				return fail("the region is not of the public Internet")
			}
			return &url.URL{Scheme: "https", Host: signing + "." + region + "." + p.domain}, nil
		}
	}
	return fail("no partition has it")
}
