package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
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
	o := newVerdicts(b, contracts.Newest, schema.OutputPart, schema.HTTP)
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

// BenchmarkExchange holds a whole exchange: request, headers and answer.
func BenchmarkExchange(b *testing.B) {
	k, err := CompileCatalog(schema.NewCatalog(contracts.MustLoad(contracts.Newest)), Options{})
	require.NoError(b, err)
	for name, x := range map[string]*traffic.Interaction{"GetProtectedJob": answer(200, with(""))} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(x.Response.Body.Bytes)))
			b.ReportAllocs()
			for b.Loop() {
				outcome, err := k.Check(x, Bare{})
				if err != nil || outcome.Findings != nil {
					b.Fatal(err, outcome.Findings)
				}
			}
		})
	}
}

// BenchmarkCompileCatalog: a catalog costs its checks, not its compilation.
func BenchmarkCompileCatalog(b *testing.B) {
	var all []*schema.Contract
	for i := range 2000 {
		c := contracts.MustLoad(contracts.Newest).Clone()
		c.Operation = fmt.Sprint("Operation", i)
		all = append(all, c)
	}
	k := schema.NewCatalog(all...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := CompileCatalog(k, Options{}); err != nil {
			b.Fatal(err)
		}
	}
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
