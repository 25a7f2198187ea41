package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/validate"
)

// deviationVectors has documents for every known deviation of AWS: one with the
// exact value, and one with a wrong value beside it in the same place. The shapes
// are an excerpt of the model; the structure is the member X of input and output.
var deviationVectors = map[string][]struct {
	structure, shapes string
	exact, neighbour  string
	rule              finding.RuleID // of the neighbour; empty: that of the deviation
}{
	"enum.unknown-value bedrock-runtime:ToolUseBlock$type tool_use": {{
		"ToolUseBlock", `"ToolUseBlock":{"type":"structure","members":{"type":{"shape":"T"}}},"T":{"type":"string","enum":["server_tool_use"]}`,
		`{"type":"tool_use"}`, `{"type":"tool_used"}`, ""}},
	"enum.unknown-value bedrock-runtime:ToolUseBlockStart$type tool_use": {{
		"ToolUseBlockStart", `"ToolUseBlockStart":{"type":"structure","members":{"type":{"shape":"T"}}},"T":{"type":"string","enum":["server_tool_use"]}`,
		`{"type":"tool_use"}`, `{"type":"TOOL_USE"}`, ""}},
	"member.missing bedrock-runtime:GuardrailSensitiveInformationPolicyAssessment$regexes absent": {{
		"GuardrailSensitiveInformationPolicyAssessment", `"GuardrailSensitiveInformationPolicyAssessment":{"type":"structure","required":["piiEntities","regexes"],"members":{"piiEntities":{"shape":"L"},"regexes":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"S"}},"S":{"type":"string"}`,
		`{"piiEntities":[]}`, `{"piiEntities":[],"regexes":""}`, finding.TypeMismatch}, {
		"GuardrailSensitiveInformationPolicyAssessment", `"GuardrailSensitiveInformationPolicyAssessment":{"type":"structure","required":["piiEntities","regexes"],"members":{"piiEntities":{"shape":"L"},"regexes":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"S"}},"S":{"type":"string"}`,
		`{"piiEntities":[]}`, `{"regexes":[]}`, finding.MemberMissingCollection}},
	`member.unknown bedrock-runtime:TokenUsage$* ~"cache((Read|Write)InputTokenCount|Details)"`: {{
		"TokenUsage", `"TokenUsage":{"type":"structure","members":{"inputTokens":{"shape":"I"}}},"I":{"type":"integer"}`,
		`{"cacheReadInputTokenCount":1}`, `{"cacheReadInputTokensCount":1}`, ""}, {
		"TokenUsage", `"TokenUsage":{"type":"structure","members":{"inputTokens":{"shape":"I"}}},"I":{"type":"integer"}`,
		`{"cacheWriteInputTokenCount":1}`, `{"cacheInputTokenCount":1}`, ""}, {
		"TokenUsage", `"TokenUsage":{"type":"structure","members":{"inputTokens":{"shape":"I"}}},"I":{"type":"integer"}`,
		`{"cacheDetails":[]}`, `{"cacheDetail":[]}`, ""}},
	"member.unknown bedrock-runtime:*Event$p p": {{
		"MessageStopEvent", `"MessageStopEvent":{"type":"structure","members":{"stopReason":{"shape":"S"}}},"S":{"type":"string"}`,
		`{"p":"abcdefghij"}`, `{"q":"abcdefghij"}`, ""}},
	"member.unknown bedrock-runtime:*Part$p p": {{
		"PayloadPart", `"PayloadPart":{"type":"structure","members":{"bytes":{"shape":"S"}}},"S":{"type":"string"}`,
		`{"p":"abc"}`, `{"P":"abc"}`, ""}},
	"enum.unknown-value acm:Certificate*$KeyAlgorithm RSA-2048": {{
		"CertificateDetail", `"CertificateDetail":{"type":"structure","members":{"KeyAlgorithm":{"shape":"K"}}},"K":{"type":"string","enum":["RSA_1024","RSA_2048"]}`,
		`{"KeyAlgorithm":"RSA-2048"}`, `{"KeyAlgorithm":"RSA-1024"}`, ""}, {
		"CertificateSummary", `"CertificateSummary":{"type":"structure","members":{"KeyAlgorithm":{"shape":"K"}}},"K":{"type":"string","enum":["RSA_1024","RSA_2048"]}`,
		`{"KeyAlgorithm":"RSA-2048"}`, `{"KeyAlgorithm":"RSA2048"}`, ""}},
	"enum.unknown-value lambda:FunctionConfiguration$LastUpdateStatusReasonCode Creating": {{
		"FunctionConfiguration", `"FunctionConfiguration":{"type":"structure","members":{"LastUpdateStatusReasonCode":{"shape":"R"}}},"R":{"type":"string","enum":["EniLimitExceeded"]}`,
		`{"LastUpdateStatusReasonCode":"Creating"}`, `{"LastUpdateStatusReasonCode":"creating"}`, ""}},
	"constraint.range dynamodb:ProvisionedThroughputDescription$NumberOfDecreasesToday 0": {{
		"ProvisionedThroughputDescription", `"ProvisionedThroughputDescription":{"type":"structure","members":{"NumberOfDecreasesToday":{"shape":"P"}}},"P":{"type":"long","min":1}`,
		`{"NumberOfDecreasesToday":0}`, `{"NumberOfDecreasesToday":-1}`, ""}},
	"member.missing sqs:SendMessageBatchResult$Failed absent": {{
		"SendMessageBatchResult", `"SendMessageBatchResult":{"type":"structure","required":["Successful","Failed"],"members":{"Successful":{"shape":"L"},"Failed":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"S"}},"S":{"type":"string"}`,
		`{"Successful":[]}`, `{"Failed":[]}`, finding.MemberMissingCollection}, {
		"SendMessageBatchResult", `"SendMessageBatchResult":{"type":"structure","required":["Successful","Failed"],"members":{"Successful":{"shape":"L"},"Failed":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"S"}},"S":{"type":"string"}`,
		`{"Successful":[],"Failed":null}`, `{"Successful":[],"Failed":{}}`, finding.TypeMismatch}},
	"enum.unknown-value servicecatalog:*$Status CREATED": {{
		"ProductViewDetail", `"ProductViewDetail":{"type":"structure","members":{"Status":{"shape":"T"}}},"T":{"type":"string","enum":["AVAILABLE","CREATING","FAILED"]}`,
		`{"Status":"CREATED"}`, `{"Status":"CREATE"}`, ""}},
	"enum.unknown-value dms:*Endpoint*$EndpointType SOURCE": {{
		"Endpoint", `"Endpoint":{"type":"structure","members":{"EndpointType":{"shape":"T"}}},"T":{"type":"string","enum":["source","target"]}`,
		`{"EndpointType":"SOURCE"}`, `{"EndpointType":"TARGET"}`, ""}},
	"enum.unknown-value mq:*$EngineType ActiveMQ": {{
		"BrokerSummary", `"BrokerSummary":{"type":"structure","members":{"EngineType":{"shape":"T"}}},"T":{"type":"string","enum":["ACTIVEMQ","RABBITMQ"]}`,
		`{"EngineType":"ActiveMQ"}`, `{"EngineType":"RabbitMQ"}`, ""}},
	"enum.unknown-value config:*$*[sS]tat* SUCCESS": {{
		"ConfigurationRecorderStatus", `"ConfigurationRecorderStatus":{"type":"structure","members":{"lastStatus":{"shape":"T"}}},"T":{"type":"string","enum":["Pending","Success"]}`,
		`{"lastStatus":"SUCCESS"}`, `{"lastStatus":"PENDING"}`, ""}},
	`enum.unknown-value sqs:ReceiveMessageRequest$AttributeNames input ~"(ApproximateFirstReceiveTimestamp|ApproximateReceiveCount|AWSTraceHeader|MessageDeduplicationId|MessageGroupId|SenderId|SentTimestamp|SequenceNumber)"`: {{
		"ReceiveMessageRequest", sqsReceive, `{"AttributeNames":["All","MessageGroupId"]}`, `{"AttributeNames":["MessageGroup"]}`, ""}, {
		"ReceiveMessageRequest", sqsReceive, `{"AttributeNames":["AWSTraceHeader"]}`, `{"AttributeNames":["DeadLetterQueueSourceArn"]}`, ""}},
}

