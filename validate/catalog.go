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
	routes   *schema.Catalog
	options  Options
	patterns patterns // of all contracts
	used     sync.Map // *schema.Contract to func() (*inUse, error)
}

// inUse is a contract that traffic has reached.
type inUse struct {
	*Validator
	digest func() string // of the contract without the name of its service
}

// CompileCatalog checks the contracts that a catalog was given; those of services are checked when
// they are first used. All are compiled when they are first used.
func CompileCatalog(k *schema.Catalog, options Options) (*Catalog, error) {
	for _, contract := range k.Given() {
		if err := check(contract); err != nil {
			return nil, err
		}
	}
	return &Catalog{routes: k, options: options}, nil
}

// use returns the validator of a contract.
func (k *Catalog) use(c *schema.Contract) (*inUse, error) {
	compiled, ok := k.used.Load(c)
	if !ok {
		compiled, _ = k.used.LoadOrStore(c, sync.OnceValues(func() (*inUse, error) {
			if err := check(c); err != nil {
				return nil, err
			}
			return &inUse{compile(c, k.options, &k.patterns), sync.OnceValue(func() string {
				nameless := *c
				nameless.Service = ""
				return nameless.Digest()
			})}, nil
		}))
	}
	return compiled.(func() (*inUse, error))()
}

// Bare says what bare bodies are: bodies that were recorded without a request. The zero value reads
// them as success responses of the only contract.
type Bare struct {
	Operation string      // name of the operation, with or without its service; empty: the only one
	Part      schema.Part // empty: by Status
	Status    int         // 0: a success; 300 and above: an error, identified by its body
	Found     bool        // in a folder: the user did not name the file, so it may be anything
}

// BareError says that a bare body cannot be validated as asked.
type BareError struct {
	Problem string
	// Undecided says that the body could be of several operations.
	Undecided bool
}

func (e *BareError) Error() string { return e.Problem }

// Outcome is the result of validating one interaction.
type Outcome struct {
	Contract   *schema.Contract // nil: not checked
	NotChecked string           // why not
	Unrouted   *schema.Unrouted // why no contract has the route, if that is the reason
	// NotRead is the kind of a body that no rule read, such as "blob payload" or "br encoding". The rest of
	// the exchange was checked if there is a contract.
	NotRead string
	LeftOut LeftOut
	// Unrecognised are some member names of a bare body of which no contract knows a member; nil for
	// other bodies. See [Auto].
	Unrecognised []string
	// Placeholders are the values of a snapshot that no finding is reported about.
	Placeholders int
	Findings     finding.Set
}

// Check validates an interaction against the contract that its request routes to, or a bare body as
// bare says. The error is a [*BareError] or a [*jsonschema.PartError].
//
// It judges by this interaction alone what the recorder keeps; [Auto] knows the whole source.
func (k *Catalog) Check(x *traffic.Interaction, bare Bare) (Outcome, error) {
	return k.check(x, bare, recordedOf(x))
}

func (k *Catalog) check(x *traffic.Interaction, bare Bare, kept recorded) (Outcome, error) {
	outcome, err := k.checked(x, bare, kept)
	outcome.Findings, outcome.Placeholders = withoutPlaceholders(x, outcome.Findings)
	var from finding.Origin
	if k.options.From == finding.OriginUnknown && from.UnmarshalText([]byte(x.Meta.From)) == nil && from != finding.OriginUnknown {
		outcome.Findings = grade(outcome.Findings, k.options.Profile, from)
	}
	return outcome, err
}

func (k *Catalog) checked(x *traffic.Interaction, bare Bare, kept recorded) (Outcome, error) {
	if x.Request == nil || returned(x) {
		return k.checkCalled(x, bare)
	}
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return Outcome{NotChecked: "the request's URL is malformed"}, nil
	}
	asked := schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes}
	found, unrouted := k.routes.Candidates(routable(asked, asksCBOR(x.Request.Header) || respondsCBOR(x)))
	if x.Operation != "" {
		if found, unrouted = k.called(x.Operation, found), nil; len(found) == 0 {
			return Outcome{NotChecked: noOperation}, nil
		}
	}
	if unrouted != nil {
		return Outcome{NotChecked: unrouted.String(), Unrouted: unrouted}, nil
	}
	found, why := readableRoutes(found, x)
	if why != "" {
		return Outcome{NotChecked: why}, nil
	}
	translates := anyCBOR(found)
	if !translates && respondsCBOR(x) && len(x.Response.Body.Bytes) > 0 {
		return Outcome{NotRead: cborBody}, nil
	}
	readable, err := decoded(x, translates)
	if outcome, unread := unread(x, err); unread {
		return outcome, nil
	}
	return k.choose(found, func(v *Validator, labels map[string]string) Outcome {
		return v.outcome(readable, err, routed{u, labels}, kept)
	}), nil
}

