package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuilt(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for name, row := range map[string]struct {
		info                                    *debug.BuildInfo
		linkedVersion, linkedCommit, linkedDate string
		version, commit, date                   string
	}{
		"nothing known":           {version: "(devel)", commit: "unknown"},
		"without a repository":    {info: &debug.BuildInfo{}, version: "(devel)", commit: "unknown"},
		"installed by go":         {info: &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, version: "v1.2.3", commit: "unknown"},
		"in a repository":         {info: &debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "0123abc"), setting("vcs.time", "2026-01-02T15:04:05Z"), setting("vcs.modified", "false")}}, version: "(devel)", commit: "0123abc", date: "2026-01-02T15:04:05Z"},
		"in an edited repository": {info: &debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.modified", "true"), setting("vcs.revision", "0123abc")}}, version: "(devel)", commit: "0123abc-dirty"},
		"set at link time": {&debug.BuildInfo{Main: debug.Module{Version: "v0.0.1"}, Settings: []debug.BuildSetting{setting("vcs.revision", "0123abc"), setting("vcs.time", "2026-01-02T15:04:05Z"), setting("vcs.modified", "true")}},
			"v2.0.0", "fedcba9", "2026-02-03T15:04:05Z", "v2.0.0", "fedcba9", "2026-02-03T15:04:05Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(func() { version, commit, date = "", "", "" })
			version, commit, date = row.linkedVersion, row.linkedCommit, row.linkedDate
			gotVersion, gotCommit, gotDate := built(row.info)
			require.Equal(t, row.version, gotVersion)
			require.Equal(t, row.commit, gotCommit)
			require.Equal(t, row.date, gotDate)
		})
	}
}
