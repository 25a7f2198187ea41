package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
)

// sdkGo is a program that uses the AWS SDK for Go as its users do: everything comes from the
// environment.
//
//	aws-sdk-go get MEMBERSHIP JOB…     asks for jobs and prints their statuses
//	aws-sdk-go start MEMBERSHIP        starts one
//	aws-sdk-go patient MEMBERSHIP JOB  asks, waits for Ctrl-C, asks again, and exits with 7
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
