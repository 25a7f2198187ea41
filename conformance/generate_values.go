package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// oddTimes are values of timestamps in epoch seconds that clients read wrongly, and values of other
// types. What a client makes of those is left open.
var oddTimes = []struct {
	how, about, value string
	level             string
	expect            []expectSpec
}{
	{"quarter-before-the-epoch", "a quarter of a second before 1970", `-0.25`, levelMust, []expectSpec{{Output: canonicalValue}}},
	{"negative-fraction", "a time before 1970 with milliseconds", `-86399.877`, levelMust, []expectSpec{{Output: canonicalValue}}},
	{"1e18", "1e18, a year beyond every range", `1e18`, levelObserve, []expectSpec{{Broken: true}}},
	{"boolean", "true", `true`, levelObserve, []expectSpec{{Broken: true}}},
	{"digits", "a number in quotes", `"1700000000"`, levelObserve, []expectSpec{{Broken: true}}},
	{"http-date", "a date as in HTTP", `"Tue, 14 Nov 2023 22:13:20 GMT"`, levelObserve, []expectSpec{{Broken: true}, {Output: canonicalValue}}},
	{"garbage", "a word", `"yesterday"`, levelObserve, []expectSpec{{Broken: true}}},
}

// values adds odd times at the first timestamp of the output, and a value of another type and a
// null where none may be, at the first place of each type.
func (g *generator) values() error {
	if _, raw := g.operation.RawBody(schema.OutputPart); raw {
		return nil
	}
	shown := map[finding.RuleID]map[schema.Type]bool{finding.TypeMismatch: {}, finding.TypeNull: {}}
	for n := range g.synth.At(nil, finding.TypeMismatch, finding.TypeNull).InvalidVariants(schema.OutputPart) {
		shape, _, ok := g.operation.At(n.Place)
		if !ok || n.Place.Pointer == "" || shown[n.Rule][shape.Type] || g.repeats(n.Place) {
			continue
		}
		shown[n.Rule][shape.Type] = true
		var err error
		switch {
		case n.Rule == finding.TypeNull:
			err = g.value("null", n.Place, "", "null where it must not be", "", levelObserve, []expectSpec{{Broken: true}, {Output: canonicalValue}}, n.Document)
		case shape.Type != schema.Timestamp:
			err = g.value("type", n.Place, "", "a value of another type", "", levelObserve, []expectSpec{{Broken: true}}, n.Document)
		case shape.Format.Or("epoch-seconds") == "epoch-seconds":
			err = g.times(n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// times adds the odd times at the place of an invalid variant.
func (g *generator) times(n synth.InvalidVariant) error {
	for _, odd := range oddTimes {
		document, err := g.odd(n, odd.value)
		if err != nil {
			return err
		}
		if err := g.value("time", n.Place, odd.how, odd.about, "Smithy: aws-restjson1-protocol, timestamp: epoch seconds", odd.level, odd.expect, document); err != nil {
			return err
		}
	}
	return nil
}

// value adds a response whose body has an odd value at a place.
func (g *generator) value(section string, place schema.Place, how, about, ref, level string, expect []expectSpec, document []byte) error {
	response, err := g.synth.Response(schema.OutputPart, document, g.smallest)
	if err != nil {
		return err
	}
	c := scenario{Level: level, Layer: layerSchema, Ref: ref, Expect: expect, About: "The response: " + place.String() + " is " + about + "."}
	return g.add("wire/"+section, place, how, rankWire, c, g.smallest, response)
}

// keys adds odd keys of every map of the output whose keys may be any text.
func (g *generator) keys() error {
	if _, raw := g.operation.RawBody(schema.OutputPart); raw {
		return nil
	}
	shown := map[schema.Place]bool{}
	for t := range g.synth.Trials(schema.OutputPart) {
		place := t.Place
		if last := path.Base(place.Pointer); last == "*" || last == "*key" {
			place = place.Parent() // a document with this map, which has an entry
		}
		shape, _, ok := g.operation.At(place)
		if !ok || shown[place] || shape.Type != schema.Map || shape.Key == nil || !g.free(g.operation.Resolve(*shape.Key)) || !allows(shape, 1, len(oddKeys)) {
			continue
		}
		document, err := decode(t.Document)
		if err != nil {
			return err
		}
		value, _ := g.found(document, place)
		entries, _ := value.(map[string]any)
		if len(entries) == 0 {
			continue
		}
		shown[place] = true
		entry := entries[first(entries)]
		clear(entries)
		for _, key := range oddKeys {
			entries[key] = entry
		}
		response, err := g.synth.Response(schema.OutputPart, marshalled(document), g.smallest)
		if err != nil {
			return err
		}
		c := scenario{Level: levelMust, Layer: layerSchema, Ref: "Smithy: aggregate-types, map", Expect: []expectSpec{{Output: canonicalValue}}, About: "The response: " + place.String() + " has odd keys."}
		if err := g.add("wire/map", place, "keys", rankWire, c, g.smallest, response); err != nil {
			return err
		}
	}
	return nil
}

// first returns the first key of a map.
func first(entries map[string]any) string { return slices.Min(slices.Collect(maps.Keys(entries))) }

// found returns the value at a place of a document, in the first elements of the lists and the first
// entries of the maps above it, and a function that replaces it. There is none if the document
// lacks the place.
func (g *generator) found(document any, place schema.Place) (value any, replace func(any)) {
	if place.Pointer == "" {
		return document, nil
	}
	above, _ := g.found(document, place.Parent())
	switch above := above.(type) {
	case []any:
		if len(above) > 0 {
			return above[0], func(other any) { above[0] = other }
		}
	case map[string]any:
		if len(above) > 0 {
			name := first(above)
			if _, member, _ := g.operation.At(place); member != nil {
				name = member.Wire()
			}
			return above[name], func(other any) { above[name] = other }
		}
	}
	return nil, nil
}

// odd returns the document of an invalid variant with another value at its place.
func (g *generator) odd(n synth.InvalidVariant, value string) ([]byte, error) {
	document, err := decode(n.Document)
	if err != nil {
		return nil, err
	}
	_, replace := g.found(document, n.Place)
	if replace == nil {
		return nil, fmt.Errorf("%s is not in %s", n.Place, n.Document)
	}
	replace(json.RawMessage(value))
	return marshalled(document), nil
}

// repeats reports whether a place of the output repeats the input.
func (g *generator) repeats(place schema.Place) bool {
	return slices.ContainsFunc(g.operation.Echoes, func(e schema.Echo) bool { return e.Output == place.Pointer })
}
