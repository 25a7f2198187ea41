package lint_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/lint"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

const job = `{"protectedJob":{"id":"00000000-0000-4000-8000-000000000001","membershipId":"10000000-0000-4000-8000-000000000001","membershipArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/10000000-0000-4000-8000-000000000001","createTime":1767225600,"status":"SUCCESS"}}`

// cassette writes interactions with the given bodies, all with one request.
func cassette(t *testing.T, meta traffic.Meta, bodies ...string) []byte {
	t.Helper()
	var all []*traffic.Interaction
	for i, body := range bodies {
		all = append(all, &traffic.Interaction{Index: i, Meta: meta,
			Request:  &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001"},
			Response: traffic.Response{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(body))}})
	}
	var text bytes.Buffer
	require.NoError(t, traffic.Convert(&text, traffic.Cassette, func(yield func(*traffic.Interaction, error) bool) {
		for _, x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}))
	return text.Bytes()
}

// file checks a file, and calls found with each interaction and its findings, and with those about an
// odd entry or the file.
func file(name string, in io.Reader, options lint.Options, found func(*traffic.Interaction, validate.Outcome, finding.Set)) error {
	f, text := lint.New(name, options), &lint.Text{}
	for x, err := range traffic.Read(name, io.TeeReader(in, text)) {
		var odd *traffic.Error
		if errors.As(err, &odd) && odd.Is(traffic.ErrOddEntry) {
			found(nil, validate.Outcome{}, options.Profile.Grade(validate.Odd(odd)))
			continue
		}
		if err != nil {
			return err
		}
		checked, err := f.Check(x)
		if err != nil {
			return err
		}
		found(x, checked.Outcome, f.Add(x, checked))
	}
	found(nil, validate.Outcome{}, f.Whole(text.Differs(name)))
	return nil
}

// TestFile checks that each rule of the layer rejects one cassette and accepts a similar one.
func TestFile(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	current := traffic.Meta{Contract: c.String(), ContractDigest: c.Digest()}
	other := current
	other.ContractDigest = "sha256:0"
	unknown := traffic.Meta{Contract: "garden.GetBed@1"}
	waiting := bytes.ReplaceAll([]byte(job), []byte("SUCCESS"), []byte("STARTED"))
	failing := bytes.ReplaceAll([]byte(job), []byte("SUCCESS"), []byte("DONE"))
	vectors := []struct {
		name  string
		text  []byte
		rules []finding.RuleID
	}{
		{"clean", cassette(t, current, job), nil},
		{"another form of the contract", cassette(t, other, job), []finding.RuleID{finding.CassetteStale}},
		{"an unknown contract", cassette(t, unknown, job), []finding.RuleID{finding.CassetteStale}},
		{"no contract", cassette(t, traffic.Meta{}, job), nil},
		{"responses that differ", cassette(t, current, string(waiting), job), nil},
		{"the same twice", cassette(t, current, job, job), []finding.RuleID{finding.CassetteDuplicate}},
		{"thrice", cassette(t, current, job, job, job), []finding.RuleID{finding.CassetteDuplicate, finding.CassetteDuplicate}},
		{"another style", bytes.Replace(cassette(t, current, job), []byte("status: "), []byte("status:  "), 1), []finding.RuleID{finding.CassetteUnsorted}},
		{"what breaks the contract", cassette(t, current, string(failing)), []finding.RuleID{finding.EnumUnknownValue}},
		{"a secret", cassette(t, current, job[:len(job)-2]+`,"error":{"code":"x","message":"key AKIAFAKEFAKEFAKEFAKE"}}}`), []finding.RuleID{finding.SecretFound}},
		{"an entry without a response", []byte("version: 1\ninteractions:\n- request: {method: GET, url: \"https://localhost/\"}\n"), []finding.RuleID{finding.TrafficOddEntry}},
		{"nothing", []byte("version: 1\ninteractions: []\n"), nil},
	}
	checks, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	covered := map[finding.RuleID]bool{}
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			var rules []finding.RuleID
			err := file("x.yaml", bytes.NewReader(v.text), lint.Options{
				Check: func(x *traffic.Interaction) (validate.Outcome, error) { return checks.Check(x, validate.Bare{}) },
				Contract: func(name string) *schema.Contract {
					if name == c.String() {
						return c
					}
					return nil
				},
			}, func(x *traffic.Interaction, _ validate.Outcome, found finding.Set) {
				for _, f := range found {
					require.Equal(t, "x.yaml", f.Source)
					require.Equal(t, x != nil || f.Rule == finding.TrafficOddEntry, f.Interaction > 0)
					rules = append(rules, f.Rule)
					covered[f.Rule] = true
				}
			})
			require.NoError(t, err)
			require.Equal(t, v.rules, rules)
		})
	}
	for _, rule := range finding.Rules() {
		if rule.Layer == finding.LayerCassette {
			require.True(t, covered[rule.ID], "%s has no vector", rule.ID)
		}
	}
}

