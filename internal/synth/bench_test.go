package synth_test

import (
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func BenchmarkNew(b *testing.B) {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := synth.New(c, schema.Wire); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRandom(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.Wire)
	b.ReportAllocs()
	bytes, seed := 0, uint64(0)
	for b.Loop() {
		document, _ := s.Random(schema.OutputPart, seed)
		bytes += len(document)
		seed++
	}
	b.ReportMetric(float64(seed)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(bytes)/float64(seed), "bytes/document")
}

func BenchmarkDocuments(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.Wire)
	b.ReportAllocs()
	documents, bytes := 0, 0
	for b.Loop() {
		for document := range s.Documents(schema.OutputPart) {
			documents++
			bytes += len(document)
		}
	}
	b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(bytes)/float64(documents), "bytes/document")
}

func BenchmarkInvalidVariants(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.Wire)
	b.ReportAllocs()
	documents := 0
	for b.Loop() {
		for range s.InvalidVariants(schema.OutputPart) {
			documents++
		}
	}
	b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "documents/s")
}
