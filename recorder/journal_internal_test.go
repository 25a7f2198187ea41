package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

func (d *slowDisk) Close() error { return nil }

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
			if !disk.holds(journalLine(int64(i), origin{}, text)) {
				t.Error("not on the disk:", i)
			}
		})
	}
	all.Wait()
	require.NoError(t, j.close())
	require.LessOrEqual(t, disk.syncs.Load(), int32(16), "64 clients came at once")
	require.EqualValues(t, 64, j.kept.Load())
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
	require.ErrorIs(t, j.usable(), full)
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
	good := string(journalLine(7, trace, []byte("{\"a\":1}\n")))
	entry, read, ok := parseLine([]byte(good))
	require.True(t, ok)
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

	old := "{\"request\":7,\"crc32c\":\"" + string(appendChecksum(nil, []byte("7"), nil, []byte("{}"))) + "\",\"interaction\":{}}\n"
	entry, _, ok = parseLine([]byte(old))
	require.True(t, ok, "a line without a trace")
	require.Equal(t, journalEntry{number: 7, offset: int64(len(old) - 4), length: 2}, entry)
}
