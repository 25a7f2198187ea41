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
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/disk"
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
	gaps    []int

	pseudonyms map[string]bool // of all lines
	names      []string        // sealed, in the order in which the interactions ended
}

// journalEntry is the position of an interaction.
type journalEntry struct {
	line           int64 // the number that it has, which the damage of a file can displace
	number         int64 // of the request
	known          int   // as of [redact.Trace]
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
	var version struct {
		Version int `json:"crcheckJournal"`
	}
	if json.Unmarshal(first, &version) != nil || version.Version < 1 {
		return nil, errForeign
	}
	if version.Version != journalVersion {
		return nil, fmt.Errorf("%w of version %d, but of %d: recover with the crcheck that wrote it", errForeign, journalVersion, version.Version)
	}
	name, strict := &j.header.Cassette, json.NewDecoder(bytes.NewReader(first))
	strict.DisallowUnknownFields()
	if strict.Decode(&j.header) != nil || *name == "" || *name != filepath.Base(*name) || !slices.Contains([]string{redactFormat, redactAll, redactNone}, j.header.Redact) {
		return nil, errForeign
	}
	offset, next, seen := int64(len(first)), int64(1), map[int64]bool{}
	for line := 2; err == nil; line++ {
		var text []byte
		if text, err = r.ReadBytes('\n'); err != nil && err != io.EOF {
			return nil, err
		}
		if entry, trace, ok := parseLine(text); ok {
			if entry.line != next {
				j.gaps = append(j.gaps, line)
			}
			if !seen[entry.line] {
				entry.offset += offset
				j.lines = append(j.lines, entry)
				for _, pseudonym := range trace.Pseudonyms {
					j.pseudonyms[pseudonym] = true
				}
				if trace.Names != "" {
					j.names = append(j.names, trace.Names)
				}
			}
			seen[entry.line], next = true, entry.line
		} else if len(text) > 0 {
			j.dropped = append(j.dropped, Dropped{Line: line, Bytes: len(text), Torn: err == io.EOF})
		}
		offset += int64(len(text))
		next++
	}
	slices.SortStableFunc(j.lines, func(a, b journalEntry) int { return cmp.Compare(a.number, b.number) })
	return j, nil
}

// parseLine returns the position and the trace of the interaction in a line; false if the line is
// damaged.
func parseLine(line []byte) (entry journalEntry, o origin, ok bool) {
	rest, ends := bytes.CutSuffix(line, []byte("}\n"))
	rest, begins := bytes.CutPrefix(rest, []byte(lineMark))
	numbers, rest, _ := bytes.Cut(rest, []byte(checksumMark))
	checksum, rest, _ := bytes.Cut(rest, []byte(`"`))
	trace, text, found := bytes.Cut(rest, []byte(interactionMark))
	if !ends || !begins || !found || len(trace) == 0 || !bytes.Equal(checksum, appendChecksum(nil, numbers, trace, text)) {
		return entry, o, false
	}
	entry = journalEntry{offset: int64(len(line) - len(text) - len("}\n")), length: int64(len(text))}
	if _, err := fmt.Sscanf(string(numbers), "%d"+requestMark+"%d", &entry.line, &entry.number); err != nil {
		return entry, o, false
	}
	if json.Unmarshal(append(append([]byte("{"), trace[1:]...), '}'), &o) != nil {
		return entry, o, false
	}
	entry.known = o.Known
	return entry, o, true
}

// interactions decodes them one by one.
func (j *journalText) interactions(f io.ReaderAt) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		meta := traffic.Meta(j.header.Meta)
		meta.Pseudonyms = traffic.JoinPseudonyms(slices.Collect(maps.Keys(j.pseudonyms)))
		for in, err := range traffic.Read(j.header.Cassette, &inOrder{f: f, rest: j.lines}) {
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
	Gaps         []int // lines whose number does not follow that of the line before: lines are missing, or in another order
	NoKey        bool  // names that became known late were not replaced, because the key of the recording is missing
	// Contracts are those of the recording, as in [Options]; empty: it did not say. With others,
	// names that they make known stay where they are.
	Contracts string
	// Found is what was found when such names were replaced, as by [Recorder.Close].
	Found finding.Set
}

