package redact

// again edits a body, or returns what it was edited to before.
type again func(body []byte, root root, now func() []byte) []byte

// edited is what became of a body in one pass.
type edited struct {
	state  int    // what the result depends on beside the body: the number of known names or secrets
	now    []byte // nil: the body itself
	learnt *learnt
}

// The passes over a body.
const (
	masking = iota
	scanning
	learningNames
	renaming
)

// again remembers what a pass learns from a body, and what it replaces in it as long as no other name
// becomes known.
func (r *Redactor) again(p *pass) again {
	return func(body []byte, root root, now func() []byte) []byte {
		if p.late {
			return now()
		}
		if p.learns() {
			return r.learnAgain(p, body, root, now)
		}
		of := topic{string(body), renaming, root.Node, root.failed}
		state := r.known.count()
		before, ok, place := r.bodies.get(of)
		if ok && before.state == state {
			return before.now
		}
		findings := p.m.noted()
		after := now()
		if p.m.noted() == findings && r.known.count() == state {
			place.put(of, &edited{state: state, now: after})
		}
		return after
	}
}

func (r *Redactor) learnAgain(p *pass, body []byte, root root, now func() []byte) []byte {
	of := topic{string(body), learningNames, root.Node, root.failed}
	before, ok, place := r.bodies.get(of)
	if !ok {
		if place == nil {
			return now()
		}
		outer := p.learnt
		p.learnt = &learnt{}
		now()
		before = &edited{learnt: p.learnt}
		p.learnt = outer
		place.put(of, before)
	}
	p.learnt.addAll(before.learnt)
	return body
}

// again remembers that a body has no secrets, as long as the headers and queries reveal no others.
func (m *masker) again(body []byte, root root, now func() []byte) []byte {
	of, state := topic{string(body), scanning, root.Node, root.failed}, 0
	if m.known != nil {
		of.kind, state = masking, len(m.known.names)
	}
	before, ok, place := m.bodies.get(of)
	if ok && before.state == state {
		return body
	}
	findings := m.noted()
	after := now()
	if m.noted() == findings && string(after) == string(body) {
		place.put(of, &edited{state: state})
	}
	return after
}

// noted returns the number of findings, also of those that are not reported.
func (m *masker) noted() int {
	if m == nil {
		return 0
	}
	return len(m.findings) + m.secrets
}
