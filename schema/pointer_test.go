package schema

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/jsontree"
)

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]Place{
		"contract":              {"contract", ""},
		"output":                {"output", ""},
		"output#":               {"output", ""},
		"output#/":              {"output", "/"},
		"input#/a":              {"input", "/a"},
		"error:X":               {"error:X", ""},
		"error:a.b:C#/m/*/*key": {"error:a.b:C", "/m/*/*key"},
		"output#/a~1b/~0":       {"output", "/a~1b/~0"},
		"output#/with#hash/ü 😀": {"output", "/with#hash/ü 😀"},
	} {
		t.Run(text, func(t *testing.T) {
			got, err := ParsePlace(text)
			require.NoError(t, err, text)
			require.Equal(t, want, got, text)
			again, err := ParsePlace(got.String())
			require.NoError(t, err, text)
			require.Equal(t, got, again, text)
		})
	}
	for _, bad := range []string{"", "#/a", "outputs", "Output", "error", "error:", "error:#/a", "output#a", "contract#/a", "contract#/", "output#/a~", "output#/~2", "output#/~~0"} {
		t.Run(bad, func(t *testing.T) {
			_, err := ParsePlace(bad)
			require.Error(t, err, bad)
		})
	}
}

// TestTokens: any names make a pointer, and come back from it.
func TestTokens(t *testing.T) {
	for _, names := range [][]string{{}, {""}, {"a"}, {"~", "/", "~1", "~01", "a/b~c"}, {"*", "*key"}, {"", ""}} {
		p := Place{Part: OutputPart}
		for _, name := range names {
			p = p.Child(name)
		}
		require.ElementsMatch(t, names, jsontree.Tokens(p.Pointer))
		got, err := ParsePlace(p.String())
		require.NoError(t, err)
		require.Equal(t, p, got)
		require.Equal(t, p, p.Child("a/b~").Parent())
	}
	require.Equal(t, Place{Part: InputPart}, Place{Part: InputPart}.Parent())
	require.Equal(t, "~01~1~0", jsontree.Escape("~1/~"))
}

func TestAt(t *testing.T) {
	c := garden(t)
	for text, want := range map[string]struct {
		is     Type
		member string
	}{
		"output":                           {Structure, ""},
		"output#/bed":                      {Structure, "bed"},
		"output#/bed/size":                 {Integer, "size"},
		"output#/bed/a~1b~0c":              {String, "a/b~c"},
		"output#/bed/open":                 {Unstated, "open"},
		"output#/bed/plants/*":             {Structure, ""},
		"output#/bed/tags/*key":            {String, ""},
		"output#/bed/tags/*":               {List, ""},
		"output#/bed/tags/*/*":             {String, ""},
		"error:NotFoundException#/message": {String, "message"},
		"error:NotFound":                   {Structure, ""},
		"output#/bed/plants/*" + strings.Repeat("/parent/children/*", 500) + "/seed": {String, "seed"},
	} {
		t.Run(text, func(t *testing.T) {
			shape, member, ok := c.At(place(t, text))
			require.True(t, ok, text)
			require.Equal(t, want.is, shape.Type, text)
			require.Equal(t, want.member != "", member != nil, text)
			if member != nil {
				require.Equal(t, want.member, member.Name)
			}
		})
	}
	for _, text := range []string{"contract", "output#/nothing", "output#/bed/size/x", "output#/bed/open/x",
		"output#/bed/plants/0", "output#/bed/plants/*key", "output#/bed/tags/x", "output#/Id", "error:FrostException", "error:X", "output#/"} {
		t.Run(text, func(t *testing.T) {
			_, _, ok := c.At(place(t, text))
			require.False(t, ok, text)
		})
	}
	shape, member, _ := c.At(place(t, "output#/bed/size"))
	shape.Bits, member.Required = Is(8), Is(true)
	shape, member, _ = c.At(place(t, "output#/bed/size"))
	require.Equal(t, Is(8), shape.Bits, "what is returned is the contract's own")
	require.Equal(t, Is(true), member.Required)
}

func TestWalk(t *testing.T) {
	var places []string
	c := garden(t)
	c.Walk(func(p Place, s *Shape, m *Member) {
		places = append(places, p.String())
		shape, member, ok := c.At(p)
		require.True(t, ok, "%s", p)
		require.Same(t, shape, s)
		if m != nil {
			require.Same(t, member, m)
		}
	})
	require.Equal(t, []string{
		"output", "output#/bed", "output#/bed/id", "output#/bed/size", "output#/bed/weight", "output#/bed/dug", "output#/bed/wet",
		"output#/bed/image", "output#/bed/notes", "output#/bed/open", "output#/bed/colour",
		"output#/bed/plants", "output#/bed/plants/*", "output#/bed/plants/*/seed", "output#/bed/plants/*/parent",
		"output#/bed/plants/*/children", "output#/bed/plants/*/children/*",
		"output#/bed/tags", "output#/bed/tags/*key", "output#/bed/tags/*", "output#/bed/tags/*/*", "output#/bed/a~1b~0c", "output#/events",
		"input", "input#/gardenId", "input#/bedId", "error:NotFoundException", "error:NotFoundException#/message",
	}, places)
}
