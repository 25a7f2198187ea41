package recording

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// TestRecordAllow: only what one contract calls read-only, whichever way the service reads the
// query.
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
	for _, c := range []struct{ method, url, target, refused string }{
		{"GET", "/sheds", "", ""},
		{"GET", "/sheds?view=a&view=b", "", ""}, // no literal of its URI
		{"GET", "/sheds/a/tools/b?view=full&colour=a&colour=b", "", ""},
		{"GET", "/sheds/a/tools/b?view=full&view=none", "", `"view" several times`},
		{"GET", "/sheds/a/tools/b?view=none&view=full", "", `"view" several times`},
		{"GET", "/sheds/a/tools/b?view=full&%76iew=full", "", `"view" several times`},
		{"GET", "/sheds/a/tools/b?view=none", "", "no contract in force"},
		{"PUT", "/sheds/a/tools", "", "does not call it read-only"},
		{"POST", "/", "Ledger_20260131.GetEntry", ""},
		{"POST", "/", "Ledger_20260131.PutEntry", "does not call it read-only"},
		{"GET", "/sheds", "Ledger_20260131.PutEntry", "does not call it read-only"},
	} {
		u, err := url.Parse("https://localhost" + c.url)
		require.NoError(t, err)
		r := &http.Request{Method: c.method, URL: u, Header: http.Header{}}
		if c.target != "" {
			r.Header.Set("X-Amz-Target", c.target)
		}
		err = (&Options{}).allow(catalog)(r, nil)
		require.Equal(t, c.refused == "", err == nil, "%+v: %v", c, err)
		if err != nil {
			require.ErrorContains(t, err, c.refused, c.url)
			require.ErrorContains(t, err, "--allow-writes")
		}
	}
	require.Nil(t, (&Options{AllowWrites: true}).allow(catalog))

	// Of two services with one route, neither may write.
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
		require.ErrorContains(t, err, "zoo.ListSheds does not call it read-only")
	}
}
