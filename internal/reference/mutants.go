package reference

// Mutant is a bug that the client can be given.
type Mutant struct {
	Name   string
	Models string // the real bug
}

var mutants = []Mutant{
	{closedEnum, "a generated enum without a case for other values: a status that the service adds is a parse error"},
	{americanSpelling, "enum values typed from memory: CANCELED and CANCELING for CANCELLED and CANCELLING"},
	{enumCaseFolded, "values are looked up with toUpper, as with Enum.Parse(ignoreCase): another value of the service's is taken for a known one"},
	{enumAsIdentifier, "the name of a generated constant is handed over in place of its value: CR_4X for CR.4X"},
	{failedJobIsAnError, "a wrapper that throws when the job has failed, though the call succeeded"},
	{waitsUntilDone, "a getter that polls until the job is done, so that nobody can ask how it is"},
	{locationCleaned, "S3 URLs go through a function for paths, such as path.Clean or os.path.normpath: s3://b/k/ becomes s3:/b/k"},
	{prefixGetsSlash, "a key prefix gets a slash at its end, for paths are joined with it"},
	{absentPrefixIsEmpty, "a flattener dereferences an optional member with aws.ToString: absent becomes empty, which Terraform reports as drift"},
	{parametersCame, "generated from a model before jobParameters.parameters came, and never again"},
	{payerCame, "generated from a model before worker.properties and jobComputePayerAccountId came, and never again"},
	{rangeOfEarlierModel, "the range of worker.number in a model before 1.42.91, 4 to 128, is enforced on answers"},
	{arnChecked, "ARNs are matched with a pattern of the partition aws and its usual regions: nothing works in China or GovCloud"},
	{constraintsChecked, "the model's lengths, ranges and patterns are enforced on answers, as a validating deserialiser does"},

	{unknownMemberFails, "strict decoding, such as DisallowUnknownFields or additionalProperties: false: a member that the service adds is a parse error"},
	{nullMemberFails, "optional members that may be absent but not null, such as serde's default without Option"},
	{requiredMemberFails, "constructors that demand what the model calls required: an answer that lacks one member is lost whole"},
	{namesFoldCase, "member names are compared without case, as encoding/json does: another member of the service's overwrites a known one"},
	{readsInOrder, "a streaming parser that expects the members in the order of the documentation"},
	{emptyStringIsAbsent, "if value: or omitempty: an empty string is taken for an absent one"},
	{emptyCollectionIsAbsent, "if len(list) > 0: an empty list or map is taken for an absent one"},
	{emptyStructureIsAbsent, "a structure without members is taken for an absent one, as by serialisers with NON_EMPTY"},
	{zeroIsAbsent, "if value: or omitempty: zero is taken for absent, be it a number or a time"},
	{listOfOneUnwrapped, "a list with one element becomes the element, as in conversions by way of XML or PowerShell"},
	{firstOfListOnly, "only the first element of a list is read, for there was only ever one"},
	{mapKeysCamelised, "camelcase-keys or humps over the whole document, so that the keys of maps change too, which are data"},
	{protoKeyLost, `maps are objects of JavaScript, to which object["__proto__"] = "text" adds nothing`},

	{unionFirstWins, "a union read by a chain of if-present: of several members the first is taken, as the AWS SDK for Go v2 takes the first that its map iteration meets"},
	{unionLastWins, "a union read by setting a field per member: a later member overwrites an earlier one"},
	{unionPassesAll, "a union is a structure: of several members all are handed over, as the AWS SDKs for JavaScript and Java do"},
	{unionUnknownIgnored, "unknown members are skipped before members are counted: beside a known one an unknown one goes unnoticed, as in the AWS SDK for Java"},
	{unionNullCounts, "members are counted by their names: one that is null counts"},
	{unionEmptyIsAbsent, "a union in which nothing is set is taken for an absent one, as by the AWS SDK for Go v2"},
	{typeMemberInUnionCounts, "the service's __type beside the member of a union counts as a second member; the AWS SDK for Go v2 takes it for the member when its map iteration meets it first"},
	{unknownUnionMemberFails, "a closed sum type, such as a serde enum without #[serde(other)]: a member that the service adds is a parse error"},
	{unionUnknownDropped, "an unknown member of a union is dropped, and the union with it: that there is something new cannot be seen"},

	{timestampIntegerOnly, "timestamps decoded into an integer: a fraction of a second is a parse error"},
	{timestampAsMilliseconds, "epoch seconds handed to a constructor of milliseconds, such as JavaScript's new Date(n)"},
	{timestampNeedsFraction, `text.split(".")[1]: a timestamp without a fraction is an index out of range`},
	{fractionAsMilliseconds, "the digits after the point are taken for milliseconds: .5 is 5 ms"},
	{timestampRounded, "milliseconds are rounded, so that a moment comes out in the future"},
	{timestampUnsigned, "seconds in an unsigned integer: moments before 1970 are a parse error"},
	{timestamp32Bits, "seconds in a time_t of 32 bits, which ends in 2038"},
	{exponentFails, "numbers are read with a pattern of digits and a point: one with an exponent is a parse error"},
	{float64Integers, "every JSON number goes through a double, as in encoding/json's any or JavaScript: integers beyond 2^53 change"},
	{int32Integers, "a long is read into an int: 25 days of milliseconds are the most"},
	{nonNumericFails, `a double must be a JSON number: "NaN" and "Infinity" are parse errors`},
	{infinitySignLost, `"-Infinity" is read as infinity, for the sign is looked for in numbers alone`},
	{doubleNeedsPoint, "the parser makes an integer of 3 and a double of 3.0, and a cast of the integer fails"},
	{scalarsGuessed, "texts that look like other values become those, as by YAML's or a spreadsheet's rules: account IDs are numbers"},

	{firstLineOnly, "the body is read by the line, and the service has only ever sent one"},
	{linesOf64K, "bufio.Scanner with its default limit and no look at its error: longer lines are an empty answer"},
	{latin1Assumed, "the body is decoded by the Content-Type's charset, which is Latin-1 where there is none, as in RFC 2616"},
	{escapesKept, "strings are cut out between the quotation marks, and escapes stay what they are"},
	{surrogatesSeparately, `each \u escape is a character: surrogate pairs become two replacement characters`},
	{nulEndsString, "strings go through C, where U+0000 ends them"},
	{stringsCut, "strings go into a column of 255 bytes, and what is longer is cut"},
	{firstDuplicateWins, "if not in map: of members with the same name the first is kept, unlike in every SDK"},
	{duplicateFails, "a parser that refuses duplicate names, such as Go's encoding/json/v2 or Jackson's STRICT_DUPLICATE_DETECTION"},
	{trailingIgnored, "json.NewDecoder(body).Decode reads the first document, and what follows goes unnoticed, as in the AWS SDK for Go v2"},
	{brokenIsEmpty, "except ValueError: return {}: a body that is no JSON is a success without members, as in boto3"},

	{errorByHeaderOnly, "the error is identified by X-Amzn-Errortype alone, and is unknown where a gateway drops the header"},
	{errorHeaderIgnored, "the error is looked for in the body alone, as with awsJson"},
	{errorCodeIgnored, "the body's code is not looked at, as in the AWS SDK for Java"},
	{errorCapitalCodeIgnored, "the body's code is looked at, but not Code"},
	{errorTypeIgnored, "the body's __type is not looked at"},
	{errorURIKept, "what follows the colon stays in the error's name, which then matches nothing; so the AWS SDK for Java with __type"},
	{errorNamespaceKept, "the namespace before '#' stays in the error's name, which then matches nothing; so the AWS SDK for Java with the header"},
	{errorBodyWins, "the body is looked at before the header"},
	{errorTypeBeforeCode, "the body's __type is looked at before its code"},
	{errorNestedNameCounts, "a search through the whole body for __type finds that of a cause"},
	{errorByStatus, "a switch on the HTTP status: whatever has 403 is AccessDeniedException"},
	{unmodelledIsUnknown, "an error that the operation does not declare loses its name, so that expired credentials cannot be told from anything else"},
	{errorFieldsDropped, "one exception class for all errors, without their members"},
	{errorNeedsMessage, "the message of an error is dereferenced, and is absent"},
	{capitalMessageIgnored, "an error's Message, as gateways write it, is not looked at"},
	{errorBodyMustBeJSON, "the body of an error is parsed before its status is looked at: a load balancer's HTML is a parse error"},
	{errorHeaderOnSuccessCounts, "whether an answer is an error goes by X-Amzn-Errortype, not by the status"},
	{only200Succeeds, "status == 200 in place of a look at its class"},

	{retriesNever, "no retries: one throttled answer fails the call"},
	{retriesOnce, "if failed: try again, once, whatever the limit is"},
	{retriesOn4xx, "everything from 400 on is retried, also what can never succeed"},
	{limitCountsRetries, "maxAttempts is taken for the number of retries: one attempt more than was allowed"},
	{noBackoff, "a loop without a pause, which makes throttling worse"},
	{tooManyRequestsIsFinal, "only 5xx is retried, as by urllib3's and many gateways' defaults"},
	{retriesByName, "only the names of errors are retried, so that the 502 to 504 of proxies, which have none, are final"},
	{throttlingByStatusOnly, "throttling is 429 alone: what services throttle with 400 is final"},
	{connectionIsFinal, "answers are retried, failed connections are not"},
	{lastErrorHidden, "when retries are exhausted the caller gets the loop's own error, such as tenacity's RetryError, and not the service's"},

	{ignoresTruncation, "the error of reading a body is dropped, as in body, _ := io.ReadAll(…): what a cut connection left is a success, without what was lost"},
	{readsOnce, "one read of the socket is taken for the whole body"},
	{noAnswerIsEmpty, "a catch around the request returns a default: when no answer comes, the job has no members"},
	{noTimeout, "no timeout at all, as in Go's http.DefaultClient or Python's requests"},
	{timeoutPerRead, "the timeout begins anew with every byte, as in Python's requests: slow bytes hold the call for ever"},
	{timeoutIsConnection, "a timeout is reported as a failed connection, so that callers cannot tell it"},
	{needsContentLength, "the body is read by its Content-Length: where there is none, it is empty"},
	{http11Only, "the version of HTTP is compared as a text"},
	{informationalIsTheAnswer, "the first status line is the answer's, as in Python's http.client for what is not 100"},
	{headerNamesCompared, "header names are compared by their letters' case, which intermediaries change"},
	{contentTypeCompared, `contentType == "application/json": a parameter makes it another`},
	{contentTypeChecked, "a body is only parsed if its media type is application/json, as some HTTP libraries do, though the operation has no other"},
	{gzipNotDecoded, "a header of a browser's, Accept-Encoding among them, copied into a client that cannot decode it"},
	{redirectsFollowed, "the HTTP library follows redirects, and sends the signature to wherever they lead"},

	{pathNotEscaped, "the path is written with Sprintf: a slash or question mark in an identifier asks for something else"},
	{pathEscapedTwice, "the path is escaped, and then again by the URL library"},
	{plusForSpace, "a path is escaped like a query: a space becomes a plus"},
	{slashKept, `a path is escaped whole, as by encodeURI or quote(safe="/"): a slash in an identifier makes another path`},
	{escapedAsLatin1, "characters are escaped by their number, as by JavaScript's escape, not by their bytes in UTF-8"},
	{sendsEmptyIdentifier, "an empty identifier makes an empty segment of the path, as in the AWS SDK for JavaScript"},
	{sendsUndefined, "a missing identifier is written into the path as undefined or None"},
	{notSigned, "the signer is left out, which an emulator that checks no credentials never shows"},
	{sessionTokenDropped, "only the two keys are read of temporary credentials, which are worthless without their token"},
	{regionHardWired, "the signature is always for us-east-1"},
}

// Mutants returns the bugs.
func Mutants() []Mutant { return append([]Mutant(nil), mutants...) }

func find(name string) (Mutant, bool) {
	for _, m := range mutants {
		if m.Name == name {
			return m, true
		}
	}
	return Mutant{}, false
}
