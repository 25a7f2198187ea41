package reference

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// zero is the canonical form of a number or timestamp that is zero.
type zero struct{ any }

// MarshalJSON writes the canonical form.
func (z zero) MarshalJSON() ([]byte, error) { return json.Marshal(z.any) }

// checked returns a reader with which a client that has the bug rejects strings that do not match
// the whole pattern.
func checked(bug, pattern string, read reader) reader {
	whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(c client, value any) (any, error) {
		if s, ok := value.(string); ok && c.has(bug) && !whole.MatchString(s) {
			return nil, fmt.Errorf("%q does not match %s", s, pattern)
		}
		return read(c, value)
	}
}

// changed returns a reader with which a client that has the bug changes a string.
func changed(bug string, change func(string) string, read reader) reader {
	return func(c client, value any) (any, error) {
		if s, ok := value.(string); ok && c.has(bug) {
			value = change(s)
		}
		return read(c, value)
	}
}

// double returns the number as most JSON parsers read it.
func (n number) double() float64 {
	f, _ := strconv.ParseFloat(string(n), 64) //nolint:errcheck // infinite if out of range
	return f
}

// workers reads the number of workers, an integer of 32 bits.
func workers(c client, value any) (any, error) {
	n, ok := value.(number)
	if ok && (c.has(constraintsChecked) && (n.double() < 4 || n.double() > 1024) || c.has(rangeOfEarlierModel) && n.double() > 128) {
		return nil, fmt.Errorf("number of workers out of range: %s", n)
	}
	return integer(32)(c, value)
}

// integer accepts every number with an integral value, however it is written.
func integer(bits int) reader {
	return func(c client, value any) (any, error) {
		n, ok := c.coerced(value, aNumber).(number)
		if !ok {
			return nil, fmt.Errorf("got %T, want an integer", value)
		}
		if c.has(float64Integers) {
			return int64(n.double()), nil
		}
		r, err := exact(n)
		if err != nil {
			return nil, err
		}
		bits := bits
		if c.has(int32Integers) {
			bits = 32
		}
		if !r.IsInt() || r.Num().BitLen() >= bits && r.Num().Cmp(big.NewInt(-1<<(bits-1))) != 0 {
			return nil, fmt.Errorf("got %s, want an integer of %d bits", n, bits)
		}
		if r.Sign() == 0 {
			return zero{json.Number("0")}, nil
		}
		return json.Number(r.Num().String()), nil
	}
}

func float(c client, value any) (any, error) {
	switch v := c.coerced(value, aNumber).(type) {
	case number:
		if c.has(doubleNeedsPoint) && !strings.Contains(string(v), ".") || c.has(exponentFails) && strings.ContainsAny(string(v), "eE") {
			return nil, fmt.Errorf("%s is not a double", v)
		}
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err
	case string:
		if c.has(nonNumericFails) || v != "NaN" && v != "Infinity" && v != "-Infinity" {
			break
		}
		if c.has(infinitySignLost) {
			return strings.TrimPrefix(v, "-"), nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("got %v, want a number", value)
}

// timestamp reads epoch seconds. It rounds down to a millisecond, towards the past.
func timestamp(c client, value any) (any, error) {
	n, ok := c.coerced(value, aTime).(number)
	if !ok {
		return nil, fmt.Errorf("got %T, want epoch seconds", value)
	}
	if err := c.misreads(n); err != nil {
		return nil, err
	}
	millis, err := exact(n)
	if err != nil {
		return nil, err
	}
	if !c.has(timestampAsMilliseconds) {
		millis.Mul(millis, big.NewRat(1000, 1))
	}
	if c.has(timestampRounded) {
		millis.Add(millis, big.NewRat(1, 2))
	}
	floor := new(big.Int).Div(millis.Num(), millis.Denom()) // Euclidean division rounds down
	if !floor.IsInt64() {
		if c.has(timestampSaturates) {
			return "9999-12-31T23:59:59.999Z", nil
		}
		return nil, fmt.Errorf("%s is out of range", n)
	}
	if whole, digits, ok := strings.Cut(string(n), "."); ok && c.has(fractionAsMilliseconds) {
		floor.SetString(whole+"000", 10)
		fraction, _ := strconv.ParseInt(digits, 10, 64) //nolint:errcheck // part of the bug
		floor.Add(floor, big.NewInt(fraction))
	}
	if sign := strings.HasPrefix(string(n), "-"); sign && c.has(fractionSignLost) {
		whole, digits, _ := strings.Cut(string(n), ".")
		fraction, _ := strconv.ParseInt((digits + "000")[:3], 10, 64) //nolint:errcheck // part of the bug
		floor.SetString(whole+"000", 10)
		floor.Add(floor, big.NewInt(fraction))
	}
	at := time.UnixMilli(floor.Int64()).UTC()
	if c.has(timesAreLocal) {
		at = at.In(time.FixedZone("", 5*3600+45*60)) // the runner sets TZ to such a zone
	}
	if c.has(timestampSaturates) && at.Year() > 9999 {
		return "9999-12-31T23:59:59.999Z", nil
	}
	if at.Year() < 0 || at.Year() > 9999 {
		return nil, fmt.Errorf("%s is out of range", n)
	}
	canonical := at.Format("2006-01-02T15:04:05.000Z")
	if floor.Sign() == 0 {
		return zero{canonical}, nil
	}
	return canonical, nil
}

// misreads returns the reason for which a client with a bug rejects a timestamp.
func (c client) misreads(n number) error {
	switch {
	case c.has(timestampIntegerOnly) && strings.ContainsAny(string(n), ".eE"):
		return fmt.Errorf("got %s, want an integer", n)
	case c.has(timestampNeedsFraction) && !strings.Contains(string(n), "."):
		return fmt.Errorf("got %s, want a fraction", n)
	case c.has(exponentFails) && strings.ContainsAny(string(n), "eE"):
		return fmt.Errorf("got %s, want digits", n)
	case c.has(timestampUnsigned) && n.double() < 0:
		return fmt.Errorf("%s is negative", n)
	case c.has(timestamp32Bits) && n.double() > math.MaxInt32:
		return fmt.Errorf("%s is beyond 2038", n)
	}
	return nil
}

// exact reads a number without loss of precision. It bounds exponents first, since 1e1000001 would
// take a million digits: a number that a double cannot represent is an error, and one that a double
// rounds to zero is zero.
func exact(n number) (*big.Rat, error) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, err
	}
	if f == 0 || math.Abs(f) < 1e-300 {
		return new(big.Rat), nil
	}
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return nil, fmt.Errorf("%s is not a number", n)
	}
	return r, nil
}
