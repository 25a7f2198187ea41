package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/schema/source/gosdk"

	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// isSource reports whether an argument describes operations: it is a built-in
// name, or the beginning of the file, or of one of a folder's, is that of a
// document that a reader knows. Anything else is traffic.
func isSource(name string) (bool, error) {
	info, err := os.Stat(name)
	switch {
	case name == "-":
		return false, nil
	case isInstalled(name):
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		if _, err := contracts.Load(name); err != nil {
			return false, fmt.Errorf("%s is neither a file, a folder nor a built-in contract", name)
		}
		return true, nil
	case err != nil:
		return false, err
	case info.IsDir() && gosdk.Is(os.DirFS(name)):
		return true, nil
	}
	for file, err := range traffic.Files(name) {
		if err != nil {
			return false, err
		}
		if begins, err := beginsAsSource(file.Path); begins || err != nil {
			return begins, err
		}
	}
	return false, nil
}

// enough is how much of a document tells its kind.
const enough = 64 << 10

// beginsAsSource looks at the beginning of a file. A pipe is traffic: what was
// read of it would be lost.
func beginsAsSource(path string) (bool, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, enough))
	if err != nil {
		return false, err
	}
	_, err = source.Read(models.Beginning(text), "")
	return !errors.Is(err, source.ErrUnknownKind), nil
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// tally holds all traffic, or a shard of it, against the contracts.
func (v *driftVerb) tally(ctx context.Context, t *terminal, loaded []*schema.Contract) (*drift.Traffic, error) {
	chosen, err := compileAuto(schema.NewCatalog(loaded...), v.Projection, validate.Options{Profile: v.Profile})
	if err != nil {
		return nil, err
	}
	inputs := gather(t, v.Sources[1:])
	if err := errors.Join(inputs.problems...); err != nil {
		return nil, err
	}
	tally := drift.NewTally(loaded)
	position := 0
	var taken taken
	by := func(*traffic.Interaction) *validate.Auto { return chosen }
	for file, interactions := range inputs.sources(ctx, t) {
		var source validate.Source
		bare := validate.Bare{Operation: v.Operation, Found: !file.named}
		for x, err := range source.Ahead(interactions, by, bare) {
			if err != nil {
				return nil, err
			}
			if position++; !v.Shard.Holds(position) {
				continue
			}
			outcome, err := chosen.Check(x, bare, &source)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", x.Source, err)
			}
			taken.count(v.Projection, x, &outcome)
			tally.Add(position, x, outcome.Outcome)
		}
	}
	taken.announce(t)
	return tally.Traffic(v.Shard, v.Profile), nil
}

// mergeShards reads the results of shards and puts them together. They must be of
// these contracts.
func mergeShards(ctx context.Context, loaded []*schema.Contract, paths []string) (*drift.Traffic, error) {
	var shards []*drift.Traffic
	for _, path := range paths {
		text, err := readDocument(ctx, path)
		if err != nil {
			return nil, err
		}
		var r drift.Report
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || r.Traffic == nil {
			return nil, fmt.Errorf("%s is not a result of a shard: write one with --shard I/N --format json", path)
		}
		if d.More() {
			return nil, fmt.Errorf("%s has something after the result of a shard: keep each in a file of its own", path)
		}
		shards = append(shards, r.Traffic)
	}
	merged, err := drift.Merge(shards)
	if err != nil {
		return nil, err
	}
	digests := map[string]bool{}
	for _, c := range loaded {
		digests[c.Digest()] = true
	}
	for _, c := range merged.Contracts {
		if !digests[c.Digest] {
			return nil, fmt.Errorf("the shards were held against another %s than the one named here", c.Name)
		}
	}
	return merged, nil
}

// propose writes an overlay for each operation that needs one, and returns what
// they leave.
func (v *driftVerb) propose(t *terminal, r *drift.Traffic, loaded []*schema.Contract) ([]string, error) {
	proposals := r.Propose(loaded)
	several := 0
	for _, p := range proposals {
		if p.Overlay != nil {
			several++
		}
	}
	var left []string
	for _, p := range proposals {
		left = append(left, p.Left...)
		if p.Overlay == nil {
			continue
		}
		path := v.Propose
		if several > 1 {
			if err := inFolder("x." + p.Operation); err != nil {
				return nil, err
			}
			extension := filepath.Ext(string(path))
			path = outputPath(strings.TrimSuffix(string(path), extension) + "." + p.Operation + extension)
		}
		if err := path.write(t, func(w io.Writer) error { _, err := w.Write(p.Overlay); return err }); err != nil {
			return nil, err
		}
		fmt.Fprintf(t.Err, "proposed an overlay for %s in %s: look at each entry before you apply it\n", p.Operation, path)
	}
	if several == 0 {
		fmt.Fprintln(t.Err, "there is nothing to propose")
	}
	return left, nil
}
