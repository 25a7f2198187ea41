package recorder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slowDisk is a disk whose syncs take a while.
type slowDisk struct {
	mu              sync.Mutex
	written, synced []byte
	syncs           atomic.Int32
	fail            error
}

func (d *slowDisk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written = append(d.written, b...)
	return len(b), d.fail
}

func (d *slowDisk) Sync() error {
	d.mu.Lock()
	written := d.written
	d.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	d.syncs.Add(1)
	d.mu.Lock()
	d.synced = written
	d.mu.Unlock()
	return nil
}

func (d *slowDisk) Truncate(size int64) error {
	d.written = d.written[:size]
	return nil
}

func (d *slowDisk) Close() error                      { return nil }
func (d *slowDisk) Lock(bool) error                   { return nil }
func (d *slowDisk) Stat() (fs.FileInfo, error)        { return nil, fs.ErrInvalid }
func (d *slowDisk) ReadAt([]byte, int64) (int, error) { return 0, fs.ErrInvalid }

func (d *slowDisk) holds(line []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Contains(d.synced, line)
}

func journalOn(disk *slowDisk) *journal {
	j := &journal{file: disk, cassette: "c", path: "j"}
	j.start()
	return j
}

// An interaction is on the disk before its client goes on; clients that come together share a sync.
func TestGroupCommit(t *testing.T) {
	disk := &slowDisk{}
	j := journalOn(disk)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			text := fmt.Appendf(nil, "{\"n\":\"%d\"}\n", i)
			if err := j.keep(context.Background(), int64(i), origin{}, text); err != nil {
				t.Error(err)
			}
			if !disk.holds(text[:len(text)-1]) {
				t.Error("not on the disk:", i)
			}
		})
	}
	all.Wait()
	require.NoError(t, j.close())
	require.LessOrEqual(t, disk.syncs.Load(), int32(16), "64 clients came at once")
	require.Equal(t, 64, j.kept)
	require.EqualValues(t, 64, j.lines)
}

func TestJournalFails(t *testing.T) {
	disk := &slowDisk{}
	j := journalOn(disk)
	ctx := context.Background()
	require.NoError(t, j.keep(ctx, 0, origin{}, []byte("{}\n")))
	whole := string(disk.written)
	full := errors.New("full")
	disk.fail = full
	for range 2 {
		err := j.keep(ctx, 1, origin{}, []byte("{}\n"))
		require.ErrorIs(t, err, full)
		require.Equal(t, JournalFailed, err.(*RecordError).Problem)
		require.Equal(t, whole, string(disk.written), "what is torn is taken back, and nothing follows it")
		disk.fail = nil
	}
	_, err := j.usable()
	require.ErrorIs(t, err, full)
	require.ErrorIs(t, j.close(), full)
}

// A client that goes away does not wait for the disk.
func TestKeepOfGoneClient(t *testing.T) {
	j := journalOn(&slowDisk{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := j.keep(ctx, 0, origin{}, []byte("{}\n")); err != nil {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.NoError(t, j.close())
}

func TestParseLine(t *testing.T) {
	trace := origin{Known: 12, Pseudonyms: []string{"a\"b"}, Names: "sealed"}
	good := string(appendLine(nil, 3, 7, trace.members(), []byte("{\"a\":1}\n")))
	entry, read, ok := parseLine([]byte(good))
	require.True(t, ok)
	require.EqualValues(t, 3, entry.line)
	require.EqualValues(t, 7, entry.number)
	require.Equal(t, trace, read)
	require.Equal(t, `{"a":1}`, good[entry.offset:entry.offset+entry.length])
	for i := range good {
		_, _, ok := parseLine([]byte(good[:i]))
		require.False(t, ok, "torn after %d bytes", i)
		changed := []byte(good)
		changed[i] ^= 1
		_, _, ok = parseLine(changed)
		require.False(t, ok, "byte %d is another", i)
	}
}

// FuzzReadJournal checks that reading a journal that anybody could have written ends, and that each
// interaction that it finds is within the file, once.
func FuzzReadJournal(f *testing.F) {
	head, err := json.Marshal(headerOf("c.yaml", Options{}))
	require.NoError(f, err)
	head = append(head, '\n')
	first := appendLine(nil, 1, 0, origin{Known: 1}.members(), []byte("{\"a\":1}\n"))
	second := appendLine(nil, 2, 5, origin{}.members(), []byte("{}\n"))
	f.Add(slices.Concat(head, first, second))
	f.Add(slices.Concat(head, second, first, first))
	f.Add(slices.Concat(head, first, second[:20]))
	f.Add(head[:20])
	f.Add([]byte("{\"crcheckJournal\":2}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		j, err := readJournal(bytes.NewReader(text))
		if err != nil {
			return
		}
		seen := map[int64]bool{}
		for _, line := range j.lines {
			require.False(t, seen[line.line])
			seen[line.line] = true
			require.LessOrEqual(t, line.offset+line.length, int64(len(text)))
			require.Positive(t, line.offset)
		}
	})
}
