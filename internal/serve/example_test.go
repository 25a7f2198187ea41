package serve_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/crcheck/crcheck/internal/serve"
)

func ExampleServe() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	served := make(chan error)
	go func() { served <- serve.Serve(ctx, l, http.NotFoundHandler()) }()
	res, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	res.Body.Close()
	cancel()
	fmt.Println(res.Status, <-served)
	// Output: 404 Not Found <nil>
}

func ExampleRun_Do() {
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := serve.Run{
		Handler: http.NotFoundHandler(),
		Command: []string{self, "client", "get=/nowhere", "exit=5"},
		Stdout:  io.Discard,
	}.Do(context.Background())
	fmt.Println(status, err)
	// Output: 5 <nil>
}

func ExampleEnvironment() {
	for _, entry := range serve.Environment([]string{"AWS_PROFILE=production", "HOME=/home/me"}, "http://127.0.0.1:8080", "eu-west-1", "cognito-idp")[:7] {
		fmt.Println(entry)
	}
	// Output:
	// HOME=/home/me
	// AWS_ENABLE_ENDPOINT_DISCOVERY=false
	// AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled
	// AWS_ENDPOINT_URL=http://127.0.0.1:8080
	// AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=http://127.0.0.1:8080
	// NO_PROXY=127.0.0.1,localhost,::1
	// no_proxy=127.0.0.1,localhost,::1
}
