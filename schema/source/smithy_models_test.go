package source_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

const cleanRoomsModel = "data/models/cleanrooms-2025-04-02.smithy.json"

// contractsOf reads reference material, by operation.
func contractsOf(t testing.TB, name string) map[string]*schema.Contract {
	t.Helper()
	result, err := source.Read(sourcetest.SharedFile(t, name), "")
	require.NoError(t, err)
	found := map[string]*schema.Contract{}
	for _, c := range result.Contracts {
		require.NoError(t, c.Check())
		require.NotContains(t, found, c.Name())
		found[c.Name()] = c
	}
	return found
}

// facetOf names what differs, and the member at which it does. A shape that
// stands at many places differs at the first alone, and a page has more shapes
// than a model: the member is what they share.
func facetOf(d schema.Difference) string {
	return d.Facet + " of " + d.Place.Pointer[strings.LastIndexByte(d.Place.Pointer, '/')+1:]
}

// TestSmithyAgainstBotocore holds the model of Clean Rooms against botocore's
// models of a fortnight before and of a year later. The first differ in nothing;
// the differences to the second are what the service has become since.
func TestSmithyAgainstBotocore(t *testing.T) {
	smithy := contractsOf(t, cleanRoomsModel)
	for _, version := range []string{"1.37.15", "1.42.90"} {
		t.Run(version, func(t *testing.T) {
			botocore := contractsOf(t, "data/models/cleanrooms-"+version+".service-2.json")
			where := map[string][]string{} // places, by what differs there
			common := 0
			for _, name := range slices.Sorted(maps.Keys(smithy)) {
				a, b := smithy[name], botocore[name]
				if b == nil {
					continue
				}
				common++
				if version == "1.37.15" {
					merged, _ := schema.Merge(a, b)
					require.Empty(t, merged.Provenance, "what only botocore says of %s", name)
				}
				for _, d := range schema.Diff(a, b) {
					what := fmt.Sprintf("%s: %s -> %s", facetOf(d), schema.ValueText(d.A), schema.ValueText(d.B))
					where[what] = append(where[what], a.Operation+" "+d.Place.String())
				}
			}
			var text bytes.Buffer
			fmt.Fprintf(&text, "%d operations of Smithy, %d of botocore, %d of both; %d kinds of differences\n", len(smithy), len(botocore), common, len(where))
			for _, what := range slices.Sorted(maps.Keys(where)) {
				fmt.Fprintf(&text, "\n%s\n", what)
				for _, place := range where[what] {
					fmt.Fprintf(&text, "\t%s\n", place)
				}
			}
			path := filepath.Join("testdata", "against-botocore-"+version+".txt")
			if *sourcetest.Update {
				require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), text.String())
		})
	}
}

// TestSmithyAgainstPages compares the model with boto3's pages of a year later.
// They differ where the service has changed since, as botocore's model of the
// pages' version shows, and nowhere else.
func TestSmithyAgainstPages(t *testing.T) {
	smithy, later := contractsOf(t, cleanRoomsModel), contractsOf(t, "data/models/cleanrooms-1.43.67.service-2.json")
	paths, err := filepath.Glob(sourcetest.Shared(t, "data/pages/cleanrooms/*.rst"))
	require.NoError(t, err)
	pages, differences := 0, 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		said, _, err := page.Read(text, "")
		if err != nil || smithy[said.Name()] == nil {
			continue // no page of an operation, or of a new one
		}
		pages++
		drift := map[string]bool{}
		for _, d := range schema.Diff(smithy[said.Name()], later[said.Name()]) {
			drift[facetOf(d)] = true
		}
		for _, d := range schema.Diff(smithy[said.Name()], said) {
			differences++
			require.Contains(t, drift, facetOf(d), "%s: %+v", said.Name(), d)
		}
	}
	require.Equal(t, 84, pages)
	require.Equal(t, 155, differences)
}
