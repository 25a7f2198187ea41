package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/traffic"
)

// Catalog validates traffic of many operations. It is immutable and safe for
// concurrent use.
type Catalog struct {
	routes     *schema.Catalog
	validators map[*schema.Contract]func() *Validator
}

// CompileCatalog checks every contract of a catalog. Each is compiled when it is
// first used.
func CompileCatalog(k *schema.Catalog, options Options) (*Catalog, error) {
	c := &Catalog{k, make(map[*schema.Contract]func() *Validator, k.Len())}
	for _, contract := range k.Contracts() {
		if err := check(contract); err != nil {
			return nil, err
		}
		c.validators[contract] = sync.OnceValue(func() *Validator { return compile(contract, options) })
	}
	return c, nil
}

// Bare says what bare bodies are, which nobody recorded a request of. The zero
// value takes them for success responses of the only contract.
type Bare struct {
	Operation string      // name of the operation, with or without its service; empty: the only one
	Part      schema.Part // empty: by Status
	Status    int         // 0: a success; 300 and above: an error, identified by its body
}

// BareError says that a bare body cannot be validated as asked.
type BareError struct{ Problem string }

func (e *BareError) Error() string { return e.Problem }

// Outcome is what came of one interaction.
type Outcome struct {
	Contract   *schema.Contract // nil: not checked
	NotChecked string           // why not
	// NotRead is the kind of a body that no rule read, such as "blob payload" or
	// "CBOR". The contract, where there is one, was checked around it.
	NotRead  string
	LeftOut  LeftOut
	Findings finding.Set
}

// Check validates an interaction by the contract that its request routes to, or
// a bare body as bare says. The error is a [*BareError] or a [*jsonschema.PartError].
//
// Of what the recorder keeps it knows this interaction alone: see [Auto].
func (k *Catalog) Check(x *traffic.Interaction, bare Bare) (Outcome, error) {
	return k.check(x, bare, recordedOf(x))
}

func (k *Catalog) check(x *traffic.Interaction, bare Bare, kept Recorded) (Outcome, error) {
	if x.Request == nil {
		return k.checkBare(x, bare)
	}
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return Outcome{NotChecked: "the request's URL is malformed"}, nil
	}
	v, labels, why := k.route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes})
	if isCBOR(x.Response.Header) && len(x.Response.Body.Bytes) > 0 {
		return Outcome{NotRead: cborBody}, nil
	}
	if v == nil {
		return Outcome{NotChecked: why}, nil
	}
	readable, err := decoded(x)
	if outcome, unread := unread(x, err); unread {
		return outcome, nil
	}
	findings, leftOut := v.exchange(readable, err, labels, kept)
	outcome := Outcome{Contract: v.contract, LeftOut: leftOut, Findings: findings}
	if err == nil && v.blob(&readable.Response) {
		outcome.NotRead = blobPayload
	}
	return outcome, nil
}

// route returns the validator that a request leads to, or why there is none.
func (k *Catalog) route(r schema.Request) (v *Validator, labels map[string]string, why string) {
	route, ok := k.routes.Route(r)
	if !ok {
		return nil, nil, k.routes.NotRouted(r)
	}
	if protocol, ok := route.Contract.NotJSON(); ok {
		return nil, nil, route.Contract.Signing.Or(route.Contract.Service) + " (" + protocol + ")"
	}
	return k.validators[route.Contract](), route.Labels, ""
}

func (k *Catalog) checkBare(x *traffic.Interaction, bare Bare) (Outcome, error) {
	v, err := k.operation(bare.Operation)
	if err != nil {
		return Outcome{}, err
	}
	c := v.contract
	switch {
	case bare.Part != "":
		if _, ok := v.parts[bare.Part]; !ok {
			return Outcome{}, &jsonschema.PartError{Contract: c.String(), Part: bare.Part, Known: c.Parts()}
		}
		return Outcome{Contract: c, Findings: locate(v.body(bare.Part, x.Response.Body), x)}, nil
	}
	answer := &traffic.Response{Status: bare.Status, Body: x.Response.Body}
	if v.options.Projection == schema.SDK {
		asBoto3Has(answer)
	}
	if answer.Status >= 300 {
		e := exchange{v: v, bare: true, kept: Recorded{true, true, true}, response: answer}
		e.identified()
		return Outcome{Contract: c, Findings: locate(e.graded(), x)}, nil
	}
	return Outcome{Contract: c, Findings: locate(v.body(schema.OutputPart, x.Response.Body), x)}, nil
}

// asBoto3Has gives an answer the status and the name of the error that its body is,
// if it is the response of a ClientError of boto3: the members of the modelled
// error beside {"Error": {"Code", "Message"}, "ResponseMetadata": {"HTTPStatusCode"}}
// (botocore/parsers.py).
func asBoto3Has(r *traffic.Response) {
	if !bytes.Contains(r.Body.Bytes, []byte(`"HTTPStatusCode"`)) || !bytes.Contains(r.Body.Bytes, []byte(`"Error"`)) {
		return
	}
	tree, _ := Tree(r.Body.Bytes)
	body, _ := tree.(map[string]any)
	fault, _ := body["Error"].(map[string]any)
	metadata, _ := body["ResponseMetadata"].(map[string]any)
	code, _ := fault["Code"].(string)
	number, _ := metadata["HTTPStatusCode"].(json.Number)
	if status, err := strconv.Atoi(number.String()); err == nil && code != "" {
		r.Status, r.Header = status, http.Header{"X-Amzn-Errortype": {code}}
	}
}

func (k *Catalog) operation(name string) (*Validator, error) {
	switch found := k.routes.Named(name); len(found) {
	case 0:
		return nil, &BareError{fmt.Sprintf("no contract is of operation %q", name)}
	case 1:
		return k.validators[found[0]](), nil
	default:
		return nil, &BareError{fmt.Sprintf("bodies without requests could be of %s or of %s: name one with --operation", found[0], found[1])}
	}
}

// locate says in which interaction of which source findings stand.
func locate(findings finding.Set, x *traffic.Interaction) finding.Set {
	for i := range findings {
		findings[i].Source = x.Source
		if x.Kind != traffic.JSON {
			findings[i].Interaction = x.Index + 1
		}
	}
	return findings
}
