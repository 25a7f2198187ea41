package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

type recordVerb struct {
	contractFlags
	From        finding.Origin    `placeholder:"WHO" help:"Who responds: aws, emulator or fixtures. The cassette says so to whoever validates it."`
	Upstream    string            `required:"" placeholder:"URL" help:"The service, such as https://cleanrooms.us-east-1.amazonaws.com. Requests go nowhere else."`
	Output      string            `short:"o" required:"" placeholder:"CASSETTE" help:"The cassette to write, or to replace; as NDJSON if its name ends in .ndjson."`
	Forward     bool              `help:"Be an HTTPS proxy that the client's own signatures pass through, instead of signing again."`
	AllowWrites bool              `help:"Sign also what the contracts do not call read-only. Only what the client may do anyway goes through --forward, so it is not asked for there."`
	Listen      string            `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where to listen. Without: a free port that only this machine reaches."`
	Redact      string            `default:"format" enum:"format,all" placeholder:"HOW" help:"What to replace: format (the default), identifiers and what contracts call sensitive; or all, every string that is not an enum."`
	UpstreamCA  string            `name:"upstream-ca" placeholder:"PATH" help:"Certificates (PEM) to trust besides those of the system: of an emulator, or of a company's proxy."`
	AwsProfile  string            `name:"aws-profile" placeholder:"NAME" help:"The profile of AWS to sign with."`
	Region      string            `placeholder:"NAME" help:"The region that the command is given. Without: that of the upstream, else the user's."`
	Profile     finding.Profile   `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn      finding.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
}

// Help explains the verb beyond its flags.
func (*recordVerb) Help() string {
	return `A command after -- is recorded while it runs; crcheck exits with its status if that is not 0. Without a command, what to export is printed, and Ctrl-C ends the recording.

The command finds crcheck in AWS_ENDPOINT_URL and gets credentials that are good for nothing else; crcheck signs what it sends with yours. Only operations that a contract calls read-only are let through, unless --allow-writes says otherwise.

With --forward the command keeps its own credentials and finds crcheck in HTTPS_PROXY, and its authority in AWS_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and NODE_EXTRA_CA_CERTS. The AWS SDK for JavaScript ignores HTTPS_PROXY. Hosts other than the upstream are refused; those that the command needs, to get its credentials for instance, belong into NO_PROXY.

What identifies somebody is replaced before anything is written, and answers are held against the contracts as they come. Exit status 1: findings, or a secret that had to be masked; 2: nothing was recorded or checked; 3: the service could not be reached, or the cassette not be written.

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml -- python poll.py

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml --forward -- terraform plan

  crcheck record --upstream http://localhost:4566 -o emulator.yaml --allow-writes`
}

// Validate refuses a cassette that is no file, which it has to be replaced by in the end.
func (v *recordVerb) Validate() error {
	if out := outputPath(v.Output); out.isStandard() {
		return fmt.Errorf("--output: %s is not a file: name a cassette to write, or to replace", v.Output)
	}
	return nil
}

// Run records.
func (v *recordVerb) Run(ctx context.Context, t *terminal, command childCommand) error {
	upstream, err := proxy.ParseUpstream(v.Upstream)
	if err != nil {
		return fmt.Errorf("--upstream: %w", err)
	}
	transport, err := proxy.Transport(v.UpstreamCA)
	if err != nil {
		return fmt.Errorf("--upstream-ca: %w", err)
	}
	loaded, derived, err := v.load(ctx, t)
	if err != nil {
		return err
	}
	catalog := schema.NewCatalog(loaded...)
	log, err := newRecordLog(t, v, catalog)
	if err != nil {
		return err
	}
	announce(t, loaded)
	log.found(v.Profile.Grade(derived))

	l, err := new(net.ListenConfig).Listen(ctx, "tcp", v.Listen)
	if err != nil {
		return &serve.ListenError{Address: v.Listen, Err: err}
	}
	defer l.Close()
	if !proxy.Loopback(l.Addr()) {
		fmt.Fprintf(t.Err, "crcheck: other machines can reach %s, if they have the credentials of this session\n", l.Addr())
	}
	var user userCredentials
	if !v.Forward { // before the cassette is begun
		if user, err = v.user(ctx); err != nil {
			return err
		}
	}
	record, err := recorder.New(v.Output, recorder.Options{
		Transport: transport,
		Redact:    redact.Options{Classify: bycontract.New(catalog), All: v.Redact == "all"},
		Check:     log.check,
		Found:     func(_ *traffic.Interaction, found finding.Set) { log.found(v.Profile.Grade(found)) },
		Contracts: contractsOf(loaded),
		Meta:      metaOf(loaded, v.From),
	})
	if err != nil {
		return err
	}
	target := proxy.Target{Upstream: upstream, Transport: record, Allow: v.allow(catalog), Refused: log.refused}
	session, err := v.session(target, user, l.Addr())
	if err != nil {
		return errors.Join(err, record.Close())
	}
	defer session.end()
	status, ran := serveSession(ctx, t, l, session, command)
	return log.end(record, record.Close(), status, ran)
}

// metaOf names the contract that is in force, if it is one.
func metaOf(loaded []*schema.Contract, from finding.Origin) traffic.Meta {
	if len(loaded) != 1 {
		return traffic.Meta{From: from.String()}
	}
	return traffic.Meta{Contract: loaded[0].String(), ContractDigest: loaded[0].Digest(), From: from.String()}
}

// contractsOf is a digest of the contracts in force, in whatever order.
func contractsOf(loaded []*schema.Contract) string {
	var digests []string
	for _, c := range loaded {
		digests = append(digests, c.Digest())
	}
	slices.Sort(digests)
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(strings.Join(slices.Compact(digests), "\n"))))
}

