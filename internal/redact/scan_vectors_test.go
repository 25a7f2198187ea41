package redact

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake returns n characters that look random. Secrets are put together at run time, so that no
// scanner reports this file.
func fake(n int) string { return random(uint64(n), n, upperDigits+lowerLetters) }

func fakeHex(n int) string { return random(uint64(n), n, "0123456789abcdef") }

// vectors are secrets that a rule finds, and neighbours that no rule finds.
type vectors struct{ hits, neighbours []string }

const minVectors = 3 // of either kind for each rule

var secretVectors = map[string]vectors{
	"an AWS access key ID": {
		[]string{keyID, "key=" + keyID + ";", "ASIA" + keyID[4:], "ABIA" + keyID[4:]},
		[]string{"AKIAIOSFODNN7EXAMPLE", "AKIDEXAMPLE", "AKIA" + "short", "AKIA is a prefix of key IDs"}},
	"an AWS secret access key": {
		[]string{secretSix, "my key: " + secretSix, "a/" + strings.ReplaceAll(strings.ReplaceAll(secretSix, "/", "a"), "+", "b")},
		[]string{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", strings.Repeat("0a", 20), secretSix + "aa", base64.StdEncoding.EncodeToString([]byte("this is a text of thirty bytes"))}},
	"an AWS session token": {
		[]string{"IQoJ" + strings.Repeat("aZ8b", 30), "FwoG" + fake(100) + "==", "token FQoG" + fake(80)},
		[]string{"IQoJ", "IQoJ...", "FwoGZXIvYXdzEXAMPLE", "the prefix FQoG of tokens"}},
	"an AWS signature": {
		[]string{"AWS AKIDEXAMPLE:" + fake(27) + "=", "Authorization: AWS " + keyID + ":" + fake(27) + "=", "AWS test:" + fake(43) + "="},
		[]string{"AWS Lambda: a service", "AWS " + "key:value", "AWS account: 111122223333", "AWS AKIDEXAMPLE:" + fake(27)}},
	"a Bedrock API key": {
		[]string{"ABSK" + fake(128) + "=", "key " + "ABSK" + fake(110), "bedrock-api-key-" + fake(400) + "&Version=1"},
		[]string{"ABSK", "ABSKELETON", "bedrock-api-key-test", "bedrock-api-key-..."}},
	"an AWS service token": {
		[]string{"k8s-aws-v1." + fake(300), "da2-" + random(1, 26, "abcdefghijklmnopqrstuvwxyz0123456789"), "amzn.mws.4ea38b7b-" + fakeHex(4) + "-" + fakeHex(4) + "-" + fakeHex(4) + "-" + fakeHex(12)},
		[]string{"k8s-aws-v1.", "da2-short", "panda2-" + fakeHex(26), "amzn.mws.prefix"}},
	"a private key": {
		[]string{"-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN " + "PRIVATE KEY-----\nMIIE", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\\nb3Bl\\n-----END OPENSSH PRIVATE KEY-----\\n", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\n\nlQdG\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----"},
		[]string{"-----BEGIN CERTIFICATE-----\nMIIE", "a private key", "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----", "-----BEGIN " + "PRIVATE KEY-----\n-----END PRIVATE KEY-----"}},
	"a JSON Web Token": {
		[]string{"eyJ" + "hbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln", "token=eyJ" + fake(40) + "." + fake(60) + "." + fake(43), "eyJ" + fake(40) + "." + fake(60) + "." + fake(16) + "." + fake(60) + "." + fake(22)},
		[]string{"eyJ.a.b", "eyJhbGciOiJub25lIn0", "eyJhbGciOi...", "eyJhbGciOiJub25lIn0.short.c2ln"}},
	"a bearer token": {
		[]string{"Authorization: Bearer " + strings.Repeat("ab.", 8), "bearer\t" + fake(20), `"BEARER ` + fake(16) + `=="`},
		[]string{"the bearer of news", "bearer token", `"tokenType": "Bearer"`, "Bearer <your-access-token>"}},
	"basic credentials": {
		[]string{"Basic " + base64.StdEncoding.EncodeToString([]byte("user:word")), "authorization: basic " + base64.StdEncoding.EncodeToString([]byte("me:hunter2")), "'Basic " + base64.StdEncoding.EncodeToString([]byte(":hunter22")) + "'"},
		[]string{"Basic knowledge", "basic " + base64.StdEncoding.EncodeToString([]byte("no colon")), "Basic " + base64.StdEncoding.EncodeToString([]byte("user:test")), "AWS_BASIC_EXECUTION"}},
	"a password in a URL": {
		[]string{"postgres://me:word@host/db", "redis://:hunter2@cache:6379/0", "amqp://guest:a%40b@host", "https://me:ab/cd@host/x", "mongodb+srv://u:p@h.example"},
		[]string{"https://host:8080/a@b", "https://me@host/", "https://example.com/a:b@c", "postgres://me:${DB_PASSWORD}@host/db", "://:"}},

	"a GitHub token": {
		[]string{"ghp_" + strings.Repeat("a1", 18), "https://github.com/?t=" + "ghs_" + fake(36) + "&x=1", "gho_" + fake(36)},
		[]string{"ghp_", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghs_short", "ghp_..."}},
	"a fine-grained GitHub token": {
		[]string{"github_pat_" + fake(22), "github_pat_" + fake(22) + "_" + fake(59), "(github_pat_" + fake(40) + ")"},
		[]string{"github_pat_", "github_pat_short", "a github_path_of_something"}},
	"a GitLab token": {
		[]string{"glpat-" + strings.Repeat("a", 20), "gldt-" + fake(20), "glrt-" + fake(20), "glpat-" + fake(30) + ".01." + fake(9)},
		[]string{"glpat-", "glpat-xxxxxxxxxxxxxxxxxxxx", "gloas-short", "glrt-"}},
	"a Slack token": {
		[]string{"xoxb-" + "1234567890-abc", "xoxp-" + "1234567890-1234567890-" + fake(24), "xapp-1-" + fake(20)},
		[]string{"xoxo", "xoxb-", "xoxp-xxxxxxxxxxxx", "xapp-1"}},
	"a Slack webhook": {
		[]string{"https://hooks.slack.com/services/" + "T" + fake(8) + "/B" + fake(8) + "/" + fake(24), "hooks.slack.com/services/" + fake(44), "hooks.slack.com/workflows/" + fake(44)},
		[]string{"https://hooks.slack.com/services/", "https://api.slack.com/services/", "hooks.slack.com/services/T0/B0"}},
	"a Stripe key": {
		[]string{"sk_live_" + fake(24), "rk_live_" + fake(24), "whsec_" + fake(32), `"sk_test_` + fake(24) + `"`},
		[]string{"sk_live_", "task_live_" + fake(24), "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx", "sk_live_short"}},
	"a Google key": {
		[]string{"AIza" + fake(35), "key=AIza" + fake(35), "https://example.com/?key=AIza" + fake(35) + "&x=1"},
		[]string{"AIza", "AIzaShort", "AIza..."}},
	"a Google token": {
		[]string{"ya29." + fake(80), "GOCSPX-" + fake(28), "token ya29." + fake(60)},
		[]string{"ya29.", "GOCSPX-short", "libya29." + fake(80)}},
	"a key of a model provider": {
		[]string{"sk-ant-api03-" + fake(93), "sk-proj-" + fake(48), "hf_" + fake(34), "gsk_" + fake(52), "sk-or-v1-" + fakeHex(64)},
		[]string{"sk-ant-", "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "half_" + fake(34), "hf_model_name"}},
	"an OpenAI key": {
		[]string{"sk-" + fake(48), "key: sk-" + fake(48) + ".", "(sk-" + fake(40) + ")"},
		[]string{"sk-fake-key", "risk-" + "assessment", "task-" + strings.Repeat("aaaaabbbbb", 5), "sk-short"}},
	"a Twilio key": {
		[]string{"SK" + fakeHex(32), "sid=SK" + fakeHex(32) + ";", `"SK` + fakeHex(32) + `"`},
		[]string{"SK" + "123", "SK" + fakeHex(40), "TASK" + fakeHex(32), "SK0000 is a flight"}},
	"a SendGrid key": {
		[]string{"SG." + fake(22) + "." + fake(43), "key SG." + fake(22) + "." + fake(43), `"SG.` + fake(22) + "." + fake(43) + `"`},
		[]string{"SG.", "MSG." + fake(66), "SG.fake.key", "SG...."}},
	"a token of a package registry": {
		[]string{"npm_" + fake(36), "pypi-AgEI" + fake(80), "dckr_pat_" + fake(27), "rubygems_" + fakeHex(48)},
		[]string{"npm_config_registry", "pypi-publish", "dckr_pat_", "npm_lifecycle_script"}},
	"a Vault token": {
		[]string{"hvs." + fake(24), "hvb." + fake(120), "token hvs." + fake(90)},
		[]string{"hvs.", "hvs.short", "xhvs." + fake(24)}},
	"a token of a cloud": {
		[]string{"dop_v1_" + fakeHex(64), "dapi" + fakeHex(32), "shpat_" + fakeHex(32), "dapi" + fakeHex(32) + "-2"},
		[]string{"dop_v1_", "dapi", "shpat_xxxx", "sandapi" + fakeHex(32), "pul-request"}},
	"an age key": {
		[]string{"AGE-SECRET-KEY-1" + random(1, 58, upperDigits), "key: AGE-SECRET-KEY-1" + random(2, 58, upperDigits), "(AGE-SECRET-KEY-1" + random(3, 58, upperDigits) + ")"},
		[]string{"AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1...", "age1" + fake(58)}},
	"a key of a developer tool": {
		[]string{"glsa_" + fake(32) + "_" + fakeHex(8), "PMAK-" + fakeHex(24) + "-" + fakeHex(34), "sntrys_" + fake(80), "ATATT3x" + fake(180)},
		[]string{"glsa_", "figd_short", "plain_tn_" + fake(30), "intn_" + fake(30)}},
}

// assignedVectors are vectors of the rules that read the name before a value.
var assignedVectors = map[string]vectors{
	"signed URLs of AWS": {
		[]string{"Signature=" + hex64, `"signature": "` + hex64 + `"`, "X-Amz-Signature=" + hex64 + "&x=1", "X-Amz-Signature=" + fakeHex(144), // SigV4, SigV4a
			"?AWSAccessKeyId=test&Expires=1767225600&Signature=" + fake(27) + "%3D", "Signature=" + fake(27) + "=", // SigV2
			"AWS3-HTTPS AWSAccessKeyId=test,Algorithm=HmacSHA256,Signature=" + fake(43) + "=",                                // SigV3
			"?Expires=1767225600&Signature=" + fake(170) + "~" + fake(170) + "__&Key-Pair-Id=K" + random(5, 13, upperDigits), // CloudFront
			"CloudFront-Signature=" + fake(340) + "__; Path=/", "Cookie: CloudFront-Policy=eyJ" + fake(120) + "_", "Key-Pair-Id=K" + random(6, 13, upperDigits), "Policy=eyJ" + fake(160) + "__",
			"X-Amz-Security-Token=" + fake(90), "SigninToken=" + fake(200) + "-" + fake(30), `{"sessionId":"x","sessionKey":"` + fake(30) + `"}`},
		[]string{hex64, "Signature=" + Mask, "Signature=", "signature: " + fakeHex(40), "the signature: void f(int a, int b)", "SignatureVersion=2", "SignatureMethod=HmacSHA256",
			"Policy=arn:aws:iam::aws:policy/ReadOnlyAccess", "policy: everyone may read", "Policy=eyJ", "Key-Pair-Id=", "Expires=1767225600"}},
	"signatures of Azure": {
		[]string{"sv=2024-01-01&se=2026-01-01&sp=r&sig=" + fake(43) + "%3D", "SharedAccessSignature=sr=x&sig=" + fake(43) + "=&se=1", "AccountKey=" + fake(86) + "==;EndpointSuffix=core.windows.net", "SharedAccessKey=" + fake(43) + "="},
		[]string{"sig=1", "sig=REDACTED", "sigmoid=" + fake(44), "AccountName=" + fake(20)}},
	"passwords": {
		[]string{"password=hunter22", "api_key: 12345678", "aws_secret_access_key = whatever", `"dbPassword":"hunter22"`, `\"dbPassword\":\"hunter22\"`, "Server=x;Uid=me;Pwd=hunter22;", "MASTERUSERPASSWORD=hunter22",
			"<Password>hunter22</Password>", "<db:Password type='x'>hunter2</db:Password>", "user[password]=hunter22", ":password => 'hunter22'", "password: |\n  hunter22", "--password hunter22", "new-password2: hunter22",
			"Secret access key: whatever", `{"name":"DB_PASSWORD","value":"hunter22"}`, `<input name="password" value="hunter22">`, "form-data; name=\"password\"\r\n\r\nhunter22\r\n", "password=\"two words\"", "export GITHUB_TOKEN=whatever1",
			"Ocp-Apim-Subscription-Key: 12345678", "PGPASSWORD=hunter22", "db_pass=hunter22", "secret=hunter22"},
		[]string{"password reset", "password=", "no passwords: x", "nextToken=abcdefgh", `"passwordPolicy": {"minimumLength": 8}`, `"tokenType": "Bearer"`, `"NextToken": "abcdefghijkl"`, "clientRequestToken=abcdefgh", "<password>", "mysql://<user>:<password>@host",
			"requirePassword=true-ish", "PasswordLastUsed: 2026-01-01", "secretArn=abcdefgh", "arn:aws:secretsmanager:us-east-1:x:secret:prod/db-a1b2c3", "AccessKeyId=whatever", "KMSMasterKeyID=abcdefgh", "IdempotencyToken=abcdefgh", "password: true", "password=[REDACTED]",
			"compass=abcdefgh", "<PasswordPolicy>abcdefgh</PasswordPolicy>", `{"name":"DB_HOST","value":"hunter22"}`, "--password-policy abcdefgh", "keyboard=abcdefgh", "bypass: abcdefgh"}},
}

// TestVectors checks each rule of the scan against its vectors, and that each rule has enough.
func TestVectors(t *testing.T) {
	require.LessOrEqual(t, len(secrets), maxRules-2)
	rules := append([]secret{{what: secretAccessKey}}, secrets...)
	require.Len(t, secretVectors, len(rules))
	for _, rule := range rules {
		v, ok := secretVectors[rule.what]
		require.True(t, ok, "%s has no vectors", rule.what)
		checkVectors(t, rule.what, v)
		for _, anchor := range rule.anchors {
			t.Run(rule.what+"/anchor "+anchor, func(t *testing.T) {
				require.Empty(t, find(anchor, maxDepth))
				require.Empty(t, find("x "+anchor+"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", maxDepth))
			})
		}
	}
	for name, v := range assignedVectors {
		checkVectors(t, name, v)
	}
}

func checkVectors(t *testing.T, name string, v vectors) {
	require.GreaterOrEqual(t, len(v.hits), minVectors, name)
	require.GreaterOrEqual(t, len(v.neighbours), minVectors, name)
	for _, s := range v.hits {
		t.Run(name+"/finds "+s[:min(len(s), 60)], func(t *testing.T) { require.NotEmpty(t, find(s, 0)) })
	}
	for _, s := range v.neighbours {
		t.Run(name+"/passes "+s[:min(len(s), 60)], func(t *testing.T) { require.Empty(t, find(s, maxDepth)) })
	}
}

// ordinary are texts of other kinds in which no rule finds anything.
var ordinary = map[string]string{
	"git hash":      "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
	"UUID":          "7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f",
	"digest":        "sha256:" + strings.Repeat("0a1b", 16),
	"policy":        `{"PasswordPolicy":{"MinimumLength":8,"RequireSymbols":"true"},"TokenValidityUnits":{"AccessToken":"hours"}}`,
	"tokens":        `{"NextToken":"AAAAabcd","clientRequestToken":"7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f","TokenType":"Bearer","ExpiresIn":3600}`,
	"secret by ARN": `{"SecretArn":"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-a1b2c3","SecretId":"prod/db","KmsKeyId":"alias/key"}`,
	"documentation": "Set AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY and AWS_SESSION_TOKEN=<session-token>",
	"entities":      "a &lt; b &amp;&amp; c &gt; d; x &quot;y&quot;",
	"CSS":           "a:hover{color:#fff} b::before{content:'x'}",
	"prose":         "The token bucket is full: tokens are refilled; keys = values; a pass-through gateway: see below.",
}

// TestOrdinary checks that ordinary texts pass, as they are and as the value of a member.
func TestOrdinary(t *testing.T) {
	for name, s := range ordinary {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, find(s, maxDepth))
			requireScan(t, false, map[string]string{"text": s})
		})
	}
}
