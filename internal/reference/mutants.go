package reference

// Mutant is a bug that the client can have.
type Mutant struct {
	Name   string
	Models string // the real bug that it models
}

var mutants = []Mutant{
	{closedEnum, "a generated enum without a case for other values: a status that the service adds is a parse error"},
	{americanSpelling, "enum values typed from memory: CANCELED and CANCELING for CANCELLED and CANCELLING"},
	{enumCaseFolded, "values are looked up with toUpper, as with Enum.Parse(ignoreCase): another value of the service is mistaken for a known one"},
	{enumAsIdentifier, "the name of a generated constant is returned instead of its value: CR_4X for CR.4X"},
	{failedJobIsAnError, "a wrapper that throws when the job has failed, though the call succeeded"},
	{waitsUntilDone, "a getter that polls until the job is done, so that callers cannot read its current state"},
	{locationCleaned, "S3 URLs go through a function for paths, such as path.Clean or os.path.normpath: s3://b/k/ becomes s3:/b/k"},
	{prefixGetsSlash, "a key prefix gets a trailing slash, because paths are joined with it"},
	{absentPrefixIsEmpty, "a flattener dereferences an optional member with aws.ToString: absent becomes empty, which Terraform reports as drift"},
	{parametersUnknown, "generated from a model without jobParameters.parameters, and never regenerated"},
	{payerUnknown, "generated from a model without worker.properties and jobComputePayerAccountId, and never regenerated"},
	{rangeOfEarlierModel, "the range of worker.number in a model before 1.42.91, 4 to 128, is enforced on responses"},
	{arnChecked, "ARNs are matched with a pattern of the partition aws and its usual regions: nothing works in China or GovCloud"},
	{constraintsChecked, "the model's lengths, ranges and patterns are enforced on responses, as in a validating deserialiser"},

	{unknownMemberFails, "strict decoding, such as DisallowUnknownFields or additionalProperties: false: a member that the service adds is a parse error"},
	{nullMemberFails, "optional members may be absent but not null, as with serde's default without Option"},
	{requiredMemberFails, "constructors that require the members that the model calls required: a response that lacks one of them is lost entirely"},
	{namesFoldCase, "member names are compared without case, as in encoding/json: another member of the service overwrites a known one"},
	{readsInOrder, "a streaming parser that expects the members in the order of the documentation"},
	{emptyStringIsAbsent, "if value: or omitempty: an empty string is treated as absent"},
	{emptyCollectionIsAbsent, "if len(list) > 0: an empty list or map is treated as absent"},
	{emptyStructureIsAbsent, "a structure without members is treated as absent, as by serialisers with NON_EMPTY"},
	{zeroIsAbsent, "if value: or omitempty: zero is treated as absent, for numbers and timestamps"},
	{listOfOneUnwrapped, "a list with one element becomes the element, as in conversions through XML or PowerShell"},
	{firstOfListOnly, "only the first element of a list is read, because there has only ever been one"},
	{mapKeysCamelised, "camelcase-keys or humps on the whole document, which also changes the keys of maps, which are data"},
	{protoKeyLost, `maps are JavaScript objects, to which object["__proto__"] = "text" adds nothing`},

	{unionFirstWins, "a union read by a chain of if-present: the first of several members wins, as in the AWS SDK for Go v2, where it is the first of the map iteration"},
	{unionLastWins, "a union read by setting a field per member: a later member overwrites an earlier one"},
	{unionPassesAll, "a union is a structure: several members are all returned, as in the AWS SDKs for JavaScript and Java"},
	{unionUnknownIgnored, "unknown members are skipped before members are counted: an unknown member beside a known one goes unnoticed, as in the AWS SDK for Java"},
	{unionNullCounts, "members are counted by name: a member that is null counts"},
	{unionEmptyIsAbsent, "a union without a member is treated as absent, as in the AWS SDK for Go v2"},
	{typeMemberInUnionCounts, "the service's __type beside the member of a union counts as a second member; the AWS SDK for Go v2 mistakes it for the member if its map iteration reaches it first"},
	{unknownUnionMemberFails, "a closed sum type, such as a serde enum without #[serde(other)]: a member that the service adds is a parse error"},
	{unionUnknownDropped, "an unknown member of a union is dropped, and the union with it: callers cannot see that there is a new member"},

	{timestampIntegerOnly, "timestamps decoded into an integer: a fraction of a second is a parse error"},
	{timestampAsMilliseconds, "epoch seconds passed to a constructor that takes milliseconds, such as JavaScript's new Date(n)"},
	{timestampNeedsFraction, `text.split(".")[1]: a timestamp without a fraction is an index out of range`},
	{fractionAsMilliseconds, "the digits after the point are read as milliseconds: .5 is 5 ms"},
	{timestampRounded, "milliseconds are rounded to nearest, so that a timestamp may be in the future"},
	{timestampUnsigned, "seconds in an unsigned integer: a timestamp before 1970 is a parse error"},
	{timestamp32Bits, "seconds in a time_t of 32 bits, which ends in 2038"},
	{exponentFails, "numbers are read with a pattern of digits and a point: one with an exponent is a parse error"},
	{float64Integers, "every JSON number goes through a double, as in encoding/json's any or JavaScript: integers beyond 2^53 change"},
	{int32Integers, "a long is read into an int: the maximum is 25 days of milliseconds"},
	{nonNumericFails, `a double must be a JSON number: "NaN" and "Infinity" are parse errors`},
	{infinitySignLost, `"-Infinity" is read as infinity, because only numbers are checked for a sign`},
	{doubleNeedsPoint, "the parser returns an integer for 3 and a double for 3.0, and a cast of the integer fails"},
	{scalarsGuessed, "strings that look like other values are converted, as by the rules of YAML or a spreadsheet: account IDs become numbers"},

	{firstLineOnly, "the body is read by the line, because the service has only ever sent one"},
	{linesOf64K, "bufio.Scanner with its default limit and without a check of its error: a longer line is an empty response"},
	{latin1Assumed, "the body is decoded by the charset of the Content-Type, which defaults to Latin-1, as in RFC 2616"},
	{escapesKept, "strings are cut out between the quotation marks, and escape sequences are not decoded"},
	{surrogatesSeparately, `each \u escape is one character: a surrogate pair becomes two replacement characters`},
	{nulEndsString, "strings go through C, where U+0000 ends them"},
	{stringsCut, "strings go into a column of 255 bytes, which cuts longer ones"},
	{firstDuplicateWins, "if not in map: the first of several members with the same name wins, unlike in every SDK"},
	{duplicateFails, "a parser that rejects duplicate names, such as Go's encoding/json/v2 or Jackson's STRICT_DUPLICATE_DETECTION"},
	{trailingIgnored, "json.NewDecoder(body).Decode reads the first document and ignores the rest, as in the AWS SDK for Go v2"},
	{brokenIsEmpty, "except ValueError: return {}: a body that is not JSON is a success without members, as in boto3"},

	{errorByHeaderOnly, "the error is identified by X-Amzn-Errortype alone, and is unknown if a gateway drops the header"},
	{errorHeaderIgnored, "the error is identified by the body alone, as in awsJson"},
	{errorCodeIgnored, "the code in the body is ignored, as in the AWS SDK for Java"},
	{errorCapitalCodeIgnored, "code in the body is read, but not Code"},
	{errorTypeIgnored, "the __type in the body is ignored"},
	{errorURIKept, "the part after the colon stays in the name of the error, which then matches nothing, as in the AWS SDK for Java with __type"},
	{errorNamespaceKept, "the namespace before '#' stays in the name of the error, which then matches nothing, as in the AWS SDK for Java with the header"},
	{errorBodyWins, "the body takes precedence over the header"},
	{errorTypeBeforeCode, "the __type in the body takes precedence over its code"},
	{errorNestedNameCounts, "a search for __type in the whole body finds that of a cause"},
	{errorByStatus, "a switch on the HTTP status: every 403 is AccessDeniedException"},
	{unmodelledIsUnknown, "an error that the operation does not declare loses its name, so that expired credentials look like any other error"},
	{errorFieldsDropped, "one exception class for all errors, without their members"},
	{errorNeedsMessage, "the message of an error is dereferenced, but absent"},
	{capitalMessageIgnored, "the Message of an error, as gateways spell it, is ignored"},
	{errorBodyMustBeJSON, "the body of an error is parsed before its status is checked: a load balancer's HTML page is a parse error"},
	{errorHeaderOnSuccessCounts, "X-Amzn-Errortype, not the status, decides whether a response is an error"},
	{only200Succeeds, "status == 200 instead of a check of its class"},

	{retriesNever, "no retries: one throttled response fails the call"},
	{retriesOnce, "if failed: try again, once, whatever the limit is"},
	{retriesOn4xx, "every status from 400 is retried, even if it can never succeed"},
	{limitCountsRetries, "maxAttempts is taken as the number of retries: one attempt too many"},
	{noBackoff, "a loop without a pause, which makes throttling worse"},
	{tooManyRequestsIsFinal, "only 5xx is retried, as by urllib3's and many gateways' defaults"},
	{retriesByName, "only named errors are retried, so that the 502 to 504 of proxies, which have no name, are final"},
	{throttlingByStatusOnly, "throttling is 429 alone: services that throttle with 400 are not retried"},
	{connectionIsFinal, "responses are retried, failed connections are not"},
	{lastErrorHidden, "when retries are exhausted, the caller gets an error of the retry loop, such as tenacity's RetryError, and not that of the service"},

	{ignoresTruncation, "the error of reading a body is dropped, as in body, _ := io.ReadAll(…): a truncated response is a success without the lost part"},
	{readsOnce, "one read of the socket is taken as the whole body"},
	{noResponseIsEmpty, "a catch around the request returns a default: without a response, the job has no members"},
	{noTimeout, "no timeout at all, as in Go's http.DefaultClient or Python's requests"},
	{timeoutPerRead, "the timeout restarts with every byte, as in Python's requests: a slow stream of bytes blocks the call forever"},
	{timeoutIsConnection, "a timeout is reported as a failed connection, so that callers cannot distinguish it"},
	{needsContentLength, "the body is read by its Content-Length: without one, it is empty"},
	{http11Only, "the version of HTTP is compared as a string"},
	{informationalIsFinal, "the first status line is taken as final, as in Python's http.client for statuses other than 100"},
	{headerNamesCompared, "header names are compared with case, which intermediaries change"},
	{contentTypeCompared, `contentType == "application/json": a parameter makes it unequal`},
	{contentTypeChecked, "a body is parsed only if its media type is application/json, as in some HTTP libraries, although the operation has no other"},
	{gzipNotDecoded, "the headers of a browser, including Accept-Encoding, copied into a client that cannot decompress"},
	{redirectsFollowed, "the HTTP library follows redirects, and sends the signature to any host"},

	{pathNotEscaped, "the path is written with Sprintf: a slash or question mark in an identifier changes the request"},
	{pathEscapedTwice, "the path is escaped, and escaped again by the URL library"},
	{plusForSpace, "the path is escaped like a query: a space becomes a plus"},
	{slashKept, `the path is escaped as a whole, as by encodeURI or quote(safe="/"): a slash in an identifier makes another path`},
	{escapedAsLatin1, "characters are escaped by code point, as in JavaScript's escape, not by their bytes in UTF-8"},
	{sendsEmptyIdentifier, "an empty identifier becomes an empty segment of the path, as in the AWS SDK for JavaScript"},
	{sendsUndefined, "a missing identifier is written into the path as undefined or None"},
	{notSigned, "the request is not signed, which goes unnoticed with an emulator that does not verify signatures"},
	{sessionTokenDropped, "only the two keys of temporary credentials are read, which are invalid without their token"},
	{regionHardWired, "the signature is always for us-east-1"},
}

// Mutants returns all bugs.
func Mutants() []Mutant { return append([]Mutant(nil), mutants...) }

func find(name string) (Mutant, bool) {
	for _, m := range mutants {
		if m.Name == name {
			return m, true
		}
	}
	return Mutant{}, false
}
