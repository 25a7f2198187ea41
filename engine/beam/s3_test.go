package main

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestS3 checks files of a store, which are read whole, although they are larger than a range.
func TestS3(t *testing.T) {
	objects := map[string]string{
		"in/a.ndjson":    strings.Repeat(job("STARTED"), 5) + job("PAUSED"),
		"in/b.ndjson.gz": zipped(t, strings.Repeat(job("PAUSED"), 5)),
		"other.ndjson":   job("GONE"),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("list-type") == "2" {
			fmt.Fprint(w, `<ListBucketResult><IsTruncated>false</IsTruncated>`)
			for _, key := range slices.Sorted(maps.Keys(objects)) {
				if strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
					fmt.Fprintf(w, `<Contents><Key>%s</Key></Contents>`, html.EscapeString(key))
				}
			}
			fmt.Fprint(w, `</ListBucketResult>`)
			return
		}
		text, ok := objects[strings.TrimPrefix(r.URL.Path, "/fake-bucket/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, text)
	}))
	defer server.Close()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "fake", "AWS_SECRET_ACCESS_KEY": "fake",
		"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"} {
		t.Setenv(name, value)
	}
	status, report, notes := checked(t, "--range-size", "100", "s3://fake-bucket/in/*")
	require.Equal(t, 1, status, notes)
	require.Contains(t, report, "s3://fake-bucket/in/a.ndjson:6:")
	require.Contains(t, report, "checked 11 responses of 2 files")
	require.Contains(t, report, "6 times")
}
