package redact

import "github.com/crcheck/crcheck/traffic"

// Class is how a string is redacted.
type Class int

const (
	// ByFormat replaces the identifiers that are recognised in the string.
	ByFormat Class = iota
	// Keep leaves the string unchanged, such as the value of an enum or a code. If [Place.Is] reports
	// that it is another value, it is redacted as [Place.Otherwise].
	Keep
	// Whole replaces the whole string, such as a bucket, a value of a map or a sensitive member.
	Whole
)

// Place is what a contract states about a string. The zero value states nothing.
type Place struct {
	Class Class
	// Is reports whether a string is of the type that makes the class Keep. If it is nil, every string
	// is.
	Is        func(string) bool
	Otherwise Class // the class of other strings
	// Accepts reports whether a string conforms to the contract: its length and pattern. A
	// pseudonym conforms exactly if its name does. If it is nil, every string conforms. It must be
	// safe for concurrent use and deterministic.
	Accepts func(string) bool
	// Blob reports that the string is base64 by contract, so that random characters do not indicate
	// a secret.
	Blob bool
	// Mask conforms to the contract, and replaces a string that has no pseudonym, or that contains a
	// secret. If it is empty, [Mask] does. If nothing conforms, Unmaskable is set.
	Mask       string
	Unmaskable bool
	// Constant reports that the mask replaces every string of the class Whole, since a pseudonym would
	// reveal much of it, as of a date.
	Constant bool
}

// isMap reports whether the node is of a map, whose keys are data.
func (n *Node) isMap() bool { return n != nil && n.Element != nil && n.Members == nil }

// of returns the place of a string, which has the class of this string.
func (p Place) of(s string) Place {
	if p.Class == Keep && p.Is != nil && !p.Is(s) {
		p.Class = p.Otherwise
	}
	return p
}

// mask returns the mask of the place.
func (p Place) mask() string {
	if p.Mask == "" {
		return Mask
	}
	return p.Mask
}

// isMask reports whether a string is a mask already.
func (p Place) isMask(s string) bool { return s == Mask || s != "" && s == p.Mask }

// Node is what a contract states about a place in a JSON document and the places below it. A nil
// node states nothing. Nodes may be cyclic.
type Node struct {
	Place                    // of a string at this place
	Members map[string]*Node // of a structure, by the names on the wire
	Key     Place            // of the names of a map
	Element *Node            // of the elements of a list and the values of a map
	Stream  *Stream          // of a body that is an event stream
}

// Places are the places of one interaction. The zero value states nothing.
type Places struct {
	// Path are the segments of the URL's path after the first slash. Segments beyond its end are
	// ByFormat.
	Path []Place
	// Query are the parameters of the URL's query, by name.
	Query map[string]Place
	// RequestHeader and ResponseHeader are headers, by name in lower case. These headers are kept.
	// Others are dropped unless the package comment lists them.
	RequestHeader, ResponseHeader map[string]Place
	Request, Response             *Node // the bodies, if they are JSON

	apart     bool       // each segment of the path is edited separately
	again     again      // may be nil
	documents *documents // may be nil
}

// Classify returns what a contract states about an interaction, or the zero value. It is called
// with interactions before and after redaction, for which it must return the same, with live
// requests, which do not have a response yet, and with recorded ones.
type Classify func(x *traffic.Interaction) Places

func (c Classify) places(x *traffic.Interaction) Places {
	if c == nil {
		return Places{}
	}
	return c(x)
}
