package poller

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
	"github.com/stretchr/testify/require"
)

// bugs are pollers that look right, and pass with a mock that responds what its author expected.
// Each has the response that finds it; testdata/bugs.txt has all of them.
var bugs = []struct {
	name  string
	found string
	make  func(*Poller)
}{
	{"unknown status as success", "status=<unknown_value>", func(p *Poller) {
		p.done = func(job *types.ProtectedJob) (bool, error) {
			switch job.Status {
			case types.ProtectedJobStatusSubmitted, types.ProtectedJobStatusStarted, types.ProtectedJobStatusCancelling:
				return false, nil
			case types.ProtectedJobStatusFailed, types.ProtectedJobStatusCancelled:
				return true, failed(job)
			}
			return true, nil
		}
	}},
	{"unknown union member as success", "result.output=<unknown_member>", func(p *Poller) {
		p.output = func(s *Summary, o types.ProtectedJobOutput) error {
			if _, ok := o.(*types.UnknownUnionMember); ok { // as a switch without a default
				return nil
			}
			return output(s, o)
		}
	}},
	{"absent statistics", "statistics_absent", func(p *Poller) {
		p.duration = func(s *types.ProtectedJobStatistics) *int64 { return s.TotalDurationInMillis }
	}},
	{"null duration", "statistics.totalDurationInMillis_null", func(p *Poller) {
		p.duration = func(s *types.ProtectedJobStatistics) *int64 {
			if s == nil {
				return nil
			}
			millis := *s.TotalDurationInMillis
			return &millis
		}
	}},
	{"error without message", "error=ResourceNotFoundException_without_message", func(p *Poller) {
		p.explain = func(err error) error {
			var missing *types.ResourceNotFoundException
			if errors.As(err, &missing) {
				return fmt.Errorf("job not found: %s", *missing.Message)
			}
			return explain(err)
		}
	}},
	{"throttling as failure", "error=ThrottlingException_then_success", func(p *Poller) {
		p.retries = func(o *cleanrooms.Options) { o.Retryer = aws.NopRetryer{} } // the poller asks again anyway
	}},
	{"integer overflow", "statistics.totalDurationInMillis=2147483648", func(p *Poller) {
		p.duration = func(s *types.ProtectedJobStatistics) *int64 {
			if s == nil || s.TotalDurationInMillis == nil {
				return nil
			}
			millis := int64(int32(*s.TotalDurationInMillis))
			return &millis
		}
	}},
	{"local time zone", "full", func(p *Poller) {
		p.day = func(job *types.ProtectedJob) string { return job.CreateTime.Local().Format(time.DateOnly) }
	}},
}

// bugVariable is the environment variable that chooses a bug.
const bugVariable = "POLLER_BUG"

// makeWorse gives a poller the bug that the environment chooses.
func makeWorse(p *Poller) {
	for _, bug := range bugs {
		if bug.name == os.Getenv(bugVariable) {
			bug.make(p)
		}
	}
}

// TestMain runs the tests in a zone in which dates differ from those in UTC.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("Asia/Kathmandu", 5*3600+45*60)
	os.Exit(m.Run())
}

// TestBugs runs the other tests with each of the bugs, and compares what fails with
// testdata/bugs.txt.
func TestBugs(t *testing.T) {
	var all strings.Builder
	for _, bug := range bugs {
		t.Run(bug.name, func(t *testing.T) {
			self, err := os.Executable()
			require.NoError(t, err)
			command := exec.Command(self, "-test.run=^(TestPoller|TestFailedJob)$")
			command.Env = append(os.Environ(), bugVariable+"="+bug.name)
			out, err := command.CombinedOutput()
			require.Error(t, err, "no response finds the bug")
			require.Contains(t, string(out), "--- FAIL: TestPoller/"+bug.found+" (")
			fmt.Fprintf(&all, "## %s\n%s\n", bug.name, failures(out))
		})
	}
	golden := filepath.Join("testdata", "bugs.txt")
	if flag.Lookup("crcheck.update").Value.String() == "true" {
		require.NoError(t, os.WriteFile(golden, []byte(all.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), all.String())
}

// failures lists what failed: for each response the two outcomes, or the panic.
func failures(output []byte) string {
	var all []string
	for _, failed := range strings.Split(string(output), "--- FAIL: ")[1:] {
		name, log, _ := strings.Cut(failed, " (")
		if !strings.Contains(name, "/") {
			continue
		}
		shown := regexp.MustCompile(`(?m)^ +([-+] .*)|: (panic: .*)`).FindAllStringSubmatch(log, -1)
		for _, line := range shown {
			name += "\n  " + line[1] + line[2]
		}
		all = append(all, name+"\n")
	}
	slices.Sort(all)
	const most = 8
	if more := len(all) - most; more > 0 {
		all = append(all[:most], fmt.Sprintf("… and %d more\n", more))
	}
	return strings.Join(all, "")
}
