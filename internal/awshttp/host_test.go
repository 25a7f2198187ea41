package awshttp

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOwnHost(t *testing.T) {
	const loopback, elsewhere = "127.0.0.1", "192.0.2.7"
	for _, v := range []struct {
		name, local string
		port        int
		host        string
		want        bool
	}{
		{"the address", loopback, 8080, "127.0.0.1:8080", true},
		{"localhost", loopback, 8080, "LocalHost:8080", true},
		{"a bucket in front of localhost", loopback, 8080, "bucket.localhost:8080", true},
		{"a name of /etc/hosts", loopback, 8080, "build-7:8080", true},
		{"the default port", loopback, 80, "localhost", true},
		{"IPv6", "::1", 8080, "[::1]:8080", true},
		{"IPv6, the default port", "::1", 80, "[::1]", true},
		{"a page's own domain", loopback, 8080, "rebound.example.com:8080", false},
		{"a page's own domain, IPv6", "::1", 8080, "rebound.example.com:8080", false},
		{"a domain that resembles localhost", loopback, 8080, "localhost.example.com:8080", false},
		{"a domain that begins with the address", loopback, 8080, "127.0.0.1.example.com:8080", false},
		{"a domain with a dot at its end", loopback, 8080, "example.com.:8080", false},
		{"the service", loopback, 8080, "dynamodb.us-east-1.amazonaws.com", false},
		{"another port", loopback, 8080, "127.0.0.1:1", false},
		{"no port", loopback, 8080, "127.0.0.1", false},
		{"no host", loopback, 8080, ":8080", false},
		{"nothing", loopback, 80, "", false},
		{"a container, another port", elsewhere, 8080, "localhost:9000", true},
		{"a container's name", elsewhere, 8080, "replay:8080", true},
		{"the host of a container", elsewhere, 8080, "host.docker.internal:8080", true},
		{"a page's own domain for another address", elsewhere, 8080, "rebound.example.com:8080", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.ParseIP(v.local), Port: v.port}))
			require.Equal(t, v.want, OwnHost((&http.Request{Host: v.host}).WithContext(ctx)))
		})
	}
	require.True(t, OwnHost(&http.Request{Host: "example.com"}), "not received by a server")
}