// Recover writes the cassette of a recording that was killed, or that could not be finished, and
// removes its journal. Every interaction of which a client had the whole response is there, once. An
// empty cassette path means the one that was being recorded, which the name of the journal and its
// first line must agree on; one that ends in .ndjson is written as NDJSON, which has no limit of size.
//
// The options are those of the recording: with its key, names that became known late are replaced
// in what stands before them, as [Recorder.Close] does. Without Options.Key, the key
// is looked up as in [New], but not created. Without the key of the recording such names stay, and
// NoKey is set. Options.All does not matter: the journal has it.
//
// An error is a [*RecordError], [JournalInUse] if the recording still runs; then nothing was
// changed.
func Recover(path, cassette string, opts Options) (*Recovery, error) {
	how, err := opts.redaction()
	if err != nil {
		return nil, err
	}
	fail := func(problem Problem, err error) (*Recovery, error) {
		return nil, &RecordError{Problem: problem, Cassette: cassette, Journal: path, Err: err}
	}
	j := &journal{files: opts.disk(), path: path}
	j.file, err = j.files.Open(path, os.O_RDWR, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fail(JournalMissing, nil)
	case errors.Is(err, disk.ErrNotRegular):
		return fail(JournalForeign, err)
	case err != nil:
		return fail(JournalUnusable, err)
	}
	defer j.file.Close()
	if err := j.file.Lock(false); errors.Is(err, disk.ErrLocked) {
		return fail(JournalInUse, nil)
	} else if err != nil {
		return fail(JournalUnusable, err)
	}
	if !disk.Names(path, j.file) {
		return fail(JournalMissing, nil)
	}
	text, err := readJournal(io.NewSectionReader(j.file, 0, math.MaxInt64))
	switch {
	case errors.Is(err, errForeign):
		return fail(JournalForeign, err)
	case err != nil:
		return fail(JournalUnusable, err)
	case len(text.lines) == 0 && slices.ContainsFunc(text.dropped, func(d Dropped) bool { return !d.Torn }):
		return fail(JournalUnusable, errors.New("all of its lines are damaged; nothing was changed"))
	}
	name := text.header.Cassette
	if empty := name == ""; empty {
		base := filepath.Base(path)
		if !strings.HasPrefix(base, ".") || !strings.HasSuffix(base, ".journal") {
			return fail(JournalForeign, errors.New("it is empty, and its name is not that of a journal"))
		}
	} else if cassette == "" {
		cassette = filepath.Join(filepath.Dir(path), name)
		if filepath.Base(JournalOf(name)) != filepath.Base(path) {
			return fail(JournalForeign, fmt.Errorf("it is the journal of %s, by its first line: give it its name back, or choose another cassette", name))
		}
	}
	how.All = text.header.Redact == redactAll
	var found finding.Set
	later := recoverNames(j, text, cassette, how, func(_ *traffic.Interaction, f finding.Set) { found = finding.Union(found, f) })
	if err := finish(j.files, j.file, text, cassette, later); err != nil {
		return fail(CassetteFailed, err)
	}
	if err := j.discard(); err != nil {
		return fail(JournalUnusable, err)
	}
	return &Recovery{Cassette: cassette, Interactions: len(text.lines), Dropped: text.dropped, Gaps: text.gaps, NoKey: later == nil && len(text.lines) > 0 && text.header.Redact != redactNone, Contracts: text.header.Contracts, Found: found}, nil
}

// recoverNames replaces names that became known late; nil without the key of the recording.
func recoverNames(j *journal, text *journalText, cassette string, how redact.Options, tell func(*traffic.Interaction, finding.Set)) func(int, *traffic.Interaction) *traffic.Interaction {
	if text.header.Redact == redactNone {
		return nil
	}
	if how.Key == (redact.Key{}) {
		how.Key, _, _ = redact.ReadKey(redact.KeyOf(j.path)) // an unreadable key is not that of the recording
	}
	if how.Key.ID() != text.header.Meta.RedactionKey {
		return nil
	}
	late := lateNames{text: text, cassette: cassette, redactor: redact.New(how), all: true, tell: tell}
	sealer := how.Key.Sealer()
	for _, sealed := range text.names {
		late.redactor.Remember(sealer.Open(sealed))
	}
	return late.replace
}
