package traffic_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestReadLikeStock checks that every cassette that stock go-vcr loads is read with the same
// values, except for the errors that doc.go lists.
func TestReadLikeStock(t *testing.T) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(t, err)
	agreed := 0
	for _, path := range inputs {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		agreed += compareWithStock(t, data)
	}
	require.Greater(t, agreed, 15)
}

// TestReadStockRecording reads cassettes that the recorder of go-vcr wrote. (They do not include a
// body of only a line break, which go-vcr loses.)
func TestReadStockRecording(t *testing.T) {
	bodies := []string{
		"", "{}", `{"status":"SUCCESS"}`, "{\n  \"a\": 1\n}\n", "plain", "it's", "\"quoted\"", "a: b", "é中😀", "\xff\x00", "null", "200",
		" leading", "trailing ", "a\n\n", "a\r\nb", strings.Repeat("long words ", 100),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["X-Twice"] = []string{"one", "two"}
		w.Header().Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	name := filepath.Join(t.TempDir(), "stock")
	stock, err := recorder.NewAsMode(name, recorder.ModeRecording, nil)
	require.NoError(t, err)
	client := &http.Client{Transport: stock}
	for _, body := range bodies {
		response, err := client.Post(server.URL+"/memberships?account=111122223333", "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	response, err := client.PostForm(server.URL, url.Values{"Action": {"Get", "Twice"}, "empty": {""}})
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, stock.Stop())

	data, err := os.ReadFile(name + ".yaml")
	require.NoError(t, err)
	require.Equal(t, 1, compareWithStock(t, data))
	all, err := readAll("in", bytes.NewReader(data))
	require.NoError(t, err)
	require.Len(t, all, len(bodies)+1)
	for i, body := range bodies {
		require.Equal(t, body, string(all[i].Response.Body.Bytes))
		require.Equal(t, 202, all[i].Response.Status)
		require.Positive(t, all[i].Response.Duration)
	}

	// The forms that go-vcr took from the request are restored when the interactions are written
	// again.
	var again bytes.Buffer
	require.NoError(t, traffic.WriteCassette(&again, traffic.Meta{}, all))
	was, err := loadStock(t, data)
	require.NoError(t, err)
	is, err := loadStock(t, again.Bytes())
	require.NoError(t, err)
	if diff := cmp.Diff(was.Interactions, is.Interactions, cmpopts.IgnoreUnexported(cassette.Response{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-recorded +written again:\n%s", diff)
	}
}

// compareWithStock returns 1 if both read the cassette with the same values.
func compareWithStock(t *testing.T, data []byte) int {
	t.Helper()
	stock, stockErr := loadStock(t, data)
	all, err := readAll("in", bytes.NewReader(data))
	switch {
	case len(all) > 0 && all[0].Kind != traffic.Cassette, len(all) == 0 && bytes.Contains(data, []byte(`"log"`)), bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return 0 // go-vcr reads no other kind, nor what is compressed
	case stockErr != nil && err == nil && strings.Contains(stockErr.Error(), "time.Duration"):
		return 0 // one that is empty is read here
	case stockErr != nil:
		require.Error(t, err, "go-vcr says %v of\n%q", stockErr, data)
		return 0
	case errors.Is(err, traffic.ErrUnknownFormat):
		return 0 // recognition goes by how a text begins, and go-vcr's takes any YAML
	case err != nil:
		require.True(t, refused(stock), "%v, but go-vcr loads\n%q", err, data)
		return 0
	}
	if diff := cmp.Diff(stock.Interactions, asStock(all), cmpopts.IgnoreUnexported(cassette.Response{}), cmpopts.IgnoreFields(cassette.Request{}, "Form"), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("-go-vcr +here:\n%s\n%q", diff, data)
	}
	return 1
}

// refused reports a cassette that go-vcr loads although there is nothing to replay in it.
func refused(c *cassette.Cassette) bool {
	if c == nil || c.Version != 1 || len(c.Interactions) == 0 {
		return true
	}
	for _, i := range c.Interactions {
		if i == nil || cmp.Equal(i.Request, cassette.Request{}) || cmp.Equal(i.Response, cassette.Response{}, cmpopts.IgnoreUnexported(cassette.Response{})) ||
			i.Method != "" && i.URL == "" { // vcrpy
			return true
		}
	}
	return false
}

func loadStock(t *testing.T, data []byte) (c *cassette.Cassette, err error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "c")
	require.NoError(t, os.WriteFile(name+".yaml", data, 0o644))
	return cassette.Load(name)
}

func asStock(all []*traffic.Interaction) (stock []*cassette.Interaction) {
	for _, in := range all {
		stock = append(stock, &cassette.Interaction{
			Request: cassette.Request{
				Body: string(in.Request.Body.Bytes), Headers: in.Request.Header, URL: in.Request.URL, Method: in.Request.Method,
			},
			Response: cassette.Response{
				Body: string(in.Response.Body.Bytes), Headers: in.Response.Header,
				Status: in.Response.StatusText, Code: in.Response.Status, Duration: in.Response.Duration,
			},
		})
	}
	return stock
}
