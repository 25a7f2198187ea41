// Command generate writes docs/drift.md.
package main

import (
	"fmt"

	"github.com/crcheck/crcheck/drift"
)

func main() { fmt.Print(drift.Page()) }
