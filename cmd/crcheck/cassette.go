package main

// cassetteVerb is the care of cassettes.
type cassetteVerb struct {
	Lint     lintVerb     `cmd:"" help:"Look for secrets, stale contracts, duplicates and what breaks the contract."`
	Recover  recoverVerb  `cmd:"" help:"Write the cassette of a recording that was killed."`
	Convert  convertVerb  `cmd:"" help:"Write traffic of any kind as a cassette or as NDJSON."`
	Minimize minimizeVerb `cmd:"" help:"Keep the fewest interactions that show as much."`
}
