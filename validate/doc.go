// Package validate holds responses of a service, and requests, against a contract.
//
// The model: [Compile] turns a contract into a [Validator], which is immutable
// and safe for concurrent use. A validator reads a document's bytes, never a
// decoded value, because decoding loses what matters: duplicate names, the
// digits of a number, what follows the document. One compiled walker goes over
// the bytes. Without a sink it accepts or gives up at the first finding, and
// allocates nothing; with a sink it explains every finding of the document,
// with its JSON Pointer and its line and column. Places are computed only when
// there is something to say.
//
// The oracle is santhosh-tekuri/jsonschema: the first document of each new kind
// of finding is also validated against the contract's JSON Schema, and a difference
// of verdicts is a finding of its own ([finding.OracleDisagreement]). Fuzzing
// holds both to one verdict on every document.
//
// What the contract calls sensitive is withheld from findings: values, and the
// keys of sensitive maps, for which "*" stands in pointers.
//
// Where a document repeats a name, the last value counts, as in most parsers;
// the repetition is a finding.
//
// What a recorder left out is not the service's fault, and what nobody read was not
// checked: [Recorded] knows what the recorder of a source keeps, [Outcome] says what
// was left out and which body no rule read. [Auto] reads a source ahead, finds out in
// which encoding its documents are, and validates them in order.
//
// Around the walker: [Validator.Exchange] validates a recorded interaction
// whole: what the request says in its path, query, headers and body, and what
// the answer says in its status, headers and body. What travels beside a body is
// written down as one JSON object and walked like a body; a payload that is text
// or bytes is held as it is, and each event of a stream is validated against its
// member of the stream's union. [Catalog] finds the contract by the request,
// [Transport] validates live traffic in passing, and [Require] does it in a Go
// test.
package validate
