package project

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/yamlfile"
	"github.com/crcheck/crcheck/schema"
)

// LockName is the name of the lock, and PinnedFolder that of the folder of pinned contracts. Both
// are beside the project file, and belong under version control. The folder is hidden, so that a
// path of traffic above it does not include it.
const (
	LockName     = "crcheck.lock"
	PinnedFolder = ".crcheck/contracts"
)

const lockFormat = 1

// Lock says which contracts are pinned.
type Lock struct {
	Format    int      `yaml:"crcheckLock" key:"required"`
	Contracts []Locked `yaml:"contracts"`
}

// Locked is a source whose contracts are pinned.
type Locked struct {
	Source  string `yaml:"source" key:"required"`
	Version string `yaml:"version,omitempty"` // of botocore or the SDK; empty: the source does not state it
	Date    string `yaml:"date" key:"required"`
	// Document is the digest of the source, if that is a file; check compares it with the file.
	Document   string   `yaml:"document,omitempty"`
	Operations []Pinned `yaml:"operations"`
}

// Pinned is the contract of one operation.
type Pinned struct {
	Operation string `yaml:"operation" key:"required"` // SERVICE.OPERATION
	File      string `yaml:"file" key:"required"`      // in the folder of pinned contracts
	Digest    string `yaml:"digest" key:"required"`    // of the file
}

// LockError says that the lock and the pinned contracts cannot be used.
type LockError struct{ Problem string }

func (e *LockError) Error() string { return e.Problem + "; run `crcheck update`" }

// parseLock reads a lock, strictly. The error is a [*finding.RowError].
func parseLock(name string, text []byte) (*Lock, error) {
	l := &Lock{}
	if err := yamlfile.Decode(name, text, l); err != nil {
		return nil, err
	}
	bad := func(format string, args ...any) error {
		return &finding.RowError{Name: name, Problem: fmt.Sprintf(format, args...)}
	}
	if l.Format != lockFormat {
		return nil, bad("expected \"crcheckLock: %d\"; restore the file, or delete it and run `crcheck update`", lockFormat)
	}
	sources := map[string]bool{}
	for _, c := range l.Contracts {
		if _, err := time.Parse(time.DateOnly, c.Date); err != nil {
			return nil, bad("date %q of %s is not a date such as 2026-12-31", c.Date, c.Source)
		}
		if sources[c.Source] {
			return nil, bad("%s is there twice", c.Source)
		}
		sources[c.Source] = true
		for _, p := range c.Operations {
			if err := output.InFolder(p.File); err != nil {
				return nil, bad("%v", err)
			}
		}
	}
	return l, nil
}

// readLock reads the lock of the current folder; it is nil if there is none.
func readLock(ctx context.Context) (*Lock, error) {
	if _, err := os.Stat(LockName); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	text, err := input.Document(ctx, LockName)
	if err != nil {
		return nil, err
	}
	return parseLock(LockName, text)
}

func (l *Lock) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Written by `crcheck update`. Commit this file and " + PinnedFolder + "; do not edit them.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(l); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// of returns what is locked of a source; nil: nothing.
func (l *Lock) of(source string) *Locked {
	if l == nil {
		return nil
	}
	for i := range l.Contracts {
		if l.Contracts[i].Source == source {
			return &l.Contracts[i]
		}
	}
	return nil
}

// contracts reads the pinned contracts of a source. A file that is missing or was edited is an error,
// a [*LockError].
func (l *Locked) contracts(ctx context.Context) ([]*schema.Contract, error) {
	var all []*schema.Contract
	for _, p := range l.Operations {
		path := filepath.Join(PinnedFolder, p.File)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, &LockError{fmt.Sprintf("%s lists %s, which does not exist", LockName, path)}
		}
		text, err := input.Document(ctx, path)
		if err != nil {
			return nil, err
		}
		if digest(text) != p.Digest {
			return nil, &LockError{fmt.Sprintf("%s was edited: its digest differs from the one in %s; put your changes into an overlay, which update does not overwrite", path, LockName)}
		}
		c, err := schema.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if c.Name() != p.Operation {
			return nil, &LockError{fmt.Sprintf("%s describes %s, and %s says %s", path, c.Name(), LockName, p.Operation)}
		}
		all = append(all, c)
	}
	return all, nil
}

// age returns how many days ago the contracts were pinned.
func (l *Locked) age(today time.Time) int {
	pinned, _ := time.Parse(time.DateOnly, l.Date) // the parser checked it
	day, _ := time.Parse(time.DateOnly, today.Format(time.DateOnly))
	return max(int(day.Sub(pinned).Hours()/24), 0)
}

func digest(text []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(text)) }

// documentDigest returns the digest of a source that is a regular file; it is empty for others.
func documentDigest(ctx context.Context, source string) (string, error) {
	if info, err := os.Stat(source); err != nil || !info.Mode().IsRegular() {
		return "", nil
	}
	f, err := input.Open(ctx, source)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("sha256:%x", h.Sum(nil)), nil
}
