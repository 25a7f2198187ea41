package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/internal/fault"
)

// scenario is one case of a suite.
type scenario struct {
	Name     string        `yaml:"name"`  // GROUP/SCENARIO
	About    string        `yaml:"about"` // one line
	Level    string        `yaml:"level"`
	Layer    string        `yaml:"layer"`    // the part of the client that it tests
	Ref      string        `yaml:"ref"`      // the section of the specification that demands it
	Cassette string        `yaml:"cassette"` // the responses of the service: a file among the suite's cassettes
	Call     callSpec      `yaml:"call"`
	Fault    *fault.Spec   `yaml:"fault"`
	Expect   []expectSpec  `yaml:"expect"`   // alternatives; a correct client reports one of them
	Attempts attemptBounds `yaml:"attempts"` // how often the client sends the request of a call; zero: once
	// Calls is how often the client is asked to make the call, 0: once. Each call begins after the
	// result of the one before. It gets the next response of the cassette, and the last one repeats.
	Calls int `yaml:"calls"`

	// Line is the line of the case in its file.
	Line int `yaml:"-"`
}

// Group is the part of the name before the slash.
func (c *scenario) Group() string {
	group, _, _ := strings.Cut(c.Name, "/")
	return group
}

// How much a case demands.
const (
	levelMust    = "must"    // the specification demands it
	levelShould  = "should"  // it recommends it, or all known implementations agree
	levelObserve = "observe" // it leaves it open; a difference is reported, but does not fail the client
)

// Which part of a client a case tests.
const (
	layerRequest   = "request"   // what is sent: path, signature
	layerRetry     = "retry"     // whether it is sent again
	layerTransport = "transport" // connections, and HTTP's framing
	layerHTTP      = "http"      // status and headers
	layerBytes     = "bytes"     // the body as JSON text
	layerSchema    = "schema"    // the body as the contract reads it
	layerError     = "error"     // which error a response is
)

var layers = []string{layerRequest, layerRetry, layerTransport, layerHTTP, layerBytes, layerSchema, layerError}

// callSpec is the call that the client is asked to make. An absent input is that of the first
// request of the cassette.
type callSpec struct {
	Input       yamlValue `yaml:"input"`
	TimeoutMs   int       `yaml:"timeoutMs"`   // 0: 5000
	MaxAttempts int       `yaml:"maxAttempts"` // 0: 3

	Region       string `yaml:"region"`       // empty: us-east-1
	SessionToken string `yaml:"sessionToken"` // of the credentials; empty: none
}

func (c *scenario) region() string { return cmp.Or(c.Call.Region, "us-east-1") }

// attemptBounds bounds the number of requests of a call and the pauses between them.
type attemptBounds struct {
	Min int `yaml:"min"` // 0: 1. A case in which no request may arrive has the alternative rejected
	Max int `yaml:"max"` // 0: as Min
	// PauseMs is the minimum length of most of the pauses between attempts; 0: not checked.
	PauseMs int `yaml:"pauseMs"`
}

func (a attemptBounds) bounds() (low, high int) {
	low = cmp.Or(a.Min, 1)
	return low, cmp.Or(a.Max, low)
}

// expectSpec is one result that a correct client may report. Exactly one field is set.
type expectSpec struct {
	// Output is the canonical output, or the word "canonical": the one that follows from the
	// contract and the body of the last response.
	Output    yamlValue      `yaml:"output"`
	Error     *errorSpec     `yaml:"error"`
	Transport *transportSpec `yaml:"transport"`
	Rejected  bool           `yaml:"rejected"` // the client refuses the input and sends nothing
	Broken    bool           `yaml:"broken"`   // the client reports that it cannot parse the response
}

// errorSpec is an error of the service that a client reports. Absent fields are not checked.
type errorSpec struct {
	Code       string `yaml:"code"`
	Message    string `yaml:"message"` // or the word "canonical": that of the last response's body
	HTTPStatus int    `yaml:"httpStatus"`
	// Fields are the members but the message, or the word "canonical": what
	// follows from the last response's body and the contract.
	Fields yamlValue `yaml:"fields"`
}

// transportSpec is a failure below the service's protocol; an empty list takes any kind.
type transportSpec struct {
	Kinds []string `yaml:"kinds"`
}

