package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
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

// TestLaterProperty checks complete recordings, finished or recovered, whose interactions ended in
// any order: every response is restored, every live request maps to the recorded one, and no name
// appears that the recording reveals, however late. It limits the share of interactions for which a
// finding reports otherwise.
func TestLaterProperty(t *testing.T) {
	t.Run("overlapping", func(t *testing.T) { require.Less(t, oneWay(t, 120, false), 0.002) })
	t.Run("crowded", func(t *testing.T) { require.Less(t, oneWay(t, 120, true), 0.05) })
}

// oneWay returns the share of interactions with findings.
func oneWay(t *testing.T, seeds uint64, crowded bool) float64 {
	interactions, reported, unrestored, seen := 0, 0, 0, 0
	for seed := range seeds {
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
		excused := make([]bool, len(live))
		for _, i := range ended(r, len(live)) {
			y, trace, found := recorder.RedactTraced(live[i])
			written[i], traces[i], excused[i] = y, trace, len(found) > 0
		}
		later := recorder.Later()
		if seed%2 == 1 { // it was killed
			later = New(options).Later()
		}
		for i, y := range written {
			later.Learn(y, traces[i])
		}
		replay := New(options)
		left := make([]bool, len(live))
		for i, y := range written {
			now, found := later.Redact(i, y, traces[i])
			left[i] = len(found) > 0 && now == y
			written[i], excused[i] = now, excused[i] || len(found) > 0
		}
		for _, y := range written {
			replay.Learn(y)
		}
		for i, y := range written {
			interactions++
			for _, name := range c.names {
				if utf8.RuneCountInString(name) < minPart || !knows(replay, name) || !strings.Contains(bytesOf(y), name) {
					continue
				}
				seen++
				require.True(t, left[i], "seed %d: %s is seen in\n%s", seed, name, bytesOf(y))
			}
			switch {
			case left[i]:
				unrestored++
				continue
			case excused[i]:
				reported++
			default:
				back := replay.Restore(y)
				require.Equal(t, bytesOf(live[i]), bytesOf(back), "seed %d", seed)
			}
			if !excused[i] {
				asked := replay.Request(live[i].Request)
				require.Equal(t, y.Request.URL, asked.URL, "seed %d", seed)
				require.Equal(t, string(y.Request.Body.Bytes), string(asked.Body.Bytes), "seed %d", seed)
			}
		}
	}
	t.Logf("%d interactions; with a finding: %d one-way, and %d left as they were, with %d names seen", interactions, reported, unrestored, seen)
	return float64(reported+unrestored) / float64(interactions)
}

func knows(r *Redactor, name string) bool {
	return slices.ContainsFunc(r.known.forward.heads[head([]byte(name[:3]))], func(e occurrence) bool { return e.name == name })
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
