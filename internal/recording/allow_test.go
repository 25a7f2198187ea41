package recording

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// TestRecordAllow checks that only operations that a contract marks as read-only are let through, no
// matter how the service reads the query.
func TestRecordAllow(t *testing.T) {
	var all []*schema.Contract
	for _, name := range []string{"shed", "ledger"} {
		text, err := os.ReadFile("../live/testdata/" + name + ".json")
		require.NoError(t, err)
		read, err := source.Read(text, "1")
		require.NoError(t, err)
		all = append(all, read.Contracts...)
	}
	catalog := schema.NewCatalog(all...)
	for _, c := range []struct{ name, method, url, target, refused string }{
		{"read-only", "GET", "/sheds", "", ""},
		{"repeated parameter that is not a literal of the URI", "GET", "/sheds?view=a&view=b", "", ""},
		{"repeated other parameter", "GET", "/sheds/a/tools/b?view=full&colour=a&colour=b", "", ""},
		{"repeated literal", "GET", "/sheds/a/tools/b?view=full&view=none", "", `"view" several times`},
		{"repeated literal, reversed", "GET", "/sheds/a/tools/b?view=none&view=full", "", `"view" several times`},
		{"repeated literal, escaped", "GET", "/sheds/a/tools/b?view=full&%76iew=full", "", `"view" several times`},
		{"no contract", "GET", "/sheds/a/tools/b?view=none", "", "no loaded contract"},
		{"PUT that writes", "PUT", "/sheds/a/tools", "", "does not mark"},
		{"read-only target", "POST", "/", "Ledger_20260131.GetEntry", ""},
		{"target that writes", "POST", "/", "Ledger_20260131.PutEntry", "does not mark"},
		{"read-only route, target that writes", "GET", "/sheds", "Ledger_20260131.PutEntry", "does not mark"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := url.Parse("https://localhost" + c.url)
			require.NoError(t, err)
			r := &http.Request{Method: c.method, URL: u, Header: http.Header{}}
			if c.target != "" {
				r.Header.Set("X-Amz-Target", c.target)
				r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			}
			err = (&Options{}).allow(catalog)(r, nil)
			require.Equal(t, c.refused == "", err == nil, "%v", err)
			if err != nil {
				require.ErrorContains(t, err, c.refused)
				require.ErrorContains(t, err, "--allow-writes")
			}
		})
	}
	require.Nil(t, (&Options{AllowWrites: true}).allow(catalog))

	// If two services have the same route, neither may write.
	reads := all[0]
	for _, c := range all {
		if c.Operation == "ListSheds" {
			reads = c
		}
	}
	writes := reads.Clone()
	writes.Service, writes.Readonly = "zoo", schema.Is(false)
	for _, both := range [][]*schema.Contract{{reads, writes}, {writes, reads}} {
		err := (&Options{}).allow(schema.NewCatalog(both...))(&http.Request{Method: "GET", URL: &url.URL{Path: "/sheds"}}, nil)
		require.ErrorContains(t, err, "does not mark zoo.ListSheds as read-only")
	}
}

// TestAllowSynthesised checks that requests as SDKs send them are allowed, whatever values that satisfy
// the contract they have. With CRCHECK_BOTOCORE_DATA, those of every JSON service of botocore are tried.
func TestAllowSynthesised(t *testing.T) {
	models, err := filepath.Glob("../live/testdata/*.json")
	require.NoError(t, err)
	if data := os.Getenv("CRCHECK_BOTOCORE_DATA"); data != "" {
		all, err := filepath.Glob(data + "/*/*/service-2.json.gz")
		require.NoError(t, err)
		models = append(models, all...)
	}
	for _, model := range models {
		t.Run(model, func(t *testing.T) {
			text, err := os.ReadFile(model)
			require.NoError(t, err)
			if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
				text, err = io.ReadAll(z)
				require.NoError(t, err)
			}
			read, err := source.Read(text, "1")
			if err != nil {
				t.Skip("not a model")
			}
			for _, c := range read.Contracts {
				// Few models say which operations are read-only.
				c.Readonly = schema.Is(strings.HasPrefix(c.Operation, "Get") || strings.HasPrefix(c.Operation, "List") || strings.HasPrefix(c.Operation, "Describe"))
			}
			allow := (&Options{}).allow(schema.NewCatalog(read.Contracts...))
			for _, c := range read.Contracts {
				s, err := synth.New(c, schema.HTTP)
				if _, other := c.NotJSON(); other || err != nil || !c.Readonly.Or(false) {
					continue
				}
				for seed := range uint64(4) {
					request, err := s.RandomRequest(seed)
					if err != nil {
						continue // it has a label that cannot be sent
					}
					u, err := url.Parse("https://localhost" + request.Target())
					require.NoError(t, err)
					h := http.Header{}
					for name, values := range request.Header {
						h[http.CanonicalHeaderKey(name)] = values
					}
					require.NoError(t, allow(&http.Request{Method: request.Method, URL: u, Header: h}, request.Body), "%s: %s %s", c, request.Method, u)
				}
			}
		})
	}
}
