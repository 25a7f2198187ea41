package finding

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/wording"
)

// prose is what a finding says in words.
type prose struct{ got, want, message string }

// withheld is what a finding got that the contract calls sensitive.
const withheld = "(withheld: sensitive)"

// Rendered returns the finding with Got, Want and Message made from its other fields. All prose of
// findings comes from here, and nothing reads it back. [NewSet] calls it.
func (f Finding) Rendered() Finding {
	render := renderers[f.Rule]
	if render == nil {
		return f
	}
	p := render(f)
	if f.Sensitive && p.got != "" {
		p.got = withheld
	}
	if f.Beside != (Carrier{}) {
		p.message = f.Beside.String() + ": " + p.message
	}
	if f.Truncated > 0 {
		p.message += fmt.Sprintf(" (and more: only the first %d findings of a document are reported)", f.Truncated)
	}
	f.Got, f.Want, f.Message = p.got, p.want, p.message
	return f
}

// renderers has a function for each rule.
var renderers = func() map[RuleID]func(Finding) prose {
	all := map[RuleID]func(Finding) prose{}
	for _, some := range []map[RuleID]func(Finding) prose{documentRenderers, exchangeRenderers, runRenderers} {
		maps.Copy(all, some)
	}
	for _, rule := range driftRules {
		all[rule.ID] = renderDrift
	}
	return all
}()

// documentRenderers are those of rules about a document or its bytes.
var documentRenderers = map[RuleID]func(Finding) prose{
	TypeMismatch:            renderMismatch,
	TypeNull:                renderNull,
	MemberMissing:           renderMissing,
	MemberMissingCollection: renderMissing,
	MemberUnknown:           renderUnknown,
	UnionMultipleMembers:    renderMultiple,
	UnionNoMember: func(f Finding) prose {
		return prose{"none", exactlyOne(f), "the union has no member; exactly one must be set"}
	},
	UnionUnknownMember: renderUnknownTag,
	EnumUnknownValue: func(f Finding) prose {
		return f.about(oneOf(f.Wanted.OneOf), "is not a value of the enum")
	},
	ConstraintLength: renderLength,
	ConstraintEmpty: func(f Finding) prose {
		if f.General() == ConstraintPattern {
			return renderPattern(f)
		}
		return renderLength(f)
	},
	ConstraintRange: func(f Finding) prose {
		bounds := f.Wanted.Bounds.String()
		return f.about(bounds, "is out of range; the contract allows "+bounds)
	},
	ConstraintPattern: renderPattern,
	PatternTimeout: func(f Finding) prose {
		return f.about(f.Wanted.Pattern, "took too long to match against the pattern, so it was not checked")
	},
	OracleDisagreement: func(f Finding) prose {
		if f.Cause != "" {
			return prose{message: "the JSON Schema could not be asked: " + f.Cause}
		}
		accepts := f.Problem == SchemaAgrees
		return prose{message: fmt.Sprintf("the JSON Schema accepts the document: %t; the walker: %t; please report it together with the document", accepts, !accepts)}
	},

	SyntaxInvalid: renderSyntax,
	SyntaxTrailing: func(f Finding) prose {
		return prose{f.Found.shown(), "end of input", "something follows the JSON text"}
	},
	SyntaxBOM: func(f Finding) prose {
		return prose{"U+FEFF", "", "the body begins with a byte order mark"}
	},
	SyntaxUTF8: func(f Finding) prose {
		if f.Problem == InText {
			return prose{"", "UTF-8", "the text holds bytes that are not UTF-8"}
		}
		return prose{"", "UTF-8", "the string holds bytes that are not UTF-8, or an escape of half a surrogate pair"}
	},
	SyntaxTooDeep: func(f Finding) prose {
		deepest := f.Wanted.Bounds.Max
		return prose{"more than " + string(deepest), f.Wanted.Bounds.String(), fmt.Sprintf("values nest more than %s deep", deepest)}
	},
	SyntaxDuplicateMember: func(f Finding) prose {
		name := quoted(f.name())
		if f.Sensitive {
			name = "(withheld)"
		}
		return prose{name, "each name once", "duplicate member name " + name + "; the last value counts here, other parsers may take the first"}
	},
	NumberForm: func(f Finding) prose {
		return f.about("plain digits", "is an integer written with a fraction or an exponent")
	},
	NumberPrecision: func(f Finding) prose {
		return f.about("at most 2^53 in magnitude", "is beyond 2^53: parsers that read doubles change its value")
	},
}

