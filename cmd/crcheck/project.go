package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/project"
	"github.com/crcheck/crcheck/internal/report"
)

// projectFlags choose the project file, and say what takes precedence over it.
type projectFlags struct {
	Config      string            `placeholder:"PATH" help:"The project file. Default: crcheck.yaml in this folder or the nearest one above."`
	Profile     *finding.Profile  `placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn      *report.Threshold `placeholder:"SEVERITY" help:"The lowest severity that fails the run: error, warning or never."`
	FailOnStale *bool             `help:"Fail if an ignore row matches nothing although its location was checked."`
}

// open reads the project file and changes to its folder, to which the paths in it are relative. The
// paths in flags keep their meaning.
func (f *projectFlags) open(ctx context.Context, t *terminal, paths ...*output.Path) (*project.File, project.Options, error) {
	path := f.Config
	if path == "" {
		var err error
		if path, err = project.Find("."); err != nil {
			return nil, project.Options{}, err
		}
	}
	for _, p := range paths {
		if !p.IsStandard() {
			absolute, err := filepath.Abs(string(*p))
			if err != nil {
				return nil, project.Options{}, err
			}
			*p = output.Path(absolute)
		}
	}
	if folder := filepath.Dir(path); folder != "." {
		if here, err := os.Getwd(); err != nil || here != folder {
			if err := os.Chdir(folder); err != nil {
				return nil, project.Options{}, err
			}
		}
		path = filepath.Base(path)
	}
	file, err := project.Load(ctx, path)
	return file, project.Options{File: path, Profile: f.Profile, FailOn: f.FailOn, FailOnStale: f.FailOnStale, Today: time.Now(), Stderr: t.Err}, err
}
