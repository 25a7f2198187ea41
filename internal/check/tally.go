package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Tally counts the deviations from the contracts in all traffic, or in a shard of it.
func Tally(ctx context.Context, in *input.Traffic, contracts []*schema.Contract, shard tallies.Shard, o Options) (*tallies.Traffic, error) {
	chosen, err := Compile(schema.NewCatalog(contracts...), o.Encoding, o.compile())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(in.Problems...); err != nil {
		return nil, err
	}
	tally := tallies.New(contracts)
	position := 0
	var taken taken
	by := func(*traffic.Interaction) *validate.Auto { return chosen }
	for file, interactions := range in.Sources(ctx) {
		var source validate.Source
		bare := o.Bare
		bare.Found = !file.Named
		for x, err := range source.Ahead(interactions, by, bare) {
			if err != nil {
				return nil, err
			}
			if position++; !shard.Holds(position) {
				continue
			}
			checked, err := chosen.Check(x, bare, &source)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", x.Source, err)
			}
			taken.count(o.Encoding, x, &checked)
			tally.Add(position, x, checked.Outcome)
		}
	}
	taken.announce(progress.Notes(o.Stderr))
	return tally.Traffic(shard, o.Profile), nil
}

// Shards reads the results of shards and merges them. They must be results of the loaded contracts.
func Shards(ctx context.Context, loaded []*schema.Contract, paths []string) (*tallies.Traffic, error) {
	var shards []*tallies.Traffic
	for _, path := range paths {
		text, err := input.Document(ctx, path)
		if err != nil {
			return nil, err
		}
		var r report.Drift
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || r.Traffic == nil {
			return nil, fmt.Errorf("%s is not the result of a shard; write one with --shard I/N --format json", path)
		}
		if d.More() {
			return nil, fmt.Errorf("%s has data after the result of a shard; keep each result in a separate file", path)
		}
		shards = append(shards, r.Traffic)
	}
	merged, err := tallies.Merge(shards)
	if err != nil {
		return nil, err
	}
	digests := map[string]bool{}
	for _, c := range loaded {
		digests[c.Digest()] = true
	}
	for _, c := range merged.Contracts {
		if !digests[c.Digest] {
			return nil, fmt.Errorf("the shards were validated against another version of %s than the loaded one; name the contract that the shards were made with", c.Name)
		}
	}
	return merged, nil
}
