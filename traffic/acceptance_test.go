package traffic_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const (
	plainLine  = `{"request":{"method":"GET","url":"https://example.com/a"},"response":{"status":200,"body":"{}"}}`
	vcrpyYAML  = "interactions:\n- request: {body: null, headers: {}, method: GET, uri: https://example.com/}\n  response: {body: {string: '{}'}, headers: {}, status: {code: 200, message: OK}}\nversion: 1\n"
	smallHAR   = `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"size":2,"text":"{}"}}}]}}`
	lockOfJSON = "{\n  \"_meta\": {\"hash\": {}},\n  \"default\": {}\n}\n"
)

// TestFileRead checks what a file is read as, given its name, its content, and whether the user
// named it: a body, interactions, or an unsupported format.
func TestFileRead(t *testing.T) {
	const body, interactions = "a body", "interactions"
	for _, tc := range []struct {
		name, text   string
		found, named string // what it is below a folder, and when the user named it
	}{
		// What is named like JSON is, broken or not.
		{"a.json", `{"a":1}`, body, body},
		{"a.json", `{"a":1`, body, body},
		{"a.json", `{'a': 1}`, body, body},
		{"a.json", `[tool]`, body, body},
		{"a.json", ``, body, body},
		{"a.json", `not JSON`, "plain text", "plain text"},
		{"a.JSON", `"text" that goes on`, body, body},
		{"a.ndjson", "{\"a\":1}\n{\"a\":2\n", body, body},
		{"a.jsonl", "{\"a\":1}\n{\"a\":2}\n", body, body},
		{"a.json", vcrpyYAML, interactions, interactions},

		// Anything holds interactions, if it does.
		{"a.yaml", vcrpyYAML, interactions, interactions},
		{"a.txt", vcrpyYAML, interactions, interactions},
		{"a.har", smallHAR, interactions, interactions},
		{"README.md", plainLine + "\n" + plainLine, interactions, interactions},
		{"a", plainLine, interactions, interactions},

		// Without an extension, only what is whole JSON is a body; with another, nothing is.
		{"job", `{"a":1}`, body, body},
		{"job", "{\"a\":1}\n{\"a\":2}\n", body, body},
		{"job", `{"a":1`, "plain text", body},
		{"job", `"text"`, "plain text", body},
		{"job", ``, "empty file", body},
		{"a.txt", `{"a":1}`, "plain text", body},
		{"a.txt", "{\"a\":1}\n{\"b\":2}\n", "plain text", body},
		{"Pipfile.lock", lockOfJSON, "lock file", body},
		{"a.yaml", `{"a":1}`, "YAML without interactions", body},
		{"a.har", `{"a":1}`, "JSON without a request", body},
		{"a.ipynb", `{"cells":[],"nbformat":4,"metadata":{}}`, "Jupyter notebook", "Jupyter notebook"},
		{"bundle.js.map", `{"version":3,"sources":[]}`, "source map", body},
		{"__init__.py", ``, "source code", body},

		// Text that begins like JSON.
		{"pyproject.toml", "[tool.poetry]\nname = \"x\"\nversion = \"1\"\n", "TOML", "TOML"},
		{"pyproject.toml", "[[tool.x]]\nname = 1\n", "TOML", "TOML"},
		{"Cargo.lock", "# made\nversion = 3\n\n[[package]]\nname = \"a\"\n", "lock file", "lock file"},
		{"tox.ini", "[tox]\nenvlist = py\n", "INI", "INI"},
		{"settings", "[default]\nregion = us-east-1\n", "TOML or INI", "TOML or INI"},
		{"settings", "# comment\n\n[default]\n\nregion = us-east-1\n", "TOML or INI", "TOML or INI"},
		{"README.md", "[a link](http://x)\n", "Markdown", "Markdown"},
		{"README.md", "[![badge](http://x)](http://y)\n", "Markdown", "Markdown"},
		{"README.md", "[1]: http://x\n", "Markdown", "Markdown"},
		{"README.md", "[1](http://x) is a link\n", "Markdown", "Markdown"},
		{"README.md", "\"Quoted\" says the title.\n\nAnd more.\n", "Markdown", "Markdown"},
		{"README.md", "\"Quoted\"\n\nAnd more.\n", "Markdown", "Markdown"},
		{"README.md", "- a list\n- of things\n", "Markdown", "Markdown"},
		{"README.md", "1. First\n2. Second\n", "Markdown", "Markdown"},
		{"README.md", "2024-01-01 was a day.\n", "Markdown", "Markdown"},
		{"README.md", "42 is a number\n", "Markdown", "Markdown"},
		{"README.md", "true stories\n", "Markdown", "Markdown"},
		{"README.md", "# Title\n\nText: more\n", "Markdown", "Markdown"},
		{"README.rst", "-----\nTitle\n-----\n", "reStructuredText", "reStructuredText"},
		{"notes.txt", "404: Not Found", "plain text", "plain text"},
		{"LICENSE", "                                 Apache License\n", "plain text", "plain text"},
		{"data.csv", "1,2,3\n4,5,6\n", "CSV", "CSV"},
		{"data.csv", "\"a\",\"b\"\n\"c\",\"d\"\n", "CSV", "CSV"},
		{"run.sh", "#!/bin/sh\necho [1]\n", "script", "script"},
		{"run", "#!/usr/bin/env python3\nx = 1\n", "script", "script"},
		{"page.html", "<!doctype html><html></html>", "HTML", "HTML"},
		{"pic.svg", "<svg/>", "XML", "XML"},
		{"log.go", "package log\n\n// DEBUG:botocore.parsers:x\n", "source code", "source code"},
		{"main.go", "package main\n", "source code", "source code"},
		{"app.jsx", "{/* comment */}\n", "source code", body},
		{"macro.j2", "{% macro x() %}\n", "template", "template"},
		{"chart.tpl", "{{- define \"x\" -}}\n", "template", "template"},
		{"Makefile", "all: build\n\tgo build\n", "plain text", "plain text"},
		{"Dockerfile", "FROM scratch\nCOPY a b\n", "plain text", "plain text"},
		{"prod.env", "KEY=value\n", "plain text", "plain text"},
		{"a.bin", "\x00\x01\x02", "binary data", "binary data"},

		// YAML that is not a cassette.
		{"docker-compose.yml", "version: \"3.8\"\nservices:\n  web: {image: x}\n", "YAML without interactions", "YAML without interactions"},
		{"dependabot.yml", "version: 2\nupdates: []\n", "YAML without interactions", "YAML without interactions"},
		{"ci.yml", "\"on\": push\njobs: {}\n", "YAML without interactions", "YAML without interactions"},
		{"ci.yml", "on:\n  push: {}\n", "YAML without interactions", "YAML without interactions"},
		{"list.yaml", "- a\n- b\n", "YAML without interactions", "YAML without interactions"},
		{"deploy.yaml", "---\napiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Pod\n", "YAML without interactions", "YAML without interactions"},
		{"helm.yaml", "{{- if .Values.x }}\nversion: {{ .Chart.Version }}\n{{- end }}\n", "YAML without interactions", "YAML without interactions"},
		{"values.yaml", "version: {{ .Chart }}: [\n", "YAML without interactions", "YAML without interactions"},
		{"dialog.yml", "interactions:\n- say: hello\n", "YAML without interactions", "YAML without interactions"},
		{"dialog.yml", "interactions: none\n", "YAML without interactions", "YAML without interactions"},
		{"api.yaml", "openapi: 3.0.0\ninfo: {title: x}\npaths: {}\n", "OpenAPI document", "OpenAPI document"},
		{"large.yaml", strings.Repeat("key: [1, 2\n", 10_000), "YAML without interactions", "YAML without interactions"},
	} {
		for _, named := range []bool{false, true} {
			for _, compressed := range []string{"", ".gz", ".zst"} {
				want, where := tc.found, "found "
				if named {
					want, where = tc.named, "named "
				}
				t.Run(where+tc.name+compressed+" "+firstLine(tc.text), func(t *testing.T) {
					text := []byte(tc.text)
					if compressed != "" {
						text = encode(t, map[string]string{".gz": "gzip", ".zst": "zstd"}[compressed], tc.text)
					}
					require.Equal(t, want, describeFile(t, traffic.File{Path: tc.name + compressed, Named: named}, bytes.NewReader(text)))
				})
			}
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line[:min(len(line), 30)]
}

func describeFile(t *testing.T, file traffic.File, r io.Reader) string {
	t.Helper()
	what := ""
	for x, err := range file.Read(r) {
		var unknown *traffic.Error
		switch {
		case errors.As(err, &unknown) && unknown.Is(traffic.ErrUnknownFormat):
			require.Empty(t, what)
			require.NotEmpty(t, unknown.Problem)
			require.NotEmpty(t, unknown.Remedy)
			return unknown.Format
		case err != nil:
			require.NoError(t, err)
		case x.Request == nil:
			what = "a body"
		default:
			what = "interactions"
		}
	}
	return what
}

// TestStandardInputIsNamed checks that the name "-" counts as named by the user, without an
// extension.
func TestStandardInputIsNamed(t *testing.T) {
	require.Equal(t, "a body", describeFile(t, traffic.File{Path: "-", Named: true}, strings.NewReader(`{"a":1`)))
}

// FuzzFound checks that a file found below a folder without an extension of JSON is not a bare
// body, unless it has no extension and is valid JSON.
func FuzzFound(f *testing.F) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(f, err)
	for _, path := range inputs {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add("a.md", data)
	}
	f.Add("tox.ini", []byte("[tox]\n"))
	f.Add("x", []byte("[1](2)"))
	f.Add("x.", []byte("{}"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		requests := 0
		for x, err := range (traffic.File{Path: name}).Read(bytes.NewReader(data)) {
			var odd *traffic.Error
			switch {
			case errors.As(err, &odd) && odd.Is(traffic.ErrOddEntry):
				requests++
			case err != nil:
				requireOneOf(t, err)
			case x.Request != nil:
				requests++
			case requests == 0:
				extension := strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".gz"), ".zst")))
				require.Contains(t, []string{"", "json", "ndjson", "jsonl"}, strings.TrimPrefix(extension, "."))
			}
		}
	})
}
