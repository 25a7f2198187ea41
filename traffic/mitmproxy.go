package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"time"
	"unicode/utf8"
)

// A file of mitmproxy is a sequence of flows, each a dictionary in the notation of tnetstrings
// (https://tnetstrings.info): the length of a value, a colon, the value, and a character for its type.
// The reader looks only for what it needs of a flow, so values of any other type are skipped.
var flowOpening = lazy(`^[0-9]{2,9}:[0-9]{1,5}:[a-z_]{2,40}[;,]`)

// flowReader reads the flows of a file.
type flowReader struct {
	in           *input
	line, column int // where the next flow begins: characters before it in its line
	index        int
}

func (in *input) readFlows(yield func(*Interaction, error) bool) {
	r := &flowReader{in: in, line: 1}
	for {
		text, value, err := r.frame()
		if err == io.EOF {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		from := &source{data: text, first: r.line, before: r.column}
		r.advance(text)
		x, err := r.flow(from, value)
		switch {
		case err != nil:
			err = unreadEntry(err, Mitmproxy, r.index)
		case x == nil: // TCP, UDP or DNS
			continue
		}
		if !yield(x, err) {
			return
		}
		r.index++
	}
}

// maxDigits is the number of digits of the longest length.
const maxDigits = 9

// frame reads the text of the next flow. The error is [io.EOF] at the end of the file.
func (r *flowReader) frame() (text []byte, value tnet, err error) {
	head, err := r.in.r.Peek(maxDigits + 1)
	if len(head) == 0 {
		if err != io.EOF {
			err = readError(r.in.name, err)
		}
		return nil, value, err
	}
	colon := bytes.IndexByte(head, ':')
	length, invalid := strconv.Atoi(string(head[:max(colon, 0)]))
	switch {
	case colon < 1 || invalid != nil || length < 0:
		return nil, value, r.malformed("the text after the last flow is not a flow", "record it again; the flows before it were read")
	case length > MaxEntry:
		return nil, value, tooLarge(r.in.name, fmt.Sprintf("flow %d", r.index), MaxEntry)
	}
	var whole bytes.Buffer // grows as it is read: the length may be wrong
	n, err := whole.ReadFrom(io.LimitReader(r.in.r, int64(colon+length+2)))
	switch {
	case err != nil:
		return nil, value, readError(r.in.name, err)
	case int(n) < colon+length+2:
		return nil, value, r.malformed("the last flow is cut off", "record it again; the flows before it were read")
	}
	text = whole.Bytes()
	value, _, err = tnetAt(text, 0)
	if err != nil || value.kind != '}' {
		return nil, value, r.malformed("the flow is not a dictionary", "record it again; the flows before it were read")
	}
	return text, value, nil
}

func (r *flowReader) malformed(problem, remedy string) error {
	return malformed(r.in.name, Position{r.line, r.column + 1}, problem, remedy)
}

// advance moves the place behind a text.
func (r *flowReader) advance(text []byte) {
	if last := bytes.LastIndexByte(text, '\n'); last >= 0 {
		r.line, r.column = r.line+bytes.Count(text, []byte("\n")), 0
		text = text[last+1:]
	}
	r.column += utf8.RuneCount(text)
}

// flow returns the interaction in a flow; nil if it is not one of HTTP.
func (r *flowReader) flow(from *source, flow tnet) (*Interaction, error) {
	members, err := flow.members()
	if err != nil {
		return nil, malformed(r.in.name, from.position(0), "the flow is broken: "+err.Error(), "record it again")
	}
	if kind, known := members["type"]; known && kind.text() != "http" {
		return nil, nil
	}
	x := &Interaction{Source: r.in.name, Kind: Mitmproxy, Index: r.index, Request: &Request{}}
	request, err := members["request"].members()
	if err != nil || request == nil {
		return nil, malformed(r.in.name, from.position(members["request"].start), "the flow has no request", "record it again, or leave it out")
	}
	x.Request.Method, x.Request.URL = request["method"].text(), flowURL(request)
	x.Request.Header, x.Request.Body = request["headers"].header(), request["content"].body(from)
	response, err := members["response"].members()
	switch {
	case err != nil:
		return nil, malformed(r.in.name, from.position(members["response"].start), "the response of the flow is broken", "record it again, or leave it out")
	case response == nil: // the request was aborted
		x.Response.Body = tnet{}.body(from)
		return x, nil
	}
	if x.Response.Status, err = strconv.Atoi(response["status_code"].text()); err != nil {
		return nil, malformed(r.in.name, from.position(response["status_code"].start), "the status of the flow is not a whole number", "record it again, or leave it out")
	}
	x.Response.StatusText = response["reason"].text()
	x.Response.Header, x.Response.Body = response["headers"].header(), response["content"].body(from)
	began, _ := strconv.ParseFloat(request["timestamp_start"].text(), 64)
	ended, _ := strconv.ParseFloat(response["timestamp_end"].text(), 64)
	if seconds := ended - began; began > 0 && seconds > 0 && seconds < 9e9 {
		x.Response.Duration = time.Duration(math.Round(seconds * 1e9))
	}
	return x, nil
}

// flowURL returns the URL of a request, without the usual port of its scheme.
func flowURL(request map[string]tnet) string {
	scheme, host, port := request["scheme"].text(), request["host"].text(), request["port"].text()
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" || port == "" || port == "0" {
		if bytes.IndexByte([]byte(host), ':') >= 0 {
			host = "[" + host + "]" // IPv6
		}
	} else {
		host = net.JoinHostPort(host, port)
	}
	return scheme + "://" + host + request["path"].text()
}

