package validate

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/accept"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
)

// Goals for the share of valid documents that accept is unsure about.
const (
	maxUnsure        = 0.02 // of all documents
	maxUnsureService = 0.05 // of the documents of a service with more than manyOperations
	manyOperations   = 20
)

// TestUnsure measures how many valid documents accept is unsure about. They are random and systematic
// ones of every operation of the models in testdata, and of all models of botocore with
// CRCHECK_BOTOCORE_DATA, the path of its data folder. It prints the services with the largest share and
// the values that accept was unsure about.
func TestUnsure(t *testing.T) {
	var all unsureShares
	for _, name := range contracts.Names() {
		all.service(t, name, []*schema.Contract{contracts.MustLoad(name)})
	}
	for _, path := range modelPaths(t) {
		if read := readModel(t, path); len(read) > 0 {
			all.service(t, read[0].Service+" "+filepath.Base(filepath.Dir(path)), read)
		}
	}
	all.print(t)
	require.LessOrEqual(t, all.share(), maxUnsure)
	for _, s := range all.services {
		if s.operations > manyOperations {
			require.LessOrEqual(t, s.share(), maxUnsureService, s.name)
		}
	}
}

// modelPaths returns the paths of models that the project has, and of those of botocore.
func modelPaths(t testing.TB) []string {
	paths, err := filepath.Glob("../*/*/testdata/*.json")
	require.NoError(t, err)
	more, err := filepath.Glob("../*/*/*/testdata/*.json")
	require.NoError(t, err)
	paths = append(paths, more...)
	if data := os.Getenv("CRCHECK_BOTOCORE_DATA"); data != "" {
		found, err := filepath.Glob(data + "/*/*/service-2.json*")
		require.NoError(t, err)
		paths = append(paths, found...)
	}
	return paths
}

// readModel returns the contracts of a model whose documents are JSON; none if the file is not a model.
func readModel(t testing.TB, path string) []*schema.Contract {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		text, err = io.ReadAll(z)
		require.NoError(t, err)
	}
	read, err := source.Read(text, "1")
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(read.Contracts, func(c *schema.Contract) bool {
		_, other := c.NotJSON()
		return other || c.Check() != nil
	})
}

type unsureShare struct {
	name                          string
	operations, documents, unsure int
	reasons                       map[string]int
}

func (s *unsureShare) share() float64 { return float64(s.unsure) / math.Max(1, float64(s.documents)) }

type unsureShares struct{ services []*unsureShare }

func (all *unsureShares) share() float64 {
	var sum unsureShare
	for _, s := range all.services {
		sum.documents += s.documents
		sum.unsure += s.unsure
	}
	return sum.share()
}

func (all *unsureShares) service(t *testing.T, name string, list []*schema.Contract) {
	s := &unsureShare{name: name, operations: len(list), reasons: map[string]int{}}
	all.services = append(all.services, s)
	errors := map[schema.Part]bool{} // operations share them
	for _, c := range list {
		parts := slices.DeleteFunc(c.Parts(), func(part schema.Part) bool { return errors[part] })
		for _, part := range parts {
			_, errors[part] = part.ErrorName()
		}
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			made, err := synth.New(c, encoding)
			require.NoError(t, err)
			v := compile(c, Options{Encoding: encoding}, &patterns{})
			for _, part := range parts {
				for _, document := range validDocuments(made, part) {
					s.add(t, v.parts[part], document)
				}
			}
		}
	}
}

// validDocuments returns random and systematic documents of a part.
func validDocuments(s *synth.Synth, part schema.Part) (all [][]byte) {
	const systematic, random = 24, 12
	for document := range s.Documents(part) {
		if all = append(all, document); len(all) == systematic {
			break
		}
	}
	for seed := range uint64(random) {
		if document, err := s.Random(part, seed); err == nil {
			all = append(all, document)
		}
	}
	return all
}

func (s *unsureShare) add(t *testing.T, d *document, document []byte) {
	yes := d.accepts(document)
	if found := d.explain(document); len(found) > 0 {
		require.False(t, yes, "%s: accepted %q, which has %v", s.name, document, found)
		return // an unsupported pattern, say
	}
	s.documents++
	if !yes {
		s.unsure++
		s.reasons[unsureReason(d.node.filter, document)]++
	}
}

// unsureReason describes the innermost value of a document that accept is unsure about.
func unsureReason(s *accept.Shape, text []byte) string {
	inner := map[string]json.RawMessage{}
	var list []json.RawMessage
	of := func(string) *accept.Shape { return s.Element }
	switch s.Kind {
	case accept.Structure:
		of = func(name string) *accept.Shape {
			if i := slices.IndexFunc(s.Members, func(m accept.Member) bool { return m.Name == name }); i >= 0 {
				return s.Members[i].Shape
			}
			return nil
		}
		if json.Unmarshal(text, &list) == nil {
			of = func(string) *accept.Shape { return s.Events.Element }
		}
	}
	if list == nil && json.Unmarshal(text, &list) != nil {
		json.Unmarshal(text, &inner)
	}
	for i, value := range list {
		inner[fmt.Sprint(i)] = value
	}
	if s.Kind == accept.Structure || s.Kind == accept.List || s.Kind == accept.Map {
		for name, value := range inner {
			if member := of(name); member != nil && string(value) != "null" && !member.Accepts(value) {
				return unsureReason(member, value)
			}
		}
	}
	kind := []string{"any", "structure", "list", "map", "string", "blob", "integer", "float", "timestamp", "boolean", "encoded JSON"}[s.Kind]
	if p, ok := s.Pattern.(patternForm); ok {
		kind += " " + p.String()
	}
	return kind + ": " + string(text[:min(len(text), 60)])
}

func (all *unsureShares) print(t *testing.T) {
	sorted := slices.Clone(all.services)
	slices.SortStableFunc(sorted, func(a, b *unsureShare) int { return cmp.Compare(b.share(), a.share()) })
	var documents, operations int
	for _, s := range sorted {
		documents += s.documents
		operations += s.operations
	}
	t.Logf("%d services, %d operations, %d documents: %.3f %% unsure; of a service: median %.3f %%, 99th percentile %.3f %%", len(sorted), operations, documents,
		100*all.share(), 100*sorted[len(sorted)/2].share(), 100*sorted[len(sorted)/100].share())
	for _, s := range sorted[:min(len(sorted), 20)] {
		if s.unsure > 0 {
			t.Logf("%6.2f %% of %d documents of %d operations: %s", 100*s.share(), s.documents, s.operations, s.name)
			var reasons []string
			for reason := range s.reasons {
				reasons = append(reasons, reason)
			}
			slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(s.reasons[b]-s.reasons[a], strings.Compare(a, b)) })
			for _, reason := range reasons[:min(len(reasons), 3)] {
				t.Logf("         %4d × %s", s.reasons[reason], reason)
			}
		}
	}
}
