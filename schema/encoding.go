package schema

import "fmt"

// Encoding is the form in which a document of a contract is written.
type Encoding int

const (
	// HTTP is the HTTP body of the AWS JSON protocols.
	HTTP Encoding = iota
	// SDK is what boto3 or the AWS CLI returns: members by their API names, timestamps as ISO 8601
	// text (or epoch seconds, as the AWS CLI v1 prints them), and boto3's ResponseMetadata beside
	// the members of the output.
	SDK
)

var encodingNames = [...]string{HTTP: "http", SDK: "sdk"}

func (p Encoding) String() string { return encodingNames[p] }

// UnmarshalText reads "http" or "sdk".
func (p *Encoding) UnmarshalText(text []byte) error {
	for i, name := range encodingNames {
		if name == string(text) {
			*p = Encoding(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not an encoding: use http or sdk", text)
}

// MemberName returns the name of a member in a document.
func (p Encoding) MemberName(m *Member) string {
	if p == HTTP {
		return m.Wire()
	}
	return m.Name
}

// Spellings returns the other names that the member of an error with a name may have in a document.
// Only the message has some: services write message or Message, whatever their models say, and SDKs
// read either. boto3 returns it in Error.
func (p Encoding) Spellings(part Part, name string) []string {
	if _, isError := part.ErrorName(); !isError {
		return nil
	}
	var others []string
	switch name {
	case "message":
		others = []string{"Message"}
	case "Message":
		others = []string{"message"}
	default:
		return nil
	}
	if p == SDK {
		others = append(others, "Error")
	}
	return others
}

// Document returns the root of a document of a part, and the members of that root which the
// document has. In the HTTP encoding, members bound to a header, the status or the URI are not in
// the body, and a member bound to the payload is the body (Smithy, http-bindings.html). ok is false
// if the source does not state the part, or if its body is raw, see [Contract.RawBody].
func (p Encoding) Document(c *Contract, part Part) (root Ref, members []Member, ok bool) {
	root, ok = c.Root(part)
	if !ok || root.Name == "" {
		return root, nil, false
	}
	shape := c.Resolve(root)
	if p == SDK {
		return root, shape.Members, true
	}
	if _, raw := c.RawBody(part); raw {
		return root, nil, false
	}
	if m, ok := c.Payload(part); ok {
		return m.Shape, c.Resolve(m.Shape).Members, true
	}
	for i := range shape.Members {
		if m := &shape.Members[i]; c.Location(m) == LocationBody {
			members = append(members, *m)
		}
	}
	return root, members, true
}

// RawBody returns the member of a part that is the whole HTTP body and not JSON: a payload that is
// a string, an enum or a blob, or a stream.
func (c *Contract) RawBody(part Part) (m *Member, ok bool) {
	root, ok := c.Root(part)
	if !ok || root.Name == "" {
		return nil, false
	}
	shape := c.Resolve(root)
	for i := range shape.Members {
		m := &shape.Members[i]
		body := c.Resolve(m.Shape)
		switch c.Location(m) {
		case LocationPayload:
			if body.Type == String || body.Type == Blob || body.Stream() {
				return m, true
			}
		case LocationBody: // a page does not mark a stream as the payload
			if body.Stream() {
				return m, true
			}
		}
	}
	return nil, false
}

// Stream reports whether the shape is an HTTP body that is read as it arrives: bytes or events.
func (s *Shape) Stream() bool { return s.Streaming.Or(false) || s.EventStream.Or(false) }
