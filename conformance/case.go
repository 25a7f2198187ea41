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
)

// Case is one scenario for a client.
type Case struct {
	Name     string   `yaml:"name"`  // GROUP/SCENARIO
	About    string   `yaml:"about"` // one line
	Level    Level    `yaml:"level"`
	Layer    Layer    `yaml:"layer"`    // what of the client it tests
	Ref      string   `yaml:"ref"`      // the section of the specification that says so
	Cassette string   `yaml:"cassette"` // what the service answers, a file of the suite's cassettes
	Call     CallSpec `yaml:"call"`
	Fault    *Fault   `yaml:"fault"`
	Expect   []Expect `yaml:"expect"`   // alternatives
	Attempts Attempts `yaml:"attempts"` // how often the client sends the request; zero: once

	// Line is where the case stands in its file.
	Line int `yaml:"-"`
}

// Group is the part of the name before the slash.
func (c *Case) Group() string {
	group, _, _ := strings.Cut(c.Name, "/")
	return group
}

// Level says how much a case demands.
type Level string

const (
	Must    Level = "must"    // the specification demands it
	Should  Level = "should"  // it recommends it, or all known implementations agree
	Observe Level = "observe" // it leaves it open; the outcome is noted, never held against a client
)

// Layer says which part of a client a case tests.
type Layer string

const (
	LayerRequest   Layer = "request"   // what is sent: path, signature
	LayerRetry     Layer = "retry"     // whether it is sent again
	LayerTransport Layer = "transport" // connections, and HTTP's framing
	LayerHTTP      Layer = "http"      // status and headers
	LayerBytes     Layer = "bytes"     // the body as JSON text
	LayerSchema    Layer = "schema"    // the body as the contract reads it
	LayerError     Layer = "error"     // which error an answer is
)

var layers = []Layer{LayerRequest, LayerRetry, LayerTransport, LayerHTTP, LayerBytes, LayerSchema, LayerError}

// CallSpec is what the client is asked to call. What is not stated comes from
// the first request of the cassette.
type CallSpec struct {
	Input       Value `yaml:"input"`
	TimeoutMs   int   `yaml:"timeoutMs"`   // 0: 5000
	MaxAttempts int   `yaml:"maxAttempts"` // 0: 3

	Region       string `yaml:"region"`       // empty: us-east-1
	SessionToken string `yaml:"sessionToken"` // of the credentials; empty: none
}

func (c *Case) region() string { return cmp.Or(c.Call.Region, "us-east-1") }

// Attempts bounds how often a request arrives, and how soon again.
type Attempts struct {
	Min int `yaml:"min"` // 0: 1. That none is right is stated by an alternative: rejected
	Max int `yaml:"max"` // 0: as Min
	// PauseMs is how long most of the pauses between attempts last at least; 0: they are not
	// judged.
	PauseMs int `yaml:"pauseMs"`
}

func (a Attempts) bounds() (low, high int) {
	low = cmp.Or(a.Min, 1)
	return low, cmp.Or(a.Max, low)
}

// Expect is one alternative of what a right client reports: exactly one field is set.
type Expect struct {
	// Output is the canonical output, or the word "canonical": what follows from
	// the last answer's body and the contract.
	Output    Value            `yaml:"output"`
	Error     *ExpectError     `yaml:"error"`
	Transport *ExpectTransport `yaml:"transport"`
	Rejected  bool             `yaml:"rejected"` // the client refuses the input and sends nothing
	Broken    bool             `yaml:"broken"`   // the client says that it cannot make sense of the answer
}

// ExpectError is an error of the service that a client reports. What is not
// stated is not judged.
type ExpectError struct {
	Code       string `yaml:"code"`
	Message    string `yaml:"message"`
	HTTPStatus int    `yaml:"httpStatus"`
	// Fields are the members but the message, or the word "canonical": what
	// follows from the last answer's body and the contract.
	Fields Value `yaml:"fields"`
}

// ExpectTransport is a failure below the service's protocol; an empty list takes any kind.
type ExpectTransport struct {
	Kinds []string `yaml:"kinds"`
}

// Value is a JSON value written in YAML.
type Value struct{ JSON json.RawMessage }

// Stated reports whether there is a value.
func (v Value) Stated() bool { return v.JSON != nil }

// canonical reports the word that stands for what follows from the answer.
func (v Value) canonical() bool { return string(v.JSON) == `"canonical"` }

func (v Value) object() bool { return len(v.JSON) > 0 && v.JSON[0] == '{' }

// UnmarshalYAML reads a scalar that is written in single quotes and begins like
// an object as JSON text, so that numbers keep their digits; everything else is
// converted.
func (v *Value) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode && strings.HasPrefix(node.Value, "{") {
		if !json.Valid([]byte(node.Value)) {
			return fmt.Errorf("line %d: no JSON: %s", node.Line, node.Value)
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

func (c *Case) check() string {
	group, scenario, _ := strings.Cut(c.Name, "/")
	switch {
	case group == "" || scenario == "" || path.Clean(c.Name) != c.Name:
		return fmt.Sprintf("%q is no name: write GROUP/SCENARIO", c.Name)
	case c.About == "":
		return c.Name + " does not say what it is about"
	case c.Level != Must && c.Level != Should && c.Level != Observe:
		return fmt.Sprintf("%s: level %q is none of must, should, observe", c.Name, c.Level)
	case !slices.Contains(layers, c.Layer):
		return fmt.Sprintf("%s: layer %q is none of %v", c.Name, c.Layer, layers)
	case c.Level != Observe && c.Ref == "":
		return c.Name + " does not say what specification it follows"
	case c.Cassette == "":
		return c.Name + " has no cassette"
	case min(c.Call.TimeoutMs, c.Call.MaxAttempts, c.Attempts.Min, c.Attempts.Max, c.Attempts.PauseMs) < 0:
		return c.Name + " has a number below 0"
	case c.Attempts.Max > 0 && c.Attempts.Min > c.Attempts.Max:
		return fmt.Sprintf("%s: at least %d attempts are more than at most %d", c.Name, c.Attempts.Min, c.Attempts.Max)
	case c.Call.Input.Stated() && !c.Call.Input.object():
		return fmt.Sprintf("%s: the input is no object: %s", c.Name, c.Call.Input.JSON)
	case len(c.Expect) == 0:
		return c.Name + " expects nothing"
	}
	for _, e := range c.Expect {
		if e.Kind() == "" {
			return c.Name + ": an alternative states exactly one of output, error, transport, rejected, broken"
		}
		values := []Value{e.Output}
		if e.Error != nil {
			values = append(values, e.Error.Fields)
		}
		for _, v := range values {
			if v.Stated() && !v.canonical() && !v.object() {
				return fmt.Sprintf("%s expects %s, which is neither an object nor the word canonical", c.Name, v.JSON)
			}
		}
		if e.Transport != nil {
			for _, kind := range e.Transport.Kinds {
				if !slices.Contains(transportKinds, kind) {
					return fmt.Sprintf("%s: %q is none of the kinds %v", c.Name, kind, transportKinds)
				}
			}
		}
	}
	if c.Fault != nil {
		return c.Fault.check()
	}
	return ""
}

// Kind names the one alternative that is stated; empty when it is not exactly one.
func (e *Expect) Kind() string {
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
func (c *Case) cassetteFile(files fs.FS) (fs.File, error) { return files.Open(c.Cassette) }
