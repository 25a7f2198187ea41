package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/input"
)

// nonsense is an input that people and programs pass by mistake.
type nonsense struct {
	name   string
	make   func(t *testing.T, path string)
	status int    // of validate
	says   string // its problem or finding
}

// garbage lists nonsense. Broken JSON is a finding. A file that has no known format, or cannot be
// opened, is invalid usage.
func garbage() []nonsense {
	return []nonsense{
		{"empty", text(""), exitFindings, "syntax.invalid"},
		{"blank", text(" \t  "), exitFindings, "syntax.invalid"},
		{"empty-folder", folder, exitUsage, "nothing was checked"},
		{"binary", text("\x7fELF\x02\x01\x01" + strings.Repeat("\x00\x90", 500)), exitUsage, "binary: looks like binary data; expected"},
		{"string", text(`"` + strings.Repeat("x", 2_000_000) + `"`), exitFindings, "type.mismatch"},
		{"arrays", text(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), exitFindings, "syntax.too-deep"},
		{"arrays-open", text(strings.Repeat("[", 100_000)), exitFindings, "syntax.too-deep"},
		{"objects", text(strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)), exitFindings, "syntax.too-deep"},
		{"missing", nothing, exitUsage, "missing: no such file or directory; check the spelling"},
		{"unreadable", unreadable, exitUsage, "unreadable: permission denied; give your user permission"},
		{"zero-bytes", zeros(100 << 20), exitUsage, "zero-bytes: looks like binary data; expected"},
		{"digits", repeated('0', 100<<20), exitFindings, "syntax.trailing"},
		{"ones", repeated('1', 100<<20), exitFindings, "type.mismatch"},
		{"yaml-bomb", text(bomb("")), exitUsage, "yaml-bomb: looks like YAML without interactions; expected"},
		{"cassette-bomb", text(bomb("version: 1\ninteractions: *i\n")), exitUsage, "cassette-bomb:"},
		{"overlay-bomb", text(bomb("overlay: 1\noperation: cleanrooms.GetProtectedJob\nreason: boom\nfacets: *i\n")), exitUsage, "overlay-bomb: looks like YAML without interactions; expected"},
		{"two-documents", text("{} {}"), exitFindings, "syntax.trailing"},
		{"no-utf8", text("{\"protectedJob\":\"\xff\xfe\"}"), exitFindings, "syntax.utf8"},
		{"bom", text("\xef\xbb\xbf{\"protectedJob\":{}}"), exitFindings, "syntax.bom"},
		{"utf16", text("\xff\xfe{\x00}\x00"), exitUsage, "utf16: looks like "},
		{"exponent", text("1e1000001"), exitFindings, "type.mismatch"},
		{"timestamp-exponent", text(`{"protectedJob":{"createTime":1e1000001}}`), exitFindings, "type.mismatch"},
		{"integer-exponent", text(`{"protectedJob":{"statistics":{"totalDurationInMillis":1e1000001}}}`), exitFindings, "type.mismatch"},
		{"cut-cassette", text("version: 1\ninteractions:\n- request: {url: x, method: GET}\n  response:\n    body: '{\"protectedJob\":"), exitUsage, "cut-cassette:5:"},
		{"cut-json", text(`{"protectedJob":{"id":`), exitFindings, "syntax.invalid"},
		{"html", text("<!DOCTYPE html><title>503</title>"), exitUsage, "html: looks like HTML"},
		{"null", link("/dev/null"), exitFindings, "syntax.invalid"},
		{"pipe", fifo, exitFindings, "syntax.trailing"},
	}
}

func text(s string) func(*testing.T, string) {
	return func(t *testing.T, path string) { require.NoError(t, os.WriteFile(path, []byte(s), 0o600)) }
}

func repeated(b byte, n int) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if raceEnabled {
			t.Skip("takes minutes under the race detector, and has only one goroutine")
		}
		text(string(bytes.Repeat([]byte{b}, n)))(t, path)
	}
}

// zeros makes a sparse file, which takes no space.
func zeros(n int64) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		text("")(t, path)
		require.NoError(t, os.Truncate(path, n))
	}
}

func folder(t *testing.T, path string) { require.NoError(t, os.Mkdir(path, 0o700)) }

func nothing(*testing.T, string) {}

func unreadable(t *testing.T, path string) {
	if os.Geteuid() == 0 {
		t.Skip("root can read every file")
	}
	text("{}")(t, path)
	require.NoError(t, os.Chmod(path, 0))
}

func link(to string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if runtime.GOOS == "windows" {
			t.Skip("Windows has no such devices, and links need a privilege")
		}
		require.NoError(t, os.Symlink(to, path))
	}
}

// bomb is YAML whose aliases expand to 9^8 values.
func bomb(document string) string {
	b := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		b += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 8) + "*" + string(c-1) + "]\n"
	}
	head, tail, _ := strings.Cut(document, "\n")
	return head + "\n" + b + tail
}

