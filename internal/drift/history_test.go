package drift_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/schema/source/gosdk"
	"github.com/stretchr/testify/require"
)

const job = "cleanrooms.GetProtectedJob"

// shared reads a document of the folder beside the project.
func shared(t testing.TB, name, version string) []*schema.Contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	result, err := source.Read(text, version)
	require.NoError(t, err)
	return result.Contracts
}

func only(contracts []*schema.Contract, operation string) []*schema.Contract {
	return slices.DeleteFunc(slices.Clone(contracts), func(c *schema.Contract) bool { return c.Name() != operation })
}

// lines lists changes in short.
func lines(t testing.TB, old, new []*schema.Contract) []string {
	t.Helper()
	result, err := drift.Compare(old, new)
	require.NoError(t, err)
	all := []string{}
	for _, c := range result.Changes {
		proof := "unproven"
		if c.Witness != nil {
			proof = string(c.Witness.Rule)
		}
		all = append(all, fmt.Sprintf("%s %s %s %s→%s %s", c.Severity, c.Rule, c.Place(), c.Old, c.New, proof))
	}
	return all
}

// timeline is the history of the operation: the changes of each version. None of them breaks a
// lenient reader.
var timeline = []struct {
	version string
	changes []string
}{
	{"1.40.24", []string{`info drift.member-added output#/protectedJob/computeConfiguration →"union" member.unknown`}},
	{"1.40.37", []string{`info drift.readonly-changed contract false→true unproven`}},
	{"1.41.6", []string{`info drift.required-added output#/protectedJob/jobParameters/analysisTemplateArn false→true unproven`}},
	{"1.42.29", []string{`info drift.member-added output#/protectedJob/jobParameters/parameters →"map" member.unknown`}},
	{"1.42.52", []string{`info drift.pattern-changed output#/protectedJob/jobParameters/analysisTemplateArn ` + oldArn + `→` + newArn + ` constraint.pattern`}},
	{"1.42.91", []string{
		`info drift.range-widened output#/protectedJob/computeConfiguration/worker/number 128→1024 constraint.range`,
		`info drift.member-added output#/protectedJob/computeConfiguration/worker/properties →"union" member.unknown`,
	}},
	{"1.43.13", []string{`info drift.member-added output#/protectedJob/jobComputePayerAccountId →"string" member.unknown`}},
}

const (
	arnEnd = `:cleanrooms:[\\w]{2}-[\\w]{4,9}-[\\d]:[\\d]{12}:membership/[\\d\\w-]+/analysistemplate/[\\d\\w-]+$"`
	oldArn = `"^arn:aws` + arnEnd
	newArn = `"^arn:aws[-a-z]*` + arnEnd
)

