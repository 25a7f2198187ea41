package main

import (
	"bufio"
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/crcheck/crcheck/schema/contracts"
)

// A release build sets its version and commit at link time:
//
//	go build -ldflags "-X main.version=v1.2.3 -X main.commit=0123abc" ./cmd/crcheck
var version, commit string

type versionCommand struct{}

// Help returns the text above the flags of --help.
func (versionCommand) Help() string {
	return `For example:

  crcheck version`
}

// Run prints the version, the commit, the Go version and the built-in contracts.
func (versionCommand) Run(t *terminal) error {
	info, _ := debug.ReadBuildInfo()
	version, commit := built(info)
	out := bufio.NewWriter(t.Out)
	fmt.Fprintf(out, "crcheck %s, commit %s, %s %s/%s\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, s := range contracts.Sources() {
		fmt.Fprintln(out, s.Name())
	}
	return out.Flush()
}

// built returns the version and the commit set at link time, or else those that the go command
// recorded. info may be nil.
func built(info *debug.BuildInfo) (string, string) {
	if info == nil {
		info = &debug.BuildInfo{}
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	revision := cmp.Or(settings["vcs.revision"], "unknown")
	if settings["vcs.modified"] == "true" {
		revision += "-dirty"
	}
	return cmp.Or(version, info.Main.Version, "(devel)"), cmp.Or(commit, revision)
}
