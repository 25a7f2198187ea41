package main

import (
	"bufio"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/crcheck/crcheck/schema/contracts"
)

type versionCommand struct{}

// Run prints the version, the Go version and the built-in contracts.
func (versionCommand) Run(t *terminal) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	out := bufio.NewWriter(t.Out)
	fmt.Fprintf(out, "crcheck %s, %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, s := range contracts.Sources() {
		fmt.Fprintln(out, s.Name())
	}
	return out.Flush()
}
