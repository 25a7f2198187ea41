package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/tally"
	"github.com/crcheck/crcheck/validate"
)

// options are the flags.
type options struct {
	Kind, Encoding, Profile, From, Operation string
	Contracts, Overlays, Ignore              []string
	Cores                                    int
	RangeSize                                size
	Report                                   tally.ReportOptions
	Output, Problems, Work                   string
	Verbose                                  bool
}

// newOptions defines the flags.
func newOptions(flags *flag.FlagSet) *options {
	o := &options{RangeSize: 64 << 20}
	flags.StringVar(&o.Kind, "kind", string(tally.Validation), "`what` to count: validate, drift, coverage or lint")
	repeated(flags, &o.Contracts, "contract", "a built-in contract, a contract file, a `document` to derive contracts from, a folder of these, or botocore:SERVICE; repeatable, required")
	repeated(flags, &o.Overlays, "overlay", "a YAML overlay to apply to the contracts, a local `file`; repeatable")
	flags.StringVar(&o.Encoding, "encoding", schema.HTTP.String(), "the `encoding` of bare bodies: http or sdk")
	flags.StringVar(&o.Operation, "operation", "", "the `operation` that bare bodies belong to, if there are several contracts")
	flags.StringVar(&o.Profile, "profile", "default", "how `strict` to be: lenient, default or strict")
	flags.StringVar(&o.From, "from", "", "`who` sent the responses: aws, emulator or fixtures")
	repeated(flags, &o.Ignore, "ignore", "a YAML file of ignore rows, a local `file`; repeatable")
	flags.StringVar(&o.Report.FailOn, "fail-on", "error", "the lowest `severity` that fails the run: error, warning or never")
	flags.BoolVar(&o.Report.FailOnStale, "fail-on-stale", false, "fail if an ignore row matches nothing although its location was checked")
	flags.IntVar(&o.Report.MinCoverage, "min", 0, "with --kind coverage: fail below this `percentage`")
	flags.StringVar(&o.Report.Format, "format", "text", "the `format` of the report: text, json, junit, sarif, github, markdown, html or badge")
	flags.BoolVar(&o.Report.ShowValues, "show-values", false, "show values of the traffic also in formats that leave the terminal")
	flags.StringVar(&o.Output, "output", "", "write the report to this `path`; default: standard output")
	flags.StringVar(&o.Problems, "problems", "", "write what could not be read to this `path`, as JSON lines")
	flags.StringVar(&o.Work, "work", "", "the `folder` of the merged tally; runners other than Prism need it, on storage that the workers and this program see")
	flags.Var(&o.RangeSize, "range-size", "cut NDJSON into ranges of this many `bytes`, such as 64MiB")
	flags.IntVar(&o.Cores, "j", 0, "the `number` of cores for each range; 0: all")
	flags.BoolVar(&o.Verbose, "verbose", false, "show what the runner logs")
	return o
}

func repeated(flags *flag.FlagSet, values *[]string, name, usage string) {
	flags.Func(name, usage, func(value string) error {
		*values = append(*values, value)
		return nil
	})
}

// size is a number of bytes.
type size int64

func (s *size) String() string { return strconv.FormatInt(int64(*s), 10) }

// Set reads bytes, KiB, MiB or GiB.
func (s *size) Set(text string) error {
	digits, unit := text, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if before, ok := strings.CutSuffix(text, suffix); ok {
			digits, unit = before, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > 1<<62/unit {
		return fmt.Errorf("got %q, want a number of bytes such as 64MiB", text)
	}
	*s = size(n * unit)
	return nil
}

// spec is what workers need to count: the options, and the contracts themselves, because workers do not
// have the files.
type spec struct {
	Kind, Encoding, Profile, From, Operation string
	Contracts                                []byte // gzip of their JSON
	Ignore                                   []finding.Expected
	Today                                    time.Time
	Cores                                    int
}

// spec loads the contracts and the ignore files. The findings are about the contracts.
func (o *options) spec(ctx context.Context, stderr io.Writer) (spec, finding.Set, error) {
	s := spec{Kind: o.Kind, Encoding: o.Encoding, Profile: o.Profile, From: o.From, Operation: o.Operation, Today: time.Now(), Cores: o.Cores}
	switch tally.Kind(s.Kind) {
	case tally.Validation, tally.Drift, tally.Coverage, tally.Lint:
	case "lint":
		s.Kind = string(tally.Lint)
	default:
		return spec{}, nil, fmt.Errorf("--kind: got %q, want validate, drift, coverage or lint", o.Kind)
	}
	if len(o.Contracts) == 0 {
		return spec{}, nil, fmt.Errorf("name the contracts with --contract, such as --contract botocore:dynamodb")
	}
	for _, path := range o.Ignore {
		rows, err := input.Rows(ctx, path)
		if err != nil {
			return spec{}, nil, fmt.Errorf("--ignore: %w", err)
		}
		s.Ignore = append(s.Ignore, rows...)
	}
	chosen, err := models.Open(ctx, stderr, o.Contracts, o.Overlays)
	if err != nil {
		return spec{}, nil, err
	}
	loaded := chosen.Catalog.Contracts()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	for _, c := range loaded {
		text, err := c.Encode()
		if err != nil {
			return spec{}, nil, err
		}
		if err := json.NewEncoder(zip).Encode(json.RawMessage(text)); err != nil {
			return spec{}, nil, err
		}
	}
	if err := zip.Close(); err != nil {
		return spec{}, nil, err
	}
	s.Contracts = packed.Bytes()
	if _, err := fmt.Fprintf(stderr, "crcheck-beam: %s\n", plural.Of(len(loaded), "contract")); err != nil {
		return spec{}, nil, err
	}
	return s, chosen.Findings, nil
}

// compile returns the counter. Only a report needs the findings about the contracts, and their
// documents.
func (s *spec) compile(about finding.Set, documents ...string) (*tally.Counter, error) {
	o := tally.Options{Kind: tally.Kind(s.Kind), Findings: about, Documents: documents, Bare: validate.Bare{Operation: s.Operation}, Ignore: s.Ignore, Today: s.Today, Cores: s.Cores}
	for _, option := range []struct {
		flag, text string
		into       interface{ UnmarshalText([]byte) error }
	}{{"encoding", s.Encoding, &o.Encoding}, {"profile", s.Profile, &o.Profile}, {"from", s.From, &o.From}} {
		if option.text == "" {
			continue
		}
		if err := option.into.UnmarshalText([]byte(option.text)); err != nil {
			return nil, fmt.Errorf("--%s: %w", option.flag, err)
		}
	}
	packed, err := gzip.NewReader(bytes.NewReader(s.Contracts))
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(packed); d.More(); {
		var text json.RawMessage
		if err := d.Decode(&text); err != nil {
			return nil, err
		}
		c, err := schema.Parse(text)
		if err != nil {
			return nil, err
		}
		o.Contracts = append(o.Contracts, c)
	}
	return tally.New(o)
}

// counters are the compiled counters of this process, by the JSON of their spec: a worker sets up the
// functions of a pipeline again for each bundle that it works on at the same time.
var counters sync.Map

// counter returns the counter of the process.
func (s *spec) counter() (*tally.Counter, error) {
	key, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	once, _ := counters.LoadOrStore(string(key), sync.OnceValues(func() (*tally.Counter, error) { return s.compile(nil) }))
	return once.(func() (*tally.Counter, error))()
}
