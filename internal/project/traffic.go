package project

import (
	"context"
	"io"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// parts returns the traffic of the project, by entry. A file that several entries name belongs to
// the one with the longest path; files that reports are written to are left out.
func (f *File) parts(stderr io.Writer) []check.Part {
	parts := make([]check.Part, len(f.Traffic))
	owner := map[string]int{}
	for i, t := range f.Traffic {
		p := &parts[i]
		*p = check.Part{Input: input.Gather(nil, stderr, []string{t.Path}), Encoding: check.Auto, From: t.From,
			Bare: validate.Bare{Operation: t.Operation, Part: t.Part, Status: t.Status}}
		if t.Encoding != nil {
			p.Encoding = *t.Encoding
		}
		for _, file := range p.Input.Files {
			name := filepath.Clean(file.Name)
			if before, ok := owner[name]; !ok || len(filepath.Clean(f.Traffic[before].Path)) < len(filepath.Clean(t.Path)) {
				owner[name] = i
			}
		}
	}
	var written []string
	for _, path := range f.Reports {
		written = append(written, filepath.Clean(path))
	}
	for i := range parts {
		in := parts[i].Input
		in.Files = slices.DeleteFunc(in.Files, func(file input.File) bool {
			name := filepath.Clean(file.Name)
			return owner[name] != i || slices.Contains(written, name)
		})
	}
	return parts
}

// all returns the traffic of the project as one.
func all(parts []check.Part) *input.Traffic {
	whole := *parts[0].Input
	for _, p := range parts[1:] {
		whole.Files = append(whole.Files[:len(whole.Files):len(whole.Files)], p.Input.Files...)
		whole.Problems = append(whole.Problems[:len(whole.Problems):len(whole.Problems)], p.Input.Problems...)
		whole.Expected = append(whole.Expected[:len(whole.Expected):len(whole.Expected)], p.Input.Expected...)
	}
	return &whole
}

// usage is the operations that the project uses, by SERVICE.OPERATION.
type usage map[string]bool

// traffic notes the operations that recorded requests reach, and those that bare bodies belong to.
func (u usage) traffic(ctx context.Context, parts []check.Part, catalog *schema.Catalog) error {
	for _, p := range parts {
		if p.Bare.Operation != "" {
			u.named(catalog, p.Bare.Operation)
		}
		for _, interactions := range p.Input.Sources(ctx) {
			for x, err := range interactions {
				if err != nil {
					return err
				}
				u.interaction(catalog, x)
			}
		}
	}
	return nil
}

func (u usage) interaction(catalog *schema.Catalog, x *traffic.Interaction) {
	if x.Request == nil {
		return
	}
	at, err := url.Parse(x.Request.URL)
	if err != nil {
		return
	}
	found, _ := catalog.Candidates(schema.Request{Method: x.Request.Method, URL: at, Header: x.Request.Header, Body: x.Request.Body.Bytes})
	for _, route := range found {
		u[route.Contract.Name()] = true
	}
}

// named notes the operations with a name, with or without its service.
func (u usage) named(catalog *schema.Catalog, operation string) {
	operation, _, _ = strings.Cut(operation, "@")
	if strings.Contains(operation, "*") {
		for _, c := range catalog.Contracts() {
			if ok, _ := path.Match(operation, c.Name()); ok { // a malformed pattern is an error of the check
				u[c.Name()] = true
			}
		}
		return
	}
	for _, c := range catalog.Named(operation) {
		u[c.Name()] = true
	}
}

func (u usage) sorted() []string { return slices.Sorted(maps.Keys(u)) }
