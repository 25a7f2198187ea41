package reference

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
)

// answer answers every attempt alike.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// job answers with a job of these members.
func job(members string) http.HandlerFunc { return answer(200, `{"protectedJob":{`+members+`}}`) }

// raw answers with these bytes and ends the connection.
func raw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, answer)
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func compressed(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprint(z, body)
	}
}

// signed answers with a job whose id is the scheme of the request's signature.
func signed(w http.ResponseWriter, r *http.Request) {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	job(`"id":"`+scheme+`"`)(w, r)
}

// asked answers with a job whose id is the path that was asked for.
func asked(w http.ResponseWriter, r *http.Request) { job(`"id":"`+r.RequestURI+`"`)(w, r) }

// jobOf is the result that a job of these members has.
func jobOf(members string) string { return `{"output":{"protectedJob":{` + members + `}}}` }

const broken = `{"broken":{}}`

type scenario struct {
	name      string
	serve     http.HandlerFunc
	input     string // empty: validInput
	want      string // the result, without messages of our own
	timeoutMs int    // 0: more than enough
	retried   bool   // until three attempts are made
	// mutants says what the clients with these bugs make of it instead.
	mutants map[string]seen
}

// seen is what came of a call.
type seen struct {
	want     string // empty: what the right client reports
	attempts int    // 0: as many as the right client makes
}

func (s *scenario) attempts() int {
	switch {
	case s.retried:
		return 3
	case strings.HasPrefix(s.want, `{"rejected"`):
		return 0
	}
	return 1
}

