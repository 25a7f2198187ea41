package schema

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func encode(t testing.TB, c *Contract) string {
	t.Helper()
	text, err := c.Encode()
	require.NoError(t, err)
	return string(text)
}

func TestMergeWithItself(t *testing.T) {
	same := func(t *testing.T, c *Contract) {
		before := encode(t, c)
		merged, conflicts := Merge(c, c)
		require.Nil(t, conflicts)
		require.Equal(t, before, encode(t, merged))
		require.Equal(t, before, encode(t, c))
		require.NotSame(t, c, merged)
	}
	same(t, garden(t))
	eachRandom(t, same)
}

// TestMergeFillsSilence: of each facet that is silenced the merged contract has
// the value again, and says where it came from.
func TestMergeFillsSilence(t *testing.T) {
	whole := garden(t)
	whole.Origins, whole.Provenance = []Origin{{"botocore", "1", "sha256:b", 0}}, nil
	eachFacet(whole, func(at Place, name string, in func(*Contract) namedSlot) {
		if in(whole).slot.Silent() {
			return
		}
		part := whole.Clone()
		part.Origins = []Origin{{"page", "1", "sha256:a", 0}}
		silence(in(part))
		partBefore, wholeBefore := encode(t, part), encode(t, whole)
		merged, conflicts := Merge(part, whole)
		require.Nil(t, conflicts)
		require.Equal(t, whole.Digest(), merged.Digest(), "%s of %s", name, at)
		require.Equal(t, map[string]int{at.fact(name): 1}, merged.Provenance)
		require.Equal(t, []Origin{{"page", "1", "sha256:a", 0}, {"botocore", "1", "sha256:b", 0}}, merged.Origins)
		require.Equal(t, partBefore, encode(t, part), "the inputs stay as they are")
		require.Equal(t, wholeBefore, encode(t, whole))
	})
	eachRandom(t, func(t *testing.T, c *Contract) {
		part := c.Clone()
		r := rand.New(rand.NewPCG(uint64(len(c.Shapes)), 3))
		eachFacet(part, func(_ Place, _ string, in func(*Contract) namedSlot) {
			if r.IntN(2) == 0 {
				silence(in(part))
			}
		})
		merged, conflicts := Merge(part, c)
		require.Nil(t, conflicts)
		require.NoError(t, merged.Check())
		require.Equal(t, c.Digest(), merged.Digest())
		again, _ := Merge(merged, c)
		require.Equal(t, encode(t, merged), encode(t, again), "merging again adds nothing")
	})
}

// TestMergeConflicts: the first stands, and a finding names both values.
func TestMergeConflicts(t *testing.T) {
	a := garden(t)
	a.Origins = []Origin{{Kind: "boto3-page", Version: "1.2.3"}}
	eachFacet(a, func(at Place, name string, in func(*Contract) namedSlot) {
		b := a.Clone()
		b.Origins = nil
		another(in(b))
		merged, conflicts := Merge(a, b)
		if in(a).slot.Silent() {
			require.Nil(t, conflicts)
			return
		}
		require.Equal(t, encode(t, a), encode(t, merged), "the first stands")
		require.Len(t, conflicts, 1)
		f := conflicts[0]
		require.Equal(t, "source.conflict", string(f.Rule))
		require.Equal(t, []string{"garden.GetBed", at.Pointer, in(a).slot.String(), in(b).slot.String()}, []string{f.Operation, f.Pointer, f.Got, f.Want})
		for _, part := range []string{name, at.String(), "the boto3-page 1.2.3", "garden.GetBed@1.2.3"} {
			require.Contains(t, f.Message, part)
		}
	})

	b := garden(t)
	b.Shapes["Bed"].Members = b.Shapes["Bed"].Members[1:]
	b.Shapes["Plant"].Members[0].Shape.Inline.Type = Integer
	b.Errors, b.Input = b.Errors[1:], ""
	merged, conflicts := Merge(a, b)
	require.Equal(t, encode(t, a), encode(t, merged))
	var places []string
	for _, f := range conflicts {
		places = append(places, f.Pointer+" "+f.Got+" "+f.Want)
	}
	require.Equal(t, []string{` "present" `, ` "structure" `, `/bed/id "present" `, `/bed/plants/*/seed "string" "integer"`}, places)
}

