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

// readableRoutes returns the routes to contracts with a JSON protocol, or names the other protocol
// if there are none. If there are routes of both kinds, the response decides.
func readableRoutes(found []schema.Route, x *traffic.Interaction) (json []schema.Route, why string) {
	if !slices.ContainsFunc(found, func(r schema.Route) bool { _, other := r.Contract.NotJSON(); return other }) {
		return found, ""
	}
	for _, route := range found {
		if other, ok := route.NotJSON(); !ok || hasCBOR(route.Contract) && respondsCBOR(x) {
			json = append(json, route)
		} else if why == "" {
			why = other
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

// fit says how well an exchange conforms to a contract: the rules and places of its errors and of
// its warnings, under the default profile.
type fit [finding.Error + 1]map[string]bool

// fit returns the fit of a part; the empty one means the whole exchange.
func (c candidate) fit(only schema.Part) (f fit) {
	findings := c.Findings
	if c.options.Profile != finding.Default {
		findings = finding.Default.Grade(findings)
	}
	for _, one := range findings {
		if one.Severity < finding.Warning || only != "" && one.Part != string(only) {
			continue
		}
		if f[one.Severity] == nil {
			f[one.Severity] = map[string]bool{}
		}
		f[one.Severity][string(one.Rule)+" "+finding.PlaceText(one.Part, one.Pointer)] = true
	}
	return f
}

// compare is positive if f is better than the other fit: better in errors or in warnings, and not
// worse in the other. None is better than some; if both have some, a subset is better. It is zero
// if neither is better.
func (f fit) compare(other fit) int {
	for _, within := range []func(a, b map[string]bool) bool{
		func(a, b map[string]bool) bool { return len(a) == 0 || len(b) > 0 },
		func(a, b map[string]bool) bool {
			for place := range a {
				if !b[place] {
					return false
				}
			}
			return true
		},
	} {
		better, worse := true, true
		for severity := range f {
			better = better && within(f[severity], other[severity])
			worse = worse && within(other[severity], f[severity])
		}
		switch {
		case !better && !worse:
			return 0
		case !worse:
			return 1
		case !better:
			return -1
		}
	}
	return 0
}

// choose validates an exchange against the contract that it fits best: see [fit.compare]. If
// several fit equally well, the request alone decides. Equal contracts under several names count as
// one: the first. If the choice is still ambiguous, the exchange is not checked.
func (k *Catalog) choose(found []schema.Route, exchange func(*Validator, map[string]string) Outcome) Outcome {
	var all []candidate
	for _, route := range found {
		v, err := k.use(route.Contract)
		if err != nil {
			return Outcome{NotChecked: err.Error()}
		}
		outcome := exchange(v.Validator, route.Labels)
		if len(found) == 1 {
			return outcome
		}
		all = append(all, candidate{v, outcome})
	}
	for _, part := range []schema.Part{"", schema.InputPart} {
		best := fitting(all, part)
		if same(best) {
			return best[0].Outcome
		}
	}
	return Outcome{NotChecked: ambiguous(all)}
}

// candidate is a contract to which an exchange may belong.
type candidate struct {
	*inUse
	Outcome
}

// fitting returns the candidates that fit best.
func fitting(all []candidate, part schema.Part) (best []candidate) {
	fits := make([]fit, len(all))
	top := 0
	for i, c := range all {
		fits[i] = c.fit(part)
		if fits[i].compare(fits[top]) > 0 {
			top = i
		}
	}
	for i, c := range all {
		if fits[top].compare(fits[i]) == 0 {
			best = append(best, c)
		}
	}
	return best
}

// same reports whether all candidates have the same contract, whatever its service is called.
func same(all []candidate) bool {
	for i := 1; i < len(all); i++ {
		if all[i].digest() != all[0].digest() {
			return false
		}
	}
	return len(all) > 0
}

// ambiguous names the candidates: by their services if their operations have the same name, as in
// "ambiguous: lex-models or lexv2-models ListTagsForResource"; by their versions if only those
// differ.
func ambiguous(all []candidate) string {
	const limit = 3
	first := all[0].contract
	service, operation := true, true // all candidates have that of the first
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
	if names = slices.Compact(names); len(names) > limit {
		return fmt.Sprintf("ambiguous: %s or %d more%s", strings.Join(names[:limit], ", "), len(names)-limit, after)
	}
	return "ambiguous: " + strings.Join(names, " or ") + after
}
