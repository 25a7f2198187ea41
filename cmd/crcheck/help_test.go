package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// TestCommandsHaveGroups checks that the list of commands shows each under what a user wants to do.
func TestCommandsHaveGroups(t *testing.T) {
	listed := inProcess(nil, "--help").out
	for _, node := range application(t).Leaves(true) {
		name := strings.TrimPrefix(commandPath(node), "crcheck ")
		t.Run(name, func(t *testing.T) {
			group := node.ClosestGroup()
			require.NotNil(t, group, "give the command a group")
			below := strings.SplitN(listed, "\n"+group.Key+"\n", 2)
			require.Len(t, below, 2)
			section, _, _ := strings.Cut(below[1], "\n\n")
			require.Regexp(t, `(?m)^  `+name+` `, section)
		})
	}
}

// TestExamples checks that the help of each command begins with an example, and that crcheck
// understands all of them.
func TestExamples(t *testing.T) {
	example := regexp.MustCompile(`(?m)^ +((?:.* \| )?crcheck .*)$`)
	for _, node := range application(t).Leaves(true) {
		name := strings.TrimPrefix(commandPath(node), "crcheck ")
		t.Run(name, func(t *testing.T) {
			help := node.Detail
			examples := example.FindAllStringSubmatch(help, -1)
			require.NotEmpty(t, examples)
			require.True(t, strings.HasPrefix(strings.TrimPrefix(help, "For example:\n\n"), examples[0][0]), "the help begins with an example")
			require.Contains(t, examples[0][1]+" ", "crcheck "+name+" ")
			t.Chdir(t.TempDir())
			folder(t, "tests") // a folder that users have
			for _, e := range examples {
				for piped := range strings.SplitSeq(e[1], " | ") {
					if line, ours := strings.CutPrefix(piped, "crcheck "); ours {
						requireParses(t, line)
					}
				}
			}
		})
	}
}

func requireParses(t *testing.T, line string) {
	args, word, err := command(shellWords(line))
	require.NoError(t, err)
	args, _ = splitCommand(args, word)
	grammar, _ := grammar(word)
	parser, err := kong.New(grammar, kong.Name("crcheck"))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	require.NoError(t, err, "%s", line)
}

// TestHelpOfEveryCommand checks the two ways to ask for the help of a command.
func TestHelpOfEveryCommand(t *testing.T) {
	for _, name := range leaves(t) {
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(name)
			asked := inProcess(nil, append([]string{"help"}, words...)...)
			require.Equal(t, exitClean, asked.status)
			require.Contains(t, asked.out, "Usage: crcheck "+name)
			require.Empty(t, asked.err)
			require.Equal(t, asked, inProcess(nil, append(words, "--help")...))
		})
	}
}
