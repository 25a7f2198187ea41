package apptest_test

import (
	"encoding/json"

	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/apptest"
	"github.com/crcheck/crcheck/schema"
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
		options := apptest.Options{Pins: map[string]any{"status": "FAILED"}, Only: []string{"full", "value"}}
		apptest.EachResponse(t, contract, options, func(t *testing.T, r apptest.Response, endpoint string) {
			_, err := get(endpoint)
			require.EqualError(t, err, "the job ended as FAILED")
		})
	},
	"also": func(t *testing.T) {
		other := *contract
		other.Operation, other.URI = "GetOther", schema.Is("/others/{membershipIdentifier}/{protectedJobIdentifier}")
		options := apptest.Options{Only: []string{"status=FAILED"}, Also: []*schema.Contract{contract, &other}}
		each(t, options, func(endpoint string) (*http.Response, error) {
			res, err := http.Get(endpoint + strings.NewReplacer("memberships", "others", "protectedJobs/", "").Replace(path))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, res.StatusCode)
			res.Body.Close()
			_, err = get(endpoint)
			return nil, err
		})
	},
	"slashes": func(t *testing.T) {
		text, err := contract.Encode()
		require.NoError(t, err)
		slashes, err := schema.Parse([]byte(strings.ReplaceAll(string(text), `"FAILED"`, `"application/json"`)))
		require.NoError(t, err)
		apptest.EachResponse(t, slashes, apptest.Options{}, func(t *testing.T, r apptest.Response, endpoint string) {
			r.Outcome(get(endpoint))
		})
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

// TestApplication is a test of a user. The other tests run it in a process of its own, because it
// may fail.
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
	self, err := os.Executable()
	require.NoError(t, err)
	command := exec.Command(self, append([]string{"-test.run=^TestApplication$", "-test.v"}, args...)...)
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
