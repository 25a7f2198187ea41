package recorder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/links"
)

// A journal is a file of lines, each of them JSON. The first says what it is:
//
//	{"crcheckJournal":3,"cassette":"NAME","meta":{…},"redact":"format","contracts":"…"}
//
// Every other line is an interaction, as [traffic.WriteNDJSON] writes it, with the number of the
// line, counted from one, the number of its request, its [redact.Trace], whose names are sealed with
// the redaction key, and a checksum of all:
//
//	{"line":1,"request":0,"crc32c":"9d71dbc4","known":2,"pseudonyms":["901015145457"],"names":"k7Wd…","interaction":{"crcheckInteraction":1,…}}
//
// Lines are in the order in which interactions ended. The last one may be incomplete if the machine
// or the process ended while it was written.
type journal struct {
	files    disk.FS
	file     disk.File // it holds the lock
	cassette string
	path     string

	mu      sync.Mutex
	next    *batch // what waits while the disk is busy
	spare   []byte // the memory of a batch that is on the disk
	lines   int64  // given a number
	closed  bool
	failure *RecordError
	kept    int

	size  int64         // of the lines on the disk; only the writer changes it
	work  chan struct{} // has a value if there is a batch, or the journal is closed
	ended chan struct{} // closed when the writer has ended
}

// batch is lines that share a write and a sync.
type batch struct {
	text []byte
	n    int
	done chan struct{} // closed when they are on the disk, or err is set
	err  error
}

// journalHeader is the first line.
type journalHeader struct {
	Version  int         `json:"crcheckJournal"`
	Cassette string      `json:"cassette"`
	Meta     journalMeta `json:"meta"`
	// Redact is format, all or none, as of [Options].
	Redact    string `json:"redact"`
	Contracts string `json:"contracts,omitempty"` // as in [Options]
}

const (
	redactFormat = "format"
	redactAll    = "all"
	redactNone   = "none"
)

// headerOf is the first line of the journal of a cassette.
func headerOf(cassette string, opts Options) journalHeader {
	h := journalHeader{Version: journalVersion, Cassette: filepath.Base(cassette), Meta: journalMeta(opts.Meta), Redact: redactFormat, Contracts: opts.Contracts}
	switch {
	case opts.NoRedact:
		h.Redact = redactNone
	case opts.All:
		h.Redact = redactAll
	}
	return h
}

// journalMeta is [traffic.Meta] as the first line spells it.
type journalMeta struct {
	Contract       string `json:"contract,omitempty"`
	ContractDigest string `json:"contractDigest,omitempty"`
	RedactionKey   string `json:"redactionKey,omitempty"`
	Provenance     string `json:"provenance,omitempty"`
	From           string `json:"from,omitempty"`
	Redacted       string `json:"redacted,omitempty"`
	Pseudonyms     string `json:"-"` // each line has its own
}

// journalVersion is the version of the format. Another version redacted in another way.
const journalVersion = 3

// JournalOf is the path of the journal of a cassette while it is recorded: .NAME.journal in its
// folder, a name that [traffic.Files] skips. A link to the cassette is followed.
func JournalOf(cassette string) string {
	dir, name := filepath.Split(links.Follow(cassette))
	return filepath.Join(dir, "."+name+".journal")
}

// newJournal creates a journal and locks it. Only its owner may read it.
func newJournal(cassette string, opts Options) (*journal, error) {
	path := JournalOf(cassette)
	fail := func(problem Problem, err error) (*journal, error) {
		return nil, &RecordError{Problem: problem, Cassette: cassette, Journal: path, Err: err}
	}
	files := opts.disk()
	f, err := files.Open(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fail(occupied(files, path), nil)
	}
	if err != nil {
		return fail(JournalUnusable, err)
	}
	// Another process may hold the lock briefly, to see whether the journal is in use, or may have
	// removed the journal because it was empty.
	if err := f.Lock(true); err != nil {
		f.Close()
		return fail(JournalUnusable, err)
	}
	if !disk.Names(path, f) {
		f.Close()
		return fail(JournalInUse, nil)
	}
	j := &journal{files: files, file: f, cassette: cassette, path: path}
	first, err := json.Marshal(headerOf(cassette, opts))
	if err == nil {
		err = j.append(append(first, '\n'))
	}
	if err == nil {
		err = files.SyncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fail(JournalUnusable, errors.Join(err, j.discard()))
	}
	j.start()
	return j, nil
}

// occupied returns whether the recorder of a journal is still running.
func occupied(files disk.FS, path string) Problem {
	f, err := files.Open(path, os.O_RDWR, 0)
	if err != nil {
		return JournalLeft
	}
	defer f.Close()
	if err := f.Lock(false); errors.Is(err, disk.ErrLocked) {
		return JournalInUse
	}
	return JournalLeft
}

