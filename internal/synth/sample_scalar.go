package synth

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// sampleScalar returns the JSON text of a value that a reader of the document expects there: it
// follows the name of the member, or of the one around a list or map, as far as the contract
// allows.
func (s *Synth) sampleScalar(f *form, member *schema.Member, pointer string) string {
	name := nameAt(member, pointer)
	words := nameWords(name)
	switch shape := f.shape; shape.Type {
	case schema.String:
		if len(shape.Enum.Or(nil)) > 0 {
			return jsontree.Quote(f.texts.sampleEnum())
		}
		for _, text := range s.sampleTexts(shape, words, pointer) {
			if f.texts.fits(text) {
				return jsontree.Quote(text)
			}
		}
	case schema.Integer, schema.Float:
		v := intervalOf(shape)
		for _, text := range append(sampleNumbers(words), "1", "10") {
			if n, ok := rat(json.Number(text)); ok && v.holds(n) && (n.IsInt() || shape.Type == schema.Float) {
				return text
			}
		}
	case schema.Boolean:
		if hasAny(words, "truncated", "more", "deleted", "disabled", "failed", "error") {
			return "false"
		}
		return "true"
	case schema.Timestamp:
		return timestamp(sampleMoment(words), shape.Format.Or("epoch-seconds"), s.encoding)
	case schema.Blob:
		low, high := lengths(shape)
		if example := "example data"; len(example) >= low && len(example) <= high && s.encoding == schema.HTTP {
			return strconv.Quote(base64.StdEncoding.EncodeToString([]byte(example)))
		}
	case schema.Document, schema.Unstated:
		return `{"example":"value"}`
	}
	return f.variants[0]
}

// nameAt returns the name of a member, or of the member whose entries the value is one of.
func nameAt(member *schema.Member, pointer string) string {
	if member != nil {
		return member.Name
	}
	tokens := strings.Split(pointer, "/")
	for _, token := range slices.Backward(tokens) {
		if token != "*" && token != "" {
			return token
		}
	}
	return "value"
}

// nameWords splits a name in camel or snake case into lower-case words: "resultS3Uri" is result,
// s3, uri.
func nameWords(name string) []string {
	var words []string
	runes := []rune(name)
	start := 0
	cut := func(end int) {
		if word := strings.ToLower(strings.Trim(string(runes[start:end]), "-_. ")); word != "" {
			words = append(words, word)
		}
		start = end
	}
	for i := 1; i < len(runes); i++ {
		upper, before := unicode.IsUpper(runes[i]), runes[i-1]
		next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if upper && (!unicode.IsUpper(before) || next) || strings.ContainsRune("-_. ", runes[i]) {
			cut(i)
		}
	}
	cut(len(runes))
	return words
}

func hasAny(words []string, some ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(some, w) })
}

// Progress says where a value of a status is on the way of what it describes.
type Progress int

const (
	Unclear   Progress = iota
	Underway           // it changes without a further call
	Succeeded          // it is ready or done
	Failed
)

// progressOf has the words of values of statuses.
var progressOf = map[string]Progress{
	"submitted": Underway, "pending": Underway, "queued": Underway, "requested": Underway, "scheduled": Underway, "creating": Underway,
	"starting": Underway, "started": Underway, "running": Underway, "progress": Underway, "processing": Underway, "updating": Underway,
	"deleting": Underway, "stopping": Underway, "cancelling": Underway, "canceling": Underway, "provisioning": Underway, "initializing": Underway, "waiting": Underway,
	"success": Succeeded, "succeeded": Succeeded, "successful": Succeeded, "completed": Succeeded, "complete": Succeeded, "active": Succeeded,
	"available": Succeeded, "ready": Succeeded, "enabled": Succeeded, "ok": Succeeded, "healthy": Succeeded, "finished": Succeeded, "issued": Succeeded, "inservice": Succeeded,
	"failed": Failed, "failure": Failed, "error": Failed, "cancelled": Failed, "canceled": Failed, "timedout": Failed, "aborted": Failed, "rejected": Failed, "expired": Failed,
}

// ProgressOf classifies a value of an enum by its words. The first word that says something
// decides, but "failed" and its like always do: UPDATE_FAILED has failed.
func ProgressOf(value string) Progress {
	found := Unclear
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return !unicode.IsLetter(r) })
	if strings.ToUpper(value) != value {
		words = nameWords(value)
	}
	if whole := progressOf[strings.Join(words, "")]; whole != Unclear {
		return whole
	}
	for _, word := range words {
		switch p := progressOf[word]; {
		case p == Failed, word == "not":
			return Failed
		case found == Unclear:
			found = p
		}
	}
	return found
}

