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

// Expected is an ignore row: a pattern of findings that are known and accepted, with a reason. The
// index of the cassettes, baselines, ignore files, the known deviations of AWS and the expected
// failures of clients consist of rows. [ReadRows] reads files of rows; there the place is one key,
// at, in the notation of [Expected.At].
//
// Rule is literal; a rule also accepts its special cases ([RuleID.General]).
// Source, Operation and Part are patterns of [path.Match]; an
// empty one matches any. The Part of the output is "output" here. A row is
// about a shape or about a place of a document:
//
//   - Shape is SERVICE:SHAPE$MEMBER, a pattern on both sides of the colon, matched
//     against the service and [Finding.Shape].
//   - Place is a pattern matched against [Finding.Place], in which list indexes
//     are "*": "*" matches them, and also a name. An empty Place matches only
//     the top of the document. A place that ends in "/**" also matches what is
//     below it, and "**" matches everything.
//
// A row for a rule of [LayerConform] has a Case instead, a pattern of the names of
// cases as [MatchesCase] reads it. The source of a finding of these rules is
// the name of its case. Such a row may also have Value, Count and Expires, but no Value with
// [ConformFlaky].
//
// Value is exactly [Finding.Got], as JSON text: "ACTIVE" in quotes is a string, and text that is
// not JSON, such as ACTIVE without quotes, is also read as a string. After a tilde it is a regular
// expression that must match all of that text: ~"ACTIVE_.*". An empty Value matches any.
//
// Severity is the highest severity that the row accepts; empty: any.
//
// With a Count, exactly that number of findings must match. With fewer the row is stale; with more
// it is over-broad, because it would hide findings that nobody has reviewed. Without a Count, any
// number from 1 on is fine.
//
// Expires is the last day on which the row accepts findings, as YYYY-MM-DD.
//
// Required says that a row that no longer matches fails the run; otherwise it is a warning. Files
// do not state it: the reader of a file sets it. So it is with Shared, which says that the row is also
// for what other runs check, so that it is never stale.
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
	Shared    bool   `json:"-"`
}

// Check returns what is wrong with the row itself.
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
		return nil, UnknownRule(e.Rule)
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
	if e.Place != "" && e.Place != AnyPlace && e.Place[0] != '/' {
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

// checkCase checks that rows for rules about cases name a case, and that other rows do not.
func (e Expected) checkCase() error {
	switch {
	case !e.Rule.aboutCases() && e.Case != "":
		return fmt.Errorf("has a case, but %s is not a rule about cases", e.Rule)
	case !e.Rule.aboutCases():
		return nil
	case e.Case == "":
		return errors.New("names no case, such as union/two")
	case e.Source != "" || e.Severity != "" || e.Operation != "" || e.Part != "" || e.Place != "" || e.Shape != "":
		return errors.New("is about a case, and must not have a source, a severity or another place")
	case e.Rule == ConformFlaky && e.Value != "":
		return errors.New("has a value, but the outcome of a flaky case varies between runs")
	}
	return nil
}

// Matches reports whether the row accepts the finding. A row that does not pass its check accepts
// nothing.
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

// valued reports whether the row accepts what a finding got.
func (r *row) valued(got string) bool {
	switch {
	case r.Value == "":
		return true
	case r.value != nil:
		return r.value.MatchString(got)
	}
	return r.Value == got || !json.Valid([]byte(r.Value)) && strconv.Quote(r.Value) == got
}

// LiteralValue returns the Value of a row that matches only what a finding got.
func LiteralValue(got string) string {
	if strings.HasPrefix(got, "~") {
		return "~" + regexp.QuoteMeta(got)
	}
	return got
}

// Literal returns the pattern that matches only the text.
func Literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(text)
}

func shapeMatch(pattern, service, shape string) bool {
	ofService, ofShape, _ := strings.Cut(pattern, ":")
	return globMatch(ofService, service) && globMatch(ofShape, shape)
}

func placeMatch(pattern, place string) bool {
	if pattern == AnyPlace {
		return true
	}
	above, below := strings.CutSuffix(pattern, "/"+AnyPlace)
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

// MatchesCase reports whether a pattern of [path.Match] matches the name of a case
// or of a group above it: "union" and "union/*" both match "union/two".
func MatchesCase(pattern, name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if globMatch(pattern, name) {
			return true
		}
	}
	return false
}

// aboutCases reports whether ignore rows for the rule name cases.
func (id RuleID) aboutCases() bool {
	rule, ok := id.Lookup()
	return ok && rule.Layer == LayerConform
}
