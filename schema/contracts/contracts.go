// Package contracts has the contracts that are built into crcheck.
//
// The model: a built-in contract is a JSON file in this folder, derived from a documentation page
// and an overlay beside it. The overlay adds what the API model of the same version states and a
// page cannot. `go generate` derives the contracts again; a test fails if they are stale.
package contracts

import (
	"embed"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

//go:generate go run ./generate

//go:embed *.json
var files embed.FS

// sources lists the built-in contracts, the oldest of each operation first.
var sources = []source{
	{"cleanrooms.GetProtectedJob", "1.42.90", "get_protected_job-1.42.90.json"},
	{"cleanrooms.GetProtectedJob", "1.43.67", "get_protected_job-1.43.67.json"},
}

type source struct{ operation, version, file string }

func (s source) name() string { return s.operation + "@" + s.version }

// Names returns SERVICE.OPERATION@VERSION of each built-in contract, the oldest of each operation
// first.
func Names() []string {
	var names []string
	for _, s := range sources {
		names = append(names, s.name())
	}
	return names
}

// Newest is the name of the default contract.
const Newest = "cleanrooms.GetProtectedJob"

// UnknownError reports that there is no built-in contract with a name.
type UnknownError struct {
	Name  string
	Known []string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown built-in contract %q: use one of %s", e.Name, strings.Join(e.Known, ", "))
}

// Load returns the built-in contract SERVICE.OPERATION@VERSION, or the newest one for
// SERVICE.OPERATION. The error is an [*UnknownError].
func Load(name string) (*schema.Contract, error) {
	var known []string
	for i := len(sources) - 1; i >= 0; i-- {
		s := sources[i]
		if name == s.operation || name == s.name() {
			return load(s)
		}
		known = append(known, s.name())
	}
	return nil, &UnknownError{name, known}
}

func load(s source) (*schema.Contract, error) {
	text, err := files.ReadFile(s.file)
	if err != nil {
		return nil, err
	}
	return schema.Parse(text)
}

// MustLoad is [Load] for names that are known to be built in. It panics on other names.
func MustLoad(name string) *schema.Contract {
	c, err := Load(name)
	if err != nil {
		panic(err)
	}
	return c
}
