package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
)

// eventEditor edits one message.
type eventEditor struct {
	*streamEditor
	event  *Event
	media  string
	failed bool
	name   string        // of the event or exception
	outer  func() string // the pointer to the document around the current string
	nested int           // blobs of JSON around the current string
}

func (s *streamEditor) eventEditor(m eventstream.Message) *eventEditor {
	header := func(name string) string {
		v, _ := m.Headers.Get(name)
		if v.Type != eventstream.TypeString {
			return ""
		}
		return string(v.Data)
	}
	e := &eventEditor{streamEditor: s, media: strings.ToLower(header(":content-type")), failed: header(":message-type") == "exception"}
	e.name = header(":event-type")
	if e.failed {
		e.name = header(":exception-type")
	}
	if s.contract != nil {
		if e.event = s.contract.Events[e.name]; e.event == nil && strings.HasPrefix(e.name, "initial-re") {
			e.event = &Event{Payload: s.contract.Initial}
		}
	}
	e.outer = e.pointer
	return e
}

// pointer returns the pointer to the event, as in findings of validation.
func (e *eventEditor) pointer() string {
	pointer := fmt.Sprintf("/%d", e.index)
	if e.contract != nil {
		pointer = "/" + e.contract.Name + pointer
	}
	if e.name != "" && plainType([]byte(e.name)) {
		pointer += "/" + jsontree.Escape(e.name)
	}
	return pointer
}

// header edits a header. Its type is unchanged.
func (e *eventEditor) header(h eventstream.Header) eventstream.Header {
	name := string(h.Name)
	at := site{name: name, pointer: noPointer}
	if e.event != nil {
		at.Place = e.event.Headers[name]
	}
	if constantHeaders[name] && plainType(h.Data) {
		at.fixed, at.exempt = true, true
	}
	switch h.Type {
	case eventstream.TypeString:
		h.Data = []byte(e.text(at, string(h.Data)))
		if len(h.Data) > eventstream.MaxValue {
			h.Data = []byte(Mask)
		}
	case eventstream.TypeBytes:
		h.Data = e.bytes(at, h.Data)
		if len(h.Data) > eventstream.MaxValue {
			h.Data = []byte(Mask)
		}
	case eventstream.TypeUUID:
		h.Data = e.uuid(at, h.Data)
	case eventstream.TypeByte, eventstream.TypeShort, eventstream.TypeInteger, eventstream.TypeLong:
		at.number = true
		if text := fmt.Sprint(h.Int()); e.text(at, text) != text {
			h.Data = make([]byte, len(h.Data))
		}
	}
	if !strings.HasPrefix(name, ":") {
		if e.event == nil || !e.event.has(name) {
			h.Name = e.headerName(name)
		}
	}
	return h
}

func (v *Event) has(header string) bool {
	_, ok := v.Headers[header]
	return ok
}

func (e *eventEditor) headerName(name string) []byte {
	now := e.text(site{isName: true, pointer: noPointer}, name)
	if len(now) > 255 || now == "" {
		now = Mask
	}
	return []byte(now)
}

// bytes edits the value of a header of bytes, or a payload that is not JSON.
func (e *eventEditor) bytes(at site, b []byte) []byte {
	switch {
	case at.name == chunkSignature:
		if len(bytes.Trim(b, "\x00")) == 0 {
			return b
		}
		if text := hex.EncodeToString(b); e.text(at, text) != text {
			return make([]byte, len(b))
		}
		return b
	case isText(b):
		if at.Blob {
			at.Accepts, at.Blob = nil, false // they are about its base64
		}
		return []byte(e.text(at, string(b)))
	case at.Class == Whole:
		return []byte(Mask)
	}
	return []byte(e.text(at, string(b)))
}

func (e *eventEditor) uuid(at site, b []byte) []byte {
	text := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	now := e.text(at, text)
	if now == text {
		return b
	}
	decoded, err := hex.DecodeString(strings.ReplaceAll(now, "-", ""))
	if err != nil || len(decoded) != len(b) {
		return make([]byte, len(b))
	}
	return decoded
}

