package recorder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/traffic"
)

// faultyDisk is the file system of a process that has a fault at one of its operations.
type faultyDisk struct {
	fault fault
	at    int // the operation with the fault; -1: none

	mu     sync.Mutex
	ops    []string // so far
	dead   bool
	full   bool
	open   []*faultyFile
	synced map[string]int64 // bytes of files that survive the machine, by path
}

// fault is what happens at an operation.
type fault struct {
	name  string
	on    string // the kind of operation that can have it; empty: each
	err   error  // of the operation
	half  bool   // of the bytes are written
	stays bool   // later writes fail, too
	kill  bool   // the process ends: nothing happens any more
	power bool   // the machine ends, too: only what was synced is left
}

var errKilled = errors.New("the process does not exist any more")

var faults = []fault{
	{name: "kill", err: errKilled, kill: true},
	{name: "kill in a write", on: "write", err: errKilled, half: true, kill: true},
	{name: "power", err: errKilled, kill: true, power: true},
	{name: "ENOSPC", on: "write", err: syscall.ENOSPC, half: true, stays: true},
	{name: "short write", on: "write", err: io.ErrShortWrite, half: true},
	{name: "EIO", err: syscall.EIO},
	{name: "EIO of sync", on: "sync", err: syscall.EIO},
}

// step counts an operation, and returns its fault.
func (d *faultyDisk) step(kind, path string) (f fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.dead:
		return fault{err: errKilled}
	case d.full && kind == "write":
		return fault{err: d.fault.err}
	}
	d.ops = append(d.ops, kind+" "+filepath.Base(path))
	if len(d.ops)-1 != d.at || d.fault.on != "" && d.fault.on != kind {
		return fault{}
	}
	d.dead, d.full = d.fault.kill, d.fault.stays
	return d.fault
}

// end ends the process: its locks end with it.
func (d *faultyDisk) end(t *testing.T) {
	for _, f := range d.open {
		f.File.Close()
	}
	if !d.dead || !d.fault.power {
		return
	}
	for path, size := range d.synced {
		if there, err := os.Stat(path); err == nil && there.Size() > size {
			require.NoError(t, os.Truncate(path, size))
		}
	}
}

func (d *faultyDisk) Open(path string, flag int, mode fs.FileMode) (disk.File, error) {
	if f := d.step("open", path); f.err != nil {
		return nil, f.err
	}
	f, err := disk.OS{}.Open(path, flag, mode)
	if err != nil {
		return nil, err
	}
	faulty := &faultyFile{File: f, disk: d, path: path}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, faulty)
	if flag&os.O_CREATE != 0 {
		if there, err := f.Stat(); err == nil && there.Size() == 0 {
			d.synced[path] = 0
		}
	}
	return faulty, nil
}

func (d *faultyDisk) Rename(from, to string) error {
	if f := d.step("rename", to); f.err != nil {
		return f.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.synced[to] = d.synced[from]
	delete(d.synced, from)
	return os.Rename(from, to)
}

func (d *faultyDisk) Remove(path string) error {
	if f := d.step("remove", path); f.err != nil {
		return f.err
	}
	return os.Remove(path)
}

func (d *faultyDisk) SyncFolder(path string) error {
	if f := d.step("sync", "the folder"); f.err != nil {
		return f.err
	}
	return disk.OS{}.SyncFolder(path)
}

type faultyFile struct {
	disk.File
	disk *faultyDisk
	path string
}

func (f *faultyFile) Write(b []byte) (n int, err error) {
	if fault := f.disk.step("write", f.path); fault.err != nil {
		if fault.half {
			n, _ = f.File.Write(b[:len(b)/2])
		}
		return n, fault.err
	}
	return f.File.Write(b)
}

func (f *faultyFile) ReadAt(b []byte, from int64) (int, error) {
	if fault := f.disk.step("read", f.path); fault.err != nil {
		return 0, fault.err
	}
	return f.File.ReadAt(b, from)
}

func (f *faultyFile) Sync() error {
	if fault := f.disk.step("sync", f.path); fault.err != nil {
		return fault.err
	}
	there, err := f.File.Stat()
	if err != nil {
		return err
	}
	f.disk.mu.Lock()
	f.disk.synced[f.path] = there.Size()
	f.disk.mu.Unlock()
	return f.File.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	if fault := f.disk.step("truncate", f.path); fault.err != nil {
		return fault.err
	}
	return f.File.Truncate(size)
}

func (f *faultyFile) Lock(wait bool) error {
	if fault := f.disk.step("lock", f.path); fault.err != nil {
		return fault.err
	}
	return f.File.Lock(wait)
}

func (f *faultyFile) Close() error {
	fault := f.disk.step("close", f.path)
	if fault.kill {
		return fault.err
	}
	return errors.Join(fault.err, f.File.Close()) // a failed close releases the file, too
}

// service responds to each request with its path, in a body that takes several writes.
type service struct{}

func bodyOf(path string) string { return path + strings.Repeat(" text of a response", 1500) }

func (service) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(strings.NewReader(bodyOf(r.URL.Path))), Request: r}, nil
}

const asked = 3

// recordFaulty records on a disk. It returns the paths whose responses the client had in full, and
// what the run said.
func recordFaulty(d *faultyDisk, cassette string) (had []string, said error) {
	r, err := New(cassette, Options{Transport: service{}, files: d})
	if err != nil {
		return nil, err
	}
	for i := range asked {
		path := fmt.Sprint("/", i)
		req, err := http.NewRequest("GET", "http://service.example"+path, nil)
		if err != nil {
			return had, err
		}
		res, err := r.RoundTrip(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
		}
		if err != nil {
			said = errors.Join(said, err)
			continue
		}
		had = append(had, path)
	}
	return had, errors.Join(said, r.Close())
}

