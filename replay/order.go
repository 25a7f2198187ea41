package replay

import (
	"fmt"

	"github.com/crcheck/crcheck/internal/spelling"
)

// Order selects the response to a request that was recorded more than once, or that comes more
// often than it was recorded. It concerns equal requests only: requests that differ may come in any
// order. Every session counts for itself.
type Order int

const (
	// Strict: the recorded responses to a request in the order of recording, each once; after the
	// last one, a miss.
	Strict Order = iota
	// Any: the recorded responses to a request in the order of recording; after the last one, the
	// first again. For servers that outlive one run of the client.
	Any
	// Sticky: the recorded responses to a request in the order of recording; the last one repeats.
	// For clients that poll until something is done.
	Sticky
)

var orderNames = []string{Strict: "strict", Any: "any", Sticky: "sticky"}

func (o Order) String() string {
	if o < 0 || int(o) >= len(orderNames) {
		return fmt.Sprintf("Order(%d)", int(o))
	}
	return orderNames[o]
}

// MarshalText returns the name, so that an Order can be a flag.
func (o Order) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText accepts strict, any and sticky; anything else is an error.
func (o *Order) UnmarshalText(text []byte) error {
	for i, name := range orderNames {
		if name == string(text) {
			*o = Order(i)
			return nil
		}
	}
	return fmt.Errorf("unknown order %q; use strict, any or sticky%s", text, spelling.Hint(string(text), orderNames[:], ""))
}
