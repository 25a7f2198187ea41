package bycontract_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// fragments are the words of canaries. Nothing else contains them: letters of Lisu, and an unlikely
// word of ASCII.
var fragments = []string{"ꓐꓑꓒꓓꓔꓕꓖꓗꓘꓙꓚꓛ", "qzjxQZJXqzjx"}

// hostile are the characters between the words of canaries.
var hostile = []string{"=", ", ", "&", "(", ") ", "'", ";", "#", "?", "+", "%", " ", `"`, "/", `\`, "<", ">", ":", "{", "]"}

// planter replaces the marked values of documents by canaries. It goes by the shapes, not by the
// nodes that it tests.
type planter struct {
	contract *schema.Contract
	chosen   *rand.Rand
	conform  bool // only canaries that conform to the contract
	planted  int
}

func (p *planter) value(ref schema.Ref, v any, marked bool, depth int) any {
	shape := p.contract.Resolve(ref)
	sensitive := shape.Sensitive.Or(false)
	switch v := v.(type) {
	case map[string]any:
		if shape.Type == schema.Map {
			for name, value := range v {
				v[name] = p.value(*shape.Value, value, true, depth+1)
			}
		}
		for _, m := range shape.Members {
			if value, ok := v[m.Wire()]; ok && m.InBody() {
				v[m.Wire()] = p.value(m.Shape, value, marked || sensitive || marksName(m.Name), depth+1)
			}
		}
	case []any:
		for i := range v {
			if shape.Element != nil {
				v[i] = p.value(*shape.Element, v[i], marked || sensitive, depth+1)
			}
		}
	case string:
		if shape.Type == schema.String && (marked || sensitive) {
			return p.canary(shape, v)
		}
	}
	return v
}

func marksName(member string) bool {
	member = strings.ToLower(member)
	for _, end := range []string{"arn", "bucket", "bucketname", "keyprefix", "loggroupname", "queueurl", "s3uri"} {
		if strings.HasSuffix(member, end) {
			return true
		}
	}
	return false
}

// canary returns words with hostile characters between, in one of the forms of identifiers.
func (p *planter) canary(shape *schema.Shape, v string) string {
	between := func() string { return hostile[p.chosen.IntN(len(hostile))] }
	long := fragments[0] + between() + fragments[1] + between() + fragments[0]
	candidates := []string{long, "arn:aws:s3:::" + long, "s3://" + long, "https://sqs.us-east-1.amazonaws.com/111122223333/" + fragments[1]}
	p.chosen.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	values, _ := shape.Enum.Get()
	bounds, _ := shape.Length.Get()
	source := shape.Pattern.Or("")
	for _, c := range append(candidates, fragments[0], fragments[1], strings.ToLower(fragments[1])+"0") {
		if p.conform {
			if len(values) > 0 || bounds != (schema.Bounds{}) && !within(bounds, len([]rune(c))) {
				continue
			}
			if source != "" {
				form, err := pattern.Compile(source)
				if err != nil {
					continue
				}
				if ok, err := form.Match([]byte(c)); err != nil || !ok {
					continue
				}
			}
		}
		p.planted++
		return c
	}
	return v
}

func within(b schema.Bounds, n int) bool {
	low, _ := b.Min.Int64()
	high, err := b.Max.Int64()
	return int64(n) >= low && (err != nil || int64(n) <= high)
}

// body plants canaries in a JSON body.
func (p *planter) body(part schema.Part, body []byte) []byte {
	root, ok := p.contract.Root(part)
	marked := ok && root.Name != "" && p.contract.Resolve(root).Sensitive.Or(false)
	if m, ok := p.contract.Payload(part); ok {
		root = m.Shape
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if !ok || root == (schema.Ref{}) || d.Decode(&v) != nil {
		return body
	}
	v = p.value(root, v, marked, 0)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(p.chosen.IntN(2) == 0)
	if e.Encode(v) != nil {
		return body
	}
	return bytes.TrimSpace(b.Bytes())
}

// leak returns the spelling in which a text contains a word of a canary, or "".
func leak(text string) string {
	percent := awshttp.Unescape(text, false)
	texts := map[string]string{"plain": text, "percent": percent, "double percent": awshttp.Unescape(percent, false), "form": awshttp.Unescape(text, true), "HTML": html.UnescapeString(text), "JSON": unescapeJSON(text), "JSON twice": unescapeJSON(unescapeJSON(text))}
	lower := strings.ToLower(text)
	for _, f := range append([]string{"qzjxqzjxqzjx"}, fragments...) {
		for spelling, t := range texts {
			if strings.Contains(t, f) {
				return spelling
			}
		}
		if strings.Contains(lower, hex.EncodeToString([]byte(f))) {
			return "hex"
		}
		for shift := range 3 {
			for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
				encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + f))
				if strings.Contains(text, encoded[4:len(encoded)-2]) {
					return name
				}
			}
		}
	}
	return ""
}

func unescapeJSON(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+6 <= len(text) && text[i+1] == 'u' {
			var r rune
			if n, _ := fmt.Sscanf(text[i+2:i+6], "%04x", &r); n == 1 {
				b.WriteRune(r)
				i += 5
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func TestLeak(t *testing.T) {
	f := fragments[0]
	escaped := awshttp.Escape(f, "")
	for spelling, text := range map[string]string{
		"plain": f, "percent": escaped, "double percent": awshttp.Escape(escaped, ""), "hex": hex.EncodeToString([]byte("x" + f)),
		"base64": base64.StdEncoding.EncodeToString([]byte("before " + f + " after")),
		"JSON":   strings.Trim(fmt.Sprintf("%+q", f), `"`), "HTML": html.EscapeString("&") + strings.Join(strings.Split(fmt.Sprintf("%x", []rune(f)), " "), ";"),
	} {
		t.Run(spelling, func(t *testing.T) {
			if spelling == "HTML" {
				text = ""
				for _, r := range f {
					text += fmt.Sprintf("&#%d;", r)
				}
			}
			require.NotEmpty(t, leak(text))
		})
	}
	require.Empty(t, leak("nothing"))
}

