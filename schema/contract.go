package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Format is the version of the JSON form of a contract.
const Format = 1

// Contract is what one operation promises. See the package comment.
type Contract struct {
	Format    int    `json:"crcheckContract"`
	Service   string `json:"service"`           // boto3's name of the service, such as "cleanrooms"
	Operation string `json:"operation"`         // the API's name, such as "GetProtectedJob"
	Version   string `json:"version,omitempty"` // of the source; empty where it does not say

	API      Known[string] `json:"api,omitzero"`      // the API and its version, such as "cleanrooms-2022-02-17"
	Protocol Known[string] `json:"protocol,omitzero"` // restJson1, awsJson1_0, awsJson1_1, …
	// Protocols are the protocols that the source lists, if they are several.
	Protocols Known[[]string] `json:"protocols,omitzero"`
	Signing   Known[string]   `json:"signing,omitzero"`  // SigV4's service name
	Target    Known[string]   `json:"target,omitzero"`   // X-Amz-Target of awsJson, such as "DynamoDB_20120810.ListTables"
	Method    Known[string]   `json:"method,omitzero"`   // HTTP method
	URI       Known[string]   `json:"uri,omitzero"`      // URI template, such as "/memberships/{membershipIdentifier}"
	Status    Known[int]      `json:"status,omitzero"`   // HTTP status of success
	Readonly  Known[bool]     `json:"readonly,omitzero"` // calling it changes nothing
	// QueryCompatible says that errors also have the code that they had in the query protocol, in
	// X-Amzn-Query-Error (Smithy, aws.protocols#awsQueryCompatible).
	QueryCompatible Known[bool] `json:"queryCompatible,omitzero"`
	// Unsigned says that the service takes a request without a signature, as for logging in (Smithy,
	// authentication-traits.html#auth-trait). Sources state it of such operations only.
	Unsigned Known[bool] `json:"unsigned,omitzero"`
	// Bearer says that the service takes a bearer token in place of a signature (Smithy,
	// authentication-traits.html#httpbearerauth-trait). Sources state it of such operations only.
	Bearer Known[bool] `json:"bearer,omitzero"`

	Input  string `json:"input,omitempty"`  // name of the structure; empty: no input
	Output string `json:"output,omitempty"` // name of the structure; empty: no output
	// InputUnstated says that the source omits the input; Input is then empty.
	InputUnstated bool `json:"inputUnstated,omitzero"`

	Errors []Error `json:"errors,omitempty"`
	Echoes []Echo  `json:"echoes,omitempty"`

	Shapes map[string]*Shape `json:"shapes,omitempty"`

	Origins []Origin `json:"origins,omitempty"`
	// Provenance maps the address of a fact, PART#POINTER:FACET, to the index of its origin. Facts
	// of Origins[0] are not in it.
	Provenance map[string]int `json:"provenance,omitempty"`
}

// Error is an error that the operation may return.
type Error struct {
	Name   string        `json:"name"`
	Status Known[int]    `json:"status,omitzero"`
	Fault  Known[string] `json:"fault,omitzero"` // client or server
	Shape  string        `json:"shape,omitempty"`
	// Code is the name on the wire if it differs from Name. For a query-compatible service, it is
	// the code in the query protocol if the source states one.
	Code Known[string] `json:"code,omitzero"`
}

// Echo states that a place of the output has the value of a member of the input.
type Echo struct {
	Output string `json:"output" yaml:"output"` // JSON Pointer into the output
	Input  string `json:"input" yaml:"input"`   // name of the input member
}

// Origin is a document that facts of a contract came from.
type Origin struct {
	Kind    string `json:"kind"` // "boto3-page", "overlay", …
	Version string `json:"version,omitempty"`
	Digest  string `json:"digest"` // "sha256:" and the digest of the document, in hexadecimal
	// Operations is the number of operations that the document describes; 0: not known.
	Operations int `json:"operations,omitzero"`
}

// NewOrigin returns the origin for a document.
func NewOrigin(kind, version string, document []byte) Origin {
	return Origin{Kind: kind, Version: version, Digest: sha256Of(document)}
}

