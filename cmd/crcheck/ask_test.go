package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// ask is a client for scripts, which run where there may be no curl: it calls
// the endpoint of its environment for each TARGET and BODY among its arguments,
// one after the other, as awsJson clients do, and prints the answers.
func ask() {
	for args := os.Args[1:]; len(args) >= 2; args = args[2:] {
		req, err := http.NewRequest("POST", os.Getenv("AWS_ENDPOINT_URL")+"/", strings.NewReader(args[1]))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		req.Header.Set("Content-Type", "application/x-amz-json-1.0")
		req.Header.Set("X-Amz-Target", args[0])
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%d %s\n", resp.StatusCode, body)
	}
}
