package main

import (
	"bufio"
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/crcheck/crcheck/schema/contracts"
)

// A release build sets its version and commit, and the time of the commit, at link time:
//
//	go build -ldflags "-X main.version=v1.2.3 -X main.commit=0123abc -X main.date=2026-01-02T15:04:05Z" ./cmd/crcheck
var version, commit, date string

type versionCommand struct{}

// Help returns the text above the flags of --help.
func (versionCommand) Help() string {
	return `For example:

  crcheck version`
}

// Run prints the version, the commit, the Go version and the built-in contracts.
func (versionCommand) Run(t *terminal) error {
	info, _ := debug.ReadBuildInfo()
	version, commit, date := built(info)
	out := bufio.NewWriter(t.Out)
	fmt.Fprintf(out, "crcheck %s, commit %s", version, commit)
	if date != "" {
		fmt.Fprintf(out, " of %s", date)
	}
	fmt.Fprintf(out, ", %s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range contracts.Names() {
		fmt.Fprintln(out, name)
	}
	return out.Flush()
}

// built returns the version, the commit and its time as set at link time, or else as the go command
// recorded them. info may be nil.
func built(info *debug.BuildInfo) (string, string, string) {
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
	return cmp.Or(version, info.Main.Version, "(devel)"), cmp.Or(commit, revision), cmp.Or(date, settings["vcs.time"])
}
