package recorder

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/traffic"
)

// Recorder is an [http.RoundTripper] that records what passes through it. It is safe for concurrent
// use. The client sees the response of the service as it is; what is written is redacted, and
// is on the disk before the client has the response.
//
// A response is read to its end before RoundTrip returns it, so one that never ends never comes.
// Event streams are the exception: the client reads them as they come, and the interaction is kept
// before their end reaches it. If the client closes one before, or the recorder is closed, the
// messages that it has read are recorded.
// These are not recorded: a request without a response, or whose response broke off; switched
// protocols (status 101); and bodies of more than [MaxBody], which are streamed. Trailers reach the
// client, but a cassette has no place for them.
type Recorder struct {
	opts      Options
	cassette  string
	transport http.RoundTripper
	redactor  *redact.Redactor
	classify  redact.Classify
	sealer    redact.Sealer
	journal   *journal
	requests  atomic.Int64

	telling sync.Mutex // held while Found is called
	mu      sync.Mutex
	stats   Stats
	streams map[*followed]bool // that have not ended

	closing sync.Once
	closed  error
}

// Stats counts the requests of a Recorder.
type Stats struct {
	Interactions int // recorded
	Unrecorded   int // passed through without being recorded, each with a finding
	Failed       int // requests without a whole response: their error went to the client, and is not recorded
	Secrets      int // findings of secrets, which were masked
}

// New records into a cassette at path and creates its folder if necessary. A path that ends in
// .ndjson is written as NDJSON. The interactions are kept in a journal next to it, [JournalOf], until
// [Recorder.Close] writes the cassette. An existing cassette is unchanged until then.
//
// If a journal exists already, the error is a [*RecordError] with [JournalInUse] or [JournalLeft],
// see [Recover]. Other problems are a [*RecordError] too, or an error about the redaction key.
func New(path string, opts Options) (*Recorder, error) {
	cassette, err := cassettePath(path)
	if err != nil {
		return nil, &RecordError{Problem: CassetteUnusable, Cassette: path, Journal: JournalOf(path), Err: err}
	}
	how, err := opts.redaction()
	if err != nil {
		return nil, err
	}
	if how.Key == (redact.Key{}) && !opts.NoRedact {
		if how.Key, _, err = redact.LoadKey(opts.disk(), redact.KeyOf(cassette)); err != nil {
			return nil, err
		}
	}
	if opts.NoRedact {
		opts.Meta.Redacted = traffic.NotRedacted
	} else {
		opts.Meta.RedactionKey = how.Key.ID()
	}
	opts.Meta.Provenance = "recorded"
	r := &Recorder{opts: opts, cassette: cassette, transport: opts.Transport, redactor: redact.New(how), classify: how.Classify, sealer: how.Key.Sealer()}
	if r.transport == nil {
		r.transport = upstream()
	}
	if r.journal, err = newJournal(cassette, opts); err != nil {
		return nil, err
	}
	return r, nil
}

// upstream returns a transport that does not decompress bodies. If the program has replaced the
// default transport, it returns that one.
func upstream() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.DisableCompression = true
	return t
}

