// Command crcheck tests clients and emulators of AWS JSON services against the contracts of their
// operations. Each command has a file in this folder: it parses its flags, calls the library and
// reports the result.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses.
const (
	exitClean      = 0
	exitFindings   = 1 // findings at or above --fail-on
	exitUsage      = 2 // invalid usage, unreadable input, or nothing checked
	exitIncomplete = 3 // the run did not complete
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	status := run(ctx, &terminal{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(status)
}

// terminal holds the streams of a run: data goes to Out, progress and diagnostics to Err.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// exit is an error that carries the exit status of a command. Any other error means [exitUsage].
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

type commands struct {
	Derive     deriveCommand     `cmd:"" help:"Derive contracts from an API model or a documentation page."`
	Schema     schemaCommand     `cmd:"" help:"Write a contract as JSON Schema."`
	Validate   validateCommand   `cmd:"" help:"Validate recorded responses against a contract."`
	Record     recordCommand     `cmd:"" help:"Record the traffic between a client and a service."`
	Replay     replayCommand     `cmd:"" help:"Serve cassettes to a client."`
	Live       liveCommand       `cmd:"" help:"Call the real API and validate its response."`
	Cassette   cassetteCommand   `cmd:"" help:"Lint, recover, convert and minimize cassettes."`
	Conform    conformCommand    `cmd:"" help:"Run the conformance suite against a client."`
	Coverage   coverageCommand   `cmd:"" help:"Report how much of the contracts recorded traffic covers."`
	Probe      probeCommand      `cmd:"" help:"Compare an emulator with recorded traffic."`
	Drift      driftCommand      `cmd:"" help:"Report what changed between contracts, or where traffic differs from a contract."`
	Ignore     ignoreCommand     `cmd:"" help:"Accept a group of findings: add an ignore row for it."`
	Rules      rulesCommand      `cmd:"" help:"List the rules."`
	Version    versionCommand    `cmd:"" help:"Print the version, the commit, the Go version and the built-in contracts."`
	Completion completionCommand `cmd:"" help:"Print the script that completes commands and flags in a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" passthrough:"" help:"Suggest the last word of a command line."`
}

// cassetteCommand groups the commands that work on cassettes.
type cassetteCommand struct {
	Lint     lintCommand     `cmd:"" help:"Find secrets, outdated contracts, duplicates and contract violations in cassettes."`
	Recover  recoverCommand  `cmd:"" help:"Recover the cassette of a recording that was killed."`
	Convert  convertCommand  `cmd:"" help:"Convert recorded traffic to a cassette or to NDJSON."`
	Minimize minimizeCommand `cmd:"" help:"Keep the fewest interactions that have the same coverage."`
}

// run runs the command line and returns its exit status.
func run(ctx context.Context, t *terminal, args []string) (status int) {
	// For --help, kong exits in the middle of parsing.
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			status = int(e)
		}
	}()
	help := t.Out
	if len(args) == 0 {
		// A missing command is invalid usage, so that a script that lost its arguments fails.
		status, args, help = exitUsage, []string{"--help"}, t.Err
	}
	if args[0] == "--version" {
		args[0] = "version"
	}
	args, child := splitCommand(args)
	parser, err := kong.New(grammar(args[0]),
		kong.Name("crcheck"),
		kong.Description("Contract tests for clients and emulators of AWS JSON services. Exit status: 0 no findings, 1 findings, 2 invalid usage or unreadable input, 3 incomplete run."),
		kong.Writers(help, t.Err),
		kong.Exit(func(code int) { panic(exit(max(code, status))) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
		kong.Bind(child),
	)
	if err != nil {
		panic(err) // a mistake in the structs above
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		err = parsed.Run()
	}
	return t.end(err)
}

// grammar returns the grammar of one command, or of all commands if none has that name. Building
// the grammar of all of them takes more than a millisecond of the start-up.
func grammar(word string) any {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		if command := all.Field(i); strings.ToLower(command.Name) == word {
			return reflect.New(reflect.StructOf([]reflect.StructField{command})).Interface()
		}
	}
	return &commands{}
}

// childCommand is the program after --, with its arguments.
type childCommand []string

// splitCommand splits the arguments at the first -- for the commands that run a program. For the
// others, -- only ends the flags.
func splitCommand(args []string) ([]string, childCommand) {
	if args[0] != "record" && args[0] != "replay" && args[0] != "conform" {
		return args, nil
	}
	for i, arg := range args {
		if arg == "--" {
			return args[:i], args[i+1:]
		}
	}
	return args, nil
}

// end prints the error, if any, and returns the exit status.
func (t *terminal) end(err error) int {
	var status exit
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(t.Err, "crcheck: interrupted")
		return exitIncomplete
	}
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	var usage *kong.ParseError
	if errors.As(err, &usage) {
		command := ""
		if usage.Context.Selected() != nil {
			command = " " + usage.Context.Selected().Name
		}
		fmt.Fprintf(t.Err, "Run `crcheck%s --help` for usage.\n", command)
	}
	return exitUsage
}
