package project

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// drift compares what the code was written against with the newest contracts that are at hand: the
// local documents that changed since they were pinned, and otherwise the pinned contracts.
func (r *run) drift(ctx context.Context) error {
	old, newest := r.pinned, r.pinned
	changed := []string{}
	for _, c := range r.results.Project.Contracts {
		if !c.Changed {
			continue
		}
		changed = append(changed, c.Source)
		found, err := models.Named(ctx, r.options.Stderr, c.Source)
		if err != nil {
			return err
		}
		found.Load("")
		newest = replaced(newest, found.Contracts)
	}
	name := "the pinned contracts"
	if r.Drift.Since != "" {
		found, err := models.Named(ctx, r.options.Stderr, r.Drift.Since)
		if err != nil {
			return err
		}
		found.Load("")
		old, name = found.Contracts, r.Drift.Since
	}
	if len(changed) == 0 && r.Drift.Since == "" {
		return nil
	}
	for _, source := range changed {
		r.note("%s has changed since its contracts were pinned; run `crcheck update` to check against it", source)
	}
	d, err := r.compare(ctx, old, newest, r.Drift.Since != "")
	if err != nil {
		return err
	}
	d.Old, d.New = name, "the contracts in force"
	if len(changed) > 0 {
		d.New = strings.Join(changed, ", ")
	}
	r.results.Drift = d
	r.verdict("drift", d.Verdict, "%s; %s", plural.Of(d.Comparison.Compared, "operation"), changes(d))
	return nil
}

// replaced returns the contracts, each replaced by the newer one of the same operation, if there is
// one. An operation that a newer document of its service lacks is removed.
func replaced(contracts, newer []*schema.Contract) []*schema.Contract {
	services, byName := map[string]bool{}, map[string]*schema.Contract{}
	for _, c := range newer {
		services[c.Service], byName[c.Name()] = true, c
	}
	var all []*schema.Contract
	for _, c := range contracts {
		if n := byName[c.Name()]; n != nil {
			all = append(all, n)
		} else if !services[c.Service] {
			all = append(all, c)
		}
	}
	return all
}

// changes counts changes by severity.
func changes(d *report.Drift) string {
	var counts [finding.Error + 1]int
	for _, c := range d.Comparison.Changes {
		counts[c.Severity]++
	}
	text := fmt.Sprintf("%s, %s, %s", plural.Of(counts[finding.Error], "error"), plural.Of(counts[finding.Warning], "warning"), plural.Of(counts[finding.Info], "info"))
	if unmet := finding.UnmetText(d.Unmet); unmet != "" {
		text += "; " + unmet
	}
	return text
}

// compare compares contracts, and settles the changes by the baseline and the ignore rows. Rows of
// the baseline that match nothing fail only if required is set.
func (r *run) compare(ctx context.Context, old, newest []*schema.Contract, required bool) (*report.Drift, error) {
	old = unique(old, names(newest, r.pinned))
	newest = unique(newest, names(old)) // an operation that was added breaks nobody
	comparison, err := drift.CompareServices(drift.Contracts{Given: old}, drift.Contracts{Given: newest}, drift.Options{Whole: true, Traffic: r.used(ctx, old, newest)})
	if err != nil {
		return nil, err
	}
	d := &report.Drift{Comparison: comparison, ListHidden: r.options.ListHidden}
	var baseline []finding.Expected
	if r.Drift.Baseline != "" {
		text, err := input.Document(ctx, r.Drift.Baseline)
		if err != nil {
			return nil, err
		}
		if baseline, err = drift.ParseBaseline(r.Drift.Baseline, text); err != nil {
			return nil, err
		}
		for i := range baseline {
			baseline[i].Required = required
		}
	}
	accept, err := r.accept(baseline, func(id finding.RuleID) bool {
		rule, _ := id.Lookup()
		return rule.Layer == finding.LayerDrift
	})
	if err != nil {
		return nil, err
	}
	d.Regrade(r.File.Rules)
	d.SettleBy(accept.Ledger, r.failOn, r.stale && required)
	if !required {
		d.Unmet = slices.DeleteFunc(d.Unmet, finding.Unmet.Stale)
	}
	return d, nil
}

// used returns which of the compared operations the project's traffic calls, and the recorded requests
// that only the newest contracts refuse. It returns nil if there is no traffic, or if the traffic calls no operation:
// then all of them count.
func (r *run) used(ctx context.Context, old, newest []*schema.Contract) *drift.Traffic {
	called := names(old)
	if r.results.Traffic != nil {
		known := called
		called = map[string]bool{}
		for _, c := range r.results.Traffic.Checks.Contracts {
			if name, _, _ := strings.Cut(c.Name, "@"); known[name] {
				called[name] = true
			}
		}
	}
	if len(r.parts) == 0 || len(called) == 0 {
		return nil
	}
	used := &drift.Traffic{Called: called, Refused: map[drift.Refusal]int{}}
	for _, p := range r.parts {
		for refusal, n := range r.refused(ctx, p, old, newest) {
			used.Refused[refusal] += n
		}
	}
	return used
}

// refused counts the requests of a part that only the newest contracts refuse. What cannot be read has
// been reported by the check of the traffic.
func (r *run) refused(ctx context.Context, p check.Part, old, newest []*schema.Contract) map[drift.Refusal]int {
	var tallied [2]*tallies.Traffic
	for i, side := range [][]*schema.Contract{old, newest} {
		var err error
		tallied[i], err = check.Tally(ctx, p.Input, side, check.Options{Encoding: p.Encoding, Bare: p.Bare, Profile: finding.Strict, Stderr: io.Discard, Cores: r.options.Cores})
		if err != nil {
			return nil
		}
	}
	return drift.TrafficOf(tallied[0], tallied[1]).Refused
}

// names returns the names of contracts.
func names(lists ...[]*schema.Contract) map[string]bool {
	all := map[string]bool{}
	for _, list := range lists {
		for _, c := range list {
			all[c.Name()] = true
		}
	}
	return all
}

// unique returns the contracts of the named operations; of several of one operation, the last.
func unique(contracts []*schema.Contract, of map[string]bool) []*schema.Contract {
	last := map[string]*schema.Contract{}
	for _, c := range contracts {
		last[c.Name()] = c
	}
	return slices.DeleteFunc(slices.Clone(contracts), func(c *schema.Contract) bool { return !of[c.Name()] || last[c.Name()] != c })
}
