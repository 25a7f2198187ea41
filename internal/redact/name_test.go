package redact

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func pseudonym(t *testing.T, key Key, s string, accepts func(string) bool) string {
	t.Helper()
	n := namer{cipher: newCipher(key), clean: func(string) bool { return true }}
	y, _, ok := n.rename(s, wholes, accepts, false)
	require.True(t, ok, s)
	x, _, ok := n.rename(y, wholes, accepts, true)
	require.True(t, ok, s)
	require.Equal(t, s, x)
	require.Len(t, y, len(s))
	require.Equal(t, utf8.RuneCountInString(s), utf8.RuneCountInString(y))
	return y
}

func TestPseudonymsKeepTheirFormat(t *testing.T) {
	for _, v := range []struct{ s, form string }{
		{"111122223333", `^[0-9]{12}$`},
		{"0f0e1d2c-3b4a-4958-8776-655443322110", `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`},
		{"0F0E1D2C-3B4A-1958-B776-655443322110", `^[0-9A-F]{8}-[0-9A-F]{4}-1[0-9A-F]{3}-B[0-9A-F]{3}-[0-9A-F]{12}$`},
		{"My-Bucket.01", `^[A-Z][a-z]-[A-Z][a-z]{5}\.[0-9]{2}$`},
		{"arn:aws:cleanrooms:us-east-1:111122223333:membership/0f0e1d2c-3b4a-4958-8776-655443322110/analysistemplate/x1", `^arn:aws:cleanrooms:us-east-1:[0-9]{12}:membership/[0-9a-f-]{36}/analysistemplate/[a-z][0-9]$`},
		{"arn:aws-us-gov:s3:::a-bucket/key.csv", `^arn:aws-us-gov:s3:::[a-z]-[a-z]{6}/[a-z]{3}\.[a-z]{3}$`},
		{"s3://a-bucket/k", `^s3://[a-z]-[a-z]{6}/[a-z]$`},
		{"ÀßéЖ漢😀 –", `^[À-ÖØ-Þ][ß-öø-ÿ]{2}\p{Cyrillic}\p{Han}.  ?–$`},
		{"", `^$`}, {"--", `^--$`}, {"version", `^[a-z]{7}$`}, {"root", `^[a-z]{4}$`},
	} {
		t.Run(v.s, func(t *testing.T) {
			y := pseudonym(t, testKey, v.s, nil)
			require.Regexp(t, v.form, y)
		})
	}
}

func TestPseudonymsAreAccepted(t *testing.T) {
	for _, v := range []struct{ s, form string }{
		{"vpc-0123456789abcdef0", `^vpc-[0-9a-f]{17}$`},
		{"arn:aws:x:us-east-1:111122223333:thing/abc/configured/0f", `^arn:aws:x:[\w-]+:\d{12}:thing/[a-z]+/configured/\w+$`},
		{"prefix:abc", `^prefix:[a-z]+$`},
		{"kind:0f0e1d2c-3b4a-4958-8776-655443322110", `^kind:\w+-\w+-\w+-\w+-\w+$`},
		{"job-7", `^job-\d$`},
		{"192.168.0.1", `^\d{1,3}(\.\d{1,3}){3}$`},
		{"abc", `^[a-m]+$`},
		{"ab", `^[a-m][aeiou]$|^a[n-z]$`},
		{"UPPER", `^[a-z]+$`}, // neither the name nor the pseudonym is accepted
	} {
		t.Run(v.s, func(t *testing.T) {
			form := regexp.MustCompile(v.form)
			y := pseudonym(t, testKey, v.s, form.MatchString)
			require.Equal(t, form.MatchString(v.s), form.MatchString(y), "%s became %s", v.s, y)
		})
	}
	n := namer{cipher: newCipher(testKey), clean: func(string) bool { return true }}
	_, _, ok := n.rename("true", wholes, regexp.MustCompile(`^(true|false)$`).MatchString, false)
	require.False(t, ok, "there is no pseudonym")
}

// TestInjective checks that different names have different pseudonyms, and that a pseudonym depends
// on the key.
func TestInjective(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	one, two := newCipher(testKey), newCipher(Key{4})
	for _, v := range []struct {
		alphabet string
		n        int
		mode     mode
	}{{tens, 12, digits}, {hexes, 36, uuidLower}, {lowers + tens + "-", 20, byClass}, {tens, 4, digits}} {
		t.Run(fmt.Sprint(v.n, " of ", v.alphabet), func(t *testing.T) {
			names, seen, equal := map[string]bool{}, map[string]string{}, 0
			for i := 0; len(names) < 10_000; i++ {
				name := text(r, v.alphabet, v.n)
				if v.mode == uuidLower {
					name = name[:8] + "-" + name[9:13] + "-4" + name[15:18] + "-8" + name[20:23] + "-" + name[24:]
				}
				if v.n == 4 {
					name = fmt.Sprintf("%04d", i)
				}
				names[name] = true
				y := string(one.apply(nil, name, v.mode, false))
				require.Equal(t, name, string(one.apply(nil, y, v.mode, true)))
				if before, ok := seen[y]; ok {
					require.Equal(t, before, name)
				}
				seen[y] = name
				if y == string(two.apply(nil, name, v.mode, false)) {
					equal++
				}
			}
			require.Less(t, equal, 10)
		})
	}
}

// TestStable checks pseudonyms that are already recorded: they must never change.
func TestStable(t *testing.T) {
	for s, want := range map[string]string{
		"111122223333": "883914125777",
		"my-bucket":    "vu-dagiee",
	} {
		t.Run(s, func(t *testing.T) {
			require.Equal(t, want, pseudonym(t, testKey, s, nil))
		})
	}
}

// TestSpread checks that a change of one character changes most others.
func TestSpread(t *testing.T) {
	c := newCipher(testKey)
	a, b := string(c.apply(nil, strings.Repeat("a", 40), byClass, false)), string(c.apply(nil, strings.Repeat("a", 39)+"b", byClass, false))
	different := 0
	for i := range a {
		if a[i] != b[i] {
			different++
		}
	}
	require.Greater(t, different, 30)
}

// TestPermutation checks all strings of three hexadecimal digits, under variants that a cipher
// easily leaves: no two have the same pseudonym, and each is restored.
func TestPermutation(t *testing.T) {
	hex := func(s string) identifiers { return tail(s, 0, hexLower) }
	for name, v := range map[string]struct {
		variants []variant
		accepts  func(string) bool
	}{
		"a split that depends on characters that change": {[]variant{func(s string) identifiers {
			if digit(s[0]) {
				return hex(s)
			}
			return tail(s, 1, hexLower)
		}}, nil},
		"a choice of variant that depends on characters that change": {[]variant{func(s string) identifiers { return tail(s, 0, digits) }, hex},
			func(s string) bool { return letter(s[0]) || s == "777" }},
	} {
		t.Run(name, func(t *testing.T) {
			n := namer{cipher: newCipher(testKey), clean: func(string) bool { return true }}
			seen := map[string]bool{}
			for i := range 1 << 12 {
				s := fmt.Sprintf("%03x", i)
				y, _, ok := n.rename(s, v.variants, v.accepts, false)
				require.True(t, ok, s)
				require.False(t, seen[y], name)
				seen[y] = true
				x, _, ok := n.rename(y, v.variants, v.accepts, true)
				require.True(t, ok, s)
				require.Equal(t, s, x, "%s: by way of %s", name, y)
			}
		})
	}
}
