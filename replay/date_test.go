package replay_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// TestDateIsThatOfTheReplay: by an old date SDKs take their clock for skewed.
func TestDateIsThatOfTheReplay(t *testing.T) {
	player, err := replay.New(replay.Of(&traffic.Interaction{
		Request:  &traffic.Request{Method: "GET", URL: "https://example.com/a"},
		Response: traffic.Response{Status: 200, Header: http.Header{"Date": {"Thu, 01 Jan 2026 00:00:00 GMT"}}},
	}), replay.Options{})
	require.NoError(t, err)
	server := httptest.NewServer(player)
	defer server.Close()
	response, err := server.Client().Get(server.URL + "/a")
	require.NoError(t, err)
	defer response.Body.Close()
	date, err := http.ParseTime(response.Header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), date, time.Minute)
}
