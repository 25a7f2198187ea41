package check

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/report"
)

const (
	valid   = `{"protectedJob":{"id":"a","membershipId":"b","membershipArn":"c","createTime":1767225600,"status":"SUCCESS"}}`
	invalid = `{"protectedJob":{"id":"a","membershipId":"b","membershipArn":"c","createTime":1767225600,"status":7}}`
	dumped  = `{"ResponseMetadata":{"HTTPStatusCode":200},"protectedJob":{"id":"a","membershipId":"b","membershipArn":"c","createTime":"2026-01-01T00:00:00Z","status":"SUCCESS"}}`
)

// TestTraffic checks that a run continues after a file that it cannot read, and reports the
// verdict.
func TestTraffic(t *testing.T) {
	for _, row := range []struct {
		name     string
		files    map[string]string
		missing  bool
		encoding Encoding
		want     report.Verdict
		checked  int
		said     string
	}{
		{"valid", map[string]string{"a.json": valid}, false, Auto, report.Passed, 1, "encoding: http (HTTP bodies)"},
		{"invalid", map[string]string{"a.json": invalid, "b.json": valid}, false, Auto, report.Failed, 2, ""},
		{"dumped by boto3", map[string]string{"a.json": dumped}, false, Auto, report.Passed, 1, "encoding: sdk ("},
		{"of both encodings", map[string]string{"a.json": dumped, "b.json": valid}, false, Auto, report.Passed, 2, "encoding: read 1 document as http (HTTP bodies), 1 as sdk"},
		{"dumped by boto3, but said to be an HTTP body", map[string]string{"a.json": dumped}, false, "http", report.Failed, 1, ""},
		{"a file is missing", map[string]string{"a.json": valid}, true, Auto, report.Incomplete, 1, "no-such-file"},
		{"nothing", nil, false, Auto, report.NotChecked, 0, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			in, options, said := given(t, row.files, row.missing)
			options.Encoding = row.encoding
			r, err := Traffic(t.Context(), in, options)
			require.NoError(t, err)
			require.Equal(t, row.want, r.Verdict, "%+v", r.Groups)
			require.Equal(t, row.checked, r.Checks.Checked)
			require.Contains(t, said.String(), row.said)
			require.Equal(t, row.want == report.NotChecked, r.Nothing != "")
		})
	}
}

// TestInterrupted checks that an interruption is a problem, and makes no ignore row stale.
func TestInterrupted(t *testing.T) {
	in, options, _ := given(t, map[string]string{"a.json": valid, "b.json": valid}, false)
	ledger, err := finding.NewLedger([]finding.Expected{{Rule: finding.TypeMismatch, Required: true, Reason: "not met"}})
	require.NoError(t, err)
	options.Accept = report.Acceptance{Ledger: ledger}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Traffic(ctx, in, options)
	require.NoError(t, err)
	require.True(t, r.Interrupted)
	require.Equal(t, report.Incomplete, r.Verdict)
	require.Empty(t, r.Unmet)
}

func given(t *testing.T, files map[string]string, missing bool) (*input.Traffic, Options, *bytes.Buffer) {
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	paths := []string{dir}
	if missing {
		paths = append(paths, filepath.Join(dir, "no-such-file"))
	}
	var said bytes.Buffer
	contracts, err := models.Open(t.Context(), &said, nil, nil)
	require.NoError(t, err)
	return input.Gather(nil, &said, paths), Options{Contracts: contracts, Encoding: Auto, Profile: finding.Default, FailOn: report.FailOnError, Stderr: &said}, &said
}
