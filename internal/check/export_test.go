package check

// For the tests of pieces.
var (
	Recording = recording
	Zipped    = zipped
)
