package traffic

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// WriteCassette writes go-vcr's version 1, key by key in its order, so that stock go-vcr loads
// every byte of it again: also the bodies that go-vcr cannot reload when it wrote them itself. The
// same interactions give the same bytes. An interaction without a request cannot be replayed, nor
// one whose body was not recorded: it is a [ErrMalformed], and nothing is written. The metadata of
// the interactions themselves is not looked at; see [Convert] for that.
func WriteCassette(w io.Writer, meta Meta, interactions []*Interaction) error {
	for i, in := range interactions {
		if err := fitsCassette(i, in); err != nil {
			return err
		}
	}
	c := cassetteWriter{w: w, meta: meta}
	for _, in := range interactions {
		if err := c.write(in); err != nil {
			return err
		}
	}
	return c.close()
}

// fitsCassette says what of an interaction a cassette has no place for.
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

// cassetteWriter writes a cassette piece by piece: an interaction at a time, and its metadata last.
type cassetteWriter struct {
	w       io.Writer
	meta    Meta
	piece   bytes.Buffer
	some    bool // an interaction was written
	written int
}

const cassetteHead = "---\nversion: 1\n"

func (c *cassetteWriter) write(in *Interaction) error {
	head := ""
	if !c.some {
		head = cassetteHead + "interactions:\n"
	}
	c.some = true
	return c.put(head, "interactions", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{interactionNode(in)}})
}

func (c *cassetteWriter) close() error {
	if !c.some {
		if err := c.put(cassetteHead+"interactions: []\n", "", nil); err != nil {
			return err
		}
	}
	if c.meta == (Meta{}) {
		return nil
	}
	return c.put("crcheck:\n", "crcheck", metaNode(c.meta))
}

// put writes head, then what stands below key in a mapping: only there the encoder indents it as in
// the whole cassette.
func (c *cassetteWriter) put(head, key string, below *yaml.Node) error {
	c.piece.Reset()
	if below != nil {
		e := yaml.NewEncoder(&c.piece)
		if err := e.Encode(mapping(key, below)); err != nil {
			return err
		}
		if err := e.Close(); err != nil {
			return err
		}
		c.piece.Next(len(key) + len(":\n"))
	}
	c.written += len(head) + c.piece.Len()
	if c.written > MaxCassette {
		return tooLarge("the output", "cassette", MaxCassette)
	}
	if _, err := io.WriteString(c.w, head); err != nil {
		return err
	}
	_, err := c.w.Write(c.piece.Bytes())
	return err
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

// form is what go-vcr would have recorded under that key.
func form(r *Request) url.Values {
	parsed := &http.Request{Method: r.Method, Header: r.Header, URL: &url.URL{}, Body: io.NopCloser(bytes.NewReader(r.Body.Bytes))}
	if parsed.ParseForm() != nil || len(parsed.PostForm) > maxKeys { // which Read refuses; the body says it all
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
	return node
}

// mapping takes keys and nodes in turn.
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
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, value := range m[key] {
			list.Content = append(list.Content, text(value))
		}
		node.Content = append(node.Content, text(key), list)
	}
	return node
}

func number(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

// plainText may do without quotes; the encoder still adds them where YAML would read something
// else.
var plainText = regexp.MustCompile(`^[A-Za-z0-9/][!-~]*( [!-~]+)*$`)

// text is a string in the most readable style that every byte of it survives.
func text(s string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(s) // !!binary for what is no valid UTF-8
	if node.Tag == "!!binary" {
		return node
	}
	switch {
	case plainText.MatchString(s):
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

// survivesAsBlock: every line survives, the first begins with no white space and none ends with it
// (the YAML libraries lose or refuse those), and at most one line break stands at the end.
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

// printable: every character survives in single quotes and literal blocks: no control character, no
// line break of YAML's, none beyond the Basic Multilingual Plane (YAML 1.1, section 5.1, as the
// YAML libraries read it).
func printable(s string) bool {
	for _, r := range s {
		switch {
		case r < ' ', '~' < r && r <= '\u00a0', r == '\u2028', r == '\u2029', r == '\ufeff', r > '\ufffd':
			return false
		}
	}
	return true
}
