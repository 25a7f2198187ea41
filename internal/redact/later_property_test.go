package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// crowd are names that overlap, and short names, one of which may be the pseudonym of another.
type crowd struct{ names []string }

func gather(r *rand.Rand, crowded bool) *crowd {
	c := &crowd{}
	for crowded && len(c.names) < 30 { // of 2600
		c.names = append(c.names, text(r, lowers, 1)+text(r, tens, 1)+"-"+text(r, tens, 1))
	}
	if crowded {
		return c
	}
	word := func() string { return text(r, lowers, 4+r.IntN(5)) }
	for range 2 {
		stem := word() + "-" + word()
		c.names = append(c.names, stem, stem+"-"+word(), word()+"-"+stem, stem+text(r, lowers, 3), "é"+stem+"_X")
	}
	for range 3 {
		c.names = append(c.names, "w"+text(r, tens, 3), text(r, lowers, 4), text(r, uppers, 1)+text(r, lowers+tens, 8))
	}
	return c
}

// sentence returns a text with names, sometimes in a form that reveals them.
func (c *crowd) sentence(r *rand.Rand, depth int) string {
	var b strings.Builder
	for range 1 + r.IntN(3) {
		name := c.names[r.IntN(len(c.names))]
		form := []string{"see %s", "%s", "(%s)", "x=%s,", "%s/%s", "the %ss", "arn:aws:iam::111122223333:role/%s", "s3://%s/key", "arn:aws:s3:::%s/it"}[r.IntN(9)]
		fmt.Fprintf(&b, strings.ReplaceAll(form, "%s", "%[1]s")+" ", name)
	}
	s := b.String()
	switch r.IntN(4 + depth) {
	case 4:
		return base64.StdEncoding.EncodeToString([]byte(s))
	case 5:
		return url.QueryEscape(s)
	case 6:
		quoted, _ := json.Marshal(map[string]string{"k": s})
		return string(quoted)
	}
	return s
}

func (c *crowd) interaction(r *rand.Rand) *traffic.Interaction {
	body := func() string {
		b, _ := json.Marshal(map[string]any{"a": c.sentence(r, 3), "b": []string{c.sentence(r, 3), c.sentence(r, 0)}, c.sentence(r, 0): "x"})
		return string(b)
	}
	x := exchange("https://example.com/"+url.PathEscape(c.sentence(r, 0))+"?v="+url.QueryEscape(c.sentence(r, 3)), body(), body())
	x.Response.Header["X-Note"] = []string{c.sentence(r, 0)}
	return x
}

// TestLateProperty checks complete recordings, finished or recovered, whose interactions ended in
// any order: no name appears that the recording reveals, however late.
func TestLateProperty(t *testing.T) {
	for _, crowded := range []bool{false, true} {
		t.Run(fmt.Sprint("crowded ", crowded), func(t *testing.T) {
			for seed := range uint64(120) {
				r := rand.New(rand.NewPCG(seed, 11))
				options := Options{Key: Key{byte(seed), 3}, All: seed%8 == 7, Classify: func(*traffic.Interaction) Places {
					return Places{ResponseHeader: map[string]Place{"x-note": {}}}
				}}
				c := gather(r, crowded)
				live := make([]*traffic.Interaction, 6)
				for i := range live {
					live[i] = c.interaction(r)
				}
				recorder, written, traces := New(options), make([]*traffic.Interaction, len(live)), make([]Trace, len(live))
				for _, i := range ended(r, len(live)) {
					written[i], traces[i], _ = recorder.RedactTraced(live[i])
				}
				if seed%2 == 1 { // it was killed
					recorder = New(options)
					for i := range traces {
						recorder.Remember(traces[i].Names)
						traces[i].Known = -1
					}
				}
				for i, y := range written {
					now, _ := recorder.Late(y, traces[i].Known)
					for _, name := range c.names {
						if _, ok := recorder.known.pseudonym(name); ok && utf8.RuneCountInString(name) >= minPart {
							require.NotContains(t, bytesOf(now), name, "seed %d", seed)
						}
					}
				}
			}
		})
	}
}

// ended returns an order in which n interactions may end that began one after the other.
func ended(r *rand.Rand, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := 1; i < n; i++ {
		if r.IntN(3) == 0 {
			order[i-1], order[i] = order[i], order[i-1]
		}
	}
	return order
}
