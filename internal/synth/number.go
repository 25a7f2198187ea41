package synth

import (
	"encoding/json"
	"math/big"
	"strconv"

	"github.com/crcheck/crcheck/schema"
)

// exact is the largest integer up to which every parser is lossless: 2^53 (RFC 7493 section 2.2).
var exact = big.NewRat(1<<53, 1)

func rat(n json.Number) (*big.Rat, bool) { return new(big.Rat).SetString(string(n)) }

// lengths returns the length facet, with defaults for open ends.
func lengths(s *schema.Shape) (low, high int) {
	bounds := s.Length.Or(schema.Bounds{})
	high = endless
	if n, ok := rat(bounds.Min); ok {
		low = saturated(n)
	}
	if n, ok := rat(bounds.Max); ok {
		high = saturated(n)
	}
	return low, high
}

// entries returns the numbers of entries that a list or map is built with. Elements are built alike,
// so a list of elements that differ has one.
func entries(s *schema.Shape) (low, high int) {
	low, high = lengths(s)
	if s.Unique.Or(false) {
		high = min(high, max(low, 1))
	}
	return low, high
}

func saturated(n *big.Rat) int {
	if n.Cmp(big.NewRat(endless, 1)) >= 0 {
		return endless
	}
	return int(new(big.Int).Quo(n.Num(), n.Denom()).Int64())
}

// interval holds the possible values of a number: limits of the type and bounds of the range.
type interval struct {
	typeLow, typeHigh *big.Rat
	low, high         *big.Rat // nil: the range is open there
}

func intervalOf(s *schema.Shape) interval {
	low, high := schema.IntegerBounds(s.Bits.Or(64))
	if s.Type == schema.Float {
		high = schema.LargestFloat(s.Bits.Or(64))
		low = "-" + high
	}
	var v interval
	v.typeLow, _ = rat(json.Number(low))
	v.typeHigh, _ = rat(json.Number(high))
	bounds := s.Range.Or(schema.Bounds{})
	v.low, _ = rat(bounds.Min)
	v.high, _ = rat(bounds.Max)
	if s.Bits.Or(64) == 0 { // of any size: the type's limits are beyond the range
		for _, end := range []*big.Rat{v.low, v.high} {
			if end != nil && end.Cmp(v.typeLow) <= 0 {
				v.typeLow = plus(end, -maxEntries)
			}
			if end != nil && end.Cmp(v.typeHigh) >= 0 {
				v.typeHigh = plus(end, maxEntries)
			}
		}
	}
	return v
}

func (v interval) typed(n *big.Rat) bool {
	return n.Cmp(v.typeLow) >= 0 && n.Cmp(v.typeHigh) <= 0
}

func (v interval) ranged(n *big.Rat) bool {
	return (v.low == nil || n.Cmp(v.low) >= 0) && (v.high == nil || n.Cmp(v.high) <= 0)
}

func (v interval) holds(n *big.Rat) bool { return v.typed(n) && v.ranged(n) }

func plus(n *big.Rat, delta int64) *big.Rat { return new(big.Rat).Add(n, big.NewRat(delta, 1)) }

func floor(n *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(n.Num(), n.Denom())) // Euclidean: the denominator is positive
}

func ceiling(n *big.Rat) *big.Rat { return new(big.Rat).Neg(floor(new(big.Rat).Neg(n))) }

// integers returns the minimum and maximum of the allowed integers; ok is false if there are none.
// Integers that doubles cannot hold are left out if there are others.
func (v interval) integers() (low, high *big.Rat, ok bool) {
	low, high = v.typeLow, v.typeHigh
	if v.low != nil && v.low.Cmp(low) > 0 {
		low = ceiling(v.low)
	}
	if v.high != nil && v.high.Cmp(high) < 0 {
		high = floor(v.high)
	}
	minus := new(big.Rat).Neg(exact)
	if low.Cmp(exact) <= 0 && high.Cmp(minus) >= 0 {
		if low.Cmp(minus) < 0 {
			low = minus
		}
		if high.Cmp(exact) > 0 {
			high = exact
		}
	}
	return low, high, low.Cmp(high) <= 0
}

// decimal writes a number with a finite fraction.
func decimal(n *big.Rat) string {
	if n.IsInt() {
		return n.Num().String()
	}
	digits, _ := n.FloatPrec()
	return n.FloatString(digits)
}

// integerVariants writes a usual number, the minimum and the maximum.
func integerVariants(s *schema.Shape) []string {
	v := intervalOf(s)
	low, high, ok := v.integers()
	if !ok {
		return nil
	}
	all := []string{decimal(low), decimal(high)}
	if one := big.NewRat(1, 1); v.holds(one) {
		return append([]string{"1"}, all...)
	}
	return all
}

// largest returns the largest float of a size in bits, in its shortest form.
var largest = map[int]string{32: "3.4028234663852886e38", 64: "1.7976931348623157e308"}

func floatVariants(s *schema.Shape) []string {
	v := intervalOf(s)
	bounds := s.Range.Or(schema.Bounds{})
	ends := [2]json.Number{bounds.Min, bounds.Max}
	top := largest[64]
	if s.Bits.Or(64) == 32 {
		top = largest[32]
	}
	if ends[0] == "" {
		ends[0] = json.Number("-" + top)
	}
	if ends[1] == "" {
		ends[1] = json.Number(top)
	}
	var all []string
	for _, n := range []json.Number{"0.5", "0", ends[0], ends[1]} {
		if r, ok := rat(n); ok && v.holds(r) {
			all = append(all, string(n))
		}
	}
	for _, name := range schema.NonNumericFloats {
		all = append(all, strconv.Quote(name))
	}
	return all
}
