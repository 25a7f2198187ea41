package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// contractFlags choose contracts, in the same way for every command that uses them.
type contractFlags struct {
	Contract []string `sep:"none" placeholder:"NAME|PATH" help:"A built-in contract, a contract file, a document to derive contracts from, a folder of these, botocore:SERVICE for a model of the installed botocore, or auto for the services that the traffic names. Repeatable. Default: the newest built-in contract."`
	Overlay  []string `sep:"none" placeholder:"PATH" help:"A YAML overlay to apply to the contracts. Repeatable."`
}

// open returns the chosen contracts, or the newest built-in one.
func (f *contractFlags) open(ctx context.Context, t *terminal) (*models.InForce, error) {
	return models.Open(ctx, t.Err, f.Contract, f.Overlay)
}

// load returns all chosen contracts at once, with the findings about them.
func (f *contractFlags) load(ctx context.Context, t *terminal) ([]*schema.Contract, finding.Set, error) {
	chosen, err := f.open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	return chosen.Catalog.Contracts(), chosen.Findings, nil
}

// coresFlag limits the cores, in the same way for every command that reads much traffic.
type coresFlag struct {
	Cores coreCount `short:"j" placeholder:"N" help:"The number of cores to read traffic on. Default: all. The output does not depend on it."`
}

// coreCount is a number of cores; 0: all.
type coreCount int

// Validate refuses a negative number.
func (n coreCount) Validate() error {
	if n < 0 {
		return fmt.Errorf("got %d, want at least 1; leave it out to use all", int(n))
	}
	return nil
}

// mapFlag says how to read the logs of gateways and proxies, in the same way for every command that
// reads traffic.
type mapFlag struct {
	Map []string `sep:"none" placeholder:"PART=POINTER,…" help:"Where the JSON lines of a log have the parts of an interaction, as JSON pointers: request.path=/http/path,response.body=/resp. docs/traffic.md lists the parts. Repeatable."`
}

// gather collects traffic.
func (f *mapFlag) gather(t *terminal, paths []string) (*input.Traffic, error) {
	in := input.Gather(t.In, t.Err, paths)
	if len(f.Map) == 0 {
		return in, nil
	}
	pointers, err := traffic.ParsePointers(f.Map...)
	if err != nil {
		return nil, fmt.Errorf("--map: %w", err)
	}
	for i := range in.Files {
		in.Files[i].Pointers = pointers
	}
	return in, nil
}

// namesFlag says which operations bare bodies belong to, by the names of their files.
type namesFlag struct {
	Names string `name:"operation-names" placeholder:"PATTERN|PATH" help:"How the names of files say the operation of bare bodies, such as '{service}.{operation}_*.json'; or a YAML file that lists files with their operations, see docs/traffic.md."`
}

// ignoreFlags name files of ignore rows, in the same way for every command that reports findings.
type ignoreFlags struct {
	Ignore      []string `sep:"none" placeholder:"PATH" help:"A YAML file of ignore rows: known findings to accept, each with a reason. Repeatable."`
	FailOnStale bool     `help:"Fail if an ignore row matches nothing although its location was checked."`
}

// rows reads the ignore files.
func (f *ignoreFlags) rows(ctx context.Context) ([]finding.Expected, error) {
	var all []finding.Expected
	for _, path := range f.Ignore {
		rows, err := input.Rows(ctx, path)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// ledger returns a ledger of the required rows, such as those of an index, and the ignore files.
func (f *ignoreFlags) ledger(ctx context.Context, required []finding.Expected) (*finding.Ledger, error) {
	rows, err := f.rows(ctx)
	if err != nil {
		return nil, err
	}
	ledger, err := finding.NewLedger(append(required[:len(required):len(required)], rows...))
	if err != nil {
		return nil, err
	}
	ledger.Expire(time.Now())
	return ledger, nil
}

// trafficFlag chooses the format of the traffic that a command writes.
type trafficFlag struct {
	To string `default:"" enum:",cassette,ndjson" placeholder:"FORMAT" help:"Target format: cassette (go-vcr v2 can read it) or ndjson. Default: ndjson for an output whose name ends in .ndjson, else cassette."`
}

func (f *trafficFlag) format(path output.Path) traffic.Kind {
	switch f.To {
	case "ndjson":
		return traffic.NDJSON
	case "cassette":
		return traffic.Cassette
	}
	return traffic.Written(string(path))
}

// hidingFlags control which findings a report of traffic hides.
type hidingFlags struct {
	ignoreFlags
	Deviations    report.DeviationMode `default:"hide" placeholder:"HOW" help:"What to do with known deviations of AWS from its models: hide (the default) only counts them, show reports them as info, error keeps their severity. They never apply to emulators or fixtures."`
	ResponsesOnly bool                 `help:"Count findings about requests without reporting them."`
	Hidden        bool                 `help:"List the hidden findings, each with what hides it."`
}

func (f *hidingFlags) acceptance(ctx context.Context, required []finding.Expected) (report.Acceptance, error) {
	ledger, err := f.ledger(ctx, required)
	return report.Acceptance{Ledger: ledger, Deviations: f.Deviations, ResponsesOnly: f.ResponsesOnly, ListHidden: f.Hidden}, err
}

// originFlags say who sent the responses, in the same way for every command that validates them.
type originFlags struct {
	From finding.Origin `placeholder:"WHO" help:"Who sent the responses: aws, emulator or fixtures. It decides the advice, and whether known deviations of AWS apply. Default: the origin that the cassette states."`
}

// findingFlags are the flags that every command that validates recorded traffic has.
type findingFlags struct {
	contractFlags
	reportFlags
	hidingFlags
	originFlags
}

func (f *findingFlags) options(t *terminal, inForce *models.InForce) check.Options {
	return check.Options{Contracts: inForce, Named: len(f.Contract) > 0, Profile: f.Profile, From: f.From, FailOn: f.FailOn, FailOnStale: f.FailOnStale, Stderr: t.Err}
}

// isMissing reports whether nothing exists at the path.
func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
