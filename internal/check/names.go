package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/yamlfile"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

// Names are what bare bodies are, by the names of their files: a pattern, which is the end of a path
// with {operation}, perhaps {service}, and * for any text within a folder's or file's name; or a file
// of rows.
type Names struct {
	expression *regexp.Regexp
	rows       []nameRow
}

// String returns text that differs if the names do.
func (n Names) String() string {
	text := fmt.Sprint(n.expression)
	for _, r := range n.rows {
		text += fmt.Sprintf("\n%q %s %s %d", r.Path, r.Operation, r.Part, r.Status)
	}
	return text
}

// nameRow says what the bare bodies of some files are.
type nameRow struct {
	Path      string      `yaml:"path" key:"required" doc:"The end of the paths of the files, with * for any text within a name."`
	Operation string      `yaml:"operation" key:"required" doc:"The operation that the bodies belong to."`
	Part      schema.Part `yaml:"part" doc:"The part that the bodies are: output, input or error:NAME. Default: by the status."`
	Status    int         `yaml:"status" doc:"The HTTP status of the bodies. From 300 on, they are errors."`
	Line      yamlfile.Line

	expression *regexp.Regexp
}

// ReadNames reads a pattern such as "{service}/{operation}_*.json", or a file of rows, and prints which
// rows match none of the files. Text without { and * is the path of a file.
func ReadNames(ctx context.Context, text string, in *input.Traffic, notes io.Writer) (n Names, err error) {
	switch {
	case text == "":
	case !strings.ContainsAny(text, "{*"):
		n.rows, err = nameRows(ctx, text, in, notes)
	case strings.Count(text, "{operation}") != 1 || strings.Count(text, "{service}") > 1:
		err = fmt.Errorf(`--operation-names: %q does not say where the operation is; write it like "{service}.{operation}_*.json", or name a file of rows`, text)
	default:
		n.expression, err = ending(text)
	}
	return n, err
}

// ending compiles the pattern of the end of a path.
func ending(pattern string) (*regexp.Regexp, error) {
	expression := regexp.QuoteMeta(filepath.ToSlash(pattern))
	for _, part := range [][2]string{{`\*`, `[^/]*`}, {`\{service\}`, `(?P<service>[^/]+?)`}, {`\{operation\}`, `(?P<operation>[A-Za-z0-9]+)`}} {
		expression = strings.ReplaceAll(expression, part[0], part[1])
	}
	return regexp.Compile(`(?:^|/)` + expression + `$`)
}

func nameRows(ctx context.Context, path string, in *input.Traffic, notes io.Writer) ([]nameRow, error) {
	text, err := input.Document(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("--operation-names: %w", err)
	}
	var file struct {
		Files []nameRow `yaml:"files" key:"required"`
	}
	if err := yamlfile.Decode(path, text, &file); err != nil {
		return nil, err
	}
	if len(file.Files) == 0 {
		return nil, fmt.Errorf(`%s: has no rows; write them like {files: [{path: "list-keys-*.json", operation: kms.ListKeys}]}`, path)
	}
	for i := range file.Files {
		row := &file.Files[i]
		if err := row.compile(); err != nil {
			return nil, &finding.RowError{Name: path, Line: int(row.Line), Problem: err.Error()}
		}
		if !slices.ContainsFunc(in.Files, func(f input.File) bool { return row.matches(f.Name) }) {
			fmt.Fprintf(notes, "%s:%d: no file matches %s\n", path, row.Line, row.Path)
		}
	}
	return file.Files, nil
}

func (row *nameRow) compile() (err error) {
	switch {
	case row.Part != "" && row.Status != 0:
		return errors.New("part and status exclude each other; keep one")
	case row.Status != 0 && (row.Status < 100 || row.Status > 599):
		return fmt.Errorf("status is %d; want an HTTP status from 100 to 599", row.Status)
	case strings.ContainsAny(row.Path, "{}"):
		return errors.New("path has { or }; want the end of a path, with * for any text within a name")
	}
	row.expression, err = ending(row.Path)
	return err
}

func (row *nameRow) matches(path string) bool {
	return row.expression.MatchString(filepath.ToSlash(path))
}

// Bare returns what the bare bodies of a file are: what its name says, or else what is known of all.
func (n *Names) Bare(path string, all validate.Bare) validate.Bare {
	for i := range n.rows {
		if row := &n.rows[i]; row.matches(path) {
			all.Operation, all.Part, all.Status = row.Operation, row.Part, row.Status
			return all
		}
	}
	all.Operation = cmp.Or(n.operation(path), all.Operation)
	return all
}

// operation returns the operation that the pattern finds in a path; empty: none.
func (n *Names) operation(path string) string {
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
