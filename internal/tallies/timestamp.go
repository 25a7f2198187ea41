package tallies

import (
	"bytes"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// timestamps notes the timestamps of a contract that bodies have in the form that the contract
// states. Once all were seen, bodies are no longer read.
type timestamps struct {
	contract *schema.Contract
	first    map[*schema.Shape]schema.Place // of each timestamp
	seen     map[schema.Place]bool
	streams  map[schema.Part]*binding.Stream // of responses
}

func newTimestamps(c *schema.Contract) *timestamps {
	c = c.Clone() // readers share one inline shape between places
	t := &timestamps{c, map[*schema.Shape]schema.Place{}, map[schema.Place]bool{}, map[schema.Part]*binding.Stream{}}
	if s, ok := binding.StreamOf(c, schema.OutputPart); ok {
		t.streams[schema.OutputPart] = s
	}
	c.Walk(func(place schema.Place, s *schema.Shape, _ *schema.Member) {
		if _, again := t.first[s]; s.Type == schema.Timestamp && !again {
			t.first[s] = place
		}
	})
	return t
}

// see reads the bodies of an interaction. Neither the part of a response nor the encoding is known
// here, so it tries every part and encoding that the body may be.
func (t *timestamps) see(x *traffic.Interaction) {
	if len(t.seen) == len(t.first) {
		return
	}
	var request, response *jsontree.Node // what is broken has a finding
	if x.Request != nil {
		request = document(x.Request.Document())
	}
	body, err := x.Response.Document()
	response = document(body, err)
	for _, part := range t.contract.Parts() {
		switch {
		case part == schema.InputPart && x.Request != nil:
			t.document(part, request)
		case part == schema.InputPart, x.Request == nil, (x.Response.Status < 300) == (part == schema.OutputPart):
			t.document(part, response)
			if stream := t.streams[part]; stream != nil && err == nil {
				events, _ := stream.Read(body.Bytes)
				visit.Collected(t.contract, part, stream, events).Walk(t.value)
			}
		}
	}
}

// document parses a body; nil: it is not JSON from the start.
func document(body traffic.Body, err error) *jsontree.Node {
	if err != nil {
		return nil
	}
	n, _ := jsontree.Parse(bytes.TrimPrefix(body.Bytes, []byte("\xEF\xBB\xBF"))) // a byte order mark has a finding, too
	return n
}

func (t *timestamps) document(part schema.Part, document *jsontree.Node) {
	if document == nil {
		return
	}
	for _, p := range []schema.Encoding{schema.HTTP, schema.SDK} {
		visit.Walk(t.contract, part, p, document, t.value)
	}
}

// value notes a timestamp.
func (t *timestamps) value(s *visit.Site) (below bool) {
	if s.Shape.Type == schema.Timestamp && inForm(s.Value, s.Shape.Format.Or("epoch-seconds")) {
		t.seen[t.first[s.Shape]] = true
	}
	return !s.Unknown()
}

// inForm reports whether a value is a timestamp in a form.
func inForm(value *jsontree.Node, format string) bool {
	if value.Kind != '"' {
		return value.Kind == '0' && format != "date-time" && format != "http-date"
	}
	switch format {
	case "date-time":
		return schema.DateTime.Match([]byte(value.Text))
	case "http-date":
		return schema.HTTPDate.Match([]byte(value.Text))
	}
	return false
}
