package synth

import (
	"encoding/json"
	"iter"
	"math/big"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// InvalidVariant is a document that breaks exactly one rule at one place.
type InvalidVariant struct {
	// Rule is the general one: see [finding.RuleID.General].
	Rule finding.RuleID
	// Place is the place of the contract that is violated.
	Place schema.Place
	// Pointer is where in the document it is broken, an RFC 6901 JSON Pointer.
	Pointer  string
	How      string // in a few words, such as "too long"
	Document []byte
}

// Impossible is an invalid variant that cannot be made, and why.
type Impossible struct {
	Rule   finding.RuleID
	Place  schema.Place
	How    string
	Reason string
}

// broken is a way to break a rule at a spot: by a value, by a key, or by the whole document; or a
// reason why there is none.
type broken struct {
	how      string
	value    *value
	key      string
	document *value
	below    string // the rest of the pointer
	reason   string
}

// breakers lists how the rules of the schema layer are broken. Each returns the ways that apply to
// a spot, and none if the rule does not apply.
var breakers = []struct {
	rule   finding.RuleID
	broken func(*Synth, spot) []broken
}{
	{finding.TypeMismatch, (*Synth).mismatches},
	{finding.TypeNull, (*Synth).nulls},
	{finding.MemberMissing, (*Synth).missing},
	{finding.MemberUnknown, (*Synth).unknown},
	{finding.UnionMultipleMembers, (*Synth).multipleMembers},
	{finding.UnionNoMember, (*Synth).noMember},
	{finding.UnionUnknownMember, (*Synth).unknownMember},
	{finding.EnumUnknownValue, (*Synth).unknownValues},
	{finding.ConstraintLength, (*Synth).lengthsMissed},
	{finding.ConstraintRange, (*Synth).rangesMissed},
	{finding.ConstraintPattern, (*Synth).patternsMissed},
	{finding.ConstraintUnique, (*Synth).elementsRepeated},
}

// InvalidVariants yields documents of a part that each break one rule at one place, for every place
// of the part and every rule that applies to it, in an order that depends only on the contract.
// Their surroundings are minimal.
func (s *Synth) InvalidVariants(part schema.Part) iter.Seq[InvalidVariant] {
	return func(yield func(InvalidVariant) bool) {
		s.misses(part, yield, func(Impossible) {})
	}
}

// Impossible returns the invalid variants of a part that no document was found for.
func (s *Synth) Impossible(part schema.Part) []Impossible {
	var all []Impossible
	s.misses(part, func(InvalidVariant) bool { return true }, func(i Impossible) { all = append(all, i) })
	return all
}

func (s *Synth) misses(part schema.Part, yield func(InvalidVariant) bool, not func(Impossible)) {
	t, formed, err := s.top(part)
	switch {
	case err != nil || t.stream():
		return
	case !formed: // any object
		yield(InvalidVariant{finding.TypeMismatch, schema.Place{Part: part}, "", "another type", []byte(`"text"`)})
		return
	}
	s.walk(part, t.form, func(at spot) bool {
		if t.raw != nil { // the body is a raw member, which has no other type
			at.place, at.pointer = at.place.Child(t.raw.Name), child("", t.raw.Name)
		}
		if s.wanted != nil && !s.wanted(at.place) {
			return true
		}
		for _, b := range breakers {
			if at.form.size >= endless && at.again {
				return true // it has no surrounding document
			}
			if t.raw != nil && b.rule == finding.TypeMismatch || s.breaks != nil && !slices.Contains(s.breaks, b.rule) {
				continue
			}
			for _, way := range b.broken(s, at) {
				if way.reason != "" {
					not(Impossible{b.rule, at.place, way.how, way.reason})
					continue
				}
				document, pointer := way.document, at.pointer+way.below
				switch {
				case document != nil:
				case at.key:
					document, pointer = at.putKey(way.key)
				default:
					document = at.put(way.value)
				}
				written, err := s.write(t, document)
				if err == nil && !yield(InvalidVariant{b.rule, at.place, pointer, way.how, written}) {
					return false
				}
			}
		}
		return true
	})
}

// anything reports a place that accepts any value.
func (f *form) anything() bool {
	return f.shape.Type == schema.Document || f.shape.Type == schema.Unstated
}

// others are values of other types than the shape's.
var others = map[schema.Type]*value{
	schema.Structure: quoted("text"), schema.List: object(), schema.Map: array(), schema.String: scalar("7"),
	schema.Integer: quoted("7"), schema.Float: quoted("7"), schema.Boolean: quoted("true"), schema.Blob: scalar("7"),
}

func (s *Synth) mismatches(at spot) []broken {
	if at.key || at.form.anything() {
		return nil
	}
	var all []broken
	shape := at.form.shape
	if other := others[shape.Type]; other != nil {
		all = append(all, broken{how: "another type", value: other})
	}
	switch shape.Type {
	case schema.Blob:
		if s.encoding == schema.HTTP {
			all = append(all, broken{how: "not base64", value: quoted("?")})
		}
	case schema.Integer, schema.Float:
		all = append(all, ranged(shape)...)
	case schema.Timestamp:
		all = append(all, s.timestampMismatches(shape)...)
	}
	return all
}

func (s *Synth) timestampMismatches(shape *schema.Shape) []broken {
	text := broken{how: "no timestamp", value: quoted("yesterday")}
	if s.encoding == schema.HTTP && shape.Format.Or("epoch-seconds") != "epoch-seconds" {
		return []broken{text, {how: "another type", value: scalar("1700000000")}}
	}
	return []broken{text, {how: "another type", value: scalar("true")},
		{how: "milliseconds", value: scalar(schema.TimestampsEnd)}, {how: "before the year 1", value: scalar("-62135596801")}}
}

// ranged are numbers that the type cannot hold although the range allows them.
func ranged(shape *schema.Shape) []broken {
	v := intervalOf(shape)
	var all []broken
	add := func(how, text string) {
		n, _ := rat(json.Number(text))
		if !v.ranged(n) {
			all = append(all, broken{how: how, reason: "the range excludes it too"})
			return
		}
		all = append(all, broken{how: how, value: scalar(text)})
	}
	sized := shape.Bits.Or(64) > 0 // 0: of any size
	if shape.Type == schema.Float && !sized {
		return all
	}
	if shape.Type == schema.Float {
		add("too large for its bits", "1e400")
		add("too small for its bits", "-1e400")
		return all
	}
	if low, high, ok := v.integers(); ok {
		if low.Cmp(high) < 0 {
			add("a fraction", decimal(new(big.Rat).Add(low, big.NewRat(1, 2))))
		} else {
			all = append(all, broken{how: "a fraction", reason: "the range excludes it too"})
		}
	}
	if sized {
		add("too large for its bits", decimal(plus(v.typeHigh, 1)))
		add("too small for its bits", decimal(plus(v.typeLow, -1)))
	}
	return all
}

func (s *Synth) nulls(at spot) []broken {
	f := at.form
	if f.shape.Type != schema.List && f.shape.Type != schema.Map || f.shape.Sparse.Or(false) || at.key || f.below[0].anything() {
		return nil
	}
	if !f.holdsOne() {
		return []broken{{how: "null entry", reason: "it can have no entry"}}
	}
	if f.shape.Type == schema.List {
		return []broken{{how: "null entry", value: s.list(f, max(1, smallest(f.shape)), null), below: "/0"}}
	}
	return []broken{{how: "null entry", value: s.mapping(f, f.keys, null), below: child("", f.keys[0])}}
}

func (s *Synth) missing(at spot) []broken {
	if at.omit == nil {
		return nil
	}
	return []broken{{how: "absent", document: at.omit()}, {how: "null", document: at.put(null)}}
}

// unknownName is a name that a structure does not have.
func unknownName(f *form) string {
	name := "crcheckUnknown"
	for known(f, name) {
		name += "_"
	}
	return name
}

func (f *form) union() bool { return f.shape.Union.Or(false) }

func (s *Synth) unknown(at spot) []broken {
	f := at.form
	if f.shape.Type != schema.Structure || f.union() {
		return nil
	}
	name, how := unknownName(f), "unknown member"
	if f.minimal == nil {
		return []broken{{how: how, reason: "the structure itself has no document"}}
	}
	return []broken{{how: how, value: with(s.minimal(f), entry{name, quoted("text")}), below: child("", name)}}
}

// with adds entries to an object.
func with(v *value, more ...entry) *value { return object(slices.Concat(v.entries, more)...) }

func (s *Synth) multipleMembers(at spot) []broken {
	f := at.form
	if !f.union() || f.minimal == nil {
		return nil
	}
	second := broken{how: "two known members", reason: "the union has no second member that can be made"}
	for i, name := range f.members {
		if below := s.minimal(f.below[i]); below != nil && name != f.minimal.entries[0].name {
			second = broken{how: second.how, value: with(f.minimal, entry{name, below})}
			break
		}
	}
	return []broken{second, {how: "a known and an unknown member", value: with(f.minimal, entry{unknownName(f), object()})}}
}

func (s *Synth) noMember(at spot) []broken {
	f := at.form
	if !f.union() {
		return nil
	}
	nulls := object()
	for _, name := range f.members {
		nulls.entries = append(nulls.entries, entry{name, null})
	}
	all := []broken{{how: "empty", value: object()}}
	if len(nulls.entries) > 0 {
		all = append(all, broken{how: "null members", value: nulls})
	}
	return all
}

func (s *Synth) unknownMember(at spot) []broken {
	f := at.form
	if !f.union() {
		return nil
	}
	if s.encoding == schema.SDK {
		name := "SDK_UNKNOWN_MEMBER" // as botocore returns it
		return []broken{{how: "only an unknown member", value: object(entry{name, object(entry{"name", quoted(unknownName(f))})})}}
	}
	return []broken{{how: "only an unknown member", value: object(entry{unknownName(f), object()})}}
}
