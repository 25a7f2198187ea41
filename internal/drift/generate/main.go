// Command generate writes docs/drift.md.
package main

import (
	"fmt"

	"github.com/crcheck/crcheck/internal/drift"
)

func main() { fmt.Print(drift.Page()) }
