package recording

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/serve"
)

// session is a running proxy of one mode.
type session struct {
	handler http.Handler
	client  proxy.Environment
	ended   func(context.Context) // called after the server has ended
	end     func()                // called last, to clean up
}

func (o *Options) session(target proxy.Target, user userCredentials, a net.Addr, services []string, log *log) (*session, error) {
	switch {
	case o.Forward:
		return o.forward(target, a)
	case o.AnyCredentials:
		return o.emulator(target, a, services, log), nil
	}
	return o.resign(target, user, a, services), nil
}

// userCredentials are the credentials and the region that the re-sign mode signs with.
type userCredentials struct {
	aws.CredentialsProvider
	region string
}

// user finds the user's credentials. An upstream on this machine gets dummy credentials unless a profile
// is named: it is an emulator, and has no business with real ones.
func (o *Options) user(ctx context.Context, upstream *url.URL) (userCredentials, error) {
	if o.AwsProfile == "" && proxy.OnThisMachine(upstream) {
		return userCredentials{credentials.NewStaticCredentialsProvider(dummy.AccessKeyID, dummy.SecretAccessKey, ""), ""}, nil
	}
	user, region, err := proxy.Chain(ctx, o.AwsProfile)
	if err == nil {
		_, err = user.Retrieve(ctx)
	}
	if err != nil {
		return userCredentials{}, &credentialsError{o.AwsProfile, err}
	}
	return userCredentials{user, region}, nil
}

// resign starts the mode that signs requests again.
func (o *Options) resign(target proxy.Target, user userCredentials, a net.Addr, services []string) *session {
	region := cmp.Or(o.Region, proxy.Region(target.Upstream), user.region, serve.DefaultRegion)
	p := &proxy.Resign{Target: target, Session: proxy.NewSession(), User: user}
	return &session{p, proxy.ResignEnvironment("http://"+serve.Reachable(a), region, p.Session, services...), func(context.Context) {}, func() {}}
}

// credentialsError is the error of a user without credentials.
type credentialsError struct {
	profile string
	err     error
}

func (e *credentialsError) Error() string {
	where := "the environment or the AWS configuration files"
	if e.profile != "" {
		where = "the AWS profile " + e.profile
	}
	return fmt.Sprintf("found no credentials in %s: %v; log in, choose a profile with --aws-profile, or use --forward", where, e.err)
}

func (e *credentialsError) Unwrap() error { return e.err }

// forward starts the mode that keeps the client's signatures.
func (o *Options) forward(target proxy.Target, a net.Addr) (*session, error) {
	p, err := proxy.NewForward(target)
	if err != nil {
		return nil, fmt.Errorf("--forward: %w", err)
	}
	folder, err := os.MkdirTemp("", "crcheck-record-")
	if err != nil {
		return nil, fmt.Errorf("the session's certificate cannot be written: %w; name a folder with free space in TMPDIR", err)
	}
	end := func() { os.RemoveAll(folder) }
	bundle := filepath.Join(folder, "ca.pem")
	if err := os.WriteFile(bundle, proxy.Bundle(p.Authority(), os.Environ()), 0o600); err != nil {
		end()
		return nil, fmt.Errorf("the session's certificate cannot be written: %w; name a folder with free space in TMPDIR", err)
	}
	client := proxy.ForwardEnvironment(p.URL(serve.Reachable(a)), bundle, target.Upstream)
	if o.Region != "" {
		client = client.With("AWS_REGION="+o.Region, "AWS_DEFAULT_REGION="+o.Region)
	}
	ended := func(ctx context.Context) { p.End(ctx) } //nolint:errcheck // unfinished exchanges are not recorded
	return &session{p, client, ended, end}, nil
}
