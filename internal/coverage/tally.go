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

// Report returns the totals so far. Only contracts that occurred have responses to record next.
func (t *Tally) Report() *Summary {
	r := &Summary{}
	var contracts []Contract
	for _, c := range t.plan.contracts {
		o, sum := t.plan.operations[c], t.sums[c]
		one := Contract{Name: c.String(), Responses: sum.responses, Unreadable: sum.unreadable, Shares: o.shares(sum.seen),
			service: c.Service, of: o, seen: slices.Clone(sum.seen)}
		one.shown, one.total = o.counted.lenAnd(sum.seen), o.counted.len()
		one.Percent = percent(one.shown, one.total)
		r.Counted += sum.responses
		if sum.responses > 0 {
			one.Next = o.next(sum.seen)
		}
		contracts = append(contracts, one)
	}
	r.Responses = r.Counted
	for _, why := range slices.Sorted(maps.Keys(t.notCounted)) {
		r.NotCounted = append(r.NotCounted, Count{why, t.notCounted[why]})
		r.Responses += t.notCounted[why]
	}
	r.sum(contracts)
	return r
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
