package coverage

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// Summary says how much of the contracts the traffic shows.
type Summary struct {
	Percent    int        `json:"percent"` // of all contracts together, rounded down
	Responses  int        `json:"answers"` // total
	Counted    int        `json:"counted"`
	NotCounted []Count    `json:"notCounted,omitempty"` // by reason
	Contracts  []Contract `json:"contracts"`            // in the order of the catalog
	Services   []Service  `json:"services,omitempty"`   // where there are several
	// Unseen is how many operations do not count, because no response of theirs was seen.
	Unseen int `json:"unseen,omitempty"`
	// Interrupted says that the rest of the traffic was not read.
	Interrupted bool `json:"interrupted,omitempty"`
}

// Service says how much of the contracts of one service the traffic shows.
type Service struct {
	Name       string `json:"service"`
	Operations int    `json:"operations"`
	Seen       int    `json:"seen"` // operations with a response
	Responses  int    `json:"responses"`
	Percent    int    `json:"percent"` // of its contracts together
}

// Count is the number of interactions with a reason.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Contract says how much of one contract the traffic shows.
type Contract struct {
	Name       string  `json:"contract"`
	Responses  int     `json:"answers"`
	Unreadable int     `json:"unreadable,omitempty"` // responses whose body is not JSON; their status and error count
	Percent    int     `json:"percent"`
	Shares     []Share `json:"shares"`         // of every kind that the contract has points of
	Next       []Next  `json:"next,omitempty"` // the responses to record next, the most useful first

	service      string
	shown, total int // points that count
	of           *operation
	seen         pointSet
}

// Point is what a response can show.
type Point struct {
	Kind    Kind
	Part    schema.Part // empty for errors and statuses
	Pointer string      // into the part's shapes
	What    string      // the enum value, the error, the status, or absent, empty or null
	Shown   bool
}

// Points returns the points of the contract, in its order.
func (c *Contract) Points() iter.Seq[Point] {
	return func(yield func(Point) bool) {
		if c.of == nil {
			return
		}
		for i, p := range c.of.points {
			part, pointer, _ := strings.Cut(p.address[:p.place], "#")
			if !yield(Point{p.kind, schema.Part(part), pointer, strings.TrimPrefix(p.address[p.place:], " "), c.seen.has(i)}) {
				return
			}
		}
	}
}

// Share counts the points of a kind that were shown, and lists the missing ones.
type Share struct {
	Kind    Kind     `json:"kind"`
	Shown   int      `json:"shown"`
	Total   int      `json:"total"`
	Missing []string `json:"missing,omitempty"`
}

// About is the kind as a report writes it.
func (s Share) About() string {
	for _, row := range kinds {
		if row.kind == s.Kind {
			return row.about
		}
	}
	return string(s.Kind)
}

// OnlySeen returns the summary of the operations of which a response was seen.
func (r *Summary) OnlySeen() *Summary {
	seen := *r
	contracts := slices.DeleteFunc(slices.Clone(r.Contracts), func(c Contract) bool { return c.Responses == 0 })
	seen.Unseen += len(r.Contracts) - len(contracts)
	seen.sum(contracts)
	return &seen
}

// sum sets the contracts, and what follows from them.
func (r *Summary) sum(contracts []Contract) {
	r.Contracts, r.Services = append([]Contract{}, contracts...), nil
	shown, of := 0, 0
	sums := map[string]*[2]int{} // the points of a service
	byName := map[string]*Service{}
	for _, c := range contracts {
		s := byName[c.service]
		if s == nil {
			s = &Service{Name: c.service}
			byName[c.service], sums[c.service] = s, &[2]int{}
		}
		s.Operations++
		s.Responses += c.Responses
		if c.Responses > 0 {
			s.Seen++
		}
		points := sums[c.service]
		points[0], points[1] = points[0]+c.shown, points[1]+c.total
		shown, of = shown+c.shown, of+c.total
	}
	r.Percent = percent(shown, of)
	if len(byName) < 2 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		byName[name].Percent = percent(sums[name][0], sums[name][1])
		r.Services = append(r.Services, *byName[name])
	}
}

// Shares adds up the shares of all contracts. With several contracts, missing points are named with
// their contract.
func (r *Summary) Shares() []Share {
	var sums []Share
	for _, row := range kinds {
		sum := Share{Kind: row.kind}
		for _, c := range r.Contracts {
			for _, s := range c.Shares {
				if s.Kind != row.kind {
					continue
				}
				sum.Shown, sum.Total = sum.Shown+s.Shown, sum.Total+s.Total
				for _, address := range s.Missing {
					if len(r.Contracts) > 1 {
						address = c.Name + " " + address
					}
					sum.Missing = append(sum.Missing, address)
				}
			}
		}
		if sum.Total > 0 {
			sums = append(sums, sum)
		}
	}
	return sums
}
