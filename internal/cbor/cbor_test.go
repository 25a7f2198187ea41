package cbor

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	oracle "github.com/fxamacker/cbor/v2"
	"github.com/stretchr/testify/require"
)

// TestTranslate checks values of RFC 8949, appendix A, and what JSON cannot hold.
func TestTranslate(t *testing.T) {
	for _, tc := range []struct {
		name, hex, want string // the JSON, or the error
		millis          bool
	}{
		{"integers", "8600171818191388201b0de0b6b3a7640000", `[0,23,24,5000,-1,1000000000000000000]`, false},
		{"beyond 63 bits", "841bffffffffffffffff3bffffffffffffffffc249010000000000000000c349010000000000000000", `[18446744073709551615,-18446744073709551616,18446744073709551616,-18446744073709551617]`, false},
		{"half floats", "86f93c00f97bfff90001f9c400f98000f93e00", `[1,65504,5.960464477539063e-08,-4,-0,1.5]`, false},
		{"floats", "83fa47c35000fb3ff199999999999afb7e37e43c8800759c", `[100000,1.1,1e+300]`, false},
		{"not numbers", "86f97e00f97c00f9fc00fa7fc00000fb7ff0000000000000fbfff0000000000000", `["NaN","Infinity","-Infinity","NaN","Infinity","-Infinity"]`, false},
		{"simple values", "84f4f5f6f7", `[false,true,null,null]`, false},
		{"text", "8262c3a97f62c3a9ff", `["é","é"]`, false},
		{"quotes", "6322615c", `"\"a\\"`, false},
		{"bytes", "82440102030440", `["AQIDBA==",""]`, false},
		{"chunks", "825f42010243030405ff7f6161626263ff", `["AQIDBAU=","abc"]`, false},
		{"indefinite", "9f01820203bf616101ffff", `[1,[2,3],{"a":1}]`, false},
		{"empty", "82a080", `[{},[]]`, false},
		{"duplicate names", "a2616101616102", `{"a":1,"a":2}`, false},
		{"seconds", "83c11a514b67b0c1fb41d452d9ec200000c13903e7", `[1363896240,1363896240.5,-1000]`, false},
		{"milliseconds", "85c11b0000013d8e8d07f4c119012cc1390063c1391387c1fb42b2d4e8f0a00000", "", true},
		{"a number that is not a time", "8219012cc119012c", `[300,0.300]`, true},
		{"negative milliseconds", "82c1390063c1391387", `[-0.100,-5]`, true},
		{"another tag", "d9d9f7a0", `{}`, false},

		{"nothing", "", "byte 0: unexpected end", false},
		{"whole numbers", "820102", `[1,2]`, false},
		{"an array that is cut off", "8301", "byte 2: unexpected end", false},
		{"a length beyond the document", "5bffffffffffffffff00", "byte 0: unexpected end of the document in a string of 18446744073709551615 bytes", false},
		{"an array of many elements", "9bffffffffffffffff00", "byte 10: unexpected end", false},
		{"a head that is cut off", "1901", "byte 0: unexpected end", false},
		{"trailing bytes", "a0a0", "byte 1: unexpected bytes after", false},
		{"a name that is not text", "a10102", "byte 1: the name of a member is not text", false},
		{"text that is not UTF-8", "8161ff", "byte 1: text is not UTF-8", false},
		{"chunks that are not UTF-8", "7f61c361a9ff", "byte 1: text is not UTF-8", false},
		{"a chunk of another type", "5f6161ff", "byte 1: a chunk", false},
		{"a chunk in chunks", "5f5f40ffff", "byte 1: a chunk", false},
		{"an end without a beginning", "81ff", "byte 1: unexpected end of an array", false},
		{"a value is missing", "bf6161ff", "byte 3: unexpected end of an array", false},
		{"a simple value", "e0", "byte 0: the simple value 0", false},
		{"a reserved head", "1c", "byte 0: malformed head", false},
		{"an integer without a length", "1f", "byte 0: malformed head", false},
		{"a tag without a value", "c1", "byte 1: unexpected end", false},
		{"a large number that is not bytes", "c200", "byte 1: a number beyond 64 bits", false},
		{"a huge number", "c25841" + strings.Repeat("01", 65), "byte 0: a number has more than", false},
		{"deep", strings.Repeat("81", 2000), "byte 1001: values are nested", false},
		{"deep tags", strings.Repeat("c6", 2000), "byte 1001: values are nested", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			document, err := hex.DecodeString(tc.hex)
			require.NoError(t, err)
			got, err := Translate(document, tc.millis)
			if strings.HasPrefix(tc.want, "byte ") {
				require.ErrorAs(t, err, new(*Error))
				require.Contains(t, err.Error(), tc.want)
				return
			}
			require.NoError(t, err)
			if tc.want != "" {
				require.Equal(t, tc.want, string(got.Text))
			}
			require.True(t, json.Valid(got.Text), "%s", got.Text)
		})
	}
}

