package main

// cassetteCommand is the care of cassettes.
type cassetteCommand struct {
	Lint     lintCommand     `cmd:"" help:"Look for secrets, stale contracts, duplicates and what breaks the contract."`
	Recover  recoverCommand  `cmd:"" help:"Write the cassette of a recording that was killed."`
	Convert  convertCommand  `cmd:"" help:"Write traffic of any kind as a cassette or as NDJSON."`
	Minimize minimizeCommand `cmd:"" help:"Keep the fewest interactions that show as much."`
}
