package traffic

import (
	"bytes"
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// foreign are the unsupported formats that are recognised by how they begin. The first matching row
// counts.
var foreign = []struct {
	begins   func([]byte) bool
	looks    string
	format   string
	recorded bool
	remedy   string
}{
	{prefix("\xff\xfe"), "UTF-16 text", "UTF-16 text", false, "convert it to UTF-8"},
	{prefix("\xfe\xff"), "UTF-16 text", "UTF-16 text", false, "convert it to UTF-8"},
	{prefix("\x1f\x8b"), "gzip data within compressed data", "gzip data", false, "decompress it"},
	{prefix("\x28\xb5\x2f\xfd"), "zstd data within compressed data", "zstd data", false, "decompress it"},
	{prefix("BZh"), "bzip2 data", "bzip2 data", false, "decompress it, or compress it with gzip or zstd"},
	{prefix("\xfd7zXZ\x00"), "xz data", "xz data", false, "decompress it, or compress it with gzip or zstd"},
	{prefix("PK\x03\x04"), "a ZIP archive", "ZIP archive", false, "unpack it"},
	{prefix("\xd4\xc3\xb2\xa1"), "a packet capture", "packet capture", true, "export the HTTP traffic as a HAR, decrypted"},
	{prefix("\xa1\xb2\xc3\xd4"), "a packet capture", "packet capture", true, "export the HTTP traffic as a HAR, decrypted"},
	{prefix("\x0a\x0d\x0d\x0a"), "a packet capture", "packet capture", true, "export the HTTP traffic as a HAR, decrypted"},
	{prefix("WARC/"), "a WARC archive", "WARC archive", true, "convert it to a HAR"},
	{pickleData, "a pickle of Python", "pickle", false, "never read: loading a pickle runs code in it; if it is placebo's and you trust it, convert it to JSON as docs/traffic.md#pickles-of-placebo shows"},
	{binary, "binary data", "binary data", false, readable},
	{matches(`(?i)^\s*(<!doctype html|<html)`), "HTML", "HTML", false, "record the API itself rather than a web page"},
	{matches(`^\s*<`), "XML", "XML", false, "only services with an AWS JSON protocol are supported"},
	{matches(`^(HTTP/[0-9]|[A-Z]{3,8} \S+ HTTP/[0-9])`), "a raw HTTP message", "raw HTTP message", true, "name a file with only its body, or record a cassette"},
}

// readable names every format that is read.
const readable = "expected JSON, NDJSON, a HAR, flows of mitmproxy, a snapshot of LocalStack, or a recording of go-vcr, vcrpy, Betamax, Ruby's VCR, LangChain or placebo, optionally compressed with gzip or zstd"

// lazy compiles an expression on first use: most runs need few of them.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func matches(expression string) func([]byte) bool {
	compiled := lazy(expression)
	return func(head []byte) bool { return compiled().Match(head) }
}

func prefix(p string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(p)) }
}

// pickleData reports the opcode of a protocol of Python's pickle, 2 to 5.
func pickleData(head []byte) bool {
	return len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5
}

// binary reports a NUL or many other control characters, which text does not have. UTF-16 is full
// of NULs.
func binary(head []byte) bool {
	head = head[:min(len(head), binaryLookAhead)]
	controls := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			controls++
		}
	}
	return controls > len(head)/4
}

// prose are the formats of text that is not JSON, YAML or in foreign. They are recognised by their
// first lines.
var prose = []struct {
	is       func() *regexp.Regexp
	looks    string
	format   string
	recorded bool
	remedy   string
}{
	{lazy(`(?m)(\bbotocore\.[a-z]+.{0,40}\bDEBUG\b|\bDEBUG\b.{0,10}\bbotocore\.|^SDK [0-9/]+ [0-9:]+ DEBUG |^\[AWS [a-z0-9-]+ [0-9]{3} |\bsoftware\.amazon\.awssdk\.\S+ - |\baws_smithy_runtime)`),
		"a debug log of an SDK", "SDK debug log", true, "record the traffic with crcheck, or if it is boto3's, convert it as docs/traffic.md#debug-logs-of-boto3 shows"},
	{lazy(`(?m)\A(\s*(#.*)?\n)*\s*\[\[?[\w."' -]+\]\]?[ \t]*(#.*)?\r?\n(\s*(#.*)?\r?\n)*[ \t]*[\w."'-]+[ \t]*=`), "TOML or INI", "TOML or INI", false, readable},
	{lazy(`\A#!`), "a script", "script", false, readable},
}

// extensions are the formats of unsupported files whose content does not reveal the format.
var extensions = []struct{ format, of string }{
	{"Markdown", "md markdown mdx"},
	{"reStructuredText", "rst"},
	{"TOML", "toml"},
	{"INI", "ini cfg conf properties"},
	{"plain text", "txt text adoc log"},
	{"CSV", "csv tsv"},
	{"HTML", "html htm xhtml"},
	{"XML", "xml xsd xsl svg"},
	{"lock file", "lock sum"},
	{"script", "sh bash zsh fish bat ps1 cmd"},
	{"source code", "py pyi go js mjs cjs jsx ts tsx java kt kts scala rb rs c h cc cpp hpp cs php swift lua pl r sql css scss less vue svelte tf hcl proto graphql gql nix dart ex exs erl hs clj"},
	{"Jupyter notebook", "ipynb"},
	{"source map", "map"},
	{"YAML without interactions", "yaml yml"},
	{"template", "tmpl tpl j2 jinja mustache hbs ejs"},
}

// formatOf returns the format that a file name implies; "" if none.
func formatOf(path string) string {
	ending := strings.TrimPrefix(extension(path), ".")
	for _, e := range extensions {
		if ending != "" && slices.Contains(strings.Fields(e.of), ending) {
			return e.format
		}
	}
	return ""
}

// extension returns the extension of a file name in lower case, ignoring .gz and .zst.
func extension(path string) string {
	name := strings.ToLower(filepath.Base(path))
	return filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst"))
}

// unrecognised returns the error for text in an unsupported format, which is named by the file name
// or else by how the text begins.
func (in *input) unrecognised(text []byte, looks string) error {
	head := text[:min(len(text), lookAhead)]
	named := formatOf(in.name)
	for _, p := range prose {
		if (named == "" || named == "plain text") && p.is().Match(head) {
			return unknownFormat(in.name, p.looks, p.format, p.recorded, p.remedy)
		}
	}
	looks = cmp.Or(named, looks)
	return unknownFormat(in.name, looks, looks, false, readable)
}
