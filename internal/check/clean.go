package check

import (
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// clean counts interactions without findings that are the same to a report. Most traffic is clean, so
// its interactions are not kept.
type clean struct {
	cleanKind
	n int
}

// cleanKind is what a report says of an interaction without findings.
type cleanKind struct {
	contract *schema.Contract
	bare     bool // a bare body; otherwise a success
	leftOut  validate.LeftOut
	from     string
	redacted bool
}

// cleans are counted until they are taken.
type cleans struct {
	all []clean
	at  map[cleanKind]int
}

func (c *cleans) add(kind cleanKind) {
	if n := len(c.all); n > 0 && c.all[n-1].cleanKind == kind { // usual if there is one contract
		c.all[n-1].n++
		return
	}
	i, known := c.at[kind]
	if !known {
		if c.at == nil {
			c.at = map[cleanKind]int{}
		}
		i = len(c.all)
		c.at[kind] = i
		c.all = append(c.all, clean{cleanKind: kind})
	}
	c.all[i].n++
}

func (c *cleans) take() (all []clean) {
	all, c.all = c.all, nil
	clear(c.at)
	return all
}

// isClean reports whether an interaction has no findings, and counts it if so. False means unsure: an
// interaction that needs more than to be counted is read again.
func (run *run) isClean(s *source, x *traffic.Interaction, count *cleans) bool {
	if x.Request == nil {
		if s.accepts == nil || !s.accepts(x.Response.Body.Bytes) {
			return false
		}
		count.add(cleanKind{contract: s.clean.Contract, bare: true})
		return true
	}
	if x.Response.Status >= 300 || x.Test != "" {
		return false
	}
	against, err := run.contracts(x)
	if err != nil {
		return false
	}
	outcome, err := against.Check(x, s.bare, &s.Source)
	if err != nil || outcome.Contract == nil || outcome.NotRead != "" || len(outcome.Findings) > 0 {
		return false
	}
	count.add(cleanKind{contract: outcome.Contract, leftOut: outcome.LeftOut, from: x.Meta.From, redacted: redacted(x)})
	return true
}

// clean adds interactions without findings to the report.
func (run *run) clean(s *source, c clean) {
	x := &traffic.Interaction{Source: s.file.Name, Meta: traffic.Meta{From: c.from}}
	switch {
	case !c.bare:
		x.Request, x.Response.Status = &traffic.Request{}, 200
		run.leftOut[c.leftOut] += c.n
	case run.options.Encoding == Auto:
		run.taken.add(&s.clean, c.n)
	}
	run.collector.Origin, run.collector.Redacted = run.options.origin(x), c.redacted
	run.collector.CheckedMany(c.contract.String(), c.n)
	run.file(s)
	run.reach(c.contract)
	validate.Outcome{Contract: c.contract}.Note(&run.scope, x, s.bare)
}