// TestBlob checks that a blob of the contract is not a secret, although it looks like one.
func TestBlob(t *testing.T) {
	text := cassette(t, traffic.Meta{}, `{"x":"`+strings.Repeat("fakeFAKE0", 4)+`/+fa"}`)
	blob := func(*traffic.Interaction) redact.Places {
		return redact.Places{Response: &redact.Node{Members: map[string]*redact.Node{"x": {Place: redact.Place{Blob: true}}}}}
	}
	for _, v := range []struct {
		classify redact.Classify
		rules    []finding.RuleID
	}{{nil, []finding.RuleID{finding.SecretFound}}, {blob, nil}} {
		var rules []finding.RuleID
		err := file("x.yaml", bytes.NewReader(text), lint.Options{
			Check:    func(*traffic.Interaction) (validate.Outcome, error) { return validate.Outcome{}, nil },
			Classify: v.classify,
		}, func(_ *traffic.Interaction, _ validate.Outcome, found finding.Set) {
			rules = append(rules, found.Rules()...)
		})
		require.NoError(t, err)
		require.Equal(t, v.rules, rules)
	}
}

// TestSecretsBesideExemptions checks that linting a file runs the scan of package redact:
// placeholders and data pass, a secret of the same form does not, wherever it is.
func TestSecretsBesideExemptions(t *testing.T) {
	key := "AKIA" + strings.Repeat("Q7", 8)
	secret := "aB3/" + strings.Repeat("xY7+kQ", 6)
	data := "iVBORw0KGgo" + strings.Repeat("Zm9vYmFy-aB3_", 40)
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"v":2,"marker":{"id":"job-0001"}}`))
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(`{"v":2,"k":"` + s + `"}`)) }
	for _, v := range []struct {
		body  string
		found bool
	}{
		{`{"a":"AKIAIOSFODNN7EXAMPLE","password":"<REDACTED>","secretKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}`, false},
		{`{"a":"` + data + `","nextToken":"` + token + `"}`, false},
		{`{"a":"AKIAIOSFODNN7EXAMPLE","b":"` + key + `"}`, true},
		{`{"a":"AKIAIOSFODNN7EXAMPLE,` + key + `"}`, true},
		{`{"a":"` + encode("AKIAIOSFODNN7EXAMPLE") + `"}`, false},
		{`{"a":"` + encode(key) + `"}`, true},
		{`{"a":"` + data + `","b":"` + secret + `"}`, true},
		{`{"a":"` + data + ` ` + secret + `"}`, true},
		{`{"a":"` + encode(secret) + `"}`, true},
	} {
		t.Run(v.body[:min(len(v.body), 60)], func(t *testing.T) {
			var rules []finding.RuleID
			err := file("x.yaml", bytes.NewReader(cassette(t, traffic.Meta{}, v.body)), lint.Options{
				Check: func(*traffic.Interaction) (validate.Outcome, error) { return validate.Outcome{}, nil },
			}, func(_ *traffic.Interaction, _ validate.Outcome, found finding.Set) {
				rules = append(rules, found.Rules()...)
			})
			require.NoError(t, err)
			require.Equal(t, v.found, slices.Contains(rules, finding.SecretFound))
		})
	}
}

// TestUnredacted checks that a recording of an emulator in which nothing was replaced is one warning
// as soon as git tracks it, and that its secrets are info, but not those of another cassette.
func TestUnredacted(t *testing.T) {
	secret := job[:len(job)-2] + `,"error":{"code":"x","message":"key AKIAQWERTZUIOPASDFGH"}}}`
	for _, v := range []struct {
		name    string
		meta    traffic.Meta
		tracked bool
		want    []string
	}{
		{"not tracked", traffic.Meta{From: "emulator", Redacted: traffic.NotRedacted}, false, []string{"info secret.found"}},
		{"tracked", traffic.Meta{From: "emulator", Redacted: traffic.NotRedacted}, true, []string{"info secret.found", "warning record.unredacted"}},
		{"redacted and tracked", traffic.Meta{From: "emulator"}, true, []string{"error secret.found"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, "x.yaml")
			text := cassette(t, v.meta, secret)
			require.NoError(t, os.WriteFile(name, text, 0o600))
			if v.tracked {
				for _, args := range [][]string{{"init", "-q"}, {"add", "x.yaml"}} {
					out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput()
					require.NoError(t, err, string(out))
				}
			}
			var got []string
			err := file(name, bytes.NewReader(text), lint.Options{
				Profile:  finding.Default,
				Check:    func(*traffic.Interaction) (validate.Outcome, error) { return validate.Outcome{}, nil },
				Contract: func(string) *schema.Contract { return nil },
			}, func(_ *traffic.Interaction, _ validate.Outcome, found finding.Set) {
				for _, f := range found {
					got = append(got, f.Severity.String()+" "+string(f.Rule))
				}
			})
			require.NoError(t, err)
			require.Equal(t, v.want, got)
		})
	}
}
