package coverage

import (
	"errors"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Tally adds up the points that interactions show. Its memory grows with the contracts and the
// reasons why interactions do not count, never with the traffic. It is not safe for concurrent use.
type Tally struct {
	plan       *Plan
	sums       map[*schema.Contract]*sum
	notCounted map[string]int
}

// sum is the total of a contract.
type sum struct {
	seen                  pointSet
	responses, unreadable int
}

// NewTally returns an empty tally.
func (p *Plan) NewTally() *Tally {
	t := &Tally{p, map[*schema.Contract]*sum{}, map[string]int{}}
	for c, o := range p.operations {
		t.sums[c] = &sum{seen: newPointSet(len(o.points))}
	}
	return t
}

// Take adds an interaction, or counts the reason why it shows nothing.
func (t *Tally) Take(x *traffic.Interaction) {
	shown, err := t.plan.Shown(x)
	if why := (*NotCountedError)(nil); errors.As(err, &why) {
		t.notCounted[why.Reason]++
		return
	}
	t.Add(shown)
}

// Response adds a response, as in [Plan.Response].
func (t *Tally) Response(c *schema.Contract, r *traffic.Response) { t.Add(t.plan.Response(c, r)) }

// Add adds the points of a response of one of the plan's contracts.
func (t *Tally) Add(s Shown) {
	sum, ok := t.sums[s.Contract]
	if !ok {
		return
	}
	sum.responses++
	if !s.Readable {
		sum.unreadable++
	}
	sum.seen.add(s.shows)
}

// Summary says how much of the contracts the traffic shows.
type Summary struct {
	Percent    int        `json:"percent"` // of all contracts together, rounded down
	Responses  int        `json:"answers"` // total
	Counted    int        `json:"counted"`
	NotCounted []Count    `json:"notCounted,omitempty"` // by reason
	Contracts  []Contract `json:"contracts"`            // in the order of the catalog
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

// Report returns the totals so far. Only contracts that occurred have responses to record next.
func (t *Tally) Report() *Summary {
	r := &Summary{Contracts: []Contract{}}
	shown, total := 0, 0
	for _, c := range t.plan.catalog.Contracts() {
		o, sum := t.plan.operations[c], t.sums[c]
		one := Contract{Name: c.String(), Responses: sum.responses, Unreadable: sum.unreadable, Shares: o.shares(sum.seen)}
		n, of := o.counted.lenAnd(sum.seen), o.counted.len()
		one.Percent = percent(n, of)
		shown, total = shown+n, total+of
		r.Counted += sum.responses
		if sum.responses > 0 {
			one.Next = o.next(sum.seen)
		}
		r.Contracts = append(r.Contracts, one)
	}
	r.Percent, r.Responses = percent(shown, total), r.Counted
	for _, why := range slices.Sorted(maps.Keys(t.notCounted)) {
		r.NotCounted = append(r.NotCounted, Count{why, t.notCounted[why]})
		r.Responses += t.notCounted[why]
	}
	return r
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

// percent rounds down, so that 100 means all.
func percent(n, of int) int {
	if of == 0 {
		return 100
	}
	return 100 * n / of
}

func (o *operation) shares(seen pointSet) []Share {
	var shares []Share
	for _, row := range kinds {
		share := Share{Kind: row.kind}
		for i, p := range o.points {
			switch {
			case p.kind != row.kind:
				continue
			case seen.has(i):
				share.Shown++
			default:
				share.Missing = append(share.Missing, p.address)
			}
			share.Total++
		}
		if share.Total > 0 {
			shares = append(shares, share)
		}
	}
	return shares
}