// contractsForCanaries returns the contracts of five services if their models are available, and
// always the built-in ones and random ones.
func contractsForCanaries(t *testing.T) (all [][]*schema.Contract) {
	t.Helper()
	all = append(all, []*schema.Contract{contracts.MustLoad(contracts.Newest)})
	for seed := range uint64(40) {
		all = append(all, []*schema.Contract{garden.Random(seed)})
	}
	return append(all, available(t)...)
}

// TestCanaries plants canaries in the marked values of documents of every operation. None may be in
// the cassette, and documents that conform to their contract still do.
func TestCanaries(t *testing.T) {
	interactions, planted, masked := 0, 0, 0
	for _, service := range contractsForCanaries(t) {
		catalog := schema.NewCatalog(service...)
		validator, err := validate.CompileCatalog(catalog, validate.Options{})
		require.NoError(t, err)
		classify := bycontract.New(catalog)
		for i, c := range service {
			if testing.Short() && i%10 > 0 {
				continue
			}
			s, err := synth.New(c, schema.HTTP)
			require.NoError(t, err)
			for _, part := range c.Parts() {
				if part == schema.InputPart {
					continue
				}
				for _, conform := range []bool{true, false} {
					x := recorded(t, s, part, 1)
					if x == nil {
						continue
					}
					p := &planter{contract: c, chosen: rand.New(rand.NewPCG(uint64(i), 3)), conform: conform}
					x.Request.Body = traffic.BodyOf(p.body(schema.InputPart, x.Request.Body.Bytes))
					x.Response.Body = traffic.BodyOf(p.body(part, x.Response.Body.Bytes))
					if p.planted == 0 {
						continue
					}
					fit(x.Request.Header, x.Request.Body)
					fit(x.Response.Header, x.Response.Body)
					planted += p.planted
					for _, all := range []bool{false, true} {
						interactions++
						at := fmt.Sprintf("%s %s conform %v all %v", c, part, conform, all)
						y, found := redact.New(redact.Options{Key: key, Classify: classify, All: all}).Redact(x)
						var cassette bytes.Buffer
						require.NoError(t, traffic.WriteCassette(&cassette, y.Meta, []*traffic.Interaction{y}))
						for _, text := range []string{cassette.String(), y.Request.URL, string(y.Request.Body.Bytes), string(y.Response.Body.Bytes), fmt.Sprint(found)} {
							require.Empty(t, leak(text), "%s\n%s\n%s", at, x.Response.Body.Bytes, text)
						}
						masked += len(found)
						if !conform {
							continue
						}
						before, err := validator.Check(x, validate.Bare{})
						require.NoError(t, err)
						after, err := validator.Check(y, validate.Bare{})
						require.NoError(t, err)
						require.Equal(t, before.Findings.Rules(), after.Findings.Rules(), "%s\n%s\n%s\n%v", at, x.Response.Body.Bytes, y.Response.Body.Bytes, after.Findings)
					}
				}
			}
		}
	}
	require.NotZero(t, planted)
	t.Logf("%d interactions, %d canaries; %d findings about masks", interactions, planted, masked)
}

func fit(h http.Header, body traffic.Body) {
	if h.Get("Content-Length") != "" {
		h.Set("Content-Length", fmt.Sprint(len(body.Bytes)))
	}
}
