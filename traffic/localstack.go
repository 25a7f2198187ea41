package traffic

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A snapshot of LocalStack's tests has what boto3 returned, by test and by a name that the test chose.
// Values that differ from run to run are placeholders, such as <resource:1>. The service is that of the
// path of the test, and the operation is what the name says, if it says one.

// isSnapshot reports a snapshot.
func isSnapshot(o *outline) bool {
	return len(o.values) > 0 && o.isObject() && o.values[0].has("recorded-date", "recorded-content")
}

// readSnapshot yields the responses in a snapshot, and reports whether the document is one.
func (in *input) readSnapshot(text []byte, yield func(*Interaction, error) bool) bool {
	if !bytes.Contains(text, []byte(`"recorded-content"`)) || !isSnapshot(outlineOf(text[:min(len(text), outlineBytes)])) {
		return false
	}
	s := &snapshot{cassette: cassette{name: in.name, source: newSource(text, 1)}, yield: yield}
	document := bytes.TrimPrefix(text, byteOrderMark)
	d := jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := s.members(d, func(test string) error {
		if d.PeekKind() != jsontext.KindBeginObject {
			return d.SkipValue()
		}
		return s.members(d, func(member string) error {
			if member != "recorded-content" {
				return d.SkipValue()
			}
			s.service = serviceOfTest(test)
			return s.value(d, len(text)-len(document), "", snapshotDepth)
		})
	})
	if err != nil && err != errStopped {
		yield(nil, s.brokenJSON(err))
	}
	return true
}

// snapshotDepth is how deep responses are looked for in lists and objects of a test.
const snapshotDepth = 3

type snapshot struct {
	cassette
	service string
	index   int
	yield   func(*Interaction, error) bool
}

// members calls member with the name of each member of an object. member must read the value.
func (s *snapshot) members(d *jsontext.Decoder, member func(name string) error) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// value yields the responses in a value that begins skip bytes into the source.
func (s *snapshot) value(d *jsontext.Decoder, skip int, name string, depth int) error {
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	text := bytes.Clone(raw)
	at := skip + int(d.InputOffset()) - len(text)
	o := outlineOf(text)
	switch {
	case o.isObject() && o.at("ResponseMetadata").isObject():
		return s.response(name, at, len(text), o)
	case depth == 0 || !o.isObject() && !o.isList():
		return nil // not a response
	}
	inner := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if o.isObject() {
		return s.members(inner, func(member string) error { return s.value(inner, at, member, depth-1) })
	}
	_, _ = inner.ReadToken()
	for inner.PeekKind() != jsontext.KindEndArray {
		if err := s.value(inner, at, name, depth-1); err != nil {
			return err
		}
	}
	return nil
}

func (s *snapshot) response(name string, at, length int, o *outline) error {
	x := &Interaction{Source: s.name, Kind: LocalStack, Index: s.index, Encoding: EncodingSDK, Operation: operationOfName(s.service, name)}
	_, _ = fmt.Sscan(o.at("ResponseMetadata", "HTTPStatusCode").text, &x.Response.Status) // a placeholder leaves it unknown
	x.Response.Body = Body{Bytes: s.source.data[at : at+length : at+length], place: &place{source: s.source, written: verbatim{start: at, length: length}}}
	s.index++
	if !s.yield(x, nil) {
		return errStopped
	}
	return nil
}

// serviceOfTest returns the service that a test of LocalStack is about: the folder below services.
func serviceOfTest(test string) string {
	_, below, _ := strings.Cut(test, "/services/")
	service, _, _ := strings.Cut(below, "/")
	return strings.TrimSuffix(service, "_")
}

var (
	nameSeparators = lazy(`[^A-Za-z0-9]+`)
	nameEndings    = lazy(`(?i)([-_. :]+(response|resp|result|res|output|out|success|[0-9]+))+$`)
)

// operationOfName returns the operation that a name such as "get-queue-url-response" says.
func operationOfName(service, name string) string {
	name = nameEndings().ReplaceAllString(name, "")
	operation := ""
	for _, word := range nameSeparators().Split(name, -1) {
		if word != "" {
			operation += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	if service == "" || operation == "" {
		return ""
	}
	return service + "." + operation
}
