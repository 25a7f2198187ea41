package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

const modelFolder = "../../../shared/data/models"

// services returns a name for --contract and its contracts: a folder with the models of five services
// or, if they are missing, the built-in contract.
func services(tb testing.TB) (name string, all []*schema.Contract) {
	tb.Helper()
	paths, err := filepath.Glob(modelFolder + "/*-1.43.67.service-2.json")
	require.NoError(tb, err)
	if len(paths) == 0 {
		tb.Logf("%s does not exist: using the built-in contract in place of five services", modelFolder)
		c, err := contracts.Load(contracts.Newest)
		require.NoError(tb, err)
		return contracts.Newest, []*schema.Contract{c}
	}
	folder := tb.TempDir()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(tb, err)
		require.NoError(tb, os.WriteFile(filepath.Join(folder, filepath.Base(path)), text, 0o644))
		read, err := source.Read(text, "")
		require.NoError(tb, err)
		all = append(all, read.Contracts...)
	}
	return folder, all
}

// exchanges makes an interaction of each operation, as NDJSON.
func exchanges(tb testing.TB, all []*schema.Contract) [][]byte {
	tb.Helper()
	var lines [][]byte
	for i, c := range all {
		s, err := synth.New(c, schema.HTTP)
		require.NoError(tb, err)
		request, err := s.RandomRequest(uint64(i))
		require.NoError(tb, err, c)
		response, err := s.RandomResponse(schema.OutputPart, uint64(i), request)
		require.NoError(tb, err, c)
		header := request.Header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0", c.Signing.Or(c.Service)))
		var line bytes.Buffer
		require.NoError(tb, traffic.WriteNDJSON(&line, []*traffic.Interaction{{
			Request:  &traffic.Request{Method: request.Method, URL: "https://service.example" + request.Target(), Header: header, Body: traffic.BodyOf(request.Body)},
			Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(response.Body)},
		}}))
		lines = append(lines, line.Bytes())
	}
	return lines
}

// TestServices checks that the command line accepts valid interactions of every operation of whole
// services.
func TestServices(t *testing.T) {
	name, all := services(t)
	var text bytes.Buffer
	for _, line := range exchanges(t, all) {
		text.Write(line)
	}
	var out, stderr bytes.Buffer
	status := run(context.Background(), &terminal{In: &text, Out: &out, Err: &stderr}, []string{"validate", "--contract", name, "-"})
	require.Equal(t, exitClean, status, out.String()+stderr.String())
	require.NotContains(t, out.String(), "not checked")
	if len(all) == 1 { // the built-in contract
		require.Contains(t, out.String(), "checked 1 response of 1 file")
		return
	}
	require.Contains(t, out.String(), fmt.Sprintf(" of %d responses", len(all)), "every interaction routes")
	require.Contains(t, out.String(), "not read: 3 blob payloads\n")
}

// BenchmarkServices derives all operations of five services, and validates 100,000 interactions of
// them. It reports the peak of the heap in MB.
func BenchmarkServices(b *testing.B) {
	name, all := services(b)
	b.Run("derive", func(b *testing.B) {
		if len(all) == 1 {
			b.Skip("the models are missing")
		}
		folder := b.TempDir()
		b.ReportAllocs()
		for b.Loop() {
			require.Equal(b, exitClean, run(context.Background(), &terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, []string{"derive", name, "--all", "-o", folder}))
		}
	})
	b.Run("validate", func(b *testing.B) {
		made := exchanges(b, all)
		const n = 100_000
		b.ReportAllocs()
		var peak uint64
		for b.Loop() {
			in := &lines{left: n, make: func(i int) string { return string(made[i%len(made)]) }, peek: func() {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}}
			require.Equal(b, exitClean, run(context.Background(), &terminal{In: in, Out: io.Discard, Err: io.Discard}, []string{"validate", "--contract", name, "-"}))
		}
		b.ReportMetric(float64(peak)/1e6, "peak-MB")
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "interactions/s")
	})
}
