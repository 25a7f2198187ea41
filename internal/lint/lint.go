// Package lint checks cassettes as files that people keep and commit.
//
// The model: a file is read once. [File.Check] validates every interaction against the contract that
// its request routes to, and searches it for secrets, on several cores. [File.Add] compares it with
// the earlier ones by their digests, in order. [File.Whole] compares the file with what crcheck would
// write, and with the contract that it names.
package lint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
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
}

// File is the state of the checks of one file.
type File struct {
	name    string
	options Options
	seen    map[[sha256.Size]byte]int // number of the first interaction, by digest
	count   int
	meta    traffic.Meta
}

// New begins the checks of a file.
func New(name string, options Options) *File {
	return &File{name: name, options: options, seen: map[[sha256.Size]byte]int{}}
}

// Checked is the outcome of an interaction by itself.
type Checked struct {
	validate.Outcome
	findings finding.Set
	digest   [sha256.Size]byte
}

// Check checks an interaction by itself. Goroutines may call it concurrently.
func (f *File) Check(x *traffic.Interaction) (c Checked, err error) {
	c.Outcome = validate.Outcome{NotChecked: "no request was recorded"}
	if x.Request != nil {
		if c.Outcome, err = f.options.Check(x); err != nil {
			return c, err
		}
	}
	c.findings = finding.Union(c.Findings, located(redact.Scan(x, f.options.Classify), x))
	c.digest = digestOf(x)
	return c, nil
}

// Add returns all findings about an interaction, after comparing it with the ones that were added
// before.
func (f *File) Add(x *traffic.Interaction, c Checked) finding.Set {
	f.meta, f.count = x.Meta, f.count+1
	first, twice := f.seen[c.digest]
	all := c.findings
	if !twice {
		f.seen[c.digest] = x.Index + 1
	} else {
		at := x.Response.Body.Position(0)
		all = finding.Union(all, located(finding.NewSet(finding.Finding{Rule: finding.CassetteDuplicate, Line: at.Line, Column: at.Column,
			Found: finding.ValueOf(finding.KindInteger, strconv.Itoa(first))}), x))
	}
	if all = f.options.Profile.Grade(all); x.Meta.Redacted == traffic.NotRedacted {
		all = redact.Admitted(all)
	}
	return all
}

// Text is the text of a file as it was read, as long as it may be that of a cassette.
type Text struct {
	read    bytes.Buffer
	dropped bool
}

func (t *Text) Write(p []byte) (int, error) {
	if t.dropped || t.read.Len()+len(p) > traffic.MaxCassette {
		t.Drop()
		return len(p), nil
	}
	return t.read.Write(p)
}

// Drop forgets the text of a file that is not a cassette.
func (t *Text) Drop() { *t = Text{dropped: true} }

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

// Whole returns the findings about the file as a whole, given the line that [Text.Differs] returned.
func (f *File) Whole(differs int) finding.Set {
	if f.count == 0 {
		return nil
	}
	var found []finding.Finding
	add := func(one finding.Finding) {
		one.Source, one.Line, one.Column = f.name, 1, 1
		found = append(found, one)
	}
	if f.meta.Contract != "" {
		switch c := f.options.Contract(f.meta.Contract); {
		case c == nil:
			add(finding.Finding{Rule: finding.CassetteStale, Names: []string{f.meta.Contract}})
		case f.meta.ContractDigest != "" && f.meta.ContractDigest != c.Digest():
			add(finding.Finding{Rule: finding.CassetteStale, Names: []string{f.meta.Contract}, Found: finding.Text(f.meta.ContractDigest), Wanted: finding.Want{Text: c.Digest()}})
		}
	}
	if f.meta.Redacted == traffic.NotRedacted && redact.Tracked(f.name) {
		add(finding.Finding{Rule: finding.RecordUnredacted, Message: "git tracks this recording, in which nothing was replaced"})
	}
	if differs > 0 {
		add(finding.Finding{Rule: finding.CassetteUnsorted, Found: finding.ValueOf(finding.KindInteger, strconv.Itoa(differs))})
	}
	return f.options.Profile.Grade(finding.NewSet(found...))
}

// Differs returns the first line of a cassette that crcheck would write differently, or 0.
func (t *Text) Differs(name string) int {
	if t.dropped {
		return 0
	}
	w := &comparing{want: t.read.Bytes(), line: 1}
	err := traffic.Convert(w, traffic.Cassette, traffic.Read(name, bytes.NewReader(w.want)))
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
