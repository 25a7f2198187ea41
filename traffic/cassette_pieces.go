package traffic

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// pieces is the text of a cassette in block style, as recorders write it: a line "interactions:" in the
// first column, and an item of its list from each line that begins with a dash in the column of the
// first. Nodes take fifteen times the memory of their text, so such a cassette is parsed item by item.
//
// The cut is right where each item is valid YAML of its own. A dash within a quoted scalar or a flow
// collection leaves the item before it unclosed, and a line of a block scalar is indented further than
// the dash of its item. A cassette with anything else is parsed as a whole, from that item on.
type pieces struct {
	data      []byte
	frame     []byte // the text without the items
	line      int    // of "interactions:" in frame
	at        int    // where the next item begins
	end       int    // where the list ends
	indent    int    // spaces before a dash
	linesRead int    // lines before at, as the YAML library counts them
}

// cut returns the pieces of a text; nil if it is not written like that.
func cut(data []byte) *pieces {
	p := &pieces{data: data}
	for p.at < min(len(data), lookAhead) {
		line := p.lineAt(p.at)
		p.at += len(line)
		p.line++
		if bytes.Equal(bytes.TrimRight(line, blankJSON), []byte("interactions:")) {
			break
		}
		if line[0] == '%' { // a directive, which also applies to the items
			return nil
		}
	}
	p.indent = leadingSpaces(p.lineAt(p.at))
	if !p.dash(p.lineAt(p.at)) {
		return nil
	}
	p.end = p.at
	for p.end < len(data) {
		line := p.lineAt(p.end)
		if !blank(line) && leadingSpaces(line) <= p.indent && !p.dash(line) {
			break
		}
		p.end += len(line)
	}
	p.linesRead = lineBreaks(data[:p.at])
	p.frame = append(bytes.Clone(data[:p.at]), data[p.end:]...)
	return p
}

// framed decodes what is around the interactions, and reports whether it is that of a cassette. The
// first interaction that tells decides whether vcrpy wrote it.
func (p *pieces) framed(c *cassette) bool {
	root, err := parseOnly(p.frame)
	if err != nil || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode || oversizedMapping(root) != nil {
		return false
	}
	top := root.Content[0]
	list := child(top, "interactions")
	if list == nil || list.ShortTag() != "!!null" || list.Anchor != "" || child(top, "version") == nil {
		return false
	}
	for i := 0; i < len(top.Content); i += 2 {
		if top.Content[i].Value == "interactions" && top.Content[i].Line != p.line {
			return false
		}
	}
	first := *p
	for items := first.next(); items != nil; items = first.next() {
		if request := child(target(items.Content[0]), "request"); request != nil && (child(request, "uri") != nil || child(request, "url") != nil) {
			*list = *items
			break
		}
	}
	return c.decodeTop(top) == nil
}

// lineAt returns the line that begins at an offset, with its line break.
func (p *pieces) lineAt(at int) []byte {
	if n := bytes.IndexByte(p.data[at:], '\n'); n >= 0 {
		return p.data[at : at+n+1]
	}
	return p.data[at:]
}

// dash reports whether a line begins an item of the list.
func (p *pieces) dash(line []byte) bool {
	return leadingSpaces(line) == p.indent && len(line) > p.indent+1 && line[p.indent] == '-' && (line[p.indent+1] == ' ' || line[p.indent+1] == '\n')
}

// next returns the list with the next item alone. It returns nil at the end, and if the cassette must
// be parsed as a whole.
func (p *pieces) next() *yaml.Node {
	if p.at == p.end {
		return nil
	}
	to := p.at + len(p.lineAt(p.at))
	for to < p.end && !p.dash(p.lineAt(to)) {
		to += len(p.lineAt(to))
	}
	text := p.data[p.at:to]
	root, err := parseOnly(text)
	if err != nil || len(root.Content) != 1 {
		return nil
	}
	list := root.Content[0]
	if list.Kind != yaml.SequenceNode || len(list.Content) != 1 || !moveDown(list, p.linesRead) || oversizedMapping(list) != nil {
		return nil
	}
	p.linesRead += lineBreaks(text)
	p.at = to
	return list
}

// moveDown moves a node to its line in the file. It reports whether the node means the same wherever
// it is: an alias may refer to another item.
func moveDown(n *yaml.Node, lines int) bool {
	n.Line += lines
	for _, child := range n.Content {
		if !moveDown(child, lines) {
			return false
		}
	}
	return n.Anchor == "" && n.Kind != yaml.AliasNode
}

// lineBreaks counts lines as the YAML library does.
func lineBreaks(text []byte) (n int) {
	for i := 0; i < len(text); {
		width, _ := lineBreak(text, i)
		if width > 0 {
			n++
		}
		i += max(width, 1)
	}
	return n
}