const sqsReceive = `"ReceiveMessageRequest":{"type":"structure","members":{"AttributeNames":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"Q"}},"Q":{"type":"string","enum":["All","Policy"]}`

// TestDeviations checks that an entry of the table regrades exactly its value, and only on its side.
func TestDeviations(t *testing.T) {
	known := map[string]bool{}
	for _, d := range finding.Deviations() {
		name := fmt.Sprintf("%s %s %s", d.Rule, d.At(), d.Value)
		known[name] = true
		t.Run(name, func(t *testing.T) {
			require.NotEmpty(t, deviationVectors[name], "an entry needs vectors")
			for _, v := range deviationVectors[name] {
				check := func(part schema.Part, document string) finding.Set {
					service, _, _ := strings.Cut(d.Shape, ":")
					return validated(t, service, v.structure, v.shapes, part, `{"X":`+document+`}`)
				}
				side, other := schema.OutputPart, schema.InputPart
				if d.Part == "input" {
					side, other = other, side
				}
				exact := check(side, v.exact)
				require.Len(t, exact, 1)
				original := exact[0].Severity
				run := func(mode report.DeviationMode, origin finding.Origin, findings finding.Set) *report.Report {
					c := report.Collector{Accept: report.Acceptance{Deviations: mode}, Origin: origin}
					for _, f := range findings {
						c.Add(f, nil)
					}
					return c.Report(nil, report.FailOnError)
				}
				kept := func(r *report.Report, severity finding.Severity) {
					require.Nil(t, r.Hidden)
					require.Zero(t, r.Deviations)
					require.Len(t, r.Groups, 1)
					require.Equal(t, severity, r.Groups[0].Severity)
				}
				for _, origin := range []finding.Origin{finding.OriginUnknown, finding.OriginAWS} {
					hidden, shown := run(report.DeviationsHide, origin, exact), run(report.DeviationsShow, origin, exact)
					if !d.Regrades() {
						kept(hidden, original)
						kept(shown, original)
						require.Contains(t, hidden.Groups[0].Remedy, d.Hint())
						continue
					}
					require.Empty(t, hidden.Groups)
					require.Equal(t, 1, hidden.Hidden.Deviations)
					require.Equal(t, 1, shown.Deviations)
					require.Equal(t, finding.Info, shown.Groups[0].Severity)
				}
				kept(run(report.DeviationsError, finding.OriginAWS, exact), original)
				for _, origin := range []finding.Origin{finding.OriginEmulator, finding.OriginFixtures} {
					if r := run(report.DeviationsHide, origin, exact); side == schema.InputPart {
						require.Empty(t, r.Groups)
					} else {
						kept(r, original)
					}
				}

				neighbour := check(side, v.neighbour)
				require.Len(t, neighbour, 1)
				if v.rule == "" {
					v.rule = d.Rule
				}
				require.Equal(t, v.rule, neighbour[0].Rule)
				kept(run(report.DeviationsHide, finding.OriginAWS, neighbour), neighbour[0].Severity)

				both := run(report.DeviationsHide, finding.OriginAWS, append(exact[:1:1], neighbour...))
				require.Equal(t, neighbour[0].Severity, both.Groups[0].Severity)

				opposite := check(other, v.exact)
				require.Len(t, opposite, 1)
				kept(run(report.DeviationsHide, finding.OriginAWS, opposite), opposite[0].Severity)

				elsewhere := exact[0]
				elsewhere.Operation = "other.GetThing"
				kept(run(report.DeviationsHide, finding.OriginAWS, finding.Set{elsewhere}), original)
			}
		})
	}
	for name := range deviationVectors {
		require.True(t, known[name], "%s is not in the table", name)
	}
}

// validated validates a document of a part of an operation of the service.
func validated(t *testing.T, service, structure, shapes string, part schema.Part, document string) finding.Set {
	t.Helper()
	result, err := source.Read([]byte(`{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"`+service+`","jsonVersion":"1.1","protocol":"json","serviceId":"`+service+
		`","signatureVersion":"v4","targetPrefix":"T"},"operations":{"GetThing":{"name":"GetThing","http":{"method":"POST","requestUri":"/"},"input":{"shape":"In"},"output":{"shape":"Out"}}},"shapes":{`+
		`"In":{"type":"structure","members":{"X":{"shape":"`+structure+`"}}},"Out":{"type":"structure","members":{"X":{"shape":"`+structure+`"}}},`+shapes+`}}`), "")
	require.NoError(t, err)
	c := result.Contracts[0]
	require.Equal(t, service, c.Service)
	found, err := validate.MustCompile(c, validate.Options{}).Part(part, []byte(document))
	require.NoError(t, err)
	return found
}
