package decimal_test

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/stretchr/testify/require"
)

// ascending are numbers in their order; those of one row are equal.
var ascending = [][]string{
	{"-1e999999999999999999"}, {"-12.5", "-1.25e1", "-0.125E+2"}, {"-12"}, {"-1e-999999999"},
	{"0", "-0", "0.000", "0e5"}, {"1e-999999999"}, {"0.1", "1e-1", "0.10"}, {"0.10000000000000000000000000000000001"},
	{"9007199254740992", "9007199254740992.0"}, {"9007199254740993"}, {"1e100", "1" + strings.Repeat("0", 100)}, {"1e999999999999999999"},
}

func TestCompare(t *testing.T) {
	for i, row := range ascending {
		for _, a := range row {
			t.Run(a, func(t *testing.T) {
				for j, others := range ascending {
					for _, b := range others {
						want := 0
						if i != j {
							want = 1 - 2*b2i(i < j)
						}
						require.Equal(t, want, decimal.Compare(a, b), b)
						x, y := decimal.Parse(nil, []byte(a)), decimal.Parse(nil, []byte(b))
						require.Equal(t, i == j, x.String() == y.String(), "%s and %s", x, y)
					}
				}
			})
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]struct {
		integral bool
		sign     int
		text     string
	}{
		"0":                {integral: true, text: "0"},
		"-0.0e3":           {integral: true, text: "0"},
		"4.0":              {integral: true, sign: 1, text: "4"},
		"1e2":              {integral: true, sign: 1, text: "100"},
		"-120":             {integral: true, sign: -1, text: "-120"},
		"-1.5":             {sign: -1, text: "-1.5"},
		"150e-1":           {integral: true, sign: 1, text: "15"},
		"0.001":            {sign: 1, text: "0.001"},
		"999999999999999":  {integral: true, sign: 1, text: "999999999999999"},
		"123e19":           {integral: true, sign: 1, text: "1.23e21"},
		"-1e25":            {integral: true, sign: -1, text: "-1e25"},
		"0.00000123":       {sign: 1, text: "0.00000123"},
		"0.000000123":      {sign: 1, text: "1.23e-7"},
		"9999999999999999": {integral: true, sign: 1, text: "9999999999999999"},
	} {
		t.Run(text, func(t *testing.T) {
			n := decimal.Parse(nil, []byte(text))
			require.Equal(t, want.integral, n.Integral())
			require.Equal(t, want.sign, n.Sign())
			require.Equal(t, want.sign == 0, n.Zero())
			require.Equal(t, want.text, n.String())
		})
	}
}

func TestValid(t *testing.T) {
	for text, want := range map[string]struct{ valid, bound bool }{
		"1":                               {true, true},
		"-0.5e-10":                        {true, true},
		"1e999":                           {true, true},
		"1e1000":                          {true, false},
		strings.Repeat("7", 41):           {true, false},
		strings.Repeat("7", 40):           {true, true},
		"":                                {},
		"-":                               {},
		"+1":                              {},
		"01":                              {},
		".5":                              {},
		"1.":                              {},
		"1 ":                              {},
		" 1":                              {},
		"1,2":                             {},
		"0x10":                            {},
		"1/2":                             {},
		"NaN":                             {},
		"true":                            {},
		"1_000":                           {},
		"\"1\"":                           {},
		"[1]":                             {},
		"1" + strings.Repeat(" ", 3) + "": {},
	} {
		t.Run(text, func(t *testing.T) {
			require.Equal(t, want.valid, decimal.Valid(text))
			require.Equal(t, want.bound, decimal.Bound(text))
			_, ok := decimal.Rat(text)
			require.Equal(t, want.valid, ok)
		})
	}
}

func TestNear(t *testing.T) {
	for text, want := range map[string]string{
		"0e99999":    "0",
		"12.50":      "12.50",
		"1e1099":     "1e1099",
		"-7e1000001": "-1e1100",
		"1e-1099":    "1e-1099",
		"-1e-1200":   "-1e-1100",
	} {
		t.Run(text, func(t *testing.T) { require.Equal(t, want, decimal.Near(text)) })
	}
}

func TestInterval(t *testing.T) {
	for name, row := range map[string]struct {
		low, high   string
		below       bool
		open, empty bool
		in, out     []string
	}{
		"open":               {open: true, in: []string{"0", "-1e9999", "1e9999"}},
		"closed":             {low: "-1", high: "1e3", in: []string{"-1.0", "0", "1000"}, out: []string{"-1.0000001", "1000.1", "1e9999"}},
		"without an end":     {low: "5", in: []string{"5", "1e9999"}, out: []string{"4.9", "-1e9999"}},
		"without a start":    {high: "5", in: []string{"5", "-1e9999"}, out: []string{"5.1"}},
		"without its end":    {low: "0", high: "5", below: true, in: []string{"0", "4.9999"}, out: []string{"5", "5.0", "6"}},
		"one number":         {low: "5", high: "5.0", in: []string{"5"}, out: []string{"4", "6"}},
		"empty":              {low: "6", high: "5", empty: true, out: []string{"5", "5.5", "6"}},
		"empty for its end":  {low: "5", high: "5", below: true, empty: true, out: []string{"5"}},
		"digits and a point": {low: "0.10", high: "0.1", in: []string{"1e-1"}, out: []string{"0"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := decimal.Between(row.low, row.high)
			if row.below {
				i = i.Below()
			}
			require.Equal(t, row.open, i.Open())
			require.Equal(t, row.empty, i.Empty())
			for _, n := range row.in {
				require.True(t, i.Holds(decimal.Parse(nil, []byte(n))), n)
			}
			for _, n := range row.out {
				require.False(t, i.Holds(decimal.Parse(nil, []byte(n))), n)
			}
			least, ok := i.Min()
			require.Equal(t, row.low != "", ok)
			require.Zero(t, least.Compare(decimal.Parse(nil, []byte("0" + row.low)[b2i(ok):])))
			require.Equal(t, i.Holds(decimal.Parse(nil, []byte("5"))), i.HoldsInt(5))
		})
	}
}
