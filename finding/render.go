package finding

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/wording"
)

// prose is a finding in words.
type prose struct{ got, want, message string }

// withheld replaces a value that the contract calls sensitive.
const withheld = "(withheld: sensitive)"

// Rendered returns the finding with Got, Want and Message made from its other fields. All prose of
// findings comes from here, and nothing reads it back. [NewSet] calls it.
func (f Finding) Rendered() Finding {
	render := renderers()[f.Rule]
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
var renderers = sync.OnceValue(func() map[RuleID]func(Finding) prose {
	all := map[RuleID]func(Finding) prose{}
	for _, some := range []map[RuleID]func(Finding) prose{documentRenderers, exchangeRenderers, runRenderers} {
		maps.Copy(all, some)
	}
	for _, rule := range driftRules {
		all[rule.ID] = renderDrift
	}
	return all
})

// documentRenderers render findings about a document or its bytes.
var documentRenderers = map[RuleID]func(Finding) prose{
	TypeMismatch:            renderMismatch,
	TypeNull:                renderNull,
	MemberMissing:           renderMissing,
	MemberMissingCollection: renderMissing,
	MemberUnknown:           renderUnknown,
	UnionMultipleMembers:    renderMultiple,
	UnionNoMember: func(f Finding) prose {
		return prose{"none", exactlyOne(f), "the union has no member set, want exactly one"}
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
		return f.about(bounds, "is out of range, want "+bounds)
	},
	ConstraintPattern: renderPattern,
	PatternTimeout: func(f Finding) prose {
		if f.Problem == RunBudget {
			return f.about(f.Wanted.Pattern, "was not matched against the pattern: slow patterns have used up the time of this run")
		}
		return f.about(f.Wanted.Pattern, "took too long to match against the pattern, so it was not checked")
	},
	OracleDisagreement: func(f Finding) prose {
		if f.Cause != "" {
			return prose{message: "the JSON Schema could not be evaluated: " + f.Cause}
		}
		schema, validator := "rejects", "accepts"
		if f.Problem == SchemaAgrees {
			schema, validator = validator, schema
		}
		return prose{message: fmt.Sprintf("the JSON Schema %s the document, the validator %s it; report this bug together with the document", schema, validator)}
	},

	SyntaxInvalid: renderSyntax,
	SyntaxTrailing: func(f Finding) prose {
		return prose{f.Found.shown(), "end of input", "unexpected data after the JSON text"}
	},
	SyntaxBOM: func(f Finding) prose {
		return prose{"U+FEFF", "", "the body begins with a byte order mark"}
	},
	SyntaxUTF8: func(f Finding) prose {
		if f.Problem == InText {
			return prose{"", "UTF-8", "the text contains invalid UTF-8"}
		}
		return prose{"", "UTF-8", "the string contains invalid UTF-8 or an unpaired surrogate escape"}
	},
	SyntaxTooDeep: func(f Finding) prose {
		maxDepth := f.Wanted.Bounds.Max
		return prose{"more than " + string(maxDepth), f.Wanted.Bounds.String(), fmt.Sprintf("values are nested more than %s levels deep", maxDepth)}
	},
	SyntaxDuplicateMember: func(f Finding) prose {
		name := quoted(f.name())
		if f.Sensitive {
			name = "(withheld)"
		}
		return prose{name, "each name once", "duplicate member name " + name + "; crcheck reads the last value, other parsers may read the first"}
	},
	NumberForm: func(f Finding) prose {
		return f.about("plain digits", "is an integer written with a fraction or an exponent")
	},
	NumberPrecision: func(f Finding) prose {
		return f.about("at most 2^53 in magnitude", "exceeds 2^53; parsers that read numbers as doubles change its value")
	},
}

// ShortWant is Want without every name of a long list, for reports that people read.
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

// about returns a sentence that begins with the value, or a substitute for a sensitive one.
func (f Finding) about(want, message string) prose {
	got := f.Found.shown()
	subject := got
	if f.Sensitive {
		subject = "the value"
	}
	return prose{got, want, subject + " " + message}
}

// name returns the first of the names that a finding is about.
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
	case kind == KindObject, kind == KindList:
		subject = string(kind)
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
		return f.about(f.Wanted.typed(false), "overflows the type")
	case f.Wanted.Type == "timestamp":
		return f.about(f.Wanted.typed(false), "epoch seconds are outside the years 1 to 9999; are they milliseconds?")
	}
	want, message := "integer", "overflows the type, which holds "+f.Wanted.Bounds.String()
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
		fmt.Sprintf("the union has %d members set (%s), want exactly one", len(f.Names), joinAnd(f.Names))}
}

func renderUnknownTag(f Finding) prose {
	tag := f.name()
	switch f.Problem {
	case OfEvent:
		return prose{clip(tag), oneOf(f.Wanted.OneOf), fmt.Sprintf("unknown :event-type %s", quoted(tag))}
	case IsException:
		return prose{clip(tag), oneOf(f.Wanted.OneOf), fmt.Sprintf(":event-type %s is an exception; send it with :message-type exception and name it in :exception-type", quoted(tag))}
	}
	return prose{tag, exactlyOne(f), fmt.Sprintf("unknown union member %s", quoted(tag))}
}

func renderLength(f Finding) prose {
	unit := f.Found.Unit
	if f.Found.Length == 1 {
		unit = strings.TrimSuffix(strings.Replace(unit, "entries", "entry", 1), "s")
	}
	got, want := fmt.Sprintf("%d %s", f.Found.Length, unit), f.Wanted.Bounds.String()
	return prose{got, want, "got " + got + ", want " + want}
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
		return prose{got, "", "invalid JSON: unexpected " + got + " in a number"}
	case f.Found.Kind == KindEnd && f.Cause == "":
		return prose{got, "", "unexpected end of the JSON text"}
	}
	return prose{got, "", "invalid JSON: " + f.Cause}
}

// shown returns a value as messages show it, clipped.
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

// typed names the JSON that a type takes. The short form, for messages, clips the members of a
// union.
func (w Want) typed(short bool) string {
	switch w.Type {
	case "union":
		names := strings.Join(w.OneOf, ", ")
		if short {
			names = clip(names)
		}
		return "union (object with exactly one of " + names + ")"
	case "structure":
		return "object"
	case "list":
		return "array"
	case "map":
		return "object (map)"
	case "integer":
		return "integer"
	case "float":
		return `number, "NaN", "Infinity" or "-Infinity"`
	case "boolean":
		return "boolean"
	case "blob":
		return "base64 string"
	case "bytes": // of CBOR
		return "bytes"
	case "encoded JSON":
		return "base64-encoded JSON text"
	case "timestamp":
		return timestampForms[w.Format]
	}
	return "string"
}

var timestampForms = map[string]string{
	TextOrEpoch:     "timestamp (ISO 8601 string or epoch seconds)",
	"epoch-seconds": "timestamp (number of epoch seconds)",
	"http-date":     "HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT",
	"date-time":     "RFC 3339 date-time such as 1994-11-06T08:49:37Z",
}

// TextOrEpoch is the format of timestamps that SDKs return.
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