// tnet is a value in a text. The zero value is absent.
type tnet struct {
	kind       byte
	source     []byte
	start, end int
}

var errTnet = errors.New("a value in it has a wrong length")

// tnetAt returns the value at an offset, and the offset after it.
func tnetAt(text []byte, at int) (value tnet, after int, err error) {
	head := text[at:min(len(text), at+maxDigits+1)]
	colon := bytes.IndexByte(head, ':')
	if colon < 1 {
		return value, 0, errTnet
	}
	length, err := strconv.Atoi(string(head[:colon]))
	start := at + colon + 1
	if err != nil || length < 0 || length >= len(text)-start {
		return value, 0, errTnet
	}
	return tnet{text[start+length], text, start, start + length}, start + length + 1, nil
}

// elements returns the values of a list, or the names and values of a dictionary in turn.
func (t tnet) elements() (list []tnet, err error) {
	for at := t.start; at < t.end; {
		var value tnet
		if value, at, err = tnetAt(t.source[:t.end], at); err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

// members returns the values of a dictionary; nil of another value.
func (t tnet) members() (map[string]tnet, error) {
	if t.kind != '}' {
		return nil, nil
	}
	list, err := t.elements()
	if err != nil || len(list)%2 != 0 {
		return nil, errTnet
	}
	members := make(map[string]tnet, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		members[list[i].text()] = list[i+1]
	}
	return members, nil
}

func (t tnet) text() string { return string(t.source[t.start:t.end]) }

// header returns the headers of a message. Pseudo-headers of HTTP/2 are left out.
func (t tnet) header() http.Header {
	header := http.Header{}
	pairs, err := t.elements()
	if err != nil {
		return header
	}
	for _, pair := range pairs {
		field, err := pair.elements()
		if err != nil || len(field) != 2 || field[0].start == field[0].end || field[0].text()[0] == ':' {
			continue
		}
		name := textproto.CanonicalMIMEHeaderKey(field[0].text())
		header[name] = append(header[name], field[1].text())
	}
	return header
}

// body returns the content of a message, as it was on the wire. It is null if it was not recorded.
func (t tnet) body(from *source) Body {
	p := &place{source: from, written: verbatim{start: t.start, length: t.end - t.start}}
	if t.kind != ',' && t.kind != ';' {
		return Body{Missing: true, place: p}
	}
	return Body{Bytes: t.source[t.start:t.end:t.end], place: p}
}
