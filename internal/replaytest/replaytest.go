// Package replaytest has what the tests of recording and of replay share.
package replaytest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	vcr "github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// Said is an interaction whose response is text alone.
func Said(method, url, body, answer string) *traffic.Interaction {
	return &traffic.Interaction{
		Source:   "said.yaml",
		Request:  &traffic.Request{Method: method, URL: url, Header: http.Header{}, Body: traffic.BodyOf([]byte(body))},
		Response: traffic.Response{Status: 200, Header: http.Header{}, Body: traffic.BodyOf([]byte(answer))},
	}
}

// Ask returns the body of a response, or "miss".
func Ask(tb testing.TB, rt http.RoundTripper, method, url, body string, header ...string) string {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(tb, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := rt.RoundTrip(req)
	require.NoError(tb, err)
	defer res.Body.Close()
	if res.Header.Get("X-Amzn-Errortype") == replay.MissCode {
		return "miss"
	}
	text, err := io.ReadAll(res.Body)
	require.NoError(tb, err)
	return string(text)
}

// Stock replays interactions with stock go-vcr.
func Stock(tb testing.TB, interactions []*traffic.Interaction) *vcr.Recorder {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "stock")
	var text bytes.Buffer
	require.NoError(tb, traffic.WriteCassette(&text, traffic.Meta{}, interactions))
	require.NoError(tb, os.WriteFile(name+".yaml", text.Bytes(), 0o600))
	stock, err := vcr.NewAsMode(name, vcr.ModeReplaying, RefuseNetwork{})
	require.NoError(tb, err)
	stock.SetReplayableInteractions(true)
	stock.SkipRequestLatency = true
	return stock
}

// RefuseNetwork is the network of every test.
type RefuseNetwork struct{}

// RoundTrip fails.
func (RefuseNetwork) RoundTrip(req *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("the test asked the network for %s", req.URL)
}

// Closing tells when it was closed.
type Closing struct {
	io.Reader
	once   sync.Once
	Closed chan struct{}
}

// Close closes Closed, the first time.
func (c *Closing) Close() error {
	c.once.Do(func() { close(c.Closed) })
	return nil
}
