package finding

import (
	"errors"
	"fmt"
	"strings"
)

// AnyPlace is the Place of a row that matches every place.
const AnyPlace = "**"

// At returns the place of a row in the notation of files, one of
//
//	SERVICE:SHAPE$MEMBER [PART]      bedrock-runtime:ToolUseBlock$type
//	OPERATION [PART][/POINTER]       dynamodb.ListTables output/TableNames/*
//	/POINTER                         /job/tags/*, of any operation and part
//	OPERATION                        dynamodb.*, everything about the operation
//	top                              the top of a document of any operation and part
//	CASE                             union/two, in a row for a rule of [LayerConform]
//
// where PART is output, input (the request) or error:NAME, and POINTER a JSON
// Pointer. PART without a POINTER is the top of that document alone; output/**
// is all of it.
func (e Expected) At() string {
	switch {
	case e.Case != "":
		return e.Case
	case e.Shape != "" && e.Part != "":
		return e.Shape + " " + e.Part
	case e.Shape != "":
		return e.Shape
	}
	operation := e.Operation
	if operation == "" {
		operation = "*"
	}
	switch {
	case e.Part == "" && e.Place == AnyPlace:
		return operation
	case e.Operation == "" && e.Part == "" && e.Place != "":
		return e.Place
	case e.Part == "" && e.Place == "":
		if e.Operation == "" {
			return "top"
		}
		return operation + " *" // the top of any part
	case e.Place == AnyPlace:
		return operation + " " + e.Part + "/" + AnyPlace
	case e.Part == "":
		return operation + " " + e.Place
	}
	return operation + " " + e.Part + e.Place
}

// SetAt reads the notation of [Expected.At]. The rule must be set first: it decides whether at is
// the name of a case.
func (e *Expected) SetAt(at string) error {
	e.Shape, e.Operation, e.Part, e.Place, e.Case = "", "", "", "", ""
	first, rest, more := strings.Cut(at, " ")
	switch {
	case at == "":
		return errors.New("at is empty; * matches everything")
	case e.Rule.aboutCases():
		e.Case = at
		return nil
	case at == "top":
		return nil
	case first == "":
		return errors.New("at begins with a space")
	case strings.HasPrefix(at, "/"):
		e.Place = at // member names may contain spaces
		return nil
	case strings.Contains(first, ":"):
		if strings.ContainsAny(rest, " /") {
			return fmt.Errorf("at %q: only output, input or error:NAME may follow a shape", at)
		}
		e.Shape, e.Part = first, rest
		return nil
	case strings.Contains(first, "/"):
		return fmt.Errorf("at %q: %q is not an operation such as dynamodb.ListTables; write * for any", at, first)
	}
	if first != "*" {
		e.Operation = first
	}
	if !more {
		e.Place = AnyPlace
		return nil
	}
	part, pointer, below := strings.Cut(rest, "/")
	if strings.Contains(part, " ") || part == "" && !below {
		return fmt.Errorf("at %q: write OPERATION PART/POINTER, as in dynamodb.ListTables output/TableNames/*", at)
	}
	if part != "*" {
		e.Part = part
	}
	if below {
		e.Place = "/" + pointer
	}
	if e.Place == "/"+AnyPlace {
		e.Place = AnyPlace
	}
	return nil
}

// Service returns the service of an operation's name, such as "cleanrooms" of
// "cleanrooms.GetProtectedJob".
func Service(operation string) string {
	if i := strings.LastIndexByte(operation, '.'); i >= 0 {
		return operation[:i]
	}
	return operation
}
