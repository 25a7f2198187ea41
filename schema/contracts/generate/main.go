// Command generate derives the built-in contracts from the pages and overlays in the current
// folder. Run it with `go generate ./schema/contracts`.
package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func main() {
	for _, s := range contracts.Sources() {
		text, err := derive(os.DirFS("."), s)
		if err == nil {
			err = os.WriteFile(s.Base+".json", text, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "generate:", err)
			os.Exit(1)
		}
	}
}

// derive returns the JSON form of a built-in contract.
func derive(folder fs.FS, s contracts.Source) ([]byte, error) {
	document, err := fs.ReadFile(folder, s.Base+".rst")
	if err != nil {
		return nil, err
	}
	contract, conflicts, err := page.Read(document, s.Version)
	if err != nil {
		return nil, fmt.Errorf("%s.rst: %w", s.Base, err)
	}
	text, err := fs.ReadFile(folder, s.Base+".overlay.yaml")
	if err != nil {
		return nil, err
	}
	overlay, err := schema.ParseOverlay(s.Base+".overlay.yaml", text)
	if err != nil {
		return nil, err
	}
	contract, stale := overlay.Apply(contract)
	for _, f := range append(conflicts, stale...) {
		return nil, fmt.Errorf("%s: %s", s.Base, f)
	}
	if err := contract.Check(); err != nil {
		return nil, err
	}
	return contract.Encode()
}
