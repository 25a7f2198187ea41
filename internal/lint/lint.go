// Package lint checks cassettes as files that people keep and commit.
//
// The model: a file is read once, in the order of its interactions, keeping a digest of each. Every
// interaction is validated against the contract that its request routes to, searched for secrets,
// and compared with the earlier ones. The file as a whole is compared with what crcheck would
// write, and with the contract that it names.
package lint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Options configure the checks of a cassette.
type Options struct {
	// Check validates an interaction against its contract; see [validate.Catalog.Check].
	Check func(*traffic.Interaction) (validate.Outcome, error)
	// Contract returns the contract of a name that a cassette has in its metadata, such as
	// cleanrooms.GetProtectedJob@1.43.67; nil if it is unknown.
	Contract func(name string) *schema.Contract
	// Classify returns the contracts' classes of strings for the search for secrets; nil: none.
	Classify redact.Classify
	Profile  finding.Profile
	Found    bool // the file was found in a folder, rather than named
}

// File checks one cassette, and calls found with each interaction and its findings. A call without
// an interaction is about an entry that does not conform to its format or, as the last call, about
// the file. The error is of package traffic. Only a cassette is held as a whole, at most
// [traffic.MaxCassette] bytes: other formats are read one interaction at a time.
func File(name string, in io.Reader, options Options, found func(*traffic.Interaction, validate.Outcome, finding.Set)) error {
	f := file{options: options, seen: map[[sha256.Size]byte]int{}}
	var text written
	for x, err := range (traffic.File{Path: name, Named: !options.Found}).Read(io.TeeReader(in, &text)) {
		var odd *traffic.Error
		switch {
		case errors.As(err, &odd) && odd.Is(traffic.ErrOddEntry):
			found(nil, validate.Outcome{}, options.Profile.Grade(validate.Odd(odd)))
			continue
		case err != nil:
			return err
		}
		f.kind, f.meta, f.count = x.Kind, x.Meta, f.count+1
		if f.kind != traffic.Cassette {
			text = written{dropped: true}
		}
		outcome, findings, err := f.interaction(x)
		if err != nil {
			return err
		}
		if findings = options.Profile.Grade(findings); x.Meta.Redacted == traffic.NotRedacted {
			findings = redact.Admitted(findings)
		}
		found(x, outcome, findings)
	}
	if f.count > 0 {
		found(nil, validate.Outcome{}, options.Profile.Grade(f.whole(name, &text)))
	}
	return nil
}

// written is the text of a file as it was read, as long as it may be that of a cassette.
type written struct {
	bytes.Buffer
	dropped bool
}

func (w *written) Write(p []byte) (int, error) {
	if w.dropped = w.dropped || w.Len()+len(p) > traffic.MaxCassette; w.dropped {
		w.Buffer = bytes.Buffer{}
		return len(p), nil
	}
	return w.Buffer.Write(p)
}

type file struct {
	options Options
	seen    map[[sha256.Size]byte]int // number of the first interaction, by digest
	count   int
	kind    traffic.Kind
	meta    traffic.Meta
}

func (f *file) interaction(x *traffic.Interaction) (validate.Outcome, finding.Set, error) {
	outcome := validate.Outcome{NotChecked: "no request was recorded"}
	if x.Request != nil {
		var err error
		if outcome, err = f.options.Check(x); err != nil {
			return outcome, nil, err
		}
	}
	findings := finding.Union(outcome.Findings, located(redact.Scan(x, f.options.Classify), x))
	digest := digestOf(x)
	first, twice := f.seen[digest]
	if !twice {
		f.seen[digest] = x.Index + 1
		return outcome, findings, nil
	}
	at := x.Response.Body.Position(0)
	return outcome, finding.Union(findings, located(finding.NewSet(finding.Finding{Rule: finding.CassetteDuplicate, Line: at.Line, Column: at.Column,
		Found: finding.ValueOf(finding.KindInteger, strconv.Itoa(first))}), x)), nil
}

// located sets the place of findings about an interaction.
func located(findings finding.Set, x *traffic.Interaction) finding.Set {
	for i := range findings {
		findings[i].Source, findings[i].Interaction = x.Source, x.Index+1
	}
	return findings
}

// digestOf returns a digest that is equal for interactions that replay cannot distinguish.
func digestOf(x *traffic.Interaction) [sha256.Size]byte {
	h := sha256.New()
	part := func(text []byte) {
		binary.Write(h, binary.LittleEndian, int64(len(text))) //nolint:errcheck // a hash does not fail
		h.Write(text)
	}
	if x.Request != nil {
		part([]byte(x.Request.Method))
		part([]byte(x.Request.URL))
		part([]byte(x.Request.Header.Get(awshttp.Target)))
		part(x.Request.Body.Bytes)
	}
	part([]byte(fmt.Sprint(x.Response.Status)))
	part([]byte(x.Response.Header.Get("X-Amzn-Errortype")))
	part(x.Response.Body.Bytes)
	return [sha256.Size]byte(h.Sum(nil))
}

// whole returns the findings about the file as a whole.
func (f *file) whole(name string, text *written) finding.Set {
	var found []finding.Finding
	add := func(f finding.Finding) {
		f.Source, f.Line, f.Column = name, 1, 1
		found = append(found, f)
	}
	if f.meta.Contract != "" {
		switch c := f.options.Contract(f.meta.Contract); {
		case c == nil:
			add(finding.Finding{Rule: finding.CassetteStale, Names: []string{f.meta.Contract}})
		case f.meta.ContractDigest != "" && f.meta.ContractDigest != c.Digest():
			add(finding.Finding{Rule: finding.CassetteStale, Names: []string{f.meta.Contract}, Found: finding.Text(f.meta.ContractDigest), Wanted: finding.Want{Text: c.Digest()}})
		}
	}
	if f.meta.Redacted == traffic.NotRedacted && redact.Tracked(name) {
		add(finding.Finding{Rule: finding.RecordUnredacted, Message: "git tracks this recording, in which nothing was replaced"})
	}
	if !text.dropped {
		if line := differs(text.Bytes(), name); line > 0 {
			add(finding.Finding{Rule: finding.CassetteUnsorted, Found: finding.ValueOf(finding.KindInteger, strconv.Itoa(line))})
		}
	}
	return finding.NewSet(found...)
}

// differs returns the first line that crcheck would write differently, or 0.
func differs(text []byte, name string) int {
	w := &comparing{want: text, line: 1}
	err := traffic.Convert(w, traffic.Cassette, traffic.Read(name, bytes.NewReader(text)))
	switch {
	case w.different, err == nil && len(w.want) > 0:
		return w.line
	}
	return 0
}

// comparing compares the written bytes with the wanted ones.
type comparing struct {
	want      []byte
	line      int // of want
	different bool
}

func (c *comparing) Write(p []byte) (int, error) {
	for _, b := range p {
		if len(c.want) == 0 || c.want[0] != b {
			c.different = true
			return 0, io.ErrShortWrite
		}
		if b == '\n' {
			c.line++
		}
		c.want = c.want[1:]
	}
	return len(p), nil
}
