// Package gosdk reads the source of clients of the AWS SDK for Go into contracts.
//
// [Read] reads the source folder of a client, such as the module
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
package gosdk
