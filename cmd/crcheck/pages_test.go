package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// things are what commands of the pages may need, and whether it is here. A nil function means that
// no test has it.
var things = map[string]func() bool{
	"a release":        nil, // nothing is published yet
	"an adapter":       nil,
	"an emulator":      nil,
	"AWS credentials":  nil,
	"minutes":          nil, // the command is a test of its own
	"npm":              nil, // package examples runs these commands
	"pip":              nil, // installs from a registry
	"your own files":   nil,
	"Go":               has("go"),
	"jq":               has("jq"),
	"boto3":            imports("boto3"),
	"crcheck's pytest": imports("crcheck", "boto3", "pytest"),
}

func has(program string) func() bool {
	return func() bool {
		_, err := exec.LookPath(program)
		return err == nil
	}
}

func imports(modules ...string) func() bool {
	return func() bool {
		return exec.Command("python3", "-c", "import "+strings.Join(modules, ", ")).Run() == nil
	}
}

// programs are what the pages may use beside crcheck, so that no test installs anything, calls
// a service, or ends a process. A block that uses others says what it needs.
var programs = []string{"sh", "cat", "cp", "grep", "gzip", "head", "jq", "ls", "mkdir", "rm", "sed", "sort", "tail", "wc", "python3", "pytest"}

// TestPages runs the commands of the pages, as a reader does who begins in the folder of the
// examples, and compares what the pages show with what is printed. Commands that cannot run here are
// parsed, and listed as skipped tests with the reason.
func TestPages(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the pages use a POSIX shell")
	}
	if testing.Short() {
		t.Skip("-short: the scripts run the same commands")
	}
	path := userPath(t)
	for _, page := range pagesWithCommands(t) {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../..", page))
			require.NoError(t, err)
			found, err := blocks(string(text))
			require.NoError(t, err)
			session := newSession(t, page, path)
			updated := string(text)
			for _, b := range found {
				if name, ok := strings.CutPrefix(b.mark, "file "); ok {
					session.write(t, name, b.text)
				}
				if b.lang == "sh" || b.lang == "console" {
					t.Run(fmt.Sprintf("line %d", b.line), func(t *testing.T) {
						updated = strings.Replace(updated, b.text, session.block(t, &b), 1)
					})
				}
			}
			if *update && updated != string(text) {
				require.NoError(t, os.WriteFile(filepath.Join("../..", page), []byte(updated), 0o644))
			}
		})
	}
}

// session is a reader's terminal: each block begins in the folder in which the last one ended.
type session struct {
	folder string
	env    []string
}

// newSession returns a terminal in a copy of the repository.
func newSession(t *testing.T, page, path string) *session {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	clone := t.TempDir()
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.Name() == "examples" || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		require.NoError(t, os.Symlink(filepath.Join(root, entry.Name()), filepath.Join(clone, entry.Name())))
	}
	examples := filepath.Join(clone, "examples")
	require.NoError(t, os.CopyFS(examples, os.DirFS(filepath.Join(root, "examples"))))
	begin := examples
	if page == "README.md" { // which tells the reader to go there
		begin = clone
	}
	home := t.TempDir()
	env := []string{"PATH=" + path, "HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1", "GORACE=" + os.Getenv("GORACE"), "CRCHECK_ROOT=" + root}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		if value, err := exec.Command("go", "env", name).Output(); err == nil {
			env = append(env, name+"="+strings.TrimSpace(string(value)))
		}
	}
	return &session{begin, append(env, "GOPROXY=off", "GOFLAGS=-buildvcs=false")}
}

// userPath returns a PATH with crcheck and the programs, and nothing else.
func userPath(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	self, err := exec.LookPath("crcheck") // TestMain put it there
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, filepath.Join(bin, "crcheck")))
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			if program == "python3" { // which may be a script that needs more programs
				if real, err := exec.Command(path, "-c", "import sys; print(sys.executable)").Output(); err == nil {
					path = strings.TrimSpace(string(real))
				}
			}
			wrap(t, filepath.Join(bin, program), fmt.Sprintf("exec '%s' \"$@\"", path))
		}
	}
	if path, err := exec.LookPath("go"); err == nil {
		// Until a version is released, `go get` cannot find the module. `go run` would compile
		// everything again, because the copy has another path.
		wrap(t, filepath.Join(bin, "go"), fmt.Sprintf(`go='%s'
case "$1 $2" in "run ./cmd/crcheck" | "run ../cmd/crcheck") shift 2; exec crcheck "$@" ;; esac
case "$*" in "get github.com/crcheck/crcheck"*)
	module=$("$go" list -m)
	cp "$CRCHECK_ROOT/go.mod" "$CRCHECK_ROOT/go.sum" .
	exec "$go" mod edit -module "$module" -require github.com/crcheck/crcheck@v0.0.0 -replace "github.com/crcheck/crcheck=$CRCHECK_ROOT"
;; esac
exec "$go" "$@"`, path))
	}
	return bin
}

