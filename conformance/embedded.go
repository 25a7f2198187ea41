package conformance

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed suites
var suites embed.FS

// Builtin is the suite that is built in; its cassettes are those of package cassettes.
func Builtin() *Suite {
	const name = "suites/get_protected_job.yaml"
	text, err := fs.ReadFile(suites, name)
	if err != nil {
		panic(err) // it is embedded
	}
	suite, err := ParseSuite(name, text)
	if err != nil {
		panic(fmt.Sprintf("the built-in suite is broken: %v", err)) // a test reads it
	}
	return suite
}