// RoundTrip sends a request and returns its response, as [http.RoundTripper] asks. What the transport
// answers or fails with is returned unchanged. A [*RecordError] says that the interaction could not
// be kept; then no further request is sent. If the context ends while it is written, it may be kept
// or not.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	_, err := r.journal.usable()
	if req.URL == nil {
		err = errors.New("recorder: the request has no URL; set Request.URL")
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	number := r.requests.Add(1) - 1
	start := time.Now()
	var asked taken
	var sent *http.Request
	request := func() taken { return asked }
	if live(req) {
		var written *copied
		written, sent = takeLive(req)
		request = written.whole
	} else if asked, sent = takeRequest(req); asked.err != nil {
		r.count(&r.stats.Failed)
		return nil, asked.err
	}
	res, err := r.transport.RoundTrip(sent)
	if err != nil {
		r.count(&r.stats.Failed)
		return res, err
	}
	res.Request = req
	in := r.interaction(req, res, int(number))
	switch {
	case asked.large:
		r.pass(in, tooLarge("request"))
		return res, nil
	case res.StatusCode == http.StatusSwitchingProtocols:
		r.pass(in, finding.Finding{Rule: finding.RecordNotRedacted, Message: "traffic after a switch of protocols is not recorded"})
		return res, nil
	case streamed(res.Header):
		r.follow(req.Context(), in, res, request, start)
		return res, nil
	}
	received := takeResponse(res)
	switch {
	case received.large:
		r.pass(in, tooLarge("response"))
		return res, nil
	case received.err != nil:
		r.count(&r.stats.Failed)
		return res, nil
	}
	if asked = request(); asked.large {
		r.pass(in, tooLarge("request"))
		return res, nil
	}
	in.Request.Body = traffic.BodyOf(asked.text)
	in.Response.Body = traffic.BodyOf(received.text)
	in.Response.Duration = time.Since(start)
	if err := r.keep(req.Context(), in); err != nil {
		return nil, err
	}
	return res, nil
}

// interaction returns an interaction without its bodies.
func (r *Recorder) interaction(req *http.Request, res *http.Response, number int) *traffic.Interaction {
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	return &traffic.Interaction{Live: true,
		Source: r.cassette, Kind: traffic.Written(r.cassette), Index: number, Meta: r.opts.Meta,
		Request:  &traffic.Request{Method: method, URL: req.URL.String(), Header: req.Header.Clone()},
		Response: traffic.Response{Status: res.StatusCode, StatusText: res.Status, Header: res.Header.Clone()},
	}
}

// keep redacts an interaction and appends it to the journal.
func (r *Recorder) keep(ctx context.Context, in *traffic.Interaction) error {
	redacted, trace, found := r.redact(in)
	if r.opts.Check != nil {
		found = finding.Union(found, r.opts.Check(redacted))
	}
	r.tell(redacted, found)
	if redacted.Request.Body.Missing || redacted.Response.Body.Missing { // redaction has reported it
		r.count(&r.stats.Unrecorded)
		return nil
	}
	line := lines.Get().(*line)
	defer lines.Put(line)
	text, err := line.of(redacted)
	switch {
	case errors.Is(err, traffic.ErrTooLarge):
		r.pass(in, tooLarge("interaction"))
		return nil
	case err != nil:
		r.pass(in, finding.Finding{Rule: finding.RecordNotRedacted, Message: "the interaction was not recorded: " + err.Error()})
		return nil
	}
	return r.journal.keep(ctx, int64(in.Index), origin{trace.Known, trace.Pseudonyms, r.sealer.Seal(trace.Names)}, text)
}

// redact returns an interaction as it is recorded.
func (r *Recorder) redact(in *traffic.Interaction) (*traffic.Interaction, redact.Trace, finding.Set) {
	if !r.opts.NoRedact {
		return r.redactor.RedactTraced(in)
	}
	found := redact.Admitted(redact.Scan(in, r.classify))
	for i := range found {
		found[i].Source, found[i].Interaction = in.Source, in.Index+1
	}
	return in, redact.Trace{}, found
}

// line is the memory for a line of the journal.
type line struct {
	text bytes.Buffer
	w    *bufio.Writer
}

var lines = sync.Pool{New: func() any { return &line{w: bufio.NewWriter(nil)} }}

// of returns the line of an interaction, without the metadata, which is in the first line. It is
// valid until the next call.
func (l *line) of(in *traffic.Interaction) ([]byte, error) {
	bare := *in
	bare.Meta = traffic.Meta{}
	if l.text.Reset(); l.text.Cap() > maxSpare {
		l.text = bytes.Buffer{}
	}
	l.w.Reset(&l.text)
	err := traffic.WriteNDJSON(l.w, []*traffic.Interaction{&bare})
	return l.text.Bytes(), err
}