// requireWhole checks that a cassette is the old one or has all that the client had, whole, and once.
func requireWhole(t *testing.T, cassette string, old bool, had []string) {
	text, err := os.ReadFile(cassette)
	if len(had) == 0 && (err != nil || old && string(text) == "old") {
		return
	}
	require.NoError(t, err)
	seen := map[string]bool{}
	for in, err := range traffic.Read(cassette, bytes.NewReader(text)) {
		require.NoError(t, err)
		path := strings.TrimPrefix(in.Request.URL, "http://service.example")
		require.False(t, seen[path], "twice: %s", path)
		seen[path] = true
		require.Equal(t, bodyOf(path), string(in.Response.Body.Bytes))
	}
	for _, path := range had {
		require.True(t, seen[path], "lost: %s", path)
	}
}

// TestFaults has a fault at every operation of a recording, and then at every operation of the
// recovery. What the client received in full is in the cassette, or can be recovered, or the run said
// otherwise; the next recording starts; and the key has one name.
func TestFaults(t *testing.T) {
	t.Setenv(redact.Variable, "")
	for _, old := range []bool{true, false}[:map[bool]int{false: 2, true: 1}[testing.Short()]] {
		clean := &faultyDisk{at: -1, synced: map[string]int64{}}
		had, said := recordFaulty(clean, newCassette(t, old))
		require.NoError(t, said)
		require.Len(t, had, asked)
		for _, f := range faults {
			for at, op := range clean.ops {
				if kind, _, _ := strings.Cut(op, " "); f.on != "" && f.on != kind {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d %s/old %t", f.name, at, op, old), func(t *testing.T) {
					cassette := newCassette(t, old)
					d := &faultyDisk{fault: f, at: at, synced: map[string]int64{}}
					had, said := recordFaulty(d, cassette)
					d.end(t)
					require.Greater(t, len(d.ops), at, "the fault did not happen")
					if said == nil {
						require.Len(t, had, asked)
					} else {
						require.NotEmpty(t, said.Error())
					}
					requireRecovered(t, cassette, old, had, said)
				})
			}
		}
	}
}

func newCassette(t *testing.T, old bool) string {
	cassette := filepath.Join(t.TempDir(), "c.yaml")
	if old {
		require.NoError(t, os.WriteFile(cassette, []byte("old"), 0o644))
	}
	return cassette
}

// requireRecovered recovers what a fault has left, and checks that nothing is lost and nothing is in
// the way of the next recording.
func requireRecovered(t *testing.T, cassette string, old bool, had []string, said error) {
	_, err := os.Stat(JournalOf(cassette))
	if said == nil {
		require.ErrorIs(t, err, fs.ErrNotExist, "the run said that it is done")
	}
	if err == nil {
		report, err := Recover(JournalOf(cassette), "", Options{})
		require.NoError(t, err)
		require.Empty(t, report.Gaps)
		for _, line := range report.Dropped {
			require.True(t, line.Torn)
		}
	}
	requireWhole(t, cassette, old, had)

	r, err := New(cassette, Options{Transport: service{}})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	requireWhole(t, cassette, old, had)
	var names, keys []string
	dir := filepath.Dir(cassette)
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, file := range all {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		require.NoError(t, err)
		if strings.Contains(string(text), "crcheck-redaction-key-1:") {
			keys = append(keys, file.Name())
		}
		if file.Name() != "c.yaml" {
			names = append(names, file.Name())
		}
	}
	require.Equal(t, []string{".crcheck-redaction-key", ".gitignore"}, names)
	require.Equal(t, []string{".crcheck-redaction-key"}, keys)
	text, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	require.NoError(t, err)
	require.Equal(t, "/.crcheck-redaction-key\n", string(text))
}

// TestFaultsOfRecovery has a fault at every operation of the recovery of a recording that was killed.
func TestFaultsOfRecovery(t *testing.T) {
	t.Setenv(redact.Variable, "")
	killed := func(t *testing.T) (cassette string, had []string) {
		cassette = newCassette(t, true)
		d := &faultyDisk{fault: faults[0], at: -1, synced: map[string]int64{}}
		_, _ = recordFaulty(d, newCassette(t, true))
		last := 0
		for i, op := range d.ops {
			if op == "write .c.yaml.journal" {
				last = i
			}
		}
		d = &faultyDisk{fault: faults[0], at: last + 2, synced: map[string]int64{}} // after its sync
		had, said := recordFaulty(d, cassette)
		require.Error(t, said)
		require.Len(t, had, asked)
		d.end(t)
		return cassette, had
	}
	cassette, _ := killed(t)
	clean := &faultyDisk{at: -1, synced: map[string]int64{}}
	_, err := Recover(JournalOf(cassette), "", Options{files: clean})
	require.NoError(t, err)
	for _, f := range faults {
		for at, op := range clean.ops {
			if kind, _, _ := strings.Cut(op, " "); f.on != "" && f.on != kind {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d %s", f.name, at, op), func(t *testing.T) {
				cassette, had := killed(t)
				d := &faultyDisk{fault: f, at: at, synced: map[string]int64{}}
				_, said := Recover(JournalOf(cassette), "", Options{files: d})
				d.end(t)
				requireRecovered(t, cassette, true, had, said)
			})
		}
	}
}
