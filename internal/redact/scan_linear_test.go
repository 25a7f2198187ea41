package redact

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hostile are generators of texts of about n bytes that are expensive to search.
var hostile = map[string]func(n int) string{
	"one long word":       func(n int) string { return random(1, n, alphabet64) },
	"one long word, URLs": func(n int) string { return random(1, n, alphabetURL) },
	"short words":         func(n int) string { return strings.Repeat("c2hvcnQgd29yZA== ", n/17) },
	"words of 40":         func(n int) string { return strings.Repeat(random(2, 40, alphabet64)+" ", n/41) },
	"words of 40 with / between": func(n int) string {
		return strings.Repeat(random(3, 40, upperDigits+lowerLetters)+"/", n/41)
	},
	"key IDs in a row": func(n int) string { return strings.Repeat("AKIA"+random(4, 16, upperDigits), n/20) },
	"key IDs between words": func(n int) string {
		return strings.Repeat("AKIA"+random(4, 16, upperDigits)+random(5, 40, alphabet64)+" ", n/61)
	},
	"session tokens": func(n int) string { return strings.Repeat("IQoJ", n/4) },
	"nested": func(n int) string {
		s := `{"a":"` + strings.Repeat("text ", n/12)
		for range 3 {
			s = base64.StdEncoding.EncodeToString([]byte(s))
		}
		return s
	},
	"nested words": func(n int) string {
		return strings.Repeat(base64.StdEncoding.EncodeToString([]byte("YWJjZGVmZ2hpamts YWJjZGVmZ2hpamts"))+" ", n/45)
	},
	"wrapped": func(n int) string { return wrap(random(6, n, alphabet64), 76, "\n") },
	"wrapped, often": func(n int) string {
		return strings.Repeat(random(7, 64, alphabet64)+"\n"+random(8, 40, alphabet64)+"\n", n/106)
	},
	"escapes":        func(n int) string { return strings.Repeat(`\\\/`, n/4) },
	"percent signs":  func(n int) string { return strings.Repeat("%25", n/3) },
	"plus signs":     func(n int) string { return strings.Repeat("password+", n/9) },
	"passwords":      func(n int) string { return strings.Repeat("password=${ ", n/12) },
	"brackets":       func(n int) string { return strings.Repeat("password={{{{{{{{{{{{", n/21) },
	"deep JSON":      func(n int) string { return strings.Repeat(`[`, n) },
	"secret members": func(n int) string { return "[" + strings.Repeat(`{"password":"x"},`, n/17) },
	"dots":           func(n int) string { return strings.Repeat("eyJ.", n/4) },
	"PEM":            func(n int) string { return strings.Repeat("-----BEGIN PRIVATE KEY-----", n/27) },
	"test":           func(n int) string { return "password=" + strings.Repeat("test", n/4) },
}

// TestScanIsLinear checks that twice the text is at most twice the work, and that each byte is read
// at most a constant number of times.
func TestScanIsLinear(t *testing.T) {
	work := func(s string) int {
		var sc scanner
		sc.find(s, maxDepth)
		return sc.work
	}
	for name, shape := range hostile {
		t.Run(name, func(t *testing.T) {
			small, large := shape(1<<13), shape(1<<14)
			one, two := work(small), work(large)
			require.LessOrEqual(t, two, 2*one+one/10+1<<10)
			require.LessOrEqual(t, two, 64*len(large))
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		s := hostile[name](1 << 16)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				find(s, maxDepth)
			}
		})
	}
}

func TestListsAreSorted(t *testing.T) {
	for _, list := range [][]string{disclaimers, credentialNames, fillers, kinds} {
		t.Run(list[0], func(t *testing.T) {
			require.True(t, slices.IsSorted(list))
			for _, word := range list {
				require.LessOrEqual(t, len(word), maxListed)
			}
		})
	}
}

// FuzzScan checks that no text makes the scan panic, and that hits are within the text, sorted and
// disjoint.
func FuzzScan(f *testing.F) {
	for _, shape := range hostile {
		f.Add(shape(200))
	}
	for _, values := range exempt {
		for _, value := range values {
			f.Add(`{"password":"` + value + `"}`)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		placeholder(s)
		end := 0
		for _, h := range find(s, maxDepth) {
			require.True(t, end <= h.from && h.from < h.to && h.to <= len(s), "%v", h)
			end = h.to
		}
	})
}
