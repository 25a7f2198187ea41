package schema

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares a text with a file, which -update writes.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// TestApply lays each overlay of testdata/overlay over the garden. Beside it
// stands what came of it: what was stale, and the facts that it states.
func TestApply(t *testing.T) {
	paths, err := filepath.Glob("testdata/overlay/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			o, err := ParseOverlay("overlay.yaml", text)
			require.NoError(t, err)
			for _, e := range o.Entries {
				require.NotEmpty(t, e.Reason)
			}
			c := garden(t)
			before := encode(t, c)
			d, stale := o.Apply(c)
			require.Equal(t, before, encode(t, c), "the input stays as it is")
			require.NoError(t, d.Check())

			var b strings.Builder
			for _, f := range stale {
				require.Equal(t, "overlay.stale", string(f.Rule))
				require.Equal(t, []string{"garden.GetBed", "overlay.yaml"}, []string{f.Operation, f.Source})
				fmt.Fprintf(&b, "stale %d:%d: %s %s\n", f.Line, f.Column, f.Got, f.Message)
			}
			overlay := slices.Index(d.Origins, o.origin)
			for _, fact := range slices.Sorted(maps.Keys(d.Provenance)) {
				if d.Provenance[fact] == overlay {
					fmt.Fprintln(&b, fact, value(t, d, fact))
				}
			}
			for _, e := range d.Echoes[len(c.Echoes):] {
				fmt.Fprintln(&b, "echo", e.Output, e.Input)
			}
			for _, name := range d.ShapeNames() {
				if c.Shapes[name] == nil {
					fmt.Fprintln(&b, "shape", name)
				}
			}
			if b.Len() == 0 {
				require.Equal(t, c, d)
				fmt.Fprintln(&b, "nothing changes")
			} else if overlay < 0 {
				require.Equal(t, before, encode(t, d))
			}
			golden(t, strings.TrimSuffix(path, "yaml")+"want", b.String())

			_, again := o.Apply(d)
			if !strings.HasPrefix(name, "stale") && name != "other-operation" {
				require.Nil(t, stale)
				require.NotEmpty(t, again, "a second time it says nothing new")
			}
			e, _ := o.Apply(d)
			require.Equal(t, encode(t, d), encode(t, e), "a second time it changes nothing")
		})
	}
}

// value returns the value of a fact by its address.
func value(t *testing.T, c *Contract, fact string) string {
	address, name := fact[:strings.LastIndex(fact, ":")], fact[strings.LastIndex(fact, ":")+1:]
	at := place(t, address)
	facets := c.facets()
	if declared, isError := at.Part.ErrorName(); isError && at.Pointer == "" {
		e, ok := c.Error(declared)
		require.True(t, ok)
		facets = e.facets()
	} else if at != ContractPlace {
		shape, member, ok := c.At(at)
		require.True(t, ok, fact)
		if name == "type" {
			return string(shape.Type)
		}
		facets = shape.facets()
		if member != nil {
			facets = append(facets, member.facets()...)
		}
	}
	for _, f := range facets {
		if f.name == name {
			return f.slot.String()
		}
	}
	return ""
}

func TestApplyToContractWithoutOrigins(t *testing.T) {
	o, err := ParseOverlay("o", []byte("overlay: 1\noperation: s.O\nreason: r\nfacets: [{at: output#/m, required: true}]"))
	require.NoError(t, err)
	c := small(Shape{Type: String})
	d, stale := o.Apply(c)
	require.Nil(t, stale)
	require.Equal(t, []Origin{{"contract", "", c.Digest()}, o.origin}, d.Origins)
	require.Equal(t, map[string]int{"output#/m:required": 1}, d.Provenance)
	require.Equal(t, NewOrigin("overlay", "", []byte("overlay: 1\noperation: s.O\nreason: r\nfacets: [{at: output#/m, required: true}]")), o.origin)
}

func TestApplyOfAnotherOperation(t *testing.T) {
	o, err := ParseOverlay("o", []byte("overlay: 1\noperation: s.P\nreason: r\nfacets: [{at: output#/nothing, required: true}]"))
	require.NoError(t, err)
	c := small(Shape{Type: String})
	d, stale := o.Apply(c)
	require.Same(t, c, d)
	require.Nil(t, stale)
}

// TestApplyToOpenKey: only a string can be the key of a map.
func TestApplyToOpenKey(t *testing.T) {
	c := small(Shape{Type: Map, Key: &Ref{Inline: &Shape{Sensitive: Is(true)}}, Value: &Ref{Inline: &Shape{}}})
	for _, v := range []struct {
		is    Type
		stale int
	}{{Integer, 1}, {Structure, 1}, {String, 0}} {
		o, err := ParseOverlay("o", fmt.Appendf(nil, "overlay: 1\noperation: s.O\nreason: r\nfacets: [{at: 'output#/m/*key', type: %s}]", v.is))
		require.NoError(t, err)
		d, stale := o.Apply(c)
		require.Len(t, stale, v.stale)
		require.NoError(t, d.Check())
		key, _, _ := d.At(place(t, "output#/m/*key"))
		require.Equal(t, v.stale == 0, key.Type == String)
		require.Equal(t, Is(true), key.Sensitive)
	}
}