// TestOffset checks where the values of the JSON begin in the CBOR.
func TestOffset(t *testing.T) {
	document, err := hex.DecodeString("a2616182c101420102616219012c") // {"a":[1(1),h'0102'],"b":300}
	require.NoError(t, err)
	got, err := Translate(document, false)
	require.NoError(t, err)
	require.Equal(t, `{"a":[1,"AQI="],"b":300}`, string(got.Text))
	for text, want := range map[string]int{"{": 0, `"a"`: 1, "[": 3, "1,": 5, `"AQI`: 6, "I=": 6, `"b"`: 9, "300": 11} {
		t.Run(text, func(t *testing.T) { require.Equal(t, want, got.Offset(strings.Index(string(got.Text), text))) })
	}
	require.True(t, IsBytes(document, got.Offset(strings.Index(string(got.Text), `"AQI`))))
	require.False(t, IsBytes(document, got.Offset(strings.Index(string(got.Text), `"a"`))))
}

// FuzzTranslate compares with another decoder which documents are read and what they hold: that one
// refuses some more, such as duplicate names.
func FuzzTranslate(f *testing.F) {
	for _, seed := range []string{"a2616182c101420102616219012c", "9f01820203bf616101ffff", "86f97e00f97c00f9fc00fa7fc00000fb7ff0000000000000f7", "c25841", "5f42010243030405ff", "bf6161"} {
		document, _ := hex.DecodeString(seed)
		f.Add(document, false)
	}
	mode, err := oracle.DecOptions{MaxNestedLevels: 65535, TimeTag: oracle.DecTagIgnored, UTF8: oracle.UTF8RejectInvalid}.DecMode()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, document []byte, millis bool) {
		got, err := Translate(document, millis)
		if err != nil {
			var broken *Error
			require.True(t, errors.As(err, &broken))
			require.True(t, 0 <= broken.Offset && broken.Offset <= len(document))
			return
		}
		require.True(t, json.Valid(got.Text), "%s", got.Text)
		require.LessOrEqual(t, len(got.Text), 200*len(document)+200)
		require.NoError(t, mode.Wellformed(document), "%x", document)
		for i := range got.Text {
			require.Less(t, got.Offset(i), len(document))
		}
		var text string
		if mode.Unmarshal(document, &text) == nil && document[0]>>5 == textString {
			var ours string
			require.NoError(t, json.Unmarshal(got.Text, &ours))
			require.Equal(t, text, ours)
		}
		var content []byte
		if document[0]>>5 == byteString && mode.Unmarshal(document, &content) == nil {
			var ours []byte
			require.NoError(t, json.Unmarshal(got.Text, &ours))
			require.True(t, bytes.Equal(content, ours))
		}
		var number float64
		if document[0]>>5 == simple && document[0]&31 >= 25 && mode.Unmarshal(document, &number) == nil && !millis && got.Text[0] != '"' {
			var ours float64
			require.NoError(t, json.Unmarshal(got.Text, &ours))
			require.Equal(t, number, ours)
		}
	})
}
