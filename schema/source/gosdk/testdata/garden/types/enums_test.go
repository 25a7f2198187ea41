package types

// Tests are not read.
const KindTested Kind = "TESTED"
