// Package plural formats counts with nouns: "1 file", "1,204 files", "2 misses".
package plural

import (
	"strconv"
	"strings"
)

// Of returns a count and its noun, given in the singular.
func Of(n int, noun string) string { return Number(n) + " " + Noun(n, noun) }

// Noun returns the form of a noun for a count.
func Noun(n int, noun string) string {
	switch {
	case n == 1:
		return noun
	case strings.HasSuffix(noun, "s"):
		return noun + "es"
	}
	return noun + "s"
}

// Number returns a count with commas between groups of three digits.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
