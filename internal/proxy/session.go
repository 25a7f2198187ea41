package proxy

import (
	"context"
	"crypto/rand"
	"net"

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

// Loopback reports whether a listener can be reached from this machine only.
func Loopback(a net.Addr) bool {
	host, _, err := net.SplitHostPort(a.String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
