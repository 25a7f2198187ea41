package schema

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestIntegerBounds(t *testing.T) {
	for _, bits := range []int{8, 16, 32, 64} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			low, high := IntegerBounds(bits)
			for _, bound := range []string{low, high} {
				_, err := strconv.ParseInt(bound, 10, bits)
				require.NoError(t, err)
			}
			n, _ := new(big.Int).SetString(high, 10)
			_, err := strconv.ParseInt(n.Add(n, big.NewInt(1)).String(), 10, bits)
			require.Error(t, err)
			n.SetString(low, 10)
			_, err = strconv.ParseInt(n.Sub(n, big.NewInt(1)).String(), 10, bits)
			require.Error(t, err)
		})
	}
	low, high := IntegerBounds(0)
	low64, high64 := IntegerBounds(64)
	require.Equal(t, []string{low64, high64}, []string{low, high})
}

func TestLargestFloat(t *testing.T) {
	for bits, largest := range map[int]float64{32: math.MaxFloat32, 64: math.MaxFloat64} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			got, err := strconv.ParseFloat(LargestFloat(bits), bits)
			require.NoError(t, err)
			require.Equal(t, largest, got)
			mantissa, exponent, _ := strings.Cut(LargestFloat(bits), "e")
			last := mantissa[len(mantissa)-1] + 1
			_, err = strconv.ParseFloat(mantissa[:len(mantissa)-1]+string(last)+"e"+exponent, bits)
			require.Error(t, err, "the next number is too large")
			shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(largest, 'g', -1, bits))
			bound, _ := new(big.Rat).SetString(LargestFloat(bits))
			require.LessOrEqual(t, shortest.Cmp(bound), 0, "what programs write for it is within")
		})
	}
}

func TestTimestampLimits(t *testing.T) {
	require.Equal(t, EarliestTimestamp, fmt.Sprint(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()))
	require.Equal(t, TimestampsEnd, fmt.Sprint(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()))
}

// TestBase64Pattern compares the pattern with a decoder, over all short texts of
// letters that matter.
func TestBase64Pattern(t *testing.T) {
	p := regexp.MustCompile(Base64Pattern)
	texts := []string{""}
	for length := 0; length <= 6; length++ {
		var longer []string
		for _, text := range texts {
			_, err := base64.StdEncoding.DecodeString(text)
			require.Equal(t, err == nil && !strings.Contains(text, "\n"), p.MatchString(text), "%q", text)
			for _, letter := range "A/=-\n" {
				longer = append(longer, text+string(letter))
			}
		}
		texts = longer
	}
}

func TestNonNumericFloats(t *testing.T) {
	for _, text := range NonNumericFloats {
		f, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		require.True(t, math.IsNaN(f) || math.IsInf(f, 0))
	}
	require.Len(t, NonNumericFloats, 3)
}
