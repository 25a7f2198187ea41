package schema

import "fmt"

// Projection is how a document of a contract is written down.
type Projection int

const (
	// Wire is the HTTP body of the AWS JSON protocols.
	Wire Projection = iota
	// SDK is what boto3 or the AWS CLI hands over: members by their API names,
	// timestamps as ISO 8601 text (or the epoch number, as the AWS CLI v1
	// prints it), boto3's ResponseMetadata beside the output.
	SDK
)

var projectionNames = [...]string{Wire: "wire", SDK: "sdk"}

func (p Projection) String() string { return projectionNames[p] }

// UnmarshalText reads "wire" or "sdk".
func (p *Projection) UnmarshalText(text []byte) error {
	for i, name := range projectionNames {
		if name == string(text) {
			*p = Projection(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no projection: use wire or sdk", text)
}

// MemberName returns the name that a member has in a document.
func (p Projection) MemberName(m *Member) string {
	if p == Wire {
		return m.Wire()
	}
	return m.Name
}

// Document returns what a document of a part is: the reference to the shape at
// its root, and the members of that root which are in the document where not
// all are. On the wire, members bound to the HTTP header, status or URI are not
// in the body, and a member bound to the payload is the body
// (Smithy, http-bindings.html). ok is false for a part that has no document.
func (p Projection) Document(c *Contract, part Part) (root Ref, members []Member, ok bool) {
	root, ok = c.Root(part)
	if !ok || root.Name == "" {
		return root, nil, false
	}
	shape := c.Resolve(root)
	if p == SDK {
		return root, shape.Members, true
	}
	for _, m := range shape.Members {
		switch {
		case m.Location.Or("body") == "payload":
			return m.Shape, c.Resolve(m.Shape).Members, true
		case m.InBody() && !c.Resolve(m.Shape).outsideJSON():
			members = append(members, m)
		}
	}
	return root, members, true
}

// outsideJSON reports a shape that is the HTTP body itself rather than part of
// a JSON document.
func (s *Shape) outsideJSON() bool { return s.Streaming.Or(false) || s.EventStream.Or(false) }
