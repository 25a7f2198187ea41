package redact

import (
	"strings"
	"sync"
)

// anchor is a text at which a rule looks for a secret.
type anchor struct {
	text string
	fold bool // in any case
	rule int  // index in secrets
}

func (a *anchor) at(s string, i int) bool {
	if len(s)-i < len(a.text) {
		return false
	}
	s = s[i : i+len(a.text)]
	return s == a.text || a.fold && strings.EqualFold(s, a.text)
}

// anchored finds the anchors at a position by a hash of three bytes, in lower case.
type anchored struct {
	index   [1 << 13]uint8 // of a bucket, from 1; 0: none
	buckets [][]anchor
}

func hashOf(key uint32) uint32 { return key * 0x9E3779B1 >> 19 }

// anchors is computed at first use, so that a process without a scan does not pay for it.
var anchors = sync.OnceValue(func() *anchored {
	x := &anchored{}
	for rule, r := range secrets {
		for _, text := range r.anchors {
			key := uint32(0)
			for i := range 3 {
				key = key<<8 | uint32(lowerCase[text[i]])
			}
			at := &x.index[hashOf(key)]
			if *at == 0 {
				x.buckets = append(x.buckets, nil)
				*at = uint8(len(x.buckets))
			}
			x.buckets[*at-1] = append(x.buckets[*at-1], anchor{text, r.fold, rule})
		}
	}
	return x
})

var lowerCase = func() (table [256]byte) {
	for c := range table {
		table[c] = byte(c)
		if 'A' <= c && c <= 'Z' {
			table[c] |= 0x20
		}
	}
	return table
}()

// alphabet of the tokens of a rule.
type letters [256]bool

func lettersOf(others string, ranges ...[2]byte) *letters {
	var l letters
	for _, r := range ranges {
		for c := int(r[0]); c <= int(r[1]); c++ {
			l[c] = true
		}
	}
	for i := range len(others) {
		l[others[i]] = true
	}
	return &l
}

var (
	digits10, lowerAZ, upperAZ = [2]byte{'0', '9'}, [2]byte{'a', 'z'}, [2]byte{'A', 'Z'}

	alnums     = lettersOf("", digits10, lowerAZ, upperAZ)
	upperAlnum = lettersOf("", digits10, upperAZ)
	hexDigits  = lettersOf("", digits10, [2]byte{'a', 'f'}, [2]byte{'A', 'F'})
	nameChars  = lettersOf("_-", digits10, lowerAZ, upperAZ)
	dottedName = lettersOf("_-.", digits10, lowerAZ, upperAZ)
	base64Both = lettersOf("+/_-", digits10, lowerAZ, upperAZ)
	base64Std  = lettersOf("+/=", digits10, lowerAZ, upperAZ)
	bearerSet  = lettersOf("-._~+/=", digits10, lowerAZ, upperAZ)
	signedSet  = lettersOf("-_~+/=%", digits10, lowerAZ, upperAZ) // of any scheme, percent-encoded or not
	spaces     = lettersOf(" \t\r\n")
)

// What a byte means to mayHold.
const (
	apart   = iota // none of the others
	inToken        // tokens and base64 consist of such bytes
	active         // begins or separates what a rule reads: an assignment, an encoding, a host
)

var meanings = func() (table [256]byte) {
	for c := range table {
		switch {
		case alnums[c], c == '_', c == '.':
			table[c] = inToken
		case strings.IndexByte("=:<-%\\&+/@~", byte(c)) >= 0:
			table[c] = active
		}
	}
	return table
}()

// mayHold reports whether the scan has to read a string. A secret without active bytes is one run of a
// token: at least twelve bytes, or eight behind a word, as in Basic YTpiYzpk.
func mayHold(s string) bool {
	if len(s) < minText {
		return false
	}
	run, most := 0, minBase64
	for i := range len(s) {
		switch meanings[s[i]] {
		case active:
			return true
		case inToken:
			if run++; run >= most {
				return true
			}
		default:
			run, most = 0, minBasic
		}
	}
	return false
}

const minBasic = 8 // characters of base64 after Basic

// run returns the end of the characters of an alphabet from i on.
func (l *letters) run(s string, i int) int {
	for i < len(s) && l[s[i]] {
		i++
	}
	return i
}

// all reports whether s consists of the alphabet.
func (l *letters) all(s string) bool { return l.run(s, 0) == len(s) }
