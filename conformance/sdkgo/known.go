package sdkgo

import (
	_ "embed"

	"github.com/crcheck/crcheck/finding"
)

//go:embed known-failing.yaml
var knownFailing []byte

// Known returns what the SDK is known to get wrong, as ignore rows.
func Known() []finding.Expected {
	rows, err := finding.ReadRows("known-failing.yaml", knownFailing)
	if err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return rows
}
