package finding

// Rules of [LayerProbe]: how the responses of an emulator differ from the service's.
const (
	ProbeStatus      RuleID = "probe.status"
	ProbeErrorCode   RuleID = "probe.error-code"
	ProbeMember      RuleID = "probe.member"
	ProbeMemberExtra RuleID = "probe.member-extra"
	ProbeUnionMember RuleID = "probe.union-member"
	ProbeValue       RuleID = "probe.value"
	ProbeNotRefused  RuleID = "probe.not-refused"
	ProbeFailed      RuleID = "probe.failed"
	ProbeOtherError  RuleID = "probe.other-error"
)

// LayerProbe: the responses of an emulator compared with the recorded ones.
const LayerProbe Layer = "probe"

var probeRules = []Rule{
	{ProbeStatus, LayerProbe,
		"The emulator's HTTP status differs from the service's. Clients use it to tell success from errors, and to decide whether to retry.",
		"Make the emulator send the recorded status. If it lacks the state that the service had, create that first: seed it, or probe with the recording of the calls that created it.", firm},
	{ProbeErrorCode, LayerProbe,
		"The emulator returned another error than the service. Typed clients raise another exception.",
		"Make the emulator return the recorded error.", firm},
	{ProbeMember, LayerProbe,
		"The service sent an optional member that the emulator omits. Code that was tested against the emulator has never seen it.",
		"Make the emulator send the member.", firm},
	{ProbeMemberExtra, LayerProbe,
		"The emulator sends a member that the service omitted in the same place. Code that was tested against the emulator may rely on it.",
		"Check whether the service sends it in this state; if not, omit it.", noteworthy},
	{ProbeUnionMember, LayerProbe,
		"The emulator set another member of a tagged union than the service did. Clients take another branch.",
		"Make the emulator set the recorded member.", firm},
	{ProbeValue, LayerProbe,
		"A value that was to be compared differs from the recorded one.",
		"Make the emulator send the recorded value, or leave its pointer out of --compare-values.", firm},
	{ProbeNotRefused, LayerProbe,
		"An input that breaks the contract was accepted. A client with that bug passes its tests and fails in production.",
		"Make the emulator validate its input before it looks anything up, and return the contract's error for invalid input.", firm},
	{ProbeFailed, LayerProbe,
		"The emulator failed with a status of 500 or above, where the service responds or rejects the input. SDKs retry such a status.",
		"Look for the exception in the log of the emulator, and handle it.", firm},
	{ProbeOtherError, LayerProbe,
		"An input that breaks the contract was rejected with an error that does not say so, such as not found, or without a name. A client that tells errors apart takes another branch.",
		"Make the emulator validate its input before it looks anything up, and return the contract's error for invalid input.", graduated},
}
