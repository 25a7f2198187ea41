package source

import (
	"bytes"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// Result is what a document says.
type Result struct {
	Contracts []*schema.Contract
	Findings  finding.Set
}

// kind is a kind of document that can be read.
type kind struct {
	name       string
	recognises func(document []byte) bool
	read       func(document []byte, version string) (Result, error)
}

// kinds is the table of readers. The first that recognises a document reads it.
var kinds = []kind{
	{"a boto3 documentation page (reStructuredText)", looksLikePage, readPage},
	{"a crcheck contract (JSON)", looksLikeContract, readContract},
	{"a Smithy model (JSON AST)", looksLikeSmithy, readSmithy},
	{"a botocore model (service-2.json)", looksLikeBotocore, readBotocore},
}

// Read recognises the kind of a document by its content and reads it. The
// version is taken where the document does not state its own; it may be empty.
func Read(document []byte, version string) (Result, error) {
	for _, k := range kinds {
		if k.recognises(document) {
			return k.read(document, version)
		}
	}
	unknown := &UnknownKindError{Start: beginning(document)}
	for _, k := range kinds {
		unknown.Kinds = append(unknown.Kinds, k.name)
	}
	return Result{}, unknown
}

// beginning returns how a document begins, enough of it to recognise the file.
func beginning(document []byte) string {
	text := bytes.TrimSpace(document)
	return excerpt(string(text[:min(len(text), 200)]))
}

func readPage(document []byte, version string) (Result, error) {
	contract, findings, err := Page(document, version)
	if err != nil {
		return Result{}, err
	}
	return Result{[]*schema.Contract{contract}, findings}, nil
}
