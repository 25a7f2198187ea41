package replay

import "fmt"

// Order says which answer a request gets that was recorded more than once, or is asked more often
// than it was recorded. It is about equal requests only: requests that differ may come in any
// order. Each session has its own.
type Order int

const (
	// Strict: the recorded answers of a request in the order of recording, each once; after the
	// last one, a miss.
	Strict Order = iota
	// Any: the recorded answers of a request in the order of recording; after the last one, the
	// first again. For servers that live longer than one run of the client.
	Any
	// Sticky: the recorded answers of a request in the order of recording; the last one repeats.
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

// MarshalText and UnmarshalText make an Order a flag.
func (o Order) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText accepts strict, any and sticky; everything else is an [*OrderError].
func (o *Order) UnmarshalText(text []byte) error {
	for i, name := range orderNames {
		if name == string(text) {
			*o = Order(i)
			return nil
		}
	}
	return &OrderError{Got: string(text)}
}

// OrderError says that there is no such order.
type OrderError struct{ Got string }

func (e *OrderError) Error() string {
	return fmt.Sprintf("there is no order %q; use strict, any or sticky", e.Got)
}
