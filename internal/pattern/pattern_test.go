package pattern

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const bucket = `(?!^(\d+\.)+\d+$)(^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])$)`

func TestMatch(t *testing.T) {
	for _, v := range []struct {
		name, source string
		matches      []string
		refuses      []string
	}{
		{"whole string", `^[0-9a-f]{4}$`, []string{"0a1f"}, []string{"0A1F", "0a1f\n", "x0a1f"}},
		{"search", `ab`, []string{"cabd"}, []string{"ba"}},
		{"look-ahead", bucket, []string{"my-bucket", "a.b"}, []string{"192.168.0.1", "Bad", "my-bucket\n"}},
		{"escapes", `^[\u0041-\u0043]$`, []string{"B"}, []string{"D"}},
		{"surrogate pair", `^[\uD83D\uDE00]$`, []string{"😀"}, []string{"😁"}},
		{"range of surrogate pairs", `^[\uD800\uDC00-\uDBFF\uDFFF]$`, []string{"😀"}, []string{"a"}},
		{"garbled range", `^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*$`, []string{"a 😀\t"}, []string{"\x01"}},
		{"escaped backslash before u", `^\\u0041$`, []string{`\u0041`}, []string{"A"}},
		{"escape of a metacharacter", `^\u002B$`, []string{"+"}, []string{"a"}},
		{"look-behind", `(?<=a)b$`, []string{"ab"}, []string{"b"}},
		{"repeat over 1000", `^a{1,2000}$`, []string{strings.Repeat("a", 1500)}, []string{strings.Repeat("a", 2001)}},
		{"Java's POSIX class", `^\p{Alnum}+$`, []string{"a1"}, []string{"-", "é"}},
		{"Java's POSIX class in a class", `^[\p{Print}\n]+$`, []string{"a b\n"}, []string{"\t"}},
		{"Java's POSIX class, negated", `^\P{Cntrl}$`, []string{"a"}, []string{"\x01"}},
		{"Java's punctuation", `^\p{Punct}+$`, []string{"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}, []string{"a", "1", " "}},
		{"Unicode category", `^\p{L}+$`, []string{"é"}, []string{"1"}},
		{"ASCII digits in the backtracking engine", `^(?!x)\d$`, []string{"1"}, []string{"٣"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			p, err := Compile(v.source)
			require.NoError(t, err)
			for _, text := range v.matches {
				ok, err := p.Match([]byte(text))
				require.NoError(t, err)
				require.True(t, ok, "%q", text)
			}
			for _, text := range v.refuses {
				ok, err := p.Match([]byte(text))
				require.NoError(t, err)
				require.False(t, ok, "%q", text)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	p, err := Compile(`^(?=a)(a+)+$`)
	require.NoError(t, err)
	_, err = p.Match([]byte(strings.Repeat("a", 40) + "!"))
	var timeout *TimeoutError
	require.ErrorAs(t, err, &timeout)
}

// TestBudget matches many texts against a hostile pattern, which must not take a timeout for each.
func TestBudget(t *testing.T) {
	hostile, err := Compile(`^(?=a)(a+)+$`)
	require.NoError(t, err)
	other, err := Compile(`^(?=b)b$`)
	require.NoError(t, err)
	linear, err := Compile(`^a$`)
	require.NoError(t, err)
	b := &Budget{Limit: time.Millisecond}
	for i := range 1000 {
		_, err := hostile.Within(b).Match([]byte(strings.Repeat("a", 40+i) + "!"))
		require.Equal(t, &TimeoutError{hostile.source, i > 0}, err)
	}
	_, err = other.Within(b).Match([]byte("b"))
	require.Equal(t, &TimeoutError{other.source, true}, err)
	ok, err := linear.Within(b).Match([]byte("a"))
	require.True(t, ok && err == nil, "an automaton needs no budget")
	ok, err = other.Within(&Budget{}).Match([]byte("b"))
	require.True(t, ok && err == nil, "another run has its own")
}

func TestPortable(t *testing.T) {
	for _, v := range []struct {
		source, must, refuse string
		ok                   bool
	}{
		{`^a$`, `^a$`, "", true},
		{`^(?!\d+$)a$`, `^a$`, `^(?:\d+$)`, true},
		{`(?!x)(^a$)`, `(^a$)`, `^(?:x)`, true},
		{`(?!x)a`, "", "", false},         // not anchored: it may match elsewhere
		{`^(?!x)a|b`, "", "", false},      // the look-ahead belongs to the first branch only
		{`(?!x)(^a|b)`, "", "", false},    // the anchor belongs to the first branch only
		{`(?!x)((^a|b)c)`, "", "", false}, // the same, one level deeper
		{`^(?!0)*0`, `^0`, "", true},      // the look-ahead is optional
		{`(?!x)(^a)?b`, "", "", false},    // the anchor is optional
		{`(?!x)((^a)*b)`, "", "", false},  // the same, one level deeper
		{`(?!x)^*a`, "", "", false},
		{`^(?![|)]+$)a$`, `^a$`, `^(?:[|)]+$)`, true},
		{`(?<=a)b`, "", "", false},
		{`^[\u0041]$`, `^[\x41]$`, "", true},
	} {
		t.Run(v.source, func(t *testing.T) {
			must, refuse, ok := Portable(v.source)
			require.Equal(t, v.ok, ok)
			if !ok { // must is what ECMA-262 reads
				require.Equal(t, v.source, must)
				return
			}
			require.Equal(t, v.must, must)
			require.Equal(t, v.refuse, refuse)
		})
	}
}

// TestPortableForECMA checks that a pattern that RE2 cannot run is still free of Java's syntax.
func TestPortableForECMA(t *testing.T) {
	for source, want := range map[string]string{
		`^\p{Alnum}+(?<!x)$`:   `^[a-zA-Z0-9]+(?<!x)$`,
		`^(?<!x)a*+a$`:         `^(?<!x)a*a$`,
		`^(?<n>a)\k<n>(?<=a)$`: `^(?<n>a)\k<n>(?<=a)$`,
		`^[a-z&&[^b]](?<!c)$`:  `^[\x61\x63-\x7A](?<!c)$`,
		`^a(?<!c)$`:            `^a(?<!c)$`,
	} {
		t.Run(source, func(t *testing.T) {
			must, refuse, ok := Portable(source)
			require.False(t, ok)
			require.Empty(t, refuse)
			require.Equal(t, want, must)
		})
	}
}

// FuzzPortable checks that the rewritten form and the original agree.
func FuzzPortable(f *testing.F) {
	for _, text := range []string{"my-bucket", "1.2.3.4", "", "a\n", "..", "1.2.3.a"} {
		f.Add(bucket, text)
		f.Add(`(?!a0*$)(^(a|b)+0$)`, text)
		f.Add(`^(?!0)*0`, text)
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		must, refuse, ok := Portable(source)
		// Outside of this part of the syntax, the two engines themselves differ.
		if !ok || refuse == "" || len(source) > 60 || len(text) > 30 || strings.Trim(source, "^$()?!|*+01ab") != "" && source != bucket {
			return
		}
		p, err := Compile(source)
		if err != nil {
			return
		}
		want, err := p.Match([]byte(text))
		if err != nil {
			return
		}
		got := regexp.MustCompile(must).MatchString(text) && !regexp.MustCompile(refuse).MatchString(text)
		require.Equal(t, want, got)
	})
}

func BenchmarkMatch(b *testing.B) {
	for _, v := range []struct{ name, source string }{{"linear", `^[a-z0-9-]+$`}, {"backtracking", bucket}} {
		b.Run(v.name, func(b *testing.B) {
			p, err := Compile(v.source)
			require.NoError(b, err)
			text := []byte("my-analysis-results-111122223333")
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := p.Match(text); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
