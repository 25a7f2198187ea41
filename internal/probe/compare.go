package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/binding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// compare holds an answer against the recorded one, in three steps that each
// need the one before: the status, the error, the members. What the contract
// alone says is left to it: that a required member is missing, that an error has
// no name, that a union has not one member.
func compare(c *schema.Contract, recorded, live *traffic.Response) finding.Set {
	d := comparison{c: c, part: schema.OutputPart}
	if recorded.Status != live.Status {
		d.add(finding.ProbeStatus, "", fmt.Sprint(live.Status), fmt.Sprint(recorded.Status),
			fmt.Sprintf("the emulator answered %s, the service %s", status(live), status(recorded)))
	}
	if (recorded.Status >= 300) != (live.Status >= 300) {
		return finding.NewSet(d.found...)
	}
	if recorded.Status >= 300 {
		was, is := errorName(c, recorded), errorName(c, live)
		if was != is && was != "" && is != "" {
			d.add(finding.ProbeErrorCode, "", is, was, fmt.Sprintf("the emulator named %s, the service %s", is, was))
		}
		e, ok := c.Error(was)
		if was != is || !ok {
			return finding.NewSet(d.found...)
		}
		d.part = schema.ErrorPart(e.Name)
	}
	d.beside(recorded.Header, live.Header)
	d.body(recorded, live)
	return finding.NewSet(d.found...)
}

// status is the status of an answer with the name of its error.
func status(r *traffic.Response) string {
	if body, err := r.Document(); err == nil && r.Status >= 300 {
		if name := validate.ErrorName(r.Header, body.Bytes); name != "" {
			return fmt.Sprintf("%d %s", r.Status, clip(name))
		}
	}
	return fmt.Sprint(r.Status)
}

// clip shortens what an emulator may make as long as it likes.
func clip(text string) string {
	const most = 64
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// errorName is the contract's name of the error that an answer is, or else the
// answer's.
func errorName(c *schema.Contract, r *traffic.Response) string {
	body, err := r.Document()
	if err != nil {
		return ""
	}
	name := validate.ErrorName(r.Header, body.Bytes)
	if e, ok := c.Error(name); ok {
		return e.Name
	}
	return clip(name)
}

type comparison struct {
	c     *schema.Contract
	part  schema.Part
	found []finding.Finding
}

func (d *comparison) add(rule finding.RuleID, pointer, got, want, message string) {
	part := string(d.part)
	if d.part == schema.OutputPart {
		part = ""
	}
	d.found = append(d.found, finding.Finding{Rule: rule, Operation: d.c.Name(), Part: part, Pointer: pointer, Got: got, Want: want, Message: message})
}

// beside compares the members that travel in headers.
func (d *comparison) beside(recorded, live http.Header) {
	for _, b := range binding.Of(d.c, d.part).At(schema.LocationHeader) {
		was := len(recorded.Values(b.Wire)) > 0
		d.presence("/"+schema.Escape(b.Name), b.Member, was, was, len(live.Values(b.Wire)) > 0)
	}
}

// presence compares whether a member is there; it always was, or it ever was.
func (d *comparison) presence(pointer string, m *schema.Member, always, ever, is bool) {
	switch {
	case always && !is && !m.Required.Or(false):
		d.add(finding.ProbeMember, pointer, "", m.Name, fmt.Sprintf("the emulator leaves out %s, which the service sent", m.Name))
	case !ever && is:
		d.add(finding.ProbeMemberExtra, pointer, m.Name, "", fmt.Sprintf("the emulator sends %s, which the service left out", m.Name))
	}
}

func (d *comparison) body(recorded, live *traffic.Response) {
	root, members, ok := schema.Wire.Document(d.c, d.part)
	if !ok {
		return
	}
	was, ok1 := tree(recorded)
	is, ok2 := tree(live)
	if !ok1 || !ok2 {
		return // the contract says so
	}
	shape := *d.c.Resolve(root)
	if members != nil {
		shape.Members = members
	}
	d.value("", &shape, []any{was}, is)
}

// value compares what is below a value of the emulator with what is below the
// recorded ones that may stand in its place: one, or all elements of a list. So
// how many elements there are, and in which order, makes no difference. Pointers
// lead through members by their wire names and through lists and maps by "*".
func (d *comparison) value(pointer string, s *schema.Shape, was []any, is any) {
	switch is := is.(type) {
	case map[string]any:
		if s.Type == schema.Map {
			d.entries(pointer, s.Value, values(was), mapValues(is))
			return
		}
		objects := objectsOf(was)
		if s.Type != schema.Structure || len(objects) == 0 {
			return
		}
		if s.Union.Or(false) {
			d.union(pointer, s, objects, is)
			return
		}
		for i := range s.Members {
			d.member(pointer, &s.Members[i], objects, is)
		}
	case []any:
		if s.Type == schema.List {
			d.entries(pointer, s.Element, elements(was), is)
		}
	}
}

// member compares a member of a structure.
func (d *comparison) member(above string, m *schema.Member, was []map[string]any, is map[string]any) {
	pointer := above + "/" + schema.Escape(m.Wire())
	there := below(was, m.Wire())
	value := is[m.Wire()]
	d.presence(pointer, m, len(there) == len(was), len(there) > 0, value != nil)
	if value != nil && len(there) > 0 {
		d.value(pointer, d.c.Resolve(m.Shape), there, value)
	}
}

// union compares which member is set.
func (d *comparison) union(pointer string, s *schema.Shape, was []map[string]any, is map[string]any) {
	set := members(s, is)
	if len(set) != 1 {
		return // the contract says so
	}
	var names []string
	for _, object := range was {
		for _, m := range members(s, object) {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	slices.Sort(names)
	m := set[0]
	if !slices.Contains(names, m.Name) {
		if len(names) > 0 {
			d.add(finding.ProbeUnionMember, pointer, m.Name, strings.Join(names, " or "),
				fmt.Sprintf("the emulator set %s, the service %s", m.Name, strings.Join(names, " or ")))
		}
		return
	}
	d.value(pointer+"/"+schema.Escape(m.Wire()), d.c.Resolve(m.Shape), below(was, m.Wire()), is[m.Wire()])
}

// members are the members of a union that are set.
func members(s *schema.Shape, object map[string]any) []*schema.Member {
	var set []*schema.Member
	for i := range s.Members {
		if object[s.Members[i].Wire()] != nil {
			set = append(set, &s.Members[i])
		}
	}
	return set
}

// entries compares each element or value with all recorded ones; each
// difference is said once.
func (d *comparison) entries(pointer string, ref *schema.Ref, was, is []any) {
	if ref == nil || len(was) == 0 {
		return
	}
	for _, value := range is {
		d.value(pointer+"/*", d.c.Resolve(*ref), was, value)
	}
}

func objectsOf(all []any) []map[string]any {
	var objects []map[string]any
	for _, value := range all {
		if object, ok := value.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

func below(objects []map[string]any, name string) []any {
	var all []any
	for _, object := range objects {
		if value := object[name]; value != nil {
			all = append(all, value)
		}
	}
	return all
}

func values(all []any) []any {
	var entries []any
	for _, object := range objectsOf(all) {
		entries = append(entries, mapValues(object)...)
	}
	return entries
}

func mapValues(object map[string]any) []any {
	var all []any
	for _, value := range object {
		all = append(all, value)
	}
	return all
}

func elements(lists []any) []any {
	var all []any
	for _, list := range lists {
		if list, ok := list.([]any); ok {
			all = append(all, list...)
		}
	}
	return all
}
