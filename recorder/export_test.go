package recorder

import "github.com/crcheck/crcheck/internal/redact"

// Classified returns options that redact by a function in place of contracts.
func Classified(opts Options, classify redact.Classify) Options {
	opts.classify = classify
	return opts
}
