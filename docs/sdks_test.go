package docs

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the generated pages")

// sdk is a client that the suite is run against in the tests of package
// conformance, which hold its list of expected failures to be true.
type sdk struct {
	name  string
	known string // its list
	pin   string // the file that says which version is tested
	at    string // a regular expression of the version in it
}

var sdks = []sdk{
	{"Go", "conformance/sdkgo/expected-failures.yaml", "go.mod", `service/cleanrooms (v\S+)`},
	{"boto3", "clients/python/expected-failures.yaml", "clients/python/requirements.txt", `boto3==(\S+)`},
	{"JavaScript", "clients/javascript/expected-failures.yaml", "clients/javascript/package.json", `client-cleanrooms": "([^"]+)"`},
	{"Java", "clients/java/expected-failures.yaml", "clients/java/pom.xml", `cleanrooms</artifactId>\s*<version>([^<]+)<`},
	{"Rust", "clients/rust/expected-failures.yaml", "clients/rust/Cargo.toml", `aws-sdk-cleanrooms = \{ version = "=([^"]+)"`},
}

// TestSDKsPageIsFresh holds sdks.md against the suite and the lists of known
// failures. It needs none of the SDKs.
func TestSDKsPageIsFresh(t *testing.T) {
	page := sdksPage(t)
	if *update {
		require.NoError(t, os.WriteFile("sdks.md", []byte(page), 0o644))
	}
	text, err := os.ReadFile("sdks.md")
	require.NoError(t, err)
	require.True(t, page == string(text), "sdks.md is stale: run `go generate ./docs`")
}

// TestSDKsPageNamesEveryFailure: each line of each list leaves its mark, so that
// a page without it is not the page.
func TestSDKsPageNamesEveryFailure(t *testing.T) {
	_, suite := suiteCases(t)
	for _, s := range sdks {
		known := s.read(t)
		whole := s.cells(t, suite, known, &footnotes{})
		for i, line := range known {
			require.NotEqual(t, whole, s.cells(t, suite, slices.Delete(slices.Clone(known), i, i+1), &footnotes{}), "%s: %s says nothing", s.name, line.Case)
		}
	}
}

// suiteCases returns the cases of the built-in suite, in its order, as a client that skips all sees
// them.
func suiteCases(t *testing.T) (operation string, cases []conformance.Outcome) {
	t.Helper()
	suite := conformance.Builtin()
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	require.NoError(t, err)
	results, err := plan.Run(t.Context(), &conformance.Func{Do: func(context.Context, conformance.Call) *conformance.Result {
		return &conformance.Result{Skipped: &conformance.SkippedResult{Reason: "only the cases are of interest"}}
	}}, conformance.Options{})
	require.NoError(t, err)
	return suite.Operation, results.Outcomes
}

func (s sdk) read(t *testing.T) []finding.Expected {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", s.known))
	require.NoError(t, err)
	known, err := finding.ReadRows(s.known, text)
	require.NoError(t, err)
	return known
}

func (s sdk) version(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", s.pin))
	require.NoError(t, err)
	found := regexp.MustCompile(s.at).FindSubmatch(text)
	require.NotNil(t, found, "%s does not say which version of %s is tested", s.pin, s.name)
	return string(found[1])
}

// cells says of each case what the SDK comes to.
func (s sdk) cells(t *testing.T, suite []conformance.Outcome, known []finding.Expected, notes *footnotes) map[string]string {
	t.Helper()
	cells := map[string]string{}
	for _, c := range suite {
		cells[c.Case] = "pass"
		if c.Level == "observe" {
			cells[c.Case] = "open"
		}
	}
	for _, k := range known {
		about := slices.DeleteFunc(slices.Clone(suite), func(c conformance.Outcome) bool { return !finding.MatchesCase(k.Case, c.Case) })
		require.NotEmpty(t, about, "%s: %s matches no case", s.known, k.Case)
		verdict := "**fails**"
		if k.Rule == finding.ConformFlaky {
			verdict = "**flaky**"
		}
		for _, c := range about {
			cells[c.Case] = fmt.Sprintf("%s [%d](#reasons)", verdict, notes.number(s.name+": "+k.Reason))
		}
	}
	return cells
}

// group is the part of the name of a case before the slash.
func group(c conformance.Outcome) string {
	name, _, _ := strings.Cut(c.Case, "/")
	return name
}

// footnotes are the reasons, each once, in the order in which they came up.
type footnotes []string

func (f *footnotes) number(reason string) int {
	if i := slices.Index(*f, reason); i >= 0 {
		return i + 1
	}
	*f = append(*f, reason)
	return len(*f)
}

func sdksPage(t *testing.T) string {
	t.Helper()
	operation, suite := suiteCases(t)
	var (
		notes footnotes
		cells []map[string]string
		head  = []string{"", ""} // the rows that begin every table
		names []string
	)
	for _, s := range sdks {
		cells = append(cells, s.cells(t, suite, s.read(t), &notes))
		head[0] += " " + s.name + " |"
		head[1] += "---|"
		names = append(names, s.name+" "+s.version(t))
	}
	var groups []string
	for _, c := range suite {
		if !slices.Contains(groups, group(c)) {
			groups = append(groups, group(c))
		}
	}
	var page strings.Builder
	fmt.Fprintf(&page, `# How the AWS SDKs conform

`+"`go generate ./docs`"+` writes this page from the built-in suite, %d cases of `+"`%s`"+`, and from the expected failures of five AWS SDKs:
%s.

The tests of package conformance run the suite against each SDK. They fail on a failure that is not listed, on a listed one that
passes, and on a redundant row.

- **pass**: the SDK does what the case expects.
- **fails**: it does not, for the reason of that number. The specification may leave it the choice: the case's level and reference say so
  (`+"`crcheck conform --format json`"+`).
- **flaky**: the outcome differs from run to run.
- open: the specification leaves the outcome open; no client fails the case.

## In short

How many of each group's cases pass, not counting the open ones.

| group |%s
|---|%s
`, len(suite), operation, strings.Join(names, ", "), head[0], head[1])
	for _, name := range groups {
		fmt.Fprintf(&page, "| [%s](#%s) |", name, name)
		for i := range sdks {
			passed, held := 0, 0
			for _, c := range suite {
				if cell := cells[i][c.Case]; group(c) == name && cell != "open" {
					held++
					if cell == "pass" {
						passed++
					}
				}
			}
			fmt.Fprintf(&page, " %d of %d |", passed, held)
		}
		page.WriteString("\n")
	}
	for _, name := range groups {
		fmt.Fprintf(&page, "\n## %s\n\n| case | about |%s\n|---|---|%s\n", name, head[0], head[1])
		for _, c := range suite {
			if group(c) != name {
				continue
			}
			fmt.Fprintf(&page, "| %s | %s |", strings.TrimPrefix(c.Case, name+"/"), strings.ReplaceAll(c.About, "|", `\|`))
			for i := range sdks {
				fmt.Fprintf(&page, " %s |", cells[i][c.Case])
			}
			page.WriteString("\n")
		}
	}
	page.WriteString("\n## Reasons\n\n")
	for i, note := range notes {
		fmt.Fprintf(&page, "%d. %s\n", i+1, note)
	}
	return page.String()
}
