package replay

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/traffic"
)

// MissCode is the error code of the response to a miss, and MissStatus its status.
const (
	MissCode   = "CrcheckReplayMiss"
	MissStatus = http.StatusBadRequest
)

// MaxMisses bounds the misses that are kept. Further ones are counted and get a response, but are
// not compared with the recording.
const MaxMisses = 1000

// Reason is why there is no response.
type Reason string

const (
	NotRecorded     Reason = "not-recorded"      // no interaction has this request
	NothingRecorded Reason = "nothing-recorded"  // there is no interaction at all
	Exhausted       Reason = "exhausted"         // all responses to this request were played
	UnknownCassette Reason = "unknown-cassette"  // the URL names no cassette and session
	Ambiguous       Reason = "ambiguous"         // two cassettes have the name in the URL
	TooManySessions Reason = "too-many-sessions" // beyond [MaxPositions]
	TooLarge        Reason = "too-large"         // beyond [MaxBody]
	ForeignHost     Reason = "foreign-host"      // the header Host names another server, as that of a web page may (DNS rebinding)
	AmbiguousNames  Reason = "ambiguous-names"   // the names of the request may be those of several interactions
)

// Miss is a request without a response.
type Miss struct {
	Reason            Reason
	Method, Path      string               // of the request
	Operation         string               // in X-Amz-Target or the field Action of a form; "" if there is neither
	Cassette, Session string               // from the prefix of the URL
	Nearest           *traffic.Interaction // the most similar recorded interaction; nil if there is none
	Difference        Difference           // the first one from Nearest
	More              int                  // further differences
	Sources           []string             // the cassettes, or interactions, that may have been meant
}

// Part is where a request can differ from a recorded one.
type Part string

const (
	PartService Part = "service"
	PartMethod  Part = "method"
	PartTarget  Part = "target"
	PartPath    Part = "path"
	PartQuery   Part = "query"
	PartBody    Part = "body"
	PartOrder   Part = "order" // the request is recorded, but not so often
)

// Difference is one difference between a request and a recorded one.
type Difference struct {
	Part Part
	// Name is which of them: the one-based number of a path segment, the name of a query parameter,
	// the JSON Pointer of a body's member ("" is the whole body), the one-based number of a body's
	// byte if one of the two is not JSON.
	Name string
	// Got and Want are the requested and the recorded value, as JSON, shortened; "" is an absent
	// value. For PartOrder they are the number of this request and how many responses were recorded.
	Got, Want string
}

func (d Difference) String() string {
	name := map[Part]string{
		PartService: "the signing service",
		PartMethod:  "the method",
		PartTarget:  "the header X-Amz-Target",
		PartPath:    "path segment " + d.Name,
		PartQuery:   fmt.Sprintf("the query parameter %q", d.Name),
		PartBody:    "the body at " + d.Name,
	}[d.Part]
	switch {
	case d.Part == PartOrder:
		return fmt.Sprintf("requested %s, recorded %s", times(d.Got), times(d.Want))
	case d.Part == PartPath && d.Name == "":
		name = "the number of path segments"
	case d.Part == PartBody && d.Name == "":
		name = "the whole body"
	case d.Part == PartBody && d.Name[0] != '/':
		name = "byte " + d.Name + " of the body"
	}
	return fmt.Sprintf("%s is %s, recorded is %s", name, orNothing(d.Got), orNothing(d.Want))
}

// times is a number of requests.
func times(n string) string {
	switch n {
	case "1":
		return "once"
	case "2":
		return "twice"
	}
	return n + " times"
}

func orNothing(s string) string {
	if s == "" {
		return "absent"
	}
	return s
}

// String says why there is no response, and what the nearest recording is.
func (m Miss) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "crcheck replay: no response for %s %s", m.Method, m.Path)
	if m.Operation != "" {
		fmt.Fprintf(&b, " (%s)", m.Operation)
	}
	if m.Session != "" {
		fmt.Fprintf(&b, " in session %q of %s", m.Session, m.Cassette)
	}
	b.WriteString(": ")
	b.WriteString(m.why())
	return b.String()
}

