package synth_test

import (
	"fmt"
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// TestTrials: each trial names a place of the contract and says something.
func TestTrials(t *testing.T) {
	for _, name := range []string{"Everything", "Rpc", "PayloadText", "PayloadStream", "PayloadStructure", "NoOutput"} {
		c := construct(t, name)
		s := newSynth(t, c, schema.Wire)
		known := func(place schema.Place, how string) {
			_, _, ok := c.At(place)
			require.True(t, ok || place.Pointer == "", "%s %s", name, place)
			require.NotEmpty(t, how, "%s %s", name, place)
		}
		n := 0
		for trial := range s.Trials(schema.OutputPart) {
			known(trial.Place, trial.How)
			n++
		}
		documents := 0
		for range s.Documents(schema.OutputPart) {
			documents++
		}
		require.Equal(t, documents, n)
		for trial := range s.RequestTrials() {
			known(trial.Place, trial.How)
		}
		for trial := range s.ResponseTrials(schema.OutputPart, synth.Request{}) {
			known(trial.Place, trial.How)
		}
	}
}

func ExampleSynth_Trials() {
	s, err := synth.New(contracts.MustLoad("cleanrooms.GetProtectedJob"), schema.Wire)
	if err != nil {
		fmt.Println(err)
		return
	}
	for t := range s.Trials(schema.ErrorPart("AccessDeniedException")) {
		fmt.Printf("%s, %s: %s\n", t.Place, t.How, t.Document)
	}
	// Output:
	// error:AccessDeniedException, minimal: {}
	// error:AccessDeniedException, full: {"message":"cwxhyvco","reason":"INSUFFICIENT_PERMISSIONS"}
	// error:AccessDeniedException, null members: {"message":null,"reason":null}
	// error:AccessDeniedException#/message, 8 characters: {"message":"cwxhyvco"}
	// error:AccessDeniedException#/message, 0 characters: {"message":""}
	// error:AccessDeniedException#/reason, INSUFFICIENT_PERMISSIONS: {"reason":"INSUFFICIENT_PERMISSIONS"}
}
