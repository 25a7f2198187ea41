package binding

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/schema"
)

// ParseTimestamp parses a timestamp in the sdk encoding: epoch seconds, or ISO 8601 text. It
// accepts the years 1 to 9999, which every format can represent.
func ParseTimestamp(text string, number bool) (t time.Time, ok bool) {
	if !number {
		if !schema.ISO8601.Match([]byte(text)) { // Go's layouts also accept single digits and no offset
			return t, false
		}
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(strings.Replace(text, " ", "T", 1)))
		return t.UTC(), err == nil && inYears(t.Unix())
	}
	if len(text) > 64 { // limits the cost; package big limits exponents itself
		return t, false
	}
	seconds, ok := new(big.Rat).SetString(text)
	if !ok {
		return t, false
	}
	nanos := new(big.Int).Mul(seconds.Num(), big.NewInt(1e9))
	whole, rest := nanos.DivMod(nanos.Div(nanos, seconds.Denom()), big.NewInt(1e9), new(big.Int))
	if !whole.IsInt64() || !inYears(whole.Int64()) {
		return t, false
	}
	return time.Unix(whole.Int64(), rest.Int64()).UTC(), true
}

func inYears(seconds int64) bool {
	earliest, _ := strconv.ParseInt(schema.EarliestTimestamp, 10, 64)
	end, _ := strconv.ParseInt(schema.TimestampsEnd, 10, 64)
	return seconds >= earliest && seconds < end
}

// FormatTimestamp formats a time, including its fraction of a second (Smithy,
// spec/protocol-traits.html#timestampformat-trait). Epoch seconds are a number in JSON.
func FormatTimestamp(t time.Time, format string) (text string, number bool) {
	switch t = t.UTC(); format {
	case string(schema.DateTime):
		return t.Format(time.RFC3339Nano), false
	case string(schema.HTTPDate):
		return t.Format("Mon, 02 Jan 2006 15:04:05.999999999 GMT"), false
	}
	seconds := new(big.Rat).SetInt64(t.Unix())
	seconds.Add(seconds, big.NewRat(int64(t.Nanosecond()), 1e9))
	return strings.TrimRight(strings.TrimRight(seconds.FloatString(9), "0"), "."), true
}
