package apptest_test

import (
	"encoding/json"

	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/apptest"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// Many tests have a flag of this name, and package apptest must not define it as well.
var update = flag.Bool("update", false, "rewrite testdata")

const path = "/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001"

type failed struct{ status string }

func (e *failed) Error() string { return "the job ended as " + e.status }

type apiError struct{ code, message string }

func (e *apiError) Error() string {
	return e.code + ": " + e.message + ", RequestID: 00000000-0000-4000-8000-000000000001"
}
func (e *apiError) ErrorCode() string { return e.code }

type job struct {
	Status string
	Millis *float64 `json:",omitempty"`
}

// get is an application: it says what became of a job.
func get(endpoint string) (*job, error) {
	res, err := http.Get(endpoint + path)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		var e struct{ Message string }
		json.Unmarshal(body, &e) //nolint:errcheck // the status says enough
		return nil, fmt.Errorf("asking %s: %w", endpoint, &apiError{res.Header.Get("X-Amzn-Errortype"), e.Message})
	}
	var output struct {
		ProtectedJob struct {
			Status     string
			Statistics *struct{ TotalDurationInMillis *float64 }
		}
	}
	if err := json.Unmarshal(body, &output); err != nil {
		return nil, err
	}
	j := &job{Status: output.ProtectedJob.Status}
	if s := output.ProtectedJob.Statistics; s != nil {
		j.Millis = s.TotalDurationInMillis
	}
	if j.Status != "SUCCESS" {
		return nil, &failed{j.Status}
	}
	return j, nil
}

var contract = contracts.MustLoad("cleanrooms.GetProtectedJob")

// applications are what TestApplication does, by the value of an environment variable.
var applications = map[string]func(*testing.T){
	"outcomes": func(t *testing.T) { each(t, apptest.Options{Outcomes: "jobs.outcomes"}, get) },
	"parallel": func(t *testing.T) {
		apptest.EachResponse(t, contract, apptest.Options{}, func(t *testing.T, r apptest.Response, endpoint string) {
			t.Parallel()
			r.Outcome(get(endpoint))
		})
	},
	"some": func(t *testing.T) { each(t, apptest.Options{Only: []string{"full", "minimal"}}, get) },
	"pins": func(t *testing.T) {
		each(t, apptest.Options{Pins: map[string]any{"status": "FAILED"}, Only: []string{"full", "value"}}, get)
	},
	"no pin":  func(t *testing.T) { each(t, apptest.Options{Pins: map[string]any{"state": 1}}, get) },
	"no such": func(t *testing.T) { each(t, apptest.Options{Skip: []string{"full", "state=*"}}, get) },
	"none":    func(t *testing.T) { each(t, apptest.Options{Only: []string{"full"}, Skip: []string{"f*"}}, get) },
	"elsewhere": func(t *testing.T) {
		each(t, apptest.Options{Only: []string{"full"}}, func(string) (*job, error) { return &job{}, nil })
	},
	"skips": func(t *testing.T) {
		apptest.EachResponse(t, contract, apptest.Options{Only: []string{"minimal"}}, func(t *testing.T, r apptest.Response, _ string) {
			t.Skip("not now")
		})
	},
	"invalid": func(t *testing.T) {
		each(t, apptest.Options{Only: []string{"full"}}, func(endpoint string) (*job, error) {
			res, err := http.Get(endpoint + path + "%FF")
			if err == nil {
				res.Body.Close()
			}
			return nil, err
		})
	},
	"unknown": func(t *testing.T) {
		each(t, apptest.Options{Only: []string{"full"}}, func(endpoint string) (*job, error) {
			res, err := http.Get(endpoint + "/jobs")
			if err == nil {
				res.Body.Close()
			}
			return nil, err
		})
	},
	"panics": func(t *testing.T) {
		apptest.EachResponse(t, contract, apptest.Options{Only: []string{"statistics*"}}, func(t *testing.T, r apptest.Response, endpoint string) {
			j, err := get(endpoint)
			r.Outcome(*j.Millis, err)
		})
	},
	"hidden": func(t *testing.T) {
		each(t, apptest.Options{Only: []string{"full"}}, func(endpoint string) (failed, error) {
			_, err := get(endpoint)
			return failed{}, err
		})
	},
	"twice": func(t *testing.T) {
		apptest.EachResponse(t, contract, apptest.Options{Only: []string{"full"}}, func(t *testing.T, r apptest.Response, endpoint string) {
			r.Outcome(get(endpoint))
			r.Outcome(get(endpoint))
		})
	},
	"forgets": func(t *testing.T) {
		apptest.EachResponse(t, contract, apptest.Options{Only: []string{"full", "minimal"}}, func(t *testing.T, r apptest.Response, endpoint string) {
			if j, err := get(endpoint); r.Kind == "full" {
				r.Outcome(j, err)
			}
		})
	},
}

