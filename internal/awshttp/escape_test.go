package awshttp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEscape(t *testing.T) {
	for _, v := range []struct{ name, text, keep, want string }{
		{"unreserved", "azAZ09-._~", "", "azAZ09-._~"},
		{"reserved", "a b/c+d&e=f%20", "", "a%20b%2Fc%2Bd%26e%3Df%2520"},
		{"what is kept", "a b/c", "/", "a%20b/c"},
		{"bytes that are not ASCII", "ü\xff", "", "%C3%BC%FF"},
	} {
		t.Run(v.name, func(t *testing.T) { require.Equal(t, v.want, Escape(v.text, v.keep)) })
	}
}

func TestUnescape(t *testing.T) {
	for _, v := range []struct {
		name, text string
		plus       bool
		want       string
	}{
		{"nothing to undo", "azAZ09-._~", true, "azAZ09-._~"},
		{"digits of either case", "%2f%2F%c3%BC", false, "//ü"},
		{"plus in a path", "a+b%20c", false, "a+b c"},
		{"plus in a query", "a+b%2Bc", true, "a b+c"},
		{"literal percent signs", "100%, %2, %2g, %%41", false, "100%, %2, %2g, %A"},
		{"cut off", "%4", false, "%4"},
	} {
		t.Run(v.name, func(t *testing.T) { require.Equal(t, v.want, Unescape(v.text, v.plus)) })
	}
}
