package piece_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/piece"
)

// read returns the lines of a range.
func read(t *testing.T, text string, r piece.Range) (string, piece.Piece, bool) {
	t.Helper()
	reader := piece.NewReader(strings.NewReader(text[min(len(text), int(max(0, r.Start-1))):]), r)
	got, err := io.ReadAll(reader)
	require.NoError(t, err)
	p, ok := reader.Piece()
	return string(got), p, ok
}

// TestReader checks that the ranges of any cut have each line once, and that their pieces are complete.
func TestReader(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"empty", ""},
		{"one line", "abc\n"},
		{"no line break at the end", "abc\ndef"},
		{"blank lines", "\n\n \t\r\na\n\n"},
		{"lines longer than ranges", strings.Repeat("x", 30) + "\n" + strings.Repeat("y", 25) + "\nz\n"},
		{"one long line", strings.Repeat("x", 50)},
		{"lines longer than the buffer", strings.Repeat("x", 200_000) + "\n" + strings.Repeat("y", 70_000) + "\nz"},
	} {
		steps := []int64{1, 2, 3, 5, 7, 16, 1000}
		if len(tc.text) > 1000 {
			steps = []int64{10_000, 65_536, 1 << 20}
		}
		for _, step := range steps {
			t.Run(fmt.Sprint(tc.name, " by ", step), func(t *testing.T) {
				var set piece.Set
				var joined strings.Builder
				for start := int64(0); start <= int64(len(tc.text)+20); start += step {
					got, p, ok := read(t, tc.text, piece.Range{Start: start, End: start + step})
					joined.WriteString(got)
					require.Equal(t, ok, start == 0 || start < int64(len(tc.text)), "range from %d", start)
					if ok {
						require.Equal(t, strings.Count(got, "\n"), p.Lines)
						require.NoError(t, set.Add("a", p))
					}
				}
				require.Equal(t, tc.text, joined.String())
				for gap := range set.Missing() {
					t.Fatal(gap)
				}
				full := 0
				for line := range strings.Lines(tc.text) {
					if strings.TrimSpace(line) != "" {
						full++
					}
				}
				require.Equal(t, piece.Size{Lines: strings.Count(tc.text, "\n"), Interactions: full}, set.Before("a", 1<<40))
			})
		}
	}
}

// TestReaderFails checks that a broken source ends with its piece.
func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		name string
		rng  piece.Range
		ok   bool
	}{
		{"in the range", piece.All, true},
		{"before the range", piece.Range{Start: 100, End: 200}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := piece.NewReader(io.MultiReader(strings.NewReader("ab"), failing{broken}), tc.rng)
			_, err := io.ReadAll(r)
			require.ErrorIs(t, err, broken)
			_, ok := r.Piece()
			require.Equal(t, tc.ok, ok)
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestSet(t *testing.T) {
	of := func(start, end int64, last bool) piece.Piece { return piece.Piece{Start: start, End: end, Last: last} }
	for _, tc := range []struct {
		name   string
		pieces []piece.Piece
		twice  bool
		want   *piece.Error // missing
	}{
		{"complete", []piece.Piece{of(0, 5, false), of(5, 9, true)}, false, nil},
		{"whole", []piece.Piece{piece.Whole}, false, nil},
		{"a gap", []piece.Piece{of(0, 5, false), of(6, 9, true)}, false, &piece.Error{Source: "a", Start: 5, End: 6}},
		{"no beginning", []piece.Piece{of(6, 9, true)}, false, &piece.Error{Source: "a", End: 6}},
		{"no end", []piece.Piece{of(0, 5, false)}, false, &piece.Error{Source: "a", Start: 5, Rest: true}},
		{"the same twice", []piece.Piece{of(0, 5, false), of(0, 5, false)}, true, nil},
		{"whole twice", []piece.Piece{piece.Whole, piece.Whole}, true, nil},
		{"whole and a part", []piece.Piece{of(3, 5, false), piece.Whole}, true, nil},
		{"overlap", []piece.Piece{of(0, 5, false), of(4, 9, true)}, true, nil},
		{"after the end", []piece.Piece{of(0, 5, true), of(5, 9, false)}, true, nil},
		{"the end before others", []piece.Piece{of(5, 9, false), of(0, 5, true)}, true, nil},
		{"empty", []piece.Piece{of(0, 0, true)}, false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var merged piece.Set
			var err error
			for _, p := range tc.pieces {
				var one piece.Set
				require.NoError(t, one.Add("a", p))
				err = errors.Join(err, merged.Merge(&one))
			}
			var failed *piece.Error
			if tc.twice {
				require.ErrorAs(t, err, &failed)
				require.True(t, failed.Twice)
				require.LessOrEqual(t, failed.Start, failed.End)
				return
			}
			require.NoError(t, err)
			for gap := range merged.Missing() {
				failed = gap
			}
			require.Equal(t, tc.want, failed)
		})
	}
}

// TestComparePaths checks that paths are ordered as a walk visits them.
func TestComparePaths(t *testing.T) {
	walk := []string{"a", "a/b", "a/b/c", "a/c", "a.b", "b/a", "ba"}
	shuffled := slices.Clone(walk)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	slices.SortFunc(shuffled, piece.ComparePaths)
	require.Empty(t, cmp.Diff(walk, shuffled))
}

func TestParseRange(t *testing.T) {
	for _, tc := range []struct {
		text string
		want piece.Range
	}{
		{"0:10", piece.Range{End: 10}},
		{"5:", piece.Range{Start: 5, End: piece.All.End}},
		{"0:", piece.All},
		{"", piece.Range{}},
		{"5", piece.Range{}},
		{"-1:5", piece.Range{}},
		{"5:5", piece.Range{}},
		{"9:5", piece.Range{}},
		{"a:b", piece.Range{}},
		{"0:99999999999999999999", piece.Range{}},
	} {
		t.Run(tc.text, func(t *testing.T) {
			got, err := piece.ParseRange(tc.text)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.want == piece.Range{}, err != nil)
		})
	}
}
