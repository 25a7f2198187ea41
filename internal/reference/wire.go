package reference

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"time"

	"github.com/crcheck/crcheck/conformance"
)

// wire is the HTTP client of one call.
type wire struct {
	http.Client
	bug client

	mu   sync.Mutex
	head bytes.Buffer // the first bytes of the response
}

func (c client) newWire(call conformance.Call) *wire {
	w := &wire{bug: c}
	var dialer net.Dialer
	w.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		watched := &watchedConn{Conn: conn, wire: w}
		if c.has(timeoutPerRead) {
			watched.each = time.Duration(call.TimeoutMs) * time.Millisecond
		}
		return watched, nil
	}}
	if c.has(staleConnectionIsFinal) {
		w.Transport = c.memory
	}
	if !c.has(redirectsFollowed) {
		// The protocol has no redirects: a 3xx status is an error of the service.
		w.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return w
}

// watchedConn is a connection with the state that some bugs need.
type watchedConn struct {
	net.Conn
	wire *wire
	each time.Duration // the timeout of one read; 0 for that of the call
}

func (c *watchedConn) Read(p []byte) (int, error) {
	if c.each > 0 {
		c.SetReadDeadline(time.Now().Add(c.each)) //nolint:errcheck // the read returns the error
	}
	n, err := c.Conn.Read(p)
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	if c.wire.head.Len() < 4096 {
		c.wire.head.Write(p[:n])
	}
	return n, err
}

// Do sends a request and returns the response, whose body is still unread.
func (w *wire) Do(request *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.head.Reset()
	w.mu.Unlock()
	if w.bug.has(informationalIsFinal) {
		request = request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { return fmt.Errorf("status %d", code) },
		}))
	}
	return w.Client.Do(request)
}

// body reads the body of a response.
func (c client) body(response *http.Response) ([]byte, error) {
	if response.ContentLength < 0 && c.has(needsContentLength) {
		return nil, nil
	}
	if c.has(readsOnce) {
		first := make([]byte, 1<<20)
		n, _ := response.Body.Read(first) //nolint:errcheck // part of the bug
		return first[:n], nil
	}
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return nil, err
	case c.has(bodiesOf128K):
		return body[:min(1<<17, len(body))], nil
	case c.has(firstLineOnly):
		lines := bufio.NewScanner(bytes.NewReader(body))
		lines.Scan()
		return lines.Bytes(), nil
	case c.has(latin1Assumed):
		return latin1(body), nil
	case c.has(linesOf64K):
		lines := bufio.NewScanner(bytes.NewReader(body))
		var all []byte
		for lines.Scan() {
			all = append(append(all, lines.Bytes()...), '\n')
		}
		return all, nil // without a check of lines.Err()
	}
	return body, nil
}

// latin1 decodes each byte as a character.
func latin1(body []byte) []byte {
	var text []rune
	for _, b := range body {
		text = append(text, rune(b))
	}
	return []byte(string(text))
}

// misunderstands returns the reason for which a client with a bug rejects a response before it
// reads the body.
func (c client) misunderstands(response *http.Response, w *wire) error {
	contentType := response.Header.Get("Content-Type")
	media, _, _ := mime.ParseMediaType(contentType) //nolint:errcheck // a malformed media type is not JSON
	switch {
	case c.has(contentTypeCompared) && contentType != "application/json" && response.StatusCode < 300:
		return fmt.Errorf("the Content-Type is %s", contentType)
	case c.has(contentTypeChecked) && media != "application/json" && response.StatusCode < 300:
		return fmt.Errorf("the media type is %s", media)
	case c.has(http11Only) && response.ProtoMinor == 0:
		return errors.New("the response is of HTTP/1.0")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if head, _, _ := bytes.Cut(w.head.Bytes(), []byte("\r\n\r\n")); c.has(headerNamesCompared) && !bytes.Contains(head, []byte("Content-Type")) {
		return errors.New("the header Content-Type is missing")
	}
	return nil
}
