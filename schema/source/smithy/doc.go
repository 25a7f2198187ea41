// Package smithy reads Smithy models into contracts.
//
// A Smithy model, in the form of its JSON AST (versions 1.0 and 2.0), describes
// whole services; [Read] gives the contracts of all their operations, those
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
package smithy
