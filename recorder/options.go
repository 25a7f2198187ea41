package recorder

import (
	"net/http"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Options configure a [Recorder]. The zero value redacts with the key in CRCHECK_REDACTION_KEY or in
// the key file next to the cassette.
type Options struct {
	// Transport reaches the service. Nil is a clone of [http.DefaultTransport] that does not request
	// compression, so that bodies are recorded as they were on the wire.
	Transport http.RoundTripper
	// Key is the text of the redaction key, as in a key file. If it is empty, the key
	// is CRCHECK_REDACTION_KEY or else the key file next to the cassette, which is created if missing.
	Key string
	// All replaces every string, except those that do not identify anybody, such as enum values.
	All bool
	// NoRedact records everything as it is, for services that know nobody: emulators. Secrets are
	// counted, and their findings are info. There is no key then.
	NoRedact bool
	// Catalog has the contracts that say which strings are sensitive. Nil redacts by the format of
	// the strings alone.
	Catalog *schema.Catalog
	// Check is called with each interaction as it will be recorded, before the client has its
	// answer; from many goroutines.
	Check func(*traffic.Interaction) finding.Set
	// Found is told what redaction, its scan and Check found in an interaction, and of bodies that
	// were too large, before the client has its response; and by [Recorder.Close] what it found in
	// those that it changed. One call at a time. [traffic.Interaction.Index] is the number of the
	// request, counted from zero as they began: those that are not recorded leave no gap in the
	// cassette.
	Found func(*traffic.Interaction, finding.Set)
	// Contracts identifies the contracts of Catalog, such as by a digest. [Recover] returns it, so
	// that a caller can check that its contracts are those of the recording.
	Contracts string
	// Meta is the metadata of the cassette. The recorder sets the ID of the key and the provenance,
	// "recorded".
	Meta traffic.Meta

	// Keep are names that are not replaced, such as those of public buckets. A name that looks like a
	// secret is an error.
	Keep []string

	classify redact.Classify // replaces Catalog if not nil; for tests
	files    disk.FS         // replaces the file system if not nil; for tests
}

func (o *Options) disk() disk.FS {
	if o.files != nil {
		return o.files
	}
	return disk.OS{}
}

// redaction returns the options of package redact. Its key is zero if o names none.
func (o *Options) redaction() (how redact.Options, err error) {
	if err := redact.CheckKeep(o.Keep); err != nil {
		return how, err
	}
	how = redact.Options{Classify: o.classify, All: o.All, Keep: o.Keep}
	if how.Classify == nil && o.Catalog != nil {
		how.Classify = bycontract.New(o.Catalog)
	}
	if o.Key != "" {
		how.Key, err = redact.ParseKey(o.Key)
	}
	return how, err
}
