// Package botocore reads the models of botocore into contracts.
//
// The model: [Read] reads a service-2.json, which boto3 and the AWS CLI run on, into a contract for
// each operation. A trait that the model leaves out is known to be absent, except for these facets,
// which are left unspecified:
//
//   - readonly and sparse, which botocore adopted late, unless another operation or shape of the
//     model has them
//   - the status and fault of an error, which models of JSON protocols without REST often omit
//   - the wire name of a status or payload, which has none, and of two members that read the same
//     XML element
//   - the locations of the members of an event
//   - echoes, which no model states
//
// Some facts are converted to the form that other sources use:
//
//   - The service has boto3's name, derived from the service ID with a table of exceptions. In a
//     model without a service ID, the endpoint prefix is the name.
//   - Of several protocols, the contract has the one that botocore would use: JSON first.
//   - A pattern of botocore matches the whole string. pattern.Whole restores the anchors that
//     botocore removed: X becomes ^X$, and .*X.*, which is how botocore writes a search, becomes X.
//   - A minimum length of zero is dropped, because botocore writes one beside every maximum. A
//     minimum of zero of a number is kept.
//   - A timestamp without a format has the format of its location: epoch seconds in JSON, an HTTP
//     date in headers, RFC 3339 in queries and labels.
//   - A blob that is the HTTP body is streaming, whether it is marked or not.
//   - An event stream is a union.
//   - A header with a JSON value is a document, as on a page of boto3's reference.
//   - Members have locations only in inputs, outputs and errors, and only in REST protocols.
//
// References must resolve, lists and maps must not contain themselves, and names must be unique.
// Unknown keys are ignored.
package botocore
