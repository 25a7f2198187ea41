package redact

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/traffic"
)

// clone copies the parts of an interaction that redaction changes. Bodies are replaced, never
// modified.
func clone(x *traffic.Interaction) *traffic.Interaction {
	y := *x
	all := func(string) bool { return true }
	if x.Request != nil {
		q := *x.Request
		q.Header = cloneHeader(q.Header, all)
		y.Request = &q
	}
	y.Response.Header = cloneHeader(y.Response.Header, all)
	return &y
}

// same reports whether the redacted parts of two interactions are equal.
func same(a, b *traffic.Interaction) bool {
	if a.Request != nil && (a.Request.URL != b.Request.URL || !sameHeader(a.Request.Header, b.Request.Header) || !bytes.Equal(a.Request.Body.Bytes, b.Request.Body.Bytes)) {
		return false
	}
	return sameHeader(a.Response.Header, b.Response.Header) && bytes.Equal(a.Response.Body.Bytes, b.Response.Body.Bytes)
}

func sameHeader(a, b http.Header) bool {
	return maps.EqualFunc(a, b, slices.Equal)
}

// exchange masks the secrets of an interaction, in place.
func (m *masker) exchange(x *traffic.Interaction, places Places) {
	places.apart, places.again, places.documents = true, m.again, m.documents
	if x.Request != nil {
		editRequest(x.Request, places, m.edit)
	}
	editResponse(&x.Response, places, m.edit)
	x.Response.StatusText = m.edit(site{part: "response status text", exempt: true, pointer: noPointer}, x.Response.StatusText)
}

// decode decompresses the bodies. It drops a body that cannot be decompressed, since it cannot be
// searched.
func (m *masker) decode(x *traffic.Interaction) {
	if q := x.Request; q != nil {
		body, err := q.DocumentWithin(awshttp.MaxBody)
		q.Body = m.decoded("request body", body, err)
		dropHeader(q.Header, "Content-Encoding")
		if len(q.Body.Bytes) > 0 {
			fitLength(q.Header, len(q.Body.Bytes))
		}
	}
	body, err := x.Response.DocumentWithin(awshttp.MaxBody)
	x.Response.Body = m.decoded("response body", body, err)
	dropHeader(x.Response.Header, "Content-Encoding")
	if len(x.Response.Body.Bytes) > 0 {
		fitLength(x.Response.Header, len(x.Response.Body.Bytes))
	}
}

func (m *masker) decoded(part string, body traffic.Body, err error) traffic.Body {
	if err == nil {
		return body
	}
	rule := finding.RecordNotRedacted
	if errors.Is(err, traffic.ErrTooLarge) {
		rule = finding.RecordTooLarge
	}
	m.note(rule, site{part: part, pointer: noPointer}, "the "+part+" was left out: "+err.Error())
	return traffic.Body{Missing: true}
}

func dropHeader(h map[string][]string, name string) {
	for key := range h {
		if strings.EqualFold(key, name) {
			delete(h, key)
		}
	}
}

// binary drops binary bodies that contain an identifier, since a change would break their
// checksums.
func (m *masker) binary(x *traffic.Interaction, r *Redactor) {
	drop := func(part string, body traffic.Body, h map[string][]string) traffic.Body {
		if len(body.Bytes) == 0 || formOf(body.Bytes, h) != formBinary {
			return body
		}
		text := string(body.Bytes)
		if strings.Contains(text, Mask) || len(recognise(text, nil).parts) > 0 || r.known.replace(text, spans{}, minName) != text {
			m.note(finding.RecordNotRedacted, site{part: part, pointer: noPointer}, "the "+part+" was left out: it is binary and contains a secret or an identifier")
			return traffic.Body{Missing: true}
		}
		return body
	}
	if q := x.Request; q != nil {
		q.Body = drop("request body", q.Body, q.Header)
	}
	x.Response.Body = drop("response body", x.Response.Body, x.Response.Header)
}

// Admitted returns findings with secrets as info: those of an emulator's recording that is not
// redacted on purpose.
func Admitted(found finding.Set) finding.Set {
	for i := range found {
		if found[i].Rule == finding.SecretFound {
			found[i].Severity = finding.Info
		}
	}
	return found
}

// Scan reports the secrets in an interaction that is about to be committed, without quoting them. A
// result of [Redactor.Redact] does not contain any that the rules find. classify may be nil; with a
// contract, blobs of random base64 are not secrets.
func Scan(x *traffic.Interaction, classify Classify) finding.Set {
	m := &masker{source: x.Source}
	if x.Kind != traffic.JSON {
		m.number = x.Index + 1
	}
	y := clone(x)
	for _, side := range []struct {
		part string
		h    map[string][]string
	}{{"request header ", header(y.Request)}, {"response header ", y.Response.Header}} {
		for name, values := range side.h {
			if lower := strings.ToLower(name); slices.Contains(secretHeaders, lower) {
				if holdsSecret(lower, values) {
					m.note(finding.SecretFound, site{part: side.part, pointer: noPointer}, "the "+side.part+name+" contains a secret")
				}
				delete(side.h, name)
			}
		}
	}
	if y.Request != nil {
		g := &signing{}
		g.request(y.Request)
		for range g.secrets {
			m.note(finding.SecretFound, site{part: "request", pointer: noPointer}, "the request contains the key, token or signature that it was signed with")
		}
	}
	search := func(part string, body *traffic.Body, decode func() (traffic.Body, error)) {
		decoded, err := decode()
		if *body = decoded; err != nil {
			m.note(finding.RecordNotRedacted, site{part: part, pointer: noPointer}, "the "+part+" was not searched: "+err.Error())
		}
	}
	if q := y.Request; q != nil {
		search("request body", &q.Body, q.Document)
	}
	search("response body", &y.Response.Body, y.Response.Document)
	places := classify.places(y)
	if body := y.Response.Body; formOf(body.Bytes, y.Response.Header) == formStream && streamFault(body.Bytes) == nil {
		y.Response.Body = joined(body, y.Response.Header, places.Response)
	}
	m.exchange(y, places)
	return finding.Default.Grade(finding.NewSet(m.findings...))
}

func header(q *traffic.Request) map[string][]string {
	if q == nil {
		return nil
	}
	return q.Header
}
