package recorder

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/traffic"
)

// Dropped is a line of a journal that is not whole, and is left out of the cassette. No client had
// the last byte of its response, unless the disk lost what it had said was safe.
type Dropped struct {
	Line  int // one-based
	Bytes int
	Torn  bool // the last line, without its end; else it does not have its checksum
}

// journalText is the readable part of a journal.
type journalText struct {
	header  journalHeader
	lines   []journalEntry // in the order in which the requests began
	dropped []Dropped

	pseudonyms map[string]bool // of all lines
	names      []string        // sealed, in the order in which the interactions ended
}

// journalEntry is the position of an interaction.
type journalEntry struct {
	number         int64
	known          int // as of [redact.Trace]
	offset, length int64
}

var errForeign = errors.New("the first line is not the header of a journal")

// readJournal finds the interactions of a journal. They are not decoded yet.
func readJournal(from io.Reader) (*journalText, error) {
	r := bufio.NewReaderSize(from, 64<<10)
	j := &journalText{pseudonyms: map[string]bool{}}
	first, err := r.ReadSlice('\n')
	const mark = `{"crcheckJournal":`
	switch {
	case err == io.EOF && (strings.HasPrefix(mark, string(first)) || bytes.HasPrefix(first, []byte(mark))):
		// The process was killed while it wrote the header.
		if len(first) > 0 {
			j.dropped = []Dropped{{Line: 1, Bytes: len(first), Torn: true}}
		}
		return j, nil
	case err == io.EOF || err == bufio.ErrBufferFull:
		return nil, errForeign
	case err != nil:
		return nil, err
	}
	name := &j.header.Cassette
	if json.Unmarshal(first, &j.header) != nil || j.header.Version < 1 || *name == "" || *name != filepath.Base(*name) {
		return nil, errForeign
	}
	if j.header.Version > journalVersion {
		return nil, fmt.Errorf("%w of this version: a newer crcheck wrote it", errForeign)
	}
	offset := int64(len(first))
	for line := 2; ; line++ {
		text, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, err
		}
		if entry, trace, ok := parseLine(text); ok {
			entry.offset += offset
			j.lines = append(j.lines, entry)
			for _, pseudonym := range trace.Pseudonyms {
				j.pseudonyms[pseudonym] = true
			}
			if trace.Names != "" {
				j.names = append(j.names, trace.Names)
			}
		} else if len(text) > 0 {
			j.dropped = append(j.dropped, Dropped{Line: line, Bytes: len(text), Torn: err == io.EOF})
		}
		if err == io.EOF {
			break
		}
		offset += int64(len(text))
	}
	slices.SortStableFunc(j.lines, func(a, b journalEntry) int { return cmp.Compare(a.number, b.number) })
	return j, nil
}

// parseLine returns the position and the trace of the interaction in a line; false if the line is
// damaged.
func parseLine(line []byte) (entry journalEntry, o origin, ok bool) {
	rest, ok := bytes.CutSuffix(line, []byte("}\n"))
	if !ok {
		return entry, o, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(numberMark)); !ok {
		return entry, o, false
	}
	number, rest, _ := bytes.Cut(rest, []byte(checksumMark))
	checksum, rest, _ := bytes.Cut(rest, []byte(`"`))
	trace, text, found := bytes.Cut(rest, []byte(interactionMark))
	n, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || !found || !bytes.Equal(checksum, appendChecksum(nil, number, trace, text)) {
		return entry, o, false
	}
	entry = journalEntry{number: n, offset: int64(len(line) - len(text) - len("}\n")), length: int64(len(text))}
	if len(trace) > 0 { // else it is of a crcheck that wrote none
		if json.Unmarshal(append(append([]byte("{"), trace[1:]...), '}'), &o) != nil {
			return entry, o, false
		}
	}
	entry.known = o.Known
	return entry, o, true
}

