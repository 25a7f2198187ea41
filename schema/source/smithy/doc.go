// Package smithy reads Smithy models into contracts.
//
// The model: [Read] reads the JSON AST of a model (versions 1.0 and 2.0) into a contract for each
// operation of each service, including operations bound through resources. It applies mixins, apply
// statements, renames and the prelude. Of several protocols, the contract has a JSON one, restJson1
// first.
//
// A model states nearly everything, because an absent trait means no. Traits of a member override
// those of its target. Required follows the required trait only: default, clientOptional and box
// change clients, not what may be sent. Patterns are unchanged. A minimum length of zero is dropped.
// HTTP traits bind only the members of inputs, outputs and errors, so a structure with several roles
// becomes several shapes. awsJson ignores HTTP traits and jsonName. A renamed error keeps its name on
// the wire, which becomes the code of the error.
//
// These facets are left unspecified:
//
//   - the bits of bigInteger and bigDecimal, and the values of an intEnum
//   - the wire name of a member whose location has none: a payload, a status, or the map of all
//     other query parameters (httpQueryParams), which only its type distinguishes from a single
//     parameter; and of any member in the body of XML and query protocols
//   - the location of the members of an event that are in its headers or its payload
//   - the API's name, if there is no docId and the endpoint has another name than the service:
//     many services do not use the default name
package smithy
