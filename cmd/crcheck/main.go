// Command crcheck tests clients and emulators of AWS JSON services against the
// contracts of their operations. Each command is a file of this folder: it parses,
// calls the library and reports.
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
	exitUsage      = 2 // wrong usage, an input that cannot be read, nothing checked
	exitIncomplete = 3 // could not run to the end
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	status := run(ctx, &terminal{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(status)
}

// terminal is what a run reads and writes: data goes to Out, progress and what
// is said about the run to Err.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
}

// exit is the status that a command ends with; an error that is no exit is
// [exitUsage].
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

type commands struct {
	Derive   deriveCommand   `cmd:"" help:"Derive a contract from a document."`
	Schema   schemaCommand   `cmd:"" help:"Write a contract as JSON Schema."`
	Validate validateCommand `cmd:"" help:"Validate recorded responses against a contract."`
	Record   recordCommand   `cmd:"" help:"Record the traffic between a client and a service."`
	Replay   replayCommand   `cmd:"" help:"Serve cassettes to a client."`
	Live     liveCommand     `cmd:"" help:"Call the real API and validate its response."`
	Cassette cassetteCommand `cmd:"" help:"Take care of cassettes."`
	Conform  conformCommand  `cmd:"" help:"Run the conformance suite against a client."`
	Coverage coverageCommand `cmd:"" help:"Say how much of the contracts traffic shows."`
	Probe    probeCommand    `cmd:"" help:"Compare an emulator with recorded traffic."`
	Drift    driftCommand    `cmd:"" help:"Say what changed between contracts, or between a contract and traffic."`
	Ignore   ignoreCommand   `cmd:"" help:"Accept a group of findings of a report: add a row to a file of ignore rows."`
	Rules    rulesCommand    `cmd:"" help:"List the rules."`
	Version  versionCommand  `cmd:"" help:"Say which version this is."`
}

// cassetteCommand is the care of cassettes.
type cassetteCommand struct {
	Lint     lintCommand     `cmd:"" help:"Look for secrets, stale contracts, duplicates and what breaks the contract."`
	Recover  recoverCommand  `cmd:"" help:"Write the cassette of a recording that was killed."`
	Convert  convertCommand  `cmd:"" help:"Write traffic of any kind as a cassette or as NDJSON."`
	Minimize minimizeCommand `cmd:"" help:"Keep the fewest interactions that show as much."`
}

// run runs the command line and returns its exit status.
func run(ctx context.Context, t *terminal, args []string) (status int) {
	// kong asks to exit in the middle of parsing, for --help.
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
		// No command is wrong usage, so that a script whose arguments were lost fails.
		status, args, help = exitUsage, []string{"--help"}, t.Err
	}
	if args[0] == "--version" {
		args[0] = "version"
	}
	args, child := splitCommand(args)
	parser, err := kong.New(grammar(args[0]),
		kong.Name("crcheck"),
		kong.Description("Contract tests for clients and emulators of AWS JSON services. Exit status: 0 clean, 1 findings, 2 wrong usage or unreadable input, 3 not run to the end."),
		kong.Writers(help, t.Err),
		kong.Exit(func(code int) { panic(exit(max(code, status))) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
		kong.Bind(child),
	)
	if err != nil {
		panic(err) // the structs above are wrong
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		err = parsed.Run()
	}
	return t.end(err)
}

// grammar is that of one command or, where the word is none, of all: to look
// through all of them costs a process that starts more than a millisecond.
func grammar(word string) any {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		if command := all.Field(i); strings.ToLower(command.Name) == word {
			return reflect.New(reflect.StructOf([]reflect.StructField{command})).Interface()
		}
	}
	return &commands{}
}

// childCommand is a program that follows -- and its arguments.
type childCommand []string

// splitCommand takes what follows the first -- of a command that runs a program.
// For the others, -- only ends the flags.
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

// end says what went wrong and returns the exit status.
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
		fmt.Fprintf(t.Err, "Run `crcheck%s --help` to see what it takes.\n", command)
	}
	return exitUsage
}
