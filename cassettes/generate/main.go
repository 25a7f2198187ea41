// Command generate writes the cassettes and their index into the current
// folder, which `go generate ./cassettes` makes theirs. What it writes is the
// table of [scenarios].
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/traffic"
)

const provenance = "synthesised: no real AWS traffic was recorded. " +
	"Every request and response was written by hand after the API model and the protocol's specification."

// scenarios is the table, in the order of the index.
func scenarios() []scenario {
	return slices.Concat(
		statuses(), documents(), computeConfigurations(), notations(), errorResponses(), sequences(),
		brokenTypes(), brokenMembers(), brokenUnions(), brokenConstraints(),
		brokenSyntax(), brokenEncoding(), brokenNumbers(), brokenExchanges(), brokenErrors(),
		clientSuccesses(), clientErrors(), clientSequences(), clientHostile(),
		wrongTypes(), wrongUnions(), texts(), collections(), oddErrors(), retriedCodes(), oddStatuses(), odderTimes(),
	)
}

func main() {
	files, err := render(scenarios())
	if err == nil {
		err = write(".", files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// render returns the files of a table by their names.
func render(table []scenario) (map[string][]byte, error) {
	files := map[string][]byte{}
	index := &cassettes.Index{Provenance: provenance}
	for _, s := range table {
		var text bytes.Buffer
		if err := traffic.WriteCassette(&text, s.meta(), s.interactions()); err != nil {
			return nil, fmt.Errorf("%s: %w", s.file, err)
		}
		if _, twice := files[s.file]; twice {
			return nil, fmt.Errorf("%s appears twice in the table", s.file)
		}
		files[s.file] = text.Bytes()
		index.Entries = append(index.Entries, cassettes.Entry{File: s.file, About: s.about, Expected: s.expected})
	}
	text, err := index.Encode()
	if err != nil {
		return nil, err
	}
	files[cassettes.IndexName] = append([]byte("# Written by `go generate ./cassettes` from the table in generate/.\n"), text...)
	return files, nil
}

// write makes the folder hold these cassettes and no others.
func write(dir string, files map[string][]byte) error {
	present, err := yamlFiles(os.DirFS(dir))
	if err != nil {
		return err
	}
	for _, name := range present {
		if _, wanted := files[name]; !wanted {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// yamlFiles returns the index and the cassettes that a folder holds.
func yamlFiles(folder fs.FS) ([]string, error) {
	var names []string
	for _, glob := range []string{"*.yaml", "*/*.yaml"} {
		found, err := fs.Glob(folder, glob)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	return names, nil
}
