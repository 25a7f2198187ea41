package pattern

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Limits of a comparison.
const (
	maxTuples = 1 << 14 // tuples of states
	maxWork   = 1 << 23 // instructions visited
)

// automaton is the program of a regular expression. Its states are sets of instructions.
type automaton struct {
	prog  *syntax.Prog
	class []int // by instruction that reads a character: its index in alphabet.takes
}

func newAutomaton(text string) (*automaton, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	return &automaton{prog: prog, class: make([]int, len(prog.Inst))}, nil
}

// alphabet is a minimal set of characters that distinguishes all instructions of some automata.
type alphabet struct {
	runes []rune
	takes [][]bool       // by class of instructions and rune: whether they accept it
	insts []*syntax.Inst // by class
	words bool           // an instruction tests for a word boundary
	lines bool           // an instruction tests for the beginning or end of a line
}

func newAlphabet(automata []*automaton) *alphabet {
	a := &alphabet{}
	classes := map[string]int{}
	var insts []*syntax.Inst
	edges := []rune{0}
	for _, m := range automata {
		for pc := range m.prog.Inst {
			i := &m.prog.Inst[pc]
			switch i.Op {
			case syntax.InstEmptyWidth:
				boundary := syntax.EmptyOp(i.Arg)
				a.words = a.words || boundary&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
				a.lines = a.lines || boundary&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				key := instKey(i)
				class, known := classes[key]
				if !known {
					class = len(insts)
					classes[key] = class
					insts = append(insts, i)
					edges = append(edges, instEdges(i)...)
				}
				m.class[pc] = class
			}
		}
	}
	if a.words {
		edges = append(edges, '0', '9'+1, 'A', 'Z'+1, '_', '_'+1, 'a', 'z'+1)
	}
	if a.lines {
		edges = append(edges, '\n', '\n'+1)
	}
	slices.Sort(edges)
	a.insts = insts
	a.choose(slices.Compact(edges))
	return a
}

// choose adds one character for each distinct set of instructions that accept it.
func (a *alphabet) choose(edges []rune) {
	seen := map[string]bool{}
	a.takes = make([][]bool, len(a.insts))
	for at, r := range edges {
		if 0xD800 <= r && r <= 0xDFFF { // no well-formed text contains a surrogate
			if at+1 < len(edges) && edges[at+1] <= 0xE000 {
				continue
			}
			r = 0xE000
		}
		if r > utf8.MaxRune {
			continue
		}
		signature := a.signature(r)
		if seen[string(signature)] {
			continue
		}
		seen[string(signature)] = true
		a.runes = append(a.runes, r)
		for i := range a.insts {
			a.takes[i] = append(a.takes[i], signature[i] == 1)
		}
	}
}

