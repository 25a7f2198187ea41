package schema

import (
	"slices"
	"strings"
)

// How AWS's JSON protocols write simple types. Package validate and the JSON
// Schemas share these constants
// (Smithy, aws/protocols/aws-restjson1-protocol.html#shape-serialization).

// NonNumericFloats are the strings for the floats that JSON numbers cannot represent.
var NonNumericFloats = []string{"NaN", "Infinity", "-Infinity"}

const (
	// EarliestTimestamp and TimestampsEnd bound epoch seconds to the years 1 to 9999, the range of
	// Python's datetime and of RFC 3339. The end is exclusive.
	EarliestTimestamp = "-62135596800"
	TimestampsEnd     = "253402300800"

	// Days of the Gregorian calendar: those of every year, and 29 February of leap years.
	year     = `([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])`
	leapYear = `([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)`
	to28     = `(0[1-9]|1[0-9]|2[0-8])`
	to30     = `(0[1-9]|[12][0-9]|30)`
	to31     = `(0[1-9]|[12][0-9]|3[01])`
	date     = `(` + year + `-((0[13578]|1[02])-` + to31 + `|(0[469]|11)-` + to30 + `|02-` + to28 + `)|` + leapYear + `-02-29)`
	httpDay  = `((` + to31 + ` (Jan|Mar|May|Jul|Aug|Oct|Dec)|` + to30 + ` (Apr|Jun|Sep|Nov)|` + to28 + ` Feb) ` + year + `|29 Feb ` + leapYear + `)`

	fraction = `(\.[0-9]{1,9})?`
	minute   = `([01][0-9]|2[0-3]):[0-5][0-9]`
	clock    = minute + `:[0-5][0-9]` + fraction
	leapUTC  = `23:59:60` + fraction
	offset   = `[+-]` + minute
	zoned    = `(` + clock + `([Zz]|` + offset + `)|` + leapUTC + `[Zz]|` + minute + `:60` + fraction + offset + `)`

	// DateTimePattern is the pattern of [DateTime].
	DateTimePattern    = `^` + date + `[Tt]` + zoned + `$`
	utcDateTimePattern = `^` + date + `[Tt](` + clock + `|` + leapUTC + `)[Zz]$`
	// ISO8601Pattern is the pattern of [ISO8601].
	ISO8601Pattern = `^` + date + `[Tt ]` + zoned + `$`
	// HTTPDatePattern is the pattern of [HTTPDate].
	HTTPDatePattern = `^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), ` + httpDay + ` (` + clock + `|` + leapUTC + `) GMT$`
	// Base64Pattern is the pattern of base64 with padding (RFC 4648 section 4).
	Base64Pattern = `^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`
)

// IntegerBounds returns the smallest and the largest integer of a number of bits.
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

// LargestFloat returns the largest number of 17 digits that rounds to a finite float of 32 or 64
// bits. It has more digits than the shortest text of the largest 32-bit float, 3.4028235e38, which is
// above its exact value.
func LargestFloat(bits int) string {
	if bits == 32 {
		return "3.4028235677973366e38"
	}
	return "1.7976931348623158e308"
}

// awsJSON reports whether requests name the operation in X-Amz-Target
// (Smithy, aws-json-1_0-protocol.html).
// BearerOnly reports whether requests have a bearer token, and none has a signature.
func (c *Contract) BearerOnly() bool { return c.Bearer.Or(false) && c.Signing.Silent() }

func (c *Contract) awsJSON() bool { return strings.HasPrefix(c.Protocol.Or(""), "awsJson") }

// rpc reports whether the protocol puts all of an input or output into the body and ignores HTTP
// bindings.
func (c *Contract) rpc() bool {
	return c.awsJSON() || slices.Contains([]string{"awsQuery", "ec2Query", "rpcv2Cbor"}, c.Protocol.Or(""))
}

// protocolNames gives the names, in counts of unchecked traffic, of protocols whose bodies are not
// JSON.
var protocolNames = map[string]string{"restXml": "rest-xml", "awsQuery": "query", "ec2Query": "ec2", "rpcv2Cbor": "rpc-v2-cbor"}

// NotJSON returns the name of the contract's protocol if its bodies are not JSON, such as
// "rest-xml". Without a known protocol, bodies are JSON.
func (c *Contract) NotJSON() (protocol string, ok bool) {
	protocol, ok = protocolNames[c.Protocol.Or("")]
	return protocol, ok
}

// endpoint returns the API's name without its version: often the beginning of the host name.
func (c *Contract) endpoint() string {
	api := c.API.Or(c.Service)
	if at := len(api) - len("-2006-01-02"); at > 0 && api[at] == '-' {
		return api[:at]
	}
	return api
}
