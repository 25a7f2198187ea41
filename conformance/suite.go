package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"go.yaml.in/yaml/v3"
)

// Suite is a list of cases about one operation. docs/cases.md describes the files.
type Suite struct {
	Operation string // SERVICE.OPERATION, perhaps @VERSION
	cases     []scenario
	leftOut   []string // names of the cases that Select left out
}

// ParseSuite reads a suite; the error is a [*finding.RowError].
func ParseSuite(name string, text []byte) (*Suite, error) {
	var form struct {
		Suite     int         `yaml:"crcheckSuite"`
		Operation string      `yaml:"operation"`
		Cases     []yaml.Node `yaml:"cases"`
	}
	if err := strictly(text, &form); err != nil {
		return nil, &finding.RowError{Name: name, Line: 0, Problem: err.Error()}
	}
	if form.Suite != 1 || form.Operation == "" {
		return nil, &finding.RowError{Name: name, Line: 0, Problem: `begin with "crcheckSuite: 1" and "operation: SERVICE.OPERATION"`}
	}
	suite := &Suite{Operation: form.Operation}
	for i := range form.Cases {
		node := &form.Cases[i]
		text, err := yaml.Marshal(node)
		if err != nil {
			return nil, &finding.RowError{Name: name, Line: node.Line, Problem: err.Error()}
		}
		c := scenario{Line: node.Line}
		if err := strictly(text, &c); err != nil {
			return nil, &finding.RowError{Name: name, Line: node.Line, Problem: err.Error()}
		}
		if problem := c.check(); problem != "" {
			return nil, &finding.RowError{Name: name, Line: node.Line, Problem: problem}
		}
		if err := suite.add(name, c); err != nil {
			return nil, err
		}
	}
	if len(suite.cases) == 0 {
		return nil, &finding.RowError{Name: name, Line: 0, Problem: "found no cases: name a suite, or a folder of suites"}
	}
	return suite, nil
}

// ReadSuite reads a suite from a file, or from all YAML files of a folder in the order of their
// names. All files have to be about the same operation.
func ReadSuite(files fs.FS, name string) (*Suite, error) {
	names := []string{name}
	if info, err := fs.Stat(files, name); err != nil {
		return nil, err
	} else if info.IsDir() {
		if names, err = fs.Glob(files, path.Join(name, "*.yaml")); err != nil {
			return nil, err
		}
	}
	whole := &Suite{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		part, err := ParseSuite(name, text)
		if err != nil {
			return nil, err
		}
		if whole.Operation == "" {
			whole.Operation = part.Operation
		}
		if whole.Operation != part.Operation {
			return nil, &finding.RowError{Name: name, Line: 0, Problem: "got operation " + part.Operation + ", want " + whole.Operation + " as in the other files of the folder"}
		}
		for _, c := range part.cases {
			if err := whole.add(name, c); err != nil {
				return nil, err
			}
		}
	}
	if len(whole.cases) == 0 {
		return nil, &finding.RowError{Name: name, Line: 0, Problem: "found no cases: name a suite, or a folder of suites"}
	}
	return whole, nil
}

// add appends a case, whose name must be new.
func (s *Suite) add(name string, c scenario) error {
	if slices.ContainsFunc(s.cases, func(other scenario) bool { return other.Name == c.Name }) {
		return &finding.RowError{Name: name, Line: c.Line, Problem: "duplicate name " + c.Name}
	}
	s.cases = append(s.cases, c)
	return nil
}

// strictly decodes a single YAML document. It rejects unknown keys.
func strictly(text []byte, to any) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	err := d.Decode(to)
	if err == nil {
		var second yaml.Node
		if err = d.Decode(&second); err == nil {
			return fmt.Errorf("line %d: second YAML document: write one per file", second.Line)
		}
	}
	if !errors.Is(err, io.EOF) {
		problem := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ")
		problem = unknownKey().ReplaceAllString(problem, "unknown key $1")
		problem = notMapping().ReplaceAllString(problem, "expected a mapping")
		return errors.New(notList().ReplaceAllString(problem, "expected a list"))
	}
	return nil
}

// unknownKey, notMapping and notList match messages of the YAML library that show Go types.
var (
	unknownKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`field (\S+) not found in type .*`)
	})
	notMapping = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`cannot unmarshal !!.* into (struct|conformance\.).*`)
	})
	notList = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`cannot unmarshal !!.* into \[\].*`)
	})
)

// Select returns the suite with the cases whose names match one of the patterns of
// [path.Match], or are below it. Without patterns, and with an empty one, it selects all.
func (s *Suite) Select(patterns ...string) *Suite {
	return s.filtered(func(name string) bool { return selects(patterns, name) })
}

// Without returns the suite without the cases whose names match one of the patterns.
func (s *Suite) Without(patterns ...string) *Suite {
	return s.filtered(func(name string) bool { return len(patterns) == 0 || !selects(patterns, name) })
}

func (s *Suite) filtered(keeps func(name string) bool) *Suite {
	selected := &Suite{Operation: s.Operation, leftOut: slices.Clone(s.leftOut)}
	for _, c := range s.cases {
		if keeps(c.Name) {
			selected.cases = append(selected.cases, c)
		} else {
			selected.leftOut = append(selected.leftOut, c.Name)
		}
	}
	return selected
}

// selects reports whether patterns select the case with a name.
func selects(patterns []string, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return p == "" || finding.MatchesCase(p, name) })
}

// Names returns the names of the cases.
func (s *Suite) Names() []string {
	names := make([]string, len(s.cases))
	for i, c := range s.cases {
		names[i] = c.Name
	}
	return names
}

// Len returns how many cases the suite has.
func (s *Suite) Len() int { return len(s.cases) }
