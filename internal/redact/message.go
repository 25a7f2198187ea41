package redact

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/traffic"
)

// editRequest applies an edit to the strings of a request.
func editRequest(q *traffic.Request, places Places, e edit) {
	q.URL = editURL(q.URL, places, e)
	editHeader(q.Header, places.RequestHeader, "request header ", e)
	q.Body = editBody(q.Body, q.Header, root{places.Request, false, places.again, places.documents}, "request body", e)
}

func editResponse(a *traffic.Response, places Places, e edit) {
	editHeader(a.Header, places.ResponseHeader, "response header ", e)
	a.Body = editBody(a.Body, a.Header, root{places.Response, a.Status >= 300, places.again, places.documents}, "response body", e)
}

// standardText returns the recorded text of a status if it is the standard one, with or without the
// number, and otherwise the standard one: a server may write anything there.
func standardText(a traffic.Response) string {
	number, usual := strconv.Itoa(a.Status), http.StatusText(a.Status)
	whole := strings.TrimSpace(number + " " + usual)
	switch strings.TrimSpace(a.StatusText) {
	case "", number, usual, whole:
		return a.StatusText
	}
	return whole
}

func editHeader(h http.Header, places map[string]Place, part string, e edit) {
	var some [16]string
	names := some[:0]
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names) // in a fixed order, since the first pseudonym learnt wins
	for _, name := range names {
		values := h[name]
		lower := lowerName(name)
		place := places[lower]
		known, listed := headers[lower]
		if listed { // these headers mean the same for every operation
			place = known
		}
		for i, v := range values {
			at := site{Place: place.of(v), part: part, name: name, pointer: noPointer}
			at.exempt = listed && at.Class == place.Class
			values[i] = e(at, v)
		}
	}
}

func noPointer() string { return "" }

// form is how a body is edited.
type form int

const (
	formText form = iota
	formJSON
	formFields
	formBinary
	formStream
)

func formOf(body []byte, h http.Header) form {
	media := strings.ToLower(awshttp.Value(h, "Content-Type"))
	text := bytes.TrimLeft(bytes.TrimPrefix(body, bom), " \t\r\n")
	document := len(text) > 0 && (text[0] == '{' || text[0] == '[')
	switch {
	case !document && (strings.Contains(media, "eventstream") && len(body) > 0 || framed(body)): // no message begins like a document
		return formStream
	case strings.Contains(media, "cbor"):
		return formBinary
	case strings.Contains(media, "json"), document:
		return formJSON
	case !utf8.Valid(body) || bytes.ContainsFunc(body, func(r rune) bool { return r < 0x20 && !strings.ContainsRune("\t\n\r\f\v", r) }):
		return formBinary
	case strings.HasPrefix(media, "application/x-www-form-urlencoded"):
		return formFields
	}
	return formText
}

func editBody(body traffic.Body, h http.Header, root root, part string, e edit) traffic.Body {
	if len(body.Bytes) == 0 {
		return body
	}
	var now []byte
	switch formOf(body.Bytes, h) {
	case formJSON:
		now = root.edit(body.Bytes, part, e)
	case formFields:
		now = []byte(editFields(string(body.Bytes), part, nil, e))
	case formStream:
		now = editStream(body.Bytes, root, part, e)
	default:
		at := site{part: part, pointer: noPointer}
		if root.Node != nil && root.Class == Whole && formOf(body.Bytes, h) == formText {
			at.Place = root.of(string(body.Bytes))
		}
		now = []byte(e(at, string(body.Bytes)))
	}
	if bytes.Equal(now, body.Bytes) {
		return body
	}
	fitLength(h, len(now))
	return traffic.BodyOf(now)
}

// fitLength corrects the Content-Length, if there is one.
func fitLength(h http.Header, n int) {
	for name := range h {
		if strings.EqualFold(name, "Content-Length") {
			h[name] = []string{strconv.Itoa(n)}
		}
	}
}

func editFields(fields, part string, places map[string]Place, e edit) string {
	var b []byte
	for i, piece := range strings.Split(fields, "&") {
		if i > 0 {
			b = append(b, '&')
		}
		raw, value, has := strings.Cut(piece, "=")
		name := awshttp.Unescape(raw, true)
		b = appendEscaped(b, raw, e(site{part: part, isName: true, pointer: noPointer}, name), true)
		if has {
			b = append(b, '=')
			text := awshttp.Unescape(value, true)
			at := site{Place: places[name].of(text), part: part, name: name, pointer: noPointer, exempt: presigned[strings.ToLower(name)]}
			b = appendEscaped(b, value, e(at, text), true)
		}
	}
	return string(b)
}

