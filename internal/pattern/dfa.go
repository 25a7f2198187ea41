package pattern

import (
	"slices"
)

// Limits of a table. Larger patterns stay on their engine.
const (
	maxRows  = 1 << 12
	maxCells = 1 << 16
	maxBuild = 1 << 20 // instructions visited
	warm     = 32      // matches before a table is worth its construction
)

// dfa decides ASCII text with one table look-up for each byte. It is the subset construction of the
// automata of a pattern, over the classes of characters that they distinguish.
type dfa struct {
	class [128]uint16
	next  []uint16 // by state + class; a state is the index of its row
	final []bool   // by row number: whether a text that ends here matches
	width int      // of a row
	start int
	yes   int // the state in which every text matches, or -1
	no    int // the state in which no text matches, or -1
}

// match decides an ASCII text. ok is false if a byte beyond ASCII decides.
func (d *dfa) match(text []byte) (matched, ok bool) {
	s := d.start
	for _, c := range text {
		if c >= 0x80 {
			return false, s == d.yes || s == d.no
		}
		if s = int(d.next[s+int(d.class[c])]); s == d.yes {
			return true, true
		} else if s == d.no {
			return false, true
		}
	}
	return d.final[s/d.width], true
}

// newDFA returns nil if the pattern is not regular or its table is too large.
func newDFA(source string) *dfa {
	l, err := newLanguage(source)
	if err != nil || !l.regular {
		return nil
	}
	automata := []*automaton{l.must}
	if l.refuse != nil {
		automata = append(automata, l.refuse)
	}
	b := &tableBuilder{run: run{alphabet: newAlphabet(automata), seen: map[*automaton][]int{}}, automata: automata, number: map[string]int{}}
	for _, m := range automata {
		b.seen[m] = make([]int, len(m.prog.Inst))
	}
	return b.build()
}

// tableBuilder numbers the states of a table in the order in which they are found.
type tableBuilder struct {
	run
	automata []*automaton
	number   map[string]int
	states   [][]state // of each automaton
	final    []bool
}

func (b *tableBuilder) add(at []state) int {
	var key []byte
	for i := range at {
		key = at[i].key(key)
	}
	n, known := b.number[string(key)]
	if !known {
		n = len(b.states)
		b.number[string(key)] = n
		b.states = append(b.states, at)
		b.final = append(b.final, b.accepts(b.automata[0], &at[0]) && (len(at) == 1 || !b.accepts(b.automata[1], &at[1])))
	}
	return n
}

func (b *tableBuilder) build() *dfa {
	start := make([]state, len(b.automata))
	for i := range start {
		start[i].before = -1
	}
	b.add(start)
	width := len(b.runes)
	var next []int
	for n := 0; n < len(b.states); n++ {
		for symbol := range b.runes {
			to := make([]state, len(b.automata))
			for i, m := range b.automata {
				to[i] = b.step(m, &b.states[n][i], symbol)
			}
			next = append(next, b.add(to))
		}
		if len(b.states) > maxRows || len(b.states)*width > maxCells || b.work > maxBuild {
			return nil
		}
	}
	d := &dfa{final: b.final, width: width, yes: -1, no: -1}
	alive := b.alive(next, width, true)
	doubtful := b.alive(next, width, false)
	for n := range b.states {
		switch {
		case !alive[n]:
			d.no = n * width
		case !doubtful[n]:
			d.yes = n * width
		}
	}
	for _, to := range next {
		switch {
		case !alive[to]:
			to = d.no / width
		case !doubtful[to]:
			to = d.yes / width
		}
		d.next = append(d.next, uint16(to*width))
	}
	for c := range d.class {
		d.class[c] = uint16(b.symbol(rune(c)))
	}
	return d
}

// alive finds the states from which a text leads to a state with this verdict.
func (b *tableBuilder) alive(next []int, width int, verdict bool) []bool {
	from := make([][]int, len(b.states))
	for i, to := range next {
		from[to] = append(from[to], i/width)
	}
	found := make([]bool, len(b.states))
	var queue []int
	for n, final := range b.final {
		if final == verdict {
			found[n] = true
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, m := range from[n] {
			if !found[m] {
				found[m] = true
				queue = append(queue, m)
			}
		}
	}
	return found
}

// symbol returns the index of the character that represents c in the alphabet.
func (a *alphabet) symbol(c rune) int {
	signature := a.signature(c)
	return slices.IndexFunc(a.runes, func(r rune) bool { return slices.Equal(a.signature(r), signature) })
}
