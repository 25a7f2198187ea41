package eventstream

import (
	"bytes"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/stretchr/testify/require"
)

// TestAgainstSDK: the Go SDK reads what is written here, and writes what is read.
func TestAgainstSDK(t *testing.T) {
	ours := encode(t, "payload", everyType...)
	theirs, err := sdk.NewDecoder().Decode(bytes.NewReader(ours), nil)
	require.NoError(t, err)
	require.Equal(t, "payload", string(theirs.Payload))
	require.Len(t, theirs.Headers, len(everyType))
	var again bytes.Buffer
	require.NoError(t, sdk.NewEncoder().Encode(&again, theirs))
	require.Equal(t, ours, again.Bytes())
}

// FuzzDecode: no input makes the decoder panic or go backwards. What it reads,
// it writes again, and the Go SDK reads as well.
func FuzzDecode(f *testing.F) {
	whole := encode(f, "payload", everyType...)
	for _, seed := range [][]byte{nil, whole, whole[:20], flip(whole, -1), append(whole, whole...), lengths(1<<31, 0), sealed("\x01a\x0a"), sealed(seventeen)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		for at := 0; at < len(stream); {
			m, next, err := Decode(stream, at)
			if err != nil {
				require.GreaterOrEqual(t, err.Offset, at)
				require.LessOrEqual(t, err.Offset, len(stream))
			}
			if next < 0 {
				return
			}
			require.Greater(t, next, at)
			if err == nil {
				var headers []Header
				for h, rest, ok := m.Headers.Next(); ok; h, rest, ok = rest.Next() {
					headers = append(headers, h)
				}
				again, refused := Append(nil, headers, m.Payload)
				if long := (*Error)(nil); refused != nil {
					require.ErrorAs(t, refused, &long)
					require.Equal(t, LongValue, long.Fault) // a value of 32 to 64 KB can be read
				} else {
					require.Equal(t, stream[at:next], again)
				}
				_, theirs := sdk.NewDecoder().Decode(bytes.NewReader(stream[at:next]), nil)
				require.NoError(t, theirs)
			}
			at = next
		}
	})
}
