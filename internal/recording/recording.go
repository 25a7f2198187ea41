// Package recording records what a client and a real service exchange, while a command runs or until
// it is interrupted.
//
// The model: a listener in one of two modes, which sign again or pass the client's own signatures
// (package proxy), sends through a recorder (package recorder), which redacts; every interaction is
// validated as it comes. [Run] returns what came of it all.
package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
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
	UpstreamCA  string // a file of certificates to trust, too
	AwsProfile  string // to sign with; empty: the one that environment and files say
	Region      string // that the command is given; empty: that of the upstream, else the user's
	Forward     bool   // be a proxy that the client's own signatures pass through
	AllowWrites bool   // sign also what the contracts do not call read-only
	RedactAll   bool   // replace every string that is not an enum
	From        finding.Origin
	Profile     finding.Profile
	FailOn      report.Threshold
	Command     []string // to run; empty: record until the context ends

	Stdin          io.Reader // of the command
	Stdout, Stderr io.Writer // of the command, and for what is said of the recording
}

// Result is what came of a recording.
type Result struct {
	*report.Report
	Stats   recorder.Stats
	Refused map[proxy.Code]int // requests that got no response of the service, by why
	Status  int                // of the command
	Err     error              // of serving, or of writing the cassette
}

// Run records. Findings are what the contracts have to say of themselves. The error is one of
// beginning: nothing was recorded.
func Run(ctx context.Context, contracts []*schema.Contract, findings finding.Set, o Options) (*Result, error) {
	upstream, err := proxy.ParseUpstream(o.Upstream)
	if err != nil {
		return nil, fmt.Errorf("--upstream: %w", err)
	}
	transport, err := proxy.Transport(o.UpstreamCA)
	if err != nil {
		return nil, fmt.Errorf("--upstream-ca: %w", err)
	}
	catalog := schema.NewCatalog(contracts...)
	log, err := newLog(&o, catalog)
	if err != nil {
		return nil, err
	}
	log.found(o.Profile.Grade(findings))

	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, &serve.ListenError{Address: o.Listen, Err: err}
	}
	defer l.Close()
	if !proxy.Loopback(l.Addr()) {
		fmt.Fprintf(o.Stderr, "crcheck: other machines can reach %s, if they have the credentials of this session\n", l.Addr())
	}
	var user userCredentials
	if !o.Forward { // before the cassette is begun
		if user, err = o.user(ctx); err != nil {
			return nil, err
		}
	}
	record, err := recorder.New(o.Output, recorder.Options{
		Transport: transport,
		Catalog:   catalog, All: o.RedactAll,
		Check:     log.check,
		Found:     func(_ *traffic.Interaction, found finding.Set) { log.found(o.Profile.Grade(found)) },
		Contracts: models.Digest(contracts),
		Meta:      models.Meta(contracts, o.From),
	})
	if err != nil {
		return nil, err
	}
	target := proxy.Target{Upstream: upstream, Transport: record, Allow: o.allow(catalog), Refused: log.refused}
	session, err := o.session(target, user, l.Addr())
	if err != nil {
		return nil, errors.Join(err, record.Close())
	}
	defer session.end()
	status, ran := o.serve(ctx, l, session)
	return log.end(record, record.Close(), status, ran)
}

// serve serves while the command runs, or until it is interrupted. The error says why it ended
// before.
func (o *Options) serve(ctx context.Context, l net.Listener, session *session) (status int, err error) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve.Serve(serving, l, session.handler) }()
	if len(o.Command) > 0 {
		// Ctrl-C is for the command: its last requests are recorded, too.
		status, err = serve.Child{Command: o.Command, Env: session.client.Client(os.Environ()), Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr}.Run(context.WithoutCancel(ctx))
	} else {
		fmt.Fprintf(o.Stderr, "recording; run the client with these variables, then press Ctrl-C\n")
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
