package recording

import (
	"bytes"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/traffic"
)

// followed are the members of responses whose host some SDKs use as the endpoint of further
// requests, so that these go past the proxy. Endpoint discovery and account-based endpoints are not
// among them because the environment of the command turns them off; see [serve.Endpoints].
var followed = []struct{ target, member, setting string }{
	{"AmazonSQS.", "QueueUrl", "some SDKs send requests to the host of QueueUrl instead of the endpoint; " +
		"create the client with useQueueUrlAsEndpoint: false (JavaScript), or pass the queue's URL with the host of AWS_ENDPOINT_URL"},
}

// elsewhere notices that a client may have left the proxy: it was told a URL, and no request that uses
// it has come.
type elsewhere struct{ told, used map[string]bool } // by member

func newElsewhere() elsewhere { return elsewhere{map[string]bool{}, map[string]bool{}} }

func (e *elsewhere) see(x *traffic.Interaction) {
	target := awshttp.Value(x.Request.Header, awshttp.Target)
	for _, f := range followed {
		if !strings.HasPrefix(target, f.target) {
			continue
		}
		if has(x.Request.Body.Bytes, f.member) {
			e.used[f.member] = true
		} else if has(x.Response.Body.Bytes, f.member) {
			e.told[f.member] = true
		}
	}
}

// has reports whether a JSON body has a member.
func has(body []byte, member string) bool {
	var members map[string]jsontext.Value
	if !bytes.Contains(body, []byte(member)) || jsonv2.Unmarshal(body, &members) != nil {
		return false
	}
	return len(members[member]) > 0
}

// findings returns a finding for each member that was told and not used.
func (e *elsewhere) findings() (found finding.Set) {
	for _, f := range followed {
		if e.told[f.member] && !e.used[f.member] {
			found = append(found, finding.Finding{Rule: finding.RecordElsewhere, Message: "the command received a " + f.member + ", and sent no request with it: " + f.setting})
		}
	}
	return finding.NewSet(found...)
}
