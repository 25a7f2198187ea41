package coverage

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/internal/cores"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Tally adds up the points that interactions show. Its memory grows with the contracts and the
// reasons why interactions do not count, never with the traffic. It is not safe for concurrent use:
// goroutines count in tallies of their own, and [Tally.Merge] adds them up.
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

// Merge adds what another tally of the same plan counted, as if this one had counted it too. Merging
// is associative and commutative, and an empty tally is its identity.
func (t *Tally) Merge(u *Tally) {
	for c, more := range u.sums {
		sum := t.sums[c]
		sum.responses += more.responses
		sum.unreadable += more.unreadable
		sum.seen.add(more.seen)
	}
	for why, n := range u.notCounted {
		t.notCounted[why] += n
	}
}

// Read counts the interactions of all traffic on several cores. If ctx is cancelled, the tally has
// what was read before, and the error is that of ctx.
func (p *Plan) Read(ctx context.Context, in *input.Traffic, how input.Work) (*Tally, error) {
	idle := make(chan *Tally, cores.Number(how.Cores))
	for range cap(idle) {
		idle <- p.NewTally()
	}
	err := input.Each(ctx, in, how, func(interactions iter.Seq[*traffic.Interaction]) (none struct{}) {
		t := <-idle
		for x := range interactions {
			t.Take(x)
		}
		idle <- t
		return none
	}, func(struct{}) error { return nil })
	sum := <-idle
	for range cap(idle) - 1 {
		sum.Merge(<-idle)
	}
	return sum, err
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
