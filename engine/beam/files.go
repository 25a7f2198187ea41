package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
)

// files opens files of any registered file system, whose client it keeps: making one may ask a service
// for credentials. Its zero value is ready.
type files struct {
	systems map[string]filesystem.Interface
} // by scheme

func (f *files) system(ctx context.Context, path string) (filesystem.Interface, error) {
	scheme, _, ok := strings.Cut(path, "://")
	if !ok {
		scheme = ""
	}
	if known := f.systems[scheme]; known != nil {
		return known, nil
	}
	system, err := filesystem.New(context.WithoutCancel(ctx), path)
	if err != nil {
		return nil, err
	}
	if f.systems == nil {
		f.systems = map[string]filesystem.Interface{}
	}
	f.systems[scheme] = system
	return system, nil
}

func (f *files) open(ctx context.Context, path string) (io.ReadCloser, error) {
	system, err := f.system(ctx, path)
	if err != nil {
		return nil, err
	}
	return system.OpenRead(ctx, path)
}

func (f *files) close() (err error) {
	for _, system := range f.systems {
		err = errors.Join(err, system.Close())
	}
	f.systems = nil
	return err
}
