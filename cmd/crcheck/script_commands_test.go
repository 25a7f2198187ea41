package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// compress writes a file as gzip, as gzip(1) would; with -cut, not to its end.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	cut := args[0] == "-cut"
	if cut {
		args = args[1:]
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	text := out.Bytes()
	if cut {
		text = text[:len(text)/2]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o644))
}

// ask is a client for scripts, which run where there may be no curl: it calls
// the endpoint of its environment for each TARGET and BODY among its arguments,
// one after the other, as awsJson clients do, and prints the answers. GET and a
// path make a request of REST.
func ask() {
	for args := os.Args[1:]; len(args) >= 2; args = args[2:] {
		method, path, body := "POST", "/", args[1]
		if args[0] == "GET" {
			method, path, body = "GET", args[1], ""
		}
		req, err := http.NewRequest(method, os.Getenv("AWS_ENDPOINT_URL")+path, strings.NewReader(body))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if method == "POST" {
			req.Header.Set("Content-Type", "application/x-amz-json-1.0")
			req.Header.Set("X-Amz-Target", args[0])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%d %s\n", resp.StatusCode, text)
	}
}
