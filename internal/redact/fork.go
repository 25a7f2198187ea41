package redact

// Fork returns a redactor that knows what r knows, and keeps to itself what it learns. It costs the
// same however much that is. A fork is not forked again.
func (r *Redactor) Fork() *Redactor {
	learnt, ambiguous := r.known.state()
	return &Redactor{options: r.options, names: r.names, first: r.first,
		known: &known{base: r.known, forward: occurrences{under: &r.known.forward}, back: occurrences{under: &r.known.back}, learnt: learnt, ambiguous: ambiguous}}
}
