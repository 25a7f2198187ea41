package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// liveCall is one call of a service.
type liveCall struct {
	command   *liveCommand
	contract  *schema.Contract
	service   string // that requests are signed for
	region    string
	request   *http.Request
	user      aws.CredentialsProvider
	transport http.RoundTripper
	checks    *validate.Catalog

	collector report.Collector
	scope     finding.Scope
	secrets   bycontract.Excerpts
}

// run sends the request, unless the contract refuses it, and checks the answer.
// An exit says that the report is to be written all the same.
func (call *liveCall) run(ctx context.Context, t *terminal) error {
	asked, err := call.asked()
	if err != nil {
		return err
	}
	call.found(asked)
	if asked.Rejects() {
		fmt.Fprintln(t.Err, "crcheck: nothing was sent: the contract does not allow this request")
		return nil
	}
	credentials, err := call.user.Retrieve(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return call.command.noCredentials(err)
	}
	record, err := call.record()
	if err != nil {
		return err
	}
	caller := live.Caller{Transport: call.transport, Credentials: credentials, Region: call.region, Service: call.service}
	x, failure := caller.Call(ctx, call.request)
	closed := call.recorded(t, record)
	if errors.Is(failure, context.Canceled) {
		return failure
	}
	if failure == nil {
		if err := call.answered(t, x); err != nil {
			return err
		}
	}
	if cause := (*recorder.RecordError)(nil); errors.As(failure, &cause) {
		failure = cause // the network is not to blame
	}
	for _, err := range []error{failure, closed} {
		if err != nil {
			call.problem(t, err)
		}
	}
	switch {
	case failure != nil || closed != nil:
		return exit(exitIncomplete)
	case record != nil && record.Stats().Secrets > 0:
		return exit(exitFindings)
	}
	return nil
}

// asked is what the contract says against the request.
func (call *liveCall) asked() (finding.Set, error) {
	outcome, err := call.checks.Check(&traffic.Interaction{Live: true, Request: live.Recorded(call.request), Response: traffic.Response{Status: http.StatusOK}}, validate.Bare{})
	switch {
	case err != nil:
		return nil, err
	case outcome.Contract == nil:
		return nil, fmt.Errorf("the request does not lead to %s: %s", call.contract.Name(), outcome.NotChecked)
	}
	asked, _ := parted(outcome.Findings)
	return asked, nil
}

// parted parts the findings about a request from those about its answer.
func parted(all finding.Set) (request, answer finding.Set) {
	for _, f := range all {
		if f.Part == string(schema.InputPart) {
			f.Source, f.Line, f.Column, f.Interaction = "", 0, 0, 0 // nobody sees the request's body
			request = append(request, f)
		} else {
			answer = append(answer, f)
		}
	}
	return request, answer
}

func (call *liveCall) found(findings finding.Set) {
	for _, f := range findings {
		call.collector.Add(f, nil)
	}
}

func (call *liveCall) problem(t *terminal, err error) {
	call.collector.Problem(err)
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
}

// record makes the transport record, if that is asked for.
func (call *liveCall) record() (*recorder.Recorder, error) {
	if call.command.Record == "" {
		return nil, nil
	}
	record, err := recorder.New(call.command.Record, recorder.Options{
		Transport: call.transport,
		Redact:    redact.Options{Classify: bycontract.New(schema.NewCatalog(call.contract)), All: call.command.Redact == "all"},
		Found: func(_ *traffic.Interaction, found finding.Set) {
			for _, f := range call.command.Profile.Grade(found) {
				f.Source, f.Line, f.Column, f.Interaction = "", 0, 0, 0 // of the recording, which is not what is checked
				call.collector.Add(f, nil)
			}
		},
		Contracts: contractsOf([]*schema.Contract{call.contract}),
		Meta:      metaOf([]*schema.Contract{call.contract}, finding.OriginAWS),
	})
	if err != nil {
		return nil, err
	}
	call.transport = record
	return record, nil
}

// recorded ends the recording, and says what came of it.
func (call *liveCall) recorded(t *terminal, record *recorder.Recorder) error {
	if record == nil {
		return nil
	}
	err := record.Close()
	stats := record.Stats()
	if err == nil && stats.Interactions > 0 {
		fmt.Fprintf(t.Err, "recorded 1 interaction into %s\n", call.command.Record)
	}
	if stats.Secrets > 0 {
		fmt.Fprintf(t.Err, "%d secrets were masked: look at the cassette before you share it, and at why the service sends them\n", stats.Secrets)
	}
	return err
}

// answered checks the answer. The error is that of printing it.
func (call *liveCall) answered(t *terminal, x *traffic.Interaction) error {
	x.Source = "answer"
	name := ""
	if x.Response.Status >= 300 {
		if document, err := x.Response.Document(); err == nil {
			name = validate.ErrorName(x.Response.Header, document.Bytes)
		}
	}
	said := fmt.Sprint(x.Response.Status)
	if name != "" {
		said += fmt.Sprintf(" %q", name)
	}
	fmt.Fprintf(t.Err, "%s answered %s\n", call.request.URL.Host, said)
	if call.command.PrintBody {
		if _, err := t.Out.Write(x.Response.Body.Bytes); err != nil {
			return err
		}
	}
	call.collector.File()
	outcome, err := call.checks.Check(x, validate.Bare{})
	switch {
	case err != nil:
		return err
	case outcome.Contract == nil:
		call.collector.NotChecked(outcome.NotChecked)
	default:
		call.collector.Checked(outcome.Contract.String())
		outcome.Note(&call.scope, x, validate.Bare{})
	}
	_, answer := parted(outcome.Findings)
	for _, f := range answer {
		call.collector.Add(f, call.secrets.Line(call.contract, x, f.Line))
	}
	if live.CredentialsRefused(call.contract, name) {
		call.problem(t, fmt.Errorf("the service does not accept the credentials: %s; log in again, or see whether region, endpoint and clock are right", name))
	}
	return nil
}
