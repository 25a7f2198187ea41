package finding

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// AppendRows adds rows to the text of a file of ignore rows, and leaves the rest as it is, comments
// included. The name of the file is for errors. The error is a [*RowError], also if the file
// already has one of the rows with any reason and date of expiry.
func AppendRows(name string, text []byte, added ...Expected) ([]byte, error) {
	rows, err := ReadRows(name, text)
	if err != nil {
		return nil, err
	}
	same := func(e Expected) Expected {
		e.Reason, e.Expires, e.Required, e.Count = "", "", false, 0
		return e
	}
	known := map[Expected]Expected{}
	for _, r := range rows {
		known[same(r)] = r
	}
	for _, e := range added {
		if err := e.Check(); err != nil {
			return nil, err
		}
		if r, ok := known[same(e)]; ok {
			return nil, &RowError{Name: name, Problem: fmt.Sprintf("there is already a row for %s at %s (%s)", r.Rule, r.At(), r.Reason)}
		}
		known[same(e)] = e
	}
	encoded, err := EncodeRows(added)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		b.WriteByte('\n')
	}
	indent := strings.Repeat(" ", listIndent(text))
	for line := range bytes.Lines(encoded) {
		b.WriteString(indent)
		b.Write(line)
	}
	again, err := ReadRows(name, b.Bytes())
	if err != nil || len(again) != len(rows)+len(added) || !slices.EqualFunc(again[len(rows):], added, func(a, e Expected) bool { return same(a) == same(e) }) {
		return nil, &RowError{Name: name, Problem: "cannot append a row: write the list in block style, with nothing after it"}
	}
	return b.Bytes(), nil
}

// listIndent returns how far the dashes of a list are indented.
func listIndent(text []byte) int {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 || len(document.Content[0].Content) == 0 {
		return 0
	}
	node := document.Content[0]
	if node.Kind == yaml.MappingNode {
		node = node.Content[len(node.Content)-1]
	}
	return max(node.Column-1, 0)
}