func wrap(t *testing.T, path, script string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

func (s *session) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// block runs a block, or says why it does not. It returns the text of the block, which differs if
// -update is set and another output was printed.
func (s *session) block(t *testing.T, b *block) string {
	if thing := b.needs(); thing != "" {
		for _, args := range commandLines(b.text) {
			s.parse(t, args)
		}
		here, ok := things[thing]
		require.True(t, ok, "nobody knows the thing that the block needs: %q", thing)
		if here == nil || !here() {
			t.Skipf("needs %s:\n%s", thing, b.text)
		}
	}
	if b.lang == "console" {
		return s.console(t, b.text)
	}
	want := 0
	if status, ok := strings.CutPrefix(b.mark, "exit "); ok {
		var err error
		want, err = strconv.Atoi(status)
		require.NoError(t, err)
	}
	printed, status := s.run(t, "set -e\n"+b.text)
	require.Equal(t, want, status, "%s\n%s(if the commands cannot run in a test, begin the block with ```sh needs …, see things)", printed, b.text)
	return b.text
}

// console runs a session and compares what it shows.
func (s *session) console(t *testing.T, text string) string {
	t.Helper()
	const end = "\x1e\n"
	all := steps(text)
	script := ""
	for _, step := range all {
		// The status stays what it was, for `echo $?`.
		script += step.command + "crcheck_status=$?; printf '\\036\\n'; (exit $crcheck_status)\n"
	}
	printed, _ := s.run(t, script)
	updated := ""
	parts := strings.SplitAfter(printed, end)
	for i, step := range all {
		require.Less(t, i, len(parts), "the session ended before %q", step.command)
		got, _ := strings.CutSuffix(parts[i], end)
		if !shows(step.want, got) {
			if !*update {
				require.Equal(t, step.want, got, "$ %s", step.command)
			}
			step.want = got
		}
		command := strings.ReplaceAll(strings.TrimSuffix(step.command, "\n"), "\n", "\n> ")
		updated += "$ " + command + "\n" + step.want
	}
	return updated
}

// run runs a script, and returns what it printed and its status.
func (s *session) run(t *testing.T, script string) (string, int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	at := filepath.Join(t.TempDir(), "folder")
	run := exec.CommandContext(ctx, filepath.Join(strings.TrimPrefix(s.env[0], "PATH="), "sh"), "-c", "trap 'pwd > "+at+"' EXIT\n"+script)
	run.Dir, run.Env = s.folder, s.env
	run.WaitDelay = time.Second
	printed, err := run.CombinedOutput()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		require.NoError(t, err, string(printed))
	}
	if folder, err := os.ReadFile(at); err == nil {
		s.folder = strings.TrimSpace(string(folder))
	}
	return string(printed), run.ProcessState.ExitCode()
}

// parse checks that a command and its flags exist.
func (s *session) parse(t *testing.T, args []string) {
	t.Helper()
	require.NotEmpty(t, args)
	t.Chdir(t.TempDir())
	for i, arg := range args {
		if (arg == "-o" || arg == "--output") && i+1 < len(args) { // its folder must exist
			require.NoError(t, os.MkdirAll(filepath.Dir(args[i+1]), 0o755))
		}
	}
	args, word, err := command(args)
	require.NoError(t, err)
	words, _ := splitCommand(args, word)
	all, _ := grammar(word)
	parser, err := kong.New(all, kong.Name("crcheck"))
	require.NoError(t, err)
	_, err = parser.Parse(words)
	require.NoError(t, err, "crcheck %s", strings.Join(args, " "))
}
