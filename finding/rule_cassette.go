package finding

// Rules of [LayerCassette]: the care of cassettes.
const (
	CassetteStale     RuleID = "cassette.stale"
	CassetteDuplicate RuleID = "cassette.duplicate"
	CassetteUnsorted  RuleID = "cassette.unsorted"
)

// LayerCassette: a recording as a file that people keep.
const LayerCassette Layer = "cassette"

var cassetteRules = []Rule{
	{TrafficOddEntry, LayerCassette,
		"An entry of a recording does not conform to its format. The entry, or its malformed part, was left out; the rest of the file was read.",
		"Record it again, or remove the entry.", graduated},
	{CassetteStale, LayerCassette,
		"The cassette was recorded with another version of its contract, or with an unknown contract. The service may behave differently now.",
		"See what changed in the contract with `crcheck drift`, then record the cassette again.", graduated},
	{CassetteDuplicate, LayerCassette,
		"An interaction has the same request and response as an earlier one. Replay needs both only if a client repeats the request.",
		"Remove it, or run `crcheck cassette minimize`.", noteworthy},
	{CassetteUnsorted, LayerCassette,
		"The file is not formatted as crcheck writes cassettes: the order or style of keys or headers differs. Recording it again changes every line.",
		"Rewrite it with `crcheck cassette convert FILE -o FILE`.", noteworthy},
}