func (k *Catalog) checkBare(x *traffic.Interaction, bare Bare) (Outcome, error) {
	v, err := k.operation(bare.Operation)
	if err != nil {
		return Outcome{}, err
	}
	c := v.contract
	if protocol, ok := c.NotJSON(); ok && k.options.Encoding == schema.HTTP {
		return Outcome{}, &BareError{Problem: (&jsonschema.PartError{Contract: c.String(), Protocol: protocol}).Error()}
	}
	switch {
	case bare.Part != "":
		if _, ok := v.parts[bare.Part]; !ok {
			return Outcome{}, &jsonschema.PartError{Contract: c.String(), Part: bare.Part, Known: c.Parts()}
		}
		return Outcome{Contract: c, Findings: locate(v.body(bare.Part, x.Response.Body), x)}, nil
	}
	response := &traffic.Response{Status: bare.Status, Body: x.Response.Body}
	failed := v.options.Encoding == schema.SDK && v.restoreBoto3Error(response)
	if failed || response.Status >= 300 {
		e := exchange{v: v, bare: true, kept: recorded{true, true, true}, response: response}
		e.identified()
		return Outcome{Contract: c, Findings: locate(e.graded(), x)}, nil
	}
	if v.ignores(schema.OutputPart, x.Response.Body.Bytes) {
		return Outcome{Contract: c}, nil
	}
	return Outcome{Contract: c, Findings: locate(v.body(schema.OutputPart, x.Response.Body), x)}, nil
}

// restoreBoto3Error sets the status of a response and the header that names its error, if the body
// is the response of a boto3 ClientError: the members of the modeled error and {"Error": {"Code",
// "Message"}, "ResponseMetadata": {"HTTPStatusCode"}} (botocore/parsers.py). It returns true for
// such a body without a status: then the code shows that it is an error, unless the output of the
// operation has a member of that name.
func (v *Validator) restoreBoto3Error(r *traffic.Response) (failed bool) {
	if !bytes.Contains(r.Body.Bytes, []byte(`"Error"`)) {
		return false
	}
	tree, _ := Tree(r.Body.Bytes)
	body, _ := tree.(map[string]any)
	fault, _ := body["Error"].(map[string]any)
	metadata, _ := body["ResponseMetadata"].(map[string]any)
	code, _ := fault["Code"].(string)
	number, _ := metadata["HTTPStatusCode"].(json.Number)
	header := http.Header{}
	if own, ok := fault["QueryErrorCode"].(string); ok && own != "" {
		// Next to it, Code and Type are the two parts of the header X-Amzn-Query-Error.
		if side, ok := fault["Type"].(string); ok {
			header[queryErrorHeader] = []string{code + ";" + side}
		}
		code = own
	}
	header["X-Amzn-Errortype"] = []string{code}
	status, err := strconv.Atoi(number.String())
	switch {
	case code == "":
	case err == nil && status != 0:
		r.Status, r.Header = status, header
	case r.Status == 0 && !v.hasOutput("Error"):
		r.Header = header
		return true
	}
	return false
}

func (k *Catalog) operation(name string) (*Validator, error) {
	if name == "" && k.routes.Services() > 0 {
		return nil, &BareError{"a body without a request does not say which operation it belongs to; name one with --operation", true}
	}
	switch found := k.routes.Named(name); len(found) {
	case 0:
		return nil, &BareError{Problem: k.routes.UnknownOperation(name).Error()}
	case 1:
		v, err := k.use(found[0])
		if err != nil {
			return nil, &BareError{Problem: err.Error()}
		}
		return v.Validator, nil
	default:
		return nil, &BareError{fmt.Sprintf("a body without a request may belong to %s or %s; name one with --operation", found[0], found[1]), name == ""}
	}
}