func sha256Of(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Name returns SERVICE.OPERATION, the name of the operation in findings and ignore rows.
func (c *Contract) Name() string { return c.Service + "." + c.Operation }

// String returns SERVICE.OPERATION@VERSION.
func (c *Contract) String() string {
	if c.Version == "" {
		return c.Name()
	}
	return c.Name() + "@" + c.Version
}

// Resolve returns the shape that a reference refers to. A name that the contract does not have
// resolves to an unstated shape; [Contract.Check] reports it.
func (c *Contract) Resolve(r Ref) *Shape {
	if r.Inline != nil {
		return r.Inline
	}
	if s := c.Shapes[r.Name]; s != nil {
		return s
	}
	return &Shape{}
}

// Error returns the error with a name or, if there is none, with that code on the wire.
func (c *Contract) Error(name string) (*Error, bool) {
	if e, ok := c.errorNamed(name); ok {
		return e, true
	}
	for i := range c.Errors {
		if code, ok := c.Errors[i].Code.Get(); ok && code == name {
			return &c.Errors[i], true
		}
	}
	return nil, false
}

func (c *Contract) errorNamed(name string) (*Error, bool) {
	for i := range c.Errors {
		if c.Errors[i].Name == name {
			return &c.Errors[i], true
		}
	}
	return nil, false
}

// Part names a document of an operation: "output", "input" or "error:NAME".
type Part string

const (
	OutputPart Part = "output"
	InputPart  Part = "input"
)

// ErrorPart names the body of an error.
func ErrorPart(name string) Part { return Part("error:" + name) }

// ErrorName returns the name of the error that the part is the body of.
func (p Part) ErrorName() (name string, ok bool) { return strings.CutPrefix(string(p), "error:") }

// Root returns the structure at the root of a part. It returns the zero Ref and true for a part
// without one: no output, or an error whose members the source does not state. It returns false for
// a part that the contract does not have.
func (c *Contract) Root(part Part) (root Ref, ok bool) {
	switch {
	case part == OutputPart:
		return Named(c.Output), true
	case part == InputPart:
		return Named(c.Input), true
	}
	name, isError := part.ErrorName()
	if !isError {
		return Ref{}, false
	}
	e, ok := c.Error(name)
	if !ok {
		return Ref{}, false
	}
	return Named(e.Shape), true
}

// Parts returns the parts of the contract: output, input, then each error.
func (c *Contract) Parts() []Part {
	parts := []Part{OutputPart, InputPart}
	for _, e := range c.Errors {
		parts = append(parts, ErrorPart(e.Name))
	}
	return parts
}

// Digest identifies what the contract promises: the SHA-256 of its JSON form
// without version, origins and provenance. It panics on bounds that are not
// numbers, which [Contract.Check] reports.
func (c *Contract) Digest() string {
	promise := *c
	promise.Version, promise.Origins, promise.Provenance = "", nil, nil
	text, err := marshal(&promise)
	if err != nil {
		panic(fmt.Sprintf("schema: contract %s does not marshal: %v", c, err))
	}
	return sha256Of(text)
}

// Clone returns a deep copy.
func (c *Contract) Clone() *Contract {
	d := *c
	d.Errors = slices.Clone(c.Errors)
	d.Echoes = slices.Clone(c.Echoes)
	d.Origins = slices.Clone(c.Origins)
	d.Provenance = maps.Clone(c.Provenance)
	d.Shapes = make(map[string]*Shape, len(c.Shapes))
	for name, s := range c.Shapes {
		d.Shapes[name] = s.clone()
	}
	return &d
}

// ShapeNames returns the names of the contract's shapes, sorted.
func (c *Contract) ShapeNames() []string { return slices.Sorted(maps.Keys(c.Shapes)) }

// Only returns a copy of the contract that has only one of its parts. The copy shares the shapes.
func (c *Contract) Only(part Part) *Contract {
	d := *c
	d.Echoes, d.Provenance, d.Errors = nil, nil, nil
	if part != OutputPart {
		d.Output = ""
	}
	if part != InputPart {
		d.Input = ""
	}
	if name, isError := part.ErrorName(); isError {
		i := slices.IndexFunc(c.Errors, func(e Error) bool { return e.Name == name })
		if i >= 0 {
			d.Errors = c.Errors[i : i+1]
		}
	}
	return &d
}
