package synth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// TestEchoes: the answer repeats what it was asked for, wherever both travel.
func TestEchoes(t *testing.T) {
	n := "77"
	made := func(output, members string) synth.Response {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","protocol":"restJson1","method":"POST","uri":"/a/{id}",
			"input":"In","output":"Out","echoes":[{"output":"` + output + `","input":"id"},{"output":"` + output + `","input":"n"}],"shapes":{
			"In":{"type":"structure","members":[{"name":"id","required":true,"location":"label","shape":{"type":"string","pattern":"^[a-f]{8}$"}},
				{"name":"n","shape":{"type":"float","bits":64}}]},
			"Out":{"type":"structure","members":[` + members + `]}}}`))
		require.NoError(t, err)
		s, err := synth.New(c, schema.Wire)
		require.NoError(t, err)
		request, err := s.Request([]byte(`{"n":` + n + `}`))
		require.NoError(t, err)
		body, err := s.Minimal(schema.OutputPart)
		require.NoError(t, err)
		response, err := s.Response(schema.OutputPart, body, request)
		require.NoError(t, err)
		return response
	}
	require.JSONEq(t, `{"m":77}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"integer"}}`).Body))
	require.JSONEq(t, `{"m":"77"}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"string"}}`).Body))
	require.Equal(t, "77", made("/m", `{"name":"m","required":true,"location":"header","wireName":"X-M","shape":{"type":"integer"}}`).Header.Get("X-M"))
	require.Equal(t, "77", string(made("/m", `{"name":"m","required":true,"location":"payload","shape":{"type":"string"}}`).Body))
	require.JSONEq(t, `{}`, string(made("/m", `{"name":"m","shape":{"type":"string"}}`).Body), "what is absent is not repeated")
	n = `"Infinity"`
	require.JSONEq(t, `{"m":"Infinity"}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"float"}}`).Body))
}
