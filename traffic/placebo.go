package traffic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// A pill is a file of placebo (https://github.com/garnaat/placebo): what boto3 returned from one call,
// and the status of the response. The name of the file has the operation. Objects of Python are
// written as the JSON that the SDK encoding has for them.

// pillName matches the names that placebo gives to files: PREFIX.SERVICE.OPERATION_NUMBER.json.
var pillName = lazy(`^(.+\.[A-Z][A-Za-z0-9]*)_[0-9]+(\.json)?(\.gz|\.zst)?$`)

// isPill reports a pill, which may be cut off.
func isPill(o *outline) bool {
	code, data := o.at("status_code"), o.at("data")
	whole := len(o.names) == 2 && code.isNumber() && data.isObject()
	return whole || len(o.names) == 1 && data.has("ResponseMetadata")
}

// readPill yields the response in a pill, and reports whether the document is one.
func (in *input) readPill(text []byte, yield func(*Interaction, error) bool) bool {
	if !bytes.Contains(text, []byte(`"status_code"`)) && !bytes.Contains(text, []byte(`"ResponseMetadata"`)) || !isPill(outlineOf(text[:min(len(text), outlineBytes)])) {
		return false
	}
	c := &cassette{name: in.name, source: newSource(text, 1)}
	x, err := c.pill()
	if err != nil {
		yield(nil, err)
		return true
	}
	if m := pillName().FindStringSubmatch(filepath.Base(in.name)); m != nil {
		x.Operation = m[1]
	}
	yield(x, nil)
	return true
}

func (c *cassette) pill() (*Interaction, error) {
	x := &Interaction{Source: c.name, Kind: Placebo, Encoding: EncodingSDK}
	document := bytes.TrimPrefix(c.source.data, byteOrderMark)
	skip := len(c.source.data) - len(document)
	d := jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return nil, c.brokenJSON(err)
	}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadToken()
		if err != nil {
			return nil, c.brokenJSON(err)
		}
		member := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, c.brokenJSON(err)
		}
		at := skip + int(d.InputOffset()) - len(value)
		if member == "status_code" {
			if x.Response.Status, err = strconv.Atoi(string(value)); err != nil {
				return nil, unreadEntry(malformed(c.name, c.source.position(at), fmt.Sprintf("status_code is %.20s, not a whole number", value), "record it again"), Placebo, 0)
			}
			continue
		}
		x.Response.Body = returnedBody(c.source, at, len(value), placeboClass)
	}
	return x, nil
}

// classMark is the member of an object that placebo writes for an object of Python.
const classMark = `"__class__"`

// placeboClass returns the JSON of an object of Python in the SDK encoding, if placebo wrote one
// around a mark: where it begins and ends.
func placeboClass(text []byte, mark int) (start, end int, as []byte) {
	start = bytes.LastIndexAny(text[:mark], "{}[]")
	length := bytes.IndexAny(text[mark:], "{}[]")
	if start < 0 || length < 0 || text[start] != '{' || text[mark+length] != '}' {
		return 0, 0, nil
	}
	end = mark + length + 1
	var o struct {
		Class                                               string `json:"__class__"`
		Year, Month, Day, Hour, Minute, Second, Microsecond int
		Body                                                json.RawMessage
	}
	if json.Unmarshal(text[start:end], &o) != nil {
		return 0, 0, nil
	}
	switch {
	case o.Class == "datetime" && o.Year > 0 && o.Month > 0 && o.Day > 0: // in UTC: placebo does not write the zone
		at := time.Date(o.Year, time.Month(o.Month), o.Day, o.Hour, o.Minute, o.Second, o.Microsecond*1000, time.UTC)
		return start, end, strconv.AppendQuote(nil, strings.Replace(at.Format("2006-01-02T15:04:05.999999Z07:00"), "Z", "+00:00", 1))
	case o.Class == "StreamingBody" && len(o.Body) > 0:
		return start, end, o.Body
	}
	return 0, 0, nil
}

// returnedBody returns a value of the source as a body. Objects that carry a mark are replaced.
func returnedBody(from *source, at, length int, replaced func(text []byte, mark int) (start, end int, as []byte)) Body {
	text := from.data[at : at+length]
	var body []byte
	spans := rewritten{start: at}
	done := 0 // bytes of the text
	for next := 0; ; {
		mark := bytes.Index(text[next:], []byte(classMark))
		if mark < 0 {
			break
		}
		mark += next
		next = mark + len(classMark)
		start, end, as := replaced(text, mark)
		if as == nil || start < done {
			continue
		}
		spans.copied(len(body), at+done)
		body = append(body, text[done:start]...)
		spans.replaced(len(body), at+start)
		body = append(body, as...)
		done, next = end, end
	}
	spans.copied(len(body), at+done)
	body = append(body, text[done:]...)
	spans.replaced(len(body), at+length)
	return Body{Bytes: body, place: &place{source: from, written: &spans}}
}

// rewritten is a body of which the source has most parts unchanged.
type rewritten struct {
	start int
	spans []span
}

func (r *rewritten) copied(body, source int)   { r.spans = append(r.spans, span{body, source, false}) }
func (r *rewritten) replaced(body, source int) { r.spans = append(r.spans, span{body, source, true}) }

func (r *rewritten) trace(*source, []byte) (start int, spans []span) { return r.start, r.spans }
