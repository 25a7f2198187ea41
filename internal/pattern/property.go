package pattern

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// javaClasses are the POSIX character classes of java.util.regex.Pattern, which neither engine has,
// each written as the inside of a class.
var javaClasses = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7F`, "Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`,
	"Punct": "!-\\/:-@\\[-`{-~", "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": `0-9a-fA-F`, "Space": ` \t\n\x0B\f\r`,
}

// spaces returns the characters of Java's \h, horizontal white space, or their complement.
func spaces(not bool) []rune {
	ranges := []rune{'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000}
	if not {
		return complement(ranges)
	}
	return ranges
}

// property reads the rest of \p or \P: a letter, or a name in braces.
func (p *parser) property(not bool) (escape, error) {
	name := string(p.next())
	braced := name == "{"
	if braced {
		inner, _, closed := strings.Cut(p.rest(), "}")
		if !closed {
			return escape{}, errors.New("missing closing brace after the name of a property")
		}
		p.at += len(inner) + len("}")
		name = inner
	}
	if bare, negated := strings.CutPrefix(name, "^"); negated {
		name, not, p.foreign = bare, !not, true
	}
	_, category := unicode.Categories[name]
	_, script := unicode.Scripts[name]
	if category || script {
		p.foreign = p.foreign || !braced
		letter := map[bool]string{false: "p", true: "P"}[not]
		return escape{text: `\` + letter + "{" + name + "}", r: -1}, nil
	}
	p.foreign = true
	if ranges, ok := javaClasses[name]; ok {
		return insideClass(classOrNot(ranges, not)), nil
	}
	ranges, ok := propertyRunes(name)
	if !ok {
		return escape{}, fmt.Errorf("unknown character property %q", name)
	}
	if not {
		ranges = complement(ranges)
	}
	return insideClass(classText(ranges)), nil
}

// propertyRunes returns the characters of a property, given its name in Java, Unicode or ECMA-262.
// Case, spaces, hyphens and underscores are ignored:
//
//	IsAlphabetic  IsGreek  IsLu      a binary property, a script, a category
//	InGreek       block=…  blk=…     a block
//	script=Greek  sc=…     gc=Lu     general_category=…
//	javaLowerCase                    a method of java.lang.Character
//	Letter        White_Space        names of Unicode
func propertyRunes(name string) ([]rune, bool) {
	if key, value, ok := strings.Cut(name, "="); ok {
		switch canonical(key) {
		case "script", "sc":
			return tableNamed(unicode.Scripts, value)
		case "generalcategory", "gc":
			return categoryRunes(value)
		case "block", "blk":
			return blockRunes(value)
		}
		return nil, false
	}
	if method, ok := strings.CutPrefix(name, "java"); ok {
		return javaRunes(method)
	}
	if block, ok := strings.CutPrefix(name, "In"); ok {
		if ranges, ok := blockRunes(block); ok {
			return ranges, true
		}
	}
	bare := strings.TrimPrefix(name, "Is")
	for _, find := range []func(string) ([]rune, bool){categoryRunes, scriptRunes, binaryRunes} {
		if ranges, ok := find(bare); ok {
			return ranges, true
		}
	}
	return nil, false
}

// canonical returns a name in lower case, without spaces, hyphens and underscores.
func canonical(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, name))
}

func tableNamed(tables map[string]*unicode.RangeTable, name string) ([]rune, bool) {
	name = canonical(name)
	for n, table := range tables {
		if canonical(n) == name {
			return tableRunes(table), true
		}
	}
	return nil, false
}

func scriptRunes(name string) ([]rune, bool) { return tableNamed(unicode.Scripts, name) }

func categoryRunes(name string) ([]rune, bool) {
	if table, ok := unicode.Categories[name]; ok { // Java distinguishes case in these
		return tableRunes(table), true
	}
	switch name {
	case "LD":
		return tableRunes(unicode.Letter, unicode.Nd), true
	case "L1":
		return []rune{0, 0xFF}, true
	}
	name = canonical(name)
	for alias, category := range unicode.CategoryAliases {
		if canonical(alias) == name {
			return tableRunes(unicode.Categories[category]), true
		}
	}
	return nil, false
}

// binaryRunes returns the characters of a binary property that Java derives or Unicode lists.
func binaryRunes(name string) ([]rune, bool) {
	switch canonical(name) {
	case "all", "any":
		return []rune{0, utf8.MaxRune}, true
	case "ascii":
		return []rune{0, unicode.MaxASCII}, true
	case "assigned":
		return complement(tableRunes(unicode.Categories["Cn"])), true
	case "alphabetic", "alpha":
		return tableRunes(unicode.Letter, unicode.Nl, unicode.Other_Alphabetic), true
	case "letter":
		return tableRunes(unicode.Letter), true
	case "digit":
		return tableRunes(unicode.Nd), true
	case "alnum":
		return tableRunes(unicode.Letter, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd), true
	case "lowercase":
		return tableRunes(unicode.Lower, unicode.Other_Lowercase), true
	case "uppercase":
		return tableRunes(unicode.Upper, unicode.Other_Uppercase), true
	case "titlecase":
		return tableRunes(unicode.Title), true
	case "punctuation":
		return tableRunes(unicode.Punct), true
	case "control":
		return tableRunes(unicode.Cc), true
	case "whitespace":
		return tableRunes(unicode.White_Space), true
	}
	return tableNamed(unicode.Properties, name)
}

// javaRunes returns the characters for which a method of java.lang.Character is true, given its name
// without "is".
func javaRunes(method string) ([]rune, bool) {
	switch method {
	case "LowerCase", "UpperCase", "Alphabetic", "Ideographic", "TitleCase", "Digit", "Letter":
		return binaryRunes(method)
	case "LetterOrDigit":
		return tableRunes(unicode.Letter, unicode.Nd), true
	case "Defined":
		return binaryRunes("Assigned")
	case "SpaceChar":
		return tableRunes(unicode.Z), true
	case "Whitespace":
		return union(append(intersection(tableRunes(unicode.Z), complement([]rune{0xA0, 0xA0, 0x2007, 0x2007, 0x202F, 0x202F})), '\t', '\r', 0x1C, 0x1F)), true
	case "ISOControl":
		return []rune{0, 0x1F, 0x7F, 0x9F}, true
	case "UnicodeIdentifierStart":
		return tableRunes(unicode.Letter, unicode.Nl), true
	case "JavaIdentifierStart":
		return tableRunes(unicode.Letter, unicode.Nl, unicode.Sc, unicode.Pc), true
	}
	return nil, false
}

// tableRunes returns the characters of all the tables.
func tableRunes(tables ...*unicode.RangeTable) []rune {
	var ranges []rune
	for _, table := range tables {
		for _, r := range table.R16 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range table.R32 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return union(ranges)
}

func appendStrided(ranges []rune, low, high, stride rune) []rune {
	if stride == 1 {
		return append(ranges, low, high)
	}
	for r := low; r <= high; r += stride {
		ranges = append(ranges, r, r)
	}
	return ranges
}

//go:embed blocks.txt
var blocksText string

// blocks returns Unicode's blocks by canonical name, and by the short names that Java has for some.
var blocks = sync.OnceValue(func() map[string][2]rune {
	named := map[string][2]rune{}
	for line := range strings.Lines(blocksText) {
		ends, name, _ := strings.Cut(strings.TrimSpace(line), "; ")
		low, high, ok := strings.Cut(ends, "..")
		if !ok {
			continue
		}
		from, _ := strconv.ParseInt(low, 16, 32)
		to, _ := strconv.ParseInt(high, 16, 32)
		named[canonical(name)] = [2]rune{rune(from), rune(to)}
	}
	named["greek"] = named["greekandcoptic"]
	named["combiningmarksforsymbols"] = named["combiningdiacriticalmarksforsymbols"]
	named["cyrillicsupplementary"] = named["cyrillicsupplement"]
	return named
})

func blockRunes(name string) ([]rune, bool) {
	block, ok := blocks()[canonical(name)]
	return block[:], ok
}
