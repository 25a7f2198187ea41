// Command beam checks recorded traffic that one machine does not hold, on Apache Beam. Its report is that
// of the command crcheck over the same files in the order of their paths, byte for byte.
//
// The model: the pipeline lists files by glob, cuts those that can be cut into ranges of lines, counts each
// range in a tally, and merges the tallies. The program then reads the merged tally and writes the
// report, so that runners need no report format.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/metrics"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3"
)

// exitUsage is the exit status of invalid usage, and of a pipeline that failed.
const exitUsage = 2

func main() {
	o := newOptions(flag.CommandLine)
	flag.CommandLine.Init("crcheck-beam", flag.ContinueOnError)
	switch err := flag.CommandLine.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil: // Parse has printed it
		os.Exit(exitUsage)
	}
	beam.Init() // a worker of another runner does not return from this
	quiet(o.Verbose)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	status, err := run(ctx, o, flag.Args(), os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "crcheck-beam: %v\n", err)
	}
	os.Exit(status)
}

// run counts the files, writes the report, and returns the exit status.
func run(ctx context.Context, o *options, globs []string, stdout, stderr io.Writer) (int, error) {
	if len(globs) == 0 {
		return exitUsage, errors.New("name files, such as 'recordings/*.ndjson' or 's3://bucket/2026/*/*.gz'")
	}
	spec, findings, err := o.spec(ctx, stderr)
	if err != nil {
		return exitUsage, err
	}
	counter, err := spec.compile(findings, o.Contracts...)
	if err != nil {
		return exitUsage, err
	}
	// An unknown format is refused now, not after the run.
	if _, err := counter.Empty().Report(io.Discard, o.Report); err != nil {
		return exitUsage, err
	}
	work, remove, err := o.work()
	if err != nil {
		return exitUsage, err
	}
	defer remove()
	if err := o.writable(ctx); err != nil {
		return exitUsage, err
	}

	merged := strings.TrimSuffix(work, "/") + "/tally.json"
	pipeline, scope := beam.NewPipelineWithRoot()
	build(scope, spec, globs, int64(o.RangeSize), merged, o.Problems)
	result, err := beamx.RunWithMetrics(ctx, pipeline)
	if err != nil {
		return exitUsage, err
	}
	printCounters(stderr, result.Metrics())

	text, err := read(ctx, merged)
	if err != nil {
		return exitUsage, fmt.Errorf("%w; --work must be a folder that workers and this program see", err)
	}
	sum, err := counter.Unmarshal(text)
	if err != nil {
		return exitUsage, err
	}
	var report bytes.Buffer
	for _, problem := range sum.Problems() {
		fmt.Fprintf(stderr, "crcheck-beam: %s\n", problem)
	}
	status, err := sum.ExitStatus(&report, o.Report)
	if err == nil {
		err = o.write(ctx, stdout, report.Bytes())
	}
	if err != nil {
		return exitUsage, err
	}
	return status, nil
}

// printCounters writes how much was not checked, by reason.
func printCounters(w io.Writer, results metrics.Results) {
	all := map[string]int64{}
	for _, c := range results.AllMetrics().Counters() {
		if c.Key.Namespace == namespace {
			all[c.Key.Name] += c.Result()
		}
	}
	var lines []string
	for name, n := range all {
		lines = append(lines, fmt.Sprintf("crcheck-beam: %s: %d\n", name, n))
	}
	slices.Sort(lines)
	fmt.Fprint(w, strings.Join(lines, ""))
}

// work returns the folder of the merged tally, and what removes it.
func (o *options) work() (folder string, remove func(), err error) {
	if o.Work != "" {
		return o.Work, func() {}, nil
	}
	if runner := *runners.Runner; runner != "" && !strings.HasPrefix(strings.ToLower(runner), "prism") {
		return "", nil, fmt.Errorf("--runner %s needs --work FOLDER, which workers and this program see, such as gs://bucket/work", runner)
	}
	folder, err = os.MkdirTemp("", "crcheck-beam-")
	return folder, func() { os.RemoveAll(folder) }, err
}

// writable refuses outputs that cannot be written, before any work is done. The file of problems is empty
// if there is none.
func (o *options) writable(ctx context.Context) error {
	if o.Problems != "" {
		if err := write(ctx, o.Problems, nil); err != nil {
			return fmt.Errorf("--problems: %w", err)
		}
	}
	if o.Output != "" && path.Clean(o.Output) == path.Clean(o.Problems) {
		return fmt.Errorf("--problems and --output are both %s: give each a file of its own", o.Output)
	}
	return nil
}

func (o *options) write(ctx context.Context, stdout io.Writer, report []byte) error {
	if o.Output != "" {
		return write(ctx, o.Output, report)
	}
	_, err := stdout.Write(report)
	return err
}

func write(ctx context.Context, path string, text []byte) error {
	system, err := filesystem.New(ctx, path)
	if err != nil {
		return err
	}
	defer system.Close()
	return filesystem.Write(ctx, system, path, text)
}

func read(ctx context.Context, path string) ([]byte, error) {
	system, err := filesystem.New(ctx, path)
	if err != nil {
		return nil, err
	}
	defer system.Close()
	return filesystem.Read(ctx, system, path)
}
