// Package cassettes embeds traffic of the built-in contracts: go-vcr cassettes, one scenario per
// file, and an index with the findings of each.
//
// A cassette below good/ conforms to the contract in its metadata and leads to no finding. A cassette
// below hostile/ has one defect; the [Index] lists every finding that it must lead to, as
// [finding.Expected] with a reason. One set of vectors thus tests the validator, replay, the
// conformance suite and clients in other languages.
//
// All traffic is synthesised: none was recorded from AWS. Accounts, identifiers and request IDs are
// visibly fake. Every cassette requests a different job, so that the whole folder can be replayed at
// once.
//
// The files are generated from a table in generate/, whose expectations are derived by hand from the
// rules, never copied from the output of the validator. `go generate` writes the files; a test fails
// if they are stale.
package cassettes

import (
	"embed"
	"io/fs"
	"sync"
)

//go:generate go run ./generate

//go:embed index.yaml good hostile
var files embed.FS

// IndexName is the file name of an index in a folder of cassettes.
const IndexName = "index.yaml"

// Embedded returns the folder: the index and the cassettes that it lists.
func Embedded() fs.FS { return files }

// EmbeddedIndex returns the index of [Embedded], which is parsed once and must not be changed.
func EmbeddedIndex() *Index { return embeddedIndex() }

var embeddedIndex = sync.OnceValue(func() *Index {
	text, err := files.ReadFile(IndexName)
	if err != nil {
		panic(err) // the compiler put it there
	}
	x, err := ParseIndex(IndexName, text)
	if err != nil {
		panic(err) // a test reads it
	}
	return x
})
