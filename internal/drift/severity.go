package drift

import (
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// effect is what a proved change does to whom.
type effect struct {
	severity finding.Severity
	why      string
}

var (
	refused    = &effect{finding.Error, "old calls are refused"}
	mayRefuse  = &effect{finding.Warning, "old calls may be refused; an error if recorded calls are (`--used-by`)"}
	unreadable = &effect{finding.Error, "readers get what they cannot read"}
	unseen     = &effect{finding.Warning, "readers get what they have not seen"}
	unnoticed  = &effect{finding.Info, "old readers do not notice"}
)

// effects are the effects of proved changes, by rule, on requests and on responses. Nil means that
// no document can prove a change of this rule there.
var effects = map[finding.RuleID]struct{ request, response *effect }{
	finding.DriftOperationRemoved:   {request: refused},
	finding.DriftRouteChanged:       {request: refused},
	finding.DriftStatusChanged:      {response: unreadable}, // within 2xx: unseen
	finding.DriftErrorAdded:         {response: unseen},
	finding.DriftErrorChanged:       {response: unreadable},
	finding.DriftDocumentAdded:      {request: refused, response: unnoticed},
	finding.DriftDocumentRemoved:    {request: refused, response: unreadable},
	finding.DriftMemberAdded:        {request: refused, response: unnoticed}, // a newly required one of a request
	finding.DriftMemberRemoved:      {request: refused, response: unreadable},
	finding.DriftUnionMemberAdded:   {response: unseen},
	finding.DriftUnionMemberRemoved: {request: refused},
	finding.DriftRequiredAdded:      {request: refused},
	finding.DriftRequiredRemoved:    {response: unreadable},
	finding.DriftBindingChanged:     {request: refused, response: unreadable},
	finding.DriftTypeChanged:        {request: refused, response: unreadable},
	finding.DriftUnionAdded:         {request: refused, response: unreadable},
	finding.DriftUnionRemoved:       {request: refused, response: unreadable},
	finding.DriftSparseAdded:        {response: unseen},
	finding.DriftSparseRemoved:      {request: mayRefuse},
	finding.DriftEnumValueAdded:     {response: unseen},
	finding.DriftEnumValueRemoved:   {request: refused},
	finding.DriftEnumOpened:         {response: unseen},
	finding.DriftEnumClosed:         {request: refused},
	finding.DriftLengthWidened:      {response: unnoticed},
	finding.DriftLengthNarrowed:     {request: mayRefuse},
	finding.DriftRangeWidened:       {response: unnoticed},
	finding.DriftRangeNarrowed:      {request: mayRefuse},
	finding.DriftPatternChanged:     {request: mayRefuse, response: unnoticed},
	finding.DriftBitsWidened:        {response: unreadable},
	finding.DriftBitsNarrowed:       {request: refused},
	finding.DriftFormatChanged:      {request: refused, response: unreadable},
}

// provable returns the effect of a proved change on requests or on responses; nil: no document can
// prove it there.
func provable(rule finding.RuleID, request bool) *effect {
	if request {
		return effects[rule].request
	}
	return effects[rule].response
}

// weigh returns the severity of a change that a finding of the refusing side proves.
func (c *Change) weigh(by finding.RuleID) finding.Severity {
	e := provable(c.Rule, c.Part == schema.InputPart || c.Part == schema.ContractPlace.Part && c.Rule != finding.DriftStatusChanged)
	switch {
	case e == nil:
		return finding.Info
	case c.Rule == finding.DriftStatusChanged && succeeds(c.old) && succeeds(c.new):
		return unseen.severity
	case c.Rule == finding.DriftTypeChanged && plainness(by) == finding.Info: // a bound of the new type
		return mayRefuse.severity
	}
	return e.severity
}

// succeeds reports a status of 2xx.
func succeeds(status any) bool {
	n, ok := status.(int)
	return ok && n >= 200 && n < 300
}

// plainness orders findings as proofs: a wrong type before a missing member before a broken bound.
func plainness(rule finding.RuleID) finding.Severity {
	switch finding.Error {
	case rule.Severity(finding.Lenient):
		return finding.Error
	case rule.Severity(finding.Default):
		return finding.Warning
	}
	return finding.Info
}