// signature says what the automata distinguish in a character.
func (a *alphabet) signature(r rune) []byte {
	signature := make([]byte, 0, len(a.insts)+2)
	for _, i := range a.insts {
		signature = append(signature, bit(i.MatchRune(r)))
	}
	return append(signature, bit(a.words && syntax.IsWordChar(r)), bit(a.lines && r == '\n'))
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// instKey returns a key that is the same for instructions that accept the same characters.
func instKey(i *syntax.Inst) string {
	key := []byte{byte(i.Op), bit(i.Op == syntax.InstRune && len(i.Rune) == 1 && syntax.Flags(i.Arg)&syntax.FoldCase != 0)}
	if i.Op == syntax.InstRune1 {
		key[0] = byte(syntax.InstRune)
	}
	for _, r := range i.Rune {
		key = binary.LittleEndian.AppendUint32(key, uint32(r))
	}
	return string(key)
}

// instEdges returns the beginnings of the ranges that an instruction accepts or rejects.
func instEdges(i *syntax.Inst) []rune {
	switch {
	case i.Op == syntax.InstRuneAnyNotNL:
		return []rune{'\n', '\n' + 1}
	case i.Op == syntax.InstRuneAny:
		return nil
	case len(i.Rune) == 1:
		edges := []rune{i.Rune[0], i.Rune[0] + 1}
		for r := unicode.SimpleFold(i.Rune[0]); r != i.Rune[0]; r = unicode.SimpleFold(r) {
			edges = append(edges, r, r+1)
		}
		return edges
	}
	var edges []rune
	for at := 0; at+1 < len(i.Rune); at += 2 {
		edges = append(edges, i.Rune[at], i.Rune[at+1]+1)
	}
	return edges
}

// state is the state of an automaton after some characters.
type state struct {
	pcs     []uint32 // instructions, sorted
	before  rune     // the previous character; -1 at the start of the text
	matched bool     // final: no further character changes it
}

func (s *state) key(text []byte) []byte {
	text = append(text, bit(s.matched), byte(s.before), byte(s.before>>8), byte(s.before>>16))
	text = binary.LittleEndian.AppendUint32(text, uint32(len(s.pcs)))
	for _, pc := range s.pcs {
		text = binary.LittleEndian.AppendUint32(text, pc)
	}
	return text
}

// run is a comparison in progress.
type run struct {
	*alphabet
	work int
	seen map[*automaton][]int // by instruction: the mark of the last closure that reached it
	mark int                  // of the current closure
}

// closure follows the instructions that read no character, from the state and from the start of the
// program, since a match may begin anywhere. It returns the instructions that read the next
// character.
func (r *run) closure(m *automaton, s *state, next rune) (pcs []uint32, matched bool) {
	flags := syntax.EmptyOpContext(s.before, next)
	seen := r.seen[m]
	r.mark++
	stack := append([]uint32{uint32(m.prog.Start)}, s.pcs...)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[pc] == r.mark {
			continue
		}
		seen[pc] = r.mark
		r.work++
		switch i := &m.prog.Inst[pc]; i.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, i.Out, i.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, i.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^flags == 0 {
				stack = append(stack, i.Out)
			}
		case syntax.InstMatch:
			return nil, true
		case syntax.InstFail:
		default:
			pcs = append(pcs, pc)
		}
	}
	return pcs, false
}

// step returns the state after one more character of the alphabet.
func (r *run) step(m *automaton, s *state, symbol int) state {
	if s.matched {
		return *s
	}
	next := r.runes[symbol]
	pcs, matched := r.closure(m, s, next)
	if matched {
		return state{matched: true}
	}
	to := state{before: 'x'}
	switch { // keep only the distinction that a later boundary tests
	case r.lines && next == '\n':
		to.before = '\n'
	case r.words && !syntax.IsWordChar(next):
		to.before = ' '
	}
	for _, pc := range pcs {
		if r.takes[m.class[pc]][symbol] {
			to.pcs = append(to.pcs, m.prog.Inst[pc].Out)
		}
	}
	slices.Sort(to.pcs)
	to.pcs = slices.Compact(to.pcs)
	return to
}

// accepts reports whether the automaton matches if the text ends here.
func (r *run) accepts(m *automaton, s *state) bool {
	if s.matched {
		return true
	}
	_, matched := r.closure(m, s, -1)
	return matched
}

// sameTexts walks through two languages in parallel and looks for a text that only one of them
// contains.
func sameTexts(x, y language) (equal, decided bool) {
	var automata []*automaton
	for _, m := range []*automaton{x.must, x.refuse, y.must, y.refuse} {
		if m == nil {
			m = nothing()
		}
		automata = append(automata, m)
	}
	r := &run{alphabet: newAlphabet(automata), seen: map[*automaton][]int{}}
	start := [4]state{}
	for i, m := range automata {
		r.seen[m] = make([]int, len(m.prog.Inst))
		start[i].before = -1
	}
	known := map[string]bool{}
	queue := [][4]state{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		var in [4]bool
		for i, m := range automata {
			in[i] = r.accepts(m, &at[i])
		}
		if (in[0] && !in[1]) != (in[2] && !in[3]) {
			return false, true
		}
		for symbol := range r.runes {
			var to [4]state
			var key []byte
			for i, m := range automata {
				to[i] = r.step(m, &at[i], symbol)
				key = to[i].key(key)
			}
			if known[string(key)] {
				continue
			}
			if known[string(key)] = true; len(known) > maxTuples || r.work > maxWork {
				return false, false
			}
			queue = append(queue, to)
		}
	}
	return true, true
}

// nothing returns the automaton that matches no text.
func nothing() *automaton {
	m, err := newAutomaton(`[^\x00-\x{10FFFF}]`)
	if err != nil {
		panic(err) // unreachable: the expression is a constant
	}
	return m
}
