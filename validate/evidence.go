package validate

import (
	"bytes"
	"slices"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// settled returns the encoding that a bare body itself proves.
func (a *Auto) settled(x *traffic.Interaction, bare Bare) (schema.Encoding, bool) {
	body := x.Response.Body.Bytes
	if !mayBeSDK(body) {
		return schema.HTTP, false
	}
	v, err := a.wire.operation(bare.Operation)
	output := func(name string) bool { return err == nil && v.hasOutput(name) }
	metadata, failed := false, false
	topLevel(body, func(name string, d *jsontext.Decoder) error {
		switch {
		case name == "ResponseMetadata" && d.PeekKind() == '{' && !output(name):
			metadata = true
		case name == "Error" && d.PeekKind() == '{' && !output(name):
			value, err := d.ReadValue()
			if err != nil {
				return err
			}
			failed = scalarAt(value, "/Code").quoted
			return nil
		}
		return d.SkipValue()
	})
	return schema.SDK, metadata || failed
}

// mayBeSDK reports whether a body may have a member that proves its encoding. Searching for a capital
// letter first is several times faster than for a quotation mark, of which JSON is full.
func mayBeSDK(body []byte) bool {
	return bytes.Contains(body, []byte(`ResponseMetadata"`)) || bytes.Contains(body, []byte(`Error"`))
}

// hasOutput reports whether the output has a member with the name.
func (v *Validator) hasOutput(name string) bool {
	root, ok := v.contract.Root(schema.OutputPart)
	return ok && slices.ContainsFunc(v.contract.Resolve(root).Members, func(m schema.Member) bool { return m.Name == name || m.Wire() == name })
}

// topLevel calls the function with each member name of a JSON object; the function reads the value.
// A body that is not an object has none; in a broken one they end at the syntax error.
func topLevel(body []byte, member func(name string, d *jsontext.Decoder) error) (object bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(bytes.TrimPrefix(body, []byte(bom))), explaining...)
	if d.PeekKind() != '{' {
		return false
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil || member(name.String(), d) != nil {
			return true
		}
	}
	return true
}

// evidence returns the vote of a bare body for the encoding of its source: the encoding that it
// proves, or the one that knows more of its members.
func (a *Auto) evidence(x *traffic.Interaction, bare Bare) (schema.Encoding, bool) {
	if kind, ok := a.settled(x, bare); ok {
		return kind, true
	}
	wire, err := a.wire.operation(bare.Operation)
	if err != nil {
		return schema.HTTP, false
	}
	sdk, err := a.sdk.operation(bare.Operation)
	if err != nil {
		return schema.HTTP, false
	}
	part := bare.Part
	if part == "" {
		part = schema.OutputPart
	}
	if a.alike(wire.contract, part) {
		return schema.HTTP, false
	}
	document, _ := jsontree.Parse(bytes.TrimPrefix(x.Response.Body.Bytes, []byte(bom))) // a document that breaks off votes too
	m, known := visit.Root(wire.contract, part, schema.HTTP, document)
	n, alike := visit.Root(sdk.contract, part, schema.SDK, document)
	if document == nil || !known || !alike {
		return schema.HTTP, false
	}
	var votes [2]int
	compareNames(m, n, &votes)
	switch {
	case votes[schema.SDK] > votes[schema.HTTP]:
		return schema.SDK, true
	case votes[schema.HTTP] > votes[schema.SDK]:
		return schema.HTTP, true
	}
	return schema.HTTP, false
}

// alike reports whether the documents of a part have the same names in both encodings, so that none of
// them votes.
func (a *Auto) alike(c *schema.Contract, part schema.Part) bool {
	type of struct {
		contract *schema.Contract
		part     schema.Part
	}
	known, ok := a.sameNames.Load(of{c, part})
	if !ok {
		known, _ = a.sameNames.LoadOrStore(of{c, part}, sync.OnceValue(func() bool { return sameNames(c, part) }))
	}
	return known.(func() bool)()
}

func sameNames(c *schema.Contract, part schema.Part) bool {
	root, members, ok := schema.HTTP.Document(c, part)
	other, all, _ := schema.SDK.Document(c, part)
	if !ok || root != other || len(members) != len(all) {
		return false
	}
	for _, shape := range reached(c, root) {
		for i := range shape.Members {
			if m := &shape.Members[i]; schema.HTTP.MemberName(m) != schema.SDK.MemberName(m) {
				return false
			}
		}
	}
	return true
}

// compareNames counts the members of a value that only one of its two readings knows.
func compareNames(wire, sdk *visit.Site, votes *[2]int) {
	if wire.Unknown() && sdk.Unknown() {
		return
	}
	for i := range wire.Value.Entries {
		inWire, inSDK := wire.Entry(i), sdk.Entry(i)
		if inWire == nil {
			continue // it is overridden
		}
		switch {
		case wire.Value.Kind != '{':
		case inSDK.Unknown() && !inWire.Unknown():
			votes[schema.HTTP]++
		case inWire.Unknown() && !inSDK.Unknown():
			votes[schema.SDK]++
		}
		compareNames(inWire, inSDK, votes)
	}
}

// maxNames bounds the sample of names of a document that is not recognised.
const maxNames = 10

// unrecognised reports whether no contract knows a member of a bare body that the user did not
// describe, and returns some of its names. A body that is not an object has no names: it counts as
// a document if the user named its file.
func (a *Auto) unrecognised(x *traffic.Interaction, bare Bare) (names []string, is bool) {
	if x.Request != nil || bare.Operation != "" || bare.Part != "" || bare.Status != 0 {
		return nil, false
	}
	known := a.names()
	recognised, empty := false, true
	object := topLevel(x.Response.Body.Bytes, func(name string, d *jsontext.Decoder) error {
		empty = false
		recognised = recognised || known[name]
		if len(names) < maxNames {
			names = append(names, name)
		}
		return d.SkipValue()
	})
	switch {
	case !object:
		return []string{}, bare.Found && len(trimSpace(x.Response.Body.Bytes)) > 0 && jsontext.Value(x.Response.Body.Bytes).IsValid()
	case empty || recognised:
		return nil, false
	}
	return names, true
}

// topNames returns the names of the members at the top of the contracts' documents, and those that
// errors and SDKs add.
func topNames(contracts []*schema.Contract) map[string]bool {
	names := map[string]bool{"ResponseMetadata": true, "Error": true, "__type": true, "message": true, "Message": true, "code": true, "Code": true}
	for _, c := range contracts {
		addNames(names, c)
	}
	return names
}

// addNames adds the names of the members at the top of the documents of a contract.
func addNames(names map[string]bool, c *schema.Contract) {
	for _, part := range c.Parts() {
		root, ok := c.Root(part)
		if !ok {
			continue
		}
		for _, m := range c.Resolve(root).Members {
			names[m.Name], names[m.Wire()] = true, true
		}
		if payload, ok := c.Payload(part); ok {
			for _, m := range c.Resolve(payload.Shape).Members {
				names[m.Name], names[m.Wire()] = true, true
			}
		}
	}
}
