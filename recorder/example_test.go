package recorder_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

// polled is a job that is asked for twice.
func polled() []*traffic.Interaction {
	var all []*traffic.Interaction
	for i, status := range []string{"STARTED", "SUCCESS"} {
		all = append(all, &traffic.Interaction{
			Source: "polled.yaml", Index: i,
			Request:  &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/m/protectedJobs/j"},
			Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(status))},
		})
	}
	return all
}

// fetch prints an answer, or the message of a miss.
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

func ExampleNewReplay() {
	r, err := recorder.NewReplay(recorder.Of(polled()...), recorder.ReplayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: r}
	for range 2 {
		fetch(client, "https://cleanrooms.us-east-1.amazonaws.com/memberships/m/protectedJobs/j")
	}
	fmt.Println(len(r.Unplayed()), r.Missed())
	// Output:
	// 200 STARTED <nil>
	// 200 SUCCESS <nil>
	// 0 0
}

func ExampleReplay_Misses() {
	r, err := recorder.NewReplay(recorder.Of(polled()...), recorder.ReplayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := r.RoundTrip(mustRequest("https://cleanrooms.us-east-1.amazonaws.com/memberships/m/protectedJobs/k"))
	fmt.Println(res.StatusCode, res.Header.Get("X-Amzn-Errortype"), err)
	for _, miss := range r.Misses() {
		fmt.Println(miss.Nearest.Source, miss.Difference)
	}
	// Output:
	// 400 CrcheckReplayMiss <nil>
	// polled.yaml path segment 4 is "k", recorded is "j"
}

func mustRequest(url string) *http.Request {
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		panic(err)
	}
	return req
}

func ExampleOrder() {
	var order recorder.Order
	if err := order.UnmarshalText([]byte("sticky")); err != nil {
		fmt.Println(err)
	}
	r, err := recorder.NewReplay(recorder.Of(polled()...), recorder.ReplayOptions{Order: order})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		fetch(&http.Client{Transport: r}, "http://127.0.0.1/memberships/m/protectedJobs/j")
	}
	fmt.Println(order.UnmarshalText([]byte("loose")))
	// Output:
	// 200 STARTED <nil>
	// 200 SUCCESS <nil>
	// 200 SUCCESS <nil>
	// there is no order "loose"; use strict, any or sticky
}

func ExampleServe() {
	r, err := recorder.NewReplay(recorder.Of(polled()...), recorder.ReplayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- recorder.Serve(ctx, l, r) }()
	for _, session := range []string{"one", "two"} {
		fetch(http.DefaultClient, "http://"+l.Addr().String()+"/_c/polled.yaml/"+session+"/memberships/m/protectedJobs/j")
	}
	cancel()
	fmt.Println(<-served)
	// Output:
	// 200 STARTED <nil>
	// 200 STARTED <nil>
	// <nil>
}

func ExampleRun_Do() {
	r, err := recorder.OpenReplay([]string{"../cassettes/good/status-failed.yaml"}, recorder.ReplayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := recorder.Run{
		Replay:  r,
		Command: []string{self, "client", "get=/nowhere", "exit=0"},
		Stdout:  io.Discard,
	}.Do(context.Background())
	fmt.Println(status, err, len(r.Unplayed()), r.Missed())
	// Output:
	// 1 <nil> 1 1
}

func ExampleReplay_WritePlayed() {
	dir, err := os.MkdirTemp("", "played")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := recorder.NewReplay(recorder.Of(polled()...), recorder.ReplayOptions{KeepOrder: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fetch(&http.Client{Transport: r}, "http://127.0.0.1/_c/polled.yaml/one/memberships/m/protectedJobs/j")
	paths, err := r.WritePlayed(dir)
	for _, path := range paths {
		path, _ = filepath.Rel(dir, path)
		fmt.Println(filepath.ToSlash(path))
	}
	fmt.Println(err, len(r.Played()), len(r.Unplayed()))
	// Output:
	// 200 STARTED <nil>
	// _c/polled.yaml/one.yaml
	// <nil> 1 1
}

func ExampleReplay_Skipped() {
	r, err := recorder.NewReplay(traffic.Read("body.json", strings.NewReader("{}")), recorder.ReplayOptions{})
	fmt.Println(r.Len(), r.Skipped()[0].Reason, err)
	// Output:
	// 0 a bare body: no request was recorded <nil>
}

func ExampleEnvironment() {
	for _, entry := range recorder.Environment([]string{"AWS_PROFILE=production", "HOME=/home/me"}, "http://127.0.0.1:8080", "eu-west-1")[:5] {
		fmt.Println(entry)
	}
	// Output:
	// HOME=/home/me
	// NO_PROXY=127.0.0.1,localhost,::1
	// no_proxy=127.0.0.1,localhost,::1
	// AWS_ENDPOINT_URL=http://127.0.0.1:8080
	// AWS_ENDPOINT_URL_CLEANROOMS=http://127.0.0.1:8080
}
