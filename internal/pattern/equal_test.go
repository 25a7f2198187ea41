package pattern

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEqual(t *testing.T) {
	for _, v := range []struct {
		name, a, b     string
		equal, decided bool
	}{
		{"nothing", ``, ``, true, true},
		{"any text", ``, `^[\s\S]*$`, true, true},
		{"any text, unanchored", `[\s\S]*`, ``, true, true},
		{"any text of one line", ``, `^.*$`, false, true},
		{"groups", `^(?:a|b)$`, `^(a|b)$`, true, true},
		{"a class", `^(a|b)$`, `^[ab]$`, true, true},
		{"order of alternatives", `^(?:abc|b)$`, `^(b|abc)$`, true, true},
		{"anchors of alternatives", `^a$|^b$`, `^(a|b)$`, true, true},
		{"anchors of some alternatives", `^a|b$`, `^(a|b)$`, false, true},
		{"anchors of some alternatives and none", `^a|b$`, `a|b`, false, true},
		{"contains X", `^.*\S.*$`, `.*\S.*`, true, true},
		{"contains X, and X itself", `^.*\S.*$`, `\S`, true, true},
		{"contains X, unanchored", `.*[^0-9].*`, `[^0-9]`, true, true},
		{"contains X, begins with X", `^\S.*$`, `\S`, false, true},
		{"contains X, contains Y", `^.*\S.*$`, `^.*\d.*$`, false, true},
		{"shorthands", `^\d+$`, `^[0-9]+$`, true, true},
		{"other digits", `^\d+$`, `^[0-8]+$`, false, true},
		{"repetitions", `^aa*$`, `^a+$`, true, true},
		{"bounds", `^a{1,3}$`, `^aa?a?$`, true, true},
		{"large bounds", `^a{1,1000}$`, `^a{1,1001}$`, false, true},
		{"large bounds, written in two ways", `^a{2,2000}$`, `^aa{1,1999}$`, true, true},
		{"escapes", `^\u0041\x42$`, `^AB$`, true, true},
		{"Java's classes", `^\p{Alnum}$`, `^[a-zA-Z0-9]$`, true, true},
		{"possessive, where it makes no difference", `^\d{12}+:$`, `^\d{12}:$`, true, true},
		{"case", `^(?i)ab$`, `^[aA][bB]$`, true, true},
		{"another case", `^(?i)ab$`, `^[aA]b$`, false, true},
		{"case beyond ASCII", `^(?i)k$`, `^[kK]$`, false, true}, // U+212A
		{"word boundaries", `^a\b.*$`, `^a([^\w\n].*)?$`, true, true},
		{"word boundaries, not", `^a\B.*$`, `^a\b.*$`, false, true},
		{"word boundaries after other characters", `^[a ]\bb$`, `^ b$`, true, true},
		{"lines", `(?m)^a$`, `(^|\n)a(\n|$)`, true, true},
		{"a line and a text", `(?m)^a$`, `^a$`, false, true},
		{"impossible", `a^`, `b^`, true, true},
		{"Unicode", `^[\p{L}\p{N}]$`, `^[\p{N}\p{L}]$`, true, true},
		{"Unicode, less", `^[\p{L}\p{N}]$`, `^\p{L}$`, false, true},
		{"beyond the basic plane", `^[\uD800\uDC00-\uDBFF\uDFFF]$`, `^[\x{10000}-\x{10FFFF}]$`, true, true},
		{"look-ahead at the start", `^(?!aws:)[a-z:]+$`, `^(?!aws:)[:a-z]+$`, true, true},
		{"look-ahead at the start, other", `^(?!aws:)[a-z:]+$`, `^(?!aws)[a-z:]+$`, false, true},
		{"look-ahead without effect", `^(?!1)[a-z]+$`, `^[a-z]+$`, true, true},
		{"look-behind, written differently", `^(a)(?<!b)c$`, `^(?:a)(?<!b)c$`, true, true},
		{"look-behind, another", `^a(?<!b)c$`, `^a(?<!b)d$`, false, false},
		{"references", `^(a|b)\1$`, `^(?:a|b)\1$`, false, false},
		{"unsupported", `\p{NoSuch}`, `a`, false, false},
		{"too large", `(a|b)*a(a|b){40}$`, `(b|a)*a(b|a){40}$`, false, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			for _, pair := range [][2]string{{v.a, v.b}, {v.b, v.a}} {
				equal, decided := Equal(pair[0], pair[1])
				require.Equal(t, v.equal, equal)
				require.Equal(t, v.decided, decided)
			}
		})
	}
}