// TestGarbage checks that validate reports each input briefly, and with the right exit status.
func TestGarbage(t *testing.T) {
	for _, g := range garbage() {
		t.Run(g.name, func(t *testing.T) {
			dir := t.TempDir()
			g.make(t, filepath.Join(dir, g.name))
			got := crcheck(t, dir, "validate", g.name)
			require.Equal(t, g.status, got.status, "%.2000s%.2000s", got.out, got.err)
			require.Contains(t, got.out+got.err, g.says)
			if g.status == exitFindings {
				require.Contains(t, got.out, "  "+g.name+":1:", "the report names the file")
			}
			require.Less(t, len(got.out)+len(got.err), 20_000, "the message is short")
		})
	}
}

// TestGarbageDocuments checks that no garbage is accepted as a source or an overlay.
func TestGarbageDocuments(t *testing.T) {
	commands := [][]string{{"derive"}, {"validate", "--contract"}, {"schema", "--overlay"}}
	for _, g := range garbage() {
		t.Run(g.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, command := range commands {
				if i == 0 || g.name == "pipe" { // a pipe can be read only once
					os.Remove(filepath.Join(dir, g.name)) //nolint:errcheck // it may not exist
					g.make(t, filepath.Join(dir, g.name))
				}
				got := crcheck(t, dir, append(command, g.name)...)
				require.Equal(t, exitUsage, got.status, "%q %.2000s", command, got.err)
				require.Empty(t, got.out)
				require.Contains(t, got.err, g.name, "%q names the file", command)
				// The errors of sources and overlays differ. Those of unreadable files say what to do.
				if strings.HasSuffix(g.name, "folder") {
					require.Regexp(t, `is a folder; name a document in it|no file of the folder describes an operation`, got.err)
				}
				if g.name == "missing" && command[len(command)-1] != "--contract" {
					require.Contains(t, got.err, "check the spelling of the path")
				}
				require.Less(t, len(got.err), 10_000, "%q: the message is short", command)
			}
		})
	}
}

// TestDocumentTooLarge checks that sources, which are read whole, have a maximum size.
func TestDocumentTooLarge(t *testing.T) {
	dir := t.TempDir()
	zeros(input.MaxDocument+1)(t, filepath.Join(dir, "large"))
	for _, command := range [][]string{{"derive"}, {"schema", "--contract"}, {"schema", "--overlay"}} {
		t.Run(strings.Join(command, " "), func(t *testing.T) {
			got := crcheck(t, dir, append(command, "large")...)
			require.Equal(t, exitUsage, got.status)
			require.Equal(t, "crcheck: large: larger than 64 MiB; name a smaller document\n", got.err)
		})
	}
	if runtime.GOOS == "linux" && !raceEnabled {
		got := crcheck(t, dir, "derive", "/dev/zero")
		require.Equal(t, exitUsage, got.status)
		require.Contains(t, got.err, "/dev/zero: larger than 64 MiB")
	}
}

// TestOutputs checks that the message says why a report could not be written, and that nothing else
// has changed.
func TestOutputs(t *testing.T) {
	for _, o := range []struct {
		name   string
		make   func(t *testing.T, path string)
		path   string
		status int
		says   string
	}{
		{"folder", folder, "folder", exitUsage, "folder is a folder: name a file in it"},
		{"missing-folder", nothing, "missing-folder/report.json", exitUsage, "folder missing-folder does not exist; create it first"},
		{"file-for-a-folder", text("x"), "file-for-a-folder/report.json", exitUsage, "folder file-for-a-folder does not exist; create it first"},
		{"read-only", readOnly, "read-only/report.json", exitUsage, "read-only/report.json cannot be written: permission denied; nothing was changed"},
		{"full", fullDevice, "full", exitUsage, "full cannot be written: no space left on device"},
		{"null", nullDevice, "null", exitFindings, ""},
		{"dangling", link("gone"), "dangling", exitFindings, ""},
	} {
		t.Run(o.name, func(t *testing.T) {
			dir := t.TempDir()
			o.make(t, filepath.Join(dir, o.name))
			text("{}")(t, filepath.Join(dir, "in.json"))
			for _, args := range [][]string{{"validate", "in.json"}, {"schema"}, {"derive", "contract.json"}} {
				text(contractText(t))(t, filepath.Join(dir, "contract.json"))
				got := crcheck(t, dir, append(args, "-o", o.path)...)
				want := o.status
				if want == exitFindings && args[0] != "validate" {
					want = exitClean
				}
				require.Equal(t, want, got.status, got.err)
				require.Contains(t, got.err, o.says)
				require.Empty(t, got.out)
				require.NoError(t, os.Remove(filepath.Join(dir, "contract.json")))
			}
			if strings.Contains("full null", o.name) {
				info, err := os.Stat(filepath.Join(dir, o.name))
				require.NoError(t, err)
				require.NotZero(t, info.Mode()&os.ModeCharDevice, "a device stays a device")
			}
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			for _, e := range entries {
				require.Contains(t, []string{o.name, "in.json", "gone"}, e.Name(), "no other file is left")
			}
		})
	}
}

func readOnly(t *testing.T, path string) {
	if os.Geteuid() == 0 {
		t.Skip("root can write to every folder")
	}
	require.NoError(t, os.Mkdir(path, 0o500))
}

func contractText(t *testing.T) string {
	text, err := os.ReadFile(filepath.Join("..", "..", "schema", "contracts", "get_protected_job-1.42.90.json"))
	require.NoError(t, err)
	return string(text)
}
