// Package recording records the traffic between a client and a real service, while a command runs or
// until it is interrupted.
//
// The model: a listener in one of two modes, which signs requests again or keeps the client's
// signatures (package proxy), sends them through a recorder (package recorder), which redacts. Every
// interaction is validated as it arrives. [Run] returns the report and the counts.
package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Options say what to record, and how.
type Options struct {
	Upstream    string // the service; requests go nowhere else
	Output      string // the cassette
	Listen      string
	UpstreamCA  string   // a file of additional certificates to trust
	AwsProfile  string   // to sign with; empty: the profile of the environment and the AWS configuration files
	Region      string   // passed to the command; empty: that of the upstream, or else the user's
	Forward     bool     // act as a proxy that keeps the client's signatures
	AllowWrites bool     // also sign operations that the contracts do not mark as read-only
	RedactAll   bool     // replace every string that is not an enum value
	Keep        []string // names that are not replaced
	From        finding.Origin
	// For upstreams on this machine only:
	AnyCredentials bool // take any signature or none, at any time, for all operations
	NoRedact       bool // record everything as it is
	Profile        finding.Profile
	FailOn         report.Threshold
	Command        []string // to run; empty: record until the context ends

	Stdin          io.Reader // of the command
	Stdout, Stderr io.Writer // of the command, and for messages about the recording
}

// Result is the result of a recording.
type Result struct {
	*report.Report
	Stats   recorder.Stats
	Refused map[proxy.Code]int // number of requests without a response of the service, by reason
	LeftOut []string           // why interactions were not recorded, each reason once
	Status  int                // of the command
	Err     error              // of serving, or of writing the cassette
}

// Run records until the command ends or ctx does. If it returns an error, nothing was recorded.
func Run(ctx context.Context, chosen *models.InForce, o Options) (*Result, error) {
	// An interaction is garbage at once, so the heap is small, and would be collected many times a
	// second. Pages that are never touched take no memory, and make the collector wait.
	ballast := make([]byte, 32<<20)
	defer runtime.KeepAlive(ballast)
	upstream, err := o.upstream()
	if err != nil {
		return nil, err
	}
	transport, err := proxy.Transport(o.UpstreamCA)
	if err != nil {
		return nil, fmt.Errorf("--upstream-ca: %w", err)
	}
	catalog := chosen.Catalog
	var contracts []*schema.Contract
	if !o.NoRedact { // otherwise services are loaded on demand
		contracts = catalog.Contracts()
		catalog = schema.NewCatalog(contracts...)
	}
	log, err := newLog(&o, catalog)
	if err != nil {
		return nil, err
	}
	log.found(o.Profile.Grade(chosen.Findings))

	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, &serve.ListenError{Address: o.Listen, Err: err}
	}
	defer l.Close()
	if !proxy.Loopback(l.Addr()) {
		who := "if they have the credentials of this session"
		if o.AnyCredentials {
			who = "with any credentials or none"
		}
		fmt.Fprintf(progress.Notes(o.Stderr), "crcheck: warning: other machines can use %s %s\n", l.Addr(), who)
	}
	var user userCredentials
	if !o.Forward && !o.AnyCredentials { // before the cassette is created
		if user, err = o.user(ctx, upstream); err != nil {
			return nil, err
		}
	}
	bodies := proxy.NewBodies(transport)
	record, err := recorder.New(o.Output, recorder.Options{
		Transport: bodies,
		Catalog:   catalog, All: o.RedactAll, Keep: o.Keep, NoRedact: o.NoRedact,
		Check:     log.check,
		Found:     func(_ *traffic.Interaction, found finding.Set) { log.found(o.graded(found)) },
		Contracts: models.Digest(contracts),
		Meta:      models.Meta(contracts, o.From),
	})
	if err != nil {
		return nil, err
	}
	log.redacted = record.Redacted
	target := proxy.Target{Upstream: upstream, Transport: record, Bodies: bodies, Allow: o.allow(catalog), Unsigned: unsigned(catalog), Refused: log.refused}
	session, err := o.session(target, user, l.Addr(), catalog.ServiceNames(), log)
	if err != nil {
		return nil, errors.Join(err, record.Close())
	}
	defer session.end()
	status, ran := o.serve(ctx, l, session)
	if !o.Forward {
		log.left(o.Profile)
	}
	closing := progress.Start(ctx, "closing the recording", 0, progress.Items)
	closed := record.Close()
	closing.Done()
	return log.end(record, closed, status, ran)
}

// serve serves until the command ends or ctx does. It returns the command's status, or the error that
// ended it earlier.
func (o *Options) serve(ctx context.Context, l net.Listener, session *session) (status int, err error) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve.Serve(serving, l, session.handler) }()
	if len(o.Command) > 0 {
		// Ctrl-C goes to the command, whose last requests are still recorded.
		status, err = serve.Child{Command: o.Command, Env: session.client.Client(os.Environ()), Stdin: o.Stdin, Stdout: o.Stdout, Stderr: progress.Inherited(o.Stderr)}.Run(context.WithoutCancel(ctx))
	} else {
		fmt.Fprintf(progress.Notes(o.Stderr), "recording; run the client with these variables, then press Ctrl-C\n")
		for _, name := range session.client.Unset {
			fmt.Fprintf(o.Stdout, "unset %s\n", name)
		}
		for _, variable := range session.client.Set {
			name, value, _ := strings.Cut(variable, "=")
			fmt.Fprintf(o.Stdout, "export %s='%s'\n", name, value)
		}
		select {
		case <-ctx.Done():
		case err = <-served:
			return 0, err
		}
	}
	stop()
	err = errors.Join(err, <-served)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serve.Grace)
	defer cancel()
	session.ended(grace)
	return status, err
}
