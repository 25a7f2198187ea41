package probe_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/probe"
)

// TestCompareValues checks which values are compared, where a difference is found, and what is said of
// a pointer that leads nowhere.
func TestCompareValues(t *testing.T) {
	for _, c := range []struct {
		pointer string
		places  []string // of the findings, each with its shape
		count   int
		nowhere bool
	}{
		{"/order/status", []string{"/order/status Order$status"}, 4, false},
		{"/order/payment/card", nil, 0, false}, // is equal
		{"/order/lines/*/sku", []string{"/order/lines/*/sku Line$sku"}, 4, false},
		{"/order/lines", []string{"/order/lines/*/discount Line$discount", "/order/lines/*/sku Line$sku"}, 8, false},
		{"/etag", []string{"/etag OrderOutput$etag"}, 4, false},
		{"/message", []string{"error:NoOrderException#/message NoOrderException$message"}, 1, false},
		{"/order/lines/0/sku", nil, 0, true},
		{"/order/stat", nil, 0, true},
		{"/status", nil, 0, true},
	} {
		t.Run(c.pointer, func(t *testing.T) {
			_, endpoint := newEmulator(t, "")
			p := newProbe(t, endpoint, shop(t), probe.Options{CompareValues: []string{c.pointer}})
			count, places := 0, map[string]bool{}
			for _, x := range recorded(t) {
				o, err := p.Replay(t.Context(), x)
				require.NoError(t, err)
				for _, f := range o.Findings {
					require.Equal(t, finding.ProbeValue, f.Rule, "%v", f)
					places[finding.PlaceText(f.Part, f.Place())+" "+f.Shape] = true
					count++
				}
			}
			require.Equal(t, c.count, count)
			require.Len(t, places, len(c.places), "%v", places)
			for _, place := range c.places {
				require.Contains(t, places, place)
			}
			require.Equal(t, c.nowhere, len(p.NotCompared()) == 1)
		})
	}
}

// TestComparisonsNameShapes checks that a member of a shape has one cause, in whatever operation.
func TestComparisonsNameShapes(t *testing.T) {
	for _, c := range []struct{ fault, shape string }{
		{"a member is missing", "Order$note"},
		{"a member of an element is missing", "Line$discount"},
		{"a header is missing", "OrderOutput$etag"},
		{"a member too many", "Order$trace"},
		{"another union member", "Payment"},
		{"another status", ""},
	} {
		t.Run(c.fault, func(t *testing.T) {
			_, endpoint := newEmulator(t, c.fault)
			p := newProbe(t, endpoint, shop(t), probe.Options{})
			found := 0
			for _, x := range recorded(t) {
				o, err := p.Replay(t.Context(), x)
				require.NoError(t, err)
				for _, f := range o.Findings {
					require.Equal(t, c.shape, f.Shape, "%v", f)
					found++
				}
			}
			require.Positive(t, found)
		})
	}
}
