package validate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// TestSchemaVectors holds the walker to the vectors of package jsonschema: one
// contract and encoding a file, documents to accept and to refuse.
func TestSchemaVectors(t *testing.T) {
	paths, err := filepath.Glob("../schema/jsonschema/testdata/vectors/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			var encoding schema.Encoding
			if _, name, found := strings.Cut(string(archive.Comment), "encoding: "); found {
				require.NoError(t, encoding.UnmarshalText([]byte(strings.TrimSpace(name))))
			}
			c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Test","output":"Out","shapes":` + string(archive.Files[0].Data) + `}`))
			require.NoError(t, err)
			v, err := Compile(c, Options{Encoding: encoding})
			require.NoError(t, err)
			o := &verdicts{part: schema.OutputPart, validator: v, standard: plainSchema(t, c, schema.OutputPart, encoding)}
			extended, err := jsonschema.GenerateExtended(c, schema.OutputPart, encoding)
			require.NoError(t, err)
			o.extended, err = CompileSchema(extended)
			require.NoError(t, err)
			for i, file := range archive.Files[1:] {
				for line := range strings.Lines(string(file.Data)) {
					document := []byte(strings.TrimSpace(line))
					o.agree(t, document)
					if i > 0 {
						require.False(t, v.Accepts(schema.OutputPart, document), "%s", document)
					}
				}
			}
		})
	}
}
