package main

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// brokenSyntax has bodies that are no JSON text, or more than one (RFC 8259).
func brokenSyntax() []scenario {
	invalid := func(place, reason string) finding.Expected {
		return expect(finding.SyntaxInvalid, place, reason)
	}
	trailing := func(reason string) finding.Expected { return expect(finding.SyntaxTrailing, "", reason) }
	begun := `{"protectedJob":{` + id + `,` + membershipRef + `,` + arn + `,` + created + `,`
	const depth = 10_001
	nested := strings.Repeat("[", depth) + strings.Repeat("]", depth)
	return []scenario{
		hostile(2001, "truncated-in-a-string", "The body ends in the middle of the status.",
			ok(begun+`"status":"SUCC`), invalid(atJob+"/status", "the string does not end")),
		hostile(2002, "truncated-after-a-comma", "The body ends where a member is missing.", ok(begun), invalid(atJob, "the job's object does not end")),
		hostile(2003, "truncated-at-the-end", "The body lacks its last brace.",
			ok(strings.TrimSuffix(job(), "}")), invalid("", "the output's object does not end")),
		hostile(2004, "empty", "The body is empty.", ok(""), invalid("", "RFC 8259 has no empty text")),
		hostile(2005, "html", "A proxy's page with status 200, as application/json.",
			ok("<html><body>It works!</body></html>"), invalid("", "HTML is not JSON")),
		hostile(2006, "nan-bare", "NaN without quotes, as Python's json.dumps writes it.",
			ok(job(units("NaN"))), invalid(atUnits, "JSON has no such literal; the protocol writes it as a string")),
		hostile(2007, "single-quotes", "A Python dictionary, printed.",
			ok(strings.ReplaceAll(job(), `"`, `'`)), invalid("", "JSON quotes names with quotation marks")),
		hostile(2008, "trailing-comma", "A comma after the last member.", ok(begun+success+",}}"), invalid(atJob, "a member must follow a comma")),
		hostile(2009, "comment", "A comment.", ok(begun+success+"/* done */}}"), invalid(atJob, "JSON has no comments")),
		hostile(2010, "leading-zero", "A number with a leading zero.",
			ok(job(workers("016"))), invalid(atNumber, "RFC 8259 section 6: no leading zeros")),
		hostile(2011, "line-break-in-a-string", "A string contains an unescaped line break.", ok(job(`"error":{"message":"one`+"\n"+`two","code":"X"}`)),
			invalid(atJob+"/error/message", "RFC 8259 section 7: control characters are escaped")),

		hostile(2021, "two-documents", "The body twice, one right after the other.", ok(job()+job()), trailing("the second document")),
		hostile(2022, "trailing-text", "Something of a log line follows the body.", ok(job()+"\nINFO done"), trailing("text after the document")),
		hostile(2023, "trailing-brace", "One brace too many.", ok(job()+"}"), trailing("a brace that closes nothing")),

		hostile(2031, "too-deep", "Arrays nest 10,001 deep in a member that nobody knows.", ok(job(`"notes":`+nested)),
			expect(finding.MemberUnknown, atJob+"/notes", "only a member without a shape can nest so deep"),
			expect(finding.SyntaxTooDeep, "", "more than 10,000")),
	}
}