// TestMergeOpens: what the first leaves open comes whole from the second, under
// names that are free, and leads nowhere else.
func TestMergeOpens(t *testing.T) {
	whole := garden(t)
	whole.Origins, whole.Provenance = []Origin{{Kind: "botocore"}, {Kind: "overlay"}}, map[string]int{"output#/bed/plants/*/children:union": 1}
	part := garden(t)
	part.Origins, part.Provenance = []Origin{{Kind: "page"}}, nil
	plants, _ := part.Shapes["Bed"].Member("plants")
	plants.Shape = Inline(Shape{Sensitive: Is(true), Length: Is(Bounds{Max: "10"})})
	part.Shapes["Plant"] = &Shape{Type: Structure} // of that name there is something else
	part.Errors[0].Shape = ""
	part.Echoes = nil
	kept := part.Clone()

	merged, conflicts := Merge(part, whole)
	require.Nil(t, conflicts)
	require.NoError(t, merged.Check())
	require.Equal(t, kept, part)

	got, _, ok := merged.At(place(t, "output#/bed/plants/*/children/*/parent/seed"))
	require.True(t, ok)
	require.Equal(t, String, got.Type)
	list, _, _ := merged.At(place(t, "output#/bed/plants"))
	require.Equal(t, Named("Plant_"), *list.Element)
	require.Equal(t, Is(true), list.Sensitive, "what the first knew of the open place stands")
	require.Equal(t, Is(Bounds{Max: "10"}), list.Length)
	require.Equal(t, Is(true), merged.Shapes["Plant_"].Union)
	require.Equal(t, &Shape{Type: Structure}, merged.Shapes["Plant"])
	require.Equal(t, "NotFoundException_", merged.Errors[0].Shape)
	require.Equal(t, whole.Echoes, merged.Echoes)

	require.Equal(t, []Origin{{Kind: "page"}, {Kind: "botocore"}}, merged.Origins, "an origin of no fact is none")
	require.Equal(t, map[string]int{
		"output#/bed/plants:type": 1, "output#/bed/plants:sparse": 1, // not its length
		"output#/bed/plants/*:type": 1, "output#/bed/plants/*:union": 1,
		"output#/bed/plants/*/seed:type": 1, "output#/bed/plants/*/parent:type": 1, "output#/bed/plants/*/parent:union": 1,
		"output#/bed/plants/*/children:type": 1, "output#/bed/plants/*/children/*:type": 1, "output#/bed/plants/*/children/*:union": 1,
		"error:NotFoundException:type": 1, "error:NotFoundException#/message:type": 1,
	}, merged.Provenance)

	merged.Shapes["Plant_"].Members[0].Name = "changed"
	require.Equal(t, "seed", whole.Shapes["Plant"].Members[0].Name, "the graft is a copy")

	backwards, conflicts := Merge(whole, part)
	require.Len(t, conflicts, 0)
	require.Equal(t, Is(true), func() Known[bool] { s, _, _ := backwards.At(place(t, "output#/bed/plants")); return s.Sensitive }())
}

// TestMergeWithoutOrigins: facts of a contract that no document stands for are
// never taken for those of the other.
func TestMergeWithoutOrigins(t *testing.T) {
	a, b := small(Shape{Type: Integer}), small(Shape{Type: Integer, Bits: Is(32)})
	a.Version = "1"
	digest := a.Digest()
	merged, _ := Merge(a, b)
	require.Equal(t, []Origin{{"contract", "1", digest, 0}, {"contract", "", b.Digest(), 0}}, merged.Origins)
	require.Equal(t, map[string]int{"output#/m:bits": 1}, merged.Provenance)
}

// TestMergeFollowsProvenance: a fact that the second has from its own second
// origin is of that origin.
func TestMergeFollowsProvenance(t *testing.T) {
	a, b := small(Shape{Type: Integer}), small(Shape{Type: Integer, Bits: Is(32), Sensitive: Is(true)})
	a.Origins = []Origin{{Kind: "page"}}
	b.Origins, b.Provenance = []Origin{{Kind: "model"}, {Kind: "overlay"}}, map[string]int{"output#/m:bits": 1}
	merged, _ := Merge(a, b)
	require.Equal(t, []Origin{{Kind: "page"}, {Kind: "overlay"}, {Kind: "model"}}, merged.Origins)
	require.Equal(t, map[string]int{"output#/m:bits": 1, "output#/m:sensitive": 2}, merged.Provenance)
}

// TestInputUnstated: an input that the source leaves out differs from none, and
// takes over what another source says of it.
func TestInputUnstated(t *testing.T) {
	whole := garden(t)
	require.NotEmpty(t, whole.Input)
	whole.Echoes = nil // they name members of the input
	open := whole.Clone()
	open.Input, open.InputUnstated = "", true
	none := whole.Clone()
	none.Input = ""
	require.NoError(t, open.Check())

	for _, v := range []struct {
		name string
		a, b *Contract
		want int
	}{{"unstated and stated", open, whole, 0}, {"stated and unstated", whole, open, 0}, {"both unstated", open, open, 0}, {"none and stated", none, whole, 1}} {
		t.Run(v.name, func(t *testing.T) {
			before := v.a.Digest()
			require.Len(t, Diff(v.a, v.b), v.want)
			require.Equal(t, before, v.a.Digest(), "Diff writes nothing")
		})
	}
	t.Run("merge", func(t *testing.T) {
		merged, conflicts := Merge(open, whole)
		require.Empty(t, conflicts)
		require.NoError(t, merged.Check())
		require.False(t, merged.InputUnstated)
		require.Empty(t, Diff(whole, merged))
		require.Empty(t, Diff(merged, whole))
		_, conflicts = Merge(whole, open)
		require.Empty(t, conflicts)
	})
	t.Run("check", func(t *testing.T) {
		both := whole.Clone()
		both.InputUnstated = true
		require.ErrorContains(t, both.Check(), "unstated")
	})
	t.Run("JSON", func(t *testing.T) {
		text, err := open.Encode()
		require.NoError(t, err)
		again, err := Parse(text)
		require.NoError(t, err)
		require.Equal(t, open.Digest(), again.Digest())
		require.NotEqual(t, none.Digest(), again.Digest())
	})
}
