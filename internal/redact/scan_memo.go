package redact

import (
	"slices"
	"strings"
	"sync"
)

// searches remembers what was found in short strings: the names of members and headers, the words of
// enums and many identifiers are in every interaction of a recording, and each is searched several
// times. Its zero value is empty; nil remembers nothing.
type searches struct {
	mu   sync.RWMutex
	past map[search]bool
}

type search struct {
	text string
	kind int // the depth of a [find], or names
}

// names is the search for identifiers, encoded or not.
const names = -1

const (
	maxSearched     = 1 << 14
	maxSearchedText = 128 // bytes
)

// finds returns the result of a search, or what it was before.
func (p *searches) finds(what search, now func() bool) bool {
	if p == nil {
		return now()
	}
	p.mu.RLock()
	found, known := p.past[what]
	p.mu.RUnlock()
	if known {
		return found
	}
	found = now()
	what.text = strings.Clone(what.text) // it may be a part of a long text
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.past == nil || len(p.past) >= maxSearched {
		p.past = map[search]bool{}
	}
	p.past[what] = found
	return found
}

// find is [scanner.find].
func (p *searches) find(sc *scanner, s string, depth int) (hits []hit) {
	if p == nil || len(s) < minText || len(s) > maxSearchedText {
		return sc.find(s, depth)
	}
	searched := false
	found := p.finds(search{s, depth}, func() bool {
		hits, searched = sc.find(s, depth), true
		return len(hits) > 0
	})
	if found && !searched {
		return sc.find(s, depth)
	}
	return hits
}

// inert reports whether a short string has no identifiers, and nothing that could encode them.
func (p *searches) inert(s string) bool {
	return len(s) <= maxSearchedText && !p.finds(search{s, names}, func() bool {
		encoded := func(word span) bool {
			text, _ := fromBase64(s[word.from:word.to])
			return text != ""
		}
		return strings.IndexByte(s, '%') >= 0 || slices.ContainsFunc(base64Words(s), encoded) || len(recognise(s, nil).spans) > 0 || len(masks(s)) > 0
	})
}
