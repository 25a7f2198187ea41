package drift

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Source is one of several sources that are compared side by side.
type Source struct {
	Name      string // as the user named it
	Contracts []*schema.Contract
}

// kind is the kind of document that the source's contracts were first read from.
func (s *Source) kind() string {
	if len(s.Contracts) == 0 || len(s.Contracts[0].Origins) == 0 {
		return "contract"
	}
	return s.Contracts[0].Origins[0].Kind
}

// Matrix lists what each of several sources states, where they do not all agree.
type Matrix struct {
	Sources  []MatrixSource `json:"sources"`
	Compared int            `json:"compared"` // operations that at least two sources have
	Rows     []Row          `json:"rows"`
}

// MatrixSource is a source of a matrix.
type MatrixSource struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"` // boto3-page, botocore-model, smithy-model, go-sdk, contract
	Version string `json:"version,omitempty"`
}

// Row is a place and a facet on which the sources that state it disagree.
type Row struct {
	Operation string      `json:"operation"`
	Part      schema.Part `json:"part"`
	Pointer   string      `json:"pointer"`
	Facet     string      `json:"facet"`
	Values    []string    `json:"values"` // by source: JSON, "present", "absent"; empty: unspecified
	Classes   []Class     `json:"classes"`
}

// Class describes a disagreement. No source says which of two models is older, so they just differ.
type Class string

const (
	UndocumentedMember Class = "undocumented member" // a model or the SDK has it, the page does not
	DocsLag            Class = "docs lag"            // the page states something that no model does
	DocsAhead          Class = "docs ahead"          // the page has it, no model and no SDK does
	ModelAheadOfSDK    Class = "model ahead of SDK"  // a model states it, the SDK does not know it
	SDKAheadOfModel    Class = "SDK ahead of model"  // the SDK has it, no model does
	ModelsDiffer       Class = "models differ"       // two models, perhaps of different age
	DocsAndSDKDiffer   Class = "docs and SDK differ" // and no model states it
	ContractsDiffer    Class = "contracts differ"    // of an unknown kind of source
)

const (
	presentValue = "present"
	absentValue  = "absent"
)

// CompareSources compares sources side by side, operation by operation. The error is a
// [*TwiceError] or a [*NothingInCommonError], or says why a contract cannot be used.
func CompareSources(sources []Source) (*Matrix, error) {
	m := &Matrix{Rows: []Row{}}
	named := make([]map[string]*schema.Contract, len(sources))
	operations := map[string]int{}
	for i := range sources {
		s := &sources[i]
		of, err := byName(s.Contracts, s.Name)
		if err != nil {
			return nil, err
		}
		named[i] = of
		described := MatrixSource{Name: s.Name, Kind: s.kind()}
		if len(s.Contracts) > 0 {
			described.Version = s.Contracts[0].Version
		}
		m.Sources = append(m.Sources, described)
		for name := range of {
			operations[name]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		if operations[name] < 2 {
			continue
		}
		m.Compared++
		row := make([]*schema.Contract, len(sources))
		for i := range named {
			row[i] = named[i][name]
		}
		m.Rows = append(m.Rows, m.rows(name, row)...)
	}
	if m.Compared == 0 {
		return nil, &NothingInCommonError{(&Contracts{Given: sources[0].Contracts}).some(), (&Contracts{Given: sources[1].Contracts}).some()}
	}
	return m, nil
}

// spot is a place and a facet.
type spot struct {
	place schema.Place
	facet string
}

// rows returns the places and facets on which the contracts of an operation disagree. A contract is
// nil where a source has none.
func (m *Matrix) rows(operation string, contracts []*schema.Contract) []Row {
	differ := map[spot]bool{}
	for i, a := range contracts {
		for _, b := range contracts[i+1:] {
			if a == nil || b == nil {
				continue
			}
			p := pair{old: a, new: b}
			for _, part := range append([]schema.Part{schema.ContractPlace.Part}, p.parts()...) {
				for _, d := range schema.Diff(a.Only(part), b.Only(part)) {
					if d.Place.Part == part {
						differ[spot{d.Place, d.Facet}] = true
					}
				}
			}
		}
	}
	var rows []Row
	for at := range differ {
		r := Row{Operation: operation, Part: at.place.Part, Pointer: at.place.Pointer, Facet: at.facet}
		for _, c := range contracts {
			r.Values = append(r.Values, stated(c, at))
		}
		r.Classes = m.classify(&r)
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Facet, b.Facet))
	})
	return rows
}

