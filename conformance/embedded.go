package conformance

import (
	"embed"
	"fmt"
	"sync"
)

//go:embed suites
var suites embed.FS

// Builtin returns the built-in suite, which is decoded once. Its cassettes are those of package
// cassettes.
func Builtin() *Suite { return builtin() }

var builtin = sync.OnceValue(func() *Suite {
	suite, err := ReadSuite(suites, "suites/get_protected_job")
	if err != nil {
		panic(fmt.Sprintf("the built-in suite is broken: %v", err)) // a test reads it
	}
	return suite
})
