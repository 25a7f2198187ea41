package source

import (
	"bytes"
	"errors"

	"github.com/crcheck/crcheck/schema"
)

const remedyContract = "Correct the contract file, or derive it again from its source."

func looksLikeContract(document []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(document), []byte("{")) && bytes.Contains(document, []byte(`"crcheckContract"`))
}

// readContract reads a contract that crcheck wrote. Its origins stay those that
// it names: the file is a form of the contract, not a source of facts.
func readContract(document []byte, version string) (Result, error) {
	contract, err := schema.Parse(document)
	if syntax, ok := errors.AsType[*schema.ParseError](err); ok {
		return Result{}, &SyntaxError{syntax.Line, syntax.Column, syntax.Problem, remedyContract}
	} else if err != nil {
		// Sound JSON but no sound contract: the document's start stands for the place.
		return Result{}, &SyntaxError{1, 1, err.Error(), remedyContract}
	}
	if contract.Version == "" {
		contract.Version = version
	}
	return Result{Contracts: []*schema.Contract{contract}}, nil
}
