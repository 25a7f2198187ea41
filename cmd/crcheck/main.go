// Command crcheck tests clients and emulators of AWS JSON services against the contracts of their
// operations. Each command has a file in this folder: it parses its flags, calls the library and
// reports the result.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/wording"
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
	// Writing to a closed pipe fails instead of ending the process, which may have files to remove.
	// Ignoring the signal would make child processes ignore it too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	status := run(ctx, &terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(status)
}

// exit is an error that carries the exit status of a command. Any other error means [exitUsage].
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

type commands struct {
	Init       initCommand       `cmd:"" group:"Check a project:" help:"Write a project file for this folder."`
	Check      checkCommand      `cmd:"" group:"Check a project:" help:"Run every check of the project file, crcheck.yaml."`
	Update     updateCommand     `cmd:"" group:"Check a project:" help:"Pin the newest contracts of the project, and write what changed."`
	Validate   validateCommand   `cmd:"" group:"Check recorded traffic:" help:"Validate recorded responses against a contract."`
	Coverage   coverageCommand   `cmd:"" group:"Check recorded traffic:" help:"Report how much of the contracts recorded traffic covers."`
	Ignore     ignoreCommand     `cmd:"" group:"Check recorded traffic:" help:"Accept a group of findings: add an ignore row for it."`
	Record     recordCommand     `cmd:"" group:"Record and replay:" help:"Record the traffic between a client and a service."`
	Replay     replayCommand     `cmd:"" group:"Record and replay:" help:"Serve cassettes to a client."`
	Cassette   cassetteCommand   `cmd:"" group:"Record and replay:" help:"Lint, recover, convert and minimize cassettes."`
	Mock       mockCommand       `cmd:"" group:"Test an application:" help:"Serve any operation, with every response that it may give."`
	Conform    conformCommand    `cmd:"" group:"Test a client, an emulator or a service:" help:"Run the conformance suite against a client."`
	Probe      probeCommand      `cmd:"" group:"Test a client, an emulator or a service:" help:"Compare an emulator with recorded traffic."`
	Live       liveCommand       `cmd:"" group:"Test a client, an emulator or a service:" help:"Call the real API and validate its response."`
	Derive     deriveCommand     `cmd:"" group:"Get contracts and follow their changes:" help:"Derive contracts from an API model or a documentation page."`
	Schema     schemaCommand     `cmd:"" group:"Get contracts and follow their changes:" help:"Write a contract as JSON Schema."`
	Drift      driftCommand      `cmd:"" group:"Get contracts and follow their changes:" help:"Report what changed between contracts, or where traffic differs from a contract."`
	Rules      rulesCommand      `cmd:"" group:"Look up:" help:"List the rules, or explain one."`
	Version    versionCommand    `cmd:"" group:"Look up:" help:"Print the version, the commit, the Go version and the built-in contracts."`
	Completion completionCommand `cmd:"" group:"Look up:" help:"Print the script that completes commands and flags in a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" passthrough:"" help:"Suggest the last word of a command line."`

	Global globalFlags `embed:""`
}

// cassetteCommand groups the commands that work on cassettes.
type cassetteCommand struct {
	Lint     lintCommand     `cmd:"" help:"Find secrets, outdated contracts, duplicates and contract violations in cassettes."`
	Recover  recoverCommand  `cmd:"" help:"Recover the cassette of a recording that was killed."`
	Convert  convertCommand  `cmd:"" help:"Convert recorded traffic to a cassette or to NDJSON."`
	Minimize minimizeCommand `cmd:"" help:"Keep the fewest interactions that have the same coverage."`
}