// sampleEnum returns the first value that says that all is well, or the first.
func (t *texts) sampleEnum() string {
	for _, v := range t.enum {
		if ProgressOf(v) == Succeeded {
			return v
		}
	}
	return t.enum[0]
}

// Enum returns the values of an enum that the other facets of the shape allow, and a value that the
// enum does not have; it is empty if the other facets allow none.
func (s *Synth) Enum(shape *schema.Shape) (values []string, unknown string) {
	f := s.forms[shape]
	if f == nil || f.texts == nil || len(shape.Enum.Or(nil)) == 0 {
		return nil, ""
	}
	unknown, _ = f.texts.unknown(shape.Enum.Or(nil), "CRCHECK_UNKNOWN_VALUE", "crcheck_unknown", "unknown")
	return f.texts.enum, unknown
}

// sampleNumbers returns usual numbers for a member of these words.
func sampleNumbers(words []string) []string {
	switch {
	case hasAny(words, "millis", "milliseconds", "ms"):
		return []string{"90000"}
	case hasAny(words, "seconds", "duration", "timeout", "ttl"):
		return []string{"300"}
	case hasAny(words, "days", "retention"):
		return []string{"7"}
	case hasAny(words, "size", "bytes", "memory"):
		return []string{"1024"}
	case hasAny(words, "port"):
		return []string{"443"}
	case hasAny(words, "percent", "percentage"):
		return []string{"50"}
	case hasAny(words, "units", "rate", "cost", "price", "score"):
		return []string{"1.5", "2"}
	case hasAny(words, "count", "number", "total", "capacity", "limit"):
		return []string{"2", "4"}
	}
	return nil
}

// Extremes returns the JSON texts of values of a scalar that programs get wrong, if the contract
// allows them: of an integer its bounds, zero, and the first one that 32 bits do not hold; both
// booleans; a fraction of a second, and a time that 32 bits do not hold.
func Extremes(shape *schema.Shape) []string {
	var all []string
	switch shape.Type {
	case schema.Boolean:
		return []string{"true", "false"}
	case schema.Timestamp:
		for _, m := range []time.Time{sampleStart.Add(123 * time.Millisecond), time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC)} {
			all = append(all, timestamp(m, shape.Format.Or("epoch-seconds"), schema.HTTP))
		}
		return all
	case schema.Integer, schema.Float:
		v, ends := intervalOf(shape), []string{"0"}
		if shape.Type == schema.Integer {
			ends = append(ends, "2147483648")
		}
		for _, text := range append(ends, bounds(shape)...) {
			if n, ok := rat(json.Number(text)); ok && v.holds(n) && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

// bounds returns the ends of an integer, or of a range that a contract states for a float.
func bounds(shape *schema.Shape) []string {
	if shape.Type == schema.Integer {
		if low, high, ok := intervalOf(shape).integers(); ok {
			return []string{decimal(low), decimal(high)}
		}
		return nil
	}
	b := shape.Range.Or(schema.Bounds{})
	return []string{string(b.Min), string(b.Max)}
}

// sampleStart is when everything that samples describe begins. It is shortly before midnight UTC,
// so that a program that shows it in another zone shows another date.
var sampleStart = time.Date(2024, 5, 14, 23, 40, 0, 0, time.UTC)

// sampleMoments has how long after the start a moment is that a member with the word names.
var sampleMoments = []struct {
	words []string
	after time.Duration
}{
	{[]string{"expiration", "expires", "expiry", "expire", "until", "valid", "deletion", "renewal"}, 30 * 24 * time.Hour},
	{[]string{"end", "ended", "complete", "completed", "completion", "finish", "finished", "stop", "stopped", "stopping"}, 9 * time.Minute},
	{[]string{"update", "updated", "modified", "modification", "changed", "change", "last"}, 10 * time.Minute},
	{[]string{"start", "started", "begin"}, time.Minute},
	{[]string{"create", "created", "creation", "submit", "submitted", "submission", "request", "requested", "queued"}, 0},
}

func sampleMoment(words []string) time.Time {
	for _, row := range sampleMoments {
		if hasAny(words, row.words...) {
			return sampleStart.Add(row.after)
		}
	}
	return sampleStart.Add(2 * time.Minute)
}

// seedOf returns a number that follows from a word.
func seedOf(word string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(word)) //nolint:errcheck // a hash takes everything
	return h.Sum64()
}
