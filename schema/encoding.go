package schema

import "fmt"

// Encoding is how a document of a contract is written down.
type Encoding int

const (
	// HTTP is the HTTP body of the AWS JSON protocols.
	HTTP Encoding = iota
	// SDK is what boto3 or the AWS CLI hands over: members by their API names,
	// timestamps as ISO 8601 text (or the epoch number, as the AWS CLI v1
	// prints it), boto3's ResponseMetadata beside the output.
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

// MemberName returns the name that a member has in a document.
func (p Encoding) MemberName(m *Member) string {
	if p == HTTP {
		return m.Wire()
	}
	return m.Name
}

// Spellings returns the other names by which a document of an error may carry the
// member of that name, which is its message: services write message or Message,
// whatever their models say, and SDKs read either; boto3 hands it over in Error.
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

// Document returns what a document of a part is: the reference to the shape at
// its root, and the members of that root which are in the document where not
// all are. On the wire, members bound to the HTTP header, status or URI are not
// in the body, and a member bound to the payload is the body
// (Smithy, http-bindings.html). ok is false for a part that has no document:
// its source does not state it, or its body is raw, see [Contract.RawBody].
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

// RawBody returns the member that is the HTTP body of a part as it is, not JSON:
// a payload that is a string, an enum or a blob, or a stream.
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
		case LocationBody: // a page does not say that a stream is the payload
			if body.Stream() {
				return m, true
			}
		}
	}
	return nil, false
}

// Stream reports a shape that is the HTTP body itself as it arrives, bytes or events.
func (s *Shape) Stream() bool { return s.Streaming.Or(false) || s.EventStream.Or(false) }