func tooLarge(what string) finding.Finding {
	return finding.Finding{
		Rule:    finding.RecordTooLarge,
		Want:    fmt.Sprintf("at most %d MiB", MaxBody>>20),
		Message: fmt.Sprintf("the %s is too large to be recorded: it reached the client, but is not in the cassette", what),
	}
}

// pass reports an interaction that is not recorded.
func (r *Recorder) pass(in *traffic.Interaction, why finding.Finding) {
	r.count(&r.stats.Unrecorded)
	bare := *in
	request := *in.Request
	request.Body, bare.Response.Body = traffic.Body{}, traffic.Body{}
	bare.Request = &request
	redacted, _, found := r.redact(&bare)
	why.Source, why.Interaction = in.Source, in.Index+1
	r.tell(redacted, finding.Union(found, finding.Default.Grade(finding.NewSet(why))))
}

// Redacted returns the URL of a request without its query, and a text about it, for a message: redacted
// like what is recorded. With [Options.All] there is no text.
func (r *Recorder) Redacted(req *http.Request, text string) (url, redacted string) {
	at := *req.URL
	at.RawQuery, at.ForceQuery, at.Fragment, at.User = "", false, "", nil
	in := &traffic.Interaction{Live: true, Request: &traffic.Request{Method: req.Method, URL: at.String(), Header: req.Header.Clone()},
		Response: traffic.Response{Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"text/plain"}}}}
	if !r.opts.All {
		in.Response.Body = traffic.BodyOf([]byte(text))
	}
	in, _, _ = r.redact(in)
	return in.Request.URL, string(in.Response.Body.Bytes)
}

// tell reports the findings of an interaction.
func (r *Recorder) tell(in *traffic.Interaction, found finding.Set) {
	for _, f := range found {
		if f.Rule == finding.SecretFound {
			r.count(&r.stats.Secrets)
		}
	}
	if r.opts.Found == nil || len(found) == 0 {
		return
	}
	r.telling.Lock()
	defer r.telling.Unlock()
	r.opts.Found(in, found)
}

func (r *Recorder) count(n *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n++
}

// Close writes the cassette and removes the journal. The interactions are in the order in which their
// requests began. Names that became known after an interaction was kept are replaced in it, too,
// which violates no pattern of a contract, so Check is not called again. Requests that are under
// way get a [*RecordError] of [RecorderClosed] instead of their response, and are not recorded: end
// the client first. If nothing was recorded, nothing is written, and an existing cassette
// is unchanged.
//
// An error is a [*RecordError]; the journal is then kept for [Recover]. Closing again does nothing
// and returns the same.
func (r *Recorder) Close() error {
	r.closing.Do(func() { r.closed = r.close() })
	return r.closed
}

func (r *Recorder) close() error {
	if r.opts.Transport == nil {
		if t, ok := r.transport.(interface{ CloseIdleConnections() }); ok && r.transport != http.DefaultTransport {
			t.CloseIdleConnections()
		}
	}
	r.endStreams()
	j := r.journal
	if err := j.close(); err != nil {
		j.file.Close()
		return err
	}
	text, err := readJournal(io.NewSectionReader(j.file, 0, j.size))
	if err == nil && int64(len(text.lines)) != j.lines {
		err = fmt.Errorf("the journal has %d of %d interactions", len(text.lines), j.lines)
	}
	if err == nil {
		later := (&lateNames{text: text, cassette: r.cassette, redactor: r.redactor, tell: r.tell}).replace
		if r.opts.NoRedact {
			later = nil
		}
		err = finish(j.files, j.file, text, r.cassette, later)
	}
	if err != nil {
		j.file.Close()
		return j.problem(CassetteFailed, err)
	}
	if err := j.discard(); err != nil {
		return j.problem(JournalUnusable, err)
	}
	return nil
}

// Stats returns the counts so far.
func (r *Recorder) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats := r.stats
	stats.Interactions, _ = r.journal.usable()
	return stats
}
