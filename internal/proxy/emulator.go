package proxy

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/redact"
)

// Emulator is the handler for an upstream on this machine: requests pass as they came, whatever
// credentials and clock they were signed with, and also without a signature. The header Host stays
// that of the client, so that URLs in responses lead the client back here, and signatures stay valid.
//
// A request that was signed with a key that may be real is refused: its client believes that it calls AWS.
type Emulator struct {
	Target

	mu     sync.Mutex
	issued map[string]bool // keys in responses, see [Emulator.Learn]
}

// OnThisMachine reports whether an upstream is on this machine according to its name alone.
func OnThisMachine(upstream *url.URL) bool {
	host := upstream.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// ServeHTTP writes the response of the upstream, or a [Refusal].
func (p *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = patient(w)
	if !awshttp.OwnHost(r) {
		p.refuse(w, &Refusal{Status: http.StatusMisdirectedRequest, Code: Refused, Message: "the header Host does not name this server; use the endpoint that crcheck record sets"})
		return
	}
	if key := p.strange(r); key != "" {
		w.Header().Set("Connection", "close") // the body is not read
		p.refuse(w, p.refusal(r, http.StatusForbidden, Refused, "the request is signed with a key that may be a real one ("+key[:4]+"…), not a dummy key or one that the emulator issued; "+
			"take the credentials out of the client's code: the command gets dummy credentials in its environment", nil))
		return
	}
	size := r.ContentLength
	if size < 0 || size > MaxBody {
		size = MaxBody
	}
	ctx, end, refusal := p.begin(r, size)
	if refusal != nil {
		w.Header().Set("Connection", "close")
		p.refuse(w, refusal)
		return
	}
	defer end()
	(&httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) {
			q.Out.URL.Scheme, q.Out.URL.Host, q.Out.Host = p.Upstream.Scheme, p.Upstream.Host, q.In.Host
			q.Out.URL.RawQuery = q.In.URL.RawQuery // as the client wrote it
			for _, name := range overridden {
				if values, ok := q.In.Header[name]; ok {
					q.Out.Header[name] = values
				}
			}
			q.Out.Header.Del("Expect")
		},
		Transport: p.Transport,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if refusal := p.failed(r, err); refusal != nil {
				p.refuse(w, refusal)
			}
		},
		FlushInterval: -1,                         // pass a stream on as it arrives
		ErrorLog:      log.New(io.Discard, "", 0), // errors of clients that have disconnected
	}).ServeHTTP(w, r.WithContext(ctx))
}

// keys matches the IDs of long-term and session keys, whose characters are those of base32.
var keys = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(AKIA|ASIA)[A-Z2-7]{16}\b`) })

// strange returns the ID of a key in the signature of a request that may be real, or "".
func (p *Emulator) strange(r *http.Request) string {
	for _, text := range append(r.Header.Values("Authorization"), r.URL.RawQuery) {
		for _, key := range keys().FindAllString(text, -1) {
			if !redact.IsDummyKey(key) && !p.hasIssued(key) {
				return key
			}
		}
	}
	return ""
}

func (p *Emulator) hasIssued(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.issued[key]
}

// maxIssued is the maximum number of keys that are remembered.
const maxIssued = 100_000

// Learn remembers the keys that a response issues, such as that of STS's AssumeRole: a client may sign
// with them.
func (p *Emulator) Learn(body []byte) {
	if !bytes.Contains(body, []byte("AKIA")) && !bytes.Contains(body, []byte("ASIA")) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.issued == nil {
		p.issued = map[string]bool{}
	}
	for _, key := range keys().FindAll(body, -1) {
		if len(p.issued) < maxIssued {
			p.issued[string(key)] = true
		}
	}
}
