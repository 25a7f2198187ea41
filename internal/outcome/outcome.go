// Package outcome compares what an application did with a file that a test keeps: one line for each
// response of a service, with what the application returned or raised.
//
//	status=FAILED: {"raises":"jobs.FailedError","message":"job failed: out of memory"}
//	statistics absent: {"returns":{"Location":"s3://example-bucket/results/"}}
//
// The lines are in the order of the list of responses.
package outcome

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A flag -update would be the second one of its name in many test packages, which panics: this
// package is initialised before the test that defines its own.
var update = flag.Bool("crcheck.update", false, "rewrite outcome files, as a flag -update of the test does")

// File is an outcome file. It is safe for subtests in parallel.
type File struct {
	path    string
	rewrite bool
	ids     []string // of the responses, in order

	mu     sync.Mutex
	before map[string]string // outcomes in the file, by ID
	now    map[string]string
	left   map[string]bool // subtests that passed without an outcome
}

// Open reads the outcome file of a test, and checks or rewrites it when the subtests are over. An
// empty name is that of the test.
func Open(t testing.TB, name string, ids []string) *File {
	t.Helper()
	if name == "" {
		name = regexp.MustCompile(`[^\w.=+-]`).ReplaceAllString(t.Name(), "_") + ".outcomes"
	}
	f := &File{path: filepath.Join("testdata", name), rewrite: *update, ids: ids, now: map[string]string{}, left: map[string]bool{}}
	if own := flag.Lookup("update"); own != nil {
		f.rewrite = f.rewrite || own.Value.String() == "true"
	}
	text, err := os.ReadFile(f.path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		f.before, err = parse(string(text))
	}
	if err != nil {
		t.Fatalf("%s: %v", filepath.ToSlash(f.path), err)
	}
	t.Cleanup(func() { f.close(t) })
	return f
}

// parse reads the lines of a file by ID.
func parse(text string) (map[string]string, error) {
	lines := map[string]string{}
	begin := regexp.MustCompile(`: \{"(returns|raises)":`)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			continue
		}
		at := begin.FindStringIndex(line)
		if at == nil {
			return nil, fmt.Errorf(`line %d is not an outcome: got %.40q, want ID: {"returns":…} or ID: {"raises":…}; delete the line, and run go test with %s`, i+1, line, updateFlag())
		}
		id := line[:at[0]]
		if lines[id] != "" {
			return nil, fmt.Errorf("line %d: duplicate outcome of %s; delete one of the lines", i+1, id)
		}
		lines[id] = line[at[0]+len(": "):]
	}
	return lines, nil
}

// Compare compares what the application returned with the line of a response.
func (f *File) Compare(t testing.TB, id, endpoint string, got any, err error) {
	t.Helper()
	line, problem := render(got, err)
	if problem != nil {
		t.Fatal(problem)
	}
	line = steady(line, endpoint)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[id] != "" {
		t.Fatal("Outcome was called twice")
	}
	f.now[id] = line
	path := filepath.ToSlash(f.path)
	switch before := f.before[id]; {
	case f.rewrite || before == line:
	case before == "":
		t.Errorf("new response: it has no line in %s\n+ %s: %s\nif the application is right, write the line: %s", path, id, line, command(t))
	default:
		t.Errorf("the outcome differs from %s\n- %s: %s\n+ %s: %s\nif the application is right, rewrite the line: %s", path, id, before, id, line, command(t))
	}
}

// Ran says that the subtest of a response is over.
func (f *File) Ran(t testing.TB, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left[id] = f.now[id] == "" && !t.Failed() && !t.Skipped()
}

// close reports stale lines, or rewrites the file. Lines of subtests that did not run stay.
func (f *File) close(t testing.TB) {
	t.Helper()
	var text strings.Builder
	stale := maps.Clone(f.before)
	for _, id := range f.ids {
		line := f.now[id]
		if line == "" && !f.left[id] {
			line = f.before[id]
		}
		if line != "" {
			fmt.Fprintf(&text, "%s: %s\n", id, line)
			delete(stale, id)
		}
	}
	if !f.rewrite {
		for _, id := range slices.Sorted(maps.Keys(stale)) {
			t.Errorf("stale line: no response has an outcome for it in %s\n- %s: %s\nif this is right, delete the line: %s", filepath.ToSlash(f.path), id, stale[id], command(t))
		}
		return
	}
	if err := f.write(text.String()); err != nil {
		t.Error(err)
	}
}

// write replaces the file, or removes it if nothing is left.
func (f *File) write(text string) error {
	if text == "" {
		if err := os.Remove(f.path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(f.path, []byte(text), 0o666)
}

// command is what rewrites the outcomes of a test.
func command(t testing.TB) string {
	levels := strings.Split(t.Name(), "/")
	for i, level := range levels {
		levels[i] = "^" + regexp.QuoteMeta(level) + "$"
	}
	return fmt.Sprintf("go test -run '%s' %s", strings.ReplaceAll(strings.Join(levels, "/"), "'", `'\''`), updateFlag())
}

func updateFlag() string {
	if flag.Lookup("update") != nil {
		return "-update"
	}
	return "-crcheck.update"
}
