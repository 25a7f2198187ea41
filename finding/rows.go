package finding

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/internal/spelling"
)

// RowError says what is wrong in a file of ignore rows.
type RowError struct {
	Name    string
	Line    int // one-based; 0: the problem has no line
	Problem string
}

func (e *RowError) Error() string {
	switch {
	case e.Name == "":
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
	case e.Line == 0:
		return e.Name + ": " + e.Problem
	}
	return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Problem)
}

// BaselineFormat is the format of a file that begins with crcheckBaseline.
const BaselineFormat = 1

// ReadRows reads a file of ignore rows: a YAML list of mappings.
//
//   - rule: enum.unknown-value
//     at: bedrock-runtime:ToolUseBlock$type
//     value: tool_use
//     reason: AWS sends it, the model lacks it
//     expires: 2026-12-31
//
// In a row for a rule of [LayerConform] at is the name of a case, or a pattern:
//
//   - rule: conform.failed
//     at: union/two
//     reason: the SDK takes one of the members at random
//
// The keys are rule, at (see [Expected.At]), value, source, severity, count,
// expires and reason. All rows need rule, at and reason.
//
// The list may be the value of "expected" in a mapping that begins with "crcheckBaseline: 1", which
// crcheck drift writes. There rows are required, the default of count is 1, and a row may use the
// older keys operation, part and place instead of at, and got instead of value.
//
// Reading is strict: unknown and duplicate keys are errors. The error is a [*RowError].
func ReadRows(name string, text []byte) ([]Expected, error) {
	rows, err := readRows(text)
	if broken := (*RowError)(nil); errors.As(err, &broken) {
		broken.Name = name
	} else if err != nil {
		return nil, yamlError(name, err)
	}
	return rows, err
}

func readRows(text []byte) ([]Expected, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := d.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil // only comments: no rows yet
	} else if err != nil {
		return nil, err
	}
	var second yaml.Node
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, &RowError{Line: second.Line, Problem: "unexpected second YAML document; write one list per file"}
	}
	list, baseline := document.Content[0], false
	if list.Kind == yaml.MappingNode {
		var err error
		if list, err = baselineList(list); err != nil {
			return nil, err
		}
		baseline = true
	}
	switch {
	case list == nil || list.ShortTag() == "!!null":
		return nil, nil
	case list.Kind != yaml.SequenceNode:
		return nil, &RowError{Line: list.Line, Problem: "expected a list of ignore rows, each with rule, at and reason"}
	}
	var rows []Expected
	for _, item := range list.Content {
		e, err := decodeRow(item, baseline)
		if err == nil {
			err = e.Check()
		}
		if broken := (*RowError)(nil); err != nil && !errors.As(err, &broken) {
			err = &RowError{Line: item.Line, Problem: err.Error()}
		}
		if err != nil {
			return nil, err
		}
		if baseline {
			e.Required, e.Count = true, max(e.Count, 1)
		}
		rows = append(rows, e)
	}
	return rows, nil
}

// baselineList returns the rows of a baseline's mapping.
func baselineList(m *yaml.Node) (list *yaml.Node, err error) {
	format := 0
	err = eachKey(m, []string{"crcheckBaseline", "expected"}, "write a list of rows, each with rule, at and reason", func(key string, value *yaml.Node) error {
		if key == "expected" {
			list = value
			return nil
		}
		if err := value.Decode(&format); err != nil {
			return &RowError{Line: value.Line, Problem: fmt.Sprintf("crcheckBaseline: %q is not a number", value.Value)}
		}
		return nil
	})
	if err == nil && format != BaselineFormat {
		err = &RowError{Line: m.Line, Problem: fmt.Sprintf("expected a list of ignore rows, or a mapping that begins with \"crcheckBaseline: %d\"", BaselineFormat)}
	}
	return list, err
}

var (
	rowKeys   = []string{"rule", "at", "value", "source", "severity", "count", "expires", "reason"}
	olderKeys = []string{"operation", "part", "place", "got"}
)

// renamed maps the keys of the older format of expected failures to advice.
var renamed = map[string]string{
	"crcheckKnownFailing": "write a list of ignore rows without a key around it, each with rule: conform.failed, at (once case) and reason, and rule: conform.flaky (once flaky: true)",
	"cases":               "write a list of ignore rows without a key around it",
	"case":                "write at, and rule: conform.failed",
	"flaky":               "write rule: conform.flaky",
}

