package main

// cassetteVerb is the care of cassettes.
type cassetteVerb struct {
	Convert convertVerb `cmd:"" help:"Write traffic of any kind as a cassette or as NDJSON."`
}
