package redact

import "slices"

// Fork returns a redactor that knows what r knows, and keeps to itself what it learns.
func (r *Redactor) Fork() *Redactor {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return &Redactor{options: r.options, names: r.names, known: r.known.clone(), first: r.first, secrets: r.secrets.clone()}
}

func (k *known) clone() *known {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return &known{forward: k.forward.clone(), back: k.back.clone(), learnt: k.learnt, ambiguous: k.ambiguous}
}

func (o *occurrences) clone() occurrences {
	c := occurrences{n: o.n, heads: make(map[head][]occurrence, len(o.heads)), maybe: o.maybe}
	for h, entries := range o.heads {
		c.heads[h] = slices.Clone(entries)
	}
	return c
}
