package proxy

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// NewSession returns the credentials of a session. They are random, valid for this session only,
// and visibly not an AWS key.
func NewSession() sigv4.Credentials {
	return sigv4.Credentials{
		AccessKeyID:     "CRCHECK" + rand.Text()[:13],
		SecretAccessKey: rand.Text() + rand.Text()[:14],
		SessionToken:    "crcheck-session-" + rand.Text(),
	}
}

// Chain finds the user's credentials and region as every AWS SDK does: in the environment,
// configuration files, single sign-on, containers and instances. If profile is empty, they also
// determine the profile. A missing profile is an error; the credentials are not retrieved yet.
func Chain(ctx context.Context, profile string) (user aws.CredentialsProvider, region string, err error) {
	var options []func(*config.LoadOptions) error
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	return cfg.Credentials, cfg.Region, err
}

// prefixed says how to keep an SDK from adding a prefix to the host of its endpoint, or "" if it added
// none. The resolver of a system may take any name below localhost to the proxy.
func prefixed(r *http.Request) string {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return ""
	}
	host := strings.ToLower(r.Host)
	for _, own := range []string{local.String(), net.JoinHostPort("localhost", strconv.Itoa(local.Port))} {
		if host != own && strings.HasSuffix(host, own) {
			return "; keep the client from adding a prefix to it: for Amazon S3, address buckets by path " +
				"(forcePathStyle in JavaScript, addressing_style = path in Python); for other services, turn off host prefixes (disableHostPrefix, inject_host_prefix=False)"
		}
	}
	return ""
}

// Loopback reports whether a listener can be reached from this machine only.
func Loopback(a net.Addr) bool {
	host, _, err := net.SplitHostPort(a.String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
