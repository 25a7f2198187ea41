// Package source reads the documents that describe operations, each kind by a
// reader of its own, into contracts.
//
// The model: a document is recognised by its content ([Read]) and read whole,
// without a network, a clock or a second document. What it states becomes a
// facet of a [schema.Contract]; what it cannot state stays silent. Where two
// parts of a document contradict, one wins by a rule that the reader documents,
// and the contradiction is a source.conflict finding: nothing is settled
// silently. A document that cannot be read gives an error that says where, why
// and what to do, and no contract.
//
// # boto3 pages
//
// A page of boto3's reference describes one client method, in reStructuredText
// as botocore's generator writes it. It says everything twice. The syntax
// blocks show an example call and answer as Python literals: they give types,
// enum values and order. The member lists describe the same members in nested
// bullets: they give REQUIRED marks, tell maps from structures, and mark tagged
// unions. [Page] reads both into trees and walks them together; where they
// disagree the syntax block wins, because it is the part without prose.
//
// The page is silent on many things, some of them surprising:
//
//   - what a response requires, and every bound, pattern and bit width;
//   - whether an undocumented structure is a union: the note that marks unions is
//     written only beside a documentation text;
//   - whether a recursive member of a request is required: its mark is never
//     written;
//   - which ancestor "{'... recursive ...'}" means. It is resolved by the type
//     and documentation that the member list repeats there, or left
//     [schema.Unstated];
//   - the enum whose only value is "string", which looks like any string.
//
// The generator leaves out sections that are too long. A page without the response's
// syntax block cannot be read ([TooLargeError]). Without the request's its input is
// unspecified, and without a member list so is what only the list says, each with a
// finding.
//
// Of a parameter that takes one form or another, as S3's CopySource='string' or
// {'Bucket': …} does by a customisation of botocore, the first form counts: it is
// what travels.
//
// # Smithy models
//
// A Smithy model, in the form of its JSON AST (versions 1.0 and 2.0), describes
// whole services; [Smithy] gives the contracts of all their operations, those
// bound through resources too. Mixins, apply statements, renames and the prelude
// are worked in. Of several protocols a JSON one counts, restJson1 first.
//
// A model speaks on nearly everything, for a trait that is absent says no. Traits
// of a member override those of the shape that it targets. Required is what the
// trait of that name promises; default, clientOptional and box change what
// clients make of a member, not what may travel. Patterns stay as they are, and a
// minimum length of zero is none. HTTP traits bind only the members of inputs,
// outputs and errors, so a structure that stands in several roles becomes several
// shapes; awsJson ignores them and jsonName. A renamed error keeps its name on
// the wire: it is the error's code.
//
// Silent are:
//
//   - the bits of bigInteger and bigDecimal, and the values of an intEnum;
//   - the wire name of a member whose location leaves it none: a payload, a status,
//     and the map of all further query parameters (httpQueryParams), which is told
//     from a single parameter by its type; in the body of XML and query protocols
//     the wire name of any member;
//   - the location of what an event carries in its own headers and payload;
//   - the API's name where no docId states it and the endpoint goes by another name
//     than the service, for defaults are seldom kept to there.
//
// # botocore models
//
// [Botocore] reads service-2.json, the models that boto3 and the AWS CLI run on:
// all operations of a service, with all that a contract holds. A trait that a
// model leaves out is known to be absent, with these exceptions, which stay silent:
//
//   - readonly and sparse, which botocore took up late, unless another operation
//     or shape of the model has them;
//   - the status of an error, and whose fault it is, which the models of JSON
//     protocols without REST often leave out;
//   - the name on the wire of a status or payload, which has none, and of two
//     members that read one XML element;
//   - the places of the members of an event;
//   - echoes, which no model states.
//
// Some facts are put as other sources put them:
//
//   - a model without a service ID goes by its endpoint prefix;
//   - the service goes by boto3's name, which follows from the service's ID and a
//     table of exceptions;
//   - of several protocols it is the one that botocore would use: JSON first;
//   - a pattern of botocore matches the whole string. [pattern.Whole] gives it the
//     anchors back that botocore took away: X becomes ^X$, and .*X.*, which is
//     how botocore writes a search, becomes X;
//   - a minimum of zero is no bound of a length: botocore writes one beside every
//     maximum. That of a number is one;
//   - a timestamp without a format has that of its place: epoch seconds in JSON,
//     an HTTP date in headers, RFC 3339 in queries and labels;
//   - a blob that is the HTTP body is streaming, whether it is marked or not;
//   - an event stream is a union;
//   - a header that holds JSON is a document, as on a page of boto3's reference;
//   - the location of a member counts only in inputs, outputs and errors, and
//     only under a REST protocol.
//
// References must lead somewhere, lists and maps must not contain themselves, and
// no name may stand twice; keys that are not known are passed over.
//
// # Clients of the AWS SDK for Go
//
// GoSDK reads the source folder of a client, such as the module
// service/cleanrooms, as it was generated: nothing is compiled or run. The types
// give structures, enums and the members of unions; serializers and
// deserializers give names on the wire, what is bound to HTTP, methods, URIs,
// targets and the errors of each operation; the comment "This member is
// required." gives just that.
//
// A client is silent on lengths, ranges, patterns, sparse lists, the status of
// success and of errors, which members of an error are required, the enum of a
// map's keys, and where a payload travels. A member whose name on the wire
// differs by more than its first letter goes by the Go name with a small first
// letter, or in awsJson by the Go name. Only clients of the JSON protocols are read.
package source
