package traffic

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// maxKeys is the maximum number of keys of one mapping, since the YAML library compares all pairs.
const maxKeys = 4096

// loadCassette parses a whole cassette, and decodes everything except the leaves.
func (in *input) loadCassette(kind family, data []byte) (*cassette, error) {
	c := &cassette{name: in.name, source: newSource(data, 1)}
	var root yaml.Node
	if err := parse(data, &root); err != nil {
		if c.decodeJSON() {
			return c, nil
		}
		if kind == cassetteText {
			return nil, c.broken(err, &root)
		}
		return nil, in.unrecognised(data, "plain text")
	}
	if len(root.Content) == 0 {
		return nil, in.notACassette(data, nil)
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, in.notACassette(data, top)
	}
	if oversizedMapping(top) != nil {
		if kind != cassetteText {
			return nil, in.notACassette(data, top)
		}
		return nil, c.oversized(top)
	}
	if r := relativeOf(outlineOfYAML(top)); r != nil {
		return c, c.decodeRelative(r, top)
	}
	if interactions := child(top, "interactions"); interactions == nil || child(top, "version") == nil && noInteractions(interactions) {
		return nil, in.notACassette(data, top)
	}
	return c, c.decode(top)
}

// oversized returns the error for a mapping with too many keys.
func (c *cassette) oversized(top *yaml.Node) error {
	return c.malformed(oversizedMapping(top), fmt.Sprintf("a mapping has more than %d keys", maxKeys), "split it")
}

// brokenJSON returns the error for a recording in JSON that is cut off or not JSON.
func (c *cassette) brokenJSON(err error) error {
	at := c.source.position(len(c.source.data))
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		at, err = c.source.position(int(syntax.ByteOffset)), syntax.Err
	}
	return malformed(c.name, at, fmt.Sprintf("the recording is not JSON: %v", err), "record it again")
}

// notACassette returns the error for YAML without interactions. top is nil if there are only
// comments. Prose is also YAML: one scalar.
func (in *input) notACassette(data []byte, top *yaml.Node) error {
	looks := "YAML without interactions"
	if top == nil || top.Kind == yaml.ScalarNode {
		looks = "plain text"
	} else if err := unsupported(in.name, outlineOfYAML(top)); err != nil {
		return err
	}
	return in.unrecognised(data, looks)
}

// noInteractions reports whether interactions is not a list of requests and responses. In YAML
// without a version it may be anything.
func noInteractions(interactions *yaml.Node) bool {
	list := target(interactions)
	if list.Kind != yaml.SequenceNode {
		return true
	}
	for _, entry := range list.Content {
		if entry = target(entry); child(entry, "request") != nil || child(entry, "response") != nil {
			return false
		}
	}
	return len(list.Content) > 0
}

func (c *cassette) decode(top *yaml.Node) error {
	if err := c.decodeTop(top); err != nil {
		return err
	}
	return c.decodeEntries()
}

// decodeTop decodes all but the interactions.
func (c *cassette) decodeTop(top *yaml.Node) error {
	var d topLevel
	if err := top.Decode(&d); err != nil {
		return c.broken(err, top)
	}
	version := 1 // go-vcr treats a cassette without a version as version 1
	if err := c.leaf("version", &d.Version, top, &version); err != nil {
		return err
	}
	c.kind = Cassette
	switch {
	case version == 2:
		c.kind = Cassette2
	case version != 1:
		return c.malformed(&d.Version, fmt.Sprintf("unsupported cassette version %d", version), "record it again with crcheck, go-vcr or vcrpy")
	case fromVCRPy(&d.Interactions):
		c.kind = VCRPy
	}
	c.entries = d.Interactions
	if !d.Crcheck.IsZero() {
		if err := c.meta.decode(&d.Crcheck); err != nil {
			return c.broken(err, &d.Crcheck)
		}
	}
	return nil
}

func (c *cassette) decodeEntries() error {
	c.records, c.odd = nil, nil
	if c.ofVCRPy() {
		plainHeaders(&c.entries)
		return decodeRecords(c, (*pyRecord).record)
	}
	return decodeRecords(c, func(r *record) *record { return r })
}

