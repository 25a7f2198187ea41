package source

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/schema/source/internal/place"
	"github.com/crcheck/crcheck/schema/source/page"
	"github.com/crcheck/crcheck/schema/source/smithy"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// ErrUnknownKind marks a document that no reader recognises.
var ErrUnknownKind = errors.New("unknown kind of document")

// Result is the content of a document.
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
	{"a boto3 documentation page (reStructuredText)", page.Is, readPage},
	{"a crcheck contract (JSON)", looksLikeContract, readContract},
	{"a Smithy model (JSON AST)", smithy.Is, models(smithy.Read)},
	{"a botocore model (service-2.json)", botocore.Is, models(botocore.Read)},
}

// Read recognises the kind of a document by its content and reads it. The version, which may be
// empty, is for contracts of documents that do not state one. The error is a
// [*schema.DocumentError]; it wraps [ErrUnknownKind] if no reader recognises the document.
func Read(document []byte, version string) (Result, error) {
	for _, k := range kinds {
		if k.recognises(document) {
			return k.read(document, version)
		}
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	problem := "the document is empty"
	if start := beginning(document); start != "" {
		problem = fmt.Sprintf("unknown kind of document: it begins %q", start)
	}
	return Result{}, &schema.DocumentError{Problem: problem, Remedy: "Supported kinds: " + strings.Join(names, ", "), Err: ErrUnknownKind}
}

// beginning returns the beginning of a document for a message.
func beginning(document []byte) string {
	text := bytes.TrimSpace(document)
	return place.Excerpt(string(text[:min(len(text), 200)]))
}

func readPage(document []byte, version string) (Result, error) {
	contract, findings, err := page.Read(document, version)
	if err != nil {
		return Result{}, err
	}
	return Result{[]*schema.Contract{contract}, findings}, nil
}

// models adapts a reader of models, which have no findings.
func models(read func(document []byte, version string) ([]*schema.Contract, error)) func([]byte, string) (Result, error) {
	return func(document []byte, version string) (Result, error) {
		contracts, err := read(document, version)
		return Result{Contracts: contracts}, err
	}
}

func looksLikeContract(document []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(document), []byte("{")) && bytes.Contains(document, []byte(`"crcheckContract"`))
}

// readContract reads a contract that crcheck wrote. The origins remain those in the file, because
// the file is a form of the contract and not a source of facts.
func readContract(document []byte, version string) (Result, error) {
	contract, err := schema.Parse(document)
	if err != nil {
		return Result{}, err
	}
	if contract.Version == "" {
		contract.Version = version
	}
	return Result{Contracts: []*schema.Contract{contract}}, nil
}
