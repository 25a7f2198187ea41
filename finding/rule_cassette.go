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
		"An entry of a recording is not as its format says. It was left out, or read without what is odd; the rest of the file was read.",
		"Record it again, or remove the entry.", graduated},
	{CassetteStale, LayerCassette,
		"The cassette was recorded or made under another form of its contract, or under a contract that is not known here. What it shows may no longer be what the service does.",
		"Look at what the contract has changed, with `crcheck drift`, then record the cassette again.", graduated},
	{CassetteDuplicate, LayerCassette,
		"An interaction has the same request and the same answer as an earlier one. Replay needs it only where a client asks as often.",
		"Leave it out, or let `crcheck cassette minimize` do it.", noteworthy},
	{CassetteUnsorted, LayerCassette,
		"The file is not written as crcheck writes cassettes: keys or headers stand in another order or style. Recording it again changes every line.",
		"Write it anew with `crcheck cassette convert FILE -o FILE`.", noteworthy},
}