// decodeRecords decodes all interactions at once, so that the YAML library limits the expansion of
// aliases. If a value has the wrong type, it decodes them one by one, so that the error concerns
// one interaction only.
func decodeRecords[T any](c *cassette, as func(*T) *record) error {
	var list []*T
	err := c.entries.Decode(&list)
	var types *yaml.TypeError
	nodes := target(&c.entries)
	if err != nil && (!errors.As(err, &types) || nodes.Kind != yaml.SequenceNode) {
		return c.broken(err, &c.entries)
	}
	if err == nil {
		for _, r := range list {
			c.records = append(c.records, as(r))
		}
		return nil
	}
	c.odd = map[int]error{}
	for i, n := range nodes.Content {
		var r *T
		if err := n.Decode(&r); err != nil {
			c.odd[i] = c.broken(err, n)
			r = nil
		}
		c.records = append(c.records, as(r))
	}
	return nil
}

// parse returns a panic of the YAML library as an error: the library has panicked on hostile input.
func parse(data []byte, root *yaml.Node) (err error) {
	defer failed(&err)
	return yaml.Unmarshal(data, root)
}

// parseOnly is like parse, but a second document is an error.
func parseOnly(data []byte) (root *yaml.Node, err error) {
	defer failed(&err)
	d := yaml.NewDecoder(bytes.NewReader(data))
	root = &yaml.Node{}
	if err := d.Decode(root); err != nil {
		return nil, err
	}
	if err := d.Decode(&yaml.Node{}); err != io.EOF {
		return nil, errTrailing
	}
	return root, nil
}

func failed(err *error) {
	if fault := recover(); fault != nil {
		*err = fmt.Errorf("yaml: the parser failed: %v", fault)
	}
}

// oversizedMapping returns the first mapping with too many keys; nil if there is none.
func oversizedMapping(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return n
	}
	for _, child := range n.Content {
		if found := oversizedMapping(child); found != nil {
			return found
		}
	}
	return nil
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// broken adds a position to an error of the YAML library, which has a line at best.
func (c *cassette) broken(err error, near *yaml.Node) error {
	problem := err.Error()
	var types *yaml.TypeError
	if errors.As(err, &types) && len(types.Errors) > 0 {
		problem = types.Errors[0]
	}
	at := c.source.at(near.Line, near.Column)
	if m := yamlLine().FindStringSubmatch(problem); m != nil {
		line, _ := strconv.Atoi(m[1])
		at, problem = c.source.position(c.source.yamlText(line)), m[2]
	} else if near.Line == 0 {
		at = c.source.position(invalidOffset(c.source.data, problem))
	}
	if m := yamlType().FindStringSubmatch(problem); m != nil {
		got, want := yamlKinds[m[1]], goTypes[m[2]]
		problem = fmt.Sprintf("got %s, want %s", cmp.Or(got, "another value"), cmp.Or(want, "a value of another type"))
	}
	return malformed(c.name, at, "broken YAML: "+strings.TrimPrefix(problem, "yaml: "), "fix it, or record it again")
}

var (
	yamlLine      = lazy(`^(?:yaml: )?line (\d+): (?s:(.*))`)
	unknownAnchor = lazy(`unknown anchor '(.*)' referenced`)
	yamlType      = lazy(`^cannot unmarshal !!(\w+)(?s:.*) into (\S+)$`)
)

// The names of types in errors of the YAML library, and their names for users.
var (
	yamlKinds = map[string]string{"seq": "a list", "map": "a mapping"}
	goTypes   = map[string]string{
		"[]*traffic.record":        "the list of interactions",
		"traffic.record":           "an interaction",
		"traffic.recordedRequest":  "a request",
		"traffic.recordedResponse": "a response",
		"[]*traffic.pyRecord":      "the list of interactions",
		"traffic.pyRecord":         "an interaction",
		"traffic.pyRequest":        "a request",
		"traffic.pyResponse":       "a response",
		"traffic.pyStatus":         "a status with code and message",
		"traffic.pyHeader":         "a mapping of headers",
		"traffic.cassetteMeta":     "crcheck's metadata",
		"http.Header":              "a mapping of headers",
		"url.Values":               "a mapping of form values",
		"[]string":                 "a list of values",
		"string":                   "text",
	}
)

// invalidOffset returns the offset of a problem that the YAML library reports without a line: an
// alias without an anchor, or the first byte that is not allowed in YAML (YAML 1.1, section 5.1).
func invalidOffset(data []byte, problem string) int {
	if m := unknownAnchor().FindStringSubmatch(problem); m != nil {
		return max(bytes.Index(data, []byte("*"+m[1])), 0)
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		control := r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
		if control || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}
