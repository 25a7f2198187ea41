// Package spelling finds the known name that a user meant with a name that does not exist.
//
// The model: a name is near another one if few letters differ, if it is the beginning of it, or if it
// is its last part. [Hint] is what an error message ends with.
package spelling

import (
	"slices"
	"strings"
)

// maxName is the longest name that suggestions are made for, in bytes. Nobody mistypes a longer one,
// and the comparison is quadratic.
const maxName = 200

// Hint is what an error message about an unknown name ends with: "; did you mean X?" for the known
// name that is nearest, or else "; " and what to do otherwise.
func Hint(name string, known []string, otherwise string) string {
	switch near := Nearest(name, known); {
	case near != "":
		return "; did you mean " + near + "?"
	case otherwise != "":
		return "; " + otherwise
	}
	return ""
}

// Nearest returns the known name that name most likely means, or nothing if none is near or two are
// equally near by their beginning or end alone. It ignores case.
func Nearest(name string, known []string) string {
	if name == "" || len(name) > maxName {
		return ""
	}
	name = strings.ToLower(name)
	if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) }); i >= 0 {
		return known[i]
	}
	if whole := only(name, known, last); whole != "" {
		return whole
	}
	letters := []rune(name)
	best, distance := "", typos(len(letters))+1
	for _, k := range known {
		lower := []rune(strings.ToLower(k))
		if len(lower)-len(letters) >= distance || len(letters)-len(lower) >= distance {
			continue
		}
		if d := edits(letters, lower); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return best
	}
	return only(name, known, begun)
}

// typos returns how many letters of a name of n letters may be wrong. Two of four make another name.
func typos(n int) int {
	switch {
	case n < 2:
		return 0
	case n < 5:
		return 1
	}
	return max(2, min(n/6, 4))
}

// begun reports whether name is the beginning of a known name.
func begun(known, name string) bool { return len(name) >= 3 && strings.HasPrefix(known, name) }

// last reports whether name is the last part of a known name.
func last(known, name string) bool {
	return strings.HasSuffix(known, name) && len(known) > len(name) && strings.ContainsRune(" ./:", rune(known[len(known)-len(name)-1]))
}

// only returns the only known name that fits.
func only(name string, known []string, fits func(known, name string) bool) string {
	var found []string
	for _, k := range known {
		if fits(strings.ToLower(k), name) {
			found = append(found, k)
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 1 {
		return found[0]
	}
	return ""
}

// edits returns how many letters have to be inserted, removed, replaced or swapped with their
// neighbor to turn a into b.
func edits(a, b []rune) int {
	var before []int // the row above the previous one
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range a {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range b {
			replaced := previous[j]
			if a[i] != b[j] {
				replaced++
			}
			current[j+1] = min(previous[j+1]+1, current[j]+1, replaced)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				current[j+1] = min(current[j+1], before[j-1]+1)
			}
		}
		before, previous = previous, current
	}
	return previous[len(b)]
}
