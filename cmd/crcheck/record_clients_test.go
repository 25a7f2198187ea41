package main

import (
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// recorded is a program in some language that asks for jobs, and how it is run: its command, and
// what it needs in the environment.
type recorded struct {
	name    string
	modes   []string // "" or --forward
	command func(t *testing.T) (command, env []string)
}

var recordedClients = []recorded{
	{"go", []string{"", "--forward"}, func(*testing.T) ([]string, []string) { return []string{"aws-sdk-go", "get"}, nil }},
	{"python", []string{"", "--forward"}, func(t *testing.T) ([]string, []string) {
		into := installed.Folder(t, installed.Python("../../clients/python"))
		return []string{filepath.Join(into, "bin", "python"), testdata(t, "boto3_get.py")}, nil
	}},
	// It ignores HTTPS_PROXY.
	{"javascript", []string{""}, func(t *testing.T) ([]string, []string) {
		into := installed.Folder(t, installed.NPM("../../clients/javascript", "adapter.mjs"))
		return []string{"node", testdata(t, "javascript_get.cjs")}, []string{"NODE_PATH=" + filepath.Join(into, "node_modules")}
	}},
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "record", name))
	require.NoError(t, err)
	return path
}
