package redact

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

func namerOf(key Key) *namer {
	return newNamer(key, &known{}, func(string) bool { return true })
}

func pseudonym(t *testing.T, key Key, s string, accepts func(string) bool) string {
	t.Helper()
	y, _, ok := namerOf(key).rename(s, wholes, accepts, nil)
	require.True(t, ok, s)
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
		{"arn:aws:cleanrooms:us-east-1:111122223333:membership/0f0e1d2c-3b4a-4958-8776-655443322110/analysistemplate/x1", `^arn:aws:cleanrooms:us-east-1:[0-9]{12}:membership/[0-9a-f-]{36}/analysistemplate/x0$`},
		{"arn:aws-us-gov:s3:::a-bucket/key.csv", `^arn:aws-us-gov:s3:::[a-z]-[a-z]{6}/xxx\.xxx$`},
		{"s3://a-bucket/k", `^s3://[a-z]-[a-z]{6}/x$`},
		{"ÀßéЖ漢😀 –", `^[À-ÖØ-Þ][ß-öø-ÿ]{2}\p{Cyrillic}\p{Han}.  ?–$`},
		{"", `^$`}, {"--", `^--$`}, {"version", `^[a-z]{7}$`}, {"root", `^xxxx$`},
	} {
		t.Run(v.s, func(t *testing.T) {
			require.Regexp(t, v.form, pseudonym(t, testKey, v.s, nil))
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
		{"UPPER", `^[a-z]+$`}, // neither the name nor the pseudonym is accepted
		{"short", `^.{6,}$`},  // nor can any pseudonym be
	} {
		t.Run(v.s, func(t *testing.T) {
			form := regexp.MustCompile(v.form)
			y := pseudonym(t, testKey, v.s, form.MatchString)
			require.Equal(t, form.MatchString(v.s), form.MatchString(y), "%s became %s", v.s, y)
		})
	}
	_, _, ok := namerOf(testKey).rename("true", wholes, regexp.MustCompile(`^(true|false)$`).MatchString, nil)
	require.False(t, ok, "there is no pseudonym")
}

// TestConstants checks that all names of a form that has few of them share one pseudonym, whatever
// the key.
func TestConstants(t *testing.T) {
	for _, v := range []struct {
		names    []string
		constant bool
	}{
		{[]string{"dev", "qat", "prd"}, true},
		{[]string{"data1", "lake2"}, true},
		{[]string{"123456789", "987654321"}, true}, // 10^9
		{[]string{"1234567890", "9876543210"}, false},
		{[]string{"abcdef", "uvwxyz"}, true}, // 26^6
		{[]string{"abcdefg", "uvwxyza"}, false},
		{[]string{"111122223333", "444455556666"}, false},
		{[]string{"a-b-c-d-e-f", "u-v-w-x-y-z"}, true},
	} {
		t.Run(v.names[0], func(t *testing.T) {
			seen := map[string]bool{}
			for _, name := range v.names {
				for _, key := range []Key{testKey, {4}} {
					seen[pseudonym(t, key, name, nil)] = true
				}
			}
			if v.constant {
				require.Len(t, seen, 1)
			} else {
				require.Len(t, seen, 2*len(v.names))
			}
		})
	}
}

// TestDistinctMembers checks that members whose names share a constant stay members of their own.
func TestDistinctMembers(t *testing.T) {
	tags := &Node{Place: Place{Class: Whole}, Key: Place{Class: Whole}, Element: &Node{Place: Place{Class: Whole}}}
	options := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"tags": tags}}}
	}}
	x := exchange("https://example.com/", `{}`, `{"tags":{"dev":"1","qat":"2","prd":"3"}}`)
	y, trace, found := New(options).RedactTraced(x)
	require.Nil(t, found)
	names := regexp.MustCompile(`"([a-z]{3})":`).FindAllStringSubmatch(string(y.Response.Body.Bytes), -1)
	require.Len(t, names, 3)
	seen := map[string]bool{}
	for _, name := range names {
		require.Contains(t, trace.Pseudonyms, name[1])
		seen[name[1]] = true
	}
	require.Len(t, seen, 3)
	other := options
	other.Key = Key{9}
	z, _ := New(other).Redact(x)
	require.Equal(t, string(y.Response.Body.Bytes), string(z.Response.Body.Bytes), "no key decides them")
}

// TestDrawing checks that names have different pseudonyms, the same in every recording with one key.
func TestDrawing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	one, again, other := namerOf(testKey), namerOf(testKey), namerOf(Key{4})
	for _, v := range []struct {
		alphabet string
		n        int
	}{{tens, 12}, {lowers + tens + "-", 20}, {lowers, 7}} {
		t.Run(fmt.Sprint(v.n, " of ", v.alphabet), func(t *testing.T) {
			seen, equal := map[string]string{}, 0
			for range 10_000 {
				name := text(r, v.alphabet, v.n)
				y, _, _ := one.rename(name, wholes, nil, nil)
				if before, ok := seen[y]; ok {
					require.Equal(t, before, name)
				}
				seen[y] = name
				same, _, _ := again.rename(name, wholes, nil, nil)
				require.Equal(t, y, same)
				require.True(t, one.guess(name, y))
				require.False(t, other.guess(name, y))
				if z, _, _ := other.rename(name, wholes, nil, nil); y == z {
					equal++
				}
			}
			require.Less(t, equal, 10)
		})
	}
}

