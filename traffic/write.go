package traffic

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// WriteCassette writes a cassette of version 1, with the keys of go-vcr in its order. Stock go-vcr
// loads every byte again, also of bodies that go-vcr cannot reload if it wrote them itself. The
// output is deterministic. An interaction without a request, or with a body that was not recorded,
// cannot be replayed: it is an [ErrMalformed], and nothing is written. The Meta of the interactions
// is ignored; [Convert] uses it.
func WriteCassette(w io.Writer, meta Meta, interactions []*Interaction) error {
	for i, in := range interactions {
		if err := fitsCassette(i, in); err != nil {
			return err
		}
	}
	c := cassetteWriter{w: w, meta: meta}
	var text []byte
	for i, in := range interactions {
		var err error
		if text, err = c.encode(text[:0], in); err != nil {
			return err
		}
		if err := c.write(i, in, text); err != nil {
			return err
		}
	}
	return c.close()
}

// fitsCassette returns an error if a cassette cannot represent an interaction.
func fitsCassette(i int, in *Interaction) error {
	switch {
	case in.Request == nil:
		return unwritable(i, in, "is a bare body", "record the request too")
	case in.Request.Body.Missing || in.Response.Body.Missing:
		return unwritable(i, in, "has a body that was not recorded", "leave the interaction out, or write NDJSON, which can say so")
	case max(len(in.Request.Header), len(in.Response.Header)) > maxKeys:
		return unwritable(i, in, fmt.Sprintf("has more than %d headers", maxKeys), "write NDJSON")
	}
	return nil
}

func unwritable(i int, in *Interaction, problem, remedy string) error {
	return malformed(in.Source, Position{}, fmt.Sprintf("interaction %d %s", i+1, problem), remedy)
}

// cassetteWriter writes one interaction at a time, and the metadata last.
type cassetteWriter struct {
	w          io.Writer
	meta       Meta
	shared     bool     // the interactions have meta
	last       string   // the pseudonyms of the interaction before
	pseudonyms []string // of all interactions
	some       bool     // an interaction was written
	written    int
}

const cassetteHead = "---\nversion: 1\n"

func (c *cassetteWriter) fits(i int, in *Interaction) error { return fitsCassette(i, in) }

func (c *cassetteWriter) encode(text []byte, in *Interaction) ([]byte, error) {
	return appendBelow(text, "interactions", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{interactionNode(in)}})
}

func (c *cassetteWriter) write(i int, in *Interaction, text []byte) error {
	if c.shared {
		if err := c.share(i, in); err != nil {
			return err
		}
	}
	head := ""
	if !c.some {
		head = cassetteHead + "interactions:\n"
	}
	c.some = true
	return c.put(head, text)
}

// share takes the metadata of the cassette from the first interaction, and pseudonyms from all.
func (c *cassetteWriter) share(i int, in *Interaction) error {
	if i == 0 {
		c.meta = in.Meta
	}
	if in.Meta.Pseudonyms != c.last && in.Meta.Pseudonyms != "" {
		c.last = in.Meta.Pseudonyms
		c.pseudonyms = append(c.pseudonyms, in.Meta.ListPseudonyms()...)
	}
	if in.Meta.without() != c.meta.without() {
		return unwritable(i, in, "has different metadata from the interactions before it", "write separate cassettes, or NDJSON")
	}
	return nil
}

func (c *cassetteWriter) close() error {
	if !c.some {
		if err := c.put(cassetteHead+"interactions: []\n", nil); err != nil {
			return err
		}
	}
	if c.last != "" {
		c.meta.Pseudonyms = JoinPseudonyms(c.pseudonyms)
	}
	if c.meta == (Meta{}) {
		return nil
	}
	text, err := appendBelow(nil, "crcheck", metaNode(c.meta))
	if err != nil {
		return err
	}
	return c.put("crcheck:\n", text)
}

// put writes head, then text.
func (c *cassetteWriter) put(head string, text []byte) error {
	c.written += len(head) + len(text)
	if c.written > MaxCassette {
		return tooLarge("the output", "cassette", MaxCassette)
	}
	if _, err := io.WriteString(c.w, head); err != nil {
		return err
	}
	_, err := c.w.Write(text)
	return err
}

