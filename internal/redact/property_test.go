package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// planted are names and secrets that must not appear after redaction.
type planted struct {
	accessKey, secret, token, signature, account, uuid, bucket, role string
}

func (p planted) all() []string {
	return []string{p.accessKey, p.secret, p.token, p.signature, p.account, p.uuid, p.bucket, p.role}
}

func text(r *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	lowers = "abcdefghijklmnopqrstuvwxyz"
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	tens   = "0123456789"
	hexes  = tens + "abcdef"
)

func plant(r *rand.Rand) planted {
	return planted{
		accessKey: []string{"AKIA", "ASIA"}[r.IntN(2)] + text(r, uppers+"234567", 16),
		secret:    text(r, tens, 2) + text(r, lowers, 6) + text(r, uppers, 6) + text(r, lowers+uppers+tens+"/+", 26),
		token:     "IQoJb3JpZ2luX2VjE" + text(r, lowers+uppers+tens+"+/", 200),
		signature: text(r, hexes, 64),
		account:   text(r, "123456789", 12),
		uuid:      text(r, hexes, 8) + "-" + text(r, hexes, 4) + "-4" + text(r, hexes, 3) + "-a" + text(r, hexes, 3) + "-" + text(r, hexes, 12),
		bucket:    text(r, lowers, 5) + "-" + text(r, lowers+tens, 1+r.IntN(20)),
		role:      text(r, uppers, 1) + text(r, lowers, 8) + "-" + text(r, lowers, 3),
	}
}

// sentence returns a text with some of the planted names, in one of the forms in which they occur.
func (p planted) sentence(r *rand.Rand) string {
	forms := []string{
		"nothing to see", "", "é 😀 \t\"quoted\" \\ back", "x=1&y=2",
		p.accessKey, "the key " + p.accessKey + " is not active", p.secret, "secret=" + p.secret + ".", p.token, "token: " + p.token,
		"Signature=" + p.signature, "it was signed with signature: " + p.signature + ", sorry",
		p.account, "acct-" + p.account + "-x", "User: arn:aws:sts::" + p.account + ":assumed-role/" + p.role + "/" + p.bucket + " is not authorized on s3://" + p.bucket + "/k",
		p.uuid, "job " + p.uuid + "!", "arn:aws:cleanrooms:eu-west-1:" + p.account + ":membership/" + p.uuid,
		"arn:aws-cn:s3:::" + p.bucket + "/a/b.csv", "s3://" + p.bucket, "https://" + p.bucket + ".s3.us-east-1.amazonaws.com/key", "AccessDenied on " + p.bucket + ", it says",
		"https://s3.us-east-1.amazonaws.com/" + p.bucket + "/key", p.bucket, "no such role: " + p.role,
	}
	return forms[r.IntN(len(forms))]
}

func (p planted) value(r *rand.Rand, depth int) any {
	switch n := r.IntN(10); {
	case n < 2 && depth < 4:
		list := []any{}
		for range r.IntN(4) {
			list = append(list, p.value(r, depth+1))
		}
		return list
	case n < 5 && depth < 4:
		object := map[string]any{}
		for range r.IntN(5) {
			name := text(r, lowers, 1+r.IntN(6))
			if r.IntN(4) == 0 {
				name = p.sentence(r)
			}
			object[name] = p.value(r, depth+1)
		}
		return object
	case n == 5:
		return r.IntN(100)
	case n == 6: // JSON in a string
		inner, _ := json.Marshal(p.value(r, depth+1))
		return string(inner)
	case n == 7: // an encoded text
		s := p.sentence(r)
		if r.IntN(2) == 0 {
			return url.QueryEscape(s)
		}
		return base64.StdEncoding.EncodeToString([]byte(s))
	}
	return p.sentence(r)
}

func (p planted) interaction(r *rand.Rand) *traffic.Interaction {
	body := func() string {
		b, _ := json.Marshal(map[string]any{"a": p.value(r, 0), "message": p.sentence(r), "b": p.value(r, 0)})
		return string(b)
	}
	x := exchange("https://"+p.bucket+".s3.us-east-1.amazonaws.com/x/"+url.PathEscape(p.sentence(r))+"?a="+url.QueryEscape(p.sentence(r))+
		"&X-Amz-Credential="+p.accessKey+"%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Security-Token="+url.QueryEscape(p.token)+"&X-Amz-Signature="+p.signature, body(), body())
	x.Request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+p.accessKey+"/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host;x-amz-date, Signature="+p.signature)
	x.Request.Header.Set("X-Amz-Security-Token", p.token)
	x.Request.Header.Set("X-Made-Up", p.sentence(r))
	x.Response.Header.Set("Set-Cookie", "session="+p.token+"; Path=/")
	x.Response.Header.Set("X-Amzn-Requestid", p.uuid)
	// Reveal every name: without an ARN, a role is just a word.
	x.Response.Body = traffic.BodyOf(append([]byte(`["arn:aws:iam::`+p.account+`:role/`+p.role+`","s3://`+p.bucket+`"] `), x.Response.Body.Bytes...))
	return x
}

// disguises returns the forms in which a text is looked for: as it is, as JSON and URLs may write
// it, and in base64 at each of its three alignments.
func disguises(s string) map[string]string {
	forms := map[string]string{"plain": s, "percent": url.QueryEscape(s), "path": url.PathEscape(s)}
	quoted, _ := json.Marshal(s)
	forms["JSON"] = string(quoted[1 : len(quoted)-1])
	var escaped, percent strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&escaped, `\u%04x`, s[i])
		fmt.Fprintf(&percent, `%%%02X`, s[i])
	}
	forms["escaped"], forms["all percent"] = escaped.String(), percent.String()
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), s...))
		from := (shift*8 + 5) / 6 // what no byte before it is part of
		forms[fmt.Sprint("base64 at ", shift)] = encoded[from : len(encoded)-1]
	}
	return forms
}

func bytesOf(x *traffic.Interaction) string {
	return fmt.Sprint(x.Request.URL, "\n", x.Request.Header, "\n", string(x.Request.Body.Bytes), "\n", x.Response.Header, "\n", string(x.Response.Body.Bytes))
}

func TestNothingPlantedIsSeen(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := plant(r)
		red := New(Options{Key: testKey, All: seed%4 == 3})
		for range 2 { // the second pass finds the names learnt in the first
			y, found := red.Redact(p.interaction(r))
			all := bytesOf(y)
			for _, name := range p.all() {
				for form, disguised := range disguises(name) {
					require.NotContains(t, all, disguised, "seed %d, %s", seed, form)
				}
			}
			for _, f := range found {
				for _, name := range p.all() {
					require.NotContains(t, fmt.Sprintf("%+v", f), name, "seed %d", seed)
				}
			}
			require.Nil(t, Scan(y, nil), "seed %d", seed)
			again, _ := New(Options{Key: testKey, All: seed%4 == 3}).Redact(p.interaction(rand.New(rand.NewPCG(seed, 2))))
			twice, _ := New(Options{Key: testKey, All: seed%4 == 3}).Redact(p.interaction(rand.New(rand.NewPCG(seed, 2))))
			require.Equal(t, bytesOf(again), bytesOf(twice))
		}
	}
}
