package finding

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// table is the rule table of the design: layer, lenient, default, strict.
const table = `
type.mismatch            schema error   error   error
type.null                schema info    warning error
member.missing           schema warning error   error
member.missing-collection schema info   warning error
member.unknown           schema info    warning error
union.multiple-members   schema error   error   error
union.no-member          schema warning error   error
union.unknown-member     schema warning error   error
enum.unknown-value       schema warning error   error
constraint.length        schema info    warning error
constraint.empty         schema info    info    warning
constraint.range         schema info    warning error
constraint.pattern       schema info    warning error
constraint.unique        schema info    warning error
oracle.disagreement      schema error   error   error
syntax.invalid           bytes  error   error   error
syntax.trailing          bytes  error   error   error
syntax.bom               bytes  error   error   error
syntax.utf8              bytes  error   error   error
syntax.too-deep          bytes  error   error   error
syntax.duplicate-member  bytes  warning error   error
number.form              bytes  warning error   error
number.precision         bytes  info    info    warning
stream.framing           bytes  error   error   error
http.status              http   info    warning error
http.content-type        http   info    warning error
http.accept              http   info    warning error
error.unidentified       http   info    warning error
error.unmodeled          http   info    warning error
error.status-mismatch    http   info    warning error
error.query-code         http   info    warning error
http.not-recorded        http   info    info    info
encoding.mixed           http   info    warning error
echo.mismatch            http   warning error   error
pattern.unsupported      derive info    warning error
pattern.timeout          derive info    warning error
source.conflict          derive info    warning error
overlay.stale            derive info    warning error
secret.found             record error   error   error
record.too-large         record info    warning error
record.not-redacted      record info    warning error
record.unredacted        record info    warning error
record.elsewhere         record info    warning error
record.masked            record info    warning error
traffic.odd-entry        cassette info    warning error
cassette.stale           cassette info    warning error
cassette.duplicate       cassette info    info    warning
cassette.unsorted        cassette info    info    warning
drift.operation-added            drift  info    info    info
drift.operation-removed          drift  info    info    info
drift.route-changed              drift  info    info    info
drift.service-changed            drift  info    info    info
drift.status-changed             drift  info    info    info
drift.readonly-changed           drift  info    info    info
drift.document-added             drift  info    info    info
drift.document-removed           drift  info    info    info
drift.error-added                drift  info    info    info
drift.error-removed              drift  info    info    info
drift.error-changed              drift  info    info    info
drift.member-added               drift  info    info    info
drift.member-removed             drift  info    info    info
drift.union-member-added         drift  info    info    info
drift.union-member-removed       drift  info    info    info
drift.required-added             drift  info    info    info
drift.required-removed           drift  info    info    info
drift.binding-changed            drift  info    info    info
drift.token-changed              drift  info    info    info
drift.type-changed               drift  info    info    info
drift.union-added                drift  info    info    info
drift.union-removed              drift  info    info    info
drift.stream-changed             drift  info    info    info
drift.sparse-added               drift  info    info    info
drift.sparse-removed             drift  info    info    info
drift.enum-value-added           drift  info    info    info
drift.enum-value-removed         drift  info    info    info
drift.enum-opened                drift  info    info    info
drift.enum-closed                drift  info    info    info
drift.length-widened             drift  info    info    info
drift.length-narrowed            drift  info    info    info
drift.range-widened              drift  info    info    info
drift.range-narrowed             drift  info    info    info
drift.pattern-changed            drift  info    info    info
drift.bits-widened               drift  info    info    info
drift.bits-narrowed              drift  info    info    info
drift.timestamp-format-changed   drift  info    info    info
drift.sensitive-changed          drift  info    info    info
probe.status             probe  warning error   error
probe.error-code         probe  warning error   error
probe.member             probe  warning error   error
probe.member-extra       probe  info    info    warning
probe.union-member       probe  warning error   error
probe.value              probe  warning error   error
probe.not-refused        probe  warning error   error
probe.failed             probe  warning error   error
probe.other-error        probe  info    warning error
conform.failed           conform error  error   error
conform.flaky            conform error  error   error
`

