package traffic

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRestKeepsItsLimit checks the limit of rest, which reads documents and cassettes, and whose
// real limits are too large for a test. Text that was already read counts.
func TestRestKeepsItsLimit(t *testing.T) {
	for _, tc := range []struct {
		name, read, rest string
		tooLarge         bool
	}{
		{"nothing", "", "", false},
		{"just within", "", "0123456789", false},
		{"just beyond", "", "0123456789x", true},
		{"together within", "01234", "56789", false},
		{"together beyond", "01234", "56789x", true},
		{"already beyond", "0123456789x", "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := &input{name: "in", r: bufio.NewReader(strings.NewReader(tc.rest))}
			got, err := in.rest([]byte(tc.read), "document", 10)
			if tc.tooLarge {
				require.Equal(t, tooLarge("in", "document", 10), err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.read+tc.rest, string(got))
		})
	}
}

// TestLongFirstLineIsDocument checks that a first line longer than MaxLine is read as a document.
func TestLongFirstLineIsDocument(t *testing.T) {
	text := "{\"a\":\"" + strings.Repeat("x", MaxLine) + "\"}\n{}\n"
	for interaction, err := range Read("in", strings.NewReader(text)) {
		require.NoError(t, err)
		require.Equal(t, JSON, interaction.Kind)
		require.Len(t, interaction.Response.Body.Bytes, len(text))
	}
}

// TestCassetteWriterKeepsTheLimit checks that a cassette that Read would reject is not written.
func TestCassetteWriterKeepsTheLimit(t *testing.T) {
	in := &Interaction{Request: &Request{}}
	for _, written := range []int{0, MaxCassette - 10} {
		t.Run(fmt.Sprint(written, " bytes written"), func(t *testing.T) {
			c := &cassetteWriter{w: io.Discard, written: written}
			text, err := c.encode(nil, in)
			require.NoError(t, err)
			if written == 0 {
				require.NoError(t, c.write(0, in, text))
				return
			}
			require.ErrorIs(t, c.write(0, in, text), ErrTooLarge)
		})
	}
}
