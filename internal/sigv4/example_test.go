package sigv4_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/sigv4"
)

func ExampleVerify() {
	tampered := strings.Replace(documentedRequest, "ListUsers", "DeleteUsers", 1)
	for _, text := range []string{documentedRequest, tampered} {
		r, _ := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		scope, err := sigv4.Verify(r, nil, documented, documentedAt)
		if err != nil {
			fmt.Println(err.(*sigv4.Error).Reason)
			continue
		}
		fmt.Println("signed for", scope.Service, "in", scope.Region)
	}
	// Output:
	// signed for iam in us-east-1
	// wrong
}

func ExampleSign() {
	r, _ := http.NewRequest("GET", "https://cleanrooms.us-east-1.amazonaws.com/tags/a?tagKeys=z&tagKeys=a", nil)
	sigv4.Sign(r, nil, documented, "us-east-1", "cleanrooms", documentedAt)
	fmt.Println(r.URL.RawQuery)
	_, err := sigv4.Verify(r, nil, documented, documentedAt)
	fmt.Println(err)
	// Output:
	// tagKeys=z&tagKeys=a
	// <nil>
}

func ExampleError() {
	var err error = &sigv4.Error{Reason: sigv4.Missing, Detail: "the request is not signed"}
	fmt.Println(err)
	// Output: the request is not signed
}
