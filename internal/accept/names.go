package accept

import "encoding/binary"

// names finds strings by their bytes.
type names struct {
	list  []name
	table []int16 // by hash: the index in list, plus one; 0 if there is none
	shift uint
}

// name is a string with what is compared first: up to eight bytes at both ends of its quoted form,
// which begins after the opening quotation mark.
type name struct {
	text       string
	head, tail uint64
	mask       uint64 // of the bytes of head
}

// ahead is how many names are tried before the table: services leave some members out.
const ahead = 4

// maxNames is how many names a table has; a shape with more is always unsure about them.
const maxNames = 1 << 14

func (n *names) compile(list []string) {
	if len(list) == 0 || len(list) > maxNames {
		return
	}
	n.shift = 61
	for 1<<(64-n.shift) < 2*len(list) {
		n.shift--
	}
	n.table = make([]int16, 1<<(64-n.shift))
	for i, text := range list {
		quoted := append([]byte(text+`"`), make([]byte, 8)...)
		one := name{text: text, head: binary.LittleEndian.Uint64(quoted), mask: ^uint64(0)}
		if size := len(text) + 1; size < 8 {
			one.mask = 1<<(8*size) - 1
		} else {
			one.tail = binary.LittleEndian.Uint64(quoted[size-8:])
		}
		one.head &= one.mask
		n.list = append(n.list, one)
		at := n.hash(quoted, 0, len(text))
		for n.table[at] != 0 {
			at = (at + 1) & (len(n.table) - 1)
		}
		n.table[at] = int16(i + 1)
	}
}

// hash is that of s[from:to], which eight more bytes follow.
func (n *names) hash(s []byte, from, to int) int {
	size := to - from
	h := binary.LittleEndian.Uint64(s[from:])
	if size < 8 {
		h &= 1<<(8*size) - 1
	} else {
		h ^= binary.LittleEndian.Uint64(s[to-8:]) * 0x9E3779B97F4A7C15
	}
	return int((h ^ uint64(size)<<56) * 0x9E3779B97F4A7C15 >> n.shift)
}

// find returns the index of s[from:to], or -1.
func (n *names) find(s []byte, from, to int) int {
	if n.table == nil {
		return -1
	}
	for at := n.hash(s, from, to); ; at = (at + 1) & (len(n.table) - 1) {
		i := int(n.table[at]) - 1
		if i < 0 || n.list[i].text == string(s[from:to]) {
			return i
		}
	}
}

// next finds the name that begins at this offset among the expected one and those after it. after is
// the offset after its closing quotation mark. If it is another name, i is negative.
func (n *names) next(s []byte, at, expected int) (i, after int) {
	head := binary.LittleEndian.Uint64(s[at:])
	for i := expected; i < len(n.list) && i < expected+ahead; i++ {
		one := &n.list[i]
		if head&one.mask != one.head {
			continue
		}
		size := len(one.text) + 1
		after := at + size
		switch {
		case size <= 8:
			return i, after
		case after > len(s) || binary.LittleEndian.Uint64(s[after-8:]) != one.tail:
		case size <= 16 || string(s[at+8:after-8]) == one.text[8:size-8]:
			return i, after
		}
	}
	return -1, unsure
}
