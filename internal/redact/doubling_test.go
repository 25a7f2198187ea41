//go:build unix

package redact

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/crcheck/crcheck/traffic"
)

// cpuTime returns the nanoseconds of processor time that the process has used: on a machine with
// other work, the time on the clock says little.
func cpuTime() int64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkDoubling measures time against size; .ci/doubling prints the ratios.
func BenchmarkDoubling(b *testing.B) {
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(hostile)), slices.Sorted(maps.Keys(bodies))) {
		for _, n := range []int{1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22} {
			measure := func(part string, work func(*traffic.Interaction)) {
				b.Run(fmt.Sprintf("%s/%s/%d", part, strings.ReplaceAll(name, " ", "-"), n), func(b *testing.B) {
					x := exchange("https://example.com/", "", shape(name, n))
					b.SetBytes(int64(n))
					b.ReportAllocs()
					before := cpuTime()
					for b.Loop() {
						work(x)
					}
					b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
				})
			}
			measure("scan", func(x *traffic.Interaction) { Scan(x, nil) })
			measure("redact", func(x *traffic.Interaction) { New(Options{Key: testKey}).Redact(x) })
		}
	}
}

// BenchmarkDense measures a body of 16 MiB of identifiers and near-secrets, and what reading it costs.
func BenchmarkDense(b *testing.B) {
	x := exchange("https://example.com/", "", shape("dense body", 16<<20))
	for name, work := range map[string]func(){
		"scan":   func() { Scan(x, nil) },
		"redact": func() { New(Options{Key: testKey}).Redact(x) },
		"read":   func() { readDocument(x.Response.Body.Bytes, root{}) },
		"valid":  func() { json.Valid(x.Response.Body.Bytes) }, // for comparison
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(16 << 20)
			b.ReportAllocs()
			before := cpuTime()
			for b.Loop() {
				work()
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
		})
	}
}
