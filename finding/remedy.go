package finding

import (
	"slices"
	"sync"
	"unicode"
)

// awsRemedies say what to do about a response that AWS itself sent. AWS
// will not change it: either clients accept it, or the model is wrong.
var awsRemedies = map[RuleID]string{
	TypeMismatch:            "clients will receive this value: make sure that they can read it. " + whereWrong,
	TypeNull:                "clients will receive this null: make them accept it. " + whereWrong,
	MemberMissing:           "clients will receive responses without the member: make them accept its absence. " + whereWrong,
	MemberMissingCollection: "clients will receive responses without it: make them read an absent list or map as an empty one.",
	MemberUnknown:           "clients will receive this member and lose it. " + whereWrong,
	UnionMultipleMembers:    "clients will receive this union: check which member they take. " + whereWrong,
	UnionNoMember:           "clients will receive this union: make them accept one without a member. " + whereWrong,
	UnionUnknownMember:      "clients will receive this member: make them accept members that they do not know. " + whereWrong,
	EnumUnknownValue:        "clients will receive this value: make them accept values that they do not know. " + whereWrong,
	ConstraintLength:        "clients will receive this value: do not rely on the length. " + whereWrong,
	ConstraintEmpty:         "clients will receive this value: make them accept an empty one.",
	ConstraintRange:         "clients will receive this value: do not rely on the bounds. " + whereWrong,
	ConstraintUnique:        "clients will receive this list: do not rely on its elements being different. " + whereWrong,
	ConstraintPattern:       "clients will receive this value: do not rely on the pattern. " + whereWrong,

	SyntaxInvalid:         "the recording has probably cut off or changed the body: record the response again.",
	SyntaxDuplicateMember: "clients will receive this object: check which value they take.",
	NumberForm:            "clients will receive this number: make sure that they can read it.",

	HTTPStatus:          "clients will receive this status: make them decide by its class. " + whereWrong,
	HTTPContentType:     "clients will receive this Content-Type: make sure that they read the body anyway.",
	ErrorUnidentified:   "clients will receive this response: make them rely on the status.",
	ErrorUnmodeled:      "clients will receive this error: make them accept errors that they do not know. " + whereWrong,
	ErrorQueryCode:      "clients will receive this error: make them rely on its name in X-Amzn-Errortype or __type, not by the old code. " + whereWrong,
	ErrorStatusMismatch: "clients will receive this status: make them rely on the error's name. " + whereWrong,
}

const whereWrong = "If the model is wrong, crcheck drift --propose writes a correction."

// RemedyFor returns the advice about a finding on a response of an origin. For [OriginUnknown] it
// is r.Remedy, which covers all origins. For requests use [OriginFixtures], whoever responded.
func (r Rule) RemedyFor(origin Origin) string {
	aws, ok := awsRemedies[r.ID]
	switch {
	case origin == OriginUnknown || !ok:
		return r.Remedy
	case origin == OriginAWS:
		first := []rune(aws)
		first[0] = unicode.ToUpper(first[0])
		return string(first)
	}
	if i := indexRule(r.ID); i >= 0 {
		return rules[i].Remedy
	}
	return r.Remedy
}

// anyOrigin is the rule table with remedies that cover all origins.
var anyOrigin = sync.OnceValue(func() []Rule {
	all := slices.Clone(rules)
	for i := range all {
		if aws, ok := awsRemedies[all[i].ID]; ok {
			all[i].Remedy += " If AWS responded, " + aws
		}
	}
	return all
})

func indexRule(id RuleID) int {
	return slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
}
