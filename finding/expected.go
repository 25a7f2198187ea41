package finding

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Expected is an ignore row: a finding that is known and accepted, as a pattern
// with a reason. It serves the index of the cassettes, baselines, ignore files
// the known deviations of AWS, and the expected failures of clients. [ReadRows]
// reads files of rows; there the place is one key, at, in the notation of
// [Expected.At].
//
// Rule is literal; a rule accepts its special cases as well ([RuleID.General]).
// Source, Operation and Part are patterns of [path.Match]; an
// empty one matches any. The output's Part reads "output". A row is about a
// shape or about a place of a document:
//
//   - Shape is SERVICE:SHAPE$MEMBER, a pattern on both sides of the colon, matched
//     against the service and [Finding.Shape].
//   - Place is a pattern matched against [Finding.Place], in which list indexes
//     read "*": "*" matches them, and a name as well. An empty Place matches only
//     the top of the document. A place that ends in "/**" matches what is below
//     it as well, and "**" matches everything.
//
// A row for a rule of [LayerConform] has a Case instead, a pattern of the names of
// cases as [MatchesCase] reads it. The source of a finding of these rules is
// the name of its case. Besides, only Value, Count and Expires are known there, and
// no Value with [ConformFlaky].
//
// Value is exactly what the finding got, as JSON text: "ACTIVE" in quotes is a
// string, and text that is not JSON, such as ACTIVE without quotes, is taken as a
// string, too. After a tilde it is a regular expression that must match all of
// that text: ~"ACTIVE_.*". An empty Value matches any.
//
// Severity is the highest that is accepted; empty: any.
//
// With a Count, exactly so many findings must match: fewer and the row is stale,
// more and it is over-broad, and would hide what nobody has looked at. Without
// one, any number from 1 on is fine.
//
// Expires is the last day on which the row accepts anything, as YYYY-MM-DD.
//
// Required says that a row which no longer matches fails the run, rather than
// being a warning. It is not written in files: who reads a file says so.
type Expected struct {
	Rule      RuleID `json:"rule"`
	Source    string `json:"source,omitempty"`
	Operation string `json:"operation,omitempty"`
	Part      string `json:"part,omitempty"`
	Place     string `json:"place,omitempty"`
	Shape     string `json:"shape,omitempty"`
	Case      string `json:"case,omitempty"`
	Value     string `json:"value,omitempty"`
	Severity  string `json:"severity,omitempty"`
	Count     int    `json:"count,omitempty"`
	Expires   string `json:"expires,omitempty"`
	Reason    string `json:"reason"`
	Required  bool   `json:"-"`
}

// Check reports what is wrong with the row itself.
func (e Expected) Check() error {
	if _, err := e.compile(); err != nil {
		return err
	}
	if strings.TrimSpace(e.Reason) == "" {
		return fmt.Errorf("row for %s at %s: has no reason", e.Rule, e.At())
	}
	return nil
}

// row is an [Expected] that passed its check.
type row struct {
	Expected
	ceiling Severity
	value   *regexp.Regexp // nil: Value is literal
	expired bool
	matched int
}

