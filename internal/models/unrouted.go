package models

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// maxNamed is how many services or sources a message names.
const maxNamed = 5

// Unrouted counts the responses without a matching contract by service.
type Unrouted struct {
	Total    int
	services map[string]int
	add      map[string]bool // sources of contracts that could have them
}

// Count counts a response.
func (u *Unrouted) Count(why *schema.Unrouted) {
	if u.services == nil {
		u.services, u.add = map[string]int{}, map[string]bool{}
	}
	u.Total++
	name := cmp.Or(why.Endpoint, why.Service)
	switch {
	case name == "" && why.Host != "":
		u.services["unknown service at "+why.Host]++
		return
	case name == "":
		u.services["unknown service"]++
		return
	}
	switch {
	case why.Kind == schema.NoSuchOperation: // a complete model may have it
		u.add[Botocore+name] = true
		u.services[name+" (no such operation)"]++
	case why.Protocol == "awsJson" || why.Protocol == "rest":
		u.add[Botocore+name] = true
		u.services[name]++
	default:
		u.services[name+" ("+why.Protocol+")"]++
	}
}

// Merge adds what another one counted.
func (u *Unrouted) Merge(v *Unrouted) {
	if u.services == nil {
		u.services, u.add = map[string]int{}, map[string]bool{}
	}
	u.Total += v.Total
	for name, n := range v.services {
		u.services[name] += n
	}
	maps.Copy(u.add, v.add)
}

// unroutedForm is an [Unrouted] in JSON.
type unroutedForm struct {
	Total    int             `json:"total"`
	Services map[string]int  `json:"services,omitempty"`
	Add      map[string]bool `json:"add,omitempty"`
}

// MarshalJSON writes what [Unrouted.UnmarshalJSON] reads.
func (u *Unrouted) MarshalJSON() ([]byte, error) {
	return json.Marshal(unroutedForm{u.Total, u.services, u.add})
}

// UnmarshalJSON reads counts.
func (u *Unrouted) UnmarshalJSON(text []byte) error {
	var form unroutedForm
	if err := json.Unmarshal(text, &form); err != nil {
		return err
	}
	*u = Unrouted{}
	u.Merge(&Unrouted{form.Total, form.Services, form.Add})
	return nil
}

// String returns what was not routed, for a run in which nothing was routed.
func (u *Unrouted) String() string {
	names := slices.SortedFunc(maps.Keys(u.services), func(a, b string) int {
		return cmp.Or(cmp.Compare(u.services[b], u.services[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(maxNamed, len(names))] {
		parts = append(parts, fmt.Sprintf("%d %s", u.services[name], name))
	}
	if rest := len(names) - maxNamed; rest > 0 {
		parts = append(parts, fmt.Sprintf("%d more services", rest))
	}
	text := fmt.Sprintf("none of the %d responses matches a loaded contract (%s)", u.Total, strings.Join(parts, ", "))
	if u.Total == 1 {
		text = fmt.Sprintf("the response matches no loaded contract (%s)", parts[0])
	}
	return text
}

// Add says which flags choose contracts that could have the responses.
func (u *Unrouted) Add() string {
	if len(u.add) == 0 {
		return "choose the contracts of these services with --contract"
	}
	text := "add"
	add := slices.Sorted(maps.Keys(u.add))
	for _, source := range add[:min(maxNamed, len(add))] {
		text += " --contract " + source
	}
	if len(add) > maxNamed {
		text += " …"
	}
	return text
}
