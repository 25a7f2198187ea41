package redact

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestToken checks where an identifier ends in a text. The bar marks the end.
func TestToken(t *testing.T) {
	for _, text := range []string{
		"acme/a=b,c(d)e'f;g#h?i+j%k|", "acme/a| b", "acme/a|. Then", "acme/a|)", "acme/a(1)|", "acme/a|) or", `acme/a|"}`, `acme/a|\"}`, `acme/a\x|`, `acme/a|\n`,
		"acme/a|,arn:aws:s3:::b", "acme/a|, s3://b", "acme/a,b|", "acme/a|,s3://b", "acme/a|'", "acme/a|', 'b", "acme/it's|", "acme/a|<br>", "acme/a|]", "acme/a[0]|", "acme/${x}/*|", "acme/a|}", "acme/a|&arn:aws:s3:::b", "|", "|...",
	} {
		t.Run(text, func(t *testing.T) {
			end := strings.IndexByte(text, '|')
			require.Equal(t, text[:end], text[:token(text[:end]+text[end+1:])])
		})
	}
}

// TestRecogniseIsLinear checks that the time for hostile texts grows no faster than their length.
func TestRecogniseIsLinear(t *testing.T) {
	for _, piece := range []string{"s3://a)", ")", "arn:", "arn:a:b:c:d:", "arn:a:b:c:d:.", ".s3.amazonaws.com", "a.s3.amazonaws.com/", "/aws/x/", " /aws/x/. ", "111122223333/", "http://h/111122223333/", "AROAAAAAAAAAAAAAAAAA:", ".dkr.ecr", "111122223333.dkr.ecr", "0123456789abcdef", "'", "s3://a',", "("} {
		t.Run(piece, func(t *testing.T) {
			text := "s3://" + strings.Repeat(piece, 1<<20/len(piece))
			start := time.Now()
			recognise(text, nil)
			recognise(text[len("s3://"):], nil)
			recogniseWhole(text, nil)
			require.Less(t, time.Since(start), 30*time.Second)
		})
	}
}

// TestKeysStayDistinct checks that entries of a map do not get the same name if their names are
// masked.
func TestKeysStayDistinct(t *testing.T) {
	classify := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Key: Place{Class: Whole, Accepts: func(s string) bool { return s == "a" || s == "b" || strings.HasPrefix(s, Mask) }}, Element: &Node{}}}
	}
	y, _ := New(Options{Key: testKey, Classify: classify}).Redact(exchange("https://example.com/", "", `{"AKIAQ3EGRI7XDWLZM5QT":1,"AKIAQ3EGRI7XDWLZM5QV":2}`))
	var entries map[string]int
	require.NoError(t, json.Unmarshal(y.Response.Body.Bytes, &entries))
	require.Len(t, entries, 2, "%s", y.Response.Body.Bytes)
}
