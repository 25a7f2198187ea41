package source

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/crcheck/crcheck/schema"
)

const remedyContract = "Mend the contract file, or derive it again from its source."

func looksLikeContract(document []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(document), []byte("{")) && bytes.Contains(document, []byte(`"crcheckContract"`))
}

// readContract reads a contract that crcheck wrote. Its origins stay those that
// it names: the file is a form of the contract, not a source of facts.
func readContract(document []byte, version string) (Result, error) {
	contract, err := schema.Parse(document)
	if err != nil {
		line, column := lineAndColumn(document, errorOffset(err))
		return Result{}, &SyntaxError{line, column, err.Error(), remedyContract}
	}
	if contract.Version == "" {
		contract.Version = version
	}
	return Result{Contracts: []*schema.Contract{contract}}, nil
}

// errorOffset returns where encoding/json stopped. A contract that is sound JSON
// but no sound contract has no such place: the document's start stands for it.
func errorOffset(err error) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(syntax.Offset) - 1
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return int(mismatch.Offset) - 1
	}
	return 0
}
