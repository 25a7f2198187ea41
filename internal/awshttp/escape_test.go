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