// yamlValue is a JSON value written in YAML.
type yamlValue struct{ JSON json.RawMessage }

// Stated reports whether there is a value.
func (v yamlValue) Stated() bool { return v.JSON != nil }

// canonical reports whether the value is the word "canonical".
func (v yamlValue) canonical() bool { return string(v.JSON) == `"canonical"` }

func (v yamlValue) object() bool { return len(v.JSON) > 0 && v.JSON[0] == '{' }

// UnmarshalYAML reads a scalar that begins like an object as JSON text, so that numbers keep their
// digits. It converts any other value.
func (v *yamlValue) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode && strings.HasPrefix(node.Value, "{") {
		if !json.Valid([]byte(node.Value)) {
			return fmt.Errorf("line %d: not JSON: %s", node.Line, node.Value)
		}
		v.JSON = json.RawMessage(node.Value)
		return nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return err
	}
	text, err := json.Marshal(value)
	v.JSON = text
	return err
}

func (c *scenario) check() string {
	group, scenario, _ := strings.Cut(c.Name, "/")
	switch {
	case group == "" || scenario == "" || path.Clean(c.Name) != c.Name:
		return fmt.Sprintf("%q is not a name: write GROUP/SCENARIO", c.Name)
	case c.About == "":
		return c.Name + " has no about: describe it in one line"
	case c.Level != levelMust && c.Level != levelShould && c.Level != levelObserve:
		return fmt.Sprintf("%s: unknown level %q: use must, should or observe", c.Name, c.Level)
	case !slices.Contains(layers, c.Layer):
		return fmt.Sprintf("%s: unknown layer %q: use one of %v", c.Name, c.Layer, layers)
	case c.Level != levelObserve && c.Ref == "":
		return c.Name + " has no ref: cite the specification that it follows"
	case c.Cassette == "":
		return c.Name + " has no cassette"
	case min(c.Call.TimeoutMs, c.Call.MaxAttempts, c.Attempts.Min, c.Attempts.Max, c.Attempts.PauseMs, c.Calls) < 0:
		return c.Name + " has a negative number"
	case c.Attempts.Max > 0 && c.Attempts.Min > c.Attempts.Max:
		return fmt.Sprintf("%s: attempts.min %d is larger than attempts.max %d", c.Name, c.Attempts.Min, c.Attempts.Max)
	case c.Call.Input.Stated() && !c.Call.Input.object():
		return fmt.Sprintf("%s: the input is not an object: %s", c.Name, c.Call.Input.JSON)
	case len(c.Expect) == 0:
		return c.Name + " has no expect: list at least one alternative"
	}
	for _, e := range c.Expect {
		if e.Kind() == "" {
			return c.Name + ": an alternative must have exactly one of output, error, transport, rejected, broken"
		}
		values := []yamlValue{e.Output}
		if e.Error != nil {
			values = append(values, e.Error.Fields)
		}
		for _, v := range values {
			if v.Stated() && !v.canonical() && !v.object() {
				return fmt.Sprintf("%s expects %s: write an object or the word canonical", c.Name, v.JSON)
			}
		}
		if e.Transport != nil {
			for _, kind := range e.Transport.Kinds {
				if !slices.Contains(transportKinds, kind) {
					return fmt.Sprintf("%s: unknown kind %q: use one of %v", c.Name, kind, transportKinds)
				}
			}
		}
	}
	if c.Fault != nil {
		return c.Fault.Check()
	}
	return ""
}

// Kind names the one alternative that is stated; empty when it is not exactly one.
func (e *expectSpec) Kind() string {
	return theOne([]alternative{{"output", e.Output.Stated()}, {"error", e.Error != nil}, {"transport", e.Transport != nil}, {"rejected", e.Rejected}, {"broken", e.Broken}})
}

type alternative struct {
	name   string
	stated bool
}

// theOne names the one alternative that is stated; empty when it is not exactly one.
func theOne(alternatives []alternative) string {
	name, count := "", 0
	for _, a := range alternatives {
		if a.stated {
			name = a.name
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return name
}

// cassetteFile opens the cassette of a case.
func (c *scenario) cassetteFile(files fs.FS) (fs.File, error) { return files.Open(c.Cassette) }
