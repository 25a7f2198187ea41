package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/schema/source/gosdk"
	"github.com/crcheck/crcheck/traffic"
)

// readSources reads a document, or all documents of a folder, and derives contracts. For a folder,
// it writes to standard error how many files do not describe an operation, and which documents
// cannot be read.
func readSources(ctx context.Context, stderr io.Writer, path, version string) (*Found, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		text, err := input.Document(ctx, path)
		if err != nil {
			return nil, err
		}
		result, err := Document(path, text, version)
		return &Found{Contracts: result.Contracts, Findings: result.Findings}, err
	}
	if folder := os.DirFS(path); gosdk.Is(folder) {
		contracts, err := gosdk.Read(folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return &Found{Contracts: contracts}, nil
	}
	found, err := Folder(path, reading(ctx, stderr, version))
	if err != nil {
		return nil, err
	}
	if found.Passed > 0 {
		fmt.Fprintf(progress.Notes(stderr), "%s: skipped %s without an operation\n", path, plural.Of(found.Passed, "file"))
	}
	return found, nil
}

// isInstalled reports whether a name means models of the installed botocore.
func isInstalled(name string) bool {
	_, err := os.Stat(name)
	return strings.HasPrefix(name, Botocore) && errors.Is(err, fs.ErrNotExist)
}

// Derivable reads a file, a folder or models of the installed botocore, and derives contracts.
func Derivable(ctx context.Context, stderr io.Writer, name, version string) (*Found, error) {
	if isInstalled(name) {
		return Installed(ctx, name, reading(ctx, stderr, version))
	}
	return readSources(ctx, stderr, name, version)
}

// reading returns options that report progress and documents that cannot be read on standard error.
func reading(ctx context.Context, stderr io.Writer, version string) Options {
	var mu sync.Mutex
	start := func(what string, documents int) *progress.Meter {
		return progress.Start(ctx, what, int64(documents), progress.Items)
	}
	return Options{Version: version, Start: start, Refused: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if refused := (*RefusedError)(nil); errors.As(err, &refused) {
			fmt.Fprintf(stderr, "crcheck: %v (skipped)\n", err)
			return
		}
		fmt.Fprintf(stderr, "crcheck: %v\n", err)
	}}
}

// IsSource reports whether an argument describes operations: it is a built-in name, or a reader
// recognises the beginning of the file, or of a file in the folder. Anything else is traffic.
func IsSource(name string) (bool, error) {
	info, err := os.Stat(name)
	switch {
	case name == "-":
		return false, nil
	case isInstalled(name):
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		_, err := contracts.Load(name)
		if unknown, ok := errors.AsType[*contracts.UnknownError](err); ok {
			return false, unknownName(name, unknown)
		}
		return true, err
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

// enough is the number of bytes from which the kind of a document can be recognised.
const enough = 64 << 10

// beginsAsSource reports whether a reader recognises the beginning of a file. A pipe is traffic,
// because what is read from it would be lost.
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
	_, err = source.Read(Beginning(text), "")
	return !errors.Is(err, source.ErrUnknownKind), nil
}