// session is a mode at work.
type session struct {
	handler http.Handler
	client  proxy.Environment
	ended   func(context.Context) // after the server has ended
	end     func()                // at the very end
}

func (v *recordVerb) session(target proxy.Target, user userCredentials, a net.Addr) (*session, error) {
	if v.Forward {
		return v.forward(target, a)
	}
	return v.resign(target, user, a), nil
}

// allow is what the re-sign mode lets through.
func (v *recordVerb) allow(catalog *schema.Catalog) func(*http.Request, []byte) error {
	if v.AllowWrites {
		return nil
	}
	return func(r *http.Request, body []byte) error {
		asked := schema.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body}
		routes := catalog.Candidates(asked)
		if len(routes) == 0 {
			return fmt.Errorf("no contract in force has this operation, of %s, so it may write; choose its contract with --contract, or let everything through with --allow-writes", catalog.NotRouted(asked))
		}
		for _, route := range routes { // whichever it is
			if !route.Contract.Readonly.Or(false) {
				return fmt.Errorf("the contract of %s does not call it read-only; let it through with --allow-writes", route.Contract.Name())
			}
			if err := routedOnce(route.Contract, r.URL); err != nil {
				return err
			}
		}
		return nil
	}
}

// routedOnce refuses a query that says more than once what the URI of a contract says literally:
// which one counts is the service's business.
func routedOnce(c *schema.Contract, u *url.URL) error {
	_, query, _ := strings.Cut(c.URI.Or(""), "?")
	literal, _ := url.ParseQuery(query) // as the catalog reads it
	asked := u.Query()
	for name, values := range literal {
		if len(asked[name]) > len(values) {
			return fmt.Errorf("the query has %q several times, which says what operation of %s it is; let it through with --allow-writes", name, c.Service)
		}
	}
	return nil
}

// userCredentials are what the re-sign mode signs with, and the region that goes with them.
type userCredentials struct {
	aws.CredentialsProvider
	region string
}

// user finds credentials, or says that there are none.
func (v *recordVerb) user(ctx context.Context) (userCredentials, error) {
	user, region, err := proxy.Chain(ctx, v.AwsProfile)
	if err == nil {
		_, err = user.Retrieve(ctx)
	}
	if err != nil {
		return userCredentials{}, &credentialsError{v.AwsProfile, err}
	}
	return userCredentials{user, region}, nil
}

// resign is the mode that signs again.
func (v *recordVerb) resign(target proxy.Target, user userCredentials, a net.Addr) *session {
	region := cmp.Or(v.Region, proxy.Region(target.Upstream), user.region, serve.DefaultRegion)
	p := &proxy.Resign{Target: target, Session: proxy.NewSession(), User: user, Hosts: proxy.HostsOf(a)}
	return &session{p, proxy.ResignEnvironment("http://"+serve.Reachable(a), region, p.Session), func(context.Context) {}, func() {}}
}

// credentialsError says that there is nothing to sign with.
type credentialsError struct {
	profile string
	err     error
}

func (e *credentialsError) Error() string {
	where := "the environment and the files of AWS"
	if e.profile != "" {
		where = "the AWS profile " + e.profile
	}
	return fmt.Sprintf("there are no credentials in %s: %v; log in, choose a profile with --aws-profile, or use --forward", where, e.err)
}

func (e *credentialsError) Unwrap() error { return e.err }

// forward is the mode that the client's signatures pass.
func (v *recordVerb) forward(target proxy.Target, a net.Addr) (*session, error) {
	p, err := proxy.NewForward(target)
	if err != nil {
		return nil, fmt.Errorf("--forward: %w", err)
	}
	folder, err := os.MkdirTemp("", "crcheck-record-")
	if err != nil {
		return nil, fmt.Errorf("the session's certificate cannot be written: %w", err)
	}
	end := func() { os.RemoveAll(folder) }
	bundle := filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(bundle, proxy.Bundle(p.Authority(), os.Environ()), 0o600); err != nil {
		end()
		return nil, fmt.Errorf("the session's certificate cannot be written: %w", err)
	}
	client := proxy.ForwardEnvironment(p.URL(serve.Reachable(a)), bundle, target.Upstream)
	if v.Region != "" {
		client = client.With("AWS_REGION="+v.Region, "AWS_DEFAULT_REGION="+v.Region)
	}
	ended := func(ctx context.Context) { p.End(ctx) } //nolint:errcheck // what is still under way is not recorded
	return &session{p, client, ended, end}, nil
}

// serveSession serves while the command runs, or until it is interrupted. The error says why it ended
// before.
func serveSession(ctx context.Context, t *terminal, l net.Listener, session *session, command childCommand) (status int, err error) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	served := make(chan error, 1)
	go func() { served <- serve.Serve(serving, l, session.handler) }()
	if len(command) > 0 {
		// Ctrl-C is for the command: its last requests are recorded, too.
		status, err = serve.Child{Command: command, Env: session.client.Client(os.Environ()), Stdin: t.In, Stdout: t.Out, Stderr: t.Err}.Run(context.WithoutCancel(ctx))
	} else {
		fmt.Fprintf(t.Err, "recording; run the client with these variables, then press Ctrl-C\n")
		for _, name := range session.client.Unset {
			fmt.Fprintf(t.Out, "unset %s\n", name)
		}
		for _, variable := range session.client.Set {
			name, value, _ := strings.Cut(variable, "=")
			fmt.Fprintf(t.Out, "export %s='%s'\n", name, value)
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
