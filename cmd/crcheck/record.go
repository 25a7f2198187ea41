package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/recording"
	"github.com/crcheck/crcheck/internal/report"
)

type recordCommand struct {
	contractFlags
	reportFiles
	From           finding.Origin   `placeholder:"WHO" help:"Who responds: aws, emulator or fixtures. The cassette states it for later validation."`
	Upstream       string           `required:"" placeholder:"URL" help:"The URL of the service, such as https://cleanrooms.us-east-1.amazonaws.com. Requests go nowhere else."`
	Output         string           `short:"o" required:"" placeholder:"CASSETTE" help:"The cassette to write; it is replaced if it exists. A name that ends in .ndjson makes NDJSON."`
	Emulator       bool             `help:"The upstream is an emulator on this machine: short for --any-credentials --no-redact --from emulator."`
	AnyCredentials bool             `help:"Take requests with any signature or none, at any time and for all operations. Only for emulators on this machine. A request that is signed with a key that may be real is refused."`
	NoRedact       bool             `help:"Record everything as it is; count secrets without masking them. Only for emulators on this machine."`
	Forward        bool             `help:"Act as an HTTPS proxy that keeps the client's own signatures, instead of signing again."`
	AllowWrites    bool             `help:"Also sign operations that the contracts do not mark as read-only. Not needed with --forward, where the client signs with its own credentials."`
	Listen         string           `default:"127.0.0.1:0" placeholder:"ADDR" help:"The address to listen on. Default: a free port on the loopback interface."`
	Redact         string           `default:"format" enum:"format,all" placeholder:"HOW" help:"What to replace in the recording: format (the default) replaces identifiers and members that contracts mark as sensitive; all replaces every string that is not an enum value."`
	Keep           []string         `placeholder:"NAME" sep:"none" help:"A name that is not replaced, such as that of a public bucket. Repeat it for several names."`
	UpstreamCA     string           `name:"upstream-ca" placeholder:"PATH" help:"Certificates (PEM) to trust in addition to those of the system, such as those of an emulator or a company proxy."`
	AwsProfile     string           `name:"aws-profile" placeholder:"NAME" help:"The AWS profile to sign with."`
	Region         string           `placeholder:"NAME" help:"The region to pass to the command. Default: the region of the upstream, or else of your AWS configuration."`
	Profile        finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn         report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
}

// Help returns the text above the flags of --help.
func (*recordCommand) Help() string {
	return `For example:

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml -- python poll.py

Runs the command after -- and records its traffic; crcheck exits with the command's status if that is not 0. Without a command, crcheck prints the variables to export and records until Ctrl-C.

AWS_ENDPOINT_URL points the command to crcheck, with credentials that are valid only there. crcheck signs its requests with your credentials. Operations that no contract marks as read-only need --allow-writes.

With --forward, the command keeps its own credentials. HTTPS_PROXY points it to crcheck; AWS_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and NODE_EXTRA_CA_CERTS make it trust crcheck's certificate authority. The AWS SDK for JavaScript ignores HTTPS_PROXY. Hosts other than the upstream are refused; add other hosts that the command needs, such as those that issue its credentials, to NO_PROXY.

Identifying values are replaced before anything is written, and responses are validated against the contracts as they arrive. Exit status: 1 findings or a masked secret, 2 nothing recorded or checked, 3 the service could not be reached or the cassette could not be written.

  crcheck record --upstream https://cleanrooms.us-east-1.amazonaws.com -o job.yaml --forward -- terraform plan

With --emulator, an emulator on this machine is recorded as it is: the command may use any credentials or none, for all operations, and nothing is replaced. See docs/emulators.md.

  crcheck record --emulator --upstream http://localhost:4566 -o emulator.yaml --contract botocore: -- pytest`
}

// Validate refuses an output that is not a file: the finished cassette must be able to replace it.
func (c *recordCommand) Validate() error {
	if out := output.Path(c.Output); c.Output != "" && out.IsStandard() {
		return fmt.Errorf("--output: %s is not a file: name the cassette to write", c.Output)
	}
	if c.Emulator {
		c.AnyCredentials, c.NoRedact = true, true
	}
	switch local := c.AnyCredentials || c.NoRedact; {
	case !local:
		return nil
	case c.Forward:
		return errors.New("--forward: the client's own signatures already pass with --any-credentials, and nothing is redacted with --no-redact; remove --forward")
	case c.NoRedact && (c.Redact != "format" || len(c.Keep) > 0):
		return errors.New("--no-redact: nothing is replaced; remove --redact and --keep")
	case c.From == finding.OriginUnknown:
		c.From = finding.OriginEmulator
	case c.From == finding.OriginAWS:
		return errors.New("--from: --any-credentials and --no-redact are for emulators; remove --from aws")
	}
	return nil
}

