package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
)

// quiet leaves out what Beam and Prism log about themselves, but warnings and errors.
func quiet(verbose bool) {
	if verbose {
		return
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	log.SetLogger(warnings{&log.Standard{}})
}

// warnings logs warnings and errors.
type warnings struct{ to log.Logger }

func (w warnings) Log(ctx context.Context, severity log.Severity, calldepth int, message string) {
	if severity >= log.SevWarn {
		w.to.Log(ctx, severity, calldepth+1, message)
	}
}
