// Command sdkgo is the AWS SDK for Go v2 as a client of the conformance suite in
// a process of its own.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
)

func main() {
	if err := conformance.Serve(context.Background(), os.Stdin, os.Stdout, sdkgo.New()); err != nil {
		fmt.Fprintln(os.Stderr, "sdkgo:", err)
		os.Exit(1)
	}
}
