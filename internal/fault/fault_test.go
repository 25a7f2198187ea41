package fault

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asked sends a request over a connection of its own and returns all that comes back within a
// moment.
func asked(t *testing.T, fault Spec, header string) (text string, err error) {
	t.Helper()
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		a := Reply{404, http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {"X"}}, []byte(`{"message":"gone"}`)}
		fault.Inject(w, request, a, gone) //nolint:errcheck // the test sees what comes
	}))
	defer server.Close()
	defer close(gone)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", header)
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(400*time.Millisecond)))
	all, err := io.ReadAll(conn)
	return string(all), err
}

// TestFaults holds each row of the table to the bytes that it sends and to how
// the connection ends.
func TestFaults(t *testing.T) {
	const (
		head      = "HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\nContent-Type: application/json\r\nX-Amzn-Errortype: X\r\n\r\n"
		body      = `{"message":"gone"}`
		unlimited = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
	)
	type end string
	const (
		closed end = "closed"
		reset  end = "reset"
		open   end = "open"
	)
	chunked := unlimited + "Transfer-Encoding: chunked\r\nX-Amzn-Errortype: X\r\n\r\n"
	tests := map[string]struct {
		after int
		want  string
		end   end
	}{
		"close":               {0, "", closed},
		"reset":               {0, "", reset},
		"reset-in-headers":    {0, "HTTP/1.1 404 Not Found\r\nCont", reset},
		"reset-in-body":       {4, head + body[:4], reset},
		"truncate":            {4, head + body[:4], closed},
		"truncate-in-headers": {0, "HTTP/1.1 404 Not Found\r\nCont", closed},
		"truncate-chunked":    {4, chunked + "4\r\n" + body[:4] + "\r\n", closed},
		"hang":                {4, head + body[:4], open},
		"hang-in-headers":     {0, "HTTP/1.1 404 Not Found\r\nCont", open},
		"drip":                {0, head + body[:1], open},
		"slow":                {9, head + body, closed},
		"length-too-short":    {4, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 4\r\nContent-Type: application/json\r\nX-Amzn-Errortype: X\r\n\r\n" + body, closed},
		"length-twice":        {4, strings.Replace(head, "Content-Length: 18", "Content-Length: 4\r\nContent-Length: 18", 1) + body, closed},
		"length-missing":      {0, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/json\r\nX-Amzn-Errortype: X\r\n\r\n" + body, closed},
		"chunked":             {10, chunked + "a\r\n" + body[:10] + "\r\n8\r\n" + body[10:] + "\r\n0\r\n\r\n", closed},
		"http-1.0":            {0, strings.Replace(head, "1.1", "1.0", 1) + body, closed},
		"informational":       {0, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + head + body, closed},
		"small-header-names":  {0, "HTTP/1.1 404 Not Found\r\ncontent-length: 18\r\ncontent-type: application/json\r\nx-amzn-errortype: X\r\n\r\n" + body, closed},
		"gzip":                {0, head + body, closed},
		"pad":                 {2, strings.Replace(head, "18", "20", 1) + "  " + body, closed},
		"stale":               {0, head + body, closed},
		"truncate-in-value":   {0, strings.TrimSuffix(head, "X\r\n\r\n"), closed},
		"garbage":             {0, "SSH-2.0-OpenSSH_9.6\r\n", closed},
	}
	require.Len(t, tests, len(Kinds))
	for _, k := range Kinds {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			test, ok := tests[k.Name]
			require.True(t, ok)
			require.NotEmpty(t, k.About)
			got, err := asked(t, Spec{Kind: k.Name, After: test.after}, "")
			var network net.Error
			switch {
			case err == nil:
				require.Equal(t, test.end, closed)
			case errors.As(err, &network) && network.Timeout():
				require.Equal(t, test.end, open)
				got = got[:min(len(got), len(test.want))] // more may be dripping
			default:
				require.Equal(t, test.end, reset, err.Error())
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestFaultsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/cases.md")
	require.NoError(t, err)
	for _, k := range Kinds {
		require.Contains(t, string(page), fmt.Sprintf("\n| `%s` | %s |\n", k.Name, k.About))
	}
}

func TestGzipIfTheClientTakesIt(t *testing.T) {
	got, err := asked(t, Spec{Kind: "gzip"}, "Accept-Encoding: br, gzip\r\n")
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), nil)
	require.NoError(t, err)
	require.Equal(t, "gzip", response.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(response.Body)
	require.NoError(t, err)
	body, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, `{"message":"gone"}`, string(body))
}

func TestFaultHits(t *testing.T) {
	var none *Spec
	require.False(t, none.Hits(1))
	require.True(t, (&Spec{}).Hits(9))
	require.True(t, (&Spec{Times: 1}).Hits(1))
	require.False(t, (&Spec{Times: 1}).Hits(2))
}
