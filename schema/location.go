package schema

// Location says where a member travels in an HTTP message (Smithy, http-bindings.html). Package
// internal/binding reads and writes the values there.
type Location string

const (
	LocationBody    Location = "body"
	LocationPayload Location = "payload" // the member is the body
	LocationLabel   Location = "label"   // of the URI
	LocationQuery   Location = "query"   // a parameter; for a map, all other parameters
	LocationHeader  Location = "header"
	LocationHeaders Location = "headers" // all headers with a prefix
	LocationStatus  Location = "status"

	// Members of an event travel in its message (Smithy, spec/streaming.html#eventheader-trait); a
	// member of an event stream that is an exception arrives as an error.
	LocationEventHeader  Location = "eventHeader"
	LocationEventPayload Location = "eventPayload"
	LocationException    Location = "exception"
)

var locations = []Location{
	LocationBody, LocationLabel, LocationQuery, LocationHeader, LocationHeaders, LocationStatus, LocationPayload,
	LocationEventHeader, LocationEventPayload, LocationException,
}

// InBody reports whether the location is in the body of an HTTP message.
func (l Location) InBody() bool { return l == LocationBody || l == LocationPayload }

// InHeaders reports whether the location is in the headers of an HTTP message.
func (l Location) InHeaders() bool { return l == LocationHeader || l == LocationHeaders }

// TimestampFormat returns the default format of timestamps at the location. It returns false for
// the body, where the default depends on the protocol.
func (l Location) TimestampFormat() (format string, ok bool) {
	switch l {
	case LocationHeader, LocationHeaders:
		return string(HTTPDate), true
	case LocationLabel, LocationQuery:
		return string(DateTime), true
	}
	return "", false
}

// Location returns where a member of an input, output or error travels. The default is the body,
// and in RPC protocols all members are in the body.
func (c *Contract) Location(m *Member) Location {
	if c.rpc() || m.InEvent() != "" { // a structure can be an event, and an error or output elsewhere
		return LocationBody
	}
	return m.Location.Or(LocationBody)
}

// InBody reports whether the member is a member of the JSON body, or of an event.
func (m Member) InBody() bool {
	return m.Location.Or(LocationBody) == LocationBody || m.InEvent() != ""
}

// InEvent returns where a member travels in the message of an event, unless that is the JSON
// payload. It returns "" for all other members.
func (m Member) InEvent() Location {
	switch location := m.Location.Or(""); location {
	case LocationEventHeader, LocationEventPayload, LocationException:
		return location
	}
	return ""
}

// Payload returns the member of a part that is the HTTP body.
func (c *Contract) Payload(part Part) (m *Member, ok bool) {
	root, ok := c.Root(part)
	if !ok || root.Name == "" {
		return nil, false
	}
	members := c.Resolve(root).Members
	for i := range members {
		if c.Location(&members[i]) == LocationPayload {
			return &members[i], true
		}
	}
	return nil, false
}