func TestRules(t *testing.T) {
	var got []string
	seen := map[RuleID]bool{}
	for _, r := range Rules() {
		require.False(t, seen[r.ID], "%s appears twice", r.ID)
		seen[r.ID] = true
		require.Regexp(t, `^[a-z]+\.[a-z0-9-]+$`, string(r.ID))
		require.Regexp(t, `^[A-Z].*\.$`, r.Purpose, "%s", r.ID)
		require.Regexp(t, `^[A-Z].*\.$`, r.Remedy, "%s", r.ID)
		got = append(got, strings.Join([]string{string(r.ID), string(r.Layer),
			r.Severity(Lenient).String(), r.Severity(Default).String(), r.Severity(Strict).String()}, " "))
		// A stricter profile never weighs less.
		require.LessOrEqual(t, r.Severity(Lenient), r.Severity(Default))
		require.LessOrEqual(t, r.Severity(Default), r.Severity(Strict))

		row, ok := r.ID.Lookup()
		require.True(t, ok)
		require.Equal(t, r, row)
		for _, p := range []Profile{Lenient, Default, Strict} {
			require.Equal(t, r.Severity(p), r.ID.Severity(p))
		}
	}
	var want []string
	for line := range strings.Lines(strings.TrimSpace(table)) {
		want = append(want, strings.Join(strings.Fields(line), " "))
	}
	require.Equal(t, want, got)

	Rules()[0].ID = "changed"
	require.Equal(t, TypeMismatch, Rules()[0].ID, "the table is a copy")
}

func TestUnknownRuleWeighsAsError(t *testing.T) {
	_, ok := RuleID("no.such").Lookup()
	require.False(t, ok)
	for _, p := range []Profile{Lenient, Default, Strict} {
		require.Equal(t, Error, RuleID("no.such").Severity(p))
	}
}

// TestRulesPage checks that every rule has one row, whose link leads to its heading.
func TestRulesPage(t *testing.T) {
	page := RulesPage()
	require.True(t, strings.HasSuffix(page, ".\n"))
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchor := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		require.False(t, anchors[anchor], "%s appears twice", anchor)
		anchors[anchor] = true
	}
	links := regexp.MustCompile(`(?m)^\| \[([^]]+)\]\(#([^)]+)\) \| (\w+) \| (\w+) \| (\w+) \|$`).FindAllStringSubmatch(page, -1)
	var ids []RuleID
	for _, l := range links {
		require.True(t, anchors[l[2]], "%s leads nowhere", l[2])
		rule, ok := RuleID(l[1]).Lookup()
		require.True(t, ok)
		require.Equal(t, []string{rule.Severity(Lenient).String(), rule.Severity(Default).String(), rule.Severity(Strict).String()}, l[3:])
		require.Contains(t, page, "\n### "+l[1]+"\n\n"+rule.Purpose+"\n\n**What to do:** "+rule.Remedy+"\n")
		ids = append(ids, rule.ID)
	}
	var all []RuleID
	for _, r := range Rules() {
		all = append(all, r.ID)
	}
	require.Equal(t, all, ids)
}

// TestRemedyFor checks that the advice about AWS differs from that about others, and that without
// an origin it covers both.
func TestRemedyFor(t *testing.T) {
	for _, r := range Rules() {
		t.Run(string(r.ID), func(t *testing.T) {
			aws, emulator, fixtures, unknown := r.RemedyFor(OriginAWS), r.RemedyFor(OriginEmulator), r.RemedyFor(OriginFixtures), r.RemedyFor(OriginUnknown)
			require.Equal(t, r.Remedy, unknown)
			require.Equal(t, emulator, fixtures)
			require.True(t, strings.HasPrefix(unknown, emulator))
			for _, text := range []string{aws, emulator, unknown} {
				require.Regexp(t, `^[A-Z].*\.$`, text)
			}
			require.NotContains(t, aws, "If AWS")
			require.NotContains(t, emulator, "If AWS")
			if r.Layer != LayerSchema || r.ID == OracleDisagreement {
				return
			}
			require.NotContains(t, strings.ToLower(aws), "check the spelling")
			require.Contains(t, aws, "Clients will receive")
			if r.ID != MemberMissingCollection && r.ID != ConstraintEmpty { // what AWS does, not what its model gets wrong
				require.Contains(t, aws, "crcheck drift --propose")
				require.Contains(t, unknown, "crcheck drift --propose")
				require.Contains(t, unknown, "clients will receive")
			}
		})
	}
}
