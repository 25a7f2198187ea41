// Package cassettes is traffic of the built-in contracts, as data: go-vcr
// cassettes, one scenario a file, and an index that says what is wrong with each.
//
// The model: a cassette below good/ conforms to the contract that its metadata
// name, and no check has anything to say about it. A cassette below hostile/
// breaks one thing; the [Index] names every finding that it must lead to, as
// [finding.Expected], each with a reason. So one set of vectors tests the
// validator, replay, the conformance suite and clients in other languages.
//
// All of it is synthesised: the folder was made where AWS cannot be reached.
// Accounts, identifiers and request IDs are visibly made up. Every cassette asks
// for a job of its own, so the whole folder can be replayed at once.
//
// The table that everything here is written from stands in generate/; its
// expectations are thought out by hand from the rules, never copied from what
// the validator prints. `go generate` writes the files; stale ones fail a test.
package cassettes

import (
	"embed"
	"io/fs"
)

//go:generate go run ./generate

//go:embed index.yaml good hostile
var files embed.FS

// IndexName is the file name of an index in a folder of cassettes.
const IndexName = "index.yaml"

// Embedded returns the folder: the index and the cassettes that it lists.
func Embedded() fs.FS { return files }

// EmbeddedIndex returns the index of [Embedded].
func EmbeddedIndex() *Index {
	text, err := files.ReadFile(IndexName)
	if err != nil {
		panic(err) // the compiler put it there
	}
	x, err := ParseIndex(IndexName, text)
	if err != nil {
		panic(err) // a test reads it
	}
	return x
}
