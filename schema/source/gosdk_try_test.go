package source_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/stretchr/testify/require"
)

func TestGoTry(t *testing.T) {
	out, _ := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/cleanrooms").Output()
	start := time.Now()
	cs, err := source.GoSDK(os.DirFS(strings.TrimSpace(string(out))))
	require.NoError(t, err)
	t.Log(time.Since(start), len(cs))
	text, err := os.ReadFile("../../../shared/data/models/cleanrooms-1.43.67.service-2.json")
	require.NoError(t, err)
	models, err := source.Botocore(text, "1.43.67")
	require.NoError(t, err)
	by := map[string]*schema.Contract{}
	for _, c := range models {
		by[c.Name()] = c
	}
	n := map[string]int{}
	for _, c := range cs {
		if by[c.Name()] == nil {
			t.Log("only go", c)
			continue
		}
		for _, d := range schema.Diff(c, by[c.Name()]) {
			n[d.Facet]++
			if n[d.Facet] < 16 {
				t.Log(c, d.Place, d.Facet, d.A, d.B)
			}
		}
		delete(by, c.Name())
	}
	for name := range by {
		t.Log("only model", name)
	}
	t.Log(n)
}
