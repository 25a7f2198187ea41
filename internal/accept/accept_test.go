package accept

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/decimal"
)

func compiled(s *Shape) *Shape {
	s.Compile()
	return s
}

var anyValue = compiled(&Shape{Kind: Any})

// TestAny checks that any value is what jsontext calls valid, at every offset within a word.
func TestAny(t *testing.T) {
	for _, text := range []string{
		``, `null`, `true`, `false`, `0`, `-0`, `1.5e+7`, `-12.25E-3`, `""`, `"abcdefgh"`, `"é漢🐱"`, `"\u00e9\ud83d\udc31\n\/"`, `[]`, `{}`, `[1,2 , 3]`, `{"a":1,"b":[{"c":null}]}`, ` [ 1 ] `, "\t{\r\n}\n",
		`nul`, `tru`, `truE`, `fals`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `"`, `"\x"`, `"\u12"`, `"\ud83d"`, `"\udc31"`, `"\ud83d\n"`, "\"\n\"", "\"\xff\"", "\"\xed\xa0\x80\"", `[1,]`, `[1 2]`, `[`, `]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`,
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"x":{"a":1},"a":{"a":1}}`, "\xef\xbb\xbf1", "1\x00", "\"a\x00b\"", `1 2`, `{}{}`,
	} {
		t.Run(text, func(t *testing.T) {
			for pad := range 9 {
				padded := strings.Repeat(" ", pad) + text
				require.Equal(t, jsontext.Value(padded).IsValid(), anyValue.Accepts([]byte(padded)), "%q", padded)
			}
		})
	}
}

// FuzzAny compares the scanner with jsontext.
func FuzzAny(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2.5e3,"\ud83d\udc31é"],"b":{"c":null,"d":false}}`, `[[[[]]]]`, `"\u0061\\"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		require.Equal(t, jsontext.Value(text).IsValid(), anyValue.Accepts(text), "%q", text)
	})
}

// TestNames checks names of every length, in the order of the contract and in another one.
func TestNames(t *testing.T) {
	for _, count := range []int{1, 2, 63, 64, 65, 200} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			s := &Shape{Kind: Structure}
			var members []string
			for i := range count {
				name := strings.Repeat("n", i%20) + fmt.Sprint(i)
				s.Members = append(s.Members, Member{Name: name, Shape: anyValue, As: i, Required: true})
				members = append(members, `"`+name+`":1`)
			}
			s.Compile()
			object := func(members []string) []byte { return []byte("{" + strings.Join(members, ",") + "}") }
			require.True(t, s.Accepts(object(members)))
			for i := range members {
				moved := append([]string{members[i]}, append(append([]string{}, members[:i]...), members[i+1:]...)...)
				require.True(t, s.Accepts(object(moved)))
				require.False(t, s.Accepts(object(moved[1:])), "without one")
				require.False(t, s.Accepts(object(append(moved, members[i]))), "twice")
				require.False(t, s.Accepts(object(append(moved[1:], strings.Replace(members[i], ":1", "x:1", 1)))), "a longer name")
				require.False(t, s.Accepts(object(append(moved[1:], strings.Replace(members[i], ":1", ":null", 1)))), "null")
			}
			require.True(t, s.Accepts(object(append(members, `"other":null`))))
			require.False(t, s.Accepts(object(append(members, `"other":null`, `"other":null`))))
			require.False(t, s.Accepts(object(append(members, `"other":1`))))
		})
	}
}

// TestNumbers checks bounds that int64 decides, and those that it does not.
func TestNumbers(t *testing.T) {
	for _, v := range []struct{ low, high, text string }{
		{"0", "10", "10"}, {"0", "10", "11"}, {"0", "10", "-1"}, {"0", "10", "-0"}, {"0", "10", "9.5"}, {"0", "10", "10.0"}, {"0", "10", "10.5"}, {"0", "10", "1e1"}, {"0", "10", "1.1e1"},
		{"0.5", "1.5", "1"}, {"0.5", "1.5", "0"}, {"0.5", "1.5", "1.25"}, {"0.5", "1.5", "1.75"}, {"-1.5", "-0.5", "-1"}, {"-1.5", "-0.5", "-1.75"}, {"", "", "123456789012345678901234567890"}, {"", "9e99", "1e100"}, {"-10", "", "-10.5"},
	} {
		t.Run(v.low+" to "+v.high+": "+v.text, func(t *testing.T) {
			s := compiled(&Shape{Kind: Float, Bounds: decimal.Between(v.low, v.high)})
			bounds := decimal.Between(v.low, v.high)
			require.Equal(t, bounds.Holds(decimal.Parse(nil, []byte(v.text))), s.Accepts([]byte(v.text)))
		})
	}
	whole := compiled(&Shape{Kind: Integer})
	for text, want := range map[string]bool{"1": true, "-0": true, "9007199254740992": true, "-9007199254740992": true, "9007199254740993": false, "1.0": false, "1e2": false, "01": false, `"1"`: false} {
		require.Equal(t, want, whole.Accepts([]byte(text)), text)
	}
}

// TestStrings checks lengths in code points, enums and escapes.
func TestStrings(t *testing.T) {
	length := compiled(&Shape{Kind: String, Length: decimal.Between("2", "3")})
	enum := compiled(&Shape{Kind: String, Enum: []string{"A", "SUCCESS", "A_VERY_LONG_VALUE_OF_AN_ENUM", "A_VERY_LONG_VALUE_OF_AN_ENUN", "é"}})
	blob := compiled(&Shape{Kind: Blob, Length: decimal.Between("1", "2")})
	for _, v := range []struct {
		shape *Shape
		text  string
		want  bool
	}{
		{length, `"a"`, false}, {length, `"ab"`, true}, {length, `"abcd"`, false}, {length, `"é漢"`, true}, {length, `"éééé"`, false}, {length, `"\u00e9\n"`, true}, {length, `"\ud83d\udc31"`, false}, {length, "\"a\xff\"", false},
		{enum, `"A"`, true}, {enum, `"B"`, false}, {enum, `""`, false}, {enum, `"SUCCESS"`, true}, {enum, `"SUCC\u0045SS"`, true}, {enum, `"A_VERY_LONG_VALUE_OF_AN_ENUN"`, true}, {enum, `"A_VERY_LONG_VALUE_OF_AN_ENUO"`, false}, {enum, `"é"`, true},
		{blob, `""`, false}, {blob, `"QQ=="`, true}, {blob, `"QUE="`, true}, {blob, `"QUFB"`, false},
	} {
		t.Run(v.text, func(t *testing.T) { require.Equal(t, v.want, v.shape.Accepts([]byte(v.text))) })
	}
}

// TestManyNames checks that more names than a table has are never taken for known ones.
func TestManyNames(t *testing.T) {
	enum, structure := &Shape{Kind: String}, &Shape{Kind: Structure}
	for i := range maxNames + 1 {
		enum.Enum = append(enum.Enum, fmt.Sprint(i))
		structure.Members = append(structure.Members, Member{Name: fmt.Sprint(i), Shape: anyValue, As: i})
	}
	require.False(t, compiled(enum).Accepts([]byte(`"x"`)))
	require.False(t, compiled(structure).Accepts([]byte(`{"x":1}`)))
}

// TestMaps checks that equal names are never taken for different ones, in maps of any size.
func TestMaps(t *testing.T) {
	s := compiled(&Shape{Kind: Map, Element: &Shape{Kind: Integer}, Length: decimal.Between("1", "1000")})
	object := func(keys ...int) []byte {
		var entries []string
		for _, key := range keys {
			entries = append(entries, fmt.Sprintf(`"key-%d":%d`, key, key))
		}
		return []byte("{" + strings.Join(entries, ",") + "}")
	}
	for _, n := range []int{0, 1, 2, maxPairwise - 1, maxPairwise, maxPairwise + 1, 2 * maxPairwise, 1000, 1001} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var keys []int
			for key := range n {
				keys = append(keys, key)
			}
			require.Equal(t, n > 0 && n <= 1000, s.Accepts(object(keys...)))
			for _, key := range []int{0, n / 2, n - 1} {
				if n > 0 && n < 1000 {
					require.False(t, s.Accepts(object(append(keys, key)...)), "%d twice", key)
					require.False(t, s.Accepts(object(append(append([]int{}, key), keys...)...)), "%d twice", key)
				}
			}
		})
	}
	require.False(t, s.Accepts([]byte(`{"a":null}`)))
	require.False(t, s.Accepts([]byte(`{"a":1,"\u0061":1}`)))
}
