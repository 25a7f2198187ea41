package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
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
	"changing words": func(n int) string { // every word of base64 contains a different identifier
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "arn:aws:iam::%012d:role/r%d", 100000000000+i, i)) + " ")
		}
		return b.String()
	},
	"line breaks": func(n int) string { return strings.Repeat("\n", n) },
	"spaces":      func(n int) string { return strings.Repeat(" ", n) },
	"JSON in JSON": func(n int) string {
		s := `"` + strings.Repeat("a", 64) + `"`
		for range 5 {
			quoted, _ := json.Marshal(s)
			s = string(quoted)
		}
		return strings.Repeat(s+" ", n/len(s))
	},
	"backslashes":       func(n int) string { return strings.Repeat(`\`, n) },
	"entities":          func(n int) string { return strings.Repeat("&amp;", n/5) },
	"nested entities":   func(n int) string { return strings.Repeat("&amp;amp;amp;quot;", n/18) },
	"ARNs":              func(n int) string { return repeated(n, "arn:aws:iam::%012d:role/team/name-%d ") },
	"accounts":          func(n int) string { return repeated(n, "%012d-%d ") },
	"prefixes":          func(n int) string { return strings.Repeat("AKIA", n/4) },
	"many prefixes":     func(n int) string { return strings.Repeat("sk-glpat-ghp_xoxb-hvs.SG.npm_", n/29) },
	"assignments":       func(n int) string { return strings.Repeat("password=", n/9) },
	"short assignments": func(n int) string { return strings.Repeat("sig=", n/4) },
	"quotes":            func(n int) string { return strings.Repeat(`"`, n) },
	"opening quotes":    func(n int) string { return strings.Repeat(`password="\"`, n/12) },
	"elements":          func(n int) string { return strings.Repeat("<password>", n/10) },
	"URLs":              func(n int) string { return strings.Repeat("a://b:", n/6) },
	"bearers":           func(n int) string { return strings.Repeat("bearer ", n/7) },
	"web tokens":        func(n int) string { return strings.Repeat("eyJ", n/3) },
	"secrets":           func(n int) string { return repeated(n, "password=hunter%012d-%d ") },
	"test":              func(n int) string { return "password=" + strings.Repeat("test", n/4) },
}

// repeated returns about n bytes of a text with numbers that change.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, format, 200000000000+i*7919, i)
	}
	return b.String()
}

// bodies are generators of JSON of about n bytes that is expensive to redact.
var bodies = map[string]func(n int) string{
	"body of names": func(n int) string { // every name occurs in one word
		var names, word strings.Builder
		for i := 0; names.Len() < n/2; i++ {
			fmt.Fprintf(&names, `"arn:aws:iam::111122223333:role/role-of-%d",`, i)
			fmt.Fprintf(&word, "role-of-%d", i)
		}
		return `{"names":[` + names.String() + `""],"word":"` + word.String() + `"}`
	},
	"body of secrets": func(n int) string { return `{"a":[` + repeated(n, `{"password":"hunter%012d-%d"},`) + `1]}` },
	"body below a long name": func(n int) string {
		return `{"` + strings.Repeat("n", n/2) + `":[` + repeated(n/2, `{"password":"hunter%012d-%d"},`) + `1]}`
	},
	"body in depth": func(n int) string {
		depth := min(9000, n/8)
		return strings.Repeat(`[`, depth) + repeated(n-2*depth, `{"password":"hunter%012d-%d"},`) + "1" + strings.Repeat(`]`, depth)
	},
	"body after line breaks": func(n int) string { return strings.Repeat("\n", n) + `{"a":1}` },
	"dense body":             func(n int) string { return `{"a":[` + repeated(n, dense) + `1]}` },
}

// dense has identifiers and what is almost a secret.
const dense = `{"arn":"arn:aws:cleanrooms:us-east-1:%012[1]d:membership/7d9f3c1e-52a8-4b6f-9c04-%012[1]d","account":"%012[1]d","uri":"s3://bucket-%[2]d/key/part-%[2]d.csv","token":"AKIA-%[2]d",` +
	`"nextToken":"eyJ2IjoyLCJtYXJrZXIiOnsiaWQiOiJqb2ItMDAwMSJ9fQ","digest":"9fceb02d0ae598e95dc970b74767f19372d61af8","note":"the password of user-%[2]d: unset, see https://example.com/a?b=c&d=e%%2Ff"},`

// shape returns a JSON body of one of the hostile shapes.
func shape(name string, n int) string {
	if body, ok := bodies[name]; ok {
		return body(n)
	}
	body, _ := json.Marshal(map[string]string{"a": hostile[name](n)})
	return string(body)
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
		require.True(t, end == 0 || mayHold(s))
	})
}
