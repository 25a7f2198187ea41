package redact

import "slices"

// learnt is what a pass learns, in the order of the document: the first pseudonym of a name wins.
type learnt struct {
	names set[Name]   // those that are looked for
	drawn set[string] // the entries of all pseudonyms
}

func (l *learnt) addAll(o *learnt) {
	for _, name := range o.names.list {
		l.names.add(name)
	}
	for _, entry := range o.drawn.list {
		l.drawn.add(entry)
	}
}

// set has its elements in the order in which they were added. Most sets are small.
type set[T comparable] struct {
	list []T
	has  map[T]struct{} // if there are more than fewElements
}

const fewElements = 8

func (s *set[T]) add(v T) {
	if s.has == nil {
		if slices.Contains(s.list, v) {
			return
		}
		if s.list = append(s.list, v); len(s.list) > fewElements {
			s.has = make(map[T]struct{}, 4*fewElements)
			for _, v := range s.list {
				s.has[v] = struct{}{}
			}
		}
		return
	}
	n := len(s.has)
	if s.has[v] = struct{}{}; len(s.has) > n {
		s.list = append(s.list, v)
	}
}
