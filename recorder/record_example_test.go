package recorder_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// service answers every request.
func service() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"path":%q}`, r.URL.Path)
	}))
}

// fetch prints a response, or the message of a miss.
func fetch(client *http.Client, url string) {
	res, err := client.Get(url)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	fmt.Println(res.StatusCode, string(text), err)
}

func ExampleNew() {
	server := service()
	defer server.Close()
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "job.yaml")

	r, err := recorder.New(path, recorder.Options{
		Key: redact.Key{1}.Text(), // leave it out: then a key file is made
		Found: func(in *traffic.Interaction, found finding.Set) {
			fmt.Println(in.Request.Method, found)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fetch(&http.Client{Transport: r}, server.URL+"/jobs")
	fmt.Printf("%+v %v\n", r.Stats(), r.Close())

	played, err := replay.Open([]string{path}, replay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fetch(&http.Client{Transport: played}, "http://127.0.0.1/jobs")
	// Output:
	// 200 {"path":"/jobs"} <nil>
	// {Interactions:1 Unrecorded:0 Failed:0 Secrets:0} <nil>
	// 200 {"path":"/jobs"} <nil>
}

func ExampleRecover() {
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	cassette := filepath.Join(dir, "job.yaml")

	_, err = recorder.Recover(recorder.JournalOf(cassette), "", recorder.Options{})
	if problem, ok := err.(*recorder.RecordError); ok {
		fmt.Println(problem.Problem)
	}

	// What a recorder leaves that was killed while it wrote.
	const killed = `{"crcheckJournal":3,"cassette":"job.yaml","meta":{"provenance":"recorded"},"redact":"format"}` + "\n" + `{"line":1,"request":0,"crc32c":"`
	if err := os.WriteFile(recorder.JournalOf(cassette), []byte(killed), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	report, err := recorder.Recover(recorder.JournalOf(cassette), "", recorder.Options{})
	fmt.Println(report.Interactions, report.Dropped, err)
	// Output:
	// journal-missing
	// 0 [{2 32 true}] <nil>
}

// In a test, t is that of the test; with CRCHECK_RECORD=1 the test asks the service, and its
// answers are recorded.
func ExampleForTest() {
	testJob := func(t testing.TB) {
		client := recorder.ForTest(t, "../cassettes/good/status-failed.yaml", recorder.TestOptions{})
		fmt.Println(client.Transport != nil)
	}
	fmt.Println(inTest(nil, testJob) != nil, "that nothing was asked for is an error")
	// Output:
	// true
	// true that nothing was asked for is an error
}
