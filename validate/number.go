package validate

import "bytes"

// decimal is a JSON number, exactly: 0.DIGITS times ten to the point. Zero has no digits.
type decimal struct {
	negative bool
	digits   []byte // without leading and trailing zeros
	point    int64
}

// farthest saturates exponents: no document is long enough to reach it with digits.
const farthest = 1 << 40

// parseDecimal reads a number that is well-formed by RFC 8259 section 6. The
// digits are appended to scratch, which may be nil.
func parseDecimal(scratch, raw []byte) decimal {
	var d decimal
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
		return decimal{}
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

func (d decimal) zero() bool { return len(d.digits) == 0 }

// integral reports whether the number is an integer: 4.0 and 1e2 are.
func (d decimal) integral() bool { return d.zero() || int64(len(d.digits)) <= d.point }

// compare returns -1, 0 or 1.
func (d decimal) compare(e decimal) int {
	switch {
	case d.sign() != e.sign():
		if d.sign() < e.sign() {
			return -1
		}
		return 1
	case d.negative:
		return e.magnitude(d)
	}
	return d.magnitude(e)
}

func (d decimal) sign() int {
	switch {
	case d.zero():
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimal) magnitude(e decimal) int {
	switch {
	case d.point < e.point:
		return -1
	case d.point > e.point:
		return 1
	}
	return bytes.Compare(d.digits, e.digits) // no trailing zeros: a prefix is smaller
}

// smallInteger reads up to 15 plain digits, which a double holds exactly; ok is
// false for every other number.
func smallInteger(raw []byte) (n int64, ok bool) {
	digits, negative := cutMinus(raw)
	if len(digits) == 0 || len(digits) > 15 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
