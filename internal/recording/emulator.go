package recording

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// dummy are the credentials of the clients of an emulator, and of crcheck itself. Emulators tell
// accounts apart by the key; these lead to the default account of all of them.
var dummy = sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

// Validate returns an error if the options are for another upstream.
func (o *Options) Validate() error {
	_, err := o.upstream()
	return err
}

func (o *Options) upstream() (*url.URL, error) {
	upstream, err := proxy.ParseUpstream(o.Upstream)
	if err != nil {
		return nil, fmt.Errorf("--upstream: %w", err)
	}
	if proxy.OnThisMachine(upstream) {
		return upstream, nil
	}
	for _, local := range []struct {
		set       bool
		flag, why string
	}{
		{o.NoRedact, "--no-redact", "the responses of any other service may be about somebody"},
		{o.AnyCredentials, "--any-credentials", "any other service needs real credentials"},
	} {
		if local.set {
			return nil, fmt.Errorf("%s: the upstream %s is not on this machine, and %s; this flag is for emulators at localhost or 127.0.0.1", local.flag, upstream.Host, local.why)
		}
	}
	return upstream, nil
}

// graded grades findings by the profile. In a recording that is not redacted on purpose, secrets are
// only info.
func (o *Options) graded(found finding.Set) finding.Set {
	found = o.Profile.Grade(found)
	if o.NoRedact {
		found = redact.Admitted(found)
	}
	return found
}

// emulator starts the mode that takes any credentials.
func (o *Options) emulator(target proxy.Target, a net.Addr, services []string, log *log) *session {
	target.Allow, target.Unsigned = nil, nil
	p := &proxy.Emulator{Target: target}
	log.learn = p.Learn
	region := o.Region
	if region == "" {
		region = serve.DefaultRegion
	}
	return &session{p, proxy.ResignEnvironment("http://"+serve.Reachable(a), region, dummy, services...), func(context.Context) {}, func() {}}
}
