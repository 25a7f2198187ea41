package proxy

import (
	"context"
	"crypto/rand"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// NewSession makes the credentials of a session: random, of no use anywhere else, and visibly no
// AWS key.
func NewSession() sigv4.Credentials {
	return sigv4.Credentials{
		AccessKeyID:     "CRCHECK" + rand.Text()[:13],
		SecretAccessKey: rand.Text() + rand.Text()[:14],
		SessionToken:    "crcheck-session-" + rand.Text(),
	}
}

// Chain finds the user's credentials and region in the way of every AWS SDK: environment,
// configuration files, single sign-on, containers, instances. An empty profile is the one that
// these say. The credentials are not asked for yet, save that a profile which is not there is an
// error.
func Chain(ctx context.Context, profile string) (user aws.CredentialsProvider, region string, err error) {
	var options []func(*config.LoadOptions) error
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	return cfg.Credentials, cfg.Region, err
}

// HostsOf is what a client that means this listener may say in the header Host: its address, by
// which [Resign.Hosts] names it in refusals, and localhost where it listens there. It is nil where
// the listener listens on all addresses: their names are not known.
func HostsOf(a net.Addr) []string {
	host, port, err := net.SplitHostPort(a.String())
	ip := net.ParseIP(host)
	if err != nil || ip == nil || ip.IsUnspecified() {
		return nil
	}
	hosts := []string{a.String()}
	if ip.IsLoopback() {
		hosts = append(hosts, net.JoinHostPort("localhost", port))
	}
	return hosts
}

func hostIs(hosts []string, host string) bool {
	return hosts == nil || slices.Contains(hosts, strings.ToLower(host))
}

// Loopback says whether a listener can be reached from this machine only.
func Loopback(a net.Addr) bool {
	host, _, err := net.SplitHostPort(a.String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
