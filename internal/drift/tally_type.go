package drift

import (
	"bytes"
	"math"
	"strconv"

	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// What is told of values besides their JSON type.
const (
	dateTime    = "date-time string"
	httpDate    = "http-date string"
	longInteger = "integer beyond 64 bits"
	longNumber  = "number beyond 64 bits"
	unknownType = "unknown type" // withheld, or of a document that breaks off
	nameAlone   = "name alone"   // what boto3 leaves of a union member that it does not know
)

// typeOf is the JSON type of a value, of numbers and texts a little more; empty
// for no value.
func typeOf(value jsontext.Value) string {
	if len(value) == 0 {
		return ""
	}
	switch value.Kind() {
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	case '0':
		return numberType(value)
	}
	switch text, _ := unquote(string(value)); {
	case schema.DateTime.Match([]byte(text)):
		return dateTime
	case schema.HTTPDate.Match([]byte(text)):
		return httpDate
	}
	return "string"
}

func numberType(value jsontext.Value) string {
	double, err := strconv.ParseFloat(string(value), 64)
	_, notInt64 := strconv.ParseInt(string(value), 10, 64)
	switch {
	case err != nil || math.Abs(double) == math.MaxFloat64:
		return longNumber
	case bytes.ContainsAny(value, ".eE"):
		return "number"
	case notInt64 != nil:
		return longInteger
	}
	return "integer"
}
