// Package project runs everything that a project says about itself in crcheck.yaml.
//
// The model: a [File] says once what the flags of the commands say. [Load] reads it, strictly, with
// the files that it extends. [Update] reads the newest documents of its contracts, and pins the
// contracts of the operations in use: one file for each below [PinnedFolder], with their digests in
// [LockName]. [Check] runs every check of the file against the pinned contracts, offline, and
// [Init] writes a file for what a folder contains.
//
// Every path in a [File] is relative to the folder of the project, which the command changes to.
package project

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

// FileName is the name of a project's file.
const FileName = "crcheck.yaml"

// File is the content of a project's file. The tags describe the keys for the decoder (package yamlfile)
// and for the published JSON Schema:
//
//   - key: "required"; "path" for a path; "source" for a name or a path; "short" for the member that
//     text in place of a mapping means
//   - doc: what the key means
//   - enum, example: values that it may have
type File struct {
	Schema  string   `yaml:"$schema" doc:"The URL or path of this schema, for editors. crcheck ignores it."`
	Extends []string `yaml:"extends" key:"path" doc:"Project files to start from: local files, relative to this one. Keys of this file take precedence; lists are joined."`

	Contracts []Contract `yaml:"contracts" doc:"What to check against: contracts, pinned by crcheck update. Default: the newest built-in contract."`
	Traffic   []Traffic  `yaml:"traffic" doc:"Recorded traffic to validate, and to lint for secrets."`
	Clients   []Client   `yaml:"clients" doc:"Clients to run the conformance suite against."`

	Profile     *finding.Profile                `yaml:"profile" enum:"lenient,default,strict" doc:"How strict to be. Default: default."`
	FailOn      *report.Threshold               `yaml:"fail-on" enum:"error,warning,never" doc:"The lowest severity that fails the run. Default: error."`
	FailOnStale *bool                           `yaml:"fail-on-stale" doc:"Whether an ignore row fails the run if it matches nothing although its location was checked. Default: false."`
	Rules       map[finding.RuleID]report.Level `yaml:"rules" enum:"error,warning,info,off" doc:"A severity for a rule, in place of that of the profile, or off. Turning off a rule includes its special cases."`
	Ignore      Ignore                          `yaml:"ignore" doc:"Findings to accept."`

	Drift    Drift    `yaml:"drift" doc:"Changes of the contracts."`
	Coverage Coverage `yaml:"coverage" doc:"How much of the contracts the traffic must cover."`

	Reports map[Format]string `yaml:"reports" key:"path" doc:"Files to write reports to, by format."`
}

// Contract is a source of contracts.
type Contract struct {
	Source     string     `yaml:"source" key:"required,source,short" example:"botocore:dynamodb" doc:"A built-in contract, a contract file, a model, a documentation page, a folder of these, or botocore:SERVICE for a model of the installed botocore."`
	Operations Operations `yaml:"operations" doc:"Which operations to pin: used (the default), those that the traffic, the overlays and the clients use; all; or a list of names such as ListTables."`
	Overlays   []string   `yaml:"overlays" key:"path" doc:"YAML overlays to apply to the contracts at each check."`
}

// Operations chooses operations of a source. The zero value chooses those in use.
type Operations struct {
	All   bool
	Names []string
}

// DecodeYAML decodes a word or a list of names.
func (o *Operations) DecodeYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && (n.Value == "used" || n.Value == "all") {
		*o = Operations{All: n.Value == "all"}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return errors.New("expected used, all, or a list of operations")
	}
	for _, name := range n.Content {
		if name.Kind != yaml.ScalarNode {
			return errors.New("expected text")
		}
		o.Names = append(o.Names, name.Value)
	}
	if len(o.Names) == 0 {
		return errors.New("the list is empty; name operations, or write used or all")
	}
	return nil
}

// JSONSchema describes what DecodeYAML decodes.
func (Operations) JSONSchema() map[string]any {
	names := map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1}
	return map[string]any{"anyOf": []map[string]any{{"enum": []string{"used", "all"}}, names}}
}

// Traffic is recorded traffic of one origin.
type Traffic struct {
	Path      string          `yaml:"path" key:"required,path,short" example:"tests/recordings" doc:"A JSON, NDJSON or HAR file, a cassette, or a folder of these."`
	From      finding.Origin  `yaml:"from" enum:"aws,emulator,fixtures" doc:"Who sent the responses. It decides the advice, some severities, and whether known deviations of AWS apply. Default: the origin that a cassette states."`
	Encoding  *check.Encoding `yaml:"encoding" enum:"auto,http,sdk" doc:"What bare bodies are: http bodies, or what boto3 and the AWS CLI return (sdk). Default: auto."`
	Operation string          `yaml:"operation" doc:"The operation that bare bodies belong to, if there are several contracts."`
	Part      schema.Part     `yaml:"part" doc:"The part that bare bodies are: output (the default), input or error:NAME."`
	Status    int             `yaml:"status" doc:"The HTTP status of bare bodies. From 300 on, they are errors."`
}