// UnmarshalYAML reads a row strictly, with the older keys for its place; a row
// without any place is about the top of a document. The error is a [*RowError]
// without a name.
func (e *Expected) UnmarshalYAML(n *yaml.Node) (err error) {
	*e, err = decodeRow(n, true)
	return err
}

// decodeRow reads a row; older says whether the older keys are allowed.
func decodeRow(n *yaml.Node, older bool) (e Expected, err error) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return e, &RowError{Line: n.Line, Problem: "expected a mapping with rule, at and reason"}
	}
	known := rowKeys
	if older {
		known = slices.Concat(rowKeys, olderKeys)
	}
	texts, lines := map[string]string{}, map[string]int{}
	err = eachKey(n, known, "use one of "+strings.Join(known, ", "), func(key string, value *yaml.Node) error {
		if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" {
			return &RowError{Line: value.Line, Problem: key + ": expected text"}
		}
		texts[key], lines[key] = value.Value, value.Line
		return nil
	})
	if err != nil {
		return e, err
	}
	e = Expected{Rule: RuleID(texts["rule"]), Source: texts["source"], Severity: texts["severity"], Value: texts["value"],
		Expires: texts["expires"], Reason: texts["reason"], Operation: texts["operation"], Part: texts["part"], Place: texts["place"]}
	if e.Rule == "" {
		return e, &RowError{Line: n.Line, Problem: "the row has no rule"}
	}
	if _, ok := e.Rule.Lookup(); !ok {
		return e, &RowError{Line: n.Line, Problem: UnknownRule(e.Rule).Error()}
	}
	if count, ok := texts["count"]; ok {
		if e.Count, err = strconv.Atoi(count); err != nil || e.Count < 1 {
			return e, &RowError{Line: lines["count"], Problem: fmt.Sprintf("count: %q is not a positive number", count)}
		}
	}
	if got, ok := texts["got"]; ok {
		if _, twice := texts["value"]; twice {
			return e, &RowError{Line: lines["got"], Problem: "the row has both value and the older key got"}
		}
		e.Value = LiteralValue(got)
	}
	at, ok := texts["at"]
	switch {
	case !ok && !older:
		return e, &RowError{Line: n.Line, Problem: "the row has no at; * matches everything"}
	case !ok:
		return e, nil
	}
	for _, key := range olderKeys[:3] {
		if line, both := lines[key]; both {
			return e, &RowError{Line: line, Problem: "the row has both at and the older key " + key}
		}
	}
	if err := e.SetAt(at); err != nil {
		return e, &RowError{Line: lines["at"], Problem: err.Error()}
	}
	return e, nil
}

// eachKey visits the keys of a mapping. Unknown and duplicate keys are errors; otherwise is what to do
// about a key that is like no known one.
func eachKey(m *yaml.Node, known []string, otherwise string, visit func(key string, value *yaml.Node) error) error {
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		for value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		if !slices.Contains(known, key.Value) {
			problem := "unknown key " + key.Value
			if now := renamed[key.Value]; now != "" {
				problem = key.Value + " is a key of an older format: " + now
			} else {
				problem += spelling.Hint(key.Value, known, otherwise)
			}
			return &RowError{Line: key.Line, Problem: problem}
		}
		if seen[key.Value] {
			return &RowError{Line: key.Line, Problem: "duplicate key " + key.Value}
		}
		seen[key.Value] = true
		if err := visit(key.Value, value); err != nil {
			return err
		}
	}
	return nil
}

// rowForm is the YAML of a row.
type rowForm struct {
	Rule     RuleID `yaml:"rule"`
	At       string `yaml:"at"`
	Value    string `yaml:"value,omitempty"`
	Source   string `yaml:"source,omitempty"`
	Severity string `yaml:"severity,omitempty"`
	Count    int    `yaml:"count,omitempty"`
	Expires  string `yaml:"expires,omitempty"`
	Reason   string `yaml:"reason"`
}

// MarshalYAML writes a row as [ReadRows] reads it.
func (e Expected) MarshalYAML() (any, error) {
	return rowForm{e.Rule, e.At(), e.Value, e.Source, e.Severity, e.Count, e.Expires, e.Reason}, nil
}

// EncodeRows writes rows as [ReadRows] reads them.
func EncodeRows(rows []Expected) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`line (\d+): (.*)`)
})

// yamlError moves the line from an error of the YAML library into a field.
func yamlError(name string, err error) *RowError {
	e := &RowError{Name: name, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine().FindStringSubmatch(e.Problem); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Problem = m[2]
	}
	return e
}
