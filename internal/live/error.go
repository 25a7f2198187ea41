package live

import "fmt"

// InputError says why no request can be made of an input.
type InputError struct {
	Pointer      string // RFC 6901, into the input
	Line, Column int    // one-based, in code points; 0: there is no such place
	Problem      string
}

func (e *InputError) Error() string {
	place := ""
	if e.Line > 0 {
		place = fmt.Sprintf(" (line %d, column %d)", e.Line, e.Column)
	}
	if e.Pointer == "" {
		return "the input" + place + ": " + e.Problem
	}
	return "the input at " + e.Pointer + place + ": " + e.Problem
}

// ContractError says why a contract does not do for a call.
type ContractError struct {
	Contract string
	Problem  string
	Remedy   string
}

func (e *ContractError) Error() string {
	return fmt.Sprintf("%s cannot be called: %s; %s", e.Contract, e.Problem, e.Remedy)
}

const byOverlay = "state it with --overlay, or choose a contract from a service model with --contract"
