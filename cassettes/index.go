package cassettes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"go.yaml.in/yaml/v3"
)

// Format is the version of the form of an index.
const Format = 1

// Index describes a folder of cassettes: its provenance, the subject of each file, and the findings
// that each leads to. Its YAML:
//
//	crcheckIndex: 1
//	provenance: 'synthesised: no real AWS traffic was recorded'
//	entries:
//	  - file: hostile/two-outputs.yaml
//	    about: A result has both s3 and memberList.
//	    expected:
//	      - rule: union.multiple-members
//	        at: /protectedJob/result/output
//	        reason: both members of the union are set
type Index struct {
	Provenance string
	Entries    []Entry
}

// Entry describes one cassette. Its ignore rows have no Source, because it is the file. Each must
// match exactly Count findings, or one if Count is 0.
type Entry struct {
	File     string             `yaml:"file"` // relative to the index, with slashes
	About    string             `yaml:"about"`
	Expected []finding.Expected `yaml:"expected,omitempty"` // nil: nothing is wrong with it
}

// indexError says where an index is invalid; line 0: no particular line.
func indexError(name string, line int, problem, remedy string) error {
	return &finding.RowError{Name: name, Line: line, Problem: problem + "; " + remedy}
}

// form is the YAML of an index.
type form struct {
	Format     int     `yaml:"crcheckIndex"`
	Provenance string  `yaml:"provenance"`
	Entries    []Entry `yaml:"entries"`
}

// outline is read first, because a later format may have other keys. Its nodes have line numbers,
// unlike form.
type outline struct {
	Format  *int      `yaml:"crcheckIndex"`
	Entries yaml.Node `yaml:"entries"`
}

// lines are the line numbers of an entry and of its expectations.
type lines struct {
	entry    int
	expected []int
}

func (l lines) of(expectation int) int {
	if expectation < len(l.expected) {
		return l.expected[expectation]
	}
	return l.entry // they came through a merge key
}

// linesOf rejects empty elements, because the YAML library skips them and an expectation would get
// lost.
func linesOf(name string, entries *yaml.Node) ([]lines, error) {
	var all []lines
	for _, entry := range elements(entries) {
		l := lines{entry: entry.Line}
		if empty(entry) {
			return nil, indexError(name, entry.Line, "an entry is empty", "add file and about, or remove it")
		}
		for i := 0; entry.Kind == yaml.MappingNode && i < len(entry.Content); i += 2 {
			if entry.Content[i].Value != "expected" {
				continue
			}
			for _, e := range elements(entry.Content[i+1]) {
				if empty(e) {
					return nil, indexError(name, e.Line, "an expectation is empty", "add rule, at and reason, or remove it")
				}
				l.expected = append(l.expected, e.Line)
			}
		}
		all = append(all, l)
	}
	return all, nil
}

// elements returns those of a list, with aliases followed.
func elements(list *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for _, n := range target(list).Content {
		all = append(all, target(n))
	}
	return all
}

func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func empty(n *yaml.Node) bool { return n.ShortTag() == "!!null" }

// ParseIndex reads an index. The error is a [*finding.RowError] with the name of the file. Unknown
// keys, duplicate files and invalid expectations are errors.
func ParseIndex(name string, text []byte) (*Index, error) {
	var o outline
	if err := yaml.Unmarshal(text, &o); err != nil {
		return nil, broken(name, err)
	}
	switch {
	case o.Format == nil:
		return nil, indexError(name, 0, "not an index of cassettes: it has no key crcheckIndex", fmt.Sprintf("begin it with \"crcheckIndex: %d\"", Format))
	case *o.Format != Format:
		return nil, indexError(name, 0, fmt.Sprintf("the index has format %d, this crcheck reads format %d", *o.Format, Format),
			"use the crcheck that wrote it, or rewrite it")
	}
	at, err := linesOf(name, &o.Entries)
	if err != nil {
		return nil, err
	}
	var f form
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&f); err != nil {
		return nil, broken(name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, indexError(name, 0, "second YAML document", "write one index per file")
	}
	if f.Provenance == "" {
		return nil, indexError(name, 0, "the index has no provenance", "add provenance: where its traffic came from")
	}
	seen := map[string]int{}
	for i, entry := range f.Entries {
		if err := entry.check(name, at[i]); err != nil {
			return nil, err
		}
		if line, twice := seen[entry.File]; twice {
			return nil, indexError(name, at[i].entry, fmt.Sprintf("duplicate entry for %s, first in line %d", entry.File, line), "merge the two entries")
		}
		seen[entry.File] = at[i].entry
	}
	return &Index{f.Provenance, f.Entries}, nil
}

func (e Entry) check(name string, at lines) error {
	switch {
	case e.File == "":
		return indexError(name, at.entry, "an entry has no file", "add file")
	case !fs.ValidPath(e.File) || e.File == ".":
		return indexError(name, at.entry, fmt.Sprintf("%q is not a path below the index", e.File), "write it relative to the index, with slashes and without ..")
	case e.About == "":
		return indexError(name, at.entry, e.File+" has no description", "add about, in one line")
	}
	for i, expected := range e.Expected {
		if err := expected.Check(); err != nil {
			return indexError(name, at.of(i), e.File+": "+err.Error(), "see crcheck rules for the rules, and give each expectation a reason")
		}
		if expected.Source != "" {
			return indexError(name, at.of(i), e.File+": an expectation has a source", "remove it: the source is the file of the entry")
		}
	}
	return nil
}

var (
	yamlLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`line (\d+): (.*)`)
	})
	unknownKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^field (\S+) not found in type`)
	})
)

// broken converts an error of the YAML library, with its line number as a field.
func broken(name string, err error) error {
	if row := (*finding.RowError)(nil); errors.As(err, &row) {
		return indexError(name, row.Line, row.Problem, "correct the row")
	}
	line, problem, remedy := 0, strings.TrimPrefix(err.Error(), "yaml: "), "correct it there"
	if m := yamlLine().FindStringSubmatch(problem); m != nil {
		line, _ = strconv.Atoi(m[1])
		problem = m[2]
	}
	if m := unknownKey().FindStringSubmatch(problem); m != nil {
		problem, remedy = "unknown key "+m[1], "look for a misspelling, or remove it"
	}
	return indexError(name, line, problem, remedy)
}

// Expectations returns the ignore rows of all cassettes for reading them from a folder. The path of
// the folder becomes a literal part of each Source, not a pattern.
func (x *Index) Expectations(dir string) []finding.Expected {
	var all []finding.Expected
	for _, entry := range x.Entries {
		source := finding.Literal(filepath.Join(dir, filepath.FromSlash(entry.File)))
		for _, e := range entry.Expected {
			e.Source, e.Count, e.Required = source, max(e.Count, 1), true
			all = append(all, e)
		}
	}
	return all
}

// Encode returns the YAML form of the index, which [ParseIndex] reads.
func (x *Index) Encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(form{Format, x.Provenance, x.Entries}); err != nil {
		return nil, err
	}
	return text.Bytes(), encoder.Close()
}
