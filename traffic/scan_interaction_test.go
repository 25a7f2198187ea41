package traffic

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
)

// writtenLine is a line as [WriteNDJSON] writes it, with all that the scanner reads.
func writtenLine(tb testing.TB) []byte {
	tb.Helper()
	var line bytes.Buffer
	require.NoError(tb, WriteNDJSON(&line, []*Interaction{{
		Request: &Request{Method: "POST", URL: "https://service.example/jobs?name=%C3%A9", Body: BodyOf([]byte(`{"name":"a \"b\" é 😀","path":"C:\\d"}`)),
			Header: http.Header{"Content-Type": {"application/json"}, "X-Two": {"a", "b\té"}, "Etag": {`"quoted"`}}},
		Response: Response{Status: 200, StatusText: "200 OK", Duration: 12500 * time.Microsecond, Body: BodyOf([]byte("{\"text\":\"line\\nline\"}\r\n")),
			Header: http.Header{"X-Amzn-Requestid": {"00000000-0000-4000-8000-000000000001"}}},
		Meta: Meta{Contract: "a.B@1", ContractDigest: "c", RedactionKey: "d", Provenance: "recorded", From: "aws"},
	}}))
	return bytes.TrimSuffix(line.Bytes(), []byte("\n"))
}

const plainLine = `{"crcheckInteraction":1,"request":{"method":"GET","url":"/"},"response":{"status":200,"headers":{"A":["b"]},"body":"c"}}`

// TestScanner checks which lines the scanner reads, and that it reads them as the interactionReader
// does.
func TestScanner(t *testing.T) {
	for name, row := range map[string]struct {
		line string
		sure bool
	}{
		"as written":        {string(writtenLine(t)), true},
		"plain":             {plainLine, true},
		"no headers":        {strings.Replace(plainLine, `"headers":{"A":["b"]},`, "", 1), true},
		"no body":           {strings.Replace(plainLine, `,"body":"c"`, "", 1), true},
		"empty body":        {strings.Replace(plainLine, `"c"`, `""`, 1), true},
		"some metadata":     {strings.TrimSuffix(plainLine, "}") + `,"meta":{"redactionKey":"a","from":"aws"}}`, true},
		"space":             {strings.Replace(plainLine, ":", ": ", 1), false},
		"another order":     {strings.Replace(plainLine, `"method":"GET","url":"/"`, `"url":"/","method":"GET"`, 1), false},
		"a control escape":  {strings.Replace(plainLine, `"c"`, `"\u0007"`, 1), false},
		"base64":            {strings.Replace(plainLine, `"body"`, `"bodyBase64"`, 1), false},
		"a control":         {strings.Replace(plainLine, `"c"`, "\"\x07\"", 1), false},
		"not UTF-8":         {strings.Replace(plainLine, `"c"`, "\"01234567\xff\"", 1), false},
		"not a status":      {strings.Replace(plainLine, "200", "020", 1), false},
		"a repeated header": {strings.Replace(plainLine, `"A":["b"]`, `"A":["b"],"A":["c"]`, 1), false},
		"no values":         {strings.Replace(plainLine, `["b"]`, `[]`, 1), false},
		"trailing":          {plainLine + "}", false},
		"pseudonyms":        {strings.TrimSuffix(plainLine, "}") + `,"meta":{"from":"aws","pseudonyms":["a"]}}`, false},
		"a test":            {strings.Replace(plainLine, `"request"`, `"test":"a","request"`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, row.sure, scansAsRead(t, &scanner{}, []byte(row.line)))
		})
	}
	t.Run("cut", func(t *testing.T) {
		line := writtenLine(t)
		for end := range line {
			require.False(t, scansAsRead(t, &scanner{}, line[:end]), "%s", line[:end])
		}
	})
}

// scansAsRead reports whether the scanner is sure about a line. If it is, the interactionReader must
// return the same.
func scansAsRead(tb testing.TB, s *scanner, line []byte) bool {
	tb.Helper()
	got, sure := s.scan("name", 7, line)
	if !sure {
		return false
	}
	want, err := new(interactionReader).read("name", 7, line, 1)
	require.NoError(tb, err)
	require.Empty(tb, cmp.Diff(want, got, cmpopts.IgnoreUnexported(Body{}), cmpopts.EquateEmpty()))
	return true
}

func FuzzScanner(f *testing.F) {
	f.Add(writtenLine(f), []byte(plainLine))
	f.Add([]byte(plainLine), []byte(strings.Replace(plainLine, `"c"`, `"\\\"\/\b\f\n\r\t é"`, 1)))
	f.Add([]byte(strings.Replace(plainLine, `"c"`, `"\ud83d\ude00"`, 1)), writtenLine(f))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var s scanner // its buffers are reused
		scansAsRead(t, &s, first)
		scansAsRead(t, &s, second)
	})
}
