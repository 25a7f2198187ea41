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
		if other, ok := route.NotJSON(); !ok {
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

// fit is what an exchange says of whether it is of a contract: the places of what
// is found of each severity from warning on, under the default profile.
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

// compare is positive where a fit is better than another: it is so in one respect,
// errors or warnings, and not worse in the other. To have none is better than to
// have some; where both have some, to have only some of those that the other has.
// It is zero where neither is better.
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

// choose validates an exchange by that of several contracts which it fits better
// than any other: see [fit.compare]; else by the one that the request alone fits
// so. Contracts that promise the same under several names count as one, and go by
// the first. What fits several alike is not checked, and named as ambiguous.
func (k *Catalog) choose(found []schema.Route, exchange func(*Validator, map[string]string) Outcome) Outcome {
	all := make([]candidate, 0, len(found))
	for _, route := range found {
		v, err := k.use(route.Contract)
		if err != nil {
			return Outcome{NotChecked: err.Error()}
		}
		all = append(all, candidate{v, exchange(v.Validator, route.Labels)})
	}
	if len(all) == 1 {
		return all[0].Outcome
	}
	for _, part := range []schema.Part{"", schema.InputPart} {
		best := fitting(all, part)
		if same(best) {
			return best[0].Outcome
		}
	}
	return Outcome{NotChecked: ambiguous(all)}
}

// candidate is a contract that an exchange may be of.
type candidate struct {
	*inUse
	Outcome
}

// fitting returns a candidate that fits best, and all that fit no worse.
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
