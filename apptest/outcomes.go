package apptest

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

	"github.com/crcheck/crcheck/internal/responses"
)

// A flag -update would be the second one of that name in many test packages, which panics: this
// package is initialised before the test that defines its own.
var update = flag.Bool("crcheck.update", false, "rewrite outcome files, as a flag -update of the test does")

// Outcome compares what the application did with the line of the response in the outcome file:
//
//	status=FAILED: {"raises":"jobs.FailedError","message":"job failed: out of memory"}
//	statistics absent: {"returns":{"Location":"s3://example-bucket/results/"}}
//
// It writes got as encoding/json does, unless err is not nil. An error has the code of AWS or its Go
// type as its name. The endpoint, ports and request IDs are replaced. A response without a line is
// new, and fails the test. A line without a response, or whose subtest passes without calling
// Outcome, is stale, and fails the test around the subtests.
//
// The file is rewritten with -crcheck.update, or with -update if the test package has such a flag.
// Lines of subtests that -run leaves out stay.
func (r Response) Outcome(got any, err error) {
	r.t.Helper()
	line, problem := render(got, err)
	if problem != nil {
		r.t.Fatal(problem)
	}
	r.outcomes.compare(r.t, r.ID, steady(line, r.endpoint))
}

// outcomes is an outcome file.
type outcomes struct {
	path    string
	rewrite bool
	ids     []string // of the responses, in order

	mu     sync.Mutex
	before map[string]string // in the file, by ID
	now    map[string]string
	unused map[string]bool // lines of subtests that passed without an outcome
}

// openOutcomes reads the outcome file of a test, and checks or rewrites it when its subtests are over.
func openOutcomes(t testing.TB, name string, selected []responses.Response) *outcomes {
	t.Helper()
	if name == "" {
		name = regexp.MustCompile(`[^\w.=+-]`).ReplaceAllString(t.Name(), "_") + ".outcomes"
	}
	o := &outcomes{path: filepath.Join("testdata", name), rewrite: *update, now: map[string]string{}, unused: map[string]bool{}}
	if f := flag.Lookup("update"); f != nil {
		o.rewrite = o.rewrite || f.Value.String() == "true"
	}
	for _, r := range selected {
		o.ids = append(o.ids, r.ID)
	}
	text, err := os.ReadFile(o.path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		o.before, err = parse(text)
	}
	if err != nil {
		t.Fatalf("%s: %v", filepath.ToSlash(o.path), err)
	}
	t.Cleanup(func() { o.close(t) })
	return o
}

// parse reads an outcome file: lines by ID.
func parse(text []byte) (map[string]string, error) {
	lines := map[string]string{}
	begin := regexp.MustCompile(`: \{"(returns|raises)":`)
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSuffix(line, "\r")
		at := begin.FindStringIndex(line)
		switch {
		case line == "":
		case at == nil:
			return nil, fmt.Errorf(`line %d is not an outcome: want ID: {"returns":…} or ID: {"raises":…}; delete the line, and write it again with %s`, i+1, updateFlag())
		case lines[line[:at[0]]] != "":
			return nil, fmt.Errorf("line %d: duplicate outcome of %s; delete one of them", i+1, line[:at[0]])
		default:
			lines[line[:at[0]]] = line[at[0]+2:]
		}
	}
	return lines, nil
}

// compare compares an outcome with its line.
func (o *outcomes) compare(t testing.TB, id, line string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.now[id] != "" {
		t.Fatal("Outcome was called twice")
	}
	o.now[id] = line
	path := filepath.ToSlash(o.path)
	switch before := o.before[id]; {
	case o.rewrite || before == line:
	case before == "":
		t.Errorf("new response: it has no line in %s\n+ %s: %s\nif the application is right, write the line: %s", path, id, line, command(t))
	default:
		t.Errorf("the outcome is not that of %s\n- %s: %s\n+ %s: %s\nif the application is right, rewrite the line: %s", path, id, before, id, line, command(t))
	}
}

// ran notes that the subtest of a response is over.
func (o *outcomes) ran(t testing.TB, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.now[id] == "" && !t.Failed() && !t.Skipped() {
		o.unused[id] = true
	}
}

// close reports stale lines, or rewrites the file.
func (o *outcomes) close(t testing.TB) {
	t.Helper()
	var text strings.Builder
	stale := maps.Clone(o.before)
	for _, id := range o.ids {
		line := o.now[id]
		if line == "" && !o.unused[id] {
			line = o.before[id]
		}
		if line != "" {
			fmt.Fprintf(&text, "%s: %s\n", id, line)
			delete(stale, id)
		}
	}
	if !o.rewrite {
		for _, id := range slices.Sorted(maps.Keys(stale)) {
			t.Errorf("stale line: no response has an outcome for it in %s\n- %s: %s\nif this is right, delete the line: %s", filepath.ToSlash(o.path), id, stale[id], command(t))
		}
		return
	}
	if err := o.write(text.String()); err != nil {
		t.Error(err)
	}
}

// write replaces the file, or removes it if nothing is left.
func (o *outcomes) write(text string) error {
	if text == "" {
		if err := os.Remove(o.path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(o.path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(o.path, []byte(text), 0o666)
}

// command is what rewrites the outcome of a test.
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
