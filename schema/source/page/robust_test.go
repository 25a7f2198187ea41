package page_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// promise is a contract's digest without its errors, which a page lists last:
// nothing tells a page that was cut off among them from a whole one.
func promise(c *schema.Contract) string {
	c = c.Clone()
	c.Errors = nil
	return c.Digest()
}

// TestPageTruncated cuts pages off at every byte. What remains is refused,
// contradicts itself, or promises the same.
func TestPageTruncated(t *testing.T) {
	pages := vectors(t)
	for _, name := range []string{"page", "events", "unions", "recursion", "no-output", "omitted-response-structure", "omitted-request-and-parameters", "alternatives"} {
		document := pages[name]
		whole, noise, err := page.Read(document, "")
		require.NoError(t, err)
		for end := range document {
			c, findings, err := page.Read(document[:end], "")
			if err != nil {
				require.Nil(t, c)
				sourcetest.RequirePlace(t, err)
				continue
			}
			if promise(c) != promise(whole) {
				require.Greater(t, len(findings), len(noise), "%s cut at %d", name, end)
			}
			require.True(t, slices.Equal(whole.Errors[:len(c.Errors)], c.Errors), "%s cut at %d", name, end)
		}
	}
}

// TestPageHostile gives the reader pages that would cost a careless one its
// stack, its memory or its afternoon.
func TestPageHostile(t *testing.T) {
	document := string(vectors(t)["page"])
	inAnswer := func(value string) string { return strings.Replace(document, "'size': 123", "'size': "+value, 1) }
	inProse := func(text string) string { return strings.Replace(document, "        Metres.\n", text, 1) }
	const megabyte = 1 << 20
	for name, hostile := range map[string]struct {
		document string
		err      bool
	}{
		"empty":                {"", true},
		"binary":               {"\x00\xff\xfe" + document, true},
		"100,000 lists":        {inAnswer(strings.Repeat("[", 100_000)), true},
		"100,000 dicts":        {inAnswer(strings.Repeat("{'a':", 100_000)), true},
		"deepest allowed":      {inAnswer(strings.Repeat("[", 98) + "123" + strings.Repeat("]", 98)), false},
		"deeper":               {inAnswer(strings.Repeat("[", 99) + "123" + strings.Repeat("]", 99)), true},
		"long string":          {inAnswer("'" + strings.Repeat("x", 2*megabyte) + "'"), false},
		"long open string":     {inAnswer("'" + strings.Repeat("x'x", megabyte)), true},
		"long name":            {strings.Replace(document, "'size'", "'"+strings.Repeat("x", 2*megabyte)+"'", 1), true},
		"enum on one line":     {inAnswer(strings.Repeat("'A'|", megabyte/4) + "'A'"), false},
		"members on one line":  {inAnswer("{" + sourcetest.ManyMembers(50_000, "'m%d':123,") + "}"), false},
		"structures":           {inAnswer("{" + sourcetest.ManyMembers(20_000, "'m%d':{'a':{'b':{}}},") + "}"), false},
		"colliding names":      {inAnswer("{" + sourcetest.ManyMembers(20_000, "'%[1]d':{},'A%[1]d':{},") + "}"), false},
		"long path":            {inAnswer(strings.Repeat("{'"+strings.Repeat("x", 200)+"':", 97) + "{" + sourcetest.ManyMembers(50_000, "'m%d':{},") + "}" + strings.Repeat("}", 97)), false},
		"recursive members":    {inAnswer("{" + sourcetest.ManyMembers(50_000, "'m%d':{'... recursive ...'},") + "}"), false},
		"items":                {inProse(strings.Repeat("        - **a** *(string) --* \n", 100_000)), false},
		"items ever deeper":    {inProse(everDeeper(2_000)), false},
		"items at odd columns": {inProse(everDeeper(1_000) + strings.Repeat("   - *(dict) --* \n", 200_000)), false},
		"long prose":           {inProse(strings.Repeat("        Word after word.\n", 200_000)), false},
		"blank lines":          {inProse(strings.Repeat("\n", 2*megabyte)), false},
		"headings":             {strings.Repeat("  **Request Syntax**\n", 200_000) + document, false},
		"notes":                {inProse(strings.Repeat("        .. note:: This is a Tagged Union structure. be set: ``a``, ``b``\n", 50_000)), false},
		"unfinished brackets":  {inProse(strings.Repeat("        - **\n", 300_000)), false},
		"exceptions":           {document + strings.Repeat("  *   :py:class:`G.Client.exceptions.A`\n", 100_000), false},
		"two megabytes of end": {document + strings.Repeat("\n", 2*megabyte), false},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c, findings, err := page.Read([]byte(hostile.document), "")
			if !testing.Short() { // the race detector, which runs with it, has other times
				require.Less(t, time.Since(start), 30*time.Second)
			}
			require.Equal(t, hostile.err, err != nil, "%v", err)
			if err != nil {
				sourcetest.RequirePlace(t, err)
				return
			}
			require.NoError(t, c.Check())
			require.LessOrEqual(t, len(findings), 1001)
		})
	}
}

func everDeeper(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", 4+i) + "- *(list) --* \n")
	}
	return b.String()
}

func FuzzPage(f *testing.F) {
	for _, document := range vectors(f) {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		before := slices.Clone(document)
		c, findings, err := page.Read(document, "1")
		require.Equal(t, before, document)
		again, sameFindings, _ := page.Read(document, "1")
		if err != nil {
			require.Nil(t, c)
			sourcetest.RequirePlace(t, err)
			return
		}
		require.NoError(t, c.Check())
		require.Equal(t, c.Digest(), again.Digest())
		require.Equal(t, findings, sameFindings)
		sourcetest.RequireSound(t, c)
		for _, finding := range findings {
			require.Positive(t, finding.Line)
			require.LessOrEqual(t, finding.Line, 1+bytes.Count(document, []byte("\n")))
		}
	})
}

func BenchmarkPage(b *testing.B) {
	pages := vectors(b)
	large, err := os.ReadFile(sourcetest.Shared(b, "data/pages/bedrock-runtime/converse_stream.rst"))
	if err == nil {
		pages["converse_stream"] = large
	}
	for _, name := range []string{"page", "recursion", "converse_stream"} {
		document, ok := pages[name]
		if !ok {
			b.Logf("no reference material: %s", name)
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := page.Read(document, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
