package pattern

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModelPatterns checks that tables and runs decide as the engines do, for the patterns of the
// models in testdata folders and, with CRCHECK_BOTOCORE_DATA, the path of its data folder, of all
// models of botocore. It makes texts that match, and changes them.
func TestModelPatterns(t *testing.T) {
	var asRuns, asTable, asEngine, texts, matching int
	for _, source := range modelPatterns(t) {
		p, err := Compile(source)
		if err != nil {
			continue
		}
		r, d := newRuns(source), (*dfa)(nil)
		if r == nil {
			d = newDFA(source)
		}
		switch {
		case r != nil:
			asRuns++
		case d != nil:
			asTable++
		default:
			asEngine++
			continue
		}
		q := &quick{runs: r, table: d}
		for _, text := range textsOf(source) {
			p.matches.Store(0) // stay on the engine
			want, err := p.Match([]byte(text))
			require.NoError(t, err)
			got, ok := q.match([]byte(text))
			if texts++; !ok {
				require.True(t, beyond(text), "%s: undecided: %q", source, text)
				continue
			}
			if got {
				matching++
			}
			require.Equal(t, want, got, "%s: %q", source, text)
		}
	}
	t.Logf("%d patterns are runs, %d tables, %d need their engine; of %d texts, %d match", asRuns, asTable, asEngine, texts, matching)
	require.Positive(t, asRuns)
	require.Positive(t, asTable)
	require.Positive(t, matching)
}

// modelPatterns returns each distinct pattern once, as contracts have it.
func modelPatterns(t *testing.T) (all []string) {
	paths, err := filepath.Glob("../*/testdata/*.json")
	require.NoError(t, err)
	more, err := filepath.Glob("../../schema/source/*/testdata/*.json")
	require.NoError(t, err)
	paths = append(paths, more...)
	if data := os.Getenv("CRCHECK_BOTOCORE_DATA"); data != "" {
		found, err := filepath.Glob(data + "/*/*/service-2.json*")
		require.NoError(t, err)
		paths = append(paths, found...)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
			text, err = io.ReadAll(z)
			require.NoError(t, err)
		}
		var model struct {
			Shapes map[string]struct{ Pattern string }
		}
		if json.Unmarshal(text, &model) != nil {
			continue // not a model of botocore
		}
		for _, s := range model.Shapes {
			if s.Pattern != "" {
				all = append(all, Whole(s.Pattern))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// textsOf returns texts that match an expression, and texts that differ from them in one place.
func textsOf(source string) (all []string) {
	random := rand.New(rand.NewPCG(uint64(len(source)), 1))
	must, _, _ := Portable(source)
	if tree, err := syntax.Parse(must, syntax.Perl); err == nil {
		for range 12 {
			var text strings.Builder
			write(&text, tree, random)
			all = append(all, text.String())
		}
	}
	for _, text := range slices.Clone(all) {
		at, c := random.IntN(len(text)+1), string(rune(random.IntN(0x80)))
		all = append(all, text+c, c+text, text[:at], text[at:], text[:at]+c+text[at:], text+text, text[:at]+"é"+text[at:])
		if at < len(text) {
			all = append(all, text[:at]+c+text[at+1:], text[:at]+text[at+1:])
		}
	}
	return append(all, "", "\n", "a", "-", "0", strings.Repeat("a", 300))
}

// write writes a text that an expression matches, unless it has assertions inside.
func write(text *strings.Builder, re *syntax.Regexp, random *rand.Rand) {
	low, high := 1, 1
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			text.WriteRune(c)
		}
		return
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return
		}
		i := 2 * random.IntN(len(re.Rune)/2)
		text.WriteRune(re.Rune[i] + random.Int32N(min(re.Rune[i+1]-re.Rune[i]+1, 0x80)))
		return
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		text.WriteByte(byte(' ' + random.IntN('~'-' ')))
		return
	case syntax.OpAlternate:
		write(text, re.Sub[random.IntN(len(re.Sub))], random)
		return
	case syntax.OpStar:
		low, high = 0, 9
	case syntax.OpPlus:
		high = 9
	case syntax.OpQuest:
		low = 0
	case syntax.OpRepeat:
		if low, high = re.Min, re.Max; high < 0 || high > low+9 {
			high = low + 9
		}
	}
	for range low + random.IntN(high-low+1) {
		for _, sub := range re.Sub {
			write(text, sub, random)
		}
	}
}

func beyond(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}
