package live

import (
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/schema"
)

// instant reads a time of an input: epoch seconds, or ISO 8601 text. Only the
// years 1 to 9999 have a form in every format.
func instant(text string, number bool) (t time.Time, ok bool) {
	if !number {
		if !schema.ISO8601.Match([]byte(text)) { // Go's layouts are too generous: single digits, no offset
			return t, false
		}
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(strings.Replace(text, " ", "T", 1)))
		return t, err == nil && inYears(t.Unix())
	}
	if len(text) > 64 { // so many digits say nothing, and cost much; of exponents, package big takes care
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
	return time.Unix(whole.Int64(), rest.Int64()), true
}

func inYears(seconds int64) bool {
	earliest, _ := strconv.ParseInt(schema.EarliestTimestamp, 10, 64)
	end, _ := strconv.ParseInt(schema.TimestampsEnd, 10, 64)
	return seconds >= earliest && seconds < end
}

// timestamp writes a time to the millisecond (Smithy,
// spec/protocol-traits.html#timestampformat-trait).
func timestamp(t time.Time, format string) one {
	t = t.UTC()
	switch format {
	case "date-time":
		return one{t.Format("2006-01-02T15:04:05.999Z"), false}
	case "http-date":
		return one{t.Format(http.TimeFormat), false}
	}
	millis := t.UnixMilli() // of negative times the floor, too
	sign := ""
	if millis < 0 {
		sign, millis = "-", -millis
	}
	text := sign + strconv.FormatInt(millis/1000, 10)
	if millis%1000 != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%03d", millis%1000), "0")
	}
	return one{text, true}
}
