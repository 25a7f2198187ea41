package check

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/validate"
)

// kinds are lines of every kind that a run treats in its own way.
var kinds = []string{
	valid, valid, valid, valid, valid, valid, valid, valid, invalid, dumped, "", "  ", "[]", "null", "7", `{"other":1}`, `{"protectedJob":`, "not JSON \xff",
	`{"protectedJob":{"id":"a","membershipId":"b","membershipArn":"c","createTime":1767225600,"status":"SUCCESS","Error":"ä"}}`,
	`{"Error":{"Code":"ResourceNotFoundException","Message":"m"},"ResponseMetadata":{"HTTPStatusCode":404}}`,
	"   " + valid + " ", "\ufeff" + invalid,
	`{"crcheckInteraction":1,"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/a"},"response":{"status":200,"headers":{},"body":` + quoted(invalid) + `}}`,
	`{"crcheckInteraction":1,"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/a"},"response":{"status":200,"body":` + quoted(valid) + `},"meta":{"from":"emulator"}}`,
	`{"crcheckInteraction":1,"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/other"},"response":{"status":200}}`,
	`{"crcheckInteraction":1,"request":{"method":"GET","url":"https://x/"},"response":{"status":200},"meta":{"contract":"no.Such@1"}}`,
	`{"crcheckInteraction":2,"request":{}}`,
	`{"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/a"},"response":{"status":"x"}}`,
	`{"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/a"},"response":{"status":200,"body":` + valid + `}}`,
}

func quoted(text string) string {
	q, _ := json.Marshal(text)
	return string(q)
}

// recording returns lines of a mixture of kinds. The first two make it NDJSON.
func recording(r *rand.Rand, lines int) string {
	text := strings.Builder{}
	some := append([]string{valid}, kinds[r.IntN(len(kinds)-3):]...) // so that some recordings have few kinds
	for i := range lines {
		line := some[r.IntN(len(some))]
		if i < 2 {
			line = [...]string{valid, dumped, invalid}[r.IntN(3)]
		}
		text.WriteString(line)
		if i < lines-1 || r.IntN(2) == 0 {
			text.WriteString([...]string{"\n", "\n", "\r\n"}[r.IntN(3)])
		}
	}
	return text.String()
}

func zipped(text string) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return packed.String()
}

func zstdOf(text string) []byte {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return w.EncodeAll([]byte(text), nil)
}

// outcome is all that a run reports.
func outcome(t *testing.T, common Options, r io.Reader, cores, size int, change func(*Options)) string {
	t.Helper()
	var said bytes.Buffer
	options := common
	options.Cores, options.partSize, options.Stderr = cores, size, &said
	change(&options)
	in := input.Gather(r, &said, []string{"-"})
	result, err := Traffic(t.Context(), in, options)
	require.NoError(t, err)
	text, err := json.Marshal(result)
	require.NoError(t, err)
	return string(text) + said.String()
}

// TestCores checks that neither the number of cores nor the size of the parts changes the report.
func TestCores(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	_, common, _ := given(t, nil, false)
	for i := range 10 {
		text := recording(r, 2+r.IntN(120))
		if i == 9 && !testing.Short() {
			text = strings.Repeat(text, 1+validate.MaxAhead/(1+strings.Count(text, "\n")))
		}
		for _, row := range []struct {
			name   string
			reader func() io.Reader
			change func(*Options)
		}{
			{"plain", func() io.Reader { return strings.NewReader(text) }, func(*Options) {}},
			{"of one encoding", func() io.Reader { return strings.NewReader(text) }, func(o *Options) { o.Encoding = "sdk" }},
			{"an input", func() io.Reader { return strings.NewReader(text) }, func(o *Options) { o.Bare.Part = "input" }},
			{"errors", func() io.Reader { return strings.NewReader(text) }, func(o *Options) { o.Bare.Status = 404 }},
			{"gzip", func() io.Reader { return strings.NewReader(zipped(text)) }, func(*Options) {}},
			{"zstd", func() io.Reader { return bytes.NewReader(zstdOf(text)) }, func(*Options) {}},
			{"gzip, cut off", func() io.Reader { packed := zipped(text); return strings.NewReader(packed[:len(packed)-9]) }, func(*Options) {}},
			{"small reads", func() io.Reader { return iotest.HalfReader(strings.NewReader(text)) }, func(*Options) {}},
			{"a reader that fails", func() io.Reader {
				return io.MultiReader(strings.NewReader(text[:len(text)/2]), iotest.ErrReader(io.ErrUnexpectedEOF))
			}, func(*Options) {}},
		} {
			t.Run(fmt.Sprint(i, " ", row.name), func(t *testing.T) {
				want := outcome(t, common, row.reader(), 1, len(text)+1, row.change)
				for _, cores := range []int{1, 2, 8} {
					for _, size := range []int{1, 300, len(text) + 1} {
						require.Equal(t, want, outcome(t, common, row.reader(), cores, size, row.change), "%d cores, parts of %d bytes:\n%s", cores, size, text)
					}
				}
			})
		}
	}
}

