// Package yamlfile reads files that people write in YAML into structs, strictly, and describes them
// by a JSON Schema.
//
// The tags of a struct are the whole description: yaml has the name of the key; key has the words
// required, and short for the key that text in place of the mapping means; enum the possible values;
// doc the description; example an example.
package yamlfile

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/wording"
)

// maxFile is the maximum size of a file in bytes, and maxNodes how many values one
// may have after aliases were followed.
const (
	maxFile  = 4 << 20
	maxNodes = 200_000
)

// Line is a field of a struct that gets the line where its mapping begins.
type Line int

// Decoder is a type that decodes a node itself. Its errors are of type [*finding.RowError].
type Decoder interface{ DecodeYAML(n *yaml.Node) error }

// Keys is the type of the keys of a mapping that has only certain ones, named by a word.
type Keys interface {
	Keys() (what string, known []string)
}

// Decode reads YAML into a struct, strictly: unknown and duplicate keys, and values of another type
// are errors, each a [*finding.RowError] with the line.
func Decode(name string, text []byte, into any) error {
	err := decodeText(text, reflect.ValueOf(into).Elem())
	if broken := (*finding.RowError)(nil); errors.As(err, &broken) {
		broken.Name = name
	}
	return err
}

func decodeText(text []byte, into reflect.Value) error {
	if len(text) > maxFile {
		return &finding.RowError{Problem: fmt.Sprintf("larger than %d MiB; this is not a file of this kind", maxFile>>20)}
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil // only comments
	case err != nil:
		return syntaxError(err)
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return &finding.RowError{Line: max(second.Line, 1), Problem: "unexpected second YAML document; remove it"}
	}
	return (&decoder{}).value(document.Content[0], into, field{})
}

var yamlLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`line (\d+): (.*)`)
})

// syntaxError moves the line from an error of the YAML library into a field.
func syntaxError(err error) error {
	e := &finding.RowError{Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine().FindStringSubmatch(e.Problem); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Problem = m[2]
	}
	return e
}

// decoder counts the values that it decoded, because aliases repeat them.
type decoder struct{ nodes int }

// field is a key of a mapping, with its tags.
type field struct {
	name  string
	tags  reflect.StructTag
	of    reflect.Type
	index []int
}

func (f field) is(word string) bool {
	return slices.Contains(strings.Split(f.tags.Get("key"), ","), word)
}

func (f field) problem(n *yaml.Node, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if f.name != "" {
		text = f.name + ": " + text
	}
	return &finding.RowError{Line: n.Line, Problem: text}
}

// fields returns the keys of a struct, with those of structs that it embeds.
func fields(t reflect.Type) (all []field) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && !f.Anonymous && f.Type != reflect.TypeFor[Line]() {
			all = append(all, field{name, f.Tag, f.Type, f.Index})
		}
	}
	return all
}

func (d *decoder) value(n *yaml.Node, into reflect.Value, f field) error {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if d.nodes++; d.nodes > maxNodes {
		return f.problem(n, "too many values")
	}
	if n.ShortTag() == "!!null" && n.Kind == yaml.ScalarNode {
		return nil // a key without a value, as if it were absent
	}
	switch to := into.Addr().Interface().(type) {
	case *finding.Expected:
		return d.row(n, to)
	case Decoder:
		if err := to.DecodeYAML(n); err != nil {
			return f.problem(n, "%v", err)
		}
		return nil
	case encoding.TextUnmarshaler:
		if n.Kind != yaml.ScalarNode {
			return f.problem(n, "expected text")
		}
		if err := to.UnmarshalText([]byte(n.Value)); err != nil {
			return f.problem(n, "%v", err)
		}
		return nil
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.value(n, into.Elem(), f)
	case reflect.Struct:
		return d.structure(n, into, f)
	case reflect.Map:
		return d.mapping(n, into, f)
	case reflect.Slice:
		return d.list(n, into, f)
	case reflect.Interface:
		return d.any(n, into, f)
	}
	return d.scalar(n, into, f)
}

func (d *decoder) scalar(n *yaml.Node, into reflect.Value, f field) error {
	if n.Kind != yaml.ScalarNode {
		return f.problem(n, "expected %s", kinds[into.Kind()])
	}
	switch into.Kind() {
	case reflect.Bool:
		if n.ShortTag() != "!!bool" {
			return f.problem(n, "expected true or false, got %s", wording.Clip(n.Value, 40))
		}
		into.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if err != nil {
			return f.problem(n, "expected a number, got %s", wording.Clip(n.Value, 40))
		}
		into.SetInt(int64(i))
	case reflect.Uint64:
		i, err := strconv.ParseUint(n.Value, 10, 64)
		if err != nil {
			return f.problem(n, "expected a number, got %s", wording.Clip(n.Value, 40))
		}
		into.SetUint(i)
	default:
		into.SetString(n.Value)
		if checked, ok := into.Interface().(interface{ Validate() error }); ok {
			if err := checked.Validate(); err != nil {
				return f.problem(n, "%v", err)
			}
		}
	}
	return nil
}

var kinds = map[reflect.Kind]string{reflect.Bool: "true or false", reflect.Int: "a number", reflect.Uint64: "a number", reflect.String: "text"}

