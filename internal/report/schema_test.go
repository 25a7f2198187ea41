package report_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
)

const schemaPath = "../../docs/report.schema.json"

// reportSchema makes JSON Schema of the types that reports are written from.
type reportSchema struct{ defs map[string]any }

type object = map[string]any

func (s *reportSchema) of(t reflect.Type) any {
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return true
	case t == reflect.TypeFor[json.Number]():
		return object{"type": "number"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()): // a severity
		return object{"enum": []string{"info", "warning", "error"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		if t.Name() == "" {
			return s.structure(t)
		}
		name := filepath.Base(t.PkgPath()) + "." + t.Name()
		if _, ok := s.defs[name]; !ok {
			s.defs[name] = nil
			s.defs[name] = s.structure(t)
		}
		return object{"$ref": "#/$defs/" + name}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return object{"type": "integer"}
	}
	panic(t.String())
}

func (s *reportSchema) structure(t reflect.Type) any {
	properties, required := object{}, []string{}
	s.members(t, properties, &required)
	slices.Sort(required)
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (s *reportSchema) members(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "":
			under := f.Type
			if under.Kind() == reflect.Pointer {
				under = under.Elem()
			}
			if under.Kind() == reflect.Struct {
				s.members(under, properties, required)
			}
			continue
		case !f.IsExported() || tag == "-":
			continue
		case tag == "":
			tag = f.Name
		}
		of := s.of(f.Type)
		if !strings.HasPrefix(options, "omit") {
			*required = append(*required, tag)
			if f.Type.Kind() == reflect.Slice { // nil
				of = object{"anyOf": []any{of, object{"type": "null"}}}
			}
		}
		properties[tag] = of
	}
}

// suiteJSON is what [report.ConformanceJSON] writes.
type suiteJSON struct {
	Verdict string `json:"verdict"`
	*report.SuiteRun
}

// clientJSON is a client in a [checkJSON].
type clientJSON struct {
	Client  string `json:"name"`
	Verdict string `json:"verdict"`
	*report.SuiteRun
}

// checkJSON is what the checks of a project write.
type checkJSON struct {
	Verdict  report.Verdict    `json:"verdict"`
	Project  *report.Project   `json:"project"`
	Models   *report.Report    `json:"models,omitempty"`
	Traffic  *report.Report    `json:"traffic,omitempty"`
	Lint     *report.Report    `json:"lint,omitempty"`
	Coverage *coverage.Summary `json:"coverage,omitempty"`
	Suites   []clientJSON      `json:"suites,omitempty"`
	Drift    *report.Drift     `json:"drift,omitempty"`
}

// TestSchema holds docs/report.schema.json to the types, and every golden JSON report to the schema.
func TestSchema(t *testing.T) {
	s := reportSchema{defs: object{}}
	var kinds []any
	for _, of := range []reflect.Type{reflect.TypeFor[report.Report](), reflect.TypeFor[report.Drift](), reflect.TypeFor[coverage.Summary](), reflect.TypeFor[suiteJSON](), reflect.TypeFor[checkJSON]()} {
		kinds = append(kinds, s.of(of))
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(object{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A JSON report of crcheck",
		"description": "What --format json writes: of findings, of drift, of coverage, of a run of the conformance suite, or of the checks of a project.", "anyOf": kinds, "$defs": s.defs}))
	if *update {
		require.NoError(t, os.WriteFile(schemaPath, text.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(schemaPath)
	require.NoError(t, err)
	require.Equal(t, string(committed), text.String(), "run go test ./internal/report -run TestSchema -update")

	schema, err := v5.Compile(schemaPath)
	require.NoError(t, err)
	valid := func(t *testing.T, text []byte) error {
		var document any
		require.NoError(t, json.Unmarshal(text, &document))
		return schema.Validate(document)
	}
	reports := map[string][]byte{}
	for _, pattern := range []string{"testdata/*.json", "../drift/testdata/golden/*.json", "../coverage/testdata/report.json"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		for _, path := range paths {
			if !strings.Contains(path, "sarif") {
				reports[path], err = os.ReadFile(path)
				require.NoError(t, err)
			}
		}
	}
	for i, r := range parts(everyPart()) {
		reports["every-part "+string(rune('1'+i))] = []byte(written(t, report.FormatJSON, r, false))
	}
	whole := everyPart()
	whole.Project = &report.Project{File: "crcheck.yaml", Verdict: report.Failed, Contracts: []report.Contract{{Source: "a.json", Operations: 1}}, Checks: []report.Check{{Name: "traffic", Verdict: report.Failed, Summary: "1 error"}}, Notes: []string{"a note"}}
	reports["check"] = []byte(written(t, report.FormatJSON, whole, false))
	for name, text := range reports {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, valid(t, text))
			require.Error(t, valid(t, bytes.Replace(text, []byte("{"), []byte(`{"unknown":1,`), 1)), "the schema refuses nothing")
		})
	}
}

// parts returns each part of the results alone, as commands write it.
func parts(r *report.Results) []*report.Results {
	return []*report.Results{{Models: r.Models}, {Traffic: r.Traffic}, {Lint: r.Lint}, {Coverage: r.Coverage}, {Suites: r.Suites}, {Drift: r.Drift}}
}
