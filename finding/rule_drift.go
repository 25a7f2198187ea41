package finding

// Rules of [LayerDrift]: what changed between two contracts. Their severity in
// the table is what a change weighs that nothing proves; package drift derives
// the rest from a breaking payload.
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
	teachReader  = "Teach readers the new form, then derive the contract again from the newer source."
	changeCaller = "Change callers before the service refuses them, then derive the contract again from the newer source."
	noAction     = "No action needed. Derive the contract again from the newer source, so that the next change stands out."
)

var driftRules = []Rule{
	{DriftOperationAdded, LayerDrift, "The service has an operation that it did not have.", noAction, unproven},
	{DriftOperationRemoved, LayerDrift, "The service no longer has an operation. Calls to it fail.", changeCaller, unproven},
	{DriftRouteChanged, LayerDrift, "Protocol, method, URI or target of the operation changed. Old calls may fail.", changeCaller, unproven},
	{DriftServiceChanged, LayerDrift, "The service's API or the name that its requests are signed for changed.", "Take a release of the SDK that knows the new name.", unproven},
	{DriftStatusChanged, LayerDrift, "The operation succeeds with another HTTP status.", "Look for code that compares the status with one number.", unproven},
	{DriftReadonlyChanged, LayerDrift, "The operation became read-only, or no longer is. Tools that may only read go by it.", noAction, unproven},
	{DriftDocumentAdded, LayerDrift, "The operation has an input or output where it had none.", teachReader, unproven},
	{DriftDocumentRemoved, LayerDrift, "The operation no longer has an input or output.", teachReader, unproven},

	{DriftErrorAdded, LayerDrift, "The operation may return an error that it did not have. Typed clients raise a generic exception.", "Decide what the caller does on the new error: retry, report or give up.", unproven},
	{DriftErrorRemoved, LayerDrift, "The operation no longer returns an error. Code that handles it is dead.", noAction, unproven},
	{DriftErrorChanged, LayerDrift, "Status, fault or code of an error changed. Retry rules go by them.", "Look for code that compares the error's status or code.", unproven},

	{DriftMemberAdded, LayerDrift, "A structure has a member that it did not have. Readers ignore it and lose its value; callers that do not send a new required member are refused.", teachReader, unproven},
	{DriftMemberRemoved, LayerDrift, "A structure no longer has a member. Readers that require it crash; what callers still send is ignored.", teachReader, unproven},
	{DriftUnionMemberAdded, LayerDrift, "A tagged union has a member that it did not have. A reader that gets it finds no member that it knows.", teachReader, unproven},
	{DriftUnionMemberRemoved, LayerDrift, "A tagged union no longer has a member. Callers that send it are refused.", changeCaller, unproven},
	{DriftRequiredAdded, LayerDrift, "A member became required. Callers that leave it out are refused; readers may come to rely on it.", changeCaller, unproven},
	{DriftRequiredRemoved, LayerDrift, "A member is no longer required. Readers that dereference it crash where it is absent.", teachReader, unproven},
	{DriftBindingChanged, LayerDrift, "A member travels under another name or at another place: in the body, the URI, the query or a header.", teachReader, unproven},
	{DriftTokenChanged, LayerDrift, "A member became the idempotency token that clients fill in, or no longer is.", noAction, unproven},

	{DriftTypeChanged, LayerDrift, "A value is of another type. No typed client can read one for the other.", teachReader, unproven},
	{DriftUnionAdded, LayerDrift, "A structure became a tagged union: exactly one of its members is set.", teachReader, unproven},
	{DriftUnionRemoved, LayerDrift, "A tagged union became a structure: several of its members may be set, or none.", teachReader, unproven},
	{DriftStreamChanged, LayerDrift, "A body became a stream of bytes or events, or no longer is one.", teachReader, unproven},
	{DriftSparseAdded, LayerDrift, "A list or map may hold null where it could not.", teachReader, unproven},
	{DriftSparseRemoved, LayerDrift, "A list or map may no longer hold null.", changeCaller, unproven},
	{DriftEnumValueAdded, LayerDrift, "An enum has a value that it did not have. Readers without a default branch fail on it.", teachReader, unproven},
	{DriftEnumValueRemoved, LayerDrift, "An enum no longer has a value. Callers that send it are refused.", changeCaller, unproven},
	{DriftEnumOpened, LayerDrift, "What was an enum takes any string.", teachReader, unproven},
	{DriftEnumClosed, LayerDrift, "What took any string became an enum.", changeCaller, unproven},
	{DriftLengthWidened, LayerDrift, "Shorter or longer values are allowed than before. Buffers, columns and checks made for the old length fail.", teachReader, unproven},
	{DriftLengthNarrowed, LayerDrift, "Values must be shorter or longer than before.", changeCaller, unproven},
	{DriftRangeWidened, LayerDrift, "Smaller or larger numbers are allowed than before.", teachReader, unproven},
	{DriftRangeNarrowed, LayerDrift, "Numbers must be smaller or larger than before.", changeCaller, unproven},
	{DriftPatternChanged, LayerDrift, "A string must match another pattern, or has one for the first time, or no longer.", "Look for copies of the old pattern in checks of your own.", unproven},
	{DriftBitsWidened, LayerDrift, "A number may need more bits than before. A reader with the old width overflows.", teachReader, unproven},
	{DriftBitsNarrowed, LayerDrift, "A number must fit fewer bits than before.", changeCaller, unproven},
	{DriftFormatChanged, LayerDrift, "A timestamp is written in another format.", teachReader, unproven},
	{DriftSensitiveChanged, LayerDrift, "A value became sensitive, or no longer is. Logs and recordings withhold sensitive values.", "Check what your logs and recordings keep of it.", unproven},
}