func (m Miss) why() string {
	switch m.Reason {
	case UnknownCassette:
		why := fmt.Sprintf("the URL names no cassette and session: write /_c/CASSETTE/SESSION/…, with the path of a cassette below the served folder; got %q", m.Cassette)
		if len(m.Sources) > 0 {
			why += "; there are " + strings.Join(m.Sources, ", ")
		}
		return why
	case Ambiguous:
		return "that cassette may be " + strings.Join(m.Sources, " or ") + ": serve one of them, or the folder above both"
	case AmbiguousNames:
		return "its names may be those of " + strings.Join(m.Sources, " or of ") + ": set the redaction key of the recording, or use the names that the recording has"
	case TooManySessions:
		return "there are too many sessions; start the server again, or use each session for more than one test"
	case ForeignHost:
		return "the header Host does not name this server; use the address that it listens on, or localhost"
	case TooLarge:
		return fmt.Sprintf("the body of the request is larger than %d MiB", MaxBody>>20)
	}
	switch {
	case m.Reason == NothingRecorded:
		return "nothing is recorded"
	case m.Nearest == nil:
		return fmt.Sprintf("it is not recorded; only the first %d misses are compared with the recording", MaxMisses)
	case m.Reason == Exhausted:
		return fmt.Sprintf("%s; the last is %s; use --order sticky to repeat the last response, or record it again", m.Difference, place(m.Nearest))
	}
	nearest := m.Nearest.Request
	why := fmt.Sprintf("it is not recorded. The nearest is %s, %s %s%s: %s", place(m.Nearest), nearest.Method, pathOf(nearest.URL), Operation(nearest), m.Difference)
	if m.More > 0 {
		why += fmt.Sprintf(" (and %d more)", m.More)
	}
	return why
}

// Operation returns the operation of a request of an awsJson or query protocol, in parentheses: all
// of its requests have the same method and path. It is "" for other protocols.
func Operation(r *traffic.Request) string {
	if operation := operationOf(r.Header, r.Body.Bytes); operation != "" {
		return " (" + operation + ")"
	}
	return ""
}

func operationOf(header http.Header, body []byte) string {
	if target := awshttp.Value(header, awshttp.Target); target != "" || !strings.HasPrefix(awshttp.Value(header, "Content-Type"), formType) {
		return wording.Clip(target, maxShown)
	}
	for piece := range strings.SplitSeq(string(body), "&") {
		if action, ok := strings.CutPrefix(piece, "Action="); ok {
			return wording.Clip(awshttp.Unescape(action, true), maxShown)
		}
	}
	return ""
}

// place names an interaction, counted from one as findings do.
func place(in *traffic.Interaction) string {
	return fmt.Sprintf("interaction %d of %s", in.Index+1, in.Source)
}

// ambiguous is the miss of a request whose names may be those of several interactions.
func (r *Player) ambiguous(in scope, numbers []int32) *Miss {
	m := &Miss{Reason: AmbiguousNames, Cassette: in.key.cassette, Session: in.key.name}
	for _, number := range numbers {
		m.Sources = append(m.Sources, place(r.responses[number].interaction))
	}
	return m
}

// refuse records a miss and returns its response.
func (r *Player) refuse(req *http.Request, body []byte, m *Miss) *response {
	m.Method, m.Path, m.Operation = req.Method, shown(req), operationOf(req.Header, body)
	if m.Method == "" {
		m.Method = http.MethodGet
	}
	r.mu.Lock()
	r.missed++
	if len(r.misses) < MaxMisses {
		r.misses = append(r.misses, *m)
	}
	r.mu.Unlock()

	message := quoted(m.String())
	text := []byte(`{"__type":"` + MissCode + `","code":"` + MissCode + `","message":` + message + "}")
	return &response{
		status:     MissStatus,
		statusText: strconv.Itoa(MissStatus) + " " + http.StatusText(MissStatus),
		length:     int64(len(text)),
		header:     []field{{"Content-Type", "application/json"}, {"X-Amzn-Errortype", MissCode}},
		body:       text,
	}
}

// shown is the path and query of a request without the parameters of its signature.
func shown(req *http.Request) string {
	path := string(appendPath(nil, req.URL.EscapedPath()))
	if query := appendQuery(nil, req.URL.RawQuery); len(query) > 0 {
		path += "?" + string(query)
	}
	return wording.Clip(path, 2000)
}

// quoted is s as JSON. Invalid UTF-8 is replaced.
func quoted(s string) string {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\ufffd"))
	return string(b)
}
