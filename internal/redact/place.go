package redact

import "github.com/crcheck/crcheck/traffic"

// Class says what becomes of a string.
type Class int

const (
	// ByFormat replaces the identifiers that are recognised inside of the string.
	ByFormat Class = iota
	// Keep leaves the string as it is: an enum's value, a code.
	Keep
	// Whole replaces all of the string: names of buckets, values of maps, sensitive members.
	Whole
)

// Place is what a contract says of a string. The zero value says nothing.
type Place struct {
	Class Class
	// Accepts says whether the contract takes the string: its length, its pattern. A pseudonym is
	// accepted exactly if what it stands for is. nil: anything is. It must be safe for concurrent
	// use and must always say the same of the same string.
	Accepts func(string) bool
	// Blob says that the string is base64 by contract: that it is random is no sign of a secret.
	Blob bool
}

// Node is what a contract says of a place in a JSON document and of those below it. A nil node says
// nothing. Nodes may lead back to themselves.
type Node struct {
	Place                    // of a string that stands here
	Members map[string]*Node // of a structure, by the names on the wire
	Key     Place            // of the names of a map
	Element *Node            // of the elements of a list and the values of a map
}

// Places are the places of one interaction. The zero value says nothing.
type Places struct {
	// Path has the segments of the URL's path, from the one that follows the first slash. Those
	// beyond its end are ByFormat.
	Path []Place
	// Query has the parameters of the URL's query by their names.
	Query map[string]Place
	// RequestHeader and ResponseHeader have headers by their names in lower case. They are kept,
	// other than the rest, which is dropped unless it is on the list of the package comment.
	RequestHeader, ResponseHeader map[string]Place
	Request, Response             *Node // the bodies, where they are JSON

	apart bool // each segment of the path is looked at by itself
}

// Classify says what a contract says of an interaction, or the zero value. It is asked of
// interactions before and after they are redacted, and must say the same of both; of live requests,
// which have no response yet; and of recorded ones.
type Classify func(x *traffic.Interaction) Places

func (c Classify) places(x *traffic.Interaction) Places {
	if c == nil {
		return Places{}
	}
	return c(x)
}
