package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/installed"
)

// recorded is a client in some language that requests jobs: its command, and the environment variables
// that it needs.
type recorded struct {
	name    string
	modes   []string // "" or --forward
	command func(t *testing.T) (command, env []string)
}

var recordedClients = []recorded{
	{"go", []string{"", "--forward"}, func(*testing.T) ([]string, []string) { return []string{"aws-sdk-go", "get"}, nil }},
	{"python", []string{"", "--forward"}, func(t *testing.T) ([]string, []string) {
		into := installed.Folder(t, installed.Python("../../clients/python"))
		return []string{filepath.Join(into, "bin", "python"), testdata(t, "boto3_get.py")}, nil
	}},
	// The SDK ignores HTTPS_PROXY.
	{"javascript", []string{""}, func(t *testing.T) ([]string, []string) {
		into := installed.Folder(t, installed.NPM("../../clients/javascript", "adapter.mjs"))
		return []string{"node", testdata(t, "javascript_get.cjs")}, []string{"NODE_PATH=" + filepath.Join(into, "node_modules")}
	}},
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "record", name))
	require.NoError(t, err)
	return path
}

// sdkGo is a program that uses the AWS SDK for Go and takes its whole configuration from the
// environment, as most programs do.
//
//	aws-sdk-go get MEMBERSHIP JOB…     requests jobs and prints their statuses
//	aws-sdk-go many MEMBERSHIP JOB N   requests a job N times, from 64 clients
//	aws-sdk-go start MEMBERSHIP        starts a job
//	aws-sdk-go patient MEMBERSHIP JOB  requests a job, waits for Ctrl-C, requests it again, exits with 7
func sdkGo() {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(4)
		}
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	must(err)
	client := cleanrooms.NewFromConfig(cfg, func(o *cleanrooms.Options) { o.RetryMaxAttempts = 1 })
	get := func(job string) {
		out, err := client.GetProtectedJob(context.Background(), &cleanrooms.GetProtectedJobInput{MembershipIdentifier: &os.Args[2], ProtectedJobIdentifier: &job})
		must(err)
		fmt.Println(out.ProtectedJob.Status)
	}
	switch os.Args[1] {
	case "get":
		for _, job := range os.Args[3:] {
			get(job)
		}
	case "many":
		n, err := strconv.Atoi(os.Args[4])
		must(err)
		var started atomic.Int64
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				for started.Add(1) <= int64(n) {
					_, err := client.GetProtectedJob(context.Background(), &cleanrooms.GetProtectedJobInput{MembershipIdentifier: &os.Args[2], ProtectedJobIdentifier: &os.Args[3]})
					must(err)
				}
			})
		}
		all.Wait()
	case "start":
		_, err := client.StartProtectedJob(context.Background(), &cleanrooms.StartProtectedJobInput{MembershipIdentifier: &os.Args[2], Type: types.ProtectedJobTypePyspark,
			JobParameters: &types.ProtectedJobParameters{AnalysisTemplateArn: aws.String("arn:aws:cleanrooms:us-east-1:111122223333:membership/a/analysistemplate/b")}})
		must(err)
	case "patient":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		get(os.Args[3])
		<-interrupted
		get(os.Args[3])
		os.Exit(7)
	}
}
