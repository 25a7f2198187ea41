package pattern

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTable checks that a table decides as the engine of its pattern does.
func TestTable(t *testing.T) {
	for _, source := range []string{
		`^[a-z0-9-]+$`, bucket, `.*`, `a`, `^a`, `a$`, `^$`, ``, `^[0-9]{12}$`, `\bfoo\b`, `(?m)^x$`, `[^\n]`, `^\S+$`, `a|bc|^d$`,
		`^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$`, `^[é-ü]+$`, `(?i)^k$`, `^.{2,5}$`, `^(?!\d+$)a1*$`, `[\u0000-\u00ff]{3}`,
		`^(arn:aws:iam::)[0-9]{12}:role/[a-z]{2,5}(x|y)?$`, `^a{2,3}b?c*$`, `^[ab]{1,3}b$`, `^a*a$`, `^a?a?$`, `^(a{2})?$`, `^(ab)+$`, `^a{0,2}b{0,2}a$`, `^.*$`, `^[^a]+a[^b]*$`,
	} {
		t.Run(source, func(t *testing.T) {
			p, err := Compile(source)
			require.NoError(t, err)
			d := newDFA(source)
			require.NotNil(t, d)
			for _, text := range texts(source) {
				want, err := p.Match([]byte(text))
				require.NoError(t, err)
				got, ok := d.match([]byte(text))
				require.True(t, ok || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 }), "%q", text)
				if ok {
					require.Equal(t, want, got, "%q", text)
				}
				if r := newRuns(source); r != nil {
					if got, ok := r.match([]byte(text)); ok {
						require.Equal(t, want, got, "runs: %q", text)
					}
				}
				p.matches.Store(0) // stay on the engine
			}
		})
	}
}

func texts(source string) []string {
	all := []string{"", "a", "b", "bc", "d", "foo", "a foo b", "x", "x\ny", "\n", " ", "\x00", "é", "aé", "k", "K", "abc", "abcdef", "a1", "111122223333", "1.2.3.4", "my-bucket", "my-bucket-", "..",
		"0f0e1d2c-3b4a-4958-8776-655443322110", "0f0e1d2c-3b4a-4958-8776-65544332211", source, strings.Repeat("a", 70), "a\n"}
	for _, s := range all[:len(all):len(all)] {
		for i := range s {
			all = append(all, s[:i]+"-"+s[i:], s[i:])
		}
	}
	return all
}

// TestRuns checks which patterns are runs, and how many steps they have.
func TestRuns(t *testing.T) {
	for source, want := range map[string]int{
		`^[a-f0-9]{8}-[a-f0-9]{4}$`: 1, `^[0-9]{12}$`: 1, `^arn:aws:iam::[0-9]{12}:role/[a-z]+$`: 2, `^a{0,2}b?$`: 2, `^(a)(b{1,9})$`: 2, `^.{2,5}$`: 1, `^[a-z]{0,999}$`: 1, `^a*a$`: 1, `^[a-f]{999}g$`: 2,
		`[a-z]+`: 0, `^[ab]*b$`: 0, `^a?b*a$`: 0, `^(ab)*$`: 0, `^a|b$`: 0, `^(?i)k$`: 0, `^(a{2})?$`: 0, `^(aa|bb)$`: 0, `^[a-f]{999}a?b$`: 0,
	} {
		t.Run(source, func(t *testing.T) { require.Len(t, newRuns(source), want) })
	}
}

// TestClasses checks every ASCII character in every byte of a word.
func TestClasses(t *testing.T) {
	for _, source := range []string{`[a-z]`, `[A-Za-z]`, `[A-Z]`, `[^A-Za-z]`, `\w`, `\W`, `\d`, `\s`, `\S`, `.`, `[@\x60\x5b{]`, `[\x00-\x1f\x7f]`, `[\w+=,.@:/-]`, `[^"\\]`, `[\x00-\x7f]`} {
		t.Run(source, func(t *testing.T) {
			engine := regexp.MustCompile("^" + source + "$")
			r := newRuns("^" + source + "{1,9}$")
			require.Len(t, r, 1)
			for c := range 256 {
				for at := range 8 {
					word := uint64(c) << (8 * at)
					want := c < 0x80 && engine.MatchString(string(rune(c)))
					require.Equal(t, want, r[0].class.in(word)&(0x80<<(8*at)) != 0, "%q at %d", rune(c), at)
				}
			}
		})
	}
}

// TestTableIsBounded checks that a pattern with a large table stays on its engine.
func TestTableIsBounded(t *testing.T) {
	for _, source := range []string{`(a|b)*a(a|b){20}$`, `^(a{0,900}b{0,900}){3}$`, `(?<=a)b`, `(a)\1`} {
		require.Nil(t, newDFA(source), source)
	}
}

// TestEnd checks where a pattern ends a string of JSON: nowhere if it takes what ends or escapes one.
func TestEnd(t *testing.T) {
	for _, v := range []struct {
		source, text string
		end          int
	}{
		{`^[a-z0-9-]+$`, `my-bucket"`, 9},
		{`^[a-z0-9-]+$`, `a-name-of-more-than-eight"`, 25},
		{`^[a-z]{0,3}$`, `"`, 0},
		{`^[a-z]+$`, `"`, -1},
		{`^[a-z]{1,3}$`, `abcd"`, -1},
		{`^arn:[a-z]+:x$`, `arn:aws:x"`, 9},
		{`^arn:[a-z]+:x$`, `arn:aws:y"`, -1},
		{`^[^a]*$`, `b"`, -1},
		{`^"b"$`, `"b""`, -1},
		{`^[!-~]+$`, `b"`, -1},
		{`^b\\+$`, `b\"`, -1},
		{`^.*$`, `b"`, -1},
		{`^a|b$`, `a"`, -1},
	} {
		t.Run(v.source+" "+v.text, func(t *testing.T) {
			p, err := Compile(v.source)
			require.NoError(t, err)
			for range warm {
				_, err = p.Match(nil)
				require.NoError(t, err)
			}
			require.Equal(t, v.end, p.End([]byte(v.text+"\x00\x00\x00\x00\x00\x00\x00\x00"), 0))
		})
	}
}

// FuzzTable compares tables with engines.
func FuzzTable(f *testing.F) {
	for _, source := range []string{`^[a-z0-9-]+$`, bucket, `\bfoo\b`, `(?m)^x$`, `a|bc|^d$`, `^(?!\d+$)a1*$`} {
		f.Add(source, "my-bucket")
		f.Add(source, "x\ny")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 60 || len(text) > 100 {
			return
		}
		p, err := Compile(source)
		if err != nil || p.linear == nil { // the engines differ beyond what FuzzPortable covers
			return
		}
		if r := newRuns(source); r != nil {
			if got, ok := r.match([]byte(text)); ok {
				require.Equal(t, p.linear.MatchString(text), got, "runs")
			}
			in := text + `"`
			if end := r.end([]byte(in+"\x00\x00\x00\x00\x00\x00\x00\x00"), 0); r.plain() && end >= 0 && in[end] == '"' {
				require.Equal(t, strings.IndexByte(in, '"'), end)
				require.True(t, p.linear.MatchString(in[:end]))
			}
		}
		d := newDFA(source)
		if d == nil {
			return
		}
		if got, ok := d.match([]byte(text)); ok {
			require.Equal(t, p.linear.MatchString(text), got)
		}
	})
}