func (e *eventEditor) payload(b []byte) []byte {
	var node *Node
	if e.event != nil {
		node = e.event.Payload
	}
	switch text := bytes.TrimLeft(b, " \t\r\n"); {
	case len(b) == 0:
		return b
	case e.event != nil && e.event.Raw:
		at := site{pointer: noPointer}
		if node != nil {
			at.Place = node.Place
		}
		if now, ok := e.document(at, b); ok {
			return now
		}
		return e.bytes(at, b)
	case node != nil, strings.Contains(e.media, "json"), len(text) > 0 && (text[0] == '{' || text[0] == '['):
		return editJSON(b, root{Node: node, failed: e.failed}, e.part, e.text)
	}
	return e.bytes(site{pointer: noPointer}, b)
}

// text edits a string of the message. A string that is base64 of a JSON document, as events of
// models are, is edited as the document.
func (e *eventEditor) text(at site, s string) string {
	at.Place = at.of(s)
	inner := at.pointer
	if inner == nil {
		inner = noPointer
	}
	outer := e.outer
	at.pointer = func() string { return outer() + inner() }
	at.part = e.part
	switch {
	case at.isName || at.number || at.Class == Keep:
	case e.nested == 0 && at.name == "p" && strings.HasPrefix(paddingAlphabet, s) && inner() == "/p":
		return padding
	case len(s) >= minBase64 && !secretMember(at.name):
		if b, encoding := base64Document(s); b != nil {
			e.outer = at.pointer
			now, ok := e.document(at, b)
			e.outer = outer
			switch {
			case ok && bytes.Equal(now, b):
				return s
			case ok:
				return encoding.EncodeToString(now)
			}
		}
	}
	return e.edit(at, s)
}

// document edits a JSON document in a blob. If a contract calls the blob sensitive, its strings are
// replaced as wholes, but a client can still read the document: names of members that are plain
// words are kept, and so are the words of modelWords.
func (e *eventEditor) document(at site, b []byte) (now []byte, ok bool) {
	if e.nested >= maxDepth || !isDocument(b) {
		return nil, false
	}
	e.nested++
	defer func() { e.nested-- }()
	if at.Class != Whole {
		return editJSON(b, root{}, e.part, e.text), true
	}
	node := &Node{Place: Place{Class: Whole}, Key: Place{Class: Whole}}
	node.Element = node
	return editJSON(b, root{Node: node}, e.part, func(at site, s string) string {
		switch {
		case at.isName && len(s) <= 40 && plain(s):
			at.Place = Place{}
		case !at.isName && modelWords()[s]:
			at.Place = Place{Class: Keep}
		}
		return e.text(at, s)
	}), true
}

// isDocument reports whether bytes are a JSON object or array.
func isDocument(b []byte) bool {
	text := bytes.TrimLeft(b, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[') && jsontext.Value(b).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// base64Document decodes base64 of a JSON object or array.
func base64Document(s string) ([]byte, *base64.Encoding) {
	for _, encoding := range encodings {
		if b, err := encoding.DecodeString(s); err == nil && isDocument(b) {
			return b, encoding
		}
	}
	return nil, nil
}

// modelWords are the types, roles and reasons in events of models, by which clients read them.
var modelWords = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(`
		message message_start message_delta message_stop content_block_start content_block_delta content_block_stop ping error
		text text_delta input_json_delta thinking thinking_delta redacted_thinking signature_delta tool_use tool_result tool_calls
		assistant user system tool function
		end_turn max_tokens stop_sequence pause_turn refusal stop length content_filter FINISH COMPLETE MAX_TOKENS CONTENT_FILTERED
		chat.completion.chunk text-generation stream-start stream-end`) {
		all[word] = true
	}
	return all
})

// Events of bedrock-runtime have a member p with a prefix of this alphabet, against analysis of
// their lengths. Its length would say something about that of a text that was replaced, so it is
// replaced by a constant.
const (
	paddingAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	padding         = "abcdefghijklmnop"
)
