package finding

// Rules of [LayerDrift]: what changed between two contracts. Their severity in the table is that of
// a change without a breaking payload; package drift derives the others from the payload.
const (
	DriftOperationAdded   RuleID = "drift.operation-added"
	DriftOperationRemoved RuleID = "drift.operation-removed"
	DriftRouteChanged     RuleID = "drift.route-changed"
	DriftServiceChanged   RuleID = "drift.service-changed"
	DriftStatusChanged    RuleID = "drift.status-changed"
	DriftReadonlyChanged  RuleID = "drift.readonly-changed"
	DriftDocumentAdded    RuleID = "drift.document-added"
	DriftDocumentRemoved  RuleID = "drift.document-removed"

	DriftErrorAdded   RuleID = "drift.error-added"
	DriftErrorRemoved RuleID = "drift.error-removed"
	DriftErrorChanged RuleID = "drift.error-changed"

	DriftMemberAdded        RuleID = "drift.member-added"
	DriftMemberRemoved      RuleID = "drift.member-removed"
	DriftUnionMemberAdded   RuleID = "drift.union-member-added"
	DriftUnionMemberRemoved RuleID = "drift.union-member-removed"
	DriftRequiredAdded      RuleID = "drift.required-added"
	DriftRequiredRemoved    RuleID = "drift.required-removed"
	DriftBindingChanged     RuleID = "drift.binding-changed"
	DriftTokenChanged       RuleID = "drift.token-changed"

	DriftTypeChanged      RuleID = "drift.type-changed"
	DriftUnionAdded       RuleID = "drift.union-added"
	DriftUnionRemoved     RuleID = "drift.union-removed"
	DriftStreamChanged    RuleID = "drift.stream-changed"
	DriftSparseAdded      RuleID = "drift.sparse-added"
	DriftSparseRemoved    RuleID = "drift.sparse-removed"
	DriftEnumValueAdded   RuleID = "drift.enum-value-added"
	DriftEnumValueRemoved RuleID = "drift.enum-value-removed"
	DriftEnumOpened       RuleID = "drift.enum-opened"
	DriftEnumClosed       RuleID = "drift.enum-closed"
	DriftLengthWidened    RuleID = "drift.length-widened"
	DriftLengthNarrowed   RuleID = "drift.length-narrowed"
	DriftRangeWidened     RuleID = "drift.range-widened"
	DriftRangeNarrowed    RuleID = "drift.range-narrowed"
	DriftPatternChanged   RuleID = "drift.pattern-changed"
	DriftBitsWidened      RuleID = "drift.bits-widened"
	DriftBitsNarrowed     RuleID = "drift.bits-narrowed"
	DriftFormatChanged    RuleID = "drift.timestamp-format-changed"
	DriftSensitiveChanged RuleID = "drift.sensitive-changed"
)

// LayerDrift: a contract against an older one, or against another source of it.
const LayerDrift Layer = "drift"

var unproven = grades(Info, Info, Info)

// Remedies that several changes share.
const (
	teachReader  = "Update readers to accept the new form, then derive the contract again from the newer source."
	changeCaller = "Update callers before the service rejects them, then derive the contract again from the newer source."
	noAction     = "No action needed. Derive the contract again from the newer source, so that the next change stands out."
)

