package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
)

// oracle is the JSON Schema of one document, compiled by santhosh-tekuri's
// validator when it is first needed.
type oracle struct {
	schema func() (*v5.Schema, error)
	asked  sync.Map // kinds of findings that were compared with the schema's verdict
}

func newOracle(c *schema.Contract, part schema.Part, encoding schema.Encoding) *oracle {
	return &oracle{schema: sync.OnceValues(func() (*v5.Schema, error) {
		s, err := jsonschema.GenerateExtended(c, part, encoding)
		if err != nil {
			return nil, err
		}
		return CompileSchema(s)
	})}
}

// CompileSchema compiles a schema of either form for santhosh-tekuri/jsonschema.
func CompileSchema(s *jsonschema.Schema) (*v5.Schema, error) {
	// The keywords mean the same in draft 2019-09. For 2020-12, the library goes through all subschemas
	// for the dynamic anchors of each: it would compile 10,000 members for minutes.
	older := *s
	older.Dialect = "https://json-schema.org/draft/2019-09/schema"
	text, err := older.Encode()
	if err != nil {
		return nil, err
	}
	compiler := v5.NewCompiler()
	compiler.Draft = v5.Draft2020
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("the schema refers to %s, but crcheck does not fetch schemas", url)
	}
	compiler.RegisterExtension("crcheck", nil, keywords{})
	if err := compiler.AddResource(s.ID, bytes.NewReader(text)); err != nil {
		return nil, err
	}
	return compiler.Compile(s.ID)
}

// keywords compiles the keywords of [jsonschema.GenerateExtended].
type keywords struct{}

func (keywords) Compile(_ v5.CompilerContext, s map[string]any) (v5.ExtSchema, error) {
	if members, ok := s[jsonschema.UnionKeyword].([]any); ok {
		u := unionKeyword{}
		for _, m := range members {
			u[fmt.Sprint(m)] = true
		}
		return u, nil
	}
	if source, ok := s[jsonschema.PatternKeyword].(string); ok {
		if p, err := pattern.Compile(source); err == nil {
			return patternKeyword{p}, nil
		}
	}
	if form, ok := s[jsonschema.TimestampKeyword].(string); ok {
		return timestampKeyword(form), nil
	}
	return nil, nil
}

type unionKeyword map[string]bool

func (known unionKeyword) Validate(ctx v5.ValidationContext, v any) error {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	var set []string
	valid := false
	for name, value := range object {
		if value != nil && (known[name] || name != "__type") {
			set = append(set, name)
			valid = known[name]
		}
	}
	if len(set) == 1 && valid {
		return nil
	}
	return ctx.Error(jsonschema.UnionKeyword, "got %d members set (%s), want exactly one", len(set), strings.Join(set, ", "))
}

type patternKeyword struct{ *pattern.Pattern }

func (p patternKeyword) Validate(ctx v5.ValidationContext, v any) error {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	if matched, err := p.Match([]byte(text)); err != nil || matched {
		return nil // a timeout is a finding of the explainer, not a verdict
	}
	return ctx.Error(jsonschema.PatternKeyword, "does not match pattern %q", p.String())
}

type timestampKeyword schema.TimestampText

func (k timestampKeyword) Validate(ctx v5.ValidationContext, v any) error {
	form := schema.TimestampText(k)
	if text, ok := v.(string); !ok || form.Match([]byte(text)) {
		return nil
	}
	return ctx.Error(jsonschema.TimestampKeyword, "is not a %s timestamp", form)
}

// accepts returns the verdict of the oracle on a well-formed document.
func (o *oracle) accepts(document []byte) (bool, error) {
	s, err := o.schema()
	if err != nil {
		return false, err
	}
	value, err := Tree(document)
	if err != nil {
		return false, err
	}
	var invalid *v5.ValidationError
	err = s.Validate(value)
	if errors.As(err, &invalid) {
		return false, nil
	}
	return err == nil, err
}

// Tree decodes a document into the values that santhosh-tekuri/jsonschema takes: numbers keep their
// digits, the last of repeated names counts, and invalid UTF-8 is replaced. That library panics on
// numbers that are too large to expand, so they are replaced by others beyond the same bounds.
func Tree(document []byte) (any, error) {
	n, err := jsontree.Parse(document)
	if err != nil {
		return nil, err
	}
	return plain(n), nil // trailing data is not part of the document
}

func plain(n *jsontree.Node) any {
	switch n.Kind {
	case 'n':
		return nil
	case 't', 'f':
		return n.Kind == 't'
	case '"':
		return n.Text
	case '0':
		return json.Number(decimal.Near(n.Text))
	case '[':
		array := make([]any, len(n.Entries))
		for i := range n.Entries {
			array[i] = plain(&n.Entries[i].Value)
		}
		return array
	}
	object := make(map[string]any, len(n.Entries))
	for i := range n.Entries {
		object[n.Entries[i].Name] = plain(&n.Entries[i].Value)
	}
	return object
}
