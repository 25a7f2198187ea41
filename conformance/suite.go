package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Suite is a file of cases, docs/cases.md.
type Suite struct {
	Operation string // SERVICE.OPERATION, perhaps @VERSION
	Cases     []Case
	// LeftOut are the names of the cases that [Suite.Select] left out.
	LeftOut []string
}

// Case is one scenario for a client.
type Case struct {
	Name     string   `yaml:"name"`  // GROUP/SCENARIO
	About    string   `yaml:"about"` // one line
	Level    Level    `yaml:"level"`
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

// CallSpec is what the client is asked to call. What is not stated comes from
// the first request of the cassette.
type CallSpec struct {
	Input       Value `yaml:"input"`
	TimeoutMs   int   `yaml:"timeoutMs"`   // 0: 5000
	MaxAttempts int   `yaml:"maxAttempts"` // 0: 3
}

// Attempts bounds how often a request arrives.
type Attempts struct {
	Min int `yaml:"min"`
	Max int `yaml:"max"`
}

func (a Attempts) bounds() (low, high int) {
	if a == (Attempts{}) {
		return 1, 1
	}
	return a.Min, max(a.Min, a.Max)
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

// SuiteError says what is wrong with a suite.
type SuiteError struct {
	Name    string
	Line    int // 0: no such place
	Problem string
}

func (e *SuiteError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("suite %s: %s", e.Name, e.Problem)
	}
	return fmt.Sprintf("suite %s:%d: %s", e.Name, e.Line, e.Problem)
}

// ParseSuite reads a suite; the error is a [*SuiteError].
func ParseSuite(name string, text []byte) (*Suite, error) {
	var form struct {
		Suite     int         `yaml:"crcheckSuite"`
		Operation string      `yaml:"operation"`
		Cases     []yaml.Node `yaml:"cases"`
	}
	if err := strictly(text, &form); err != nil {
		return nil, &SuiteError{name, 0, err.Error()}
	}
	if form.Suite != 1 || form.Operation == "" {
		return nil, &SuiteError{name, 0, `begin with "crcheckSuite: 1" and "operation: SERVICE.OPERATION"`}
	}
	suite := &Suite{Operation: form.Operation}
	seen := map[string]bool{}
	for i := range form.Cases {
		node := &form.Cases[i]
		text, err := yaml.Marshal(node)
		if err != nil {
			return nil, &SuiteError{name, node.Line, err.Error()}
		}
		c := Case{Line: node.Line}
		if err := strictly(text, &c); err != nil {
			return nil, &SuiteError{name, node.Line, err.Error()}
		}
		if problem := c.check(); problem != "" {
			return nil, &SuiteError{name, node.Line, problem}
		}
		if seen[c.Name] {
			return nil, &SuiteError{name, node.Line, "the name " + c.Name + " stands twice"}
		}
		seen[c.Name] = true
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		return nil, &SuiteError{name, 0, "it has no cases"}
	}
	return suite, nil
}

func strictly(text []byte, to any) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(to); err != nil && !errors.Is(err, io.EOF) {
		problem := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ")
		return errors.New(unknownKey.ReplaceAllString(problem, "there is no key $1 here"))
	}
	return nil
}

// unknownKey is how the YAML library says it, with a type that tells nobody anything.
var unknownKey = regexp.MustCompile(`field (\S+) not found in type .*`)

func (c *Case) check() string {
	group, scenario, _ := strings.Cut(c.Name, "/")
	switch {
	case group == "" || scenario == "" || path.Clean(c.Name) != c.Name:
		return fmt.Sprintf("%q is no name: write GROUP/SCENARIO", c.Name)
	case c.About == "":
		return c.Name + " does not say what it is about"
	case c.Level != Must && c.Level != Should && c.Level != Observe:
		return fmt.Sprintf("%s: level %q is none of must, should, observe", c.Name, c.Level)
	case c.Level != Observe && c.Ref == "":
		return c.Name + " does not say what specification it follows"
	case c.Cassette == "":
		return c.Name + " has no cassette"
	case len(c.Expect) == 0:
		return c.Name + " expects nothing"
	}
	for _, e := range c.Expect {
		if e.Kind() == "" {
			return c.Name + ": an alternative states exactly one of output, error, transport, rejected, broken"
		}
	}
	if c.Fault != nil {
		return c.Fault.check()
	}
	return ""
}

// Kind names the one alternative that is stated; empty when it is not exactly one.
func (e *Expect) Kind() string {
	kind, count := "", 0
	for _, alternative := range []struct {
		name string
		set  bool
	}{{"output", e.Output.Stated()}, {"error", e.Error != nil}, {"transport", e.Transport != nil}, {"rejected", e.Rejected}, {"broken", e.Broken}} {
		if alternative.set {
			kind = alternative.name
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return kind
}

// Select returns the suite with the cases whose names match a pattern of
// [path.Match], or are below it; an empty pattern selects all.
func (s *Suite) Select(pattern string) *Suite {
	selected := &Suite{Operation: s.Operation}
	for _, c := range s.Cases {
		if pattern == "" || matchesCase(pattern, c.Name) {
			selected.Cases = append(selected.Cases, c)
		} else {
			selected.LeftOut = append(selected.LeftOut, c.Name)
		}
	}
	return selected
}

func matchesCase(pattern, name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

// cassetteFile opens the cassette of a case.
func (c *Case) cassetteFile(files fs.FS) (fs.File, error) { return files.Open(c.Cassette) }
