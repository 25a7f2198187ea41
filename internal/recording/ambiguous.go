package recording

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// ambiguous returns an error if a service, or a server in front of it, might read another operation
// in a request than the contract that it is routed to. No SDK sends such a request for an operation
// of a supported protocol.
func ambiguous(r *http.Request, body []byte, route schema.Route) error {
	bound := binding.Of(route.Contract, schema.InputPart)
	for _, err := range []error{headers(r.Header, bound), query(r.URL, route.Contract, bound), path(r.URL), target(r, route.Contract), form(r, body, route.Contract)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// deciders are the headers that determine the operation, in the contracts or in services that
// accept several protocols.
var deciders = []string{awshttp.Target, "Content-Type"}

// overriding matches the names of headers and parameters that override a part of the request line or
// the target: in frameworks on which emulators are built, in proxies in front of services, and in
// services with the protocols query and Smithy RPC. Names differ, but not the words in them.
var overriding = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`override|rewrite|original|forward|method|redirect|path|http2|smithy` +
		`|(^|[-_.])(action|command|operation|prefix|route|script|target|upgrade|verb)([-_.]|$)|(url|uri)$|^host|-host([-_.]|$)`)
})

func headers(h http.Header, bound *binding.Table) error {
	for name, values := range h {
		spelled := http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-")) // CGI cannot tell the two
		switch {
		case slices.Contains(deciders, spelled):
			switch {
			case spelled != name:
				return fmt.Errorf("a header may be taken for %s", spelled)
			case len(values) != 1 || several(values[0]):
				return fmt.Errorf("the header %s has several values", spelled)
			}
		case bindsHeader(bound, name):
		case overriding().MatchString(strings.ToLower(spelled)):
			return fmt.Errorf("the header %s may override the operation", shown(name))
		}
	}
	return nil
}

func bindsHeader(bound *binding.Table, name string) bool {
	_, one := bound.Find(schema.LocationHeader, name)
	_, many := bound.Find(schema.LocationHeaders, name)
	return one || many
}

// shown returns a name for a message if it is made of words that are not the client's own.
func shown(name string) string {
	if known().MatchString(name) {
		return name
	}
	return "of another name"
}

var known = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(x[-_])?((http|original|rewrite|override|forwarded|method|path|request|envoy|smithy|upgrade|settings|protocol|host|url|uri|for|proto|port|prefix|server|action|operation|target|amz|version|http2)[-_]?)+$|^_method$`)
})

// query checks the query. It is known by its contract, but servers differ in how they read names.
func query(u *url.URL, c *schema.Contract, bound *binding.Table) error {
	if strings.Contains(u.RawQuery, ";") {
		return errors.New("the query has a semicolon, at which some services separate parameters and others do not")
	}
	asked, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("the query is malformed")
	}
	deciding := literals(c)
	for name, values := range asked {
		folded := foldedName(name)
		switch {
		case deciding[name] != nil:
			if len(values) > len(deciding[name]) {
				return fmt.Errorf("the query has %q several times, and that parameter decides which operation of %s is called", name, c.Service)
			}
			continue
		case binds(bound, name):
		case folded == "x-id": // the SDKs send the name of the operation
			if len(values) > 1 || values[0] != c.Operation {
				return errors.New("the parameter x-id of the query names another operation")
			}
		case strings.Contains(folded, strings.ToLower(awshttp.Target)):
			return errors.New("the query has a target")
		case overriding().MatchString(folded):
			return fmt.Errorf("the parameter %s of the query may override the operation", shown(name))
		}
		for literal := range deciding {
			if folded == foldedName(literal) {
				return fmt.Errorf("a parameter of the query may be taken for %q, which decides which operation of %s is called", literal, c.Service)
			}
		}
	}
	return nil
}

// binds reports whether a member has a parameter by its own name. A map of all other parameters says
// nothing about any of them.
func binds(bound *binding.Table, name string) bool {
	m, ok := bound.Find(schema.LocationQuery, name)
	return ok && m.Wire == name
}

// literals returns the parameters in the URI of a contract, parsed as the catalog does.
func literals(c *schema.Contract) url.Values {
	_, query, _ := strings.Cut(c.URI.Or(""), "?")
	values, _ := url.ParseQuery(query)
	return values
}

// foldedName returns a name as the most generous of servers reads it: without the brackets of lists,
// control characters and spaces.
func foldedName(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name))
}

// path checks that all servers read the same segments in the path.
func path(u *url.URL) error {
	if u.Opaque != "" {
		return errors.New("the URL has no path")
	}
	decoded := u.Path
	for range maxDecoding {
		for segment := range strings.FieldsFuncSeq(decoded, func(r rune) bool { return r == '/' || r == '\\' }) {
			if segment, _, _ = strings.Cut(segment, ";"); segment == "." || segment == ".." {
				return errors.New("the path has dot segments, which some services resolve and others do not")
			}
		}
		if strings.ContainsFunc(decoded, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return errors.New("the path has control characters, where some services cut it off")
		}
		again := awshttp.Unescape(decoded, false)
		if again == decoded {
			return nil
		}
		decoded = again
	}
	return errors.New("the path is encoded several times")
}

// maxDecoding is how often a path may be encoded: for the request line, by the client before that,
// and once more.
const maxDecoding = 4

var packages = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([a-z0-9]+\.)*$`)
})