// presigned are the parameters of a presigned URL. Those that are secret have been masked.
var presigned = map[string]bool{
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-expires": true,
	"x-amz-security-token": true, "x-amz-signature": true, "x-amz-signedheaders": true,
	"awsaccesskeyid": true, "signature": true, "key-pair-id": true, "policy": true, "sig": true,
}

func editURL(raw string, places Places, e edit) string {
	rest, fragment, hasFragment := strings.Cut(raw, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	scheme, rest, absolute := strings.Cut(rest, "://")
	if !absolute {
		scheme, rest = "", raw[:len(scheme)]
	}
	host, path := "", rest
	if absolute {
		host = rest
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			host, path = rest[:slash], rest[slash:]
		} else {
			path = ""
		}
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			host = host[at+1:] // drop the user and password, which clients do not send in the URL
		}
		at := site{part: "host", exempt: true, pointer: noPointer}
		if isS3(host) {
			host = e(at, host)
		} else { // keep the part that AWS names, even if a name elsewhere equals that of a service
			name, _, _ := strings.Cut(host, ":")
			owned := awshttp.Owned(name)
			if now := e(at, host[:owned]); now != host[:owned] {
				host = now + host[owned:]
			}
		}
		scheme += "://"
	}
	if isS3(host) {
		places.Path = s3Path(path, places.Path)
	}
	path = editPath(path, places.Path, places.apart, e)
	if hasQuery {
		query = "?" + editFields(query, "query", places.Query, e)
	}
	if hasFragment {
		query += "#" + e(site{part: "fragment", pointer: noPointer}, fragment)
	}
	if after, ok := strings.CutPrefix(raw, scheme); ok { // most URLs do not change
		if after, ok = strings.CutPrefix(after, host); ok {
			if after, ok = strings.CutPrefix(after, path); ok && after == query {
				return raw
			}
		}
	}
	return scheme + host + path + query
}

// s3Path makes the segments of a path to S3 Whole, except those that a contract keeps: they are a
// bucket and a key, or a key if the host contains the bucket.
func s3Path(path string, places []Place) []Place {
	all := make([]Place, strings.Count(path, "/"))
	copy(all, places)
	for i := range all {
		if all[i].Class == ByFormat {
			all[i].Class = Whole
		}
	}
	return all
}

// editPath edits segments by their places. Adjacent segments without a place are edited together,
// since an ARN may span them.
func editPath(path string, places []Place, apart bool, e edit) string {
	silent := func(i int) bool {
		return !apart && (i > len(places) || places[i-1].Class == ByFormat && places[i-1].Accepts == nil)
	}
	slash := strings.IndexByte(path, '/')
	if slash < 0 {
		return path
	}
	var b []byte // nil until something changes
	for i, rest := 1, path[slash+1:]; ; i++ {
		at, to := site{part: "path", pointer: noPointer}, strings.IndexByte(rest, '/')
		if silent(i) {
			for to >= 0 && silent(i+1) {
				next := strings.IndexByte(rest[to+1:], '/')
				if i++; next >= 0 {
					next += to + 1
				}
				to = next
			}
		} else if i <= len(places) {
			at.Place = places[i-1]
		}
		raw := rest
		if to >= 0 {
			raw = rest[:to]
		}
		text := awshttp.Unescape(raw, false)
		at.Place = at.of(text)
		switch now := e(at, text); {
		case now != text:
			if b == nil {
				b = append(make([]byte, 0, len(path)+16), path[:len(path)-len(rest)]...)
			}
			b = appendEscaped(b, raw, now, false)
		case b != nil:
			b = append(b, raw...)
		}
		switch {
		case to >= 0 && b != nil:
			b = append(b, '/')
		case to < 0 && b != nil:
			return string(b)
		case to < 0:
			return path
		}
		rest = rest[to+1:]
	}
}

// lowerNames are the names of headers in lower case, by the usual spelling.
var lowerNames = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for name := range headers {
		all[http.CanonicalHeaderKey(name)] = name
	}
	return all
})

func lowerName(name string) string {
	if lower, ok := lowerNames()[name]; ok {
		return lower
	}
	return strings.ToLower(name)
}

func cloneHeader(h http.Header, keep func(name string) bool) http.Header {
	if h == nil {
		return nil
	}
	n := 0
	for _, values := range h {
		n += len(values)
	}
	kept, all := make(http.Header, len(h)), make([]string, 0, n)
	for name, values := range h {
		if keep(name) {
			all = append(all, values...)
			kept[name] = all[len(all)-len(values) : len(all) : len(all)]
		}
	}
	return kept
}
