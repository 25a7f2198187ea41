package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// Bounds is a closed interval. An empty end is unbounded.
type Bounds struct {
	Min json.Number `json:"min,omitempty" yaml:"min"`
	Max json.Number `json:"max,omitempty" yaml:"max"`
}

func (b Bounds) String() string {
	return finding.Bounds(b).String()
}

// empty reports whether no number is within valid bounds.
func (b Bounds) empty() bool {
	i := decimal.Between(b.Min, b.Max)
	return i.Empty()
}

func (b Bounds) equal(c Bounds) bool {
	return sameNumber(b.Min, c.Min) && sameNumber(b.Max, c.Max)
}

func sameNumber(a, b json.Number) bool {
	if a == b || !decimal.Bound(string(a)) || !decimal.Bound(string(b)) {
		return a == b
	}
	return decimal.Compare(a, b) == 0
}

// isCount reports whether a text is a valid bound of a length, as for minLength of JSON Schema.
func isCount(text string) bool { return decimal.Bound(text) && !strings.ContainsAny(text, "-.eE") }

// MarshalJSONTo writes the ends without converting them.
func (b Bounds) MarshalJSONTo(e *jsontext.Encoder) error {
	if err := e.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, end := range []struct {
		name   string
		number json.Number
	}{{"min", b.Min}, {"max", b.Max}} {
		if end.number == "" {
			continue
		}
		if err := errors.Join(e.WriteToken(jsontext.String(end.name)), e.WriteValue([]byte(end.number))); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.EndObject)
}

// UnmarshalJSONFrom reads the ends without converting them.
func (b *Bounds) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var form struct {
		Min end `json:"min"`
		Max end `json:"max"`
	}
	err := jsonv2.UnmarshalDecode(d, &form)
	*b = Bounds{json.Number(form.Min), json.Number(form.Max)}
	return err
}

// end is a [json.Number]. The decoder reads that only from a string.
type end string

func (e *end) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		return d.SkipValue()
	case '0':
		digits, err := d.ReadValue()
		*e = end(digits)
		return err
	}
	return errors.New("a bound must be a number")
}

// UnmarshalYAML reads a mapping of min and max. Other keys are errors.
func (b *Bounds) UnmarshalYAML(node *yaml.Node) error {
	*b = Bounds{}
	return eachKey(node, func(key string, value *yaml.Node) error {
		switch key {
		case "min":
			return value.Decode(&b.Min)
		case "max":
			return value.Decode(&b.Max)
		}
		return &lineError{value.Line, fmt.Sprintf("unknown bound %q: use min or max", key)}
	})
}