// target checks a request of the awsJson protocols: POST to the root, where only the target determines
// the operation.
func target(r *http.Request, c *schema.Contract) error {
	asked := r.Header.Get(awshttp.Target)
	if asked == "" {
		return nil
	}
	want := c.Target.Or(asked)
	parts := strings.Split(want, ".")
	last := strings.Join(parts[max(0, len(parts)-2):], ".") // models differ in what precedes
	before, ok := strings.CutSuffix(asked, last)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || strings.Trim(r.URL.Path, "/") != "" || r.URL.RawQuery != "":
		return errors.New("it has the header X-Amz-Target, but its request line is not POST /")
	case err != nil || !strings.HasPrefix(media, "application/x-amz-json-"):
		return errors.New("it has the header X-Amz-Target, but its Content-Type is not application/x-amz-json-1.0 or 1.1")
	case asked != want && (!ok || !packages().MatchString(before)):
		return fmt.Errorf("the header X-Amz-Target has more than %s", last)
	}
	return nil
}

// form checks that the body is not a form, in which services with the query protocol and frameworks
// look for an operation or a method.
func form(r *http.Request, body []byte, c *schema.Contract) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if protocol, other := c.NotJSON(); other && (protocol == "query" || protocol == "ec2") {
		return nil
	}
	_, blob := c.Payload(schema.InputPart) // or a document of any other form
	first := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n")
	switch {
	case r.Header.Get("Content-Type") != "" && err != nil:
		return errors.New("its Content-Type is malformed")
	case strings.HasSuffix(media, "form-urlencoded"), strings.HasPrefix(media, "multipart/"):
		return errors.New("its body is a form, which may name another operation")
	case strings.HasSuffix(media, "cbor"):
		return errors.New("its body is CBOR, and the protocol of the contract is another")
	case first == "" || blob || r.Header.Get("Content-Encoding") != "":
		return nil
	}
	if _, json := binding.MediaType(c.Protocol.Or("")); json && !strings.ContainsRune(`{["`, rune(first[0])) {
		return errors.New("its body is not JSON, and may be a form that names another operation")
	}
	return nil
}

// several reports whether a header contains a comma outside of quotes, and therefore possibly
// several values (RFC 9110 section 5.3).
func several(value string) bool {
	quoted := false
	for i := 0; i < len(value); i++ {
		switch {
		case quoted && value[i] == '\\':
			i++
		case value[i] == '"':
			quoted = !quoted
		case value[i] == ',' && !quoted:
			return true
		}
	}
	return false
}