var driftRules = []Rule{
	{DriftOperationAdded, LayerDrift, "The service has a new operation.", noAction, unproven},
	{DriftOperationRemoved, LayerDrift, "The service no longer has an operation. Calls to it fail.", changeCaller, unproven},
	{DriftRouteChanged, LayerDrift, "The protocol, method, URI or target of the operation changed. Old calls may fail.", changeCaller, unproven},
	{DriftServiceChanged, LayerDrift, "The service's API or its signing name changed.", "Upgrade to an SDK release that knows the new name.", unproven},
	{DriftStatusChanged, LayerDrift, "The operation succeeds with another HTTP status.", "Look for code that compares the status with a constant.", unproven},
	{DriftReadonlyChanged, LayerDrift, "The operation became read-only, or no longer is. Read-only tools rely on it.", noAction, unproven},
	{DriftDocumentAdded, LayerDrift, "The operation has an input or output where it had none.", teachReader, unproven},
	{DriftDocumentRemoved, LayerDrift, "The operation no longer has an input or output.", teachReader, unproven},

	{DriftErrorAdded, LayerDrift, "The operation may return a new error. Typed clients raise a generic exception.", "Decide how callers handle the new error: retry, report or give up.", unproven},
	{DriftErrorRemoved, LayerDrift, "The operation no longer returns an error. Code that handles it is dead.", noAction, unproven},
	{DriftErrorChanged, LayerDrift, "The status, fault or code of an error changed. Retry logic depends on them.", "Look for code that compares the error's status or code.", unproven},

	{DriftMemberAdded, LayerDrift, "A structure has a new member. Readers ignore it and lose its value; callers that do not send a new required member are rejected.", teachReader, unproven},
	{DriftMemberRemoved, LayerDrift, "A structure no longer has a member. Readers that require it crash; what callers still send is ignored.", teachReader, unproven},
	{DriftUnionMemberAdded, LayerDrift, "A tagged union has a new member. A reader that receives it finds no member that it knows.", teachReader, unproven},
	{DriftUnionMemberRemoved, LayerDrift, "A tagged union no longer has a member. Callers that send it are rejected.", changeCaller, unproven},
	{DriftRequiredAdded, LayerDrift, "A member became required. Callers that leave it out are rejected; readers may come to rely on it.", changeCaller, unproven},
	{DriftRequiredRemoved, LayerDrift, "A member is no longer required. Readers that dereference it crash where it is absent.", teachReader, unproven},
	{DriftBindingChanged, LayerDrift, "A member travels under another name or at another place: in the body, the URI, the query or a header.", teachReader, unproven},
	{DriftTokenChanged, LayerDrift, "A member became the idempotency token that clients fill in, or no longer is.", noAction, unproven},

	{DriftTypeChanged, LayerDrift, "A value has another type. A typed client of one version cannot read the other.", teachReader, unproven},
	{DriftUnionAdded, LayerDrift, "A structure became a tagged union: exactly one of its members is set.", teachReader, unproven},
	{DriftUnionRemoved, LayerDrift, "A tagged union became a structure: several of its members may be set, or none.", teachReader, unproven},
	{DriftStreamChanged, LayerDrift, "A body became a stream of bytes or events, or no longer is one.", teachReader, unproven},
	{DriftSparseAdded, LayerDrift, "A list or map may hold null where it could not.", teachReader, unproven},
	{DriftSparseRemoved, LayerDrift, "A list or map may no longer hold null.", changeCaller, unproven},
	{DriftEnumValueAdded, LayerDrift, "An enum has a new value. Readers without a default branch fail on it.", teachReader, unproven},
	{DriftEnumValueRemoved, LayerDrift, "An enum no longer has a value. Callers that send it are rejected.", changeCaller, unproven},
	{DriftEnumOpened, LayerDrift, "An enum became an open string, which takes any value.", teachReader, unproven},
	{DriftEnumClosed, LayerDrift, "An open string became an enum.", changeCaller, unproven},
	{DriftLengthWidened, LayerDrift, "Shorter or longer values are allowed than before. Buffers, columns and checks made for the old length fail.", teachReader, unproven},
	{DriftLengthNarrowed, LayerDrift, "Values must be shorter or longer than before.", changeCaller, unproven},
	{DriftRangeWidened, LayerDrift, "Smaller or larger numbers are allowed than before.", teachReader, unproven},
	{DriftRangeNarrowed, LayerDrift, "Numbers must be smaller or larger than before.", changeCaller, unproven},
	{DriftPatternChanged, LayerDrift, "The pattern of a string changed, was added or was removed.", "Look for copies of the old pattern in your own code.", unproven},
	{DriftBitsWidened, LayerDrift, "A number may need more bits than before. A reader with the old width overflows.", teachReader, unproven},
	{DriftBitsNarrowed, LayerDrift, "A number must fit fewer bits than before.", changeCaller, unproven},
	{DriftFormatChanged, LayerDrift, "A timestamp is written in another format.", teachReader, unproven},
	{DriftSensitiveChanged, LayerDrift, "A value became sensitive, or no longer is. Logs and recordings withhold sensitive values.", "Check whether your logs and recordings contain it.", unproven},
}
