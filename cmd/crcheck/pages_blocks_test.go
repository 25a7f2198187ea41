package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// block is a fenced block of a page. What follows the language in its fence is a mark, which neither
// GitHub nor the site shows:
//
//	sh               commands, which succeed
//	sh exit N        commands, the last of which ends with that status
//	sh needs THING   commands that run only where the thing is, see things
//	console          commands after "$ ", continued after "> ", each with what it prints
//	… file PATH      a file that the reader writes, for the commands below it
type block struct {
	line       int
	lang, mark string
	text       string
}

// needs returns what a block of commands needs, if anything.
func (b *block) needs() string {
	thing, _ := strings.CutPrefix(b.mark, "needs ")
	if thing == b.mark {
		return ""
	}
	return thing
}

var (
	fence = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^( *)```([\\w-]*) ?(.*)$") })
	// commandLine is a line that only a block of commands may have.
	commandLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\$ .*|(go run \S*/cmd/)?crcheck (-\S+|[a-z]+).*)$`)
	})
)

// blocks returns the fenced blocks of a page. A command anywhere else is an error, because nothing
// would test it.
func blocks(page string) (found []block, err error) {
	var open *block
	indent := ""
	for i, line := range strings.Split(page, "\n") {
		m := fence().FindStringSubmatch(line)
		switch {
		case open == nil && m != nil:
			open, indent = &block{line: i + 1, lang: m[2], mark: m[3]}, m[1]
		case open != nil && strings.TrimSpace(line) == "```":
			found = append(found, *open)
			open = nil
		case open != nil:
			line = strings.TrimPrefix(line, indent)
			if open.lang != "sh" && open.lang != "console" && open.lang != "text" && commandLine().MatchString(line) {
				return nil, fmt.Errorf("line %d: a command in a block of %q: begin it with ```sh or ```console", i+1, open.lang)
			}
			open.text += line + "\n"
		case strings.HasPrefix(line, "    ") && commandLine().MatchString(strings.TrimSpace(line)):
			return nil, fmt.Errorf("line %d: an indented command: put it between ```sh and ```", i+1)
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the block has no end", open.line)
	}
	return found, nil
}

// TestBlocks checks what the tests of the pages take for a command, and that no command escapes them.
func TestBlocks(t *testing.T) {
	for _, row := range []struct {
		name, page string
		want       []block
		err        string
	}{
		{"commands", "a\n```sh exit 1\ncrcheck rules\n```\nb", []block{{2, "sh", "exit 1", "crcheck rules\n"}}, ""},
		{"in a list", "- a\n\n  ```sh\n  crcheck rules\n  ```\n", []block{{3, "sh", "", "crcheck rules\n"}}, ""},
		{"a file", "```yaml file a.yaml\na:\n  b\n```", []block{{1, "yaml", "file a.yaml", "a:\n  b\n"}}, ""},
		{"no end", "```sh\ncrcheck rules", nil, "line 1: the block has no end"},
		{"indented", "a\n\n    crcheck rules --markdown\n", nil, "line 3: an indented command"},
		{"no language", "```\n$ crcheck rules\n```", nil, `line 2: a command in a block of ""`},
		{"indented prose", "- a\n    crcheck, as ever\n", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := blocks(row.page)
			if row.err != "" {
				require.ErrorContains(t, err, row.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, row.want, got)
		})
	}
}

// step is a command of a session, with what it prints.
type step struct {
	command, want string
}

// steps returns the commands of a session.
func steps(session string) (found []step) {
	for line := range strings.Lines(session) {
		switch {
		case strings.HasPrefix(line, "$ "):
			found = append(found, step{command: line[2:]})
		case len(found) == 0:
			found = append(found, step{want: line}) // no command printed it, so the session fails
		case strings.HasPrefix(line, "> ") && found[len(found)-1].want == "":
			found[len(found)-1].command += line[2:]
		default:
			found[len(found)-1].want += line
		}
	}
	return found
}

// shows reports whether a session shows what a command printed. A line "…" is any number of lines,
// and "…" within a line is any text.
func shows(session, printed string) bool {
	pattern := "^"
	for line := range strings.Lines(session) {
		if line == "…\n" {
			pattern += `(?:[^\n]*\n)*?`
			continue
		}
		pattern += strings.ReplaceAll(regexp.QuoteMeta(line), "…", `[^\n]*?`)
	}
	return regexp.MustCompile(pattern + "$").MatchString(printed)
}

func TestShows(t *testing.T) {
	for _, row := range []struct {
		name, session, printed string
		want                   bool
	}{
		{"equal", "a\nb\n", "a\nb\n", true},
		{"more", "a\n", "a\nb\n", false},
		{"less", "a\nb\n", "a\n", false},
		{"lines left out", "a\n…\nd\n", "a\nb\nc\nd\n", true},
		{"no lines left out", "a\n…\nd\n", "a\nd\n", true},
		{"another last line", "a\n…\nd\n", "a\nb\ne\n", false},
		{"text left out", "took … s\n", "took 1.5 s\n", true},
		{"text left out ends with its line", "took … s\n", "took 1\n2 s\n", false},
		{"a dot is a dot", "1.5\n", "1x5\n", false},
	} {
		t.Run(row.name, func(t *testing.T) { require.Equal(t, row.want, shows(row.session, row.printed)) })
	}
}

// commandLines returns the arguments of each run of crcheck in a block that does not run.
func commandLines(text string) (found [][]string) {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		words := shellWords(line)
		for i, word := range words {
			if word == "crcheck" && (i == 0 || words[i-1] == "|" || words[i-1] == "&&" || words[i-1] == "--") {
				end := i + 1
				for end < len(words) && !strings.ContainsAny(words[end], "|>#;") && words[end] != "&&" {
					end++
				}
				found = append(found, words[i+1:end])
			}
		}
	}
	return found
}

// shellWords splits a line into words, as far as the pages need it: quotes, but no escapes. A word
// that was quoted is never an operator, because none of the pages quotes one.
func shellWords(line string) (words []string) {
	for _, m := range regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`).FindAllString(line, -1) {
		words = append(words, strings.NewReplacer(`'`, "", `"`, "").Replace(m))
	}
	return words
}

func TestCommandLines(t *testing.T) {
	got := commandLines("jq .a b | crcheck validate - # note\ncrcheck ignore 1 --reason \"moto sends it\" \\\n  --file x && echo\npython crcheck\n")
	require.Equal(t, [][]string{{"validate", "-"}, {"ignore", "1", "--reason", "moto sends it", "--file", "x"}}, got)
}

// pagesWithCommands are the pages that a user reads, by their path in the repository.
func pagesWithCommands(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md", "examples/README.md"}
	for _, folder := range []string{"docs", "docs/start"} {
		entries, err := os.ReadDir("../../" + folder)
		require.NoError(t, err)
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".md") {
				pages = append(pages, folder+"/"+entry.Name())
			}
		}
	}
	return pages
}
