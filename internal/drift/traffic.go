package drift

// Traffic is what recorded callers do.
type Traffic struct {
	Called map[string]bool // the names of the operations that they call
}
