package conformance

import (
	"embed"
	"fmt"
)

//go:embed suites
var suites embed.FS

// Builtin is the suite that is built in; its cassettes are those of package cassettes.
func Builtin() *Suite {
	suite, err := ReadSuite(suites, "suites/get_protected_job")
	if err != nil {
		panic(fmt.Sprintf("the built-in suite is broken: %v", err)) // a test reads it
	}
	return suite
}