func (j *journal) start() {
	j.work = make(chan struct{}, 1)
	j.ended = make(chan struct{})
	go j.write()
}

// wake makes the writer look for work.
func (j *journal) wake() {
	select {
	case j.work <- struct{}{}:
	default: // it will look anyway
	}
}

// keep returns when the interaction is on the disk. If the context ends first, it may or may not be
// written.
func (j *journal) keep(ctx context.Context, request int64, trace origin, interaction []byte) error {
	members := trace.members()
	j.mu.Lock()
	if err := j.refusal(); err != nil {
		j.mu.Unlock()
		return err
	}
	if j.next == nil {
		j.next = &batch{text: j.spare[:0], done: make(chan struct{})}
		j.spare = nil
		j.wake()
	}
	b := j.next
	j.lines++
	b.text = appendLine(b.text, j.lines, request, members, interaction)
	b.n++
	j.mu.Unlock()
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// appendLine appends the line of an interaction, whose own line ends in a line break.
func appendLine(b []byte, line, request int64, trace, interaction []byte) []byte {
	interaction = bytes.TrimSuffix(interaction, []byte("\n"))
	b = append(b, lineMark...)
	from := len(b)
	b = strconv.AppendInt(b, line, 10)
	b = append(b, requestMark...)
	b = strconv.AppendInt(b, request, 10)
	numbers := b[from:]
	b = append(b, checksumMark...)
	b = appendChecksum(b, numbers, trace, interaction)
	b = append(b, '"')
	b = append(b, trace...)
	b = append(b, interactionMark...)
	b = append(b, interaction...)
	return append(b, "}\n"...)
}

// origin is the trace of an interaction.
type origin struct {
	Known      int      `json:"known"`
	Pseudonyms []string `json:"pseudonyms,omitempty"`
	Names      string   `json:"names,omitempty"` // sealed
}

// members returns the members of a line, each after a comma.
func (o origin) members() []byte {
	text, _ := json.Marshal(o) // numbers and strings cannot fail
	text[0] = ','
	return text[:len(text)-1]
}

const (
	lineMark        = `{"line":`
	requestMark     = `,"request":`
	checksumMark    = `,"crc32c":"`
	interactionMark = `,"interaction":`
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendChecksum(b, numbers, trace, interaction []byte) []byte {
	const hex = "0123456789abcdef"
	sum := crc32.Update(crc32.Update(crc32.Checksum(numbers, castagnoli), castagnoli, trace), castagnoli, interaction)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, hex[sum>>shift&15])
	}
	return b
}

// write runs in the only goroutine that writes. Lines that arrive while it waits for the disk share
// the next write and the next sync. After the first failure it writes nothing more: after a failed
// sync the content of the disk is unknown.
func (j *journal) write() {
	defer close(j.ended)
	for range j.work {
		j.mu.Lock()
		b, closed, failure := j.next, j.closed, j.failure
		j.next = nil
		j.mu.Unlock()
		if b != nil {
			if failure == nil {
				if err := j.append(b.text); err != nil {
					failure = j.problem(JournalFailed, err)
				}
			}
			j.mu.Lock()
			if j.failure = failure; failure != nil {
				b.err = failure
			} else {
				j.kept += b.n
			}
			if cap(b.text) <= maxSpare {
				j.spare = b.text
			}
			j.mu.Unlock()
			close(b.done)
		}
		if closed {
			return
		}
	}
}

const maxSpare = 1 << 20 // bytes

func (j *journal) append(text []byte) error {
	_, err := j.file.Write(text)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		_ = j.file.Truncate(j.size) // if this fails, recovery drops the incomplete line
		return err
	}
	j.size += int64(len(text))
	return nil
}

// refusal returns why the journal accepts no more lines; nil: it does. The caller holds j.mu.
func (j *journal) refusal() error {
	switch {
	case j.failure != nil:
		return j.failure
	case j.closed:
		return j.problem(RecorderClosed, nil)
	}
	return nil
}

// usable is refusal, and the number of interactions on the disk.
func (j *journal) usable() (kept int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.kept, j.refusal()
}

// close waits until all lines are on the disk.
func (j *journal) close() error {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.wake()
	<-j.ended
	if j.failure != nil {
		return j.failure
	}
	return nil
}

// discard removes the journal and releases its lock. Windows does not remove open files.
func (j *journal) discard() error {
	err := j.files.Remove(j.path)
	if closed := j.file.Close(); err == nil {
		return closed
	}
	return j.files.Remove(j.path)
}

func (j *journal) problem(problem Problem, err error) *RecordError {
	return &RecordError{Problem: problem, Cassette: j.cassette, Journal: j.path, Err: err}
}
