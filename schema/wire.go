package schema

// How AWS's JSON protocols write simple types. The validator and the JSON
// Schemas both go by these constants
// (Smithy, aws/protocols/aws-restjson1-protocol.html#shape-serialization).

// NonNumericFloats are the strings that stand for what JSON numbers cannot write.
var NonNumericFloats = []string{"NaN", "Infinity", "-Infinity"}

const (
	// EarliestTimestamp and TimestampsEnd bound epoch seconds to the years 1 to
	// 9999, which Python's datetime and RFC 3339 can represent. The end is
	// exclusive.
	EarliestTimestamp = "-62135596800"
	TimestampsEnd     = "253402300800"

	date   = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`
	clock  = `([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?`
	offset = `([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`

	// DateTimePattern is RFC 3339 section 5.6, date-time.
	DateTimePattern = `^` + date + `[Tt]` + clock + offset + `$`
	// ISO8601Pattern adds what Python's str(datetime) prints: a space for the T.
	ISO8601Pattern = `^` + date + `[Tt ]` + clock + offset + `$`
	// HTTPDatePattern is RFC 9110 section 5.6.7, IMF-fixdate, with the fraction
	// of a second that Smithy allows.
	HTTPDatePattern = `^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} ` + clock + ` GMT$`
	// Base64Pattern is RFC 4648 section 4, with padding.
	Base64Pattern = `^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`
)

// IntegerBounds returns the least and the greatest integer of so many bits.
func IntegerBounds(bits int) (low, high string) {
	switch bits {
	case 8:
		return "-128", "127"
	case 16:
		return "-32768", "32767"
	case 32:
		return "-2147483648", "2147483647"
	}
	return "-9223372036854775808", "9223372036854775807"
}

// LargestFloat returns the greatest number, of 17 digits, that a float of so many
// bits can hold: larger ones round to infinity. The shortest text of the greatest
// 32-bit float, 3.4028235e38, lies above its exact value.
func LargestFloat(bits int) string {
	if bits == 32 {
		return "3.4028235677973366e38"
	}
	return "1.7976931348623158e308"
}