// brokenEncoding has bodies whose characters are broken, and duplicate names.
func brokenEncoding() []scenario {
	message := func(text string) response {
		return ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"`+text+`","code":"X"}`))
	}
	utf8 := func(reason string) finding.Expected {
		return expect(finding.SyntaxUTF8, atJob+"/error/message", reason)
	}
	twice := func(place, reason string) finding.Expected {
		return expect(finding.SyntaxDuplicateMember, place, reason)
	}
	return []scenario{
		hostile(2101, "bom", "The body begins with a byte order mark.", ok("\ufeff"+job()), expect(finding.SyntaxBOM, "", "RFC 8259 section 8.1")),
		hostile(2102, "latin-1", "The message of the job's error is Latin-1. YAML cannot hold it as text: the cassette has it in base64.",
			message("Gr\xf6\xdfe"),
			utf8("0xF6 begins no character that 0xDF continues; a string is reported once")),
		hostile(2103, "half-a-surrogate-pair", "The message ends in half a surrogate pair, as text cut by UTF-16 units does.",
			message(`cut \ud83e`), utf8("the escape of a lone high surrogate")),
		hostile(2104, "surrogates-swapped", "A surrogate pair in the wrong order.",
			message(`\uddea\ud83e`), utf8("a low surrogate first, then a high one: both lone")),
		hostile(2105, "over-long-utf-8", "A solidus in two bytes, which UTF-8 forbids.", message("\xc0\xaf"), utf8("0xC0 begins no character")),

		hostile(2111, "status-twice", "The job has two statuses, both good.",
			ok(job(`"status":"FAILED"`)), twice(atJob+"/status", "duplicate member name")),
		hostile(2112, "status-twice-escaped", "The job has two statuses, the second with an escape in its name.",
			ok(job(`"st\u0061tus":"FAILED"`)), twice(atJob+"/status", "the names are the same once unescaped")),
		hostile(2113, "parameter-twice", "A job parameter appears twice.",
			ok(job(parameters(`"since":"2026-01-01"`, `"since":"2025-01-01"`))), twice(atParameters+"/*", "a map's keys are names too")),
		hostile(2114, "job-twice", "Two jobs in one output; the first, which is empty, does not count.",
			ok(`{"protectedJob":{},"protectedJob":`+object(id, membershipRef, arn, created, success)+"}"),
			twice(atJob, "duplicate member name; the last value counts, and it lacks nothing")),
		hostile(2115, "status-thrice", "The job has three statuses.", ok(job(`"status":"FAILED"`, success)),
			finding.Expected{Rule: finding.SyntaxDuplicateMember, Place: atJob + "/status", Count: 2, Reason: "the second and the third"}),
		hostile(2116, "output-twice", "The same union member twice: a repetition, not two members.",
			ok(job(output(s3Output, s3Output))), twice(atOutput+"/s3", "duplicate member name")),
	}
}

// brokenNumbers has numbers that some parsers read as others than were meant
// (RFC 7493 section 2.2).
func brokenNumbers() []scenario {
	form := func(place, reason string) finding.Expected { return expect(finding.NumberForm, place, reason) }
	imprecise := func(reason string) finding.Expected { return expect(finding.NumberPrecision, atDuration, reason) }
	beyond := func(place, reason string) finding.Expected { return expect(finding.TypeMismatch, place, reason) }
	return []scenario{
		hostile(2201, "workers-with-fraction", "16.0 workers.", ok(job(workers("16.0"))), form(atNumber, "16, written with a fraction")),
		hostile(2202, "workers-with-exponent", "1.6e1 workers.", ok(job(workers("1.6e1"))), form(atNumber, "16, written with an exponent")),
		hostile(2203, "duration-with-exponent", "A duration of 7.34E5, as Java's Double prints it.",
			ok(job(duration("7.34E5"))), form(atDuration, "734000, written with an exponent")),

		hostile(2211, "duration-imprecise", "A duration of 2^53 + 1.", ok(job(duration("9007199254740993"))), imprecise("a double reads it as 2^53")),
		hostile(2212, "duration-negative-imprecise", "A duration of -(2^53 + 1).",
			ok(job(duration("-9007199254740993"))), imprecise("a double reads it as -2^53")),
		hostile(2213, "duration-largest", "A duration of 2^63 - 1, the largest of 64 bits.",
			ok(job(duration("9223372036854775807"))), imprecise("a double reads it as 2^63")),

		hostile(2221, "units-enormous", "1e1000001 billed units. Some libraries panic on it, others expand a million digits.",
			ok(job(units("1e1000001"))),
			beyond(atUnits, "a double ends before 1.8e308")),
		hostile(2222, "duration-enormous", "A duration of 1e1000001.", ok(job(duration("1e1000001"))),
			beyond(atDuration, "64 bits end before 1e19; that it has an exponent comes second")),
		hostile(2223, "timestamp-enormous", "A timestamp of 1e1000001.", ok(document(id, membershipRef, arn, `"createTime":1e1000001`, success)),
			beyond(atJob+"/createTime", "the years end at 9999")),
		hostile(2224, "units-just-too-large", "Billed units just beyond the largest double.",
			ok(job(units("1.8e308"))), beyond(atUnits, "a double ends before it")),
	}
}