// Run records.
func (c *recordCommand) Run(ctx context.Context, t *terminal, child childCommand) error {
	options := recording.Options{
		Upstream: c.Upstream, Output: c.Output, Listen: c.Listen, UpstreamCA: c.UpstreamCA, AwsProfile: c.AwsProfile, Region: c.Region,
		AnyCredentials: c.AnyCredentials, NoRedact: c.NoRedact, Forward: c.Forward, AllowWrites: c.AllowWrites, RedactAll: c.Redact == "all", Keep: c.Keep, From: c.From, Profile: c.Profile, FailOn: c.FailOn,
		Command: child, Stdin: t.In, Stdout: t.Out, Stderr: t.Err}
	if err := options.Validate(); err != nil {
		return err
	}
	if c.NoRedact {
		fmt.Fprintf(t.Err, "redacted: no, from: %s\n", c.From)
	}
	chosen, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	chosen.Announce(t.notes())
	r, err := recording.Run(ctx, chosen, options)
	if err != nil {
		return err
	}
	results := &report.Results{Command: "record", Traffic: r.Report}
	w := t.notes()
	if r.Verdict == report.Failed {
		w = t.Err // it says why the run fails
	}
	if err := report.Write(w, report.FormatText, results, report.Style{Color: t.colors(t.Err)}); err != nil {
		return err
	}
	if err := c.write(t, results); err != nil {
		return err
	}
	c.counts(t, r)
	if r.Stats.Interactions == 0 && r.Err == nil {
		fmt.Fprintln(t.Err, "crcheck: nothing was recorded: "+whyNothing(r))
	}
	switch {
	case r.Err != nil:
		fmt.Fprintf(t.Err, "crcheck: %v\n", r.Err)
		return exit(exitIncomplete)
	case r.Status != 0:
		return exit(r.Status)
	case r.Refused[proxy.NotRecorded] > 0, r.Stats.Interactions == 0 && r.Stats.Failed > 0:
		return exit(exitIncomplete)
	case r.Stats.Interactions == 0:
		return exit(exitUsage)
	case r.Verdict == report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: no interaction matches a loaded contract; choose its contract with --contract")
		return exit(exitUsage)
	case r.Verdict == report.Failed || r.Stats.Secrets > 0 && !c.NoRedact:
		return exit(exitFindings)
	}
	return nil
}

// whyNothing says why nothing was recorded.
func whyNothing(r *recording.Result) string {
	switch refused := r.Refused[proxy.Refused]; {
	case r.Stats.Unrecorded > 0:
		return fmt.Sprintf("crcheck left out %s: %s", plural.Of(r.Stats.Unrecorded, "response"), strings.Join(r.LeftOut, "; "))
	case r.Stats.Failed > 0:
		return fmt.Sprintf("%s got no complete response", plural.Of(r.Stats.Failed, "request"))
	case refused > 0:
		return fmt.Sprintf("crcheck refused %s, for the reasons above", plural.Of(refused, "request"))
	}
	return "crcheck received no request; check that the client reads AWS_ENDPOINT_URL, or HTTPS_PROXY with --forward"
}

// counts prints how many requests were recorded, and what happened to the others.
func (c *recordCommand) counts(t *terminal, r *recording.Result) {
	if n := r.Stats.Interactions; n > 0 && r.Err == nil { // otherwise the error says where they are
		fmt.Fprintf(t.notes(), "recorded %s to %s\n", plural.Of(n, "interaction"), c.Output)
	}
	for _, count := range []struct {
		n    int
		what string
	}{
		{r.Stats.Unrecorded, "passed through without being recorded"},
		{r.Stats.Failed, "got no complete response"},
		{r.Refused[proxy.Refused], "refused"},
	} {
		if count.n > 0 {
			fmt.Fprintf(t.notes(), "%d %s\n", count.n, count.what)
		}
	}
	switch n := r.Stats.Secrets; {
	case n == 0:
	case c.NoRedact:
		fmt.Fprintf(t.notes(), "%s in the cassette, as the emulator sent them: keep it out of git unless they are all made up\n", plural.Of(n, "secret"))
	default:
		fmt.Fprintf(t.Err, "%s masked: review the cassette before you share it, and find out why the service sends them\n", plural.Of(n, "secret"))
	}
}