func each[T any](t *testing.T, options apptest.Options, f func(string) (T, error)) {
	apptest.EachResponse(t, contract, options, func(t *testing.T, r apptest.Response, endpoint string) {
		r.Outcome(f(endpoint))
	})
}

// TestApplication is a test of a user. The other tests run it in a process of its own, because it may fail.
func TestApplication(t *testing.T) {
	application, ok := applications[os.Getenv("APPTEST_APPLICATION")]
	if !ok {
		t.Skip("the other tests run this one")
	}
	application(t)
}

// result is what running TestApplication gave.
type result struct {
	output string
	failed []string // subtests, and "" for the test itself
	passed int
}

var verdict = regexp.MustCompile(`(?m)^ *--- (PASS|FAIL): TestApplication(?:/(.*))? \(`)

// run runs TestApplication in a folder.
func run(t *testing.T, folder, application string, args ...string) result {
	t.Helper()
	command := exec.Command(os.Args[0], append([]string{"-test.run=^TestApplication$", "-test.v"}, args...)...)
	command.Dir = folder
	command.Env = append(os.Environ(), "APPTEST_APPLICATION="+application)
	out, err := command.CombinedOutput()
	r := result{output: string(out)}
	for _, v := range verdict.FindAllStringSubmatch(r.output, -1) {
		switch {
		case v[1] == "FAIL" && (v[2] != "" || len(r.failed) == 0):
			r.failed = append(r.failed, v[2])
		case v[1] == "PASS" && v[2] != "":
			r.passed++
		}
	}
	require.Equal(t, err != nil, len(r.failed) > 0, r.output)
	return r
}

// TestOutcomes goes through the life of an outcome file.
func TestOutcomes(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "testdata", "jobs.outcomes")
	read := func() string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	replace := func(t *testing.T, old, new string) {
		text := read()
		require.Contains(t, text, old)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644))
	}
	const failedLine = "status=FAILED: {\"raises\":\"apptest_test.failed\",\"message\":\"the job ended as FAILED\"}\n"

	t.Run("without a file, every response is new", func(t *testing.T) {
		r := run(t, folder, "outcomes")
		require.Zero(t, r.passed, r.output)
		require.Contains(t, r.output, "new response: it has no line in testdata/jobs.outcomes\n        + "+failedLine)
		require.Contains(t, r.output, `go test -run '^TestApplication$/^status=FAILED$' -update`)
		require.Contains(t, r.output, `go test -run '^TestApplication$/^result\.output\.memberList\[\]_with_unknown_member$' -update`)
		require.NoFileExists(t, file)
	})
	t.Run("the flag writes it", func(t *testing.T) {
		r := run(t, folder, "outcomes", "-update")
		require.Empty(t, r.failed, r.output)
		golden := filepath.Join("testdata", "jobs.outcomes")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(read()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), read())
	})
	whole := read()
	t.Run("then every response passes", func(t *testing.T) {
		r := run(t, folder, "outcomes")
		require.Empty(t, r.failed, r.output)
		require.Equal(t, strings.Count(whole, "\n"), r.passed)
		require.Equal(t, whole, read())
	})
	t.Run("subtests in parallel write the same file", func(t *testing.T) {
		elsewhere := t.TempDir()
		run(t, elsewhere, "parallel", "-crcheck.update", "-test.parallel=8")
		text, err := os.ReadFile(filepath.Join(elsewhere, "testdata", "TestApplication.outcomes"))
		require.NoError(t, err)
		require.Equal(t, whole, string(text))
	})
	t.Run("another outcome", func(t *testing.T) {
		replace(t, "ended as FAILED", "failed")
		r := run(t, folder, "outcomes")
		require.Equal(t, []string{"", "status=FAILED"}, r.failed)
		require.Contains(t, r.output, "- status=FAILED: {\"raises\":\"apptest_test.failed\",\"message\":\"the job failed\"}\n        + "+failedLine)
	})
	t.Run("the line of one response", func(t *testing.T) {
		replace(t, "ended as CANCELLED", "was cancelled")
		run(t, folder, "outcomes", "-test.run=^TestApplication$/^status=FAILED$", "-update")
		require.Contains(t, read(), failedLine)
		require.Contains(t, read(), "the job was cancelled", "a response that -run left out was written")
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	t.Run("a stale line", func(t *testing.T) {
		replace(t, failedLine, failedLine+strings.Replace(failedLine, "status=FAILED", "status=PAUSED", 1))
		r := run(t, folder, "outcomes")
		require.Equal(t, []string{""}, r.failed)
		require.Contains(t, r.output, "stale line: no response has an outcome for it in testdata/jobs.outcomes\n        - status=PAUSED: ")
		require.Contains(t, r.output, "go test -run '^TestApplication$' -update")
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	t.Run("the order of lines does not matter", func(t *testing.T) {
		replace(t, failedLine, "")
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(failedLine+read(), "\n", "\r\n")), 0o644))
		require.Empty(t, run(t, folder, "outcomes").failed)
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	for _, v := range []struct{ name, text, problem string }{
		{"binary", "\x00\xff", "testdata/jobs.outcomes: line 1 is not an outcome"},
		{"a conflict", "full: {\"returns\":1}\n<<<<<<< HEAD\n", "line 2 is not an outcome"},
		{"two lines", failedLine + failedLine, "line 2: duplicate outcome of status=FAILED"},
	} {
		t.Run("a file with "+v.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(v.text), 0o644))
			for _, args := range [][]string{nil, {"-update"}} {
				r := run(t, folder, "outcomes", args...)
				require.Equal(t, []string{""}, r.failed, r.output)
				require.Contains(t, r.output, v.problem)
				require.Equal(t, v.text, read())
			}
		})
	}
	t.Run("a folder in the place of the file", func(t *testing.T) {
		require.NoError(t, os.Remove(file))
		require.NoError(t, os.Mkdir(file, 0o755))
		require.Contains(t, run(t, folder, "outcomes", "-update").output, "testdata/jobs.outcomes")
	})
}

