package awshttp

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// private are the top-level domains that nobody can register (RFC 6761, RFC 6762, ICANN's .internal).
var private = []string{"localhost", "local", "internal", "test"}

// OwnHost reports whether the header Host of a request can mean the server that received it. A web
// page can reach a server on this machine under a name of its own domain (DNS rebinding), and its
// requests then carry that name. An address, a name without a dot and a name in a private domain
// are no such names. On loopback, the port must be right, too. Elsewhere, a container may map it.
//
// A request that no [http.Server] received is not checked.
func OwnHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return true
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), "80" // which clients leave out
	}
	if local.IP.IsLoopback() && port != strconv.Itoa(local.Port) {
		return false
	}
	labels := strings.Split(strings.ToLower(host), ".")
	return host != "" && (net.ParseIP(host) != nil || len(labels) == 1 || slices.Contains(private, labels[len(labels)-1]))
}
