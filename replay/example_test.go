package replay_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/replay"
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
	r, err := replay.New(replay.Of(polled()...), replay.Options{})
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

func ExampleOpen() {
	r, err := replay.Open([]string{"testdata/miss/recording.yaml"}, replay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fetch(&http.Client{Transport: r}, "https://cleanrooms.us-east-1.amazonaws.com/memberships/m1/protectedJobs/j1")
	fmt.Println(r.Missed(), "missed")
	// Output:
	// 200 {} <nil>
	// 0 missed
}

func ExamplePlayer_Misses() {
	r, err := replay.New(replay.Of(polled()...), replay.Options{})
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
	var order replay.Order
	if err := order.UnmarshalText([]byte("sticky")); err != nil {
		fmt.Println(err)
	}
	r, err := replay.New(replay.Of(polled()...), replay.Options{Order: order})
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
	// unknown order "loose"; use strict, any or sticky
}

func ExamplePlayer_WritePlayed() {
	dir, err := os.MkdirTemp("", "played")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := replay.New(replay.Of(polled()...), replay.Options{KeepOrder: true})
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

func ExamplePlayer_Skipped() {
	r, err := replay.New(traffic.Read("body.json", strings.NewReader("{}")), replay.Options{})
	fmt.Println(r.Len(), r.Skipped()[0].Reason, err)
	// Output:
	// 0 a bare body: no request was recorded <nil>
}
