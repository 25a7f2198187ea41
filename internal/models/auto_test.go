package models

import (
	"context"
	"io"
	"testing"

	"path/filepath"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestAuto checks where models are looked for, and what is said about them.
func TestAuto(t *testing.T) {
	model := serviceModel("Beds", "Get")
	for _, tc := range []struct {
		name    string
		home    map[string]string // files below ~, which is the working directory too
		env     string            // VIRTUAL_ENV, below ~
		own     string            // AWS_DATA_PATH, below ~
		folder  string            // that is said to have the models
		problem string
	}{
		{"AWS_DATA_PATH", map[string]string{"own/beds/2020-01-01/service-2.json": model}, "", "own", "own", ""},
		{"the home folder", map[string]string{".aws/models/beds/2020-01-01/service-2.json": model}, "", "", ".aws/models", ""},
		{"the active environment", map[string]string{"active/lib/python3.12/site-packages/botocore/data/beds/2020-01-01/service-2.json": model}, "active", "", "active/lib/python3.12/site-packages/botocore/data", ""},
		{"the environment of the folder", map[string]string{".venv/lib/python3.12/site-packages/botocore/data/beds/2020-01-01/service-2.json": model}, "", "", "", ""},
		{"nowhere", nil, "", "", "", "found no models"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			home := lay(t, tc.home)
			t.Chdir(home)
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home)
			t.Setenv("PATH", "")
			for name, below := range map[string]string{"VIRTUAL_ENV": tc.env, "AWS_DATA_PATH": tc.own} {
				if below != "" {
					below = filepath.Join(home, below)
				}
				t.Setenv(name, below)
			}
			chosen, err := Open(context.Background(), io.Discard, []string{Auto}, nil)
			if tc.problem != "" {
				require.ErrorContains(t, err, tc.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{"beds"}, chosen.Catalog.ServiceNames())
			var u Unrouted
			u.Count(&schema.Unrouted{Kind: schema.NoContract, Service: "sheds", Protocol: "rest"})
			said := chosen.Taken(map[string]bool{"beds": true}, &u)
			require.Contains(t, said, "contracts taken: beds, from ")
			require.Contains(t, said, filepath.FromSlash(tc.folder))
			require.Contains(t, said, "not found: the models of sheds; upgrade botocore")
			require.NotContains(t, chosen.Taken(map[string]bool{"beds": true}, &Unrouted{}), "not found")
			require.Contains(t, chosen.Taken(nil, &Unrouted{}), "contracts taken: none")
		})
	}
	t.Run("other sources say nothing", func(t *testing.T) {
		require.Empty(t, (&InForce{}).Taken(map[string]bool{"beds": true}, &Unrouted{}))
	})
}
