package main

import (
	"context"
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/recording"
	"github.com/crcheck/crcheck/internal/report"
)

type recordCommand struct {
	contractFlags
	From        finding.Origin   `placeholder:"WHO" help:"Who responds: aws, emulator or fixtures. The cassette says so to whoever validates it."`
	Upstream    string           `required:"" placeholder:"URL" help:"The service, such as https://cleanrooms.us-east-1.amazonaws.com. Requests go nowhere else."`
	Output      string           `short:"o" required:"" placeholder:"CASSETTE" help:"The cassette to write, or to replace; as NDJSON if its name ends in .ndjson."`
	Forward     bool             `help:"Be an HTTPS proxy that the client's own signatures pass through, instead of signing again."`
	AllowWrites bool             `help:"Sign also what the contracts do not call read-only. Only what the client may do anyway goes through --forward, so it is not asked for there."`
	Listen      string           `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where to listen. Without: a free port that only this machine reaches."`
	Redact      string           `default:"format" enum:"format,all" placeholder:"HOW" help:"What to replace: format (the default), identifiers and what contracts call sensitive; or all, every string that is not an enum."`
	UpstreamCA  string           `name:"upstream-ca" placeholder:"PATH" help:"Certificates (PEM) to trust besides those of the system: of an emulator, or of a company's proxy."`
	AwsProfile  string           `name:"aws-profile" placeholder:"NAME" help:"The profile of AWS to sign with."`
	Region      string           `placeholder:"NAME" help:"The region that the command is given. Without: that of the upstream, else the user's."`
	Profile     finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn      report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
}

// Help explains the command beyond its flags.
func (*recordCommand) Help() string {
	return `A command after -- is recorded while it runs; crcheck exits with its status if that is not 0. Without a command, what to export is printed, and Ctrl-C ends the recording.

The command finds crcheck in AWS_ENDPOINT_URL and gets credentials that are good for nothing else; crcheck signs what it sends with yours. Only operations that a contract calls read-only are let through, unless --allow-writes says otherwise.

With --forward the command keeps its own credentials and finds crcheck in HTTPS_PROXY, and its authority in AWS_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and NODE_EXTRA_CA_CERTS. The AWS SDK for JavaScript ignores HTTPS_PROXY. Hosts other than the upstream are refused; those that the command needs, to get its credentials for instance, belong into NO_PROXY.

What identifies somebody is replaced before anything is written, and responses are validated against the contracts as they come. Exit status 1: findings, or a secret that had to be masked; 2: nothing was recorded or checked; 3: the service could not be reached, or the cassette not be written.

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml -- python poll.py

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml --forward -- terraform plan

  crcheck record --upstream http://localhost:4566 -o emulator.yaml --allow-writes`
}

// Validate refuses a cassette that is no file, which it has to be replaced by in the end.
func (v *recordCommand) Validate() error {
	if out := output.Path(v.Output); out.IsStandard() {
		return fmt.Errorf("--output: %s is not a file: name a cassette to write, or to replace", v.Output)
	}
	return nil
}

// Run records.
func (v *recordCommand) Run(ctx context.Context, t *terminal, child childCommand) error {
	loaded, findings, err := v.load(ctx, t)
	if err != nil {
		return err
	}
	models.Announce(t.Err, loaded)
	r, err := recording.Run(ctx, loaded, findings, recording.Options{
		Upstream: v.Upstream, Output: v.Output, Listen: v.Listen, UpstreamCA: v.UpstreamCA, AwsProfile: v.AwsProfile, Region: v.Region,
		Forward: v.Forward, AllowWrites: v.AllowWrites, RedactAll: v.Redact == "all", From: v.From, Profile: v.Profile, FailOn: v.FailOn,
		Command: child, Stdin: t.In, Stdout: t.Out, Stderr: t.Err})
	if err != nil {
		return err
	}
	if err := report.Text(report.Style{Color: output.IsTerminal(t.Err)})(t.Err, r.Report); err != nil {
		return err
	}
	v.counts(t, r)
	switch {
	case r.Err != nil:
		fmt.Fprintf(t.Err, "crcheck: %v\n", r.Err)
		return exit(exitIncomplete)
	case r.Status != 0:
		return exit(r.Status)
	case r.Refused[proxy.NotRecorded] > 0, r.Stats.Interactions == 0 && r.Stats.Failed > 0:
		return exit(exitIncomplete)
	case r.Stats.Interactions == 0:
		fmt.Fprintln(t.Err, "crcheck: nothing was recorded: the client has asked for nothing here; does it read AWS_ENDPOINT_URL, or with --forward HTTPS_PROXY?")
		return exit(exitUsage)
	case r.Verdict == report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: choose the contracts of these operations with --contract")
		return exit(exitUsage)
	case r.Verdict == report.Failed || r.Stats.Secrets > 0:
		return exit(exitFindings)
	}
	return nil
}

// counts says what became of the requests.
func (v *recordCommand) counts(t *terminal, r *recording.Result) {
	if n := r.Stats.Interactions; n > 0 {
		fmt.Fprintf(t.Err, "recorded %s into %s\n", plural.Of(n, "interaction"), v.Output)
	}
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.Stats.Unrecorded, "passed without being recorded"},
		{r.Stats.Failed, "got no complete response"},
		{r.Refused[proxy.Refused], "refused"},
	} {
		if c.n > 0 {
			fmt.Fprintf(t.Err, "%d %s\n", c.n, c.what)
		}
	}
	if n := r.Stats.Secrets; n > 0 {
		fmt.Fprintf(t.Err, "%s masked: look at the cassette before you share it, and at why the service sends them\n", plural.Of(n, "secret"))
	}
}