var scenarios = []scenario{
	{name: "every member", serve: job(`"id":"i","membershipId":"m","membershipArn":"a","jobParameters":{"analysisTemplateArn":"t","parameters":{"k":"v"}},
		"status":"SUCCESS","resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"b","keyPrefix":""}}},"statistics":{"totalDurationInMillis":1,"billedResourceUtilization":{"units":0.5}},
		"result":{"output":{"memberList":[{"accountId":"1"}]}},"error":{"message":"m","code":"c"},"computeConfiguration":{"worker":{"type":"CR.1X","number":4,"properties":{"spark":{"a":"b"}}}},"jobComputePayerAccountId":"1"`),
		want: jobOf(`"id":"i","membershipId":"m","membershipArn":"a","jobParameters":{"analysisTemplateArn":"t","parameters":{"k":"v"}},
		"status":"SUCCESS","resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"b","keyPrefix":""}}},"statistics":{"totalDurationInMillis":1,"billedResourceUtilization":{"units":0.5}},
		"result":{"output":{"memberList":[{"accountId":"1"}]}},"error":{"message":"m","code":"c"},"computeConfiguration":{"worker":{"type":"CR.1X","number":4,"properties":{"spark":{"a":"b"}}}},"jobComputePayerAccountId":"1"`)},
	{name: "unknown member", serve: job(`"new":1`), want: jobOf(``), mutants: map[string]seen{unknownMemberFails: {want: broken}}},
	{name: "null members", serve: job(`"id":null,"result":null`), want: jobOf(``), mutants: map[string]seen{nullMemberFails: {want: broken}}},
	{name: "null in a map", serve: job(`"jobParameters":{"parameters":{"k":null}}`), want: jobOf(`"jobParameters":{"parameters":{"k":null}}`)},
	{name: "unknown enum value", serve: job(`"status":"NEW"`), want: jobOf(`"status":"NEW"`), mutants: map[string]seen{closedEnum: {want: broken}}},
	{name: "text", serve: job(`"id":"\u00e9\ud834\udd1e\n<"`), want: jobOf(`"id":"é𝄞\n<"`)},
	{name: "name twice", serve: job(`"id":"a","id":"b"`), want: jobOf(`"id":"b"`)},
	{name: "empty body", serve: answer(200, ""), want: `{"output":{}}`},
	{name: "error header on a success", serve: answer(200, `{}`, "X-Amzn-Errortype", "ThrottlingException"), want: `{"output":{}}`},
	{name: "gzip", serve: compressed(`{"protectedJob":{"id":"i"}}`), want: jobOf(`"id":"i"`)},
	{name: "gzip that is none", serve: answer(200, `{}`+"        ", "Content-Encoding", "gzip"), want: broken, mutants: map[string]seen{ignoresTruncation: {want: `{"output":{}}`}}},

	{name: "unknown union member", serve: job(`"result":{"output":{"new":{}}}`), want: jobOf(`"result":{"output":{"$unknown":"new"}}`), mutants: map[string]seen{unknownUnionMemberFails: {want: broken}}},
	{name: "union and null", serve: job(`"result":{"output":{"memberList":null,"s3":{"location":"l"}}}`), want: jobOf(`"result":{"output":{"s3":{"location":"l"}}}`)},
	{name: "union and __type", serve: job(`"result":{"output":{"__type":"x","s3":{}}}`), want: jobOf(`"result":{"output":{"s3":{}}}`),
		mutants: map[string]seen{typeMemberInUnionCounts: {want: broken}}},
	{name: "two union members", serve: job(`"result":{"output":{"s3":{},"memberList":[]}}`), want: broken, mutants: map[string]seen{
		unionFirstWins: {want: jobOf(`"result":{"output":{"s3":{}}}`)}, unionLastWins: {want: jobOf(`"result":{"output":{"memberList":[]}}`)}}},
	{name: "no union member", serve: job(`"result":{"output":{}}`), want: broken},

	{name: "fraction", serve: job(`"createTime":1700000000.123`), want: jobOf(`"createTime":"2023-11-14T22:13:20.123Z"`),
		mutants: map[string]seen{timestampIntegerOnly: {want: broken}, timestampAsMilliseconds: {want: jobOf(`"createTime":"1970-01-20T16:13:20.000Z"`)}}},
	{name: "finer fraction", serve: job(`"createTime":0.0019999`), want: jobOf(`"createTime":"1970-01-01T00:00:00.001Z"`),
		mutants: map[string]seen{timestampIntegerOnly: {want: broken}, timestampAsMilliseconds: {want: jobOf(`"createTime":"1970-01-01T00:00:00.000Z"`)}}},
	{name: "finer fraction before 1970", serve: job(`"createTime":-0.0001`), want: jobOf(`"createTime":"1969-12-31T23:59:59.999Z"`),
		mutants: map[string]seen{timestampIntegerOnly: {want: broken}}},
	{name: "exponent", serve: job(`"createTime":1.7E9`), want: jobOf(`"createTime":"2023-11-14T22:13:20.000Z"`),
		mutants: map[string]seen{timestampIntegerOnly: {want: broken}, timestampAsMilliseconds: {want: jobOf(`"createTime":"1970-01-20T16:13:20.000Z"`)}}},
	{name: "the year 10000", serve: job(`"createTime":253402300800`), want: broken,
		mutants: map[string]seen{timestampAsMilliseconds: {want: jobOf(`"createTime":"1978-01-11T21:31:40.800Z"`)}}},
	{name: "a million digits", serve: job(`"createTime":1e1000001`), want: broken},
	{name: "a millionth digit", serve: job(`"createTime":1e-1000001`), want: jobOf(`"createTime":"1970-01-01T00:00:00.000Z"`), mutants: map[string]seen{timestampIntegerOnly: {want: broken}}},
	{name: "text for a time", serve: job(`"createTime":"1"`), want: broken},
	{name: "beyond 2^53", serve: job(`"statistics":{"totalDurationInMillis":9007199254740993}`), want: jobOf(`"statistics":{"totalDurationInMillis":9007199254740993}`),
		mutants: map[string]seen{float64Integers: {want: jobOf(`"statistics":{"totalDurationInMillis":9007199254740992}`)}}},
	{name: "the least long", serve: job(`"statistics":{"totalDurationInMillis":-9223372036854775808}`), want: jobOf(`"statistics":{"totalDurationInMillis":-9223372036854775808}`)},
	{name: "integer with a point", serve: job(`"statistics":{"totalDurationInMillis":4.0}`), want: jobOf(`"statistics":{"totalDurationInMillis":4}`)},
	{name: "no integer", serve: job(`"statistics":{"totalDurationInMillis":4.5}`), want: broken,
		mutants: map[string]seen{float64Integers: {want: jobOf(`"statistics":{"totalDurationInMillis":4}`)}}},
	{name: "beyond 32 bits", serve: job(`"computeConfiguration":{"worker":{"number":2147483648}}`), want: broken,
		mutants: map[string]seen{float64Integers: {want: jobOf(`"computeConfiguration":{"worker":{"number":2147483648}}`)}}},
	{name: "NaN", serve: job(`"statistics":{"billedResourceUtilization":{"units":"NaN"}}`), want: jobOf(`"statistics":{"billedResourceUtilization":{"units":"NaN"}}`)},

	{name: "by header", serve: answer(404, `{"message":"m","resourceId":"r","resourceType":"MEMBERSHIP"}`, "X-Amzn-Errortype", "ResourceNotFoundException"),
		want:    `{"error":{"code":"ResourceNotFoundException","message":"m","httpStatus":404,"fields":{"resourceId":"r","resourceType":"MEMBERSHIP"}}}`,
		mutants: map[string]seen{retriesOn4xx: {attempts: 3}, unknownMemberFails: {want: `{"error":{"code":"ResourceNotFoundException","message":"m","httpStatus":404}}`}}},
	{name: "header with a URI", serve: answer(400, `{}`, "X-Amzn-Errortype", "ValidationException:http://x/"), want: `{"error":{"code":"ValidationException","message":"","httpStatus":400}}`,
		mutants: map[string]seen{retriesOn4xx: {attempts: 3}, errorCodeNotSanitised: {want: `{"error":{"code":"ValidationException:http://x/","message":"","httpStatus":400}}`}}},
	{name: "by code", serve: answer(403, `{"code":"AccessDeniedException","__type":"b","Message":"m"}`), want: `{"error":{"code":"AccessDeniedException","message":"m","httpStatus":403}}`,
		mutants: map[string]seen{retriesOn4xx: {attempts: 3}, errorByHeaderOnly: {want: `{"error":{"code":"UnknownError","message":"m","httpStatus":403}}`}}},
	{name: "by __type", serve: answer(400, `{"x":{"__type":"a"},"__type":"com.amazonaws.cleanrooms#ValidationException:u#v"}`), want: `{"error":{"code":"ValidationException","message":"","httpStatus":400}}`,
		mutants: map[string]seen{retriesOn4xx: {attempts: 3}, errorByHeaderOnly: {want: `{"error":{"code":"UnknownError","message":"","httpStatus":400}}`},
			errorCodeNotSanitised: {want: `{"error":{"code":"com.amazonaws.cleanrooms#ValidationException:u#v","message":"","httpStatus":400}}`}}},
	{name: "header before body", serve: answer(418, `{"code":"b"}`, "X-Amzn-Errortype", "a"), want: `{"error":{"code":"a","message":"","httpStatus":418}}`, mutants: map[string]seen{retriesOn4xx: {attempts: 3}}},
	{name: "no name", serve: answer(418, `[]`), want: `{"error":{"code":"UnknownError","message":"","httpStatus":418}}`, mutants: map[string]seen{retriesOn4xx: {attempts: 3}}},
	{name: "redirect", serve: answer(302, ``, "Location", "/elsewhere"), want: `{"error":{"code":"UnknownError","message":"","httpStatus":302}}`},
	{name: "HTML", serve: answer(503, `<html>`), want: `{"error":{"code":"UnknownError","message":"","httpStatus":503}}`, retried: true, mutants: map[string]seen{retriesNever: {attempts: 1}}},

	{name: "throttled", serve: answer(429, `{"message":"m"}`, "X-Amzn-Errortype", "ThrottlingException"), want: `{"error":{"code":"ThrottlingException","message":"m","httpStatus":429}}`, retried: true, mutants: map[string]seen{retriesNever: {attempts: 1}}},
	{name: "throttled with another status", serve: answer(400, `{"code":"SlowDown"}`), want: `{"error":{"code":"SlowDown","message":"","httpStatus":400}}`, retried: true,
		mutants: map[string]seen{retriesNever: {attempts: 1}, errorByHeaderOnly: {want: `{"error":{"code":"UnknownError","message":"","httpStatus":400}}`, attempts: 1}}},
	{name: "closed without an answer", serve: raw(""), want: `{"transport":{"kind":"connection"}}`, retried: true, mutants: map[string]seen{retriesNever: {attempts: 1}}},
	{name: "closed in the headers", serve: raw("HTTP/1.1 200 OK\r\nContent-"), want: `{"transport":{"kind":"connection"}}`, retried: true, mutants: map[string]seen{retriesNever: {attempts: 1}}},
	{name: "truncated", serve: raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"protectedJob\""), want: `{"transport":{"kind":"truncated"}}`, retried: true,
		mutants: map[string]seen{retriesNever: {attempts: 1}, ignoresTruncation: {want: `{"output":{}}`, attempts: 1}}},
	{name: "truncated chunk", serve: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), want: `{"transport":{"kind":"truncated"}}`, retried: true,
		mutants: map[string]seen{retriesNever: {attempts: 1}, ignoresTruncation: {want: `{"output":{}}`, attempts: 1}}},
	{name: "half a document", serve: answer(200, `{"protectedJob"`), want: broken},
	{name: "two documents", serve: answer(200, `{}{}`), want: broken},
	{name: "no object", serve: answer(200, `[]`), want: broken},
	{name: "hang", serve: hang, timeoutMs: 300, want: `{"transport":{"kind":"timeout"}}`},

	{name: "slash in an identifier", serve: asked, input: `{"membershipIdentifier":"a/b","protectedJobIdentifier":"c"}`, want: jobOf(`"id":"/memberships/a%2Fb/protectedJobs/c"`),
		mutants: map[string]seen{pathNotEscaped: {want: jobOf(`"id":"/memberships/a/b/protectedJobs/c"`)}}},
	{name: "signed", serve: signed, want: jobOf(`"id":"AWS4-HMAC-SHA256"`), mutants: map[string]seen{notSigned: {want: jobOf(`"id":""`)}}},
	{name: "no identifier", serve: job(``), input: `{}`, want: `{"rejected":{"member":"membershipIdentifier"}}`},
	{name: "empty identifier", serve: job(``), input: `{"membershipIdentifier":"m","protectedJobIdentifier":""}`, want: `{"rejected":{"member":"protectedJobIdentifier"}}`},
	{name: "no object for an input", serve: job(``), input: `7`, want: `{"rejected":{}}`},
}