// TestProblems checks what else fails a test of a user.
func TestProblems(t *testing.T) {
	for _, v := range []struct {
		application string
		failed      []string
		output      string
	}{
		{"some", nil, "PASS: TestApplication/minimal"},
		{"pins", nil, "PASS: TestApplication/statistics.totalDurationInMillis=0"},
		{"no pin", []string{""}, `has no member "state" to pin; did you mean status?`},
		{"no such", []string{""}, `no response has the ID or kind "state=*": crcheck mock --list shows the IDs`},
		{"none", []string{""}, "Skip leaves no response of those that Only selects"},
		{"elsewhere", []string{"", "full"}, "no request arrived at the endpoint"},
		{"skips", nil, "SKIP: TestApplication/minimal"},
		{"invalid", []string{"", "full"}, "invalid request of cleanrooms.GetProtectedJob"},
		{"unknown", []string{"", "full"}, "GET /jobs: "},
		{"panics", []string{"", "statistics_absent", "statistics_null", "statistics.totalDurationInMillis_absent", "statistics.totalDurationInMillis_null"}, "panic: runtime error: invalid memory address or nil pointer dereference"},
		{"hidden", []string{"", "full"}, "the fields of apptest_test.failed are not exported"},
		{"twice", []string{"", "full"}, "Outcome was called twice"},
	} {
		t.Run(v.application, func(t *testing.T) {
			r := run(t, t.TempDir(), v.application, "-update")
			require.ElementsMatch(t, v.failed, r.failed, r.output)
			require.Contains(t, r.output, v.output)
		})
	}
	t.Run("an outcome that is not compared any more", func(t *testing.T) {
		folder := t.TempDir()
		run(t, folder, "some", "-update")
		r := run(t, folder, "forgets")
		require.Equal(t, []string{""}, r.failed)
		require.Contains(t, r.output, "stale line: no response has an outcome for it in testdata/TestApplication.outcomes\n        - minimal: ")
	})
	t.Run("a response that is skipped keeps its line", func(t *testing.T) {
		folder := t.TempDir()
		run(t, folder, "some", "-update", "-test.run=^TestApplication$/^minimal$")
		require.Empty(t, run(t, folder, "skips", "-update").failed)
		require.FileExists(t, filepath.Join(folder, "testdata", "TestApplication.outcomes"))
	})
}
