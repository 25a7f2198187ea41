package validate_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/validate"
)

const jobPath = "/memberships/00000000-0000-4000-8000-000000000002/protectedJobs/00000000-0000-4000-8000-000000000001"

// emulator serves one response that breaks the contract.
func emulator() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, twoMembers)
	}))
}

func jobs() *validate.Catalog {
	k, err := validate.CompileCatalog(schema.NewCatalog(contracts.MustLoad("cleanrooms.GetProtectedJob")), validate.Options{})
	if err != nil {
		panic(err)
	}
	return k
}

// A transport without Report logs its findings.
func ExampleTransport() {
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey, slog.MessageKey, "path":
			return slog.Attr{}
		}
		return a
	}})))
	server := emulator()
	defer server.Close()
	client := &http.Client{Transport: &validate.Transport{Catalog: jobs()}}
	response, err := client.Get(server.URL + jobPath)
	if err != nil {
		panic(err)
	}
	response.Body.Close()
	// Output:
	// level=ERROR method=GET rule=union.multiple-members severity=error pointer=/protectedJob/result/output operation=cleanrooms.GetProtectedJob got="s3, memberList" want="exactly one of s3, memberList"
}

// failures is a testing.TB that notes what fails.
type failures struct {
	testing.TB
	failed, logged []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.failed = append(f.failed, fmt.Sprintf(format, args...))
}
func (f *failures) Fatalf(format string, args ...any) { f.Errorf(format, args...) }
func (f *failures) Logf(format string, args ...any) {
	f.logged = append(f.logged, fmt.Sprintf(format, args...))
}

// In a test, pass the *testing.T of the test; here its calls are counted.
func ExampleTransportForTest() {
	server := emulator()
	defer server.Close()
	t := &failures{}
	client := &http.Client{Transport: validate.TransportForTest(t, jobs())}
	response, err := client.Get(server.URL + jobPath)
	if err != nil {
		panic(err)
	}
	response.Body.Close()
	fmt.Println(len(t.failed), "failed,", len(t.logged), "logged")
	// Output: 1 failed, 0 logged
}

// In a test, pass the *testing.T of the test; here its calls are counted.
func ExampleRequire() {
	v := validate.MustCompile(contracts.MustLoad("cleanrooms.GetProtectedJob"), validate.Options{})
	t := &failures{}
	validate.Require(t, v, []byte(twoMembers))
	fmt.Println(len(t.failed), "failed")
	// Output: 1 failed
}

// TestTransportForTest checks that errors and unchecked responses fail a test, and that lesser
// findings are logged.
func TestTransportForTest(t *testing.T) {
	for _, v := range []struct {
		name           string
		findings       finding.Set
		err            error
		failed, logged int
	}{
		{"clean", nil, nil, 0, 0},
		{"error", finding.Set{{Rule: finding.TypeMismatch, Severity: finding.Error}}, nil, 1, 0},
		{"warning and info", finding.Set{{Severity: finding.Warning}, {Severity: finding.Info}}, nil, 0, 2},
		{"unchecked", nil, errors.New("the body broke off"), 1, 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			tb := &failures{}
			validate.TransportForTest(tb, jobs()).Report(httptest.NewRequest("GET", "/", nil), v.findings, v.err)
			require.Len(t, tb.failed, v.failed)
			require.Len(t, tb.logged, v.logged)
		})
	}
}