// history builds the contract of each version of the timeline from the one before.
func history(t testing.TB) map[string]*schema.Contract {
	t.Helper()
	text, err := os.ReadFile("testdata/history/1.37.15.json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	all := map[string]*schema.Contract{"1.37.15": c}
	for _, v := range timeline {
		text, err := os.ReadFile("testdata/history/" + v.version + ".yaml")
		require.NoError(t, err)
		overlay, err := schema.ParseOverlay(v.version, text)
		require.NoError(t, err)
		next, stale := overlay.Apply(c)
		require.Empty(t, stale)
		require.NoError(t, next.Check())
		next.Version = v.version
		c, all[v.version] = next, next
	}
	return all
}

// TestHistory checks that exactly the changes of the operation's history are found, version by
// version.
func TestHistory(t *testing.T) {
	versions := history(t)
	before := versions["1.37.15"]
	for _, v := range timeline {
		require.Equal(t, v.changes, lines(t, []*schema.Contract{before}, []*schema.Contract{versions[v.version]}), v.version)
		before = versions[v.version]
	}
}

// TestHistoryInModels checks the same in the models of three versions, over the steps between them.
func TestHistoryInModels(t *testing.T) {
	first := shared(t, "data/models/cleanrooms-1.37.15.service-2.json", "1.37.15")
	seed := shared(t, "data/models/cleanrooms-1.42.90.service-2.json", "1.42.90")
	newest := shared(t, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67")
	between := func(from, to int) (all []string) {
		for _, v := range timeline[from:to] {
			all = append(all, v.changes...)
		}
		return all
	}
	// The oldest model cannot say that an operation is read-only.
	silent := slices.DeleteFunc(between(0, 5), func(line string) bool { return strings.Contains(line, "readonly") })
	require.ElementsMatch(t, silent, lines(t, only(first, job), only(seed, job)))
	require.ElementsMatch(t, between(5, 7), lines(t, only(seed, job), only(newest, job)))
	// Over all versions, the changes of 1.42.91 are within the member that 1.40.24 added.
	whole := slices.Concat(silent, timeline[6].changes)
	require.ElementsMatch(t, whole, lines(t, only(first, job), only(newest, job)))

	// CR.8X is of another enum, which the query's workers have.
	for _, line := range lines(t, only(seed, job), only(newest, job)) {
		require.NotContains(t, line, "CR.8X")
	}
	query := lines(t, only(seed, "cleanrooms.GetProtectedQuery"), only(newest, "cleanrooms.GetProtectedQuery"))
	require.Contains(t, strings.Join(query, "\n"), `warning drift.enum-value-added output#/protectedQuery/computeConfiguration/worker/type →"CR.8X" enum.unknown-value`)
}

// TestHistoryInPages checks that pages do not state the changes of 1.41.6, of 1.42.52 and of the
// range.
func TestHistoryInPages(t *testing.T) {
	first := shared(t, "data/history/get_protected_job-1.37.15.rst", "1.37.15")
	middle := shared(t, "data/history/get_protected_job-1.42.28.rst", "1.42.28")
	newest := shared(t, "data/history/get_protected_job-1.43.67.rst", "1.43.67")
	require.Equal(t, timeline[0].changes, lines(t, first, middle))
	require.ElementsMatch(t, []string{timeline[3].changes[0], timeline[5].changes[1], timeline[6].changes[0]}, lines(t, middle, newest))
	require.ElementsMatch(t, []string{timeline[0].changes[0], timeline[3].changes[0], timeline[6].changes[0]}, lines(t, first, newest))
}

// seedPage is the user's page.
func seedPage(t testing.TB) []*schema.Contract {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "seed", "*.txt"))
	if len(files) != 1 {
		t.Skip("the shared documents are not here: no seed page")
	}
	return shared(t, "seed/"+filepath.Base(files[0]), "")
}

// TestSeed checks that the user's page lacks two members of the newest model, of all that both can
// state.
func TestSeed(t *testing.T) {
	newest := shared(t, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67")
	require.Equal(t, []string{timeline[5].changes[1], timeline[6].changes[0]}, lines(t, seedPage(t), newest))
}

// TestSideBySide compares four kinds of sources side by side.
func TestSideBySide(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/cleanrooms").Output()
	folder := strings.TrimSpace(string(out))
	if err != nil || folder == "" {
		t.Skipf("the Go client's source is not here: %v", err)
	}
	sdk, err := gosdk.Read(os.DirFS(folder))
	require.NoError(t, err)
	sources := []drift.Source{
		{Name: "page", Contracts: seedPage(t)},
		{Name: "botocore", Contracts: only(shared(t, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67"), job)},
		{Name: "smithy", Contracts: only(shared(t, "data/models/cleanrooms-2025-04-02.smithy.json", "2025-04-02"), job)},
		{Name: "sdk", Contracts: only(sdk, job)},
	}
	matrix, err := drift.CompareSources(sources)
	require.NoError(t, err)
	r := &report.Drift{Matrix: matrix}
	require.NoError(t, r.Settle(nil, 0))
	golden(t, "side-by-side.txt", r, report.DriftText(report.Style{}))
	golden(t, "side-by-side.json", r, report.JSON[report.Drift])
}

// BenchmarkService compares all operations of a service, with breaking payloads.
func BenchmarkService(b *testing.B) {
	old := shared(b, "data/models/cleanrooms-1.37.15.service-2.json", "1.37.15")
	new := shared(b, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67")
	b.ReportAllocs()
	for b.Loop() {
		result, err := drift.Compare(old, new)
		require.NoError(b, err)
		b.ReportMetric(float64(len(result.Changes)), "changes")
	}
}
