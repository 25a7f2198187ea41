package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// transcript is a block of the README that shows a session in the folder of the examples.
var transcript = regexp.MustCompile("(?s)```\n\\$ crcheck ([^\n]*)\n(.*?)\\$ echo \\$\\?\n(\\d)\n```")

// TestReadme checks that the README shows what the program prints.
func TestReadme(t *testing.T) {
	path, err := filepath.Abs("../../README.md")
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	readme := strings.ReplaceAll(string(text), "\r\n", "\n")
	for args, first := range map[string]string{"conform": "coverage of the contract", "validate cassettes": "checked "} {
		t.Run(args, func(t *testing.T) {
			t.Chdir(filepath.Dir(path))
			got := inProcess(nil, strings.Fields(args)...)
			require.Equal(t, exitClean, got.status, got.err)
			begin := strings.LastIndex("\n"+got.out, "\n"+first)
			require.NotEqual(t, -1, begin, got.out)
			require.Contains(t, readme, "\n```\n"+got.out[begin:]+"```\n")
		})
	}
	sessions := transcript.FindAllStringSubmatch(readme, -1)
	require.Len(t, sessions, 1)
	for _, session := range sessions {
		t.Run(session[1], func(t *testing.T) {
			t.Chdir(filepath.Join(filepath.Dir(path), "examples"))
			got := inProcess(nil, strings.Fields(session[1])...)
			require.Equal(t, session[2], got.err+got.out)
			require.Equal(t, session[3], fmt.Sprint(got.status))
		})
	}
}
