//go:build unix

package validate

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	checkRatios  = flag.Bool("ratios", false, "fail if a ratio to a peer fell by a third against "+ratiosPath)
	updateRatios = flag.Bool("update-ratios", false, "rewrite "+ratiosPath)
)

const ratiosPath = "testdata/ratios.json"

// ratios says how many times faster crcheck is than each peer.
type ratios struct {
	V5        float64 `json:"v5"`
	JSONValid float64 `json:"json.Valid"`
}

// BenchmarkRatios compares crcheck with santhosh-tekuri/jsonschema v5, from bytes to verdict, and with
// json.Valid, which checks only the syntax. One iteration measures each of them in turn.
func BenchmarkRatios(b *testing.B) {
	for _, w := range workloads(b) {
		b.Run(w.name, func(b *testing.B) {
			race := newRace(w)
			for b.Loop() {
				race.round()
			}
			r := race.ratios()
			b.ReportMetric(0, "ns/op") // of a round, which says nothing
			b.ReportMetric(float64(w.bytes)/race.best[0]*1e3, "MB/s")
			b.ReportMetric(r.V5, "×v5")
			b.ReportMetric(r.JSONValid, "×json.Valid")
		})
	}
}

// TestRatios checks with -ratios that no ratio fell by a third against the committed ones. Best times
// of interleaved rounds make up for a loaded machine; if they do not, more rounds follow.
func TestRatios(t *testing.T) {
	if !*checkRatios && !*updateRatios {
		t.Skip("pass -ratios to compare the speed with that of peers")
	}
	const few, many = 12, 60 // rounds
	committed := map[string]ratios{}
	text, err := os.ReadFile(ratiosPath)
	if !*updateRatios {
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &committed))
	}
	measured := map[string]ratios{}
	for _, w := range workloads(t) {
		t.Run(w.name, func(t *testing.T) {
			want := committed[w.name]
			var got ratios
			race := newRace(w)
			for round := 1; round <= many; round++ {
				race.round()
				got = race.ratios()
				if round >= few && !*updateRatios && got.V5 > want.V5*2/3 && got.JSONValid > want.JSONValid*2/3 {
					break
				}
			}
			t.Logf("%.1f × v5 (committed: %.1f), %.2f × json.Valid (committed: %.2f)", got.V5, want.V5, got.JSONValid, want.JSONValid)
			measured[w.name] = ratios{math.Round(got.V5*10) / 10, math.Round(got.JSONValid*100) / 100}
			if *updateRatios {
				return
			}
			const advice = "the ratio fell by a third: make it faster, or accept it with go test ./validate -run TestRatios -update-ratios"
			require.Greater(t, got.V5, want.V5*2/3, advice)
			require.Greater(t, got.JSONValid, want.JSONValid*2/3, advice)
		})
	}
	if *updateRatios {
		text, err := json.MarshalIndent(measured, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(ratiosPath, append(text, '\n'), 0o644))
	}
}

// race measures the functions of a workload in turn, and keeps the best time of each.
type race struct {
	passes  [3]func()
	repeats [3]int
	best    [3]float64 // nanoseconds of a pass
}

// slice is for how long a function runs in a round: long enough to include its garbage collection.
const slice = 20 * time.Millisecond

func newRace(w workload) *race {
	r := &race{passes: [3]func(){w.ours, w.v5, w.valid}}
	for i, pass := range r.passes {
		for range 64 { // patterns that match often get their tables
			pass()
		}
		r.best[i] = math.Inf(1)
		for r.repeats[i] = 1; ; r.repeats[i] *= 2 {
			if used := r.time(i); used > slice/4 {
				r.repeats[i] = max(1, int(float64(r.repeats[i])*float64(slice)/float64(used)))
				break
			}
		}
	}
	return r
}

func (r *race) time(i int) time.Duration {
	began := cpuTime()
	for range r.repeats[i] {
		r.passes[i]()
	}
	return cpuTime() - began
}

func (r *race) round() {
	for i := range r.passes {
		runtime.GC() // the garbage of the other functions
		r.best[i] = min(r.best[i], float64(r.time(i))/float64(r.repeats[i]))
	}
}

func (r *race) ratios() ratios { return ratios{r.best[1] / r.best[0], r.best[2] / r.best[0]} }

// cpuTime is that of the process: with the garbage collector, and without waiting for a processor.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
