// Package gosdk reads clients of the AWS SDK for Go into contracts.
//
// The model: [Read] parses the source folder of a generated client, such as the module
// service/cleanrooms. It neither compiles nor runs anything. Types give structures, enums and the
// members of unions. Serializers and deserializers give wire names, HTTP bindings, methods, URIs,
// targets and the errors of each operation. The comment "This member is required." gives required
// members.
//
// Only clients of JSON protocols can be read. A client does not state, so contracts leave
// unspecified: lengths, ranges, patterns, sparse lists, the status of success and of errors, the
// required members of an error, the enum of a map's keys, and the location of a payload. If a wire
// name differs from the Go name by more than the case of its letters, the member gets the Go name,
// with a small first letter unless the protocol is awsJson.
package gosdk