// Client is a client under test.
type Client struct {
	Name             string   `yaml:"name" key:"required" doc:"The client's name in reports."`
	Command          []string `yaml:"command" doc:"The program that connects the client to crcheck, and its arguments; it runs in the folder of the project. Default: the built-in adapter of the AWS SDK for Go."`
	Suite            string   `yaml:"suite" key:"path" doc:"A suite, or a folder of suites. Default: the built-in suite."`
	Generate         []string `yaml:"generate" example:"dynamodb.*" doc:"In place of a suite: the operations of the project's contracts to generate cases for, as names or patterns."`
	Case             string   `yaml:"case" doc:"Run only the cases whose names match, such as union/*."`
	ExpectedFailures string   `yaml:"expected-failures" key:"path" doc:"A file of ignore rows: the failures that are expected of this client, each with a reason."`
	Seed             uint64   `yaml:"seed" doc:"Seed of the generated identifiers that the client sees. Default: 0."`
}

// Ignore says which findings to accept.
type Ignore struct {
	Presets *[]Preset          `yaml:"presets" enum:"aws-deviations,requests" doc:"Sets of findings that come with crcheck: aws-deviations, the known deviations of AWS from its own models; requests, all findings about requests. Default: aws-deviations."`
	Files   []string           `yaml:"files" key:"path" doc:"Files of ignore rows, to which crcheck ignore adds."`
	Rows    []finding.Expected `yaml:"rows" doc:"Ignore rows, as in such a file."`
}

// Preset is a set of findings to accept.
type Preset string

// The presets.
const (
	AWSDeviations Preset = "aws-deviations"
	Requests      Preset = "requests"
)

// Drift says which changes of contracts to report.
type Drift struct {
	Since    string `yaml:"since" key:"source" doc:"What the code was written against: a source that each check compares with the contracts in force. Default: the pinned contracts, which are compared with local documents that changed since."`
	Baseline string `yaml:"baseline" key:"path" doc:"A file of known changes to accept, as crcheck drift --baseline-update writes it."`
}

// Coverage says how much the traffic must cover.
type Coverage struct {
	Min *int `yaml:"min" doc:"Fail if the traffic covers less than this percentage of the operations that it uses."`
}

// has reports whether a preset is chosen.
func (i *Ignore) has(p Preset) bool {
	if i.Presets == nil {
		return p == AWSDeviations
	}
	return slices.Contains(*i.Presets, p)
}

// over returns the file with another one below it, which it extends: keys of the file take
// precedence, lists are joined, and of two entries with the same name, source or path the later one
// counts.
func (f *File) over(base *File) *File {
	all := *f
	all.Contracts = joined(base.Contracts, f.Contracts, func(c Contract) string { return c.Source })
	all.Traffic = joined(base.Traffic, f.Traffic, func(t Traffic) string { return t.Path })
	all.Clients = joined(base.Clients, f.Clients, func(c Client) string { return c.Name })
	all.Profile = cmp.Or(f.Profile, base.Profile)
	all.FailOn = cmp.Or(f.FailOn, base.FailOn)
	all.FailOnStale = cmp.Or(f.FailOnStale, base.FailOnStale)
	all.Rules = laid(base.Rules, f.Rules)
	all.Reports = laid(base.Reports, f.Reports)
	all.Ignore.Presets = cmp.Or(f.Ignore.Presets, base.Ignore.Presets)
	all.Ignore.Files = joined(base.Ignore.Files, f.Ignore.Files, func(path string) string { return path })
	all.Ignore.Rows = slices.Concat(base.Ignore.Rows, f.Ignore.Rows)
	all.Drift.Since = cmp.Or(f.Drift.Since, base.Drift.Since)
	all.Drift.Baseline = cmp.Or(f.Drift.Baseline, base.Drift.Baseline)
	all.Coverage.Min = cmp.Or(f.Coverage.Min, base.Coverage.Min)
	return &all
}

func joined[T any](base, more []T, name func(T) string) []T {
	kept := slices.DeleteFunc(slices.Clone(base), func(b T) bool {
		return slices.ContainsFunc(more, func(m T) bool { return name(m) == name(b) })
	})
	return append(kept, more...)
}

func laid[K comparable, V any](base, more map[K]V) map[K]V {
	all := maps.Clone(base)
	if all == nil {
		return more
	}
	maps.Copy(all, more)
	return all
}
