package models

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// model is a model in the layout of botocore.
type model struct {
	path    string
	service string // the name of its folder; empty if that is not below the folder being read
	version string // of the API, such as "2012-08-10"
}

// tree is the content of a folder, sorted by path.
type tree struct {
	botocore  []model  // the newest of each service
	documents []string // other files that may describe operations
}

var (
	dated = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	})
	companions = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((paginators|waiters|examples|endpoint-rule-set|endpoint-tests|endpoint-bdd)-[0-9]+|.*\.sdk-extras)\.json(\.gz)?$`)
	})
	// above matches the files beside the folders of services.
	above = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(endpoints|partitions|sdk-default-configuration|_retry)\.json(\.gz)?$`)
	})
)

func isModel(name string) bool { return name == "service-2.json" || name == "service-2.json.gz" }

// walk walks a folder. It skips names that begin with "." and links to folders, as for traffic:
// following a link could leave the folder or never end.
func walk(path string, refused func(error)) (*tree, error) {
	w := &walker{refused: refused, newest: map[string]model{}, smithy: map[string]dir{}}
	if err := w.folder(path, 0); err != nil {
		return nil, err
	}
	t := &tree{}
	for _, m := range w.newest {
		t.botocore = append(t.botocore, m)
	}
	slices.SortFunc(t.botocore, func(a, b model) int { return cmp.Compare(a.path, b.path) })
	for _, newest := range w.smithy {
		w.documents = append(w.documents, newest.files...)
	}
	for _, path := range w.documents {
		if len(t.botocore) == 0 || !above().MatchString(filepath.Base(path)) {
			t.documents = append(t.documents, path)
		}
	}
	slices.Sort(t.documents)
	return t, nil
}

type walker struct {
	refused   func(error)      // called for folders that cannot be read
	newest    map[string]model // by the folder of the service
	smithy    map[string]dir   // by the folder of the service
	documents []string
}

// dir is the documents of one version.
type dir struct {
	version string
	files   []string
}

// folder walks a folder at a depth below the root.
func (w *walker) folder(path string, depth int) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err // it names the path
	}
	version, parent := filepath.Base(path), filepath.Dir(path)
	if !dated().MatchString(version) {
		version = ""
	}
	var documents []string
	found := false
	for _, entry := range entries {
		name := entry.Name()
		below := filepath.Join(path, name)
		if strings.HasPrefix(name, ".") {
			continue
		}
		isDir, isFile := entry.IsDir(), entry.Type().IsRegular()
		if entry.Type()&os.ModeSymlink != 0 {
			info, err := os.Stat(below)
			isFile = err == nil && info.Mode().IsRegular()
		}
		switch {
		case isDir:
			if err := w.folder(below, depth+1); err != nil {
				w.refused(err)
			}
		case !isFile:
		case version != "" && isModel(name):
			if !found { // the plain file comes before the gzip file, and wins, as in botocore
				w.model(model{below, serviceFolder(parent, depth), version}, parent)
			}
			found = true
		case version != "" && companions().MatchString(name):
		default:
			documents = append(documents, below)
		}
	}
	if version != "" && filepath.Base(parent) == "service" && !found {
		if before, ok := w.smithy[parent]; !ok || before.version < version {
			w.smithy[parent] = dir{version, documents}
		}
		return nil
	}
	w.documents = append(w.documents, documents...)
	return nil
}

func (w *walker) model(m model, folder string) {
	if before, ok := w.newest[folder]; !ok || before.version < m.version {
		w.newest[folder] = m
	}
}

// serviceFolder returns the name of a service's folder if that is below the root. The root itself
// may have any name.
func serviceFolder(folder string, depthOfVersion int) string {
	if depthOfVersion < 2 {
		return ""
	}
	return filepath.Base(folder)
}
