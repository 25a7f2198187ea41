package recorder

import (
	"os"
	"path/filepath"
)

// throughLinks is what a path leads to, there or not: that is a cassette, and replaced, not the link to it.
func throughLinks(path string) string {
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
