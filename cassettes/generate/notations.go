package main

// notations has values and documents in different JSON notations.
func notations() []scenario {
	at := func(timestamp string) response {
		return ok(document(id, membershipRef, arn, `"createTime":`+timestamp, success))
	}
	pretty := `{
  "protectedJob": {
    "id": "` + asked + `",
    "membershipId": "` + membership + `",
    "membershipArn": "` + arnPrefix + `",
    "createTime": 1767225600.123,
    "status": "SUCCESS",
    "result": {
      "output": {
        "memberList": [
          {
            "accountId": "444455556666"
          }
        ]
      }
    }
  }
}
`
	return []scenario{
		good(301, "timestamp-integer", "A timestamp of whole seconds.", at("1767225600")),
		good(302, "timestamp-fraction", "A timestamp with milliseconds.", at("1767225600.123")),
		good(303, "timestamp-exponent", "A timestamp as Java's Double prints it.", at("1.767225600123E9")),
		good(304, "timestamp-before-the-epoch", "A timestamp before 1970.", at("-1.5")),
		good(305, "timestamp-last", "The last second of the year 9999.", at("253402300799")),

		good(311, "statistics", "Duration and billed units.",
			ok(job(statistics(`"totalDurationInMillis":734000`, `"billedResourceUtilization":{"units":1.25}`)))),
		good(312, "statistics-empty", "Statistics without members, none of which is required.", ok(job(statistics()))),
		good(313, "units-integer", "A double that is written as an integer.", ok(job(units("3")))),
		good(314, "units-exponent", "A double with an exponent.", ok(job(units("2.5e-7")))),
		good(315, "units-nan", "Not a number, which a double writes as a string (Smithy, non-numeric floats).", ok(job(units(`"NaN"`)))),
		good(316, "units-infinity", "A double that is infinite.", ok(job(units(`"Infinity"`)))),
		good(317, "units-negative-infinity", "A double that is negative and infinite.", ok(job(units(`"-Infinity"`)))),
		good(318, "duration-zero", "A duration of no time.", ok(job(duration("0")))),
		good(319, "duration-largest-exact", "2^53, the largest integer that every parser reads exactly.", ok(job(duration("9007199254740992")))),

		good(321, "pretty-printed", "A body of many lines.", ok(pretty)),
		good(322, "white-space-around", "White space before and after the body, carriage returns among it.", ok(" \r\n\t"+job()+"\r\n ")),
		good(323, "escapes", "Escapes where plain characters would do: in a name, in an enum, for a solidus, as a surrogate pair.",
			ok(document(id, membershipRef, arn, created, `"st\u0061tus":"F\u0041ILED"`, `"error":{"message":"a\/b \ud83e\uddea \"quoted\"\n","code":"X"}`))),
		good(324, "unicode", "Text beyond ASCII, also beyond the Basic Multilingual Plane, and line separators that YAML takes for line breaks.",
			ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"Größe überschritten: 行 🧪 \u0085|`+"\u0085|\u2028|\u2029"+`|","code":"X"}`))),
		good(325, "content-type-charset", "A Content-Type with a parameter.", ok(job()).with("Content-Type", "application/json; charset=utf-8")),
	}
}
