package replay

import (
	"bytes"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

func TestPath(t *testing.T) {
	for _, v := range []struct{ path, canonical string }{
		{"", "/"},
		{"/", "/"},
		{"/a/b", "/a/b"},
		{"/a//b/", "/a//b/"},
		{"/a/../b/.", "/a/../b/."},
		{"/%7Ea/%61", "/~a/a"},
		{"/a%2fb", "/a%2Fb"},
		{"/a+b", "/a%2Bb"},
		{"/a%2Bb", "/a%2Bb"},
		{"/a%20b", "/a%20b"},
		{"/a:b@c", "/a%3Ab%40c"},
		{"/\u00e9", "/%C3%A9"},
		{"/100%", "/100%25"},
		{"/%zz", "/%25zz"},
	} {
		require.Equal(t, v.canonical, string(appendPath(nil, v.path)), v.path)
	}
}

func TestQuery(t *testing.T) {
	for _, v := range []struct{ query, canonical string }{
		{"", ""},
		{"b=2&a=1", "a=1&b=2"},
		{"a=2&a=1", "a=2&a=1"},
		{"a", "a="},
		{"a=&&b=1&", "a=&b=1"},
		{"a=b=c", "a=b%3Dc"},
		{"a=x+y", "a=x%20y"},
		{"a=x%20y", "a=x%20y"},
		{"a=x%2By", "a=x%2By"},
		{"%61=%7e", "a=~"},
		{"a=100%", "a=100%25"},
		{"a=1&X-Amz-Signature=0&X-Amz-Date=20260101T000000Z", "a=1"},
		{"X%2DAmz%2DSignature=0", ""},
	} {
		require.Equal(t, v.canonical, string(appendQuery(nil, v.query)), v.query)
	}
}

func TestBody(t *testing.T) {
	for _, v := range []struct {
		body, canonical string
		isJSON          bool
	}{
		{"", "", false},
		{"  ", "  ", false},
		{"a=1", "a=1", false},
		{`"text"`, `"text"`, false},
		{" { \"b\" : 1 ,\n\"a\" : [ 2 , 1 ] } ", `{"a":[2,1],"b":1}`, true},
		{`{"\u0061\/":"\u00e9"}`, `{"a/":"é"}`, true},
		{`{"a":1.0}`, `{"a":1}`, true},
		{`{"a":1e400,"b":100}`, `{"a":1e400,"b":1e2}`, true},
		{`{"a":"1.0 \" 2.0"}`, `{"a":"1.0 \" 2.0"}`, true},
		{`{"a":1,"a":2}`, `{"a":1,"a":2}`, true},
		{`{"a":2,"a":1}`, `{"a":1,"a":2}`, true},
		{`{"a":1}x`, `{"a":1}x`, false},
		{`{"a":01}`, `{"a":01}`, false},
		{"{\"a\":\"\xff\"}", "{\"a\":\"\xff\"}", false},
		{"[9007199254740993]", "[9007199254740993]", true},
		{"[9007199254740992.0]", "[9007199254740992]", true},
	} {
		canonical, isJSON := appendBody(nil, []byte(v.body))
		require.Equal(t, v.canonical, string(canonical), v.body)
		require.Equal(t, v.isJSON, isJSON, v.body)
	}
}

func TestNumber(t *testing.T) {
	for _, v := range []struct{ number, canonical string }{
		{"0", "0"}, {"-0", "0"}, {"0.000", "0"}, {"0e9", "0"},
		{"1200", "12e2"}, {"1.2e3", "12e2"}, {"12E+2", "12e2"},
		{"-0.5", "-5e-1"}, {"0.05", "5e-2"}, {"1767225600.123", "1767225600123e-3"},
		{"1e99999999999999999999", "1e99999999999999999999"},
	} {
		require.Equal(t, v.canonical, string(appendNumber(nil, []byte(v.number))), v.number)
	}
}

func TestService(t *testing.T) {
	const credential = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0"
	for _, v := range []struct{ name, authorization, query, host, service string }{
		{"credential", credential, "", "cleanrooms.us-east-1.amazonaws.com", "ses"},
		{"SigV4a", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host", "", "", "s3"},
		{"presigned", "", "X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fpolly%2Faws4_request&a=1", "127.0.0.1", "polly"},
		{"bearer", "Bearer x", "", "127.0.0.1:80", ""},
		{"broken credential", "AWS4-HMAC-SHA256 Credential=AKID", "", "", ""},
		{"host", "", "", "cleanrooms.us-east-1.amazonaws.com", "cleanrooms"},
		{"host and port", "", "", "CleanRooms.us-east-1.amazonaws.com:443", "cleanrooms"},
		{"FIPS", "", "", "cleanrooms-fips.us-east-1.amazonaws.com", "cleanrooms"},
		{"dual stack", "", "", "cleanrooms.us-east-1.api.aws", "cleanrooms"},
		{"China", "", "", "cleanrooms.cn-north-1.amazonaws.com.cn", "cleanrooms"},
		{"other signing name", "", "", "email.us-east-1.amazonaws.com", "ses"},
		{"two labels", "", "", "streams.dynamodb.us-east-1.amazonaws.com", "dynamodb"},
		{"bucket", "", "", "my.bucket.s3.us-east-1.amazonaws.com", "s3"},
		{"loopback", "", "", "localhost:4566", ""},
		{"IPv6", "", "", "[::1]:80", ""},
		{"elsewhere", "", "", "cleanrooms.example.com", ""},
		{"none", "", "", "", ""},
	} {
		header := http.Header{}
		if v.authorization != "" {
			header["authorization"] = []string{v.authorization}
		}
		require.Equal(t, v.service, serviceOf(header, v.query, v.host), v.name)
	}
}

// What differs in one part only must not share a digest, and parts must not run into each other.
func TestDigest(t *testing.T) {
	base := [5]string{"POST", "/a", "x=1", "T.O", "{}"}
	seen := map[digest]string{}
	for _, v := range [][5]string{
		base, {"GET", "/a", "x=1", "T.O", "{}"}, {"POST", "/b", "x=1", "T.O", "{}"}, {"POST", "/a", "x=2", "T.O", "{}"},
		{"POST", "/a", "x=1", "T.P", "{}"}, {"POST", "/a", "x=1", "T.O", "{} x"}, {"POST", "/a", "x=1", "T.O", ""},
		{"POST", "/ax=1", "", "T.O", "{}"}, {"POSTT", "/a", "x=1", ".O", "{}"}, {"POST", "/a", "", "T.O", "x=1{}"},
	} {
		var c canonical
		c.reset(v[0], v[1], v[2], "", http.Header{"X-Amz-Target": {v[3]}}, []byte(v[4]))
		other, taken := seen[c.digest()]
		require.False(t, taken, "%v and %s", v, other)
		seen[c.digest()] = strings.Join(v[:], " ")
	}
}

func FuzzPath(f *testing.F) {
	f.Add("/a%2fb//c+d/%zz%")
	f.Fuzz(func(t *testing.T, path string) {
		once := string(appendPath(nil, path))
		require.Equal(t, once, string(appendPath(nil, once)))
		if path != "" {
			require.Equal(t, strings.Count(path, "/"), strings.Count(once, "/"))
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("b=x+y&a=%2B&a&%61=1&&=", 2)
	f.Fuzz(func(t *testing.T, query string, by int) {
		once := string(appendQuery(nil, query))
		require.Equal(t, once, string(appendQuery(nil, once)))

		pieces := strings.Split(query, "&")
		names := map[string]bool{}
		for _, p := range parameters(query) {
			if names[p.name] {
				return // the order of one name's values counts
			}
			names[p.name] = true
		}
		at := int(uint(by) % uint(len(pieces)))
		turned := strings.Join(slices.Concat(pieces[at:], pieces[:at]), "&")
		require.Equal(t, once, string(appendQuery(nil, turned)))
	})
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"b":[1.50,-0,1e-7,"\u0041\"1.0"],"a":{"z":null,"y":true}}`))
	f.Add([]byte("[1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		once, isJSON := appendBody(nil, body)
		require.Equal(t, before, body)
		if !isJSON {
			require.Equal(t, string(body), string(once))
			return
		}
		require.True(t, jsontext.Value(body).IsValid(jsontext.AllowDuplicateNames(true)))
		require.True(t, jsontext.Value(once).IsValid(jsontext.AllowDuplicateNames(true)), string(once))
		again, _ := appendBody(nil, once)
		if jsontext.Value(body).IsValid() { // without duplicate names, whose order depends on how numbers were spelled
			require.Equal(t, string(once), string(again))
		}
		spread, err := jsontext.AppendFormat(nil, body, jsontext.AllowDuplicateNames(true), jsontext.Multiline(true), jsontext.EscapeForHTML(true))
		require.NoError(t, err)
		other, _ := appendBody(nil, spread)
		require.Equal(t, string(once), string(other))
	})
}

func FuzzNumber(f *testing.F) {
	for _, number := range []string{"0", "-1.50e+2", "100", "0.001", "9007199254740993"} {
		f.Add(number)
	}
	f.Fuzz(func(t *testing.T, number string) {
		value := jsontext.Value(number)
		if len(number) > 40 || !value.IsValid() || value.Kind() != '0' || strings.TrimSpace(number) != number {
			return
		}
		if _, exponent, ok := strings.Cut(strings.ToLower(number), "e"); ok && len(exponent) > 4 {
			return // big.Rat would write out that many digits
		}
		canonical := string(appendNumber(nil, []byte(number)))
		want, _ := new(big.Rat).SetString(number)
		got, ok := new(big.Rat).SetString(canonical)
		require.True(t, ok, canonical)
		require.Zero(t, want.Cmp(got), "%s became %s", number, canonical)
	})
}

// FuzzDifferences: what is compared member by member differs exactly if the canonical forms do.
func FuzzDifferences(f *testing.F) {
	f.Add("/a/b?x=1", "/a/c?x=1&y=2", `{"a":[1,{"b":2}]}`, `{"a":[1,{"c":2}],"~/":0}`)
	f.Fuzz(func(t *testing.T, a, b, bodyA, bodyB string) {
		var x, y canonical
		for c, v := range map[*canonical][2]string{&x: {a, bodyA}, &y: {b, bodyB}} {
			path, query, _ := strings.Cut(v[0], "?")
			if !strings.HasPrefix(path, "/") {
				path = "/" + path
			}
			c.reset("GET", path, query, "", nil, []byte(v[1]))
		}
		require.Equal(t, x.digest() == y.digest(), len(differences(&x, &y)) == 0)
	})
}
