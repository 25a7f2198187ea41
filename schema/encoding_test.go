package schema

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEncodingNames(t *testing.T) {
	for _, p := range []Encoding{HTTP, SDK} {
		var got Encoding
		require.NoError(t, got.UnmarshalText([]byte(p.String())))
		require.Equal(t, p, got)
	}
	var p Encoding = SDK
	for _, bad := range []string{"", "Wire", "wire"} {
		require.Error(t, p.UnmarshalText([]byte(bad)))
		require.Equal(t, SDK, p)
	}
}

func TestMemberName(t *testing.T) {
	m := Member{Name: "bucketName", WireName: Is("Bucket")}
	require.Equal(t, "Bucket", HTTP.MemberName(&m))
	require.Equal(t, "bucketName", SDK.MemberName(&m))
	require.Equal(t, "plain", HTTP.MemberName(&Member{Name: "plain"}))
}

func TestDocument(t *testing.T) {
	at := func(name string, location Location, shape Ref) Member {
		m := Member{Name: name, Shape: shape}
		if location != "" {
			m.Location = Is(location)
		}
		return m
	}
	text, blob := Inline(Shape{Type: String}), Inline(Shape{Type: Blob})
	stream := Inline(Shape{Type: Blob, Streaming: Is(true)})
	beside := []Member{at("a", "label", text), at("b", "query", text), at("c", "header", text), at("d", "headers", text), at("e", "status", text), at("f", "", text)}
	for _, v := range []struct {
		name     string
		members  []Member
		protocol string
		root     string // of the wire document; empty: inline
		wire     []string
		raw      string // the member that is the body; then there is no wire document
		bound    int
	}{
		{"nothing", nil, "", "Out", nil, "", 0},
		{"body", []Member{at("a", "", text), at("b", "body", text)}, "", "Out", []string{"a", "b"}, "", 0},
		{"not in the body", beside, "", "Out", []string{"f"}, "", 5},
		{"no bindings on RPC", beside, "awsJson1_0", "Out", []string{"a", "b", "c", "d", "e", "f"}, "", 0},
		{"payload", []Member{at("a", "header", text), at("b", "payload", Named("Inner"))}, "", "Inner", []string{"x"}, "", 1},
		{"payload of a list", []Member{at("b", "payload", Inline(Shape{Type: List, Element: &text}))}, "", "", nil, "", 0},
		{"payload of a document", []Member{at("b", "payload", Inline(Shape{Type: Document}))}, "", "", nil, "", 0},
		{"payload of text", []Member{at("a", "header", text), at("b", "payload", text)}, "", "", nil, "b", 1},
		{"payload of an enum", []Member{at("b", "payload", Inline(Shape{Type: String, Enum: Is([]string{"X"})}))}, "", "", nil, "b", 0},
		{"payload of bytes", []Member{at("b", "payload", blob)}, "", "", nil, "b", 0},
		{"payload of text on RPC", []Member{at("b", "payload", text)}, "awsJson1_1", "Out", []string{"b"}, "", 0},
		{"bytes in the body", []Member{at("b", "", blob)}, "", "Out", []string{"b"}, "", 0},
		{"streaming", []Member{at("a", "header", text), at("b", "", stream)}, "", "", nil, "b", 1},
		{"streaming payload", []Member{at("b", "payload", stream)}, "", "", nil, "b", 0},
		{"streaming in a header", []Member{at("b", "header", stream)}, "", "Out", nil, "", 1},
		{"not streaming", []Member{at("b", "", Inline(Shape{Type: Blob, Streaming: Is(false)}))}, "", "Out", []string{"b"}, "", 0},
		{"events", []Member{at("a", "", Named("Events"))}, "", "", nil, "a", 0},
		{"events on RPC", []Member{at("a", "", text), at("b", "", Named("Events"))}, "awsJson1_1", "", nil, "b", 0},
		{"payload of events", []Member{at("a", "payload", Named("Events"))}, "", "", nil, "a", 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := &Contract{Output: "Out", Shapes: map[string]*Shape{
				"Out": {Type: Structure, Members: v.members}, "Inner": {Type: Structure, Members: []Member{at("x", "", text)}},
				"Events": {Type: Structure, EventStream: Is(true)}}}
			if v.protocol != "" {
				c.Protocol = Is(v.protocol)
			}
			root, members, ok := HTTP.Document(c, OutputPart)
			require.Equal(t, v.raw == "", ok, v.name)
			if ok {
				require.Equal(t, v.root, root.Name, v.name)
				var names []string
				for _, m := range members {
					names = append(names, m.Name)
				}
				require.Equal(t, v.wire, names, v.name)
			}
			raw, ok := c.RawBody(OutputPart)
			require.Equal(t, v.raw != "", ok, v.name)
			if ok {
				require.Equal(t, v.raw, raw.Name, v.name)
			}
			beside := slices.DeleteFunc(slices.Clone(v.members), func(m Member) bool { return c.Location(&m).InBody() })
			require.Len(t, beside, v.bound, v.name)

			root, members, ok = SDK.Document(c, OutputPart)
			require.True(t, ok, v.name)
			require.Equal(t, Named("Out"), root, v.name)
			require.Equal(t, v.members, members, v.name)
		})
	}
	for _, part := range []Part{InputPart, "error:Open", "error:None", "nothing"} {
		t.Run(string(part), func(t *testing.T) {
			c := &Contract{Errors: []Error{{Name: "Open"}}}
			for _, p := range []Encoding{HTTP, SDK} {
				_, _, ok := p.Document(c, part)
				require.False(t, ok, part)
			}
			_, ok := c.RawBody(part)
			require.False(t, ok, part)
		})
	}
}
