package check

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// Names is a pattern for the names of files with bare bodies, which say the operation of each: the end
// of a path with {operation}, perhaps {service}, and * for any text within a folder's or file's name.
type Names struct{ expression *regexp.Regexp }

// UnmarshalText reads a pattern such as "{service}/{operation}_*.json".
func (n *Names) UnmarshalText(text []byte) error {
	pattern := string(text)
	if strings.Count(pattern, "{operation}") != 1 || strings.Count(pattern, "{service}") > 1 {
		return fmt.Errorf(`%q does not say where the operation is; write it like "{service}.{operation}_*.json"`, pattern)
	}
	expression := regexp.QuoteMeta(filepath.ToSlash(pattern))
	for _, part := range [][2]string{{`\*`, `[^/]*`}, {`\{service\}`, `(?P<service>[^/]+?)`}, {`\{operation\}`, `(?P<operation>[A-Za-z0-9]+)`}} {
		expression = strings.ReplaceAll(expression, part[0], part[1])
	}
	compiled, err := regexp.Compile(`(?:^|/)` + expression + `$`)
	n.expression = compiled
	return err
}

// Operation returns the operation that the name of a file says; empty: none.
func (n Names) Operation(path string) string {
	if n.expression == nil {
		return ""
	}
	m := n.expression.FindStringSubmatch(filepath.ToSlash(path))
	if m == nil {
		return ""
	}
	operation := m[n.expression.SubexpIndex("operation")]
	if i := n.expression.SubexpIndex("service"); i >= 0 {
		return m[i] + "." + operation
	}
	return operation
}
