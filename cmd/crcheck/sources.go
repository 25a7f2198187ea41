package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
)

// readSources reads a document, or those of a folder, and derives contracts. In
// a folder, files that describe no operation are passed over, and counted on
// standard error.
func readSources(ctx context.Context, t *terminal, path, version string) (source.Result, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return readSource(ctx, path, version)
	}
	if folder := os.DirFS(path); source.IsGoSDK(folder) {
		contracts, err := source.GoSDK(folder)
		if err != nil {
			return source.Result{}, fmt.Errorf("%s: %w", path, err)
		}
		return source.Result{Contracts: contracts}, nil
	}
	var all source.Result
	documents, passed := 0, 0
	from := map[string]string{} // where a contract comes from, by its name
	for file, err := range traffic.Files(path) {
		if err != nil {
			return source.Result{}, err
		}
		one, err := readSource(ctx, file.Path, version)
		if describesNothing(err) {
			passed++
			continue
		} else if err != nil {
			return source.Result{}, err
		}
		documents++
		for _, c := range one.Contracts {
			if before, twice := from[c.String()]; twice {
				return source.Result{}, fmt.Errorf("%s and %s both describe %s: keep one of them in the folder, or name files instead", before, file.Path, c)
			}
			from[c.String()] = file.Path
		}
		all.Contracts = append(all.Contracts, one.Contracts...)
		all.Findings = finding.Union(all.Findings, one.Findings)
	}
	if documents == 0 {
		return source.Result{}, fmt.Errorf("%s: no file of the folder describes an operation; name a folder of models, pages or contracts", path)
	}
	if passed > 0 {
		fmt.Fprintf(t.Err, "%s: passed over %d files that describe no operation\n", path, passed)
	}
	return all, nil
}

// describesNothing reports a file of no known kind, or a page about a method
// that calls no operation.
func describesNothing(err error) bool {
	var unknown *source.UnknownKindError
	var method *source.NoOperationError
	return errors.As(err, &unknown) || errors.As(err, &method)
}

// readSource reads a document and derives its contracts.
func readSource(ctx context.Context, path, version string) (source.Result, error) {
	text, err := readDocument(ctx, path)
	if err != nil {
		return source.Result{}, err
	}
	result, err := source.Read(text, version)
	if err != nil {
		return source.Result{}, fmt.Errorf("%s: %w", path, err)
	}
	for i := range result.Findings {
		result.Findings[i].Source = path
	}
	return result, nil
}