// interactions decodes them one by one.
func (j *journalText) interactions(f io.ReaderAt, name string) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		meta := traffic.Meta(j.header.Meta)
		meta.Pseudonyms = traffic.JoinPseudonyms(slices.Collect(maps.Keys(j.pseudonyms)))
		for in, err := range traffic.Read(name, &inOrder{f: f, rest: j.lines}) {
			if err == nil {
				in.Meta = meta
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

// inOrder reads the interactions of a journal, one a line.
type inOrder struct {
	f    io.ReaderAt
	rest []journalEntry
	line io.Reader
}

func (r *inOrder) Read(b []byte) (int, error) {
	for {
		if r.line != nil {
			if n, err := r.line.Read(b); n > 0 || err != io.EOF {
				return n, err
			}
		}
		if len(r.rest) == 0 {
			return 0, io.EOF
		}
		next := r.rest[0]
		r.rest = r.rest[1:]
		r.line = io.MultiReader(io.NewSectionReader(r.f, next.offset, next.length), strings.NewReader("\n"))
	}
}

// Recovery is the result of [Recover].
type Recovery struct {
	Cassette     string
	Interactions int // in the cassette; 0: there were none, and no cassette was written
	Dropped      []Dropped
	NoKey        bool // names that became known late were not replaced, because the key of the recording is missing
	// Contracts are those of the recording, as in [Options]; empty: it did not say. With others,
	// names that they make known stay where they are.
	Contracts string
	// Found is what was found when such names were replaced, as by [Recorder.Close].
	Found finding.Set
}

// Recover writes the cassette of a recording that was killed, or that could not be finished, and
// removes its journal. Every interaction of which a client had the whole response is there, once. An
// empty cassette path means the one that was being recorded; one that ends in .ndjson is written as
// NDJSON, which has no limit of size.
//
// The options are those of the recording: with its key, names that became known late are replaced
// in what stands before them, as [Recorder.Close] does. Without Options.Key, the key
// is looked up as in [New], but not created. Without the key of the recording such names stay, and
// NoKey is set. Options.All of the journal takes precedence.
//
// An error is a [*RecordError], [JournalInUse] if the recording still runs; then nothing was
// changed.
func Recover(journal, cassette string, opts Options) (*Recovery, error) {
	how, err := opts.redaction()
	if err != nil {
		return nil, err
	}
	fail := func(problem Problem, err error) (*Recovery, error) {
		return nil, &RecordError{Problem: problem, Cassette: cassette, Journal: journal, Err: err}
	}
	f, err := os.OpenFile(journal, os.O_RDWR, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fail(JournalMissing, nil)
	case err != nil:
		return fail(JournalUnusable, err)
	}
	defer f.Close()
	if err := lock(f, false); errors.Is(err, errLocked) {
		return fail(JournalInUse, nil)
	} else if err != nil {
		return fail(JournalUnusable, err)
	}
	if !names(journal, f) {
		return fail(JournalMissing, nil)
	}
	text, err := readJournal(f)
	switch {
	case errors.Is(err, errForeign):
		return fail(JournalForeign, err)
	case err != nil:
		return fail(JournalUnusable, err)
	}
	if base := filepath.Base(journal); text.header.Cassette == "" && !(strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".journal")) {
		return fail(JournalForeign, errors.New("it is empty, and its name is not that of a journal"))
	}
	if len(text.lines) == 0 && slices.ContainsFunc(text.dropped, func(d Dropped) bool { return !d.Torn }) {
		return fail(JournalUnusable, errors.New("all of its lines are damaged; nothing was changed"))
	}
	if cassette == "" && text.header.Cassette != "" {
		cassette = filepath.Join(filepath.Dir(journal), text.header.Cassette)
	}
	var found finding.Set
	if text.header.Redact != "" {
		how.All = text.header.Redact == redactAll
	}
	later := recoverNames(f, text, cassette, how, func(_ *traffic.Interaction, f finding.Set) { found = finding.Union(found, f) })
	if err := finish(f, text, cassette, later); err != nil {
		return fail(CassetteFailed, err)
	}
	if err := discard(f, journal); err != nil {
		return fail(JournalUnusable, err)
	}
	return &Recovery{Cassette: cassette, Interactions: len(text.lines), Dropped: text.dropped, NoKey: later == nil && len(text.lines) > 0, Contracts: text.header.Contracts, Found: found}, nil
}

// recoverNames replaces names that became known late; nil without the key of the recording.
func recoverNames(journal *os.File, text *journalText, cassette string, how redact.Options, tell func(*traffic.Interaction, finding.Set)) func(int, *traffic.Interaction) *traffic.Interaction {
	if how.Key == (redact.Key{}) {
		how.Key, _, _ = redact.ReadKey(redact.KeyOf(journal.Name())) // an unreadable key is not that of the recording
	}
	if how.Key.ID() != text.header.Meta.RedactionKey || text.header.Version < journalVersion {
		return nil
	}
	late := lateNames{text: text, cassette: cassette, redactor: redact.New(how), all: true, tell: tell}
	sealer := how.Key.Sealer()
	for _, sealed := range text.names {
		late.redactor.Remember(sealer.Open(sealed))
	}
	return late.replace
}

// discard removes a journal and releases its lock. Windows does not remove open files.
func discard(f *os.File, path string) error {
	err := os.Remove(path)
	if closed := f.Close(); err == nil {
		return closed
	}
	return os.Remove(path)
}