// list decodes a list, or a single value as a list of one.
func (d *decoder) list(n *yaml.Node, into reflect.Value, f field) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	} else if n.Kind != yaml.ScalarNode {
		return f.problem(n, "expected a list")
	}
	all := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		if item.ShortTag() == "!!null" {
			return f.problem(item, "empty entry of a list; remove it")
		}
		if err := d.value(item, all.Index(i), f); err != nil {
			return err
		}
	}
	into.Set(all)
	return nil
}

// structure decodes a mapping, or text as the key that it is short for.
func (d *decoder) structure(n *yaml.Node, into reflect.Value, f field) error {
	known := fields(into.Type())
	if short := slices.IndexFunc(known, func(k field) bool { return k.is("short") }); short >= 0 && n.Kind == yaml.ScalarNode {
		return d.value(n, into.FieldByIndex(known[short].index), known[short])
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k.name
	}
	for _, of := range reflect.VisibleFields(into.Type()) {
		if of.Type == reflect.TypeFor[Line]() {
			into.FieldByIndex(of.Index).SetInt(int64(n.Line))
		}
	}
	seen := map[string]bool{}
	err := d.each(n, f, func(key, value *yaml.Node) error {
		i := slices.Index(names, key.Value)
		if i < 0 {
			return unknown(f, key, "unknown key", names)
		}
		seen[key.Value] = value.ShortTag() != "!!null"
		return d.value(value, into.FieldByIndex(known[i].index), known[i])
	})
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.is("required") && (!seen[k.name] || into.FieldByIndex(k.index).IsZero()) {
			return f.problem(n, "an entry needs the key %s", k.name)
		}
	}
	return nil
}

// unknown returns the error for a name, with the nearest one that is known.
func unknown(f field, key *yaml.Node, what string, names []string) error {
	otherwise := ""
	if len(names) <= 12 {
		otherwise = "use one of " + strings.Join(names, ", ")
	}
	return f.problem(key, "%s %s%s", what, wording.Clip(strconv.Quote(key.Value), 80), spelling.Hint(key.Value, names, otherwise))
}

// each visits the keys of a mapping, of which none may be there twice.
func (d *decoder) each(n *yaml.Node, f field, visit func(key, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return f.problem(n, "expected a mapping of keys to values")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			return f.problem(key, "expected text as a key")
		}
		if seen[key.Value] {
			return f.problem(key, "duplicate key %s", wording.Clip(key.Value, 40))
		}
		seen[key.Value] = true
		if err := visit(key, value); err != nil {
			return err
		}
	}
	return nil
}

// mapping decodes a mapping with free keys, such as rules.
func (d *decoder) mapping(n *yaml.Node, into reflect.Value, f field) error {
	all := reflect.MakeMap(into.Type())
	what, known := keysOf(into.Type().Key())
	err := d.each(n, f, func(key, value *yaml.Node) error {
		if what != "" && !slices.Contains(known, key.Value) {
			return unknown(f, key, "unknown "+what, known)
		}
		one := reflect.New(into.Type().Elem()).Elem()
		if value.ShortTag() == "!!null" && one.Kind() != reflect.Interface {
			return f.problem(value, "%s has no value", key.Value)
		}
		if err := d.value(value, one, field{name: f.name + ": " + key.Value, tags: f.tags}); err != nil {
			return err
		}
		all.SetMapIndex(reflect.ValueOf(key.Value).Convert(into.Type().Key()), one)
		return nil
	})
	into.Set(all)
	return err
}

// keysOf returns the names that may be the keys of a mapping, and what they are; nothing if they are
// free.
func keysOf(t reflect.Type) (what string, known []string) {
	switch keys := reflect.Zero(t).Interface().(type) {
	case finding.RuleID:
		for _, r := range finding.Rules() {
			known = append(known, string(r.ID))
		}
		return "rule", known
	case Keys:
		return keys.Keys()
	}
	return "", nil
}

// any decodes a JSON value.
func (d *decoder) any(n *yaml.Node, into reflect.Value, f field) error {
	switch n.Kind {
	case yaml.MappingNode:
		m := reflect.New(reflect.TypeFor[map[string]any]()).Elem()
		if err := d.mapping(n, m, f); err != nil {
			return err
		}
		into.Set(m)
		return nil
	case yaml.SequenceNode:
		all := make([]any, len(n.Content))
		for i, item := range n.Content {
			if err := d.value(item, reflect.ValueOf(&all[i]).Elem(), f); err != nil {
				return err
			}
		}
		into.Set(reflect.ValueOf(all))
		return nil
	}
	switch n.ShortTag() {
	case "!!bool":
		into.Set(reflect.ValueOf(strings.EqualFold(n.Value, "true")))
	case "!!int", "!!float":
		if !json.Valid([]byte(n.Value)) {
			return f.problem(n, "%s is not a number of JSON", wording.Clip(n.Value, 40))
		}
		into.Set(reflect.ValueOf(json.Number(n.Value)))
	default:
		into.Set(reflect.ValueOf(n.Value))
	}
	return nil
}

// row decodes an ignore row, with the keys of a file of rows.
func (d *decoder) row(n *yaml.Node, to *finding.Expected) error {
	text, err := yaml.Marshal([]*yaml.Node{n})
	if err != nil {
		return &finding.RowError{Line: n.Line, Problem: err.Error()}
	}
	rows, err := finding.ReadRows("", text)
	if broken := (*finding.RowError)(nil); errors.As(err, &broken) {
		broken.Line = n.Line // the row was written again
	}
	if len(rows) == 1 {
		*to = rows[0]
	}
	return err
}
