// Package decimal compares JSON numbers exactly, whatever their size.
//
// The model: a [Number] is its digits and the position of its decimal point. It is never expanded,
// so 1e999999999 costs no more than its text. For arithmetic, [Rat] returns a number with a limited
// exponent.
package decimal

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Number is the exact value of a JSON number: 0.DIGITS times ten to the power of point. Zero, which
// is the zero value, has no digits.
type Number struct {
	negative bool
	digits   []byte // without leading and trailing zeros
	point    int64
}

// farthest is the maximum exponent. No document has enough digits to reach it.
const farthest = 1 << 40

// Parse parses a number that is valid by RFC 8259 section 6. It appends the digits to scratch,
// which may be nil: see [Number.Scratch].
func Parse(scratch, raw []byte) Number {
	var d Number
	raw, d.negative = cutMinus(raw)
	mantissa, exponent := raw, int64(0)
	if e := bytes.IndexAny(raw, "eE"); e >= 0 {
		mantissa, exponent = raw[:e], parseExponent(raw[e+1:])
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := append(append(scratch, whole...), fraction...)
	d.point = exponent + int64(len(whole))
	trimmed := bytes.TrimLeft(digits, "0")
	d.point -= int64(len(digits) - len(trimmed))
	d.digits = bytes.TrimRight(trimmed, "0")
	if len(d.digits) == 0 {
		return Number{}
	}
	return d
}

func cutMinus(raw []byte) ([]byte, bool) {
	if len(raw) > 0 && raw[0] == '-' {
		return raw[1:], true
	}
	return raw, false
}

func parseExponent(raw []byte) int64 {
	raw, negative := cutMinus(bytes.TrimPrefix(raw, []byte("+")))
	var e int64
	for _, c := range raw {
		e = min(e*10+int64(c-'0'), farthest)
	}
	if negative {
		return -e
	}
	return e
}

// Zero reports whether the number is zero, with either sign.
func (d Number) Zero() bool { return len(d.digits) == 0 }

// Integral reports whether the number is an integer: 4.0 and 1e2 are.
func (d Number) Integral() bool { return d.Zero() || int64(len(d.digits)) <= d.point }

// Compare returns -1, 0 or 1.
func (d Number) Compare(e Number) int {
	switch {
	case d.Sign() != e.Sign():
		if d.Sign() < e.Sign() {
			return -1
		}
		return 1
	case d.negative:
		return e.magnitude(d)
	}
	return d.magnitude(e)
}

// Sign returns -1, 0 or 1.
func (d Number) Sign() int {
	switch {
	case d.Zero():
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d Number) magnitude(e Number) int {
	switch {
	case d.point < e.point:
		return -1
	case d.point > e.point:
		return 1
	}
	return bytes.Compare(d.digits, e.digits) // no trailing zeros: a prefix is smaller
}

// Scratch returns the memory of the digits for the next [Parse].
func (d Number) Scratch() []byte { return d.digits[:0] }

// String returns the canonical text: equal numbers have the same text. Numbers of up to 21 digits
// are in full, and larger ones have one digit before the point, as in JavaScript and RFC 8785.
func (d Number) String() string {
	if d.Zero() {
		return "0"
	}
	digits, n := string(d.digits), int64(len(d.digits))
	var text string
	switch {
	case d.point > 21 || d.point < -5:
		text = digits[:1]
		if n > 1 {
			text += "." + digits[1:]
		}
		text += "e" + strconv.FormatInt(d.point-1, 10)
	case d.point <= 0:
		text = "0." + strings.Repeat("0", int(-d.point)) + digits
	case d.point >= n:
		text = digits + strings.Repeat("0", int(d.point-n))
	default:
		text = digits[:d.point] + "." + digits[d.point:]
	}
	if d.negative {
		return "-" + text
	}
	return text
}

// Valid reports whether a text is a JSON number (RFC 8259 section 6) with nothing around it.
func Valid[T ~string | ~[]byte](text T) bool {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	end := text[len(text)-1]
	return '0' <= end && end <= '9' && jsontext.Value(text).IsValid()
}

// Bound reports whether a text can be a bound in a contract: a valid number that is cheap to
// expand.
func Bound(text string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return len(text) <= 40 && len(strings.TrimLeft(exponent, "+-")) <= 3 && Valid(text)
}

// Compare returns -1, 0 or 1 for two valid numbers.
func Compare[T ~string | ~[]byte](a, b T) int {
	return Parse(nil, []byte(a)).Compare(Parse(nil, []byte(b)))
}

// Near returns a number that is cheap to expand. It is the same number unless its exponent is
// beyond that of every [Bound]. Then it is a number with the same sign, on the same side of every
// bound, and an integer only if the original is one.
func Near(raw string) string {
	const far = 1100 // a bound has at most 40 characters, three of them in an exponent
	d := Parse(nil, []byte(raw))
	sign := ""
	if d.negative {
		sign = "-"
	}
	switch {
	case d.Zero():
		return "0"
	case d.point > far && d.Integral():
		return sign + "1e1100"
	case d.point < -far:
		return sign + "1e-1100"
	}
	return raw
}

// Rat returns the value of [Near] for arithmetic. It returns false if the text is not a number.
func Rat[T ~string | ~[]byte](text T) (r *big.Rat, ok bool) {
	if !Valid(text) {
		return nil, false
	}
	return new(big.Rat).SetString(Near(string(text)))
}

// Interval is a closed interval, except for an exclusive maximum. An end that is not set is
// unbounded.
type Interval struct {
	min, max       Number
	hasMin, hasMax bool
	exclusive      bool
}

// Between returns the interval between two bounds. An empty bound means unbounded.
func Between[T ~string](low, high T) Interval {
	i := Interval{hasMin: low != "", hasMax: high != ""}
	if i.hasMin {
		i.min = Parse(nil, []byte(low))
	}
	if i.hasMax {
		i.max = Parse(nil, []byte(high))
	}
	return i
}

// Below returns the interval with an exclusive maximum.
func (i Interval) Below() Interval {
	i.exclusive = true
	return i
}

// Open reports whether the interval contains every number.
func (i *Interval) Open() bool { return !i.hasMin && !i.hasMax }

// Empty reports whether the interval contains no number.
func (i *Interval) Empty() bool {
	c := i.min.Compare(i.max)
	return i.hasMin && i.hasMax && (c > 0 || c == 0 && i.exclusive)
}

// Min returns the minimum, or false if that end is unbounded.
func (i *Interval) Min() (n Number, ok bool) { return i.min, i.hasMin }

// Under reports whether a number is below the minimum.
func (i *Interval) Under(d Number) bool { return i.hasMin && d.Compare(i.min) < 0 }

// Over reports whether a number is above the maximum.
func (i *Interval) Over(d Number) bool {
	if !i.hasMax {
		return false
	}
	c := d.Compare(i.max)
	return c > 0 || c == 0 && i.exclusive
}

// Holds reports whether a number is in the interval.
func (i *Interval) Holds(d Number) bool { return !i.Under(d) && !i.Over(d) }

// HoldsInt is [Interval.Holds] for sizes and small integers.
func (i *Interval) HoldsInt(n int64) bool {
	if i.Open() {
		return true
	}
	var digits, number [20]byte
	return i.Holds(Parse(digits[:0], strconv.AppendInt(number[:0], n, 10)))
}

// Ints returns the largest interval of integers within the interval, as far as int64 holds them.
func (i *Interval) Ints() (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if i.hasMin {
		low = i.min.integer(1)
	}
	if i.hasMax {
		high = i.max.integer(-1)
		if i.exclusive && high > math.MinInt64 && i.max.Integral() {
			high--
		}
	}
	return low, high
}

// integer returns the number, rounded up or down to an integer and to the range of int64.
func (d Number) integer(up int) int64 {
	r, ok := Rat(d.String())
	if !ok {
		return math.MaxInt64 * int64(up)
	}
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() == up {
		whole.Add(whole, big.NewInt(int64(up)))
	}
	switch {
	case whole.IsInt64():
		return whole.Int64()
	case whole.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}
