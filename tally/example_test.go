package tally_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/tally"
	"github.com/crcheck/crcheck/traffic"
)

// Two workers count the halves of one text; a third process merges what they wrote.
func Example() {
	counter, err := tally.New(tally.Options{Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}})
	if err != nil {
		log.Fatal(err)
	}
	text := strings.Repeat(`{"protectedJob":{"status":"PAUSED"}}`+"\n", 10)
	var written [][]byte
	for _, r := range []tally.Range{{0, 200}, {200, 0}} {
		t, err := counter.Text(context.Background(), "jobs.ndjson", strings.NewReader(text[max(0, r.Start-1):]), r)
		if err != nil {
			log.Fatal(err)
		}
		encoded, err := t.Marshal()
		if err != nil {
			log.Fatal(err)
		}
		written = append(written, encoded)
	}

	sum := counter.Empty()
	for _, encoded := range written {
		t, err := counter.Unmarshal(encoded)
		if err != nil {
			log.Fatal(err)
		}
		if err := sum.Merge(t); err != nil {
			log.Fatal(err)
		}
	}
	var report strings.Builder
	verdict, err := sum.Report(&report, tally.ReportOptions{})
	if err != nil {
		log.Fatal(err)
	}
	first, _, _ := strings.Cut(report.String(), "\n")
	fmt.Println(verdict)
	fmt.Println(first)
	// Output:
	// failed
	// error enum.unknown-value in response at /protectedJob/status, 10 times [09b7116c]
}

func ExampleTally_Add() {
	counter, err := tally.New(tally.Options{Kind: tally.Coverage, Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}})
	if err != nil {
		log.Fatal(err)
	}
	t := counter.Empty()
	for x, err := range traffic.Read("jobs.ndjson", strings.NewReader("{\"protectedJob\":{}}\n{\"protectedJob\":{}}\n")) {
		if err == nil {
			err = t.Add(x)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if _, err := t.Report(os.Stdout, tally.ReportOptions{Format: "badge"}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "schemaVersion": 1,
	//   "label": "crcheck coverage",
	//   "message": "7%",
	//   "color": "orange"
	// }
}