// ShortWant is Want as a report for people shows it, without every name of a long list.
func (f Finding) ShortWant() string {
	const maxValues = 400 // bytes
	switch {
	case f.Rule == EnumUnknownValue && len(f.Want) > maxValues:
		return fmt.Sprintf("one of %d values", len(f.Wanted.OneOf))
	case f.Rule == MemberUnknown && len(f.Wanted.OneOf) > 0:
		return "one of " + clip(strings.Join(f.Wanted.OneOf, ", "))
	case f.Rule == TypeMismatch && f.Wanted.Type == "union":
		return f.Wanted.typed(true)
	case f.Rule == SourceConflict:
		line, _, _ := strings.Cut(f.Want, "\n")
		return clip(line)
	}
	return f.Want
}

// about is a sentence that begins with the value, which is withheld where it is sensitive.
func (f Finding) about(want, message string) prose {
	got := f.Found.shown()
	subject := got
	if f.Sensitive {
		subject = "the value"
	}
	return prose{got, want, subject + " " + message}
}

// name is the first of the names that a finding is about.
func (f Finding) name() string {
	if len(f.Names) == 0 {
		return ""
	}
	return f.Names[0]
}

func renderMismatch(f Finding) prose {
	switch f.Problem {
	case NotIntegral, BeyondType:
		return renderNumber(f)
	case HeaderType:
		return prose{"a header of type " + f.Found.Text, "a header of type " + f.Wanted.Type,
			fmt.Sprintf("the header %s is of type %s, want %s", quoted(f.name()), f.Found.Text, f.Wanted.Type)}
	}
	p := prose{got: f.Found.shown(), want: f.Wanted.typed(false)}
	subject := "a withheld value"
	switch kind := f.Found.Kind; {
	case f.Sensitive:
	case f.Problem == NoForm:
		subject = p.got
	case kind.isString():
		subject = "string " + p.got
	case kind.isNumber():
		subject = "number " + p.got
	default:
		subject = p.got
	}
	p.message = "got " + subject + ", want " + f.Wanted.typed(true)
	if f.Cause != "" {
		p.message += ": " + f.Cause
	}
	return p
}

func renderNumber(f Finding) prose {
	switch {
	case f.Wanted.Type != "integer" && f.Wanted.Type != "timestamp":
		return f.about(f.Wanted.typed(false), "is beyond what the type can hold")
	case f.Wanted.Type == "timestamp":
		return f.about(f.Wanted.typed(false), "epoch seconds are outside of the years 1 to 9999; are they milliseconds?")
	}
	want, message := "an integer", "does not fit "+f.Wanted.Bounds.String()
	if f.Wanted.Bounds != (Bounds{}) {
		want += ", " + f.Wanted.Bounds.String()
	}
	if f.Problem == NotIntegral {
		message = "is not an integer"
	}
	return f.about(want, message)
}

func renderNull(f Finding) prose {
	within := "list"
	if f.Problem == InMap {
		within = "map"
	}
	return prose{"null", f.Wanted.typed(false), fmt.Sprintf("null in a %s that is not sparse", within)}
}

func renderMissing(f Finding) prose {
	return prose{"absent", "present", fmt.Sprintf("the required member %s is absent or null", quoted(f.name()))}
}

func renderUnknown(f Finding) prose {
	want := "no member"
	if len(f.Wanted.OneOf) > 0 {
		want = oneOf(f.Wanted.OneOf)
	}
	return prose{quoted(f.name()), want, "unknown member " + quoted(f.name())}
}

func renderMultiple(f Finding) prose {
	return prose{strings.Join(f.Names, ", "), exactlyOne(f),
		fmt.Sprintf("the union has %d members, %s; exactly one may be set", len(f.Names), joinAnd(f.Names))}
}

