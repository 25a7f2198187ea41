// Package contracts holds the contracts that are built into crcheck, embedded
// in their JSON form.
//
// Each is derived from a documentation page and an overlay, which stand beside
// it in this folder: the page has the response syntax as the service's
// documentation states it, the overlay adds what the API model of the same
// version states and a page cannot. `go generate` derives them again; a test
// fails when they are stale.
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

// sources lists the built-in contracts, of each operation the oldest first.
var sources = []Source{
	{"cleanrooms.GetProtectedJob", "1.42.90", "get_protected_job-1.42.90"},
	{"cleanrooms.GetProtectedJob", "1.43.67", "get_protected_job-1.43.67"},
}

// Source is what a built-in contract is derived from: Base.rst and Base.overlay.yaml.
type Source struct{ Operation, Version, Base string }

// Name returns SERVICE.OPERATION@VERSION.
func (s Source) Name() string { return s.Operation + "@" + s.Version }

// Sources returns the built-in contracts, of each operation the oldest first.
func Sources() []Source { return append([]Source(nil), sources...) }

// Newest is the name of the contract that is used where none is asked for.
const Newest = "cleanrooms.GetProtectedJob"

// UnknownError says that there is no built-in contract of a name.
type UnknownError struct {
	Name  string
	Known []string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("unknown built-in contract %q: use one of %s", e.Name, strings.Join(e.Known, ", "))
}

// Load returns the built-in contract SERVICE.OPERATION@VERSION; without a
// version the newest. The error is an [*UnknownError].
func Load(name string) (*schema.Contract, error) {
	var known []string
	for i := len(sources) - 1; i >= 0; i-- {
		s := sources[i]
		if name == s.Operation || name == s.Name() {
			return load(s)
		}
		known = append(known, s.Name())
	}
	return nil, &UnknownError{name, known}
}

func load(s Source) (*schema.Contract, error) {
	text, err := files.ReadFile(s.Base + ".json")
	if err != nil {
		return nil, err
	}
	return schema.Parse(text)
}

// MustLoad is [Load] for names that are known to be built in; it panics on others.
func MustLoad(name string) *schema.Contract {
	c, err := Load(name)
	if err != nil {
		panic(err)
	}
	return c
}
