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

	"github.com/crcheck/crcheck/finding"
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
			for _, e := range o.entries {
				require.NotEmpty(t, e.Reason)
			}
			c := garden(t)
			before := encode(t, c)
			d, stale := o.Apply(c)
			require.Equal(t, before, encode(t, c), "the input stays as it is")
			require.NoError(t, d.Check())

			var b strings.Builder
			for _, f := range stale {
				require.Equal(t, []string{"garden.GetBed", "overlay.yaml"}, []string{f.Operation, f.Source})
				kind := map[finding.RuleID]string{finding.OverlayStale: "stale", finding.SourceConflict: "conflict"}[f.Rule]
				fmt.Fprintf(&b, "%s %d:%d: %s %s\n", kind, f.Line, f.Column, f.Got, f.Message)
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
			if !strings.HasPrefix(name, "stale") && !strings.HasPrefix(name, "conflict") && name != "other-operation" {
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
	require.Equal(t, []Origin{{"contract", "", c.Digest(), 0}, o.origin}, d.Origins)
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
		t.Run(string(v.is), func(t *testing.T) {
			o, err := ParseOverlay("o", fmt.Appendf(nil, "overlay: 1\noperation: s.O\nreason: r\nfacets: [{at: 'output#/m/*key', type: %s}]", v.is))
			require.NoError(t, err)
			d, stale := o.Apply(c)
			require.Len(t, stale, v.stale)
			require.NoError(t, d.Check())
			key, _, _ := d.At(place(t, "output#/m/*key"))
			require.Equal(t, v.stale == 0, key.Type == String)
			require.Equal(t, Is(true), key.Sensitive)
		})
	}
}

// TestApplyAfterAnother lays two overlays over the garden. What the second says
// otherwise than the first is a conflict, and counts.
func TestApplyAfterAnother(t *testing.T) {
	parse := func(name, operation, entry string) *Overlay {
		o, err := ParseOverlay(name, []byte("overlay: 1\noperation: "+operation+"\nreason: r\nfacets:\n- "+entry))
		require.NoError(t, err)
		return o
	}
	for _, v := range []struct {
		name, first, second string
		rules               []finding.RuleID
	}{
		{"another value", "{at: output#/bed/size, required: true}", "{at: output#/bed/size, required: false}", []finding.RuleID{finding.SourceConflict}},
		{"other bounds", "{at: output#/bed/colour, length: {min: 1}}", "{at: output#/bed/colour, length: {min: 1, max: 2}}", []finding.RuleID{finding.SourceConflict}},
		{"another method", "{at: contract, method: PUT}", "{at: contract, method: POST}", []finding.RuleID{finding.SourceConflict}},
		{"another status", "{at: error:NotFoundException, status: 410}", "{at: error:NotFoundException, status: 411}", []finding.RuleID{finding.SourceConflict}},
		{"another way to it", "{at: output#/bed/plants/*/parent, required: true}", "{at: output#/bed/plants/*/children/*/parent, required: false}", []finding.RuleID{finding.SourceConflict}},
		{"the same value", "{at: output#/bed/size, required: true}", "{at: output#/bed/size, required: true}", []finding.RuleID{finding.OverlayStale}},
		{"another facet", "{at: output#/bed/size, required: true}", "{at: output#/bed/size, range: {min: 1}}", nil},
		{"another member", "{at: output#/bed/size, required: true}", "{at: output#/bed/wet, required: false}", nil},
		{"a part of the same name", "{at: output#/bed/plants/*, sensitive: true}", "{at: output#/bed, sensitive: false}", nil},
		{"a place that is not there", "{at: output#/none, required: true}", "{at: output#/bed/size, required: true}", nil},
		{"a member that it added", "{at: output#/more, type: string, required: true}", "{at: output#/more, required: false}", []finding.RuleID{finding.SourceConflict}},
	} {
		t.Run(v.name, func(t *testing.T) {
			first, second := parse("first.yaml", "garden.GetBed", v.first), parse("second.yaml", "garden.GetBed", v.second)
			c, _ := first.Apply(garden(t))
			d, found := second.Apply(c, parse("other.yaml", "garden.Other", v.first), first)
			var rules []finding.RuleID
			for _, f := range found {
				rules = append(rules, f.Rule)
				require.Equal(t, []any{"second.yaml", 5}, []any{f.Source, f.Line})
			}
			require.Equal(t, v.rules, rules)
			if slices.Contains(v.rules, finding.SourceConflict) {
				require.NotEqual(t, encode(t, c), encode(t, d), "the later one counts")
				require.Contains(t, found[0].Message, "line 5 of first.yaml")
			}

			_, alone := second.Apply(c)
			require.NotContains(t, fmt.Sprint(alone), finding.SourceConflict, "what the contract states is there to be corrected")
		})
	}
}

// TestApplyToMembersOfOneStructure: what is said of one member is not said of
// another that leads to the same structure.
func TestApplyToMembersOfOneStructure(t *testing.T) {
	c := small(Shape{Type: String})
	c.Shapes["In"] = &Shape{Type: Structure}
	c.Shapes["Out"].Members = []Member{{Name: "a", Shape: Named("In")}, {Name: "b", Shape: Named("In")}}
	o, err := ParseOverlay("o", []byte("overlay: 1\noperation: s.O\nreason: r\nfacets: [{at: output#/a, required: true}, {at: output#/b, required: false}]"))
	require.NoError(t, err)
	_, found := o.Apply(c)
	require.Empty(t, found)
}
