package pattern

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dialects are constructs on which dialects of regular expressions differ. The expected results are
// those of java.util.regex, or of ECMA-262 where ecma is set.
var dialects = []struct {
	name, source     string
	matches, refuses []string
	ecma             bool
}{
	{"POSIX class", `^\p{Alnum}+$`, []string{"a1"}, []string{"-", "é"}, false},
	{"POSIX class in a class, negated", `^[\P{Alnum}x]+$`, []string{"-x", "é"}, []string{"a"}, false},
	{"binary property", `^\p{IsAlphabetic}+$`, []string{"aéж"}, []string{"1", " "}, false},
	{"binary property in a class", `^[0-9\p{IsAlphabetic}+:-]*$`, []string{"a1+", "ж"}, []string{"_"}, false},
	{"white space", `^[^\p{C}\p{IsWhitespace}]+$`, []string{"aж"}, []string{" ", "\u00a0", "\x01"}, false},
	{"property of one letter", `^\pL+$`, []string{"é"}, []string{"1"}, false},
	{"script", `^\p{IsGreek}+$`, []string{"αβ"}, []string{"a"}, false},
	{"script by key", `^\p{script=Cyrillic}\p{sc=greek}$`, []string{"жα"}, []string{"αж"}, false},
	{"script as ECMA-262 writes it", `^\p{Script=Greek}$`, []string{"α"}, []string{"a"}, false},
	{"script without a prefix", `^\p{Greek}$`, []string{"α"}, []string{"a"}, true},
	{"category by its long name", `^\p{Letter}$`, []string{"é"}, []string{"1"}, true},
	{"category by key", `^\p{gc=Lu}\p{general_category=Ll}$`, []string{"Aa"}, []string{"aA"}, false},
	{"category with a prefix", `^\p{IsLu}$`, []string{"É"}, []string{"é"}, false},
	{"block", `^\p{InGreek}\p{InCyrillic}$`, []string{"αж"}, []string{"жα"}, false},
	{"block by key", `^\p{block=Latin-1 Supplement}\p{blk=BasicLatin}$`, []string{"éa"}, []string{"aé"}, false},
	{"block, negated", `^\P{InBasic_Latin}$`, []string{"é"}, []string{"a"}, false},
	{"currency", `^\p{Sc}$`, []string{"€", "$"}, []string{"a"}, false},
	{"methods of java.lang.Character", `^\p{javaLowerCase}\p{javaUpperCase}\p{javaWhitespace}\p{javaLetterOrDigit}$`, []string{"éÉ\u20031"}, []string{"éÉ\u00a01", "ÉÉ 1"}, false},
	{"letters and digits", `^\p{LD}+$`, []string{"a٣"}, []string{"-"}, false},
	{"everything", `^\p{all}+$`, []string{"a\n😀"}, []string{""}, false},
	{"Latin 1", `^\p{L1}$`, []string{"ÿ"}, []string{"Ā"}, false},
	{"possessive, which gives nothing back", `^a*+a$`, nil, []string{"aa", "a"}, false},
	{"possessive question mark", `^a?+ab$`, []string{"aab"}, []string{"ab"}, false},
	{"possessive plus", `^(?:ab|a)++b$`, []string{"aabb"}, []string{"ab"}, false},
	{"possessive count", `^[ab]{1,2}+b$`, []string{"abb", "bbb"}, []string{"ab"}, false},
	{"possessive, fixed", `^[0-9A-Z]{2}+$`, []string{"A1"}, []string{"A", "A11", "A1A1"}, false},
	{"possessive before another character", `^[/]?+[a-z]+$`, []string{"/a", "a"}, []string{"//a"}, false},
	{"possessive before the same character", `^[a-z]*+[a-z]$`, nil, []string{"a", "ab"}, false},
	{"atomic group", `^(?>a|ab)c$`, []string{"ac"}, []string{"abc"}, false},
	{"atomic group at the end of a search", `x(?>a*)$`, []string{"xaa", "bx"}, []string{"xab"}, false},
	{"code point", `^\u00e9\x{1F600}\x41$`, []string{"é😀A"}, []string{"e😀A"}, false},
	{"horizontal space", `^a\hb\Hc$`, []string{"a\u00a0b-c"}, []string{"a\nb-c", "a b c"}, false},
	{"horizontal space in a class", `^[\h-]+[\Hx]$`, []string{" -\ta"}, []string{"a", "- "}, false},
	{"line break", `^a\Rb$`, []string{"a\r\nb", "a\nb", "a\u2028b"}, []string{"ab", "a\n\nb"}, false},
	{"quotation", `^\Qa.b*\E+$`, []string{"a.b*", "a.b**"}, []string{"aab*", "a.b"}, false},
	{"quotation in a class", `^[\Q^-]\E]+$`, []string{"^-]"}, []string{"a"}, false},
	{"quotation without end", `^a\Q.+`, []string{"a.+"}, []string{"ab"}, false},
	{"intersection", `^[a-z&&[^b]]+$`, []string{"ac"}, []string{"b", "&"}, false},
	{"intersection with a property", `^[\p{Print}&&[^|:/]]+$`, []string{"a b"}, []string{":", "|", "\n"}, false},
	{"intersection of three", `^[a-z&&[^b]&&[^c]]$`, []string{"a"}, []string{"b", "c"}, false},
	{"intersection without brackets", `^[\p{L}&&\p{ASCII}]$`, []string{"a"}, []string{"é", "1"}, false},
	{"intersection, negated", `^[^a-z&&[^b]]$`, []string{"b", "1"}, []string{"a"}, false},
	{"ampersands that intersect nothing", `^[!@#&&*]+$`, []string{"&*!"}, []string{"a"}, true},
	{"nested class", `^[a[bc]d]+$`, []string{"abcd"}, []string{"[", "]"}, false},
	{"nested class, negated", `^[a[^a-z]]+$`, []string{"a1"}, []string{"b"}, false},
	{"bracket in a class", `^[a[]+$`, []string{"a["}, []string{"b"}, true},
	{"class of nothing and of anything", `^[^][]?$`, []string{"\n"}, []string{"", "ab"}, true},
	{"closing bracket first", `^[]a]+$`, []string{"]a"}, []string{"["}, false},
	{"POSIX class of RE2", `^[[:alpha:]_]+$`, []string{"a_"}, []string{":"}, true},
	{"hyphens", `^[a-][-a][\w-.]$`, []string{"--.", "aa-"}, []string{"b-."}, false},
	{"hyphen between a character and a set", `^[a-\d]+$`, []string{"a-1"}, []string{"b"}, true},
	{"flag i", `^(?i)aé(?-i)b$`, []string{"AÉb"}, []string{"AÉB"}, true},
	{"flag i of a group", `^(?i:a|b[c-d])x$`, []string{"Ax", "BDx"}, []string{"AX"}, false},
	{"flag i ends with its group", `^((?i)a)b$`, []string{"Ab"}, []string{"AB"}, false},
	{"flag s", `^(?s)a.b$`, []string{"a\nb"}, []string{"ab"}, false},
	{"flag m", `(?m)^b$`, []string{"a\nb\nc"}, []string{"ab"}, false},
	{"flag x", "^(?x) a b # c\n [ ] $", []string{"ab "}, []string{"a b"}, true}, // in Java also within classes
	{"named group and its reference", `^(?<x>a|b)-\k<x>$`, []string{"a-a", "b-b"}, []string{"a-b"}, false},
	{"references by number, past named groups", `^(?<x>a)(b)\1\2$`, []string{"abab"}, []string{"abba"}, false},
	{"count of a count", `^[0-9a-z]{2}{0,5}$`, []string{"a1"}, []string{"", "a1a1"}, false},
	{"start and end of the text", `\A\d+\z`, []string{"1"}, []string{"1\n", "a1"}, false},
	{"end before a line break", `^a\Z`, []string{"a", "a\n"}, []string{"ab", "a\nb"}, false},
	{"control characters", `^\cA\e\a\0101$`, []string{"\x01\x1b\aA"}, []string{"cAea"}, false},
	{"quantified anchor", `^a${1,4096}`, []string{"a"}, []string{"ab"}, false},
	{"brace that counts nothing", `^a{b}{,2}$`, []string{"a{b}{,2}"}, []string{"ab"}, true},
	{"letter that means nothing", `^\i\_\-$`, []string{"i_-"}, nil, true},
	{"white space is RE2's on both engines", `^(?!x)\S\s[\S]$`, []string{"\u00a0 é"}, []string{"a\u00a0a"}, false},
	{"range into the surrogates", `^[\u0041-\uDFFF]$`, []string{"a", "\uD7FF"}, []string{"\uE000"}, false},
	{"range out of the surrogates", `^[\uD800-\uFFFD]$`, []string{"\uE000"}, []string{"\uD7FF"}, false},
}

