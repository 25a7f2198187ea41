package conformance

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Options configure a run. The zero value runs with seed 0 and expects no failures.
type Options struct {
	// Seed determines the identifiers that the client sees.
	Seed uint64
	// Expected are the failures that are expected of this client, as ignore rows for
	// [finding.ConformFailed] and [finding.ConformFlaky]; rows for other rules are ignored.
	Expected []finding.Expected
	// Today is the date that expiry dates of rows are compared with. With the zero value no row
	// expires.
	Today time.Time
	// Concurrency bounds the number of concurrent calls, besides the client's own bound; 0: no other.
	Concurrency int
	// TimeoutScale multiplies the timeouts of the calls, for slow machines; 0: 1.
	TimeoutScale float64
	// Started is called with the name of each case before it starts, for showing progress. It
	// must be safe for concurrent use.
	Started func(name string)
	// Played is called with each recorded or generated response that reached the client, one at a
	// time, for measuring coverage. It must not change the response.
	Played func(*schema.Contract, *traffic.Response)
}

// Plan is a list of cases that is ready to run: the cassettes are read and the inputs are known.
type Plan struct {
	operations []*operation
	cases      []planned
	leftOut    []string
	generated  *Generated
}

type planned struct {
	scenario
	operation    *operation
	interactions []*traffic.Interaction
	generated    bool // from a contract, not from a cassette
}

// Load reads the cassettes of a suite. The error is a [*finding.RowError], or that of
// [traffic.Read].
func Load(suite *Suite, cassettes fs.FS, contract *schema.Contract) (*Plan, error) {
	about, err := newOperation(contract)
	if err != nil {
		return nil, err
	}
	plan := &Plan{operations: []*operation{about}, leftOut: suite.leftOut}
	for _, c := range suite.cases {
		p := planned{scenario: c, operation: about}
		file, err := c.cassetteFile(cassettes)
		if err != nil {
			return nil, &finding.RowError{Name: c.Name, Line: c.Line, Problem: err.Error()}
		}
		for x, err := range traffic.Read(c.Cassette, file) {
			if err != nil {
				file.Close()
				return nil, err
			}
			p.interactions = append(p.interactions, x)
		}
		file.Close()
		if len(p.interactions) == 0 || p.interactions[0].Request == nil {
			return nil, &finding.RowError{Name: c.Name, Line: c.Line, Problem: c.Cassette + " has no interaction"}
		}
		if !c.Call.Input.Stated() {
			if p.Call.Input.JSON, err = about.inputJSON(p.interactions[0].Request); err != nil {
				return nil, &finding.RowError{Name: c.Name, Line: c.Line, Problem: "the first request of its cassette does not call " + contract.Name() + ": " + err.Error()}
			}
		}
		if err := p.undecidable(); err != nil {
			return nil, &finding.RowError{Name: c.Name, Line: c.Line, Problem: err.Error()}
		}
		plan.cases = append(plan.cases, p)
	}
	return plan, nil
}

// undecidable returns why the case cannot be decided, such as that no output follows from its response.
func (c *planned) undecidable() error {
	for call := range c.calls() {
		if _, err := c.expectations(nil, call); err != nil {
			return err
		}
	}
	return nil
}

// outcome is that of a case that did not run.
func (c *scenario) outcome() Outcome {
	return Outcome{Case: c.Name, Level: c.Level, Layer: c.Layer, Ref: c.Ref, About: c.About, Cassette: c.Cassette, Verdict: NotRun}
}

// calls is how often the client is asked to make the call of the case.
func (c *scenario) calls() int { return max(1, c.Calls) }

// seq is the number of the first call of a case. Calls are numbered through the plan.
func (p *Plan) seq(i int) int {
	n := 1
	for k := range i {
		n += p.cases[k].calls()
	}
	return n
}

// caseOf is the index of the case of a call, or -1.
func (p *Plan) caseOf(seq int) int {
	for i := range p.cases {
		if seq -= p.cases[i].calls(); seq <= 0 {
			return i
		}
	}
	return -1
}

// Run runs a plan against a client, with one listener for each case and as many concurrent cases as
// the client accepts. The outcomes are in the order of the plan and depend only on the seed and the
// client. The error says that the run could not start; [Results.Ended] says why one ended early.
func (p *Plan) Run(ctx context.Context, client Client, options Options) (*Results, error) {
	if _, err := finding.NewLedger(options.Expected); err != nil {
		return nil, errors.Join(err, client.Close(ctx))
	}
	run := &Results{Operation: p.title(), Seed: options.Seed, Outcomes: make([]Outcome, len(p.cases)), Generated: p.generated}
	hello, err := client.Hello(ctx, Hello{Type: "hello", Protocol: Protocol, Operation: p.operations[0].Name()})
	if err == nil && len(p.operations) > 1 && hello.Operations != AnyOperation {
		err = &oneOperationError{len(p.operations)}
	}
	if err != nil {
		return nil, errors.Join(err, client.Close(ctx))
	}
	run.Client, run.Reports = hello.Client, hello.Reports
	s := &session{plan: p, client: client, options: options, run: run, reports: hello.Reports, named: hello.Operations == AnyOperation}

	next := make(chan int)
	var workers sync.WaitGroup
	concurrency := hello.Concurrency
	if options.Concurrency > 0 {
		concurrency = min(concurrency, options.Concurrency)
	}
	for range min(concurrency, len(p.cases)) {
		workers.Go(func() {
			for i := range next {
				s.play(ctx, i)
			}
		})
	}
	for i := range p.cases {
		next <- i
	}
	close(next)
	workers.Wait()
	s.closed(client.Close(context.WithoutCancel(ctx)))
	if err := ctx.Err(); err != nil {
		s.end(errors.New("interrupted"))
	}
	run.LeftOut = len(p.leftOut)
	run.Unmet, err = settle(run.Outcomes, p.leftOut, options.Expected, options.Today)
	return run, err
}

