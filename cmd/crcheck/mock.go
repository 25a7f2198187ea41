package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/schema"
)

type mockCommand struct {
	contractFlags
	Scenario  string   `placeholder:"FILE" help:"A YAML file that says what operations respond: docs/mock.md."`
	Seed      uint64   `placeholder:"N" help:"Seed of the identifiers in responses."`
	List      bool     `help:"List the responses of an operation, and do not serve."`
	Operation string   `placeholder:"NAME" help:"With --list, the operation. Not needed for a single one."`
	Format    string   `default:"text" enum:"text,json" placeholder:"NAME" help:"With --list, the format: text or json."`
	Pin       []string `sep:"none" placeholder:"NAME=JSON" help:"A value that stays in all responses of --list, and in the usual response of operations that have the member. Repeatable."`
	Listen    string   `placeholder:"ADDR" help:"The address to listen on, such as 127.0.0.1:8080. Default: a free port."`
	Region    string   `placeholder:"NAME" help:"The region to pass to the command."`
}

// Help returns the text above the flags of --help.
func (*mockCommand) Help() string {
	return `For example:

  crcheck mock -- python poller.py

Serves any operation of the contracts: by default GetProtectedJob. The response has every member, with values that read
well, and repeats the identifiers of the request. An invalid request gets the error that the service returns, and is reported
at the end. The command after -- finds the server in AWS_ENDPOINT_URL. Without a command, the server runs until it is interrupted.

  crcheck mock --contract botocore:dynamodb --listen 127.0.0.1:8080

Each response that is worth testing has an ID. A request chooses it with a header, such as Prefer: response="status=FAILED", a
scenario file by operation, and a session for everything that is sent to its endpoint:

  crcheck mock --list

  curl -d '{"operation": "GetProtectedJob", "response": "status=FAILED"}' http://127.0.0.1:8080/_crcheck/sessions`
}

// Run serves, or lists what it would serve.
func (c *mockCommand) Run(ctx context.Context, t *terminal, command childCommand) error {
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	pins, err := c.pins()
	if err != nil {
		return err
	}
	if c.List {
		return c.list(t, inForce.Catalog, pins)
	}
	if only := inForce.Catalog; len(pins) > 0 && only.Len() == 1 { // of several, any may have the members
		if _, err := responses.Of(only.Contracts()[0], responses.Options{Pins: pins}); err != nil {
			return fmt.Errorf("--pin: %w", err)
		}
	}
	var scenario *mock.Scenario
	if c.Scenario != "" {
		text, err := input.Document(ctx, c.Scenario)
		if err != nil {
			return fmt.Errorf("--scenario: %w", err)
		}
		if scenario, err = mock.ParseScenario(c.Scenario, text); err != nil {
			return fmt.Errorf("--scenario: %w", err)
		}
	}
	server, err := mock.New(inForce.Catalog, scenario, c.Seed)
	if err != nil {
		return err
	}
	defer server.Close()
	server.Pins = pins
	ready := io.Discard // the command knows where
	if len(command) == 0 {
		ready = t.Err
		server.Note = func(a mock.Asked) { fmt.Fprintln(t.notes(), a) }
	}
	status, err := serve.Run{Handler: server, Listen: c.Listen, Command: command, Region: c.Region, Services: inForce.Catalog.ServiceNames(),
		Stdin: t.In, Stdout: t.Out, Stderr: progress.Inherited(t.Err),
		Ready: func(endpoint string) {
			fmt.Fprintf(ready, "listening on %s, with %s\n", endpoint, plural.Of(inForce.Catalog.Len(), "operation"))
		}}.Do(ctx)
	if err != nil {
		return err
	}
	counts := server.Counts()
	if len(command) > 0 {
		var problems []string
		for _, a := range server.Log() {
			if a.Problem != "" || a.Invalid {
				problems = append(problems, a.String())
			}
		}
		some(t.Err, "problem", len(problems), func(i int) string { return problems[i] })
	}
	fmt.Fprintf(t.notes(), "mocked %s: %s invalid, %s refused\n", plural.Of(counts.Requests, "request"), plural.Number(counts.Invalid), plural.Number(counts.Refused))
	if status == 0 && counts.Invalid+counts.Refused > 0 {
		status = exitFindings
	}
	if status != 0 {
		return exit(status)
	}
	return nil
}

// pins returns the values of --pin by the names of members.
func (c *mockCommand) pins() (map[string]any, error) {
	pins := map[string]any{}
	for _, pin := range c.Pin {
		name, value, ok := strings.Cut(pin, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--pin %q is not NAME=JSON: write a member and its value, such as --pin status=FAILED", pin)
		}
		pins[name] = mock.PinValue(value)
	}
	return pins, nil
}

// list writes the responses of an operation.
func (c *mockCommand) list(t *terminal, catalog *schema.Catalog, pins map[string]any) error {
	contract, err := mock.Operation(catalog, c.Operation)
	if err != nil {
		return fmt.Errorf("--operation: %w", err)
	}
	list, err := responses.Of(contract, responses.Options{Pins: pins, Seed: c.Seed})
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return json.MarshalWrite(t.Out, mock.Listing{Operation: contract.Name(), Responses: list.All()}, jsontext.WithIndent("  "))
	}
	for _, r := range list.All() {
		fmt.Fprintln(t.Out, r.ID)
	}
	return nil
}
