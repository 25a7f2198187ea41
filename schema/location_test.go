package schema

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocation(t *testing.T) {
	for _, v := range []struct {
		at                Location
		inBody, inHeaders bool
		timestamps        string
	}{
		{LocationBody, true, false, ""},
		{LocationPayload, true, false, ""},
		{LocationLabel, false, false, "date-time"},
		{LocationQuery, false, false, "date-time"},
		{LocationHeader, false, true, "http-date"},
		{LocationHeaders, false, true, "http-date"},
		{LocationStatus, false, false, ""},
	} {
		t.Run(string(v.at), func(t *testing.T) {
			require.Equal(t, v.inBody, v.at.InBody())
			require.Equal(t, v.inHeaders, v.at.InHeaders())
			format, ok := v.at.TimestampFormat()
			require.Equal(t, v.timestamps, format)
			require.Equal(t, v.timestamps != "", ok)
			m := Member{Name: "m", Location: Is(v.at)}
			require.Equal(t, v.at, (&Contract{Protocol: Is("restJson1")}).Location(&m))
			require.Equal(t, LocationBody, (&Contract{Protocol: Is("awsJson1_1")}).Location(&m))
		})
	}
}
