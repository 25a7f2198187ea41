package recorder

import "fmt"

// Problem says why a recording cannot start, finish or be recovered.
type Problem string

const (
	CassetteUnusable Problem = "cassette-unusable" // the path is a folder or below a file, for instance
	JournalUnusable  Problem = "journal-unusable"  // it cannot be created, opened or read
	JournalInUse     Problem = "journal-in-use"    // by a running recorder
	JournalLeft      Problem = "journal-left"      // by a recorder that was killed
	JournalMissing   Problem = "journal-missing"   // there is nothing to recover
	JournalForeign   Problem = "journal-foreign"   // the file is not a journal, or of another version
	JournalFailed    Problem = "journal-failed"    // it can no longer be written: the disk is full, for instance
	CassetteFailed   Problem = "cassette-failed"   // it cannot be written
	RecorderClosed   Problem = "recorder-closed"
)

// problems has the message and the remedy of each problem.
var problems = map[Problem]struct{ what, remedy string }{
	CassetteUnusable: {"the path cannot be used for a cassette", "choose a file in a writable folder"},
	JournalUnusable:  {"the journal cannot be used", "make its folder writable, then run again"},
	JournalInUse:     {"another recorder is writing this cassette", "wait until it ends, or choose another cassette"},
	JournalLeft:      {"an interrupted recording has left its journal", "run crcheck cassette recover, or remove the journal"},
	JournalMissing:   {"there is no journal", "there is nothing to recover"},
	JournalForeign:   {"not a journal of a recording", "choose a journal that this version of crcheck wrote"},
	JournalFailed:    {"the journal can no longer be written", "free disk space, then run crcheck cassette recover to keep what was recorded"},
	CassetteFailed:   {"the cassette cannot be written; the recording is in the journal", "fix the cause, then run crcheck cassette recover"},
	RecorderClosed:   {"the recorder is closed", "end the client first, or record with a new one"},
}

// RecordError says why a recording cannot start, finish or be recovered. It wraps the cause, if any.
type RecordError struct {
	Problem  Problem
	Cassette string
	Journal  string
	Err      error
}

func (e *RecordError) Error() string {
	p := problems[e.Problem]
	text := fmt.Sprintf("recorder: %s: ", p.what)
	if e.Cassette != "" { // unknown if the journal cannot be read
		text += "cassette " + e.Cassette + ", "
	}
	text += "journal " + e.Journal
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text + "; " + p.remedy
}

func (e *RecordError) Unwrap() error { return e.Err }