const description = `Contract tests for clients and emulators of AWS JSON services.

Start with:
  crcheck validate                        Check the built-in cassettes, to see a report.
  crcheck validate recordings/ --contract botocore:dynamodb
                                          Check your own recordings.
  crcheck record --upstream URL -o job.yaml -- pytest
                                          Record what your tests call.
  crcheck help COMMAND                    Explain a command, with examples.

Exit status: 0 no findings, 1 findings, 2 invalid usage or unreadable input, 3 incomplete run.`

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
	t = &terminal{In: t.In, Out: t.Out, Err: t.screen()}
	help := t.Out
	if len(args) == 0 {
		// A missing command is invalid usage, so that a script that lost its arguments fails.
		status, args, help = exitUsage, []string{"--help"}, t.Err
	}
	args, word, err := command(args)
	if err != nil {
		return t.end(err)
	}
	args, child := splitCommand(args, word)
	grammar, global := grammar(word)
	parser, err := kong.New(grammar,
		kong.Name("crcheck"),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoAppDescFormat: true}),
		kong.Writers(help, t.Err),
		kong.KindMapper(reflect.String, kong.MapperFunc(asTyped)),
		kong.Exit(func(code int) { panic(exit(max(code, status))) }),
	)
	if err != nil {
		panic(err) // a mistake in the structs above
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		// Parse does not validate flags that commands share by embedding.
		if f, ok := parsed.Selected().Target.Addr().Interface().(interface{ checkFiles() error }); ok {
			err = f.checkFiles()
		}
	}
	if err != nil {
		return t.end(err)
	}
	ctx, t = global.with(ctx, t)
	parsed.BindTo(ctx, (*context.Context)(nil))
	return t.end(parsed.Run(t, child))
}

// asTyped sets a string to an argument. Kong's own mapper replaces what is not UTF-8, so that it would
// name another file.
func asTyped(args *kong.DecodeContext, target reflect.Value) error {
	token, err := args.Scan.PopValue("string")
	if err == nil {
		target.SetString(token.String())
	}
	return err
}

// command returns the arguments with their command spelled as kong knows it, and that command; it is
// empty if there is none. An unknown command is an error.
func command(args []string) (rest []string, word string, err error) {
	i := 0
	for i < len(args) && strings.HasPrefix(args[i], "-") && args[i] != "-" {
		switch args[i] {
		case "--version":
			return []string{"version"}, "version", nil
		case "--color":
			i++ // its value is not the command
		}
		i++
	}
	if i >= len(args) {
		return args, "", nil
	}
	if args[i] == "help" {
		args = append(slices.Clone(args[i+1:]), "--help")
		if i = 0; args[0] == "--help" {
			return args, "", nil
		}
	}
	if word = args[i]; strings.HasPrefix(word, "-") || slices.Contains(commandNames(), word) {
		return args, word, nil
	}
	return nil, "", fmt.Errorf("unknown command %s%s", wording.Clip(word, 100), spelling.Hint(word, commandNames(), "list the commands with: crcheck --help"))
}

// commandNames returns the names of all commands, also those of groups, such as "cassette lint".
func commandNames() (names []string) {
	for i := range reflect.TypeFor[commands]().NumField() {
		field := reflect.TypeFor[commands]().Field(i)
		if !isCommand(field) {
			continue
		}
		name := strings.ToLower(field.Name)
		names = append(names, name)
		for j := range field.Type.NumField() {
			if below := field.Type.Field(j); isCommand(below) {
				names = append(names, name+" "+strings.ToLower(below.Name))
			}
		}
	}
	return names
}

func isCommand(field reflect.StructField) bool {
	_, ok := field.Tag.Lookup("cmd")
	return ok
}

// grammar returns the grammar of one command, or of all commands if none has that name, and its global
// flags. Building the grammar of all of them takes more than a millisecond of the start-up.
func grammar(word string) (any, *globalFlags) {
	all := reflect.TypeFor[commands]()
	global, _ := all.FieldByName("Global")
	of := all
	for i := range all.NumField() {
		if field := all.Field(i); isCommand(field) && strings.ToLower(field.Name) == word {
			of = reflect.StructOf([]reflect.StructField{field, global})
		}
	}
	grammar := reflect.New(of)
	return grammar.Interface(), grammar.Elem().FieldByName("Global").Addr().Interface().(*globalFlags)
}

// childCommand is the program after --, with its arguments.
type childCommand []string

// splitCommand splits the arguments at the first -- for the commands that run a program. For the
// others, -- only ends the flags.
func splitCommand(args []string, word string) ([]string, childCommand) {
	if word != "record" && word != "replay" && word != "conform" && word != "mock" {
		return args, nil
	}
	if i := slices.Index(args, "--"); i >= 0 {
		return args[:i], args[i+1:]
	}
	return args, nil
}
