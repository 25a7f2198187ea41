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

func ExampleCanonicalQuery() {
	fmt.Println(sigv4.CanonicalQuery("b=1&a=x+y"))
	// Output: a=x%20y&b=1
}

func ExampleError() {
	var err error = &sigv4.Error{Reason: sigv4.Missing, Detail: "the request is not signed"}
	fmt.Println(err)
	// Output: the request is not signed
}
