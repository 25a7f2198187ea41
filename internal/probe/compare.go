package probe

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// compare compares a response with the recorded one in three steps, each of which requires the one
// before: the status, the error, the members. It ignores what the contract reports: a missing
// required member, an error without a name, a union without exactly one member.
func compare(c *schema.Contract, values *compared, recorded, live *traffic.Response) finding.Set {
	d := comparison{c: c, part: schema.OutputPart, values: values}
	if recorded.Status != live.Status {
		rule := finding.ProbeStatus
		if live.Status >= 500 {
			rule = finding.ProbeFailed
		}
		d.add("", "", finding.Finding{Rule: rule, Found: statusValue(live), Wanted: finding.Want{Text: strconv.Itoa(recorded.Status)},
			Names: []string{named(live), named(recorded)}})
	}
	if (recorded.Status >= 300) != (live.Status >= 300) {
		return finding.NewSet(d.found...)
	}
	if recorded.Status >= 300 {
		was, is := errorName(c, recorded), errorName(c, live)
		if was != is && was != "" && is != "" {
			d.add("", "", finding.Finding{Rule: finding.ProbeErrorCode, Found: finding.Text(is), Wanted: finding.Want{Text: was}})
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

func statusValue(r *traffic.Response) finding.Value {
	return finding.ValueOf(finding.KindInteger, strconv.Itoa(r.Status))
}

// named returns the name that a response gives its error; empty if there is none.
func named(r *traffic.Response) string {
	body, err := r.Document()
	if err != nil || r.Status < 300 {
		return ""
	}
	return wording.Clip(validate.ErrorName(r.Header, body.Bytes), maxName)
}

// maxName bounds the names that an emulator may make as long as it likes, in bytes.
const maxName = 64

// errorName returns the contract's name of a response's error, otherwise the response's.
func errorName(c *schema.Contract, r *traffic.Response) string {
	body, err := r.Document()
	if err != nil {
		return ""
	}
	name := validate.ErrorName(r.Header, body.Bytes)
	if e, ok := c.Error(name); ok {
		return e.Name
	}
	return wording.Clip(name, maxName)
}

type comparison struct {
	c      *schema.Contract
	part   schema.Part
	values *compared
	found  []finding.Finding
}

// add adds a finding at a pointer, in which keys of maps are *, and at a shape or the member of one.
func (d *comparison) add(pointer, shape string, f finding.Finding) {
	f.Operation, f.Part, f.Pointer, f.Masked, f.Shape = d.c.Name(), string(d.part), pointer, pointer, shape
	if d.part == schema.OutputPart {
		f.Part = ""
	}
	d.found = append(d.found, f)
}

// beside compares the members in headers.
func (d *comparison) beside(recorded, live http.Header) {
	root, _ := d.c.Root(d.part)
	for _, b := range binding.Of(d.c, d.part).At(schema.LocationHeader) {
		pointer := "/" + jsontree.Escape(b.Name)
		was, is := recorded.Values(b.Wire), live.Values(b.Wire)
		d.presence(pointer, root.Name, b.Member, len(was) > 0, len(was) > 0, len(is) > 0)
		if len(was) > 0 && len(is) > 0 && d.values.has(pointer) {
			d.same(pointer, visit.MemberOf(root.Name, b.Member), d.c.Resolve(b.Member.Shape), []string{strings.Join(was, ", ")}, strings.Join(is, ", "))
		}
	}
}

// presence compares whether a member is present with whether it always or ever was in the
// recording.
func (d *comparison) presence(pointer, structure string, m *schema.Member, always, ever, is bool) {
	shape := visit.MemberOf(structure, m)
	switch {
	case always && !is && !m.Required.Or(false):
		d.add(pointer, shape, finding.Finding{Rule: finding.ProbeMember, Wanted: finding.Want{Text: m.Name}})
	case !ever && is:
		d.add(pointer, shape, finding.Finding{Rule: finding.ProbeMemberExtra, Found: finding.Text(m.Name)})
	}
}

func (d *comparison) body(recorded, live *traffic.Response) {
	was, ok1 := siteOf(d.c, d.part, recorded)
	is, ok2 := siteOf(d.c, d.part, live)
	if ok1 && ok2 { // otherwise the contract reports it
		d.value("", []*visit.Site{was}, is)
	}
}

// value compares what is below a value of the emulator with what is below the recorded values that
// may be in its place: one, or all elements of a list. So the number and order of elements make no
// difference. Pointers lead through members by their wire names and through lists and maps by "*".
func (d *comparison) value(pointer string, was []*visit.Site, is *visit.Site) {
	kind := is.Value.Kind
	was = slices.DeleteFunc(slices.Clone(was), func(s *visit.Site) bool { return s.Value.Kind != kind })
	if len(was) == 0 {
		return
	}
	switch s := is.Shape; {
	case s.Type == schema.Map && kind == '{', s.Type == schema.List && kind == '[':
		var all []*visit.Site
		for _, one := range was {
			all = slices.AppendSeq(all, one.Below())
		}
		for entry := range is.Below() {
			d.value(pointer+"/*", all, entry)
		}
	case s.Type != schema.Structure || kind != '{':
		if d.values.has(pointer) {
			var recorded []string
			for _, s := range was {
				recorded = append(recorded, string(s.Value.Append(nil)))
			}
			d.same(pointer, is.Holder(), is.Shape, recorded, string(is.Value.Append(nil)))
		}
	case s.Union.Or(false):
		d.union(pointer, was, is)
	default:
		for i := range s.Members {
			d.member(pointer, &s.Members[i], was, is)
		}
	}
}

// member compares a member of a structure.
func (d *comparison) member(above string, m *schema.Member, was []*visit.Site, is *visit.Site) {
	pointer := above + "/" + jsontree.Escape(m.Wire())
	there, value := below(was, m.Wire()), present(is, m.Wire())
	d.presence(pointer, is.Name, m, len(there) == len(was), len(there) > 0, value != nil)
	if value != nil {
		d.value(pointer, there, value)
	}
}

// compared are the values that must equal the recorded ones, and what is below them.
type compared struct {
	pointers []string
	found    map[string]bool // pointers at which both responses had a value
}

// has reports whether the value at a pointer is compared, and notes that there is one.
func (v *compared) has(pointer string) bool {
	asked := false
	for _, p := range v.pointers {
		if rest, below := strings.CutPrefix(pointer, p); below && (rest == "" || rest[0] == '/') {
			v.found[p], asked = true, true
		}
	}
	return asked
}

// same compares a value with the recorded ones that may be in its place.
func (d *comparison) same(pointer, shape string, of *schema.Shape, was []string, is string) {
	if slices.Contains(was, is) {
		return
	}
	var want []string
	for _, text := range was {
		text = wording.Clip(text, maxName)
		if !slices.Contains(want, text) && len(want) < maxWanted {
			want = append(want, text)
		}
	}
	slices.Sort(want)
	d.add(pointer, shape, finding.Finding{Rule: finding.ProbeValue, Found: finding.Text(wording.Clip(is, maxName)), Wanted: finding.Want{OneOf: want}, Sensitive: of.Sensitive.Or(false)})
}

// maxWanted is the number of recorded values that a finding names.
const maxWanted = 3

// union compares which member is set.
func (d *comparison) union(pointer string, was []*visit.Site, is *visit.Site) {
	set := members(is)
	if len(set) != 1 {
		return // the contract reports it
	}
	var names []string
	for _, object := range was {
		for _, m := range members(object) {
			if !slices.Contains(names, m.Member.Name) {
				names = append(names, m.Member.Name)
			}
		}
	}
	slices.Sort(names)
	m := set[0]
	if !slices.Contains(names, m.Member.Name) {
		if len(names) > 0 {
			d.add(pointer, is.Name, finding.Finding{Rule: finding.ProbeUnionMember, Found: finding.Text(m.Member.Name), Wanted: finding.Want{OneOf: names}})
		}
		return
	}
	d.value(pointer+"/"+jsontree.Escape(m.Key), below(was, m.Key), m)
}

// members returns the known members of a union that are set.
func members(union *visit.Site) []*visit.Site {
	return slices.DeleteFunc(union.Set(), (*visit.Site).Unknown)
}

// present returns a member that is present and not null, or nil.
func present(s *visit.Site, name string) *visit.Site {
	if m := s.Child(name); m != nil && !m.Value.Null() {
		return m
	}
	return nil
}

// below returns the members of a name in several objects.
func below(objects []*visit.Site, name string) (all []*visit.Site) {
	for _, object := range objects {
		if m := present(object, name); m != nil {
			all = append(all, m)
		}
	}
	return all
}