// TestEqualOfModels checks pairs of patterns as botocore's models write them.
func TestEqualOfModels(t *testing.T) {
	for _, v := range []struct {
		a, b  string
		equal bool
	}{
		{`a|b`, `^a|b$`, true}, {`a|b`, `(a|b)`, true}, {`CSV|PARQUET`, `^CSV|PARQUET$`, true}, {`^a$|^b$`, `a|b`, true}, {`a$|^b`, `a|b`, true}, {`^a`, `a$`, true}, {`a`, `^a$`, true},
		{`.*\S.*`, `^.*\S.*$`, true}, {`[\s\S]*`, ``, true}, {`\A\d+\z`, `\d+`, true},
		{`a|b`, `ab`, false}, {`a`, `a.*`, false}, {`.*`, ``, false},
	} {
		t.Run(v.a+" "+v.b, func(t *testing.T) {
			equal, decided := Equal(Whole(v.a), Whole(v.b))
			require.True(t, decided)
			require.Equal(t, v.equal, equal)
		})
	}
}

func TestAsBotocore(t *testing.T) {
	for _, v := range []struct{ smithy, botocore string }{
		{`^a$`, `a`}, {`a`, `.*a.*`}, {`^a`, `a.*`}, {`a$`, `.*a`}, {`^a|b$`, `a|b`}, {`^$|^a$`, `$|^a`}, {`^.*\S.*$`, `.*\S.*`}, {`\S`, `.*\S.*`},
		{`(^a$)|(^b$)`, `.*(^a$)|(^b$).*`}, {``, ``}, {`^a\$`, `a\$.*`}, {`^*a$`, `.*^*a`},
	} {
		t.Run(v.smithy, func(t *testing.T) {
			equal, decided := Equal(AsBotocore(v.smithy), Whole(v.botocore))
			require.True(t, decided)
			require.True(t, equal)
		})
	}
}

// samples are texts that distinguish simple patterns.
var samples = func() []string {
	all, last := []string{""}, []string{""}
	for range 4 {
		var longer []string
		for _, text := range last {
			for _, c := range "ab1A" {
				longer = append(longer, text+string(c))
			}
		}
		all, last = append(all, longer...), longer
	}
	return append(all, " ", "a ", "é", "😀", "ab ab", strings.Repeat("a", 20))
}()

// FuzzEqual checks that Equal is symmetric, and that no sample distinguishes equal patterns.
func FuzzEqual(f *testing.F) {
	for _, v := range dialects {
		f.Add(v.source, "^(?:"+v.source+")")
	}
	for _, pair := range [][2]string{{`^(a|b)*$`, `^[ab]*$`}, {`a\b`, `(?i)A`}, {`^(?!a)b`, `^b`}, {`.*a.*`, `a`}, {`a{2,3}`, `aaa?`}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 40 || len(b) > 40 {
			return
		}
		equal, decided := Equal(a, b)
		back, _ := Equal(b, a)
		require.Equal(t, equal, back)
		if !equal {
			return
		}
		require.True(t, decided)
		p, errA := Compile(a)
		q, errB := Compile(b)
		if a == b {
			return
		}
		require.NoError(t, errA)
		require.NoError(t, errB)
		for _, text := range samples {
			inA, errA := p.Match([]byte(text))
			inB, errB := q.Match([]byte(text))
			if errA == nil && errB == nil && inA != inB {
				t.Fatalf("%q: %v and %v", text, inA, inB)
			}
		}
	})
}

// TestSyntax checks that an exact tree matches the same texts as the pattern.
func TestSyntax(t *testing.T) {
	for _, v := range dialects {
		t.Run(v.name, func(t *testing.T) {
			tree, exact, err := Syntax(v.source)
			require.NoError(t, err)
			if !exact {
				return
			}
			p, err := regexp.Compile(tree.String())
			require.NoError(t, err)
			for text, want := range verdicts(v.matches, v.refuses) {
				require.Equal(t, want, p.MatchString(text), "%q", text)
			}
		})
	}
	t.Run("large repeats keep their bounds", func(t *testing.T) {
		tree, exact, err := Syntax(`^a{2,100000}$`)
		require.NoError(t, err)
		require.True(t, exact)
		require.Contains(t, tree.String(), "{2,100000}")
	})
	t.Run("references that would grow", func(t *testing.T) {
		tree, exact, err := Syntax(`(aa)(\1\1)(\2\2)(\3\3)(\4\4)(\5\5)(\6\6)(\7\7)(\8\8)`)
		require.NoError(t, err)
		require.False(t, exact)
		require.Less(t, len(tree.String()), 100)
	})
}

func BenchmarkEqual(b *testing.B) {
	for _, v := range []struct{ name, a, b string }{
		{"arn", `^arn:aws[a-z-]*:cleanrooms:[\w]{2}-[\w]{4,9}-[\d]:[\d]{12}:membership/[\d\w-]+$`, `^arn:aws[-a-z]*:cleanrooms:[\w]{2}-[\w]{4,9}-[\d]:\d{12}:membership/[\w-]+$`},
		{"unicode", `^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`, `^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`},
		{"large", `^.{1,1000}$`, `^.{1,1024}$`},
	} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Equal(v.a, v.b)
			}
		})
	}
}
