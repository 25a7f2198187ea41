package proxy

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// Environment is what a client is told in the variables of its environment.
type Environment struct {
	// Set are the variables that a client without crcheck as its parent needs, in the form of
	// [os.Environ].
	Set []string
	// Unset are those that it must not have: the SDK for JavaScript prefers a profile to
	// credentials.
	Unset []string
	// Client makes the environment of a client from that of its parent.
	Client func(parent []string) []string
}

// With is the environment with further variables.
func (e Environment) With(variables ...string) Environment {
	return Environment{slices.Concat(e.Set, variables), e.Unset, func(parent []string) []string { return append(e.Client(parent), variables...) }}
}

// ResignEnvironment leads a client to a re-sign proxy. All variables of AWS that the client would
// inherit are taken away: no credentials or profile of the user gets into it, and every service is
// asked for at the endpoint, which refuses what it is not for.
func ResignEnvironment(endpoint, region string, session sigv4.Credentials) Environment {
	credentials := []string{
		"AWS_ACCESS_KEY_ID=" + session.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + session.SecretAccessKey,
		"AWS_SESSION_TOKEN=" + session.SessionToken,
	}
	set := []string{"AWS_ENDPOINT_URL=" + endpoint, "AWS_ENDPOINT_URL_CLEANROOMS=" + endpoint, "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region}
	return Environment{append(set, credentials...), []string{"AWS_PROFILE"}, func(parent []string) []string {
		return append(serve.Environment(parent, endpoint, region), credentials...)
	}}
}

// ForwardEnvironment leads a client to a forward proxy, with everything else of its environment as
// it is, its credentials too. Exceptions from proxies that the upstream would be under are taken
// away. The file holds [Forward.Authority].
func ForwardEnvironment(proxy, caFile string, upstream *url.URL) Environment {
	set := []string{"HTTPS_PROXY=" + proxy, "https_proxy=" + proxy}
	for _, name := range []string{"AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		set = append(set, name+"="+caFile)
	}
	return Environment{set, nil, func(parent []string) []string {
		return append(proxied(parent, upstream.Hostname()), set...)
	}}
}

// proxied is an environment without exceptions for a host.
func proxied(env []string, host string) []string {
	env = slices.Clone(env)
	for i, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.EqualFold(name, "NO_PROXY") {
			continue
		}
		kept := slices.DeleteFunc(strings.Split(value, ","), func(exception string) bool { return excepts(strings.TrimSpace(exception), host) })
		env[i] = name + "=" + strings.Join(kept, ",")
	}
	return env
}

// excepts says whether an entry of NO_PROXY means a host, in any of the forms that HTTP clients
// know: *, a name, a domain, an address, a network.
func excepts(exception, host string) bool {
	if network, err := netip.ParsePrefix(exception); err == nil {
		address, err := netip.ParseAddr(host)
		return err == nil && network.Contains(address)
	}
	if i := strings.LastIndexByte(exception, ':'); i > 0 && !strings.Contains(exception[:i], ":") {
		exception = exception[:i]
	}
	exception = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(exception, "*"), "."))
	return exception == "" || exception == host || strings.HasSuffix(host, "."+exception)
}
