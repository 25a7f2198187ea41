package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/schema/source/gosdk"

	"github.com/crcheck/crcheck/internal/models"
)

// readSources reads a document, or those of a folder, and derives contracts. In
// a folder, files that describe no operation are passed over, and counted on
// standard error; documents that cannot be read are named there.
func readSources(ctx context.Context, t *terminal, path, version string) (*models.Found, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		text, err := readDocument(ctx, path)
		if err != nil {
			return nil, err
		}
		result, err := models.Document(path, text, version)
		return &models.Found{Contracts: result.Contracts, Findings: result.Findings}, err
	}
	if folder := os.DirFS(path); gosdk.Is(folder) {
		contracts, err := gosdk.Read(folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return &models.Found{Contracts: contracts}, nil
	}
	found, err := models.Folder(path, reading(t, version))
	if err != nil {
		return nil, err
	}
	if found.Passed > 0 {
		fmt.Fprintf(t.Err, "%s: passed over %d files that describe no operation\n", path, found.Passed)
	}
	return found, nil
}

// isInstalled reports a name of models of the installed botocore.
func isInstalled(name string) bool {
	_, err := os.Stat(name)
	return strings.HasPrefix(name, models.Botocore) && errors.Is(err, fs.ErrNotExist)
}

// derivable reads what contracts can be derived from.
func derivable(ctx context.Context, t *terminal, name, version string) (*models.Found, error) {
	if isInstalled(name) {
		return models.Installed(ctx, name, reading(t, version))
	}
	return readSources(ctx, t, name, version)
}

// reading names documents that cannot be read on standard error.
func reading(t *terminal, version string) models.Options {
	var mu sync.Mutex
	return models.Options{Version: version, Refused: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if refused := (*models.RefusedError)(nil); errors.As(err, &refused) {
			fmt.Fprintf(t.Err, "crcheck: %v (left out)\n", err)
			return
		}
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	}}
}