// TestCoresInterrupted checks that an interrupted run reports all that was read or, if that takes too
// long, a beginning of it.
func TestCoresInterrupted(t *testing.T) {
	lines := make([]string, 3*validate.MaxAhead)
	for i := range lines {
		lines[i] = [...]string{valid, valid, invalid}[i%3] + "\n"
	}
	for _, row := range []struct {
		name  string
		lines int // before the reader blocks
		grace time.Duration
	}{
		{"a few lines", 3, time.Minute},
		{"fewer lines than decide the encoding", validate.MaxAhead / 2, time.Minute},
		{"many lines", 2*validate.MaxAhead + 1, time.Minute},
		{"without time for the rest", len(lines), time.Nanosecond},
	} {
		for _, cores := range []int{1, 2, 8} {
			t.Run(fmt.Sprint(row.name, " on ", cores), func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				blocked := readerFunc(func([]byte) (int, error) {
					cancel()
					select {} // the writer of the pipe writes nothing more
				})
				text := strings.Join(lines[:row.lines], "")
				_, options, said := given(t, nil, false)
				options.Encoding, options.Cores, options.partSize, options.grace = Auto, cores, 1000, row.grace
				reader := io.MultiReader(strings.NewReader(text), strings.NewReader(`{"protectedJob"`), blocked)
				result, err := Traffic(ctx, input.Gather(reader, said, []string{"-"}), options)
				require.NoError(t, err)
				require.True(t, result.Interrupted)
				require.Equal(t, []string{ErrInterrupted.Error()}, result.Problems)
				if row.grace == time.Minute {
					require.Equal(t, row.lines, result.Checks.Checked)
				}
				_, options, said = given(t, nil, false)
				options.Encoding = Auto
				before := strings.Join(lines[:result.Checks.Checked], "")
				whole, err := Traffic(t.Context(), input.Gather(strings.NewReader(before), said, []string{"-"}), options)
				require.NoError(t, err)
				require.Equal(t, whole.Groups, result.Groups)
				require.Equal(t, whole.Checks.Checked, result.Checks.Checked)
			})
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestCoresFiles checks that files are reported in their order.
func TestCoresFiles(t *testing.T) {
	files := map[string]string{}
	r := rand.New(rand.NewPCG(15, 3))
	for i := range 30 {
		files[fmt.Sprintf("%02d.ndjson", i)] = recording(r, 2+r.IntN(30))
		files[fmt.Sprintf("%02d.txt", i)] = "some prose"
	}
	folder := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(folder+"/"+name, []byte(text), 0o600))
	}
	report := func(cores int) string {
		_, options, said := given(t, nil, false)
		options.Encoding, options.Cores, options.partSize = Auto, cores, 500
		result, err := Traffic(t.Context(), input.Gather(nil, said, []string{folder, "no-such-file"}), options)
		require.NoError(t, err)
		text, err := json.Marshal(result)
		require.NoError(t, err)
		return string(text) + said.String()
	}
	want := report(1)
	for _, cores := range []int{2, 8} {
		require.Equal(t, want, report(cores))
	}
}

// TestCoresTally checks that neither the number of cores nor the size of the parts changes a tally or
// its error.
func TestCoresTally(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 4))
	_, common, _ := given(t, nil, false)
	tallied := func(text string, cores, size int) string {
		var said bytes.Buffer
		options := common
		options.Encoding, options.Cores, options.partSize, options.Stderr = Auto, cores, size, &said
		tally, err := Tally(t.Context(), input.Gather(strings.NewReader(text), &said, []string{"-"}), options.Contracts.Catalog.Given(), options)
		result, _ := json.Marshal(tally)
		return fmt.Sprint(string(result), err, said.String())
	}
	for i := range 20 {
		text := recording(r, 2+r.IntN(120))
		if i%2 == 0 {
			text = strings.Repeat(valid+"\n"+invalid+"\n"+dumped+"\n", 1+r.IntN(40))
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			want := tallied(text, 1, len(text)+1)
			for _, cores := range []int{1, 2, 8} {
				for _, size := range []int{1, 300, len(text) + 1} {
					require.Equal(t, want, tallied(text, cores, size), "%d cores, parts of %d bytes:\n%s", cores, size, text)
				}
			}
		})
	}
}
