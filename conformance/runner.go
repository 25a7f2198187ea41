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
		plan.cases = append(plan.cases, p)
	}
	return plan, nil
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
	for range min(hello.Concurrency, len(p.cases)) {
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
		case errors.As(err, &misbehaved) && misbehaved.Seq > 0 && misbehaved.Seq <= len(s.run.Outcomes):
			o := &s.run.Outcomes[misbehaved.Seq-1]
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
	*o = Outcome{Case: c.Name, Level: c.Level, Layer: c.Layer, Ref: c.Ref, About: c.About, Verdict: NotRun}
	if s.ended() || ctx.Err() != nil {
		return
	}
	if s.options.Started != nil {
		s.options.Started(c.Name)
	}
	result, attempts, err := s.perform(ctx, i, c)
	o.Wire = attempts
	var misbehaved *ClientError
	switch {
	case errors.As(err, &misbehaved):
		o.Verdict, o.Client = Failed, misbehaved.Kind
		o.Problems = []string{misbehaved.Error()}
		if misbehaved.Fatal {
			s.end(err)
		}
	case err != nil:
		if ctx.Err() == nil {
			o.Verdict, o.Problems = Failed, []string{"the runner failed: " + err.Error()}
		}
	default:
		s.check(o, c, result)
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

// perform plays the service for one call of the client.
func (s *session) perform(ctx context.Context, i int, c *planned) (*Result, []Attempt, error) {
	ids := newIdentifiers(s.options.Seed, &c.scenario, c.interactions)
	respond, err := c.responder(ids)
	if err != nil {
		return nil, nil, err
	}
	server, endpoint, err := newCaseServer(respond, c.Fault)
	if err != nil {
		return nil, nil, err
	}
	call := Call{Type: "call", Seq: i + 1, Endpoint: endpoint, Region: c.region(),
		Credentials: Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "fake-secret-of-no-account", SessionToken: c.Call.SessionToken},
		Input:       c.input(ids), TimeoutMs: cmp.Or(c.Call.TimeoutMs, 5000), MaxAttempts: cmp.Or(c.Call.MaxAttempts, 3)}
	if s.named {
		call.Operation = c.operation.Name()
	}
	result, err := s.client.Call(ctx, call)
	return result, server.close(), err
}

// check compares a result with what the case expects.
func (s *session) check(o *Outcome, c *planned, result *Result) {
	ids := newIdentifiers(s.options.Seed, &c.scenario, c.interactions)
	expect, err := c.expectations(ids)
	if err != nil {
		o.Verdict, o.Problems = Failed, []string{"the case is invalid: " + err.Error()}
		return
	}
	signed := signature{c.region(), c.operation.Signing.Or(""), c.Call.SessionToken}
	right := oracle{c: &c.scenario, expect: expect, reports: s.reports, signed: signed, attempts: o.Wire}
	o.Problems = append(c.checkRequests(ids, o.Wire), right.verdict(result)...)
	switch {
	case len(o.Problems) > 0 && c.Level == levelObserve:
		o.Verdict = Observed
	case len(o.Problems) > 0:
		o.Verdict = Failed
	case result.Kind() == "skipped":
		o.Verdict, o.Reason = Skipped, result.Skipped.Reason
	default:
		o.Verdict = Passed
	}
}
