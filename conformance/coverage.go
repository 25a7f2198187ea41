package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

// Coverage is how much of a contract the service showed the client: what was
// played, whatever the client made of it.
type Coverage struct {
	Members  Share `json:"members"`      // of structures, present
	Absent   Share `json:"absent"`       // the optional ones of them, absent while their structure is there
	Null     Share `json:"null"`         // likewise, null
	Unions   Share `json:"unionMembers"` // of unions, set
	Enums    Share `json:"enumValues"`
	Errors   Share `json:"errors"`
	Statuses Share `json:"statuses"`

	contract *schema.Contract
	missing  map[string]*Share // what was not yet played, by its address
}

// Share is how many of something were played, and which were not.
type Share struct {
	Played  int      `json:"played"`
	Total   int      `json:"total"`
	Missing []string `json:"missing,omitempty"`
}

// newCoverage lists what there is to play.
func newCoverage(c *schema.Contract) *Coverage {
	v := &Coverage{contract: c, missing: map[string]*Share{}}
	c.Walk(func(place schema.Place, shape *schema.Shape, member *schema.Member) {
		if place.Part == schema.InputPart {
			return
		}
		if member != nil {
			share := v.share(place)
			v.expect(share, place.String())
			if share == &v.Members && !member.Required.Or(false) {
				v.expect(&v.Absent, place.String()+absent)
				if c.Location(member) == "body" {
					v.expect(&v.Null, place.String()+null)
				}
			}
		}
		for _, value := range shape.Enum.Or(nil) {
			v.expect(&v.Enums, place.String()+" "+value)
		}
	})
	v.expect(&v.Statuses, fmt.Sprint(c.Status.Or(200)))
	for _, e := range c.Errors {
		v.expect(&v.Errors, e.Name)
		if status, ok := e.Status.Get(); ok {
			v.expect(&v.Statuses, fmt.Sprint(status))
		}
	}
	return v
}

// What stands after the address of a member that is not there.
const (
	absent = " absent"
	null   = " null"
)

// share is where a member counts: a union's members apart from a structure's.
func (v *Coverage) share(place schema.Place) *Share {
	parent, _, ok := v.contract.At(place.Parent())
	if ok && parent.Union.Or(false) {
		return &v.Unions
	}
	return &v.Members
}

func (v *Coverage) expect(share *Share, address string) {
	if _, twice := v.missing[address]; twice {
		return
	}
	v.missing[address] = share
	share.Total++
	share.Missing = append(share.Missing, address)
}

func (v *Coverage) mark(address string) {
	share, ok := v.missing[address]
	if !ok {
		return
	}
	delete(v.missing, address)
	share.Played++
	i := slices.Index(share.Missing, address)
	share.Missing = slices.Delete(share.Missing, i, i+1)
}

// played marks what the attempts of a case showed the client.
func (v *Coverage) played(attempts []Attempt) {
	for _, a := range attempts {
		if a.Miss != "" || a.Status == 0 {
			continue
		}
		v.mark(fmt.Sprint(a.Status))
		part := schema.OutputPart
		if a.Status >= 300 {
			name := validate.ErrorName(a.Header, a.Bytes)
			e, ok := v.contract.Error(name)
			if !ok {
				continue
			}
			v.mark(e.Name)
			part = schema.ErrorPart(e.Name)
		}
		if root, ok := v.contract.Root(part); ok && root.Name != "" {
			v.answer(schema.Place{Part: part}, root, a)
		}
	}
}

// answer marks what an answer showed: its members in the body, in headers and the
// status, and the one that is the body.
func (v *Coverage) answer(place schema.Place, root schema.Ref, a Attempt) {
	tree, err := validate.Tree(a.Bytes)
	inBody := true
	shape := v.contract.Resolve(root)
	for i := range shape.Members {
		m := &shape.Members[i]
		below, there := place.Child(m.Name), false
		switch v.contract.Location(m) {
		case "payload":
			inBody, there = false, len(a.Bytes) > 0
			if err == nil {
				v.value(below, m.Shape, tree)
			}
		case "status":
			there = true
		case "header":
			there = a.Header.Get(m.Wire()) != ""
			v.mark(below.String() + " " + a.Header.Get(m.Wire()))
		case "headers":
			there = len(prefixed(a.Header, m.Wire())) > 0
		default:
			continue
		}
		if there {
			v.mark(below.String())
		} else {
			v.mark(below.String() + absent)
		}
	}
	if inBody && err == nil {
		v.value(place, root, tree)
	}
}

// prefixed are the names of headers that begin so, in any case.
func prefixed(h http.Header, prefix string) []string {
	var names []string
	for name := range h {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			names = append(names, name)
		}
	}
	return names
}

func (v *Coverage) value(place schema.Place, ref schema.Ref, value any) {
	s := v.contract.Resolve(ref)
	switch value := value.(type) {
	case map[string]any:
		for i := range s.Members {
			m := &s.Members[i]
			if v.contract.Location(m) != "body" {
				continue // it does not travel here
			}
			below := place.Child(m.Name)
			switch child, ok := value[m.Wire()]; {
			case !ok:
				v.mark(below.String() + absent)
			case child == nil:
				v.mark(below.String() + null)
			default:
				v.mark(below.String())
				v.value(below, m.Shape, child)
			}
		}
		if s.Value != nil {
			for key, entry := range value {
				v.value(place.Child("*key"), *s.Key, key)
				v.value(place.Child("*"), *s.Value, entry)
			}
		}
	case []any:
		if s.Element != nil {
			for _, element := range value {
				v.value(place.Child("*"), *s.Element, element)
			}
		}
	case string:
		v.mark(place.String() + " " + value)
	case json.Number, bool, nil:
	}
}

// Shares lists the shares by name, in the order of a report.
func (v *Coverage) Shares() []NamedShare {
	return []NamedShare{{"members", v.Members}, {"absent members", v.Absent}, {"null members", v.Null}, {"union members", v.Unions}, {"enum values", v.Enums}, {"errors", v.Errors}, {"statuses", v.Statuses}}
}

// NamedShare is a share with its name.
type NamedShare struct {
	Name string
	Share
}

// Percent is the part that was played, rounded down, of 100.
func (v *Coverage) Percent() int {
	played, total := 0, 0
	for _, s := range v.Shares() {
		played, total = played+s.Played, total+s.Total
	}
	return 100 * played / cmp.Or(total, 1)
}
