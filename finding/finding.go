package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Finding is one result of a check.
type Finding struct {
	Rule     RuleID   `json:"rule"`
	Severity Severity `json:"severity"`
	// Operation is the contract's name without its version, such as
	// "cleanrooms.GetProtectedJob".
	Operation string `json:"operation,omitempty"`
	// Source names the input: a file, "-" for standard input, or empty.
	Source string `json:"source,omitempty"`
	// Interaction is the one-based index of the interaction in the source; 0 if the source does not
	// consist of interactions.
	Interaction int `json:"interaction,omitempty"`
	// Test is the test that made the call, if the traffic says so. Source and Line are then the file
	// and the line of the test, and Interaction and Column are 0.
	Test string `json:"test,omitempty"`
	// Part is the document of the operation: "input", the request's, or "error:NAME"; empty: the
	// output.
	Part string `json:"part,omitempty"`
	// Pointer is the RFC 6901 JSON Pointer of the value in its document. It has the API name of a
	// member that is not in the body.
	Pointer string `json:"pointer"`
	// Masked is the pointer with * in place of the keys of maps, for [Finding.Withheld]. It is empty
	// if that is not known.
	Masked string `json:"-"`
	// Event, EventType and Offset are the place within an event stream: the
	// one-based number of the event, its :event-type or :exception-type, and the
	// byte offset in the decoded body. Event is 0 if the body is not a stream; Offset is
	// also set in CBOR.
	Event     int    `json:"event,omitempty"`
	EventType string `json:"eventType,omitempty"`
	Offset    int64  `json:"offset,omitempty"`
	// Shape is the same place in Smithy's notation: the structure and its member,
	// as in "ToolUseBlock$type", also for a member that is missing or unknown.
	// Elements of lists and keys and values of maps belong to the member that
	// has them. A finding about a whole union or a whole document has only the name of the
	// structure. It is empty if the finding is not about a shape.
	Shape string `json:"shape,omitempty"`
	// Line and Column are one-based and count lines and Unicode code points of
	// the source; 0 means that the place has none.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Key says that the finding is about the key of the entry at Pointer, not its value.
	Key bool `json:"key,omitempty"`
	// Beside is where the member at Pointer travels, if it is not in the body.
	Beside Carrier `json:"beside,omitzero"`

	// Problem, Found, Names, Wanted and Cause say what is wrong; each is set if it applies.
	Problem Problem  `json:"problem,omitempty"`
	Found   Value    `json:"found,omitzero"`
	Names   []string `json:"names,omitempty"` // of members, headers or errors that were found
	Wanted  Want     `json:"wanted,omitzero"`
	Was     Value    `json:"was,omitzero"`      // before a change of [LayerDrift]
	Between []string `json:"between,omitempty"` // the sources that do not agree
	Cause   string   `json:"cause,omitempty"`   // what a reader of bytes reported
	// Truncated is the maximum number of findings of a document in the last one, if there are more.
	Truncated int `json:"truncated,omitempty"`

	// Got, Want and Message say the same in words, see [Finding.Rendered]. Programs read the other
	// fields.
	Got     string `json:"got,omitempty"`
	Want    string `json:"want,omitempty"`
	Message string `json:"message"`
	// Sensitive says that the contract calls the value sensitive: Got and keys in the pointer are
	// withheld. Callers must not show excerpts of the source.
	Sensitive bool `json:"sensitive,omitempty"`
}

// Place returns the pointer with list indexes folded to "*". Every
// token of digits counts as an index, even if it is a map key.
func (f Finding) Place() string { return foldIndexes(f.Pointer) }

// General is [RuleID.General] of the finding's rule. For [ConstraintEmpty] it is
// [ConstraintPattern] if the finding wants a pattern, else [ConstraintLength].
func (f Finding) General() RuleID {
	if f.Rule == ConstraintEmpty && f.Wanted.Pattern != "" {
		return ConstraintPattern
	}
	return f.Rule.General()
}

// Fingerprint identifies the kind of finding: rule, operation, part and
// [Finding.Place]. It stays the same when messages are reworded and documents differ.
func (f Finding) Fingerprint() string {
	kind := string(f.Rule) + "\x00" + f.Operation + "\x00" + f.Place()
	if f.Part != "" {
		kind += "\x00" + f.Part
	}
	sum := sha256.Sum256([]byte(kind))
	return hex.EncodeToString(sum[:8])
}

// String renders the finding as one line: place, severity, rule, message.
func (f Finding) String() string {
	var b strings.Builder
	if f.Source != "" {
		b.WriteString(f.Source + ":")
	}
	switch {
	case f.Column > 0:
		fmt.Fprintf(&b, "%d:%d:", f.Line, f.Column)
	case f.Line > 0:
		fmt.Fprintf(&b, "%d:", f.Line)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%s %s at %s", f.Severity, f.Rule, PlaceText(f.Part, f.Pointer))
	if event := f.EventText(); event != "" {
		b.WriteString(", " + event)
	}
	b.WriteString(": " + f.Message)
	return b.String()
}

// EventText returns the place within an event stream for people, such as "event 7 (chunk), byte
// 1024", or within CBOR; it is empty for other bodies.
func (f Finding) EventText() string {
	switch {
	case f.Event == 0 && f.Offset > 0: // CBOR
		return fmt.Sprintf("byte %d", f.Offset)
	case f.Event == 0:
		return ""
	case f.EventType == "":
		return fmt.Sprintf("event %d, byte %d", f.Event, f.Offset)
	}
	return fmt.Sprintf("event %d (%s), byte %d", f.Event, f.EventType, f.Offset)
}

// PlaceText returns a place for people: the pointer, after the part unless that is the output, as
// in input#/name.
func PlaceText(part, pointer string) string {
	switch {
	case part == "":
		return PointerText(pointer)
	case pointer == "":
		return part
	}
	return part + "#" + pointer
}

// PointerText returns a pointer for people: "the top" for the whole document.
func PointerText(pointer string) string {
	if pointer == "" {
		return "the top"
	}
	return pointer
}

// Compare orders findings as a [Set] has them: by place.
func (f Finding) Compare(g Finding) int {
	return cmp.Or(
		cmp.Compare(f.Source, g.Source),
		cmp.Compare(f.Interaction, g.Interaction),
		cmp.Compare(f.Line, g.Line),
		cmp.Compare(f.Column, g.Column),
		cmp.Compare(f.Test, g.Test),
		cmp.Compare(f.Part, g.Part),
		cmp.Compare(f.Event, g.Event),
		cmp.Compare(f.Offset, g.Offset),
		cmp.Compare(f.EventType, g.EventType),
		cmp.Compare(f.Pointer, g.Pointer),
		cmp.Compare(f.Shape, g.Shape),
		cmp.Compare(f.Rule, g.Rule),
		cmp.Compare(f.Operation, g.Operation),
		cmp.Compare(f.Got, g.Got),
		cmp.Compare(f.Want, g.Want),
		cmp.Compare(f.Message, g.Message),
		cmp.Compare(f.Severity, g.Severity),
		compareBools(f.Sensitive, g.Sensitive),
		compareBools(f.Key, g.Key),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func foldIndexes(pointer string) string {
	if !strings.ContainsAny(pointer, "0123456789") {
		return pointer
	}
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}
