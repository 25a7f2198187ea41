package recorder

import "fmt"

// Problem is why something cannot be recorded, finished or recovered.
type Problem string

const (
	CassetteUnusable Problem = "cassette-unusable" // the path is a folder, say, or below a file
	JournalUnusable  Problem = "journal-unusable"  // it cannot be made, opened or read
	JournalInUse     Problem = "journal-in-use"    // by a recorder that runs
	JournalLeft      Problem = "journal-left"      // by a recorder that was killed
	JournalMissing   Problem = "journal-missing"   // there is nothing to recover
	JournalForeign   Problem = "journal-foreign"   // the file is no journal, or that of another version
	JournalFailed    Problem = "journal-failed"    // it can no longer be written: the disk is full, say
	CassetteFailed   Problem = "cassette-failed"   // it cannot be written
	RecorderClosed   Problem = "recorder-closed"
)

// problems is what each of them means, and what to do.
var problems = map[Problem]struct{ what, remedy string }{
	CassetteUnusable: {"this cannot be a cassette", "name a file in a folder that can be written"},
	JournalUnusable:  {"the journal cannot be used", "see that its folder can be written, then run again"},
	JournalInUse:     {"another recorder writes this cassette", "wait until it ends, or name another cassette"},
	JournalLeft:      {"a recording that did not end has left its journal", "run crcheck cassette recover, or remove the journal"},
	JournalMissing:   {"there is no journal", "nothing needs to be recovered"},
	JournalForeign:   {"this is no journal of a recording", "name a journal that this version of crcheck wrote"},
	JournalFailed:    {"the journal can no longer be written", "make room, then run crcheck cassette recover for what was recorded until then"},
	CassetteFailed:   {"the cassette cannot be written; everything recorded is in the journal", "remove the cause, then run crcheck cassette recover"},
	RecorderClosed:   {"the recorder is closed", "end the client first, or record with a new one"},
}

// RecordError says why something cannot be recorded, finished or recovered. It wraps the cause, if
// there is one.
type RecordError struct {
	Problem  Problem
	Cassette string
	Journal  string
	Err      error
}

func (e *RecordError) Error() string {
	p := problems[e.Problem]
	text := fmt.Sprintf("recorder: %s: ", p.what)
	if e.Cassette != "" { // else the journal was to say
		text += "cassette " + e.Cassette + ", "
	}
	text += "journal " + e.Journal
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text + "; " + p.remedy
}

func (e *RecordError) Unwrap() error { return e.Err }
