package models

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Auto is the source of models that means every service whose model lies where models usually lie.
// The traffic chooses: a service is loaded when a request names it, by the scope of its signature,
// its host, its X-Amz-Target or its route.
//
// The folders are AWS_DATA_PATH, ~/.aws/models, the botocore of the active virtual environment, of
// .venv and venv in the working directory, of a Python on the PATH, and of the AWS CLI v2. Python
// runs only if no virtual environment has models. Packages of npm contain no models.
const Auto = "auto"

// cliModels is where the installer of the AWS CLI v2 puts its models.
const cliModels = "/usr/local/aws-cli/v2/current/dist/awscli/botocore/data"

// places returns the folders of botocore's models in virtual environments and of the AWS CLI.
func places() (folders []string) {
	for _, environment := range []string{os.Getenv("VIRTUAL_ENV"), ".venv", "venv"} {
		if environment == "" {
			continue
		}
		for _, below := range []string{"lib/python*/site-packages", "Lib/site-packages"} { // the second is that of Windows
			found, _ := filepath.Glob(filepath.Join(environment, filepath.FromSlash(below), "botocore", "data"))
			folders = append(folders, found...)
		}
	}
	return folders
}

// automatic reads the heads of all models that can be found.
func automatic(ctx context.Context, options Options) (*Found, error) {
	var s search
	folders := append(ownFolders(), places()...)
	if len(s.models(places(), "")) == 0 {
		home, err := pythonsBotocore(ctx)
		switch {
		case err == nil:
			folders = append(folders, filepath.Join(home, "data"))
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case len(s.models([]string{cliModels}, "")) > 0:
			folders = append(folders, cliModels)
		case len(s.models(folders, "")) == 0:
			return nil, &BotocoreError{Auto, "found no models: " + err.Error(), "install botocore (pip install botocore), or put models into ~/.aws/models or a folder of AWS_DATA_PATH"}
		}
	}
	f := newFolder(options)
	for _, folder := range folders {
		if f.found.Botocore == "" {
			f.found.Botocore = botocoreVersion(folder)
		}
	}
	if f.options.Version == "" {
		f.options.Version = f.found.Botocore
	}
	found, err := f.take(s.models(folders, ""), false)
	if err != nil {
		return nil, err
	}
	found.folders = folders
	return found, nil
}

// Taken says which services the traffic chose of those that --contract auto found, and which have no
// model and how to get one. It is empty for other sources.
func (c *InForce) Taken(services map[string]bool, u *Unrouted) string {
	if len(c.folders) == 0 {
		return ""
	}
	text := "contracts taken: none"
	if taken := slices.Sorted(maps.Keys(services)); len(taken) > 0 {
		text = fmt.Sprintf("contracts taken: %s, from %s", strings.Join(taken, ", "), strings.Join(c.folders, " and "))
	}
	var missing []string
	for _, source := range slices.Sorted(maps.Keys(u.add)) {
		missing = append(missing, strings.TrimPrefix(source, Botocore))
	}
	if len(missing) == 0 {
		return text
	}
	return text + fmt.Sprintf("\nnot found: the models of %s; upgrade botocore (pip install --upgrade botocore), or put a model at ~/.aws/models/SERVICE/YYYY-MM-DD/service-2.json",
		strings.Join(missing, ", "))
}

// isAuto reports whether a name means [Auto] rather than a file of that name.
func isAuto(name string) bool {
	_, err := os.Stat(name)
	return name == Auto && errors.Is(err, os.ErrNotExist)
}
