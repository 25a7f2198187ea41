package schema

import (
	"net"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Unrouted is the reason why a request is not routed, in terms that many requests share, for
// counting them. Unknown fields are empty.
type Unrouted struct {
	Kind      string // one of the constants below
	Service   string // the signing name in the signature, or else the endpoint name of the host
	Endpoint  string // the endpoint prefix, or its last part, of an AWS host
	Host      string // the host without the port, if the service is not known
	Operation string // the operation in X-Amz-Target or a form
	Protocol  string // a guess: awsJson, rest, rest-xml, query, rpc-v2-cbor or rpc-v2-json
}

// Kinds of reasons why a request is not routed.
const (
	UnknownService   = "unknown service"
	NoContract       = "no contract"       // the catalog does not have the service
	NoSuchOperation  = "no such operation" // the catalog has the service
	ProtocolNotKnown = "protocol"          // the catalog has the service, but does not route the protocol
)

// String returns the reason in a few words, such as "iam (query)".
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

// unrouted returns why a request is not routed.
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

// UnroutedOperation returns why an operation, given as SERVICE.OPERATION, has no contract.
func (k *Catalog) UnroutedOperation(operation string) *Unrouted {
	service, name := "", operation
	if dot := strings.LastIndexByte(operation, '.'); dot >= 0 {
		service, name = operation[:dot], operation[dot+1:]
	}
	u := &Unrouted{Kind: NoContract, Service: service, Operation: name, Protocol: "rest"}
	switch {
	case service == "":
		u.Kind = UnknownService
	case k.known[service]:
		u.Kind = NoSuchOperation
	}
	return u
}

// hostname returns the name of a host for counts, or "" for masks and other text that is not a
// name.
func hostname(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if len(host) > 80 || strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:", r)
	}) {
		return ""
	}
	return host
}

// operation returns the name of the operation in the request, or "".
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

// word returns the text if it could be the name of an operation, or else "".
func word(text string) string {
	if len(text) > 128 || strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}) {
		return ""
	}
	return text
}

// protocol guesses the protocol of a request.
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

// namesAction reports whether a form names an operation, as in the query protocol.
func namesAction(form string) bool {
	return strings.HasPrefix(form, "Action=") || strings.Contains(form, "&Action=")
}

// mayBeREST reports whether the URI of the request may name the operation, as in REST protocols.
func (r Request) mayBeREST() bool {
	protocol := r.protocol()
	return protocol == "rest" || protocol == "rest-xml"
}

// mayBeAWS reports whether a request may be from a client of AWS: it has its headers, or its host
// may be an emulator, because it is not a name of the public Internet. If neither the signature nor
// the host names a service, the catalog loads services only for such a request.
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

// localDomains are top-level domains reserved for private use (RFC 6761, RFC 6762, and ICANN's
// .internal).
var localDomains = map[string]bool{"localhost": true, "local": true, "internal": true, "test": true, "lan": true}