// TestDialects runs each construct as it is, then on the backtracking engine, then in its portable
// form.
func TestDialects(t *testing.T) {
	for _, v := range dialects {
		t.Run(v.name, func(t *testing.T) {
			for engine, source := range []string{v.source, "(?=)" + v.source} {
				p, err := Compile(source)
				require.NoError(t, err)
				require.True(t, engine == 0 || p.linear == nil)
				for text, want := range verdicts(v.matches, v.refuses) {
					got, err := p.Match([]byte(text))
					require.NoError(t, err)
					require.Equal(t, want, got, "%q", text)
				}
			}
			must, refuse, ok := Portable(v.source)
			if !ok {
				return
			}
			for text, want := range verdicts(v.matches, v.refuses) {
				got := regexp.MustCompile(must).MatchString(text) && (refuse == "" || !regexp.MustCompile(refuse).MatchString(text))
				require.Equal(t, want, got, "%q", text)
			}
		})
	}
}

func verdicts(matches, refuses []string) map[string]bool {
	all := map[string]bool{}
	for _, text := range matches {
		all[text] = true
	}
	for _, text := range refuses {
		all[text] = false
	}
	return all
}

func TestUnsupported(t *testing.T) {
	for _, source := range []string{
		`^\p{NoSuch}+$`, `\p{IsNoSuch}`, `\p{block=NoSuch}`, `\p{nosuch=Greek}`, `\p{javaNoSuch}`, `\p{L`, `\p`,
		`(a`, `a)`, `[a`, `[a[b]`[:3], `*a`, `a**`, `a*?+`, `{2}`, `a{2,1}`, `[z-a]`, `(?<x`, `(?<x>a)(?<x>b)`, `\k<x>`, `(a)\2`, `(?q)a`, `(?U)\w`, `(?`, `\`, `\u12`, `\x{110000}`, `\G`, `\X`,
		strings.Repeat("(", 10_000), strings.Repeat("[", 10_000), strings.Repeat("(a", 600) + strings.Repeat(")", 600),
	} {
		t.Run(source[:min(len(source), 30)], func(t *testing.T) {
			_, err := Compile(source)
			var unsupported *UnsupportedError
			require.ErrorAs(t, err, &unsupported)
			require.Equal(t, source, unsupported.Source)
			require.Equal(t, err, Check(source))
		})
	}
}

// TestRepeats checks repetitions above RE2's limit of 1,000, alone and nested, on the linear
// engine, and larger ones on the backtracking engine.
func TestRepeats(t *testing.T) {
	for _, v := range []struct {
		unit     string
		min, max int
		linear   bool
	}{
		{"a", 0, 1000, true}, {"a", 0, 1001, true}, {"a", 1, 2000, true}, {"a", 1001, 1001, true}, {"a", 999, 3001, true}, {"a", 2500, 2500, true},
		{"a", 1500, endless, true}, {"a", 0, 5000, true}, {"[a-c]", 1, 8192, true}, {"(?:ab)", 1, 1500, true}, {"(?:a|bc)", 700, 1300, true},
		{"(?:[a-c]{1,63}[.])", 1, 20, true}, {"(?:a{40})", 10, 100, true}, {"(?:a{600})", 1, 3, true}, {"(?:a{1500})", 2, 3, true},
		{"a", 1, 100_000, false}, {"(?:(?:a{1,100}){1,100})", 1, 100, false},
	} {
		source := "^" + v.unit + quantifier(v.min, v.max) + "$"
		t.Run(source, func(t *testing.T) {
			p, err := Compile(source)
			require.NoError(t, err)
			require.Equal(t, v.linear, p.linear != nil)
			if p.back != nil {
				p.back.MatchTimeout = time.Minute // this is not a test of speed
			}
			one := map[string]string{"(?:a|bc)": "bc", "(?:ab)": "ab", "(?:[a-c]{1,63}[.])": "abc.", "(?:a{40})": strings.Repeat("a", 40),
				"(?:a{600})": strings.Repeat("a", 600), "(?:a{1500})": strings.Repeat("a", 1500), "(?:(?:a{1,100}){1,100})": strings.Repeat("a", 10_000)}[v.unit]
			if one == "" {
				one = "a"
			}
			for _, n := range []int{0, v.min - 1, v.min, v.min + 1, (v.min + v.max) / 2, v.max - 1, v.max, v.max + 1, 999, 1000, 1001, 2001} {
				if n < 0 || n > 1_100_000/len(one) {
					continue
				}
				got, err := p.Match([]byte(strings.Repeat(one, n)))
				require.NoError(t, err)
				require.Equal(t, v.min <= n && n <= v.max, got, n)
			}
		})
	}
}

// TestRepeatsMemory compiles patterns that would be huge if their repetitions were written out.
func TestRepeatsMemory(t *testing.T) {
	for _, source := range []string{`((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000}`, `(a{0,30000}b){0,30000}`, strings.Repeat("(", 300) + "a" + strings.Repeat("){9}", 300),
		`(\p{IsAlphabetic}{900}){900}`, `(a{2147483647}){2147483647}`, `a{99999999999999999999}`, `(?:){999}{999}(?:(?:){999}){999}`} {
		t.Run(source[:min(len(source), 40)], func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Compile(source)
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), err)
		})
	}
}

// TestLooseOperands checks that a quantifier after an empty expression does not run into the
// quantifier before it.
func TestLooseOperands(t *testing.T) {
	for source, v := range map[string]struct{ matches, refuses []string }{
		`^b*\E+$`:          {[]string{"", "bbb"}, []string{"a", "b+"}},
		`^b*\Q\E+$`:        {[]string{"", "bbb"}, []string{"a"}},
		`^b{2}\Q\E{3}$`:    {[]string{"bbbbbb"}, []string{"bb", "bbbbb"}},
		`^b+\Q\E{1,1500}$`: {[]string{"b", "bbb"}, []string{"", "a"}},
		`^a\E{1,2000}b$`:   {[]string{"ab"}, []string{"a", "aab"}},
		`^\E*$`:            {[]string{""}, []string{"E"}},
		`^(?i)b*\E+$`:      {[]string{"bB"}, []string{"a"}},
		`^b?\E?c$`:         {[]string{"c", "bc"}, []string{"bbc"}},
	} {
		t.Run(source, func(t *testing.T) {
			require.NoError(t, Check(source))
			for _, source := range []string{source, "(?=)" + source} { // the look-ahead forces the backtracking engine
				p, err := Compile(source)
				require.NoError(t, err)
				for text, want := range verdicts(v.matches, v.refuses) {
					got, err := p.Match([]byte(text))
					require.NoError(t, err)
					require.Equal(t, want, got, "%q", text)
				}
			}
		})
	}
}

// FuzzCompile compiles arbitrary patterns, and checks that both engines agree on those that RE2 can
// run.
func FuzzCompile(f *testing.F) {
	for _, v := range dialects {
		for text := range verdicts(v.matches, v.refuses) {
			f.Add(v.source, text)
		}
	}
	f.Add(`.b*\E+`, "a.b*")
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 100 || len(text) > 30 {
			return
		}
		p, err := Compile(source)
		require.Equal(t, err, Check(source))
		if err != nil {
			return
		}
		got, err := p.Match([]byte(text))
		if err != nil || p.linear == nil {
			return
		}
		back, err := Compile("(?=)" + source)
		require.NoError(t, err)
		if strings.Contains(source, "|") || !validText(text) {
			return // the look-ahead belongs to the first alternative; RE2 reads invalid UTF-8 differently
		}
		want, err := back.Match([]byte(text))
		if err == nil {
			require.Equal(t, want, got)
		}
	})
}

func validText(text string) bool { return strings.ToValidUTF8(text, "") == text }
