package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/schema"
)

// The scripts only ask `crcheck complete` for the words that may come next, so that they do not
// become outdated, and all shells get the same suggestions. If there are none, the shell suggests
// files.
const (
	bashScript = `# bash completion for crcheck
_crcheck() {
	local IFS=$'\n'
	COMPREPLY=($("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
	COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
}
complete -o default -F _crcheck crcheck
`
	zshScript = `#compdef crcheck
_crcheck() {
	local -a suggestions
	local word help
	"${words[1]}" complete "${(@)words[2,CURRENT]}" 2>/dev/null | while IFS=$'\t' read -r word help; do
		suggestions+=("${word//:/\\:}:$help")
	done
	if (( $#suggestions )); then
		_describe crcheck suggestions
	else
		_files
	fi
}
if [ "$funcstack[1]" = _crcheck ]; then
	_crcheck "$@"
else
	compdef _crcheck crcheck
fi
`
	fishScript = `# fish completion for crcheck
function __crcheck_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l suggestions ($words[1] complete $words[2..] 2>/dev/null)
	if test (count $suggestions) -gt 0
		printf '%s\n' $suggestions
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c crcheck -f -a '(__crcheck_complete)'
`
	powershellScript = `# PowerShell completion for crcheck
Register-ArgumentCompleter -Native -CommandName crcheck -ScriptBlock {
	param($word, $line, $cursor)
	$words = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursor } | ForEach-Object { $_.ToString() })
	$command = $words[0]
	$words = @($words | Select-Object -Skip 1)
	# Older versions drop empty arguments, so a lone space asks for any word.
	if ($word -eq '') { $words += ' ' }
	& $command complete @words 2>$null | ForEach-Object {
		$name, $help = $_ -split "` + "`t" + `", 2
		if (-not $help) { $help = $name }
		[System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $help)
	}
}
`
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"The shell: bash, zsh, fish or powershell."`
}

// Help says how to load the script.
func (completionCommand) Help() string {
	return `For example:

  crcheck completion bash

Load it in bash with "source <(crcheck completion bash)", in zsh with "source <(crcheck completion zsh)" after compinit, in fish with "crcheck completion fish | source", and in PowerShell with "crcheck completion powershell | Out-String | Invoke-Expression".`
}

// Run prints the script.
func (c *completionCommand) Run(t *terminal) error {
	scripts := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript, "powershell": powershellScript}
	_, err := fmt.Fprint(t.Out, scripts[c.Shell])
	return err
}

// completeCommand suggests the last of the words of a command line.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"The words after crcheck. The last one is the one to complete."`
}

// Run prints a line for each suggestion: the word and, after a tab, its help.
func (c *completeCommand) Run(ctx context.Context, t *terminal) error {
	parser, err := kong.New(&commands{}, kong.Name("crcheck"))
	if err != nil {
		return err
	}
	out := bufio.NewWriter(t.Out)
	for _, s := range suggest(ctx, parser.Model.Node, c.Words) {
		help, _, _ := strings.Cut(s.help, "\n")
		fmt.Fprintf(out, "%s\t%s\n", s.word, help)
	}
	return out.Flush()
}

type suggestion struct{ word, help string }

// suggest returns the words that may be the last of words.
func suggest(ctx context.Context, node *kong.Node, words []string) []suggestion {
	var last, prefix string
	if len(words) > 0 {
		last, words = strings.TrimSpace(words[len(words)-1]), words[:len(words)-1]
	}
	var value *kong.Value // of the flag before the cursor
	arguments := 0
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch flag := flagOf(node, word); {
		case word == "--":
			return nil // files: the rest is another program's command line, or arguments
		case value != nil && word == "=":
			// Bash splits --flag=value into three words.
		case value != nil:
			value = nil
		case flag != nil && !flag.IsBool() && !strings.Contains(word, "="):
			value = flag.Value
		case strings.HasPrefix(word, "-"):
		default:
			at := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word || slices.Contains(n.Aliases, word) })
			if at >= 0 {
				node = node.Children[at]
			} else {
				arguments++
			}
		}
	}
	switch name, rest, assigned := strings.Cut(last, "="); {
	case value != nil:
		last = strings.TrimPrefix(last, "=")
	case assigned && flagOf(node, name) != nil:
		value, prefix, last = flagOf(node, name).Value, name+"=", rest
	}
	var all []suggestion
	switch {
	case value != nil:
		all = valuesIn(ctx, node, words, value)
	case strings.HasPrefix(last, "-"):
		all = flags(node)
	case len(node.Children) > 0:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, suggestion{child.Name, child.Help})
			}
		}
	case len(node.Positional) > 0:
		all = valuesIn(ctx, node, words, node.Positional[min(arguments, len(node.Positional)-1)])
	}
	var found []suggestion
	for _, s := range all {
		if strings.HasPrefix(s.word, last) {
			found = append(found, suggestion{prefix + s.word, s.help})
		}
	}
	return found
}

