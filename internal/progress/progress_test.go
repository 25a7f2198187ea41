package progress_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/progress"
)

// TestLines checks what a log shows, with a clock that the test advances.
func TestLines(t *testing.T) {
	for _, v := range []struct {
		name  string
		total int64
		unit  progress.Unit
		step  int64 // each second
		runs  time.Duration
		want  string
	}{
		{"short", 100, progress.Items, 1, 9 * time.Second, ""},
		{"items", 100, progress.Items, 1, 25 * time.Second, "working: 9 of 100 (10s so far)\nworking: 19 of 100 (20s so far)\n"},
		{"bytes", 5e6, progress.Bytes, 1e5, 12 * time.Second, "working: 0.9 MB of 5.0 MB (10s so far)\n"},
		{"bytes of a pipe", 0, progress.Bytes, 1e6, 12 * time.Second, "working: 9.0 MB (10s so far)\n"},
		{"nothing to count", 0, progress.Items, 0, 69 * time.Second, "working (10s so far)\nworking (20s so far)\nworking (30s so far)\nworking (40s so far)\nworking (50s so far)\nworking (1m0s so far)\n"},
		{"more than the total", 5, progress.Items, 1, 12 * time.Second, "working: 9 of 5 (10s so far)\n"},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown buffer
				screen := progress.NewScreen(&shown, false)
				m := progress.Start(progress.With(t.Context(), screen), "working", v.total, v.unit)
				time.Sleep(time.Millisecond)
				for range v.runs / time.Second {
					time.Sleep(time.Second - time.Nanosecond)
					synctest.Wait()
					m.Add(v.step)
				}
				m.Done()
				time.Sleep(time.Minute)
				require.Equal(t, v.want, shown.String())
			})
		})
	}
}

// TestBar checks that a bar appears after a second, never shares a line with a message, and is gone at
// the end.
func TestBar(t *testing.T) {
	for _, total := range []int64{0, 3, 1 << 20} {
		t.Run(fmt.Sprint("total ", total), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown buffer
				screen := progress.NewScreen(&shown, true)
				m := progress.Start(progress.With(t.Context(), screen), "working", total, progress.Bytes)
				text := strings.Repeat("x", 1000)
				got, err := io.ReadAll(m.Reader(strings.NewReader(text)))
				require.NoError(t, err)
				require.Equal(t, text, string(got))
				time.Sleep(900 * time.Millisecond)
				require.Empty(t, shown.String(), "too early")
				time.Sleep(500 * time.Millisecond)
				synctest.Wait()
				require.Contains(t, shown.String(), "working")
				require.Contains(t, visible(shown.String()), "working")

				fmt.Fprintln(screen, "a message")
				require.Equal(t, "a message\n", visible(shown.String()))
				time.Sleep(500 * time.Millisecond)
				synctest.Wait()
				require.Regexp(t, "^a message\n.*working", visible(shown.String()), "drawn again")

				fmt.Fprint(screen, "half a line")
				time.Sleep(500 * time.Millisecond)
				require.Equal(t, "a message\nhalf a line", visible(shown.String()), "no bar after half a line")
				fmt.Fprintln(screen)
				time.Sleep(500 * time.Millisecond)

				m.Done()
				m.Done()
				require.Equal(t, "a message\nhalf a line\n", visible(shown.String()))
				drawn := shown.Len()
				time.Sleep(time.Minute)
				require.Equal(t, drawn, shown.Len(), "nothing is drawn after the end")
			})
		})
	}
}

// buffer is a terminal that meters draw on while a test looks at it.
type buffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

func (b *buffer) Len() int { return len(b.String()) }

// visible is what a terminal shows of the text.
func visible(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if i := strings.LastIndex(line, "\x1b[2K\r"); i >= 0 {
			line = line[i+len("\x1b[2K\r"):]
		}
		lines = append(lines, line[strings.LastIndexByte(line, '\r')+1:])
	}
	return strings.Join(lines, "\n")
}

// TestMessages checks that messages are readable whatever they quote.
func TestMessages(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, v := range []struct{ name, message, want string }{
		{"short", "crcheck: a: no such file\n", "crcheck: a: no such file\n"},
		{"not UTF-8", "crcheck: \xff\xfe: no such file\n", "crcheck: \uFFFD: no such file\n"},
		{"a long path", "crcheck: " + long + ": no\n such  file\n", "crcheck: " + long[:1000] + "… (100001 bytes) no\n such  file\n"},
		{"many words", strings.Repeat("word ", 1000), strings.Repeat("word ", 1000)},
	} {
		t.Run(v.name, func(t *testing.T) {
			var shown buffer
			n, err := progress.NewScreen(&shown, false).Write([]byte(v.message))
			require.NoError(t, err)
			require.Equal(t, len(v.message), n)
			require.Equal(t, v.want, shown.String())
		})
	}
}

// TestNested checks that only the outer work is shown, and that a meter without a screen does nothing.
func TestNested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown buffer
		ctx := progress.With(t.Context(), progress.NewScreen(&shown, false))
		outer := progress.Start(ctx, "outer", 2, progress.Items)
		inner := progress.Start(ctx, "inner", 2, progress.Items)
		require.Nil(t, inner)
		inner.Add(1)
		time.Sleep(11 * time.Second)
		inner.Done()
		time.Sleep(10 * time.Second)
		outer.Done()
		progress.Start(ctx, "later", 0, progress.Items).Done()
		require.Equal(t, "outer: 0 of 2 (10s so far)\nouter: 0 of 2 (20s so far)\n", shown.String())
	})
	quiet := progress.NewScreen(io.Discard, true)
	quiet.Quiet = true
	require.Nil(t, progress.Start(progress.With(t.Context(), quiet), "working", 1, progress.Items))
	none := progress.Start(context.Background(), "working", 1, progress.Items)
	require.Nil(t, none)
	none.Add(1)
	r := strings.NewReader("")
	require.Equal(t, io.Reader(r), none.Reader(r))
	none.Done()
}
