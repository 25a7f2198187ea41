package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// sources compares two sources, or shows several side by side.
func (c *driftCommand) sources(ctx context.Context, t *terminal) error {
	found := make([]*models.Found, len(c.Sources))
	for i, name := range c.Sources {
		var err error
		if found[i], err = c.load(ctx, t, name); err != nil {
			return err
		}
	}
	result := &report.Drift{}
	if len(found) > 2 {
		if c.Payloads != "" || c.Baseline != "" || len(c.Ignore) > 0 || c.Hidden || len(c.UsedBy) > 0 || c.MinSeverity > finding.Info {
			return errors.New("--payloads, --baseline, --ignore, --hidden, --used-by and --min-severity need exactly two sources, OLD NEW")
		}
		sources := make([]drift.Source, len(found))
		for i, name := range c.Sources {
			found[i].Load("")
			sources[i] = drift.Source{Name: name, Contracts: c.choose(found[i].Contracts)}
		}
		matrix, err := drift.CompareSources(sources)
		if err != nil {
			return err
		}
		result.Matrix = matrix
		return c.report(ctx, t, result)
	}
	old, new := found[0], found[1]
	if c.Payloads != "" || len(c.UsedBy) > 0 { // they need all contracts
		old.Load("")
		new.Load("")
	}
	debug.SetGCPercent(200) // most of what is made is garbage after one operation
	used, err := c.used(ctx, t, old, new)
	if err != nil {
		return err
	}
	of := map[string]bool{}
	for _, f := range found {
		for _, s := range f.Services {
			of[s.Name] = true
		}
		for _, k := range f.Contracts {
			of[k.Service] = true
		}
	}
	meter := progress.Start(ctx, "comparing services", int64(len(of)), progress.Items)
	comparison, err := drift.CompareServices(drift.Contracts{Given: old.Contracts, Services: old.Services}, drift.Contracts{Given: new.Contracts, Services: new.Services},
		drift.Options{Operations: c.Operation, Traffic: used, Step: func() { meter.Add(1) }})
	meter.Done()
	if err != nil {
		return err
	}
	if c.Payloads != "" {
		if err := c.payloads(t, comparison.Changes, old.Contracts, new.Contracts); err != nil {
			return err
		}
	}
	result.Old, result.New, result.Comparison, result.MinSeverity = c.Sources[0], c.Sources[1], comparison, c.MinSeverity
	if c.showsFiles() {
		result.Located = located(drift.Source{Name: c.Sources[1], Contracts: new.Contracts}, drift.Source{Name: c.Sources[0], Contracts: old.Contracts})
	}
	return c.report(ctx, t, result)
}

// used returns what the traffic calls; nil if none is named.
func (c *driftCommand) used(ctx context.Context, t *terminal, old, new *models.Found) (*drift.Traffic, error) {
	if len(c.UsedBy) == 0 {
		return nil, nil
	}
	var tallied [2]*tallies.Traffic
	for i, side := range []*models.Found{old, new} {
		var err error
		tallied[i], err = check.Tally(ctx, input.Gather(nil, t.Err, c.UsedBy), side.Contracts, check.Options{Encoding: check.Auto, Profile: finding.Strict, Stderr: t.Err, Cores: int(c.Cores)})
		if err != nil {
			return nil, err
		}
	}
	used := drift.TrafficOf(tallied[0], tallied[1])
	if len(used.Called) == 0 {
		return nil, fmt.Errorf("--used-by: no interaction calls an operation of %s; name recordings of its calls", c.Sources[0])
	}
	return used, nil
}

// located returns where the first source that is a model in JSON defines the place of a change. A
// folder has no positions, so that its services need not be loaded.
func located(sources ...drift.Source) func(*drift.Change) report.Seen {
	positions := make([]*models.Positions, len(sources))
	byName := make([]map[string]*schema.Contract, len(sources))
	for i, s := range sources {
		positions[i], byName[i] = models.ReadPositions(s.Name), map[string]*schema.Contract{}
		for _, c := range s.Contracts {
			byName[i][c.Name()] = c
		}
	}
	return func(change *drift.Change) report.Seen {
		for i := range sources {
			c := byName[i][change.Operation]
			if c == nil {
				continue
			}
			_, _, exists := c.At(change.Place())
			if !exists && change.Part != "contract" {
				continue
			}
			if file, line, column := positions[i].Of(c, change.Place()); file != "" {
				return report.Seen{File: file, Line: line, Column: column}
			}
		}
		return report.Seen{}
	}
}

// choose returns the contracts of the operations that the user asked for.
func (c *driftCommand) choose(loaded []*schema.Contract) []*schema.Contract {
	if len(c.Operation) == 0 {
		return loaded
	}
	var chosen []*schema.Contract
	catalog := schema.NewCatalog(loaded...)
	for _, name := range c.Operation {
		chosen = append(chosen, catalog.Named(name)...)
	}
	return chosen
}

// load reads a source. Services of a folder of models are loaded later. Contradictions within it are
// printed but do not fail the run; those of `crcheck derive` do.
func (c *driftCommand) load(ctx context.Context, t *terminal, name string) (*models.Found, error) {
	result, err := models.Named(ctx, t.Err, name)
	if err != nil {
		return nil, err
	}
	said, err := models.ApplyOverlays(ctx, c.Overlay, result)
	if err != nil {
		return nil, err
	}
	if said = finding.Union(result.Findings, said); len(said) > 0 {
		said = c.Profile.Grade(said)
		c.Said = finding.Union(c.Said, said)
		found := &report.Results{Models: report.Models(said, report.FailNever)}
		if err := report.Write(t.notes(), report.FormatText, found, report.Style{}); err != nil {
			return nil, err
		}
	}
	return result, nil
}
