package validate

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// full is a document with every member of the newest contract that can stand
// beside the others.
var full = with(`,"jobParameters":{"analysisTemplateArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/m/analysistemplate/t","parameters":{"mode":"daily","limit":"100"}},` +
	`"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"example-bucket","keyPrefix":"results/daily"}}},` +
	`"statistics":{"totalDurationInMillis":123456,"billedResourceUtilization":{"units":1.25}},` +
	`"result":{"output":{"memberList":[{"accountId":"111122223333"},{"accountId":"444455556666"}]}},` +
	`"error":{"message":"none","code":"none"},` +
	`"computeConfiguration":{"worker":{"type":"CR.1X","number":16,"properties":{"spark":{"spark.executor.memory":"4g"}}}},` +
	`"jobComputePayerAccountId":"111122223333"`)

func BenchmarkAccept(b *testing.B) {
	v := newest(b)
	// The bucket's look-ahead runs on the backtracking engine, which allocates.
	plain := []byte(strings.Replace(full, `"s3":{"bucket":"example-bucket","keyPrefix":"results/daily"}`, `"member":{"accountId":"111122223333"}`, 1))
	for _, c := range []struct {
		name     string
		document []byte
	}{{"minimal", []byte(with(""))}, {"full", plain}, {"full with look-ahead", []byte(full)}} {
		b.Run(c.name, func(b *testing.B) {
			require.True(b, v.Accepts(schema.OutputPart, c.document))
			b.SetBytes(int64(len(c.document)))
			b.ReportAllocs()
			for b.Loop() {
				v.Accepts(schema.OutputPart, c.document)
			}
		})
	}
}

func BenchmarkExplain(b *testing.B) {
	v := newest(b)
	document := []byte(strings.Replace(full, `"memberList":[`, `"s3":{"location":"x"},"memberList":[`, 1))
	require.Len(b, v.Output(document), 1)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		v.Output(document)
	}
}

// BenchmarkPeers is what the walker is measured against: the same document
// through santhosh-tekuri/jsonschema, and through encoding/json alone.
func BenchmarkPeers(b *testing.B) {
	document := []byte(full)
	o := newOracle(b, contracts.Newest, schema.OutputPart, schema.Wire)
	b.Run("jsonschema v5", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			tree, err := Tree(document)
			if err != nil || o.extended.Validate(tree) != nil {
				b.Fatal("refused")
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			var tree any
			d := json.NewDecoder(bytes.NewReader(document))
			d.UseNumber()
			if err := d.Decode(&tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	c := contracts.MustLoad(contracts.Newest)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(c, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
