// Package validate validates the responses of a service, and the requests, against a contract.
//
// The model: [Compile] turns a contract into a [Validator], which is immutable and safe for
// concurrent use. A validator reads a document's bytes, never a decoded value, because decoding
// loses what matters: duplicate names, the digits of a number, data after the document. Two readers
// share the compiled contract. The acceptor allocates nothing, and gives up at the first doubt.
// Then the explainer reads the document again and reports every finding, with its JSON Pointer,
// line and column.
//
// The oracle is santhosh-tekuri/jsonschema: the first document of each new kind of finding is also
// validated against the contract's JSON Schema, and a difference of verdicts is a finding too
// ([finding.OracleDisagreement]). Fuzz tests compare both verdicts.
//
// What the contract calls sensitive is withheld from findings: values, and the
// keys of sensitive maps, which pointers replace by "*".
//
// Where a document repeats a name, the last value counts, as in most parsers;
// the repetition is a finding.
//
// A recorder may leave out parts of an exchange. [Source] knows what the recorder of a source
// keeps; [Outcome] says what was left out, and which body no rule read. [Auto] reads a source
// ahead, detects the encoding of its documents, and validates them in order.
//
// [Validator.Exchange] validates a recorded interaction: the path, query, headers and body of the
// request, and the status, headers and body of the response. Members that are not in the body are
// written as one JSON object, which is then validated like a body. A payload of text or bytes is
// validated as it is, and each event of a stream against its member of the stream's union.
// [Catalog] finds the contract by the request, [Transport] validates live traffic, and [Require]
// fails a Go test.
package validate
