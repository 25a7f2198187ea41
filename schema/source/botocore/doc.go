// Package botocore reads the models of botocore into contracts.
//
// [Read] reads service-2.json, the models that boto3 and the AWS CLI run on:
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
//   - a pattern of botocore matches the whole string. pattern.Whole gives it the
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
// names are unique; unknown keys are ignored.
package botocore
