package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/replay"
)

type replayCommand struct {
	contractFlags
	Listen string       `placeholder:"ADDR" help:"The address to listen on, such as 127.0.0.1:8080. Default: a free port."`
	Order  replay.Order `default:"strict" placeholder:"NAME" help:"How to replay a request that was recorded several times: strict plays each response once, sticky then repeats the last, any starts over with the first."`
	Played string       `placeholder:"DIR" help:"Write cassettes of the played interactions to this folder."`
	Region string       `placeholder:"NAME" help:"The region to pass to the command."`
	Ignore []string     `name:"ignore-member" sep:"none" placeholder:"POINTER" help:"A JSON Pointer to a member of requests that never decides a match, such as /clientToken; * is any element. Also a query parameter or a form field. Repeatable. Not needed for members that a contract marks as idempotency tokens."`
	Names  string       `default:"" enum:",exact,bind" placeholder:"HOW" help:"How the names of the command are compared with the pseudonyms of the cassettes: exact needs the redaction key and accepts the recorded names only; bind accepts other names in their place. Default: exact with the key of the cassettes, else bind."`
	Paths  []string     `arg:"" name:"path" help:"Cassettes, or folders of them."`
}

// Help returns the text above the flags of --help.
func (*replayCommand) Help() string {
	return `For example:

  crcheck replay recordings/ -- pytest

Runs the command after -- with AWS_ENDPOINT_URL set to the server, and with dummy credentials. crcheck exits with the
command's status, or with 1 if it sent a request that is not recorded. Without a command, the server runs until it is
interrupted. http://ADDR/_c/CASSETTE/SESSION isolates tests that share a server.

Idempotency tokens, which SDKs invent for each call, never decide a match: name the contracts that mark them with --contract,
as with record, or the members with --ignore-member.

A command may use its real identifiers, and the responses contain them. With the redaction key, in
CRCHECK_REDACTION_KEY or in the file next to the cassettes, only the recorded ones are accepted. Without it, each pseudonym
is bound to the identifier that the command sends in its place; a request that fits several interactions is a miss.

  crcheck replay job.yaml --listen 127.0.0.1:8080`
}

// Run serves cassettes.
func (c *replayCommand) Run(ctx context.Context, t *terminal, command childCommand) error {
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	options := replay.Options{Order: c.Order, Catalog: inForce.Catalog, Ignore: c.Ignore, KeepOrder: c.Played != ""}
	options.Names = c.Names
	if err := c.key(&options); err != nil {
		return err
	}
	meter := progress.Start(ctx, "loading cassettes", 0, progress.Items)
	player, err := replay.Open(c.Paths, options)
	meter.Done()
	if err != nil {
		return err
	}
	skipped := player.Skipped()
	some(t.notes(), "cannot be replayed", len(skipped), func(i int) string {
		s := skipped[i]
		if s.Interaction == 0 {
			return s.Source + ": " + s.Reason
		}
		return fmt.Sprintf("%s, interaction %d: %s", s.Source, s.Interaction, s.Reason)
	})
	if player.Len() == 0 {
		return fmt.Errorf("found nothing to replay: name cassettes that have requests")
	}
	fmt.Fprintf(t.notes(), "replaying %s\n", plural.Of(player.Len(), "interaction"))
	ready := t.notes()
	if len(command) == 0 {
		ready = t.Err // nothing else says where
	}
	status, err := serve.Run{Handler: player, Listen: c.Listen, Command: command, Region: c.Region, Services: inForce.Catalog.ServiceNames(),
		Stdin: t.In, Stdout: t.Out, Stderr: progress.Inherited(t.Err),
		Ready: func(endpoint string) { fmt.Fprintf(ready, "listening on %s\n", endpoint) }}.Do(ctx)
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
	switch mode, bound := player.Names(); {
	case mode == replay.NamesExact:
		fmt.Fprintln(t.notes(), "names: exact, with the redaction key")
	case mode == replay.NamesBind:
		fmt.Fprintf(t.notes(), "names: bound %s of the command to pseudonyms, without the redaction key\n", plural.Of(bound, "name"))
	}
	fmt.Fprintf(t.notes(), "played %s of %s, %s\n", plural.Number(player.Len()-len(unplayed)), plural.Of(player.Len(), "interaction"), plural.Of(player.Missed(), "miss"))
	some(t.notes(), "not played", len(unplayed), func(i int) string {
		x := unplayed[i]
		return fmt.Sprintf("%s, interaction %d: %s %s%s", x.Source, x.Index+1, x.Request.Method, x.Request.URL, replay.Operation(x.Request))
	})
	if c.Played != "" {
		if _, err := player.WritePlayed(c.Played); err != nil {
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

// key sets the key of the cassettes, if it can be found.
func (c *replayCommand) key(options *replay.Options) error {
	for _, path := range c.Paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, "any") // the key is in the folder
		}
		key, ok, err := redact.ReadKey(redact.KeyOf(path))
		if err != nil {
			return err
		}
		if ok {
			options.Key = key.Text()
			break
		}
	}
	return nil
}

// some prints the first of n lines, and how many more there are.
func some(w io.Writer, what string, n int, line func(i int) string) {
	const maxLines = 10
	for i := range min(maxLines, n) {
		fmt.Fprintf(w, "%s: %s\n", what, line(i))
	}
	if n > maxLines {
		fmt.Fprintf(w, "… and %d more\n", n-maxLines)
	}
}
