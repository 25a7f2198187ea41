package validate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// readableRoutes leaves the routes to contracts of JSON, or says what the
// protocol is. Of both kinds the response tells which it is.
func readableRoutes(found []schema.Route, x *traffic.Interaction) (json []schema.Route, why string) {
	for _, route := range found {
		if protocol, ok := route.Contract.NotJSON(); !ok {
			json = append(json, route)
		} else if why == "" {
			why = route.Contract.Signing.Or(route.Contract.Service) + " (" + protocol + ")"
		}
	}
	if why == "" || len(json) > 0 && !isXML(&x.Response) {
		return json, ""
	}
	return nil, why
}

func isXML(r *traffic.Response) bool {
	return strings.Contains(strings.ToLower(awshttp.Value(r.Header, "Content-Type")), "xml") || bytes.HasPrefix(bytes.TrimSpace(r.Body.Bytes), []byte("<"))
}

// fit is what an exchange says of whether it is of a contract, under the default
// profile.
type fit struct{ errors, warnings bool }

// fit returns the fit of a part; the empty one means the whole exchange.
func (c candidate) fit(only schema.Part) (f fit) {
	findings := c.findings
	if c.options.Profile != finding.Default {
		findings = finding.Default.Grade(findings)
	}
	for _, one := range findings {
		if only == "" || one.Part == string(only) {
			f.errors = f.errors || one.Severity >= finding.Error
			f.warnings = f.warnings || one.Severity == finding.Warning
		}
	}
	return f
}

// worse reports whether another fit is better in one respect and worse in none.
func (f fit) worse(other fit) bool {
	return f != other && (f.errors || !other.errors) && (f.warnings || !other.warnings)
}

// choose validates an exchange by that of several contracts which it fits: the
// one without errors and warnings or, if all have some, the one to which every
// other is worse in that respect; else the one that the request alone fits in that
// way. Contracts that promise the same under several names count as one, and go
// by the first. What fits several alike is not checked, and named as ambiguous.
func (k *Catalog) choose(found []schema.Route, exchange func(*Validator, map[string]string) finding.Set) Outcome {
	all := make([]candidate, 0, len(found))
	for _, route := range found {
		v, err := k.use(route.Contract)
		if err != nil {
			return Outcome{NotChecked: err.Error()}
		}
		all = append(all, candidate{v, exchange(v.Validator, route.Labels)})
	}
	if len(all) == 1 {
		return Outcome{Contract: all[0].contract, Findings: all[0].findings}
	}
	for _, part := range []schema.Part{"", schema.InputPart} {
		best := fitting(all, part)
		if same(best) {
			return Outcome{Contract: best[0].contract, Findings: best[0].findings}
		}
	}
	return Outcome{NotChecked: ambiguous(all)}
}

// candidate is a contract that an exchange may be of.
type candidate struct {
	*inUse
	findings finding.Set
}

// fitting returns the candidates that fit best and alike; none where another is
// not worse than they are.
func fitting(all []candidate, part schema.Part) (best []candidate) {
	var top fit
	for _, c := range all {
		switch f := c.fit(part); {
		case len(best) == 0 || top.worse(f):
			top, best = f, []candidate{c}
		case f == top:
			best = append(best, c)
		}
	}
	for _, c := range all {
		if f := c.fit(part); f != top && !f.worse(top) {
			return nil
		}
	}
	return best
}

// same reports whether candidates promise the same.
func same(all []candidate) bool {
	for i := 1; i < len(all); i++ {
		if all[i].digest() != all[0].digest() {
			return false
		}
	}
	return len(all) > 0
}

// ambiguous names candidates: by their services where their operations go by one
// name, as in "ambiguous: lex-models or lexv2-models ListTagsForResource"; by their
// versions where all else is the same.
func ambiguous(all []candidate) string {
	const most = 3
	first := all[0].contract
	service, operation := true, true // all have the first's
	for _, c := range all {
		service = service && c.contract.Service == first.Service
		operation = operation && c.contract.Operation == first.Operation
	}
	var names []string
	after := ""
	for _, c := range all {
		switch {
		case service && operation:
			names = append(names, c.contract.String())
		case operation:
			names, after = append(names, c.contract.Service), " "+first.Operation
		default:
			names = append(names, c.contract.Name())
		}
	}
	if names = slices.Compact(names); len(names) > most {
		return fmt.Sprintf("ambiguous: %s or %d more%s", strings.Join(names[:most], ", "), len(names)-most, after)
	}
	return "ambiguous: " + strings.Join(names, " or ") + after
}
