package sdkgo

import (
	_ "embed"

	"github.com/crcheck/crcheck/conformance"
)

//go:embed known-failing.yaml
var knownFailing []byte

// Known returns what the SDK is known to get wrong, each with its reason.
func Known() []conformance.Known {
	known, err := conformance.ParseKnown("known-failing.yaml", knownFailing)
	if err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return known
}
