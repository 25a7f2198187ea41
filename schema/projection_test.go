package schema

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProjectionNames(t *testing.T) {
	for _, p := range []Projection{Wire, SDK} {
		var got Projection
		require.NoError(t, got.UnmarshalText([]byte(p.String())))
		require.Equal(t, p, got)
	}
	var p Projection = SDK
	for _, bad := range []string{"", "Wire", "http"} {
		require.Error(t, p.UnmarshalText([]byte(bad)))
		require.Equal(t, SDK, p)
	}
}

func TestMemberName(t *testing.T) {
	m := Member{Name: "bucketName", WireName: Is("Bucket")}
	require.Equal(t, "Bucket", Wire.MemberName(&m))
	require.Equal(t, "bucketName", SDK.MemberName(&m))
	require.Equal(t, "plain", Wire.MemberName(&Member{Name: "plain"}))
}

func TestDocument(t *testing.T) {
	at := func(name, location string, shape Ref) Member {
		m := Member{Name: name, Shape: shape}
		if location != "" {
			m.Location = Is(location)
		}
		return m
	}
	text := Inline(Shape{Type: String})
	for _, v := range []struct {
		name    string
		members []Member
		root    string // of the wire document; empty: inline
		wire    []string
	}{
		{"nothing", nil, "Out", nil},
		{"body", []Member{at("a", "", text), at("b", "body", text)}, "Out", []string{"a", "b"}},
		{"not in the body", []Member{at("a", "label", text), at("b", "query", text), at("c", "header", text), at("d", "headers", text), at("e", "status", text), at("f", "", text)}, "Out", []string{"f"}},
		{"payload", []Member{at("a", "header", text), at("b", "payload", Named("Inner"))}, "Inner", []string{"x"}},
		{"payload that is no structure", []Member{at("b", "payload", text)}, "", nil},
		{"streaming", []Member{at("a", "", text), at("b", "", Inline(Shape{Type: Blob, Streaming: Is(true)}))}, "Out", []string{"a"}},
		{"not streaming", []Member{at("b", "", Inline(Shape{Type: Blob, Streaming: Is(false)}))}, "Out", []string{"b"}},
		{"events", []Member{at("a", "", Named("Events"))}, "Out", nil},
	} {
		c := &Contract{Output: "Out", Shapes: map[string]*Shape{
			"Out": {Type: Structure, Members: v.members}, "Inner": {Type: Structure, Members: []Member{at("x", "", text)}},
			"Events": {Type: Structure, EventStream: Is(true)}}}
		root, members, ok := Wire.Document(c, OutputPart)
		require.True(t, ok, v.name)
		require.Equal(t, v.root, root.Name, v.name)
		var names []string
		for _, m := range members {
			names = append(names, m.Name)
		}
		require.Equal(t, v.wire, names, v.name)

		root, members, ok = SDK.Document(c, OutputPart)
		require.True(t, ok, v.name)
		require.Equal(t, Named("Out"), root, v.name)
		require.Equal(t, v.members, members, v.name)
	}
	for _, p := range []Projection{Wire, SDK} {
		for _, part := range []Part{InputPart, "error:Open", "error:None", "nothing"} {
			_, _, ok := p.Document(&Contract{Errors: []Error{{Name: "Open"}}}, part)
			require.False(t, ok, part)
		}
	}
}
