// Package links follows symbolic links of files that need not be there.
package links

import (
	"os"
	"path/filepath"
)

// Follow returns what a path leads to, there or not: that is to be written, not the
// link to it.
func Follow(path string) string {
	for range 40 { // as many as Linux follows
		if there, err := filepath.EvalSymlinks(path); err == nil {
			return there
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