// TestCollisions checks that a pseudonym is neither that of another name nor a known name.
func TestCollisions(t *testing.T) {
	const name = "the-analyst"
	first := pseudonym(t, testKey, name, nil)
	t.Run("of another name", func(t *testing.T) {
		n := namerOf(testKey)
		require.True(t, n.known.free("another-one", first))
		second, _, _ := n.rename(name, wholes, nil, nil)
		require.NotEqual(t, first, second)
		require.True(t, n.guess(name, second), "who has the key still finds it")
	})
	t.Run("a name itself", func(t *testing.T) {
		n := namerOf(testKey)
		n.known.learn(first, "whatever")
		second, _, _ := n.rename(name, wholes, nil, nil)
		require.NotEqual(t, first, second)
	})
	t.Run("its own", func(t *testing.T) {
		n := namerOf(testKey)
		require.True(t, n.known.free(name, first))
		same, _, _ := n.rename(name, wholes, nil, nil)
		require.Equal(t, first, same)
	})
	t.Run("one pseudonym under two contracts", func(t *testing.T) {
		n := namerOf(testKey)
		hex, _, _ := n.rename("abc-deadbeef", wholes, regexp.MustCompile(`^abc-[0-9a-f]{8}$`).MatchString, nil)
		n.known.learn("abc-deadbeef", hex)
		same, _, _ := n.rename("abc-deadbeef", wholes, nil, nil)
		require.Equal(t, hex, same)
	})
}

// TestNothingLeadsBack checks that no pseudonym tells its name, also not to who has the key: it is
// not a permutation, and a pseudonym of a pseudonym is a third name.
func TestNothingLeadsBack(t *testing.T) {
	y := "the-analyst"
	for range 1000 {
		y = pseudonym(t, testKey, y, nil)
		require.NotEqual(t, "the-analyst", y)
	}
}

// TestStable checks pseudonyms that are already recorded: they must never change.
func TestStable(t *testing.T) {
	for s, want := range map[string]string{
		"111122223333": "901015145457",
		"my-bucket":    "hk-onwwqw",
		"dev":          "xxx",
	} {
		t.Run(s, func(t *testing.T) {
			require.Equal(t, want, pseudonym(t, testKey, s, nil))
		})
	}
}

// TestSpread checks that a change of one character changes most others.
func TestSpread(t *testing.T) {
	a, b := pseudonym(t, testKey, strings.Repeat("a", 40), nil), pseudonym(t, testKey, strings.Repeat("a", 39)+"b", nil)
	different := 0
	for i := range a {
		if a[i] != b[i] {
			different++
		}
	}
	require.Greater(t, different, 30)
}

// TestKeep checks names that must survive, and that a secret never does.
func TestKeep(t *testing.T) {
	for _, v := range []struct {
		name, body, want string
		keep             []string
	}{
		{"a bucket", `{"a":"s3://public-data/the-analyst.csv"}`, `{"a":"s3://public-data/[a-z]{3}-[a-z]{7}\.[a-z]{3}"}`, []string{"public-data"}},
		{"in an ARN", `{"a":"arn:aws:iam::` + account + `:role/ci-role"}`, `{"a":"arn:aws:iam::\d{12}:role/ci-role"}`, []string{"ci-role"}},
		{"an account", `{"a":"arn:aws:iam::` + account + `:role/the-analyst","b":"` + account + `"}`, `{"a":"arn:aws:iam::` + account + `:role/[a-z]{3}-[a-z]{7}","b":"` + account + `"}`, []string{account}},
		{"a whole ARN", `{"a":"arn:aws:iam::` + account + `:role/ci-role"}`, `{"a":"arn:aws:iam::` + account + `:role/ci-role"}`, []string{"arn:aws:iam::" + account + ":role/ci-role"}},
		{"a name within", `{"a":"s3://prod-data/","b":"my prod-data-x and prod-data"}`, `{"a":"s3://[a-z-]{9}/","b":"my prod-data-x and [a-z]{4}-[a-z]{4}"}`, []string{"prod-data-x"}},
		{"a short one", `{"a":"s3://ab/abc"}`, `{"a":"s3://ab/xxx"}`, []string{"ab"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.NoError(t, CheckKeep(v.keep))
			got, found := redactBody(t, Options{Key: testKey, Keep: v.keep}, "application/json", v.body)
			require.Nil(t, found)
			require.Regexp(t, "^"+v.want+"$", got)
			if v.name != "a name within" {
				require.NotContains(t, got, "the-analyst")
			}
		})
	}
	for _, keep := range []string{"", keyID, "password=hunter22"} {
		require.Error(t, CheckKeep([]string{"fine", keep}), keep)
	}
	got, _ := redactBody(t, Options{Key: testKey, Keep: []string{"hunter22"}}, "application/json", `{"password":"hunter22"}`)
	require.NotContains(t, got, "hunter22")
}

// TestNamesPromiseNoSecret checks that no pseudonym of a member's name makes its value look like a secret.
func TestNamesPromiseNoSecret(t *testing.T) {
	whole := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"tags": {Key: Place{Class: Whole}, Element: &Node{}}}}}
	}
	for i := range 4000 {
		_, found := New(Options{Key: Key{byte(i), byte(i >> 8)}, Classify: whole}).Redact(exchange("https://example.com/", "", `{"tags":{"salaries_of":"Ms Example"}}`))
		require.Empty(t, found, "key %d", i)
	}
}
