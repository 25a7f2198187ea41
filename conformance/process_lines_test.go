package conformance

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestProcessLines(t *testing.T) {
	for _, test := range []struct {
		text  string
		lines []string
		rest  string
		err   error
	}{
		{"", nil, "", io.EOF},
		{"\n", []string{""}, "", io.EOF},
		{"a\nb\n", []string{"a", "b"}, "", io.EOF},
		{"a\r\nb", []string{"a\r"}, "b", io.EOF},
		{strings.Repeat("x", 100_000) + "\n", []string{strings.Repeat("x", 100_000)}, "", io.EOF},
		{strings.Repeat("x", 100_001) + "\n", nil, strings.Repeat("x", 100_001), errLineTooLong},
		{"a\n" + strings.Repeat("x", 200_000), []string{"a"}, strings.Repeat("x", 2<<16), errLineTooLong}, // and no more is held
	} {
		for name, reader := range map[string]io.Reader{"at once": strings.NewReader(test.text), "in halves": iotest.HalfReader(strings.NewReader(test.text))} {
			l := newLines(reader, 100_000)
			var got []string
			line, err := l.next()
			for ; err == nil; line, err = l.next() {
				got = append(got, string(line))
			}
			require.Equal(t, test.lines, got, name)
			require.Equal(t, test.err, err, name)
			require.Equal(t, test.rest, string(l.rest()), name)
		}
	}
}

func TestProcessStderrTail(t *testing.T) {
	for _, size := range []int{1, 1000, keptStderr, 3*keptStderr + 7} {
		var kept tail
		_, err := kept.Write([]byte("first"))
		require.NoError(t, err)
		require.Equal(t, "first", kept.String())
		part := []byte(strings.Repeat("x", size))
		for written := 0; written < 10*keptStderr; written += size {
			_, _ = kept.Write(part)
		}
		_, err = kept.Write([]byte("last"))
		require.NoError(t, err)
		text := kept.String()
		require.Len(t, text, len("…")+keptStderr)
		require.True(t, strings.HasPrefix(text, "…x") && strings.HasSuffix(text, "xlast"))
		require.Less(t, cap(kept.kept), 10*keptStderr)
	}
}
