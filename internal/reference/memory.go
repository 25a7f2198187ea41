package reference

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"sync"

	"github.com/crcheck/crcheck/conformance"
)

// memory is what clients with a bug keep from one call to the next: results by endpoint, and
// connections by host.
type memory struct {
	mu      sync.Mutex
	results map[string]*conformance.Result
	open    map[string]*kept
}

func newMemory() *memory {
	return &memory{results: map[string]*conformance.Result{}, open: map[string]*kept{}}
}

// do makes a call of a client that remembers the result of an earlier one.
func (m *memory) do(ctx context.Context, c client, call conformance.Call) *conformance.Result {
	key := call.Endpoint + string(call.Input)
	m.mu.Lock()
	before := m.results[key]
	m.mu.Unlock()
	if before != nil && c.has(resultsCached) {
		again := *before
		return &again
	}
	result := c.make(ctx, call)
	if before != nil && result.Output != nil && c.has(membersMerged) {
		result.Output = merged(before.Output, result.Output)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	saved := *result
	m.results[key] = &saved
	return result
}

// merged adds the members of the job of an earlier output that a later one lacks.
func merged(before, after json.RawMessage) json.RawMessage {
	var old, now map[string]map[string]any
	if json.Unmarshal(before, &old) != nil || json.Unmarshal(after, &now) != nil || old["protectedJob"] == nil {
		return after
	}
	job := old["protectedJob"]
	maps.Copy(job, now["protectedJob"])
	return marshal(map[string]any{"protectedJob": job})
}

// kept is a connection that is left open for the next request to its host.
type kept struct {
	net.Conn
	reader *bufio.Reader
}

// RoundTrip sends a request over the connection of an earlier one, without noticing that the server
// has closed it.
func (m *memory) RoundTrip(request *http.Request) (*http.Response, error) {
	m.mu.Lock()
	conn := m.open[request.URL.Host]
	delete(m.open, request.URL.Host)
	m.mu.Unlock()
	if conn == nil {
		dialed, err := (&net.Dialer{}).DialContext(request.Context(), "tcp", request.URL.Host)
		if err != nil {
			return nil, err
		}
		conn = &kept{dialed, bufio.NewReader(dialed)}
	}
	if deadline, ok := request.Context().Deadline(); ok {
		conn.SetDeadline(deadline) //nolint:errcheck // the next read returns the error
	}
	if err := request.Write(conn); err != nil {
		conn.Close()
		return nil, err
	}
	response, err := http.ReadResponse(conn.reader, request)
	if err != nil {
		conn.Close()
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open[request.URL.Host] = conn
	return response, nil
}
