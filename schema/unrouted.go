package schema

import (
	"net"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Unrouted says why a request is not routed, in what many requests share, so that
// they can be counted. Fields that cannot be told are empty.
type Unrouted struct {
	Kind      string // one of those below
	Service   string // the signing name that the signature states, else what the host is known for
	Endpoint  string // the endpoint prefix, or its last part, of an AWS host
	Host      string // of a request whose service is not known: its host, without the port
	Operation string // that X-Amz-Target or a form names
	Protocol  string // as it looks: awsJson, rest, rest-xml, query, rpc-v2-cbor or rpc-v2-json
}

// Kinds of reasons why a request is not routed.
const (
	UnknownService   = "unknown service"
	NoContract       = "no contract"       // the service is none of the catalog's
	NoSuchOperation  = "no such operation" // the catalog has the service
	ProtocolNotKnown = "protocol"          // the catalog has the service, but routes no such protocol
)

// String returns the reason in few words, such as "iam (query)".
func (u Unrouted) String() string {
	switch {
	case u.Kind == UnknownService && u.Host != "":
		return "unknown service at " + u.Host + " (" + u.Protocol + ")"
	case u.Kind == UnknownService:
		return "unknown service (" + u.Protocol + ")"
	case u.Kind == NoSuchOperation:
		return u.Service + " (no such operation)"
	}
	return u.Service + " (" + u.Protocol + ")"
}

// unrouted says why a request is not routed.
func (k *Catalog) unrouted(r Request) *Unrouted {
	u := &Unrouted{Service: awshttp.Scope(r.Header, r.URL.RawQuery), Endpoint: awshttp.EndpointName(r.URL.Hostname()), Protocol: r.protocol(), Operation: r.operation()}
	known := k.known[u.Service] || u.Service == "" && k.known[u.Endpoint]
	if u.Service == "" {
		u.Service = u.Endpoint
	}
	switch {
	case u.Service == "":
		u.Kind, u.Host = UnknownService, hostname(r.URL.Hostname())
	case !known:
		u.Kind = NoContract
	case u.Protocol == "awsJson" || u.Protocol == "rest":
		u.Kind = NoSuchOperation
	default:
		u.Kind = ProtocolNotKnown
	}
	return u
}

// hostname is a host as counts name it: masks and other text that is not a name are left out.
func hostname(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if len(host) > 80 || strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:", r)
	}) {
		return ""
	}
	return host
}

// operation is what a request itself names its operation.
func (r Request) operation() string {
	if target := awshttp.Value(r.Header, awshttp.Target); target != "" {
		return word(target[strings.LastIndexByte(target, '.')+1:])
	}
	if r.protocol() == "query" {
		for _, form := range []string{string(r.Body), r.URL.RawQuery} {
			for field := range strings.SplitSeq(form, "&") {
				if name, ok := strings.CutPrefix(field, "Action="); ok {
					return word(name)
				}
			}
		}
	}
	return ""
}

// word returns a name that an operation could have, or nothing.
func word(text string) string {
	if len(text) > 128 || strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}) {
		return ""
	}
	return text
}

// protocol guesses the protocol of a request from its looks.
func (r Request) protocol() string {
	media := strings.ToLower(awshttp.Value(r.Header, "Content-Type"))
	switch smithy := awshttp.Value(r.Header, "Smithy-Protocol"); {
	case strings.EqualFold(smithy, "rpc-v2-cbor") || strings.EqualFold(smithy, "rpc-v2-json"):
		return strings.ToLower(smithy)
	case awshttp.Value(r.Header, awshttp.Target) != "":
		return "awsJson"
	case strings.HasPrefix(media, "application/x-www-form-urlencoded") && namesAction(string(r.Body)), namesAction(r.URL.RawQuery):
		return "query"
	case strings.Contains(media, "xml"):
		return "rest-xml"
	}
	return "rest"
}

// namesAction reports a form of the query protocol, which names the operation.
func namesAction(form string) bool {
	return strings.HasPrefix(form, "Action=") || strings.Contains(form, "&Action=")
}

// mayBeREST reports a request that REST contracts may route: other protocols have
// URIs that say nothing.
func (r Request) mayBeREST() bool {
	protocol := r.protocol()
	return protocol == "rest" || protocol == "rest-xml"
}

// mayBeAWS reports a request that looks as if a client of AWS had made it, or
// whose host is one that emulators have: no name of the public Internet. Nothing
// else makes a catalog load services that neither signature nor host names.
func (r Request) mayBeAWS() bool {
	host := strings.ToLower(strings.TrimSuffix(r.URL.Hostname(), "."))
	if awshttp.IsAWS(host) || net.ParseIP(host) != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".localstack.cloud") ||
		localDomains[host[strings.LastIndexByte(host, '.')+1:]] {
		return true
	}
	for name, values := range r.Header {
		name = http.CanonicalHeaderKey(name)
		if strings.HasPrefix(name, "X-Amz-") || strings.HasPrefix(name, "Amz-Sdk-") {
			return true
		}
		if name == "User-Agent" && len(values) > 0 {
			if agent := strings.ToLower(values[0]); strings.Contains(agent, "aws-") || strings.Contains(agent, "boto") {
				return true
			}
		}
	}
	return false
}

// localDomains are top-level domains that the Internet does not have (RFC 6761,
// RFC 6762, and ICANN's .internal).
var localDomains = map[string]bool{"localhost": true, "local": true, "internal": true, "test": true, "lan": true}
