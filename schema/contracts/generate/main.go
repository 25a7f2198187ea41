// Command generate derives the built-in contracts from the pages and overlays in the current
// folder. Run it with `go generate ./schema/contracts`.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/crcheck/crcheck/schema"
)

func main() {
	pages, err := filepath.Glob("*.rst")
	for _, path := range pages {
		base := strings.TrimSuffix(path, ".rst")
		var text []byte
		if text, err = derive(os.DirFS("."), base); err == nil {
			err = os.WriteFile(base+".json", text, 0o644)
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// derive returns the JSON form of the contract of NAME-VERSION.rst and NAME-VERSION.overlay.yaml.
func derive(folder fs.FS, base string) ([]byte, error) {
	document, err := fs.ReadFile(folder, base+".rst")
	if err != nil {
		return nil, err
	}
	contract, conflicts, err := page.Read(document, base[strings.LastIndex(base, "-")+1:])
	if err != nil {
		return nil, fmt.Errorf("%s.rst: %w", base, err)
	}
	text, err := fs.ReadFile(folder, base+".overlay.yaml")
	if err != nil {
		return nil, err
	}
	overlay, err := schema.ParseOverlay(base+".overlay.yaml", text)
	if err != nil {
		return nil, err
	}
	contract, stale := overlay.Apply(contract)
	for _, f := range append(conflicts, stale...) {
		return nil, fmt.Errorf("%s: %s", base, f)
	}
	if err := contract.Check(); err != nil {
		return nil, err
	}
	return contract.Encode()
}
