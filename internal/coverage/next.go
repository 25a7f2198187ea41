package coverage

import (
	"encoding/base64"
	"net/http"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Next is a response that would show missing points, as far as they count in a percentage.
type Next struct {
	Part   schema.Part `json:"part"`
	Status int         `json:"status"`
	Shows  []string    `json:"shows"` // by address, in the order of the contract
	// Body is the body of such a response, made from the contract; BodyBase64 if it is not text.
	Body       string `json:"body,omitempty"`
	BodyBase64 string `json:"bodyBase64,omitempty"`
}

// randomResponses is how many random responses of a part are considered in addition to the
// systematic ones, which vary one place at a time. One random response may show as much as several
// of those.
const randomResponses = 64

// maxSystematic bounds the work on the systematic responses of a contract, in bytes: there is one for
// each place, and reading it takes time for every point. For a contract with more than about 2,000
// points, some points have no response.
const maxSystematic = 64 << 20

// next chooses responses that together show every point that responses made from the contract can
// show, each time the one that shows most of the missing points (the greedy set cover; Chvátal,
// 1979). There are none if no response can be made from the contract.
func (o *operation) next(seen pointSet) []Next {
	missing := newPointSet(len(o.points))
	for i := range missing {
		missing[i] = o.counted[i] &^ seen[i]
	}
	if missing.len() == 0 {
		return nil
	}
	candidates := o.candidates(missing)
	var chosen []Next
	for {
		best, most := -1, 0
		for i, c := range candidates {
			if n := c.shows.lenAnd(missing); n > most {
				best, most = i, n
			}
		}
		if best < 0 {
			return chosen
		}
		c := candidates[best]
		n := Next{Part: c.part, Status: c.response.Status}
		if body := c.response.Body; utf8.Valid(body) {
			n.Body = string(body)
		} else {
			n.BodyBase64 = base64.StdEncoding.EncodeToString(body)
		}
		for i, p := range o.points {
			if missing.has(i) && c.shows.has(i) {
				n.Shows = append(n.Shows, p.address)
			}
		}
		for i := range missing {
			missing[i] &^= c.shows[i]
		}
		chosen = append(chosen, n)
	}
}

type candidate struct {
	part     schema.Part
	response synth.Response
	shows    pointSet
}

// candidates returns responses made from the contract that show missing points, each a different
// set.
func (o *operation) candidates(missing pointSet) []candidate {
	s, err := synth.New(o.contract, schema.HTTP)
	if err != nil {
		return nil
	}
	var all []candidate
	known := map[string]bool{}
	consider := func(part schema.Part, r synth.Response) {
		response := traffic.Response{Status: r.Status, Header: r.Header, Body: traffic.Body{Bytes: r.Body}}
		if response.Header == nil {
			response.Header = http.Header{}
		}
		shows := o.response(&response).shows
		if key := shows.key(); shows.lenAnd(missing) > 0 && !known[key] {
			known[key] = true
			all = append(all, candidate{part, r, shows})
		}
	}
	size := 0
	for _, part := range o.contract.Parts() {
		if part == schema.InputPart {
			continue
		}
		for r := range s.Responses(part, synth.Request{}) {
			if size += len(r.Body) + 16*len(o.points); size > maxSystematic {
				break
			}
			consider(part, r)
		}
		for seed := range uint64(randomResponses) {
			if r, err := s.RandomResponse(part, seed, synth.Request{}); err == nil {
				consider(part, r)
			}
		}
	}
	return all
}
