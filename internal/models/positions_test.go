package models_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/schema"
)

const placedModel = `{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"shed","protocol":"rest-json","serviceId":"shed","signatureVersion":"v4","signingName":"shed","uid":"shed-2020-01-01"},
"operations":{
 "GetShed":{"name":"GetShed","http":{"method":"GET","requestUri":"/"},"output":{"shape":"Out"}}},
"shapes":{
 "Out":{"type":"structure","members":{
   "tools":{"shape":"Tools"}}},
 "Tools":{"type":"list","member":{"shape":"Tool"}},
 "Tool":{"type":"structure","members":{
   "é":{"shape":"Text"}, "size":{"shape":"Text"}}},
 "Text":{"type":"string","pattern":"("}}}`

func TestPositions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "service-2.json")
	require.NoError(t, os.WriteFile(path, []byte(placedModel), 0o600))
	found, err := models.Read(path, "")
	require.NoError(t, err)
	c := found.Contracts[0]
	p := models.ReadPositions(path)
	for _, row := range []struct {
		name         string
		at           schema.Place
		line, column int
	}{
		{"operation", schema.Place{Part: "contract"}, 3, 2},
		{"output", schema.Place{Part: schema.OutputPart}, 5, 2},
		{"member", schema.Place{Part: schema.OutputPart, Pointer: "/tools"}, 6, 4},
		{"element", schema.Place{Part: schema.OutputPart, Pointer: "/tools/*"}, 8, 2},
		{"code points", schema.Place{Part: schema.OutputPart, Pointer: "/tools/*/size"}, 9, 26},
	} {
		t.Run(row.name, func(t *testing.T) {
			file, line, column := p.Of(c, row.at)
			require.Equal(t, []any{path, row.line, row.column}, []any{file, line, column})
		})
	}
	placed := p.Place(models.UnsupportedPatterns(found.Contracts), found.Contracts)
	require.Len(t, placed, 1)
	require.Equal(t, []any{path, 9}, []any{placed[0].Source, placed[0].Line})

	for _, other := range []string{t.TempDir(), "no-such", "botocore:dynamodb"} {
		t.Run(other, func(t *testing.T) { require.Nil(t, models.ReadPositions(other)) })
	}
}
