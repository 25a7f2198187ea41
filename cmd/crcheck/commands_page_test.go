package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// commandsPath is the page that describes every command.
const commandsPath = "../../docs/commands.md"

// guides are the pages that say more about a command.
var guides = map[string][]string{
	"cassette lint":     {"ignoring.md", "redaction.md"},
	"cassette minimize": {"coverage.md"},
	"cassette convert":  {"traffic.md", "ndjson.md"},
	"conform":           {"cases.md", "writing-an-adapter.md", "sdks.md"},
	"coverage":          {"coverage.md"},
	"derive":            {"contracts.md"},
	"drift":             {"drift.md", "ignoring.md"},
	"ignore":            {"ignoring.md"},
	"live":              {"security.md"},
	"probe":             {"probe.md"},
	"record":            {"security.md", "redaction.md"},
	"replay":            {"security.md", "redaction.md"},
	"rules":             {"rules.md"},
	"validate":          {"traffic.md", "contracts.md", "ignoring.md", "rules.md"},
}

// TestCommandsPageIsFresh checks that the page was generated from the commands, their flags and
// their help.
func TestCommandsPageIsFresh(t *testing.T) {
	page := commandsPage(t)
	if *update {
		require.NoError(t, os.WriteFile(commandsPath, []byte(page), 0o644))
	}
	text, err := os.ReadFile(commandsPath)
	require.NoError(t, err)
	require.True(t, page == string(text), "docs/commands.md is stale: run `go generate ./docs`")
}

// commandsPage returns the page.
func commandsPage(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("crcheck"))
	require.NoError(t, err)
	var list, sections strings.Builder
	leaves := parser.Model.Leaves(true)
	for _, command := range leaves {
		anchor := "crcheck-" + strings.ReplaceAll(commandName(command), " ", "-")
		fmt.Fprintf(&list, "| [`%s`](#%s) | %s |\n", commandName(command), anchor, cell(command.Help))
		writeCommand(t, &sections, command)
	}
	for name := range guides {
		require.Contains(t, sections.String(), "\n## crcheck "+name+"\n", "guides of a command that does not exist")
	}
	return "# Commands\n\nThis page is generated: `go generate ./docs`. `crcheck COMMAND --help` prints the same.\n\n" +
		"| command | does |\n|---|---|\n" + list.String() + `
## Exit status

Every command ends with one of these, so that a script can tell them apart:

| status | means |
|---|---|
| 0 | no findings |
| 1 | findings at or above ` + "`--fail-on`" + `, or ignore rows that have expired |
| 2 | wrong usage, an input that cannot be read, or nothing checked |
| 3 | the run did not complete |
` + sections.String()
}

// commandName is the command as one types it, without the program.
func commandName(command *kong.Node) string {
	if command.Parent.Type == kong.CommandNode {
		return command.Parent.Name + " " + command.Name
	}
	return command.Name
}

func writeCommand(t *testing.T, page *strings.Builder, command *kong.Node) {
	t.Helper()
	fmt.Fprintf(page, "\n## crcheck %s\n\n%s\n\n```text\ncrcheck %s\n```\n", commandName(command), command.Help,
		strings.TrimPrefix(command.Summary(), "crcheck "))
	prose, examples := splitHelp(command.Detail)
	if prose != "" {
		fmt.Fprintf(page, "\n%s\n", prose)
	}
	if examples != "" {
		fmt.Fprintf(page, "\n```sh needs your own files\n%s```\n", examples)
	}
	if pages := guides[commandName(command)]; len(pages) > 0 {
		page.WriteString("\nMore: ")
		for i, guide := range pages {
			if i > 0 {
				page.WriteString(" · ")
			}
			fmt.Fprintf(page, "[%s](%s)", title(t, guide), guide)
		}
		page.WriteString(".\n")
	}
	if len(command.Positional) > 0 {
		page.WriteString("\n| argument | is |\n|---|---|\n")
		for _, argument := range command.Positional {
			fmt.Fprintf(page, "| `%s` | %s |\n", cell(argument.Summary()), cell(argument.Help))
		}
	}
	flags := 0
	for _, group := range command.AllFlags(true) {
		for _, flag := range group {
			if flag.Name == "help" {
				continue
			}
			if flags++; flags == 1 {
				page.WriteString("\n| flag | does |\n|---|---|\n")
			}
			fmt.Fprintf(page, "| %s | %s |\n", flagCell(flag), cell(flag.Help))
		}
	}
}

// flagCell shows a flag as one types it.
func flagCell(flag *kong.Flag) string {
	name := "`"
	if flag.Short != 0 {
		name = fmt.Sprintf("`-%c`, `", flag.Short)
	}
	name += "--" + flag.Name
	if !flag.IsBool() {
		name += " " + cell(cmp.Or(flag.PlaceHolder, flag.Enum, strings.ToUpper(flag.Name)))
	}
	return name + "`"
}

// splitHelp returns the paragraphs of a help text, and its examples, one a line.
func splitHelp(detail string) (prose, examples string) {
	var paragraphs []string
	for paragraph := range strings.SplitSeq(detail, "\n\n") {
		if strings.HasPrefix(paragraph, "  ") {
			examples += strings.TrimLeft(paragraph, " ") + "\n"
			continue
		}
		paragraphs = append(paragraphs, paragraph)
	}
	return strings.Join(paragraphs, "\n\n"), examples
}

// cell escapes a text for a table.
func cell(text string) string {
	return strings.ReplaceAll(text, "|", `\|`)
}

// title returns the heading of a page.
func title(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	require.NoError(t, err)
	heading, ok := strings.CutPrefix(strings.SplitN(string(text), "\n", 2)[0], "# ")
	require.True(t, ok, "%s does not begin with a heading", page)
	return heading
}