// session is one run of a plan.
type session struct {
	plan    *Plan
	client  Client
	options Options
	reports string
	named   bool // each call states its operation

	mu  sync.Mutex // guards run, except for its outcomes, and calls of options.Played
	run *Results
}

// end records why the session ended early. Only the first reason is kept.
func (s *session) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run.Ended == "" {
		s.run.Ended = err.Error()
	}
}

// closed records the errors of [Client.Close]. An error about one call fails its case; any other
// ends the session.
func (s *session) closed(err error) {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var misbehaved *ClientError
		switch {
		case err == nil:
		case errors.As(err, &misbehaved) && s.plan.caseOf(misbehaved.Seq) >= 0:
			o := &s.run.Outcomes[s.plan.caseOf(misbehaved.Seq)]
			o.Verdict, o.Client = Failed, misbehaved.Kind
			o.Problems = append(o.Problems, misbehaved.Error())
		default:
			s.end(err)
		}
	}
}

func (s *session) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run.Ended != ""
}

// play runs one case and records its outcome.
func (s *session) play(ctx context.Context, i int) {
	c := &s.plan.cases[i]
	o := &s.run.Outcomes[i] // no other worker writes this element
	*o = c.outcome()
	if s.ended() || ctx.Err() != nil {
		return
	}
	if s.options.Started != nil {
		s.options.Started(c.Name)
	}
	made, attempts, err := s.perform(ctx, i, c)
	o.Wire = attempts
	var misbehaved *ClientError
	switch {
	case errors.As(err, &misbehaved):
		o.Verdict, o.Client = Failed, misbehaved.Kind
		o.Problems = []string{misbehaved.Error()}
		s.explain(o, c, len(made), nil)
		if misbehaved.Fatal {
			s.end(err)
		}
	case err != nil:
		if ctx.Err() == nil {
			o.Verdict, o.Problems = Failed, []string{"the runner failed: " + err.Error()}
		}
	default:
		s.check(o, c, made)
	}
	s.played(c.operation.Contract, attempts)
}

// played reports the responses that reached the client, whatever it made of them.
func (s *session) played(contract *schema.Contract, attempts []Attempt) {
	if s.options.Played == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range attempts {
		if a.Miss == "" && a.Status != 0 {
			s.options.Played(contract, &traffic.Response{Status: a.Status, Header: a.header, Body: traffic.BodyOf(a.body)})
		}
	}
}

// madeCall is a call that the client made, with the requests that arrived during it.
type madeCall struct {
	result   *Result
	attempts []Attempt
}

// perform plays the service for the calls of a case, one after the other.
func (s *session) perform(ctx context.Context, i int, c *planned) (made []madeCall, attempts []Attempt, err error) {
	ids := newIdentifiers(s.options.Seed, &c.scenario, c.interactions)
	respond, err := c.responder(ids)
	if err != nil {
		return nil, nil, err
	}
	server, endpoint, err := newCaseServer(respond, c.Fault, c.signing())
	if err != nil {
		return nil, nil, err
	}
	call := Call{Type: "call", Endpoint: endpoint, Region: c.region(), Credentials: c.signing().credentials,
		Input: c.input(ids), TimeoutMs: s.timeout(c), MaxAttempts: cmp.Or(c.Call.MaxAttempts, 3)}
	if s.named {
		call.Operation = c.operation.Name()
	}
	seen := 0
	for k := range c.calls() {
		call.Seq = s.plan.seq(i) + k
		result, err := s.client.Call(ctx, call)
		if err != nil {
			return made, server.close(), err
		}
		all := server.arrived()
		made = append(made, madeCall{result, all[seen:]})
		seen = len(all)
	}
	attempts = server.close()
	last := &made[len(made)-1]
	last.attempts = append(last.attempts, attempts[seen:]...)
	return made, attempts, nil
}

// timeout returns the limit of a call of a case, in milliseconds.
func (s *session) timeout(c *planned) int {
	limit := cmp.Or(c.Call.TimeoutMs, 5000)
	if s.options.TimeoutScale > 0 {
		limit = max(1, int(float64(limit)*s.options.TimeoutScale))
	}
	return limit
}

// check compares the results of a case's calls with what the case expects. The first call with a
// problem decides.
func (s *session) check(o *Outcome, c *planned, made []madeCall) {
	ids := newIdentifiers(s.options.Seed, &c.scenario, c.interactions)
	for k, m := range made {
		expect, err := c.expectations(ids, k)
		if err != nil {
			o.Verdict, o.Problems = Failed, []string{"the case is invalid: " + err.Error()}
			return
		}
		right := oracle{c: &c.scenario, expect: expect, reports: s.reports, attempts: m.attempts}
		o.Problems = append(c.checkRequests(ids, m.attempts), right.verdict(m.result)...)
		if len(o.Problems) > 0 {
			s.explain(o, c, k, m.result)
			break
		}
	}
	switch skipped := made[0].result; {
	case len(o.Problems) > 0 && c.Level == levelObserve:
		o.Verdict = Observed
	case len(o.Problems) > 0:
		o.Verdict = Failed
	case skipped.Kind() == "skipped":
		o.Verdict, o.Reason = Skipped, skipped.Skipped.Reason
	default:
		o.Verdict = Passed
	}
}
