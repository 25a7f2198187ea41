package conformance

import (
	"bytes"
	_ "embed"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/crcheck/crcheck/validate"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
)

// protocolSchema is protocol.schema.json: JSON Schema 2020-12 of each message,
// in $defs by name.
//
//go:embed protocol.schema.json
var protocolSchema []byte

// Messages of the protocol, by their names in the schema.
const (
	runnerHello   = "runnerHello"
	clientHello   = "clientHello"
	callMessage   = "call"
	resultMessage = "result"
)

// alternatives are the members of a result of which it has exactly one.
var alternatives = []string{"output", "error", "transport", "rejected", "skipped", "broken"}

// messageError says where a line violates the protocol. If there are several places, it is the
// first by pointer.
type messageError struct {
	Message string // the expected message: runnerHello, clientHello, call or result
	Pointer string // the place in it, RFC 6901; empty is the whole
	Reason  string
	Line    string // the line's start
}

func (e *messageError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = " at " + e.Pointer
	}
	return fmt.Sprintf("invalid %s%s: %s: %s", e.Message, at, e.Reason, e.Line)
}

// protocolSchemas are compiled with the first message, not with the program.
var protocolSchemas = sync.OnceValues(func() (map[string]*v5.Schema, error) {
	const url = "urn:crcheck:client-protocol:1"
	compiler := v5.NewCompiler()
	compiler.Draft = v5.Draft2020
	if err := compiler.AddResource(url, bytes.NewReader(protocolSchema)); err != nil {
		return nil, err
	}
	schemas := map[string]*v5.Schema{}
	for _, message := range []string{runnerHello, clientHello, callMessage, resultMessage} {
		var err error
		if schemas[message], err = compiler.Compile(url + "#/$defs/" + message); err != nil {
			return nil, err
		}
	}
	return schemas, nil
})

// checkMessage validates a line against the schema of a message.
func checkMessage(message string, line []byte) *messageError {
	wrong := func(pointer, reason string) *messageError {
		return &messageError{message, pointer, reason, lineExcerpt(line)}
	}
	// This is stricter than encoding/json: languages differ in how they read duplicate members and
	// invalid UTF-8, so the protocol allows neither.
	var value jsontext.Value
	if err := json.Unmarshal(line, &value); err != nil {
		return wrong("", syntaxReason(err))
	}
	schemas, err := protocolSchemas()
	if err != nil {
		return wrong("", "protocol.schema.json: "+err.Error())
	}
	tree, err := validate.Tree(line)
	if err != nil {
		return wrong("", err.Error())
	}
	err = schemas[message].Validate(tree)
	if err == nil {
		return nil
	}
	var invalid *v5.ValidationError
	if !errors.As(err, &invalid) {
		return wrong("", err.Error())
	}
	pointer, reason := firstCause(invalid, tree)
	return wrong(pointer, reason)
}

// firstCause returns the deepest cause of a failure, the first by pointer and
// text: santhosh-tekuri/jsonschema reports causes in random order.
func firstCause(e *v5.ValidationError, tree any) (pointer, reason string) {
	if strings.HasSuffix(e.KeywordLocation, "/oneOf") {
		return e.InstanceLocation, alternativesReason(tree) // its causes say only what is absent
	}
	if strings.HasSuffix(e.KeywordLocation, "/const") {
		return e.InstanceLocation, "value must be " + constant(e.AbsoluteKeywordLocation)
	}
	if len(e.Causes) == 0 {
		return e.InstanceLocation, e.Message
	}
	for i, cause := range e.Causes {
		p, r := firstCause(cause, tree)
		if i == 0 || p < pointer || p == pointer && r < reason {
			pointer, reason = p, r
		}
	}
	return pointer, reason
}

// constant is the JSON at a location of the schema; santhosh-tekuri/jsonschema
// writes a number as a string.
func constant(location string) string {
	_, pointer, _ := strings.Cut(location, "#")
	at := protocolSchema
	for token := range jsontext.Pointer(pointer).Tokens() {
		var members map[string]jsontext.Value
		if err := json.Unmarshal(at, &members); err != nil {
			return location
		}
		at = members[token]
	}
	return string(at)
}

func alternativesReason(tree any) string {
	object, _ := tree.(map[string]any)
	var set []string
	for _, name := range alternatives {
		if _, ok := object[name]; ok {
			set = append(set, name)
		}
	}
	found := "none"
	if len(set) > 0 {
		found = strings.Join(set, " and ")
	}
	return "exactly one of " + strings.Join(alternatives, ", ") + " is required, got " + found
}

func syntaxReason(err error) string {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return "not JSON"
	}
	return fmt.Sprintf("not JSON: %v at byte %d", syntax.Err, syntax.ByteOffset)
}

// readMessage checks a line and decodes it. Names are matched exactly, unlike in encoding/json,
// whose result could differ from the document that was checked.
func readMessage(message string, line []byte, into any) *messageError {
	if err := checkMessage(message, line); err != nil {
		return err
	}
	if err := json.Unmarshal(line, into); err != nil {
		return &messageError{message, "", err.Error(), lineExcerpt(line)}
	}
	return nil
}

// writeMessage encodes a message of the runner as a line. It checks the message too, to find our
// own defects before a client does.
func writeMessage(message string, from any) ([]byte, error) {
	line, err := stdjson.Marshal(from)
	if err != nil {
		return nil, err
	}
	if err := checkMessage(message, line); err != nil {
		return nil, err
	}
	if len(line) > maxLine {
		return nil, &messageError{message, "", fmt.Sprintf("got %d bytes, want at most %d", len(line), maxLine), lineExcerpt(line)}
	}
	return append(line, '\n'), nil
}

// lineExcerpt is the start of a line, quoted so that the output of a client cannot control a
// terminal.
func lineExcerpt(line []byte) string {
	const maxLength = 120
	line = bytes.TrimRight(line, "\r\n")
	if len(line) <= maxLength {
		return fmt.Sprintf("%#q", line)
	}
	cut := maxLength
	for cut > maxLength-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
		cut--
	}
	return fmt.Sprintf("%#q…", line[:cut])
}
