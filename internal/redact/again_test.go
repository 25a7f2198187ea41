package redact

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAgain redacts equal bodies several times, so that their results are remembered, and then lets
// something else decide about them.
func TestAgain(t *testing.T) {
	const secret, name = "wJalrXUtnFEMI7MDENGbPxRfiCYzzTOPSECRET", "customer-acme-gmbh"
	body := fmt.Sprintf(`{"message":"%s of %s failed","arn":"arn:aws:iam::210987654321:role/other"}`, name, secret)
	for _, tc := range []struct {
		name, gone string
		reveal     func(r *Redactor)
		findings   int
	}{
		{"nothing new", "210987654321", func(*Redactor) {}, 0},
		{"a name in another body", name, func(r *Redactor) {
			r.Redact(exchange("https://example.com/", "", `{"arn":"arn:aws:iam::210987654321:role/`+name+`"}`))
		}, 0},
		{"a secret in a header", secret, func(r *Redactor) {
			x := exchange("https://example.com/", "", `{}`)
			x.Request.Header = http.Header{"X-Amz-Security-Token": {secret}}
			r.Redact(x)
		}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := New(Options{Key: testKey})
			first, trace, _ := r.RedactTraced(exchange("https://example.com/", "", body))
			for range 4 {
				again, same, _ := r.RedactTraced(exchange("https://example.com/", "", body))
				require.Equal(t, string(first.Response.Body.Bytes), string(again.Response.Body.Bytes))
				require.Equal(t, trace.Names, same.Names)
				require.Equal(t, trace.Pseudonyms, same.Pseudonyms)
			}
			tc.reveal(r)
			for range 3 {
				y, found := r.Redact(exchange("https://example.com/", "", body))
				require.NotContains(t, string(y.Response.Body.Bytes), tc.gone)
				require.Len(t, found, tc.findings)
			}
		})
	}
}

// TestAgainInAnotherPlace redacts the same body at places of two contracts.
func TestAgainInAnotherPlace(t *testing.T) {
	r := New(Options{Key: testKey})
	whole, silent := &Node{Members: map[string]*Node{"a": {Place: Place{Class: Whole}}}}, &Node{}
	for range 3 {
		for node, kept := range map[*Node]bool{whole: false, silent: true} {
			x := exchange("https://example.com/", "", `{"a":"plain words"}`)
			y := r.edit(x, Places{Response: node}, &pass{m: &masker{}})
			require.Equal(t, kept, strings.Contains(string(y.Response.Body.Bytes), "plain words"))
		}
	}
}

// TestMemo checks that a long text is not remembered, and that a short one is from its
// second time on.
func TestMemo(t *testing.T) {
	m := newMemo[int](4, 8)
	calls := 0
	for range 4 {
		m.of("short", 1, func() int { calls++; return calls })
	}
	require.Equal(t, 2, calls)
	require.Equal(t, 2, m.of("short", 1, nil))
	require.Equal(t, 7, m.of("short", 2, func() int { return 7 }))
	for range 4 {
		m.of("longer than that", 1, func() int { calls++; return calls })
	}
	require.Equal(t, 6, calls)
}
