package main

import (
	"encoding"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// TestComplete completes the last word of a command line. A row ends with a space if the word is empty.
func TestComplete(t *testing.T) {
	const shop = "../../internal/probe/testdata/shop.json"
	for line, want := range map[string]string{
		"va":                                                "validate",
		"cassette ":                                         "lint recover convert minimize",
		"cassette l":                                        "lint",
		"validate --fail-on-":                               "--fail-on-stale",
		"validate --output x --fail-on-":                    "--fail-on-stale",
		"validate file --fail-on-":                          "--fail-on-stale",
		"validate --fail-on ":                               "error warning never",
		"validate --fail-on n":                              "never",
		"validate --fail-on=n":                              "--fail-on=never",
		"validate --fail-on = n":                            "never",
		"validate --fail-on =":                              "error warning never",
		"validate --fail-on = never --prof":                 "--profile",
		"validate --fail-on=never --prof":                   "--profile",
		"validate --fail-on-stale --prof":                   "--profile",
		"validate --color a":                                "auto always",
		"validate -o ":                                      "", // files
		"validate --contract ":                              "",
		"validate ":                                         "",
		"validate --no-such-flag ":                          "",
		"validate -- --prof":                                "",
		"replay job.yaml -- --prof":                         "",
		"mock --list --operation ":                          "GetProtectedJob",
		"live ":                                             "GetProtectedJob",
		"mock --contract " + shop + " --operation ":         "CreateOrder GetOrder",
		"validate --contract=" + shop + " --operation=G":    "--operation=GetOrder",
		"validate --contract = " + shop + " --operation = ": "CreateOrder GetOrder",
		"mock --contract cleanrooms.GetProtectedJob --contract " + shop + " --operation ": "cleanrooms.GetProtectedJob shop.CreateOrder shop.GetOrder",
		"mock --contract absent.json --operation ":                                        "",
		"rules enum.unknown":                 "enum.unknown-value",
		"completion ":                        "bash zsh fish powershell",
		"comple":                             "completion", // not the hidden command
		"no-such-command":                    "",
		"--hel":                              "--help",
		strings.Repeat("validate ", 9999):    "",
		"validate " + strings.Repeat("=", 9): "",
	} {
		t.Run(line[:min(len(line), 60)], func(t *testing.T) {
			got := inProcess(nil, append([]string{"complete"}, strings.Split(line, " ")...)...)
			require.Equal(t, exitClean, got.status, got.err)
			require.Empty(t, got.err)
			var words []string
			for suggestion := range strings.Lines(got.out) {
				word, _, tab := strings.Cut(strings.TrimSuffix(suggestion, "\n"), "\t")
				require.True(t, tab, "%q", suggestion)
				words = append(words, word)
			}
			require.Equal(t, want, strings.Join(words, " "))
		})
	}
}

// TestCompletionValues checks that every value that is suggested for a flag or an argument can be
// parsed, and that there are suggestions for every type that has only a few names.
func TestCompletionValues(t *testing.T) {
	parser, err := kong.New(&commands{})
	require.NoError(t, err)
	require.NoError(t, kong.Visit(parser.Model.Node, func(node kong.Visitable, next kong.Next) error {
		value, ok := node.(*kong.Value)
		if flag, isFlag := node.(*kong.Flag); isFlag {
			value, ok = flag.Value, true
		}
		if !ok {
			return next(nil)
		}
		t.Run(value.Name, func(t *testing.T) {
			target, parses := reflect.New(value.Target.Type()).Interface().(encoding.TextUnmarshaler)
			words := values(value)
			for _, s := range words {
				if parses {
					require.NoError(t, target.UnmarshalText([]byte(s.word)))
				}
			}
			if parses && value.Target.Kind() == reflect.Int {
				require.NotEmpty(t, words, "name the values of %s in completion.go", value.Target.Type())
			}
		})
		return next(nil)
	}))
}

// TestCompletionScripts completes in real shells. It skips shells that are not installed.
func TestCompletionScripts(t *testing.T) {
	command, err := exec.LookPath("crcheck")
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "job.yaml"), nil, 0o600))
	bash := `source <(crcheck completion bash)
complete_line() {
	COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _crcheck
	if [ ${#COMPREPLY[@]} = 0 ]; then compgen -f -- "${@: -1}"; else printf '%s\n' "${COMPREPLY[@]}"; fi
}
complete -p crcheck | grep -q -- '-o default.*-F _crcheck crcheck' || exit 1
`
	for _, row := range []struct{ shell, script, want string }{
		{"bash", bash + `complete_line crcheck cassette ""`, "lint recover convert minimize"},
		{"bash", bash + `complete_line crcheck validate --fail-on = n`, "never"},
		{"bash", bash + `complete_line crcheck validate jo`, "job.yaml"},
		{"bash", bash + `complete_line ` + command + ` drif`, "drift"},
		{"zsh", `autoload -Uz compinit && compinit -D -u; source <(crcheck completion zsh)
_describe() { print -l -- ${suggestions%%:*} }
_files() { print job.yaml }
words=(crcheck cassette ""); CURRENT=3; _crcheck
words=(crcheck validate ""); CURRENT=3; _crcheck
words=(crcheck validate --fail-on=n); CURRENT=3; _crcheck`, "lint recover convert minimize job.yaml --fail-on=never"},
		{"fish", `crcheck completion fish | source
complete -C "crcheck cassette " | string split -f1 \t | sort
complete -C "crcheck validate jo"
complete -C "crcheck validate --fail-on=n"`, "convert lint minimize recover job.yaml --fail-on=never"},
	} {
		t.Run(row.shell+" "+row.want, func(t *testing.T) {
			shell, err := exec.LookPath(row.shell)
			if err != nil {
				t.Skip(row.shell + " is not installed")
			}
			run := exec.Command(shell, "-c", row.script)
			run.Dir = folder
			run.Env = append(os.Environ(), "HOME="+folder)
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Equal(t, strings.Fields(row.want), strings.Fields(string(out)))
		})
	}
}
