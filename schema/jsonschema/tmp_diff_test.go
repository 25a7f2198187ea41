package jsonschema_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

func TestTmpDiff(t *testing.T) {
	paths, _ := filepath.Glob("testdata/vectors/*.txt")
	for _, path := range paths {
		archive, _ := txtar.ParseFile(path)
		projection := schema.Wire
		if _, name, found := strings.Cut(string(archive.Comment), "projection: "); found {
			projection.UnmarshalText([]byte(strings.TrimSpace(name)))
		}
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Test","output":"Out","shapes":` + string(archive.Files[0].Data) + `}`))
		if err != nil {
			t.Fatal(err)
		}
		v, err := validate.Compile(c, validate.Options{Projection: projection})
		if err != nil {
			t.Error(path, err)
			continue
		}
		for i, verdict := range []bool{true, false} {
			for line := range strings.Lines(string(archive.Files[i+1].Data)) {
				line = strings.TrimSpace(line)
				found, err := v.Part(schema.OutputPart, []byte(line))
				ok := true
				for _, f := range found {
					r, _ := f.Rule.Lookup()
					if r.Layer == finding.LayerSchema && f.Rule != finding.MemberUnknown {
						ok = false
					}
				}
				if ok != verdict || err != nil {
					t.Errorf("%s: %s: schema says %v, walker %v %v", filepath.Base(path), line, verdict, found, err)
				}
			}
		}
	}
}
