package recorder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/crcheck/crcheck/internal/links"
)

// A journal is a file of lines, each of them JSON. The first says what it is:
//
//	{"crcheckJournal":1,"cassette":"NAME","meta":{…},"redact":"format","contracts":"…"}
//
// Every other line is an interaction, as [traffic.WriteNDJSON] writes it, with the number of its
// request, its [redact.Trace], whose names are sealed with the redaction key, and a checksum of all:
//
//	{"request":0,"crc32c":"9d71dbc4","known":2,"pseudonyms":["901015145457"],"names":"k7Wd…","interaction":{"crcheckInteraction":1,…}}
//
// Lines are in the order in which interactions ended. The last one may be incomplete if the machine
// or the process ended while it was written.
type journal struct {
	file     journalFile
	disk     *os.File // the same, for reading it again; it holds the lock
	cassette string
	path     string
	size     int64 // of the complete lines

	pending chan entry
	closing chan struct{} // closed by the recorder
	ended   chan struct{} // closed by the writer when it has ended
	failure atomic.Pointer[RecordError]
	kept    atomic.Int64
}

// journalFile is the part of [os.File] that a journal uses.
type journalFile interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// entry is a line that waits to be written and synced.
type entry struct {
	line    []byte
	written chan error // buffered
}

// journalHeader is the first line.
type journalHeader struct {
	Version  int         `json:"crcheckJournal"`
	Cassette string      `json:"cassette"`
	Meta     journalMeta `json:"meta"`
	// Redact is format or all, as of [Options]. It is empty, and so are the contracts, where
	// an older crcheck wrote the journal.
	Redact    string `json:"redact,omitempty"`
	Contracts string `json:"contracts,omitempty"` // as in [Options]
}

const (
	redactFormat = "format"
	redactAll    = "all"
)

// headerOf is the first line of the journal of a cassette.
func headerOf(cassette string, opts Options) journalHeader {
	h := journalHeader{Version: journalVersion, Cassette: filepath.Base(cassette), Meta: journalMeta(opts.Meta), Redact: redactFormat, Contracts: opts.Contracts}
	if opts.All {
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
	Pseudonyms     string `json:"-"` // each line has its own
}

// journalVersion is the version of the format. Lines of earlier ones have no names.
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
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fail(occupied(path), nil)
	}
	if err != nil {
		return fail(JournalUnusable, err)
	}
	// Another process may hold the lock briefly, to see whether the journal is in use, or may have
	// removed the journal because it was empty.
	if err := lock(f, true); err != nil {
		f.Close()
		return fail(JournalUnusable, err)
	}
	if !names(path, f) {
		f.Close()
		return fail(JournalInUse, nil)
	}
	first, err := json.Marshal(headerOf(cassette, opts))
	if err == nil {
		_, err = f.Write(append(first, '\n'))
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		os.Remove(path)
		f.Close()
		return fail(JournalUnusable, err)
	}
	j := &journal{file: f, disk: f, cassette: cassette, path: path, size: int64(len(first) + 1)}
	j.start()
	return j, nil
}

// occupied returns whether the recorder of a journal is still running.
func occupied(path string) Problem {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return JournalLeft
	}
	defer f.Close()
	if err := lock(f, false); errors.Is(err, errLocked) {
		return JournalInUse
	}
	return JournalLeft
}

// names reports whether path is still the name of f.
func names(path string, f *os.File) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	here, err := f.Stat()
	return err == nil && os.SameFile(there, here)
}

var errLocked = errors.New("locked")

func (j *journal) start() {
	j.pending = make(chan entry)
	j.closing = make(chan struct{})
	j.ended = make(chan struct{})
	go j.write()
}

// keep returns when the interaction is on the disk. If the context ends first, it may or may not be
// written.
func (j *journal) keep(ctx context.Context, number int64, o origin, line []byte) error {
	e := entry{journalLine(number, o, line), make(chan error, 1)}
	select {
	case j.pending <- e:
	case <-j.closing:
		return j.problem(RecorderClosed, nil)
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-e.written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// journalLine is the line of an interaction, whose own line ends in a line break.
func journalLine(number int64, o origin, interaction []byte) []byte {
	interaction = bytes.TrimSuffix(interaction, []byte("\n"))
	trace, _ := json.Marshal(o) // numbers and strings cannot fail
	trace[0], trace = ',', trace[:len(trace)-1]
	b := make([]byte, 0, len(interaction)+len(trace)+80)
	b = append(b, numberMark...)
	b = strconv.AppendInt(b, number, 10)
	digits := b[len(numberMark):]
	b = append(b, checksumMark...)
	b = appendChecksum(b, digits, trace, interaction)
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

const (
	numberMark      = `{"request":`
	checksumMark    = `,"crc32c":"`
	interactionMark = `,"interaction":`
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendChecksum(b, number, trace, interaction []byte) []byte {
	const hex = "0123456789abcdef"
	sum := crc32.Update(crc32.Update(crc32.Checksum(number, castagnoli), castagnoli, trace), castagnoli, interaction)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, hex[sum>>shift&15])
	}
	return b
}

// maxBatch bounds the bytes that wait for one sync.
const maxBatch = 32 << 20

// write runs in the only goroutine that writes. Entries that arrive while it waits for the disk share
// the next sync.
func (j *journal) write() {
	defer close(j.ended)
	var text []byte
	var waiting []entry
	for {
		text, waiting = text[:0], waiting[:0]
		select {
		case e := <-j.pending:
			waiting = append(waiting, e)
		case <-j.closing:
			return
		}
	more:
		for size := len(waiting[0].line); size < maxBatch; {
			select {
			case e := <-j.pending:
				waiting = append(waiting, e)
				size += len(e.line)
			default:
				break more
			}
		}
		if len(waiting) == 1 {
			j.settle(waiting[0].line, waiting)
			continue
		}
		for _, e := range waiting {
			text = append(text, e.line...)
		}
		j.settle(text, waiting)
		if cap(text) > 1<<20 {
			text = nil
		}
		clear(waiting)
	}
}

// settle writes text and notifies its callers. After the first failure it writes nothing more: after
// a failed sync the content of the disk is unknown.
func (j *journal) settle(text []byte, waiting []entry) {
	var err error
	if failure := j.failure.Load(); failure != nil {
		err = failure
	} else if cause := j.append(text); cause != nil {
		failure := j.problem(JournalFailed, cause)
		j.failure.Store(failure)
		err = failure
	} else {
		j.kept.Add(int64(len(waiting)))
	}
	for _, e := range waiting {
		e.written <- err
	}
}

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

// usable returns why the journal accepts no more entries; nil: it does.
func (j *journal) usable() error {
	if failure := j.failure.Load(); failure != nil {
		return failure
	}
	select {
	case <-j.closing:
		return j.problem(RecorderClosed, nil)
	default:
		return nil
	}
}

// close waits until all entries are on the disk.
func (j *journal) close() error {
	close(j.closing)
	<-j.ended
	if failure := j.failure.Load(); failure != nil {
		return failure
	}
	return nil
}

func (j *journal) problem(problem Problem, err error) *RecordError {
	return &RecordError{Problem: problem, Cassette: j.cassette, Journal: j.path, Err: err}
}