// appendBelow appends the node below key, encoded in a mapping with key, so that it has the
// indentation of the whole cassette.
func appendBelow(text []byte, key string, below *yaml.Node) ([]byte, error) {
	start := len(text)
	whole := bytes.NewBuffer(text)
	e := yaml.NewEncoder(whole)
	if err := e.Encode(mapping(key, below)); err != nil {
		return text, err
	}
	if err := e.Close(); err != nil {
		return text, err
	}
	text = whole.Bytes()
	return slices.Delete(text, start, start+len(key)+len(":\n")), nil
}

func interactionNode(in *Interaction) *yaml.Node {
	return mapping(
		"request", mapping(
			"body", text(string(in.Request.Body.Bytes)),
			"form", values(form(in.Request)),
			"headers", values(in.Request.Header),
			"url", text(in.Request.URL),
			"method", text(in.Request.Method),
		),
		"response", mapping(
			"body", text(string(in.Response.Body.Bytes)),
			"headers", values(in.Response.Header),
			"status", text(in.Response.StatusText),
			"code", number(in.Response.Status),
			"duration", text(in.Response.Duration.String()),
		),
	)
}

// form returns the value that go-vcr would have recorded under the key form.
func form(r *Request) url.Values {
	parsed := &http.Request{Method: r.Method, Header: r.Header, URL: &url.URL{}, Body: io.NopCloser(bytes.NewReader(r.Body.Bytes))}
	if parsed.ParseForm() != nil || len(parsed.PostForm) > maxKeys { // Read rejects more keys; the body has the same data
		return nil
	}
	return parsed.PostForm
}

func metaNode(meta Meta) *yaml.Node {
	node := mapping()
	for _, f := range meta.fields() {
		if *f.value != "" {
			node.Content = append(node.Content, text(f.key), text(*f.value))
		}
	}
	if list := meta.ListPseudonyms(); len(list) > 0 {
		node.Content = append(node.Content, mapping("pseudonyms", texts(list)).Content...)
	}
	return node
}

// mapping returns a mapping of alternating keys and nodes.
func mapping(entries ...any) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for _, entry := range entries {
		switch entry := entry.(type) {
		case string:
			node.Content = append(node.Content, text(entry))
		case *yaml.Node:
			node.Content = append(node.Content, entry)
		}
	}
	return node
}

func values(m map[string][]string) *yaml.Node {
	node := mapping()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		node.Content = append(node.Content, text(key), texts(m[key]))
	}
	return node
}

func texts(values []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, value := range values {
		list.Content = append(list.Content, text(value))
	}
	return list
}

func number(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

// plainText does not need quotes. The encoder still adds them to text that YAML would read as
// another type.
var plainText = lazy(`^[A-Za-z0-9/][!-~]*( [!-~]+)*$`)

// text returns a string in the most readable style that preserves every byte.
func text(s string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(s) // !!binary if it is not valid UTF-8
	if node.Tag == "!!binary" {
		return node
	}
	switch {
	case plainText().MatchString(s):
		node.Style = 0
	case s != "" && printable(s):
		node.Style = yaml.SingleQuotedStyle
	case survivesAsBlock(s):
		node.Style = yaml.LiteralStyle
	default:
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// survivesAsBlock reports whether a literal block preserves a string: every line is printable, the
// first does not begin with white space and none ends with it (the YAML libraries lose or reject
// such lines), and there is at most one line break at the end.
func survivesAsBlock(s string) bool {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	if len(lines) < 2 || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\t") || lines[0] == "" || lines[len(lines)-1] == "" {
		return false
	}
	for _, line := range lines {
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") || !printable(strings.ReplaceAll(line, "\t", " ")) {
			return false
		}
	}
	return true
}

// printable reports whether single quotes and literal blocks preserve every character: there is no
// control character, no line break of YAML, and nothing beyond the Basic Multilingual Plane (YAML
// 1.1, section 5.1, as the YAML libraries implement it).
func printable(s string) bool {
	for _, r := range s {
		switch {
		case r < ' ', '~' < r && r <= '\u00a0', r == '\u2028', r == '\u2029', r == '\ufeff', r > '\ufffd':
			return false
		}
	}
	return true
}