// flagOf returns the flag that a word names, or nil.
func flagOf(node *kong.Node, word string) *kong.Flag {
	word, _, _ = strings.Cut(word, "=")
	for _, group := range node.AllFlags(false) {
		for _, flag := range group {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) || slices.Contains(flag.Aliases, strings.TrimPrefix(word, "--")) {
				return flag
			}
		}
	}
	return nil
}

func flags(node *kong.Node) []suggestion {
	var all []suggestion
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			all = append(all, suggestion{"--" + flag.Name, flag.Help})
		}
	}
	return all
}

// valuesIn is [values] on a command line, whose contracts have the operations.
func valuesIn(ctx context.Context, node *kong.Node, words []string, value *kong.Value) []suggestion {
	if value.Name != "operation" || flagOf(node, "--contract") == nil {
		return values(value)
	}
	var contracts []string
	for i, word := range words {
		switch name, assigned, ok := strings.Cut(word, "="); {
		case name != "--contract":
		case ok && assigned != "":
			contracts = append(contracts, assigned)
		case i+2 < len(words) && words[i+1] == "=": // see suggest
			contracts = append(contracts, words[i+2])
		case i+1 < len(words):
			contracts = append(contracts, words[i+1])
		}
	}
	chosen, err := models.Open(ctx, io.Discard, contracts, nil)
	if err != nil || chosen.Catalog.Services() > 1 { // which takes seconds
		return nil
	}
	var all []suggestion
	several := len(chosen.Catalog.ServiceNames()) > 1
	for _, c := range chosen.Catalog.Contracts() {
		name := c.Operation
		if several {
			name = c.Name()
		}
		all = append(all, suggestion{name, c.String()})
	}
	slices.SortFunc(all, func(a, b suggestion) int { return strings.Compare(a.word, b.word) })
	return slices.Compact(all)
}

// values returns the values of an enum. For any other value it returns nil.
func values(value *kong.Value) []suggestion {
	names := map[reflect.Type][]string{ // the types that parse their names themselves
		reflect.TypeFor[report.Format]():        report.Formats(),
		reflect.TypeFor[finding.Profile]():      {"lenient", "default", "strict"},
		reflect.TypeFor[finding.Origin]():       {"aws", "emulator", "fixtures"},
		reflect.TypeFor[check.Encoding]():       {"auto", "http", "sdk"},
		reflect.TypeFor[schema.Encoding]():      {"http", "sdk"},
		reflect.TypeFor[replay.Order]():         {"strict", "sticky", "any"},
		reflect.TypeFor[report.Threshold]():     {"error", "warning", "never"},
		reflect.TypeFor[finding.Severity]():     {"info", "warning", "error"},
		reflect.TypeFor[report.DeviationMode](): {"hide", "show", "error"},
	}[value.Target.Type()]
	if value.Enum != "" {
		names = strings.Split(value.Enum, ",")
	}
	var all []suggestion
	for _, name := range names {
		all = append(all, suggestion{word: strings.TrimSpace(name)})
	}
	if value.Target.Type() == reflect.TypeFor[finding.RuleID]() {
		for _, r := range finding.Rules() {
			all = append(all, suggestion{string(r.ID), r.Purpose})
		}
	}
	return all
}
