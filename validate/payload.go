package validate

import (
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// rawAccepts is [document.accepts] for a body that is the value of a member.
func (d *document) rawAccepts(body []byte) bool {
	if d.stream != nil {
		return d.stream.accepts(body)
	}
	return acceptsRaw(d.node, body)
}

// acceptsRaw reports whether the explainer would find nothing in a payload of text or bytes.
func acceptsRaw(n *node, text []byte) bool {
	if n.kind == schema.Blob {
		return n.length.HoldsInt(int64(len(text)))
	}
	return utf8.Valid(text) && n.filter.Fits(text)
}

func (d *document) rawExplain(body []byte) []located {
	if d.stream != nil {
		return d.stream.explain(body)
	}
	s := &sink{document: body, shape: shapeName{structure: d.shape}, response: d.part != schema.InputPart}
	if d.node.sensitive {
		s.hidden++
	}
	s.push(d.raw.Name)
	w := &explainer{sink: s}
	switch {
	case d.node.kind == schema.Blob:
		w.size(d.node, len(body), finding.Bytes, 0)
	default:
		if at := invalidUTF8(body); at < len(body) {
			s.add(at, finding.Finding{Rule: finding.SyntaxUTF8, Problem: finding.InText})
		}
		w.checkText(d.node, body, 0)
	}
	return s.found
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or the length.
func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}
