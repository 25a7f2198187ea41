// Package links resolves symbolic links to files that may not exist yet.
package links

import (
	"os"
	"path/filepath"
)

// Follow returns the target of a path, whether or not it exists. Writers replace the target, not
// the link. A path in a cycle of links is returned as it is.
func Follow(path string) string {
	for range 40 { // the limit of Linux
		if target, err := filepath.EvalSymlinks(path); err == nil {
			return target
		}
		link, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return path
}