// stated returns the value that a contract states for a facet; empty if it states none.
func stated(c *schema.Contract, at spot) string {
	if c == nil {
		return ""
	}
	name, isError := at.place.Part.ErrorName()
	e, hasError := c.Error(name)
	switch {
	case at.place.Part == schema.ContractPlace.Part:
		return facetText(c, at.facet)
	case isError && at.facet == "error":
		return presence(hasError)
	case isError && !hasError:
		return ""
	case isError && at.place.Pointer == "" && facetText(e, at.facet) != "":
		return facetText(e, at.facet)
	case at.facet == "member":
		parent, _, ok := c.At(at.place.Parent())
		if !ok || parent.Type != schema.Structure {
			return ""
		}
		_, ok = parent.Member(lastToken(at.place))
		return presence(ok)
	}
	shape, member, ok := c.At(at.place)
	switch {
	case !ok && at.facet == "type" && at.place.Pointer == "":
		return absentValue
	case !ok:
		return ""
	case at.facet == "type":
		return string(shape.Type)
	case member != nil && facetText(member, at.facet) != "":
		return facetText(member, at.facet)
	}
	return facetText(shape, at.facet)
}

func presence(there bool) string {
	if there {
		return presentValue
	}
	return absentValue
}

func lastToken(p schema.Place) string {
	tokens := jsontree.Tokens(p.Pointer)
	return tokens[len(tokens)-1]
}

// facetText returns the JSON of a facet, found by its name in the JSON form; empty if it is
// unspecified or not a facet there.
func facetText(of any, facet string) string {
	v := reflect.ValueOf(of).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		known, ok := v.Field(i).Interface().(interface {
			Silent() bool
			String() string
		})
		if !ok || name != facet || known.Silent() {
			continue
		}
		switch known := known.(type) {
		case schema.Known[[]string]:
			values := slices.Sorted(slices.Values(known.Or(nil)))
			return schema.ValueText(values)
		case schema.Known[schema.Bounds]:
			return canonical(facet, known.Or(schema.Bounds{}))
		}
		return known.String()
	}
	return ""
}

// canonical writes bounds of the same meaning in one form.
func canonical(facet string, b schema.Bounds) string {
	if facet == "length" && b.Min != "" && isZero(b.Min) {
		b.Min = ""
	}
	for _, end := range []*json.Number{&b.Min, &b.Max} {
		if *end != "" {
			*end = json.Number(decimal.Parse(nil, []byte(*end)).String())
		}
	}
	return b.String()
}

// classify returns the classes of a disagreement.
func (m *Matrix) classify(r *Row) []Class {
	var docs, models, sdks []string
	for i, value := range r.Values {
		if value == "" {
			continue
		}
		switch m.Sources[i].Kind {
		case "boto3-page":
			docs = append(docs, value)
		case "botocore-model", "smithy-model":
			models = append(models, value)
		case "go-sdk":
			sdks = append(sdks, value)
		}
	}
	var all []Class
	add := func(when bool, c Class) {
		if when && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	has := func(values []string) bool { return slices.Contains(values, presentValue) }
	lacks := func(values []string) bool { return slices.Contains(values, absentValue) }
	truth := models
	if len(truth) == 0 {
		truth = sdks
	}
	if r.Facet == "member" || r.Facet == "error" {
		add(lacks(docs) && (has(models) || has(sdks)) && r.Facet == "member", UndocumentedMember)
		add(lacks(docs) && (has(models) || has(sdks)) && r.Facet == "error", DocsLag)
		add(has(docs) && !has(models) && !has(sdks) && len(truth) > 0, DocsAhead)
		add(has(models) && lacks(sdks), ModelAheadOfSDK)
		add(has(sdks) && len(models) > 0 && !has(models), SDKAheadOfModel)
	} else {
		add(len(models) > 0 && outside(docs, models), DocsLag)
		add(len(models) > 0 && outside(sdks, models), ModelAheadOfSDK)
		add(len(models) == 0 && outside(docs, sdks) && len(sdks) > 0, DocsAndSDKDiffer)
	}
	add(len(slices.Compact(slices.Sorted(slices.Values(models)))) > 1, ModelsDiffer)
	add(len(all) == 0, ContractsDiffer)
	return all
}

// outside reports whether a value is not among the others.
func outside(values, others []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(others, v) })
}

// Letter names a column of a matrix.
func Letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprintf("%s%d", string(rune('A'+i%26)), i/26)
}
