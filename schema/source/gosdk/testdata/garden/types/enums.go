package types

type Kind string

// Enum values for Kind
const (
	KindHerb Kind = "HERB"
	KindTree Kind = "TREE"
)
