package main

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// texts has strings that clients change when they decode, normalise or print them, and that are
// longer than their buffers.
func texts() []scenario {
	message := func(text string) response {
		return ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"`+text+`","code":"X"}`))
	}
	return []scenario{
		good(651, "message-html-entities", "A message with HTML entities, which are text.", message(`&lt;b&gt; &amp; &#39;x&#39; &quot;&nbsp;<b>`)),
		good(652, "message-percent-and-plus", "A message with percent and plus signs, which are text.", message(`100%25+1 a%20b %zz %s`)),
		good(653, "message-cr-lf", "A message with CR LF, a lone CR, a lone LF and a tab.", message(`a\r\nb\rc\nd\te`)),
		good(654, "message-decomposed", "A message with decomposed and with composed letters, which differ.", message("e\u0301 \u00e9 \u1112\u1161\u11ab \ud55c \ufb01")),
		good(655, "message-zero-width", "A message with zero-width and direction characters, and a byte order mark.",
			message("a\u200bb\u200dc\u2060d\u202ee\u202c\ufefff")),
		good(656, "message-template", "A message with the syntax of templates.", message(`{{job}} ${job} %(job)s {0} <%= job %> #{job} $(job) {job}`)),
		good(657, "message-outer-blanks", "A message that begins and ends with white space.", message(`  \tmessage\u00a0 `)),
		good(658, "message-is-json", "A message that is a JSON document.", message(`{\"message\":\"inner\",\"code\":[1]}`)),
		good(659, "message-longest", "A body of 200 KiB, most of it a message.", message(strings.Repeat("0123456789abcdef", 200<<10/16))),
		good(660, "message-backslashes", `A message with backslashes, which look like escapes.`, message(`C:\\new\\table \\u0041 \\\\host`)),
		good(661, "message-of-blanks", "A message of white space alone, which is not absence.", message(`   `)),
		good(662, "code-long-number", "The code of a job's error is a number of 20 digits in quotes.",
			ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"m","code":"00012345678901234567"}`))),
	}
}

// collections has lists and maps whose entries clients merge, sort, cut or take for their own.
func collections() []scenario {
	const twoAccounts = `{"accountId":"111122223333"},{"accountId":"444455556666"}`
	deep := `"details":` + strings.Repeat(`{"a":[`, 60) + strings.Repeat(`]}`, 60)
	return []scenario{
		good(671, "result-member-list-repeated", "A list has equal elements.",
			ok(job(output(`"memberList":[{"accountId":"444455556666"},{"accountId":"111122223333"},{"accountId":"444455556666"}]`)))),
		good(672, "result-member-list-thousand", "A list has 1,000 elements.",
			ok(job(output(`"memberList":[`+strings.Repeat(twoAccounts+",", 499)+twoAccounts+`]`)))),
		good(673, "parameter-names-in-capitals", "The names of parameters differ in case alone.",
			ok(job(parameters(`"REGION":"a"`, `"region":"b"`, `"Region":"c"`)))),
		good(674, "parameters-of-sdks", "Parameters have names that SDKs use for themselves.",
			ok(job(parameters(`"ResponseMetadata":"a"`, `"SDK_UNKNOWN_MEMBER":"b"`, `"toString":"c"`, `"length":"d"`)))),
		good(675, "spark-keys-with-blanks", "The keys of a map have blanks, dots, slashes and signs.",
			ok(job(spark(`" a key ":"on"`, `"a.b[0]/c":"on"`, `"$unknown":"on"`, `"ResponseMetadata":"on"`)))),
		good(676, "spark-keys-in-order", "The keys of a map are numbers, which are not in order.",
			ok(job(spark(`"10":"ten"`, `"9":"nine"`, `"1":"one"`)))),

		hostile(1471, "nested-120", "An unknown member nests 120 deep.", ok(job(deep)), expect(finding.MemberUnknown, atJob+"/details", "no contract has it")),
	}
}
