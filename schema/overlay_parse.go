package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseOverlay reads the YAML form of an overlay, which is a single document. Unknown and duplicate
// keys, invalid values, two entries for the same facet of a place, and entries without a facet are
// errors. The error is a [*DocumentError].
func ParseOverlay(name string, text []byte) (*Overlay, error) {
	o := &Overlay{Name: name, origin: NewOrigin("overlay", "", text), lines: map[string]int{}, echoLines: map[Echo]int{}}
	if err := o.parse(text); err != nil {
		line, problem := yamlProblem(err)
		return nil, &DocumentError{File: name, Line: line, Problem: problem}
	}
	return o, nil
}

func (o *Overlay) parse(text []byte) error {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return errors.New("the file is empty; begin it with \"overlay: 1\"")
	} else if err != nil {
		return err
	}
	if err := decoder.Decode(new(yaml.Node)); err == nil {
		return errors.New("the file has more than one YAML document")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	format := 0
	var facets, echoes *yaml.Node
	err := eachKey(document.Content[0], func(key string, value *yaml.Node) error {
		switch key {
		case "overlay":
			if err := value.Decode(&format); err != nil || format != 1 {
				return fmt.Errorf("unsupported format %q: use \"overlay: 1\"", value.Value)
			}
			return nil
		case "operation":
			return value.Decode(&o.Operation)
		case "reason":
			return value.Decode(&o.Reason)
		case "facets":
			facets = value
			return nil
		case "echoes":
			echoes = value
			return nil
		}
		return fmt.Errorf("unknown key %q of an overlay", key)
	})
	switch {
	case err != nil:
		return err
	case format == 0:
		return errors.New("the format is missing: begin with \"overlay: 1\"")
	case o.Operation == "":
		return errors.New("the operation is missing: add \"operation: SERVICE.OPERATION\"")
	}
	if err := eachItem(facets, o.parseEntry); err != nil {
		return err
	}
	return eachItem(echoes, o.parseEcho)
}

func (o *Overlay) parseEntry(node *yaml.Node) error {
	e := entry{Reason: o.Reason, Line: node.Line, column: node.Column}
	err := eachKey(node, func(key string, value *yaml.Node) (err error) {
		if key != "at" {
			return nil
		}
		var text string
		if err := value.Decode(&text); err != nil {
			return err
		}
		e.At, err = ParsePlace(text)
		return err
	})
	if err != nil {
		return err
	}
	if e.At.Part == "" {
		return &lineError{e.Line, "the entry has no \"at\""}
	}
	if err := eachKey(node, e.state); err != nil {
		return err
	}
	switch {
	case e.Reason == "":
		return &lineError{e.Line, fmt.Sprintf("the entry at %s has no reason, and neither has the overlay", e.At)}
	case len(e.stated()) == 0:
		return &lineError{e.Line, fmt.Sprintf("the entry at %s states nothing", e.At)}
	}
	for _, facet := range e.stated() {
		fact := e.At.fact(facet)
		if line, twice := o.lines[fact]; twice {
			return &lineError{e.Line, fmt.Sprintf("duplicate %s of %s, first in line %d: keep one of the two", facet, e.At, line)}
		}
		o.lines[fact] = e.Line
	}
	o.entries = append(o.entries, e)
	return nil
}

// stated returns the names of the facets that an entry states.
func (e *entry) stated() []string {
	var names []string
	if e.Type != Unstated {
		names = append(names, "type")
	}
	for _, f := range e.facets() {
		if !f.slot.Silent() {
			names = append(names, f.name)
		}
	}
	return names
}

func (e *entry) state(key string, value *yaml.Node) error {
	switch key {
	case "at":
		return nil
	case "reason":
		return value.Decode(&e.Reason)
	case "type":
		return e.stateType(value)
	}
	for _, f := range e.facets() {
		if f.name != key {
			continue
		}
		if err := value.Decode(f.slot); err != nil {
			return err
		}
		if problem := facetProblem(f); problem != "" {
			return errors.New(problem)
		}
		if bounds, ok := f.slot.(*Known[Bounds]); ok && bounds.value.empty() {
			return fmt.Errorf("%s %s to %s contains no value", f.name, bounds.value.Min, bounds.value.Max)
		}
		return nil
	}
	return fmt.Errorf("unknown facet %q of %s", key, e.At)
}

func (e *entry) stateType(value *yaml.Node) error {
	var text string
	if err := value.Decode(&text); err != nil {
		return err
	}
	e.Type = Type(text)
	_, isError := e.At.Part.ErrorName()
	switch {
	case e.At.Part == ContractPlace.Part:
		return errors.New("the operation as a whole has no type")
	case isError && e.At.Pointer == "" && e.Type != Structure:
		return fmt.Errorf("got type %q, want structure: an error has no other type", e.Type)
	case !slices.Contains(types, e.Type):
		return fmt.Errorf("unknown type %q", e.Type)
	}
	return nil
}

func (o *Overlay) parseEcho(node *yaml.Node) error {
	var e Echo
	err := eachKey(node, func(key string, value *yaml.Node) error {
		switch key {
		case "output":
			return value.Decode(&e.Output)
		case "input":
			return value.Decode(&e.Input)
		}
		return fmt.Errorf("unknown key %q of an echo", key)
	})
	switch {
	case err != nil:
		return err
	case e.Output == "" || e.Input == "":
		return &lineError{node.Line, "an echo needs an output and an input"}
	}
	if _, err := ParsePlace(string(OutputPart) + "#" + e.Output); err != nil {
		return &lineError{node.Line, err.Error()}
	}
	o.Echoes = append(o.Echoes, e)
	o.echoLines[e] = node.Line
	return nil
}

// lineError is a problem at a line of YAML.
type lineError struct {
	line    int
	problem string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.problem) }

// eachKey calls visit for each entry of a mapping. Keys must be scalars and unique. An error
// without a line gets the line of the key.
func eachKey(node *yaml.Node, visit func(key string, value *yaml.Node) error) error {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.MappingNode {
		return &lineError{node.Line, "expected a mapping"}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			return &lineError{key.Line, fmt.Sprintf("duplicate or missing key %q", key.Value)}
		}
		seen[key.Value] = true
		if err := visit(key.Value, node.Content[i+1]); err != nil {
			if line, problem := yamlProblem(err); line == 0 {
				return &lineError{key.Line, problem}
			}
			return err
		}
	}
	return nil
}

// eachItem calls visit for each item of a sequence. It treats nil and null as an empty sequence.
func eachItem(node *yaml.Node, visit func(*yaml.Node) error) error {
	if node == nil || node.Tag == "!!null" {
		return nil
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.SequenceNode {
		return &lineError{node.Line, "expected a list"}
	}
	for _, item := range node.Content {
		if err := visit(item); err != nil {
			return err
		}
	}
	return nil
}

// yamlProblem splits an error of the YAML decoder, whose text contains the line, or a [*lineError].
func yamlProblem(err error) (line int, problem string) {
	problem = strings.TrimPrefix(err.Error(), "yaml: ")
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		problem = wrong.Errors[0]
	}
	if _, scanErr := fmt.Sscanf(problem, "line %d: ", &line); scanErr != nil {
		return 0, problem
	}
	_, problem, _ = strings.Cut(problem, ": ")
	return line, problem
}