func (e Expected) compile() (*row, error) {
	if _, ok := e.Rule.Lookup(); !ok {
		return nil, fmt.Errorf("row names no known rule: %q", e.Rule)
	}
	of := func(format string, args ...any) error {
		return fmt.Errorf("row for %s at %s: %w", e.Rule, e.At(), fmt.Errorf(format, args...))
	}
	if e.Count < 0 {
		return nil, of("has the count %d", e.Count)
	}
	r := &row{Expected: e, ceiling: Error}
	if e.Severity != "" {
		if err := r.ceiling.UnmarshalText([]byte(e.Severity)); err != nil {
			return nil, of("%w", err)
		}
	}
	if e.Expires != "" {
		if _, err := time.Parse(time.DateOnly, e.Expires); err != nil {
			return nil, of("expires %q is not a date such as 2026-12-31", e.Expires)
		}
	}
	if source, ok := strings.CutPrefix(e.Value, "~"); ok {
		var err error
		if r.value, err = regexp.Compile(`^(?s:` + source + `)$`); err != nil {
			return nil, of("value: %w", err)
		}
	}
	if e.Shape != "" {
		service, shape, ok := strings.Cut(e.Shape, ":")
		if !ok || service == "" || shape == "" {
			return nil, of("shape %q is not SERVICE:SHAPE$MEMBER", e.Shape)
		}
		if e.Operation != "" || e.Place != "" {
			return nil, of("has both a shape and a place")
		}
	}
	if e.Place != "" && e.Place != anyPlace && e.Place[0] != '/' {
		return nil, of("place %q does not begin with a slash", e.Place)
	}
	if err := e.checkCase(); err != nil {
		return nil, of("%w", err)
	}
	for _, pattern := range []string{e.Source, e.Operation, e.Part, e.Place, e.Shape, e.Case} {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, of("pattern %q: %w", pattern, err)
		}
	}
	return r, nil
}

// checkCase checks that a case is named by rows for rules about cases, and those alone.
func (e Expected) checkCase() error {
	switch {
	case !e.Rule.aboutCases() && e.Case != "":
		return fmt.Errorf("has a case, but %s is not a rule about cases", e.Rule)
	case !e.Rule.aboutCases():
		return nil
	case e.Case == "":
		return errors.New("names no case, such as union/two")
	case e.Source != "" || e.Severity != "" || e.Operation != "" || e.Part != "" || e.Place != "" || e.Shape != "":
		return errors.New("is about cases: it has neither a source nor a severity nor another place")
	case e.Rule == ConformFlaky && e.Value != "":
		return errors.New("has a value: what a flaky case comes to differs from run to run")
	}
	return nil
}

// Matches reports whether the finding is of the kind that is accepted. A row that
// does not pass its check matches nothing.
func (e Expected) Matches(f Finding) bool {
	r, err := e.compile()
	return err == nil && r.matches(f)
}

func (r *row) matches(f Finding) bool {
	return (r.Rule == f.Rule || r.Rule == f.General()) && f.Severity <= r.ceiling &&
		(r.Source == "" || globMatch(r.Source, f.Source)) &&
		(r.Part == "" || globMatch(r.Part, cmp.Or(f.Part, "output"))) &&
		r.placed(f) && r.valued(f.Got)
}

func (r *row) placed(f Finding) bool {
	switch {
	case r.Case != "":
		return MatchesCase(r.Case, f.Source)
	case r.Shape != "":
		return f.Shape != "" && shapeMatch(r.Shape, Service(f.Operation), f.Shape)
	}
	return (r.Operation == "" || globMatch(r.Operation, f.Operation)) && placeMatch(r.Place, f.Place())
}

// valued compares what a finding got.
func (r *row) valued(got string) bool {
	switch {
	case r.Value == "":
		return true
	case r.value != nil:
		return r.value.MatchString(got)
	}
	return r.Value == got || !json.Valid([]byte(r.Value)) && strconv.Quote(r.Value) == got
}

// LiteralValue is the Value of a row that matches what a finding got and nothing else.
func LiteralValue(got string) string {
	if strings.HasPrefix(got, "~") {
		return "~" + regexp.QuoteMeta(got)
	}
	return got
}

// Literal is the pattern that matches a text alone.
func Literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(text)
}

func shapeMatch(pattern, service, shape string) bool {
	ofService, ofShape, _ := strings.Cut(pattern, ":")
	return globMatch(ofService, service) && globMatch(ofShape, shape)
}

func placeMatch(pattern, place string) bool {
	if pattern == anyPlace {
		return true
	}
	above, below := strings.CutSuffix(pattern, "/"+anyPlace)
	if !below {
		return globMatch(pattern, place)
	}
	tokens := strings.Split(place, "/")
	n := strings.Count(above, "/") + 1
	return len(tokens) >= n && globMatch(above, strings.Join(tokens[:n], "/"))
}

func globMatch(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
