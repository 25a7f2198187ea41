package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/replay"
)

type replayCommand struct {
	contractFlags
	Listen string       `placeholder:"ADDR" help:"Where to listen, such as 127.0.0.1:8080. Without: a free port."`
	Order  replay.Order `default:"strict" placeholder:"NAME" help:"Of a request that was recorded several times: strict, each response once; sticky, then the last again; any, from the first again."`
	Played string       `placeholder:"DIR" help:"Write cassettes of what was played into a folder."`
	Region string       `placeholder:"NAME" help:"The region that the command is given."`
	Redact string       `default:"format" enum:"format,all" placeholder:"HOW" help:"How the cassettes were redacted, if the command uses its real identifiers: format (the default) or all, as with record."`
	Paths  []string     `arg:"" name:"path" help:"Cassettes, or folders of them."`
}

// Help explains the command beyond its flags.
func (*replayCommand) Help() string {
	return `A command after -- finds the server in AWS_ENDPOINT_URL, with dummy credentials; crcheck exits with its
status, or 1 if it asked for what is not recorded. Without a command the server runs until it is interrupted.
http://ADDR/_c/CASSETTE/SESSION isolates the tests that share a server.

Where the redaction key is, in CRCHECK_REDACTION_KEY or in the file beside the cassettes, a command may use its real
identifiers, and is answered in their terms.

  crcheck replay recordings/ -- pytest

  crcheck replay job.yaml --listen 127.0.0.1:8080`
}

// Run serves cassettes.
func (v *replayCommand) Run(ctx context.Context, t *terminal, command childCommand) error {
	options := replay.Options{Order: v.Order, KeepOrder: v.Played != ""}
	if err := v.redaction(ctx, t, &options); err != nil {
		return err
	}
	player, err := replay.Open(v.Paths, options)
	if err != nil {
		return err
	}
	skipped := player.Skipped()
	some(t, "cannot be replayed", len(skipped), func(i int) string {
		s := skipped[i]
		if s.Interaction == 0 {
			return s.Source + ": " + s.Reason
		}
		return fmt.Sprintf("%s, interaction %d: %s", s.Source, s.Interaction, s.Reason)
	})
	if player.Len() == 0 {
		return fmt.Errorf("there is nothing to replay: name cassettes with requests")
	}
	fmt.Fprintf(t.Err, "replaying %s\n", plural.Of(player.Len(), "interaction"))
	status, err := serve.Run{Handler: player, Listen: v.Listen, Command: command, Region: v.Region,
		Stdin: t.In, Stdout: t.Out, Stderr: t.Err,
		Ready: func(endpoint string) { fmt.Fprintf(t.Err, "listening on %s\n", endpoint) }}.Do(ctx)
	if err != nil {
		return err
	}
	if status == 0 && player.Missed() > 0 {
		status = exitFindings
	}
	for _, miss := range player.Misses() {
		fmt.Fprintln(t.Err, miss)
	}
	unplayed := player.Unplayed()
	fmt.Fprintf(t.Err, "played %s of %s, %s\n", plural.Number(player.Len()-len(unplayed)), plural.Of(player.Len(), "interaction"), plural.Of(player.Missed(), "miss"))
	some(t, "not played", len(unplayed), func(i int) string {
		x := unplayed[i]
		return fmt.Sprintf("%s, interaction %d: %s %s", x.Source, x.Index+1, x.Request.Method, x.Request.URL)
	})
	if v.Played != "" {
		if _, err := player.WritePlayed(v.Played); err != nil {
			fmt.Fprintf(t.Err, "crcheck: %v\n", err)
			if status == 0 {
				status = exitIncomplete
			}
		}
	}
	if status != 0 {
		return exit(status)
	}
	return nil
}

// redaction sets how the cassettes were redacted, if their key is at hand.
func (v *replayCommand) redaction(ctx context.Context, t *terminal, options *replay.Options) error {
	for _, path := range v.Paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, "any") // the key lies in the folder
		}
		key, ok, err := redact.ReadKey(redact.KeyOf(path))
		switch {
		case err != nil:
			return err
		case !ok:
			continue
		}
		inForce, err := v.open(ctx, t)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.Err, "real identifiers are understood where cassettes were recorded with the key %s\n", key.ID())
		options.Key, options.Catalog, options.All = key.Text(), inForce.Catalog, v.Redact == "all"
		return nil
	}
	return nil
}

// some lists the first of n things, and how many more there are.
func some(t *terminal, what string, n int, line func(i int) string) {
	const most = 10
	for i := range min(most, n) {
		fmt.Fprintf(t.Err, "%s: %s\n", what, line(i))
	}
	if n > most {
		fmt.Fprintf(t.Err, "… and %d more\n", n-most)
	}
}