func renderUnknownTag(f Finding) prose {
	tag := f.name()
	switch f.Problem {
	case OfEvent:
		return prose{clip(tag), oneOf(f.Wanted.OneOf), fmt.Sprintf(":event-type is %s, which the contract does not know", quoted(tag))}
	case IsException:
		return prose{clip(tag), oneOf(f.Wanted.OneOf), fmt.Sprintf(":event-type is %s, which is an exception: its :message-type is exception, and :exception-type names it", quoted(tag))}
	}
	return prose{tag, exactlyOne(f), fmt.Sprintf("the union's only member is %s, which the contract does not know", quoted(tag))}
}

func renderLength(f Finding) prose {
	unit := f.Found.Unit
	if f.Found.Length == 1 {
		unit = strings.TrimSuffix(strings.Replace(unit, "entries", "entry", 1), "s")
	}
	got, want := fmt.Sprintf("%d %s", f.Found.Length, unit), f.Wanted.Bounds.String()
	return prose{got, want, got + "; the contract allows " + want}
}

func renderPattern(f Finding) prose {
	return f.about(f.Wanted.Pattern, "does not match the pattern "+clip(f.Wanted.Pattern))
}

func renderSyntax(f Finding) prose {
	got := f.Found.shown()
	switch {
	case f.Problem == EmptyBody:
		return prose{"nothing", "", "the body is empty"}
	case f.Problem == Undecodable:
		return prose{"bytes that do not decode", "a body encoded as its Content-Encoding says", f.Cause}
	case f.Problem == InNumber:
		return prose{got, "", "not JSON: " + got + " in a number"}
	case f.Found.Kind == KindEnd && f.Cause == "":
		return prose{got, "", "the JSON text ends in the middle"}
	}
	return prose{got, "", "not JSON: " + f.Cause}
}

// shown is a value as messages show it, clipped.
func (v Value) shown() string {
	switch {
	case v.Kind == KindObject:
		return "an object"
	case v.Kind == KindList:
		return "an array"
	case v.Kind == KindEnd:
		return string(v.Kind)
	case v.Kind.isString(), v.Kind == KindCharacter:
		return strconv.Quote(v.clipped())
	}
	return v.clipped()
}

func (v Value) clipped() string {
	return wording.ClipPart(v.Text, max(v.Cut, len(v.Text)), maxShown)
}

// typed says what a type takes, with an article; in messages without all members of a union.
func (w Want) typed(short bool) string {
	switch w.Type {
	case "union":
		names := strings.Join(w.OneOf, ", ")
		if short {
			names = clip(names)
		}
		return "a union, an object with exactly one of " + names
	case "structure":
		return "an object"
	case "list":
		return "an array"
	case "map":
		return "an object of entries"
	case "integer":
		return "an integer"
	case "float":
		return `a number, or "NaN", "Infinity" or "-Infinity"`
	case "boolean":
		return "true or false"
	case "blob":
		return "base64 text"
	case "encoded JSON":
		return "base64 of a JSON text"
	case "timestamp":
		return timestampForms[w.Format]
	}
	return "a string"
}

var timestampForms = map[string]string{
	TextOrEpoch:     "a timestamp, as ISO 8601 text or epoch seconds",
	"epoch-seconds": "a timestamp as a number of epoch seconds",
	"http-date":     "an HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT",
	"date-time":     "an RFC 3339 date-time such as 1994-11-06T08:49:37Z",
}

// TextOrEpoch is the format of timestamps as SDKs hand them over.
const TextOrEpoch = "iso-8601 or epoch-seconds"

func exactlyOne(f Finding) string { return "exactly one of " + strings.Join(f.Wanted.OneOf, ", ") }

func oneOf(names []string) string { return "one of " + strings.Join(names, ", ") }

func joinAnd(names []string) string {
	if len(names) == 0 {
		return ""
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// maxShown is how many bytes of a text messages show.
const maxShown = 80

func clip(s string) string { return wording.Clip(s, maxShown) }

func quoted(s string) string { return strconv.Quote(clip(s)) }
