package models

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/spelling"
)

// Botocore is the prefix of a source of models: "botocore:" followed by a service and optionally
// the version of its API, as in "botocore:dynamodb" and "botocore:dynamodb@2012-08-10", or by
// nothing for all services.
//
// The models are those that boto3 would use: in AWS_DATA_PATH and ~/.aws/models
// (botocore/loaders.py), and in the botocore of a Python on the PATH. Python runs only if the
// service is in neither of the former, or for all services, and imports nothing of botocore. A
// service may also be given by its signing name or endpoint prefix, which is what traffic shows.
// The source is then all services with that name.
//
// A version of botocore, as in "botocore:dynamodb@1.43.67", is an error if another version is
// installed.
const Botocore = "botocore:"

var released = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9]+(\.[0-9]+)+[A-Za-z0-9.+-]*$`)
})

// BotocoreError says why models of botocore are not available.
type BotocoreError struct{ Name, Problem, Remedy string }

func (e *BotocoreError) Error() string { return e.Name + ": " + e.Problem + "; " + e.Remedy }

// Installed reads a source of models that begins with [Botocore].
func Installed(ctx context.Context, name string, options Options) (*Found, error) {
	if options.Refused == nil {
		options.Refused = func(error) {}
	}
	service, version, _ := strings.Cut(strings.TrimPrefix(name, Botocore), "@")
	s := search{name: name, api: version}
	switch {
	case strings.Contains(name, "@") && !dated().MatchString(version) && !released().MatchString(version):
		return nil, &BotocoreError{name, fmt.Sprintf("%q is not a version", version), "give that of the API, such as 2012-08-10, or that of botocore, such as 1.43.67, or none"}
	case released().MatchString(version) && !dated().MatchString(version):
		s.api, s.botocore = "", version
	case service == "" && version != "":
		return nil, &BotocoreError{name, "services do not share an API version", "name a service before it"}
	}
	own := ownFolders()
	f := newFolder(options)
	if service != "" && s.botocore == "" {
		if models := s.models(own, service); len(models) > 0 {
			return f.take(models, true)
		}
	}
	home, err := pythonsBotocore(ctx)
	if err != nil && (service != "" || s.botocore != "" || len(s.models(own, "")) == 0) {
		return nil, &BotocoreError{name, err.Error(), "install it (pip install botocore), name a folder of models in AWS_DATA_PATH, or give the path of one instead"}
	}
	folders := own
	if err != nil {
		options.Refused(&BotocoreError{name, err.Error(), "using only the models of " + strings.Join(own, " and ")})
	} else {
		data := filepath.Join(home, "data")
		folders = append(folders, data)
		f.found.Botocore = botocoreVersion(data)
		if f.options.Version == "" {
			f.options.Version = f.found.Botocore
		}
	}
	if s.botocore != "" && s.botocore != f.found.Botocore {
		return nil, &BotocoreError{name, fmt.Sprintf("botocore %s is installed, at %s", f.found.Botocore, home), "install the other (pip install botocore==" + s.botocore + "), or leave the version out"}
	}
	models := s.models(folders, service)
	if len(models) == 0 {
		return nil, s.nothing(folders, service, &f.heads)
	}
	return f.take(models, service != "")
}

// take adds models and, if whole is set, loads them immediately.
func (f *folder) take(models []model, whole bool) (*Found, error) {
	for _, m := range models {
		if err := f.model(m); err != nil {
			return nil, err
		}
	}
	if whole {
		f.found.Load("")
	}
	if len(f.found.Services)+len(f.found.Contracts) == 0 {
		return nil, errors.New("none of the models can be read, for the reasons above; reinstall botocore (pip install --force-reinstall botocore), or name a folder of models")
	}
	return f.found, nil
}

// ownFolders returns the existing folders in which botocore looks for models before its own.
func ownFolders() []string {
	var folders []string
	for _, path := range filepath.SplitList(os.Getenv("AWS_DATA_PATH")) {
		folders = append(folders, expanded(path))
	}
	folders = append(folders, expanded(filepath.Join("~", ".aws", "models")))
	return slices.DeleteFunc(folders, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.IsDir()
	})
}

// expanded replaces "~" as botocore does.
func expanded(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		if home, err := os.UserHomeDir(); err == nil {
			return home + rest
		}
	}
	return path
}

// search is a request for models.
type search struct {
	name     string
	api      string // the version of the API; empty for the newest
	botocore string // the version of botocore; empty for any
}

// models returns the models of a service, or of all services if it is empty. For each service, it
// takes the newest version, from the first folder that has it.
func (s *search) models(folders []string, service string) []model {
	newest := map[string]model{}
	for _, folder := range folders {
		names := []string{service}
		if service == "" {
			names = subfolders(folder)
		} else if service != filepath.Base(service) || strings.HasPrefix(service, ".") {
			return nil
		}
		for _, name := range names {
			for _, version := range subfolders(filepath.Join(folder, name)) {
				if !dated().MatchString(version) || s.api != "" && version != s.api || version <= newest[name].version {
					continue
				}
				for _, file := range []string{"service-2.json", "service-2.json.gz"} {
					path := filepath.Join(folder, name, version, file)
					if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
						newest[name] = model{path, name, version}
						break
					}
				}
			}
		}
	}
	if service != "" && len(newest) == 0 {
		return s.aliased(folders, service)
	}
	var all []model
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		all = append(all, newest[name])
	}
	return all
}

// aliased returns the models of services with a signing name or endpoint prefix.
func (s *search) aliased(folders []string, name string) (found []model) {
	var h heads
	for _, m := range s.models(folders, "") {
		if service, ok, err := h.read(m.path); err == nil && ok && (service.Signing == name || service.Endpoint == name) {
			found = append(found, m)
		}
	}
	return found
}

func subfolders(path string) (names []string) {
	entries, _ := os.ReadDir(path)
	for _, entry := range entries {
		if entry.IsDir() || entry.Type()&os.ModeSymlink != 0 {
			names = append(names, entry.Name())
		}
	}
	return names
}

// nothing returns the error for a missing service or version.
func (s *search) nothing(folders []string, service string, h *heads) error {
	of := strings.Join(folders, " and ")
	if s.api != "" {
		if other := (&search{}).models(folders, service); len(other) > 0 {
			var versions []string
			for _, folder := range folders {
				for _, version := range subfolders(filepath.Join(folder, service)) {
					if len((&search{api: version}).models([]string{folder}, service)) > 0 {
						versions = append(versions, version)
					}
				}
			}
			slices.Sort(versions)
			return &BotocoreError{s.name, fmt.Sprintf("%s has no version %s of %s", of, s.api, service), "use one of " + strings.Join(slices.Compact(versions), ", ")}
		}
	}
	var near, all []string
	for _, m := range (&search{}).models(folders, "") {
		all = append(all, m.service)
		if service != "" && (strings.Contains(m.service, service) || strings.Contains(service, m.service)) && len(near) < 5 {
			near = append(near, m.service)
		}
	}
	remedy := "use the name that boto3.client takes"
	if likely := spelling.Nearest(service, all); likely != "" {
		remedy = "did you mean botocore:" + likely + "?"
	} else if len(near) > 0 {
		remedy = "did you mean " + strings.Join(near, ", ") + "?"
	}
	if service == "" {
		return &BotocoreError{s.name, of + " has no models", "reinstall botocore, or give the path of a folder of models"}
	}
	return &BotocoreError{s.name, fmt.Sprintf("%s has no service %s", of, service), remedy}
}
