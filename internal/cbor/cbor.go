// Package cbor translates a document of CBOR (RFC 8949) to the JSON that the AWS JSON protocols have for the
// same values, so that one walk validates both.
//
// The model: [Translate] reads a document once, in time and memory linear to its bytes, and notes where each
// value begins. Text and numbers stay what they are; bytes become text in base64, a time becomes epoch
// seconds, and NaN and the infinities become their names. What JSON cannot hold is an [Error] with its
// offset.
package cbor

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep the values of a document may be nested.
const MaxDepth = 1000

// maxBignum is the maximum size of an integer beyond 64 bits, in bytes.
const maxBignum = 64

// Error says why the rest of a document cannot be read.
type Error struct {
	Offset  int
	Problem string
}

func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem) }

// JSON is a translated document.
type JSON struct {
	Text  []byte
	marks []mark
}

// mark is where a value begins in the JSON and in the CBOR.
type mark struct {
	json, cbor int
}

// Offset returns where the value in the CBOR begins to which a byte of the JSON belongs.
func (j *JSON) Offset(offset int) int {
	i := sort.Search(len(j.marks), func(i int) bool { return j.marks[i].json > offset }) - 1
	if i < 0 {
		return 0
	}
	return j.marks[i].cbor
}

// IsBytes reports whether the value at an offset of the CBOR is a byte string.
func IsBytes(document []byte, offset int) bool { return document[offset]>>5 == byteString }

// Translate reads a document. Numbers that are times are milliseconds if millis is set, and seconds
// otherwise.
func Translate(document []byte, millis bool) (*JSON, error) {
	t := &translator{in: document, millis: millis}
	err := t.value(0, false)
	if err == nil && t.at < len(t.in) {
		err = t.wrong(t.at, "unexpected bytes after the document")
	}
	if err != nil {
		return nil, err
	}
	return &t.out, nil
}

type translator struct {
	in     []byte
	at     int
	millis bool
	out    JSON
}

// The major types of CBOR (RFC 8949, section 3.1).
const (
	unsigned = iota
	negative
	byteString
	textString
	array
	object
	tag
	simple
)

const indefinite = 31

func (t *translator) wrong(at int, format string, args ...any) error {
	return &Error{at, fmt.Sprintf(format, args...)}
}

// head reads the head of a value: its major type, the additional information, and the argument.
func (t *translator) head() (major, info byte, argument uint64, err error) {
	from := t.at
	if from >= len(t.in) {
		return 0, 0, 0, t.wrong(from, "unexpected end of the document")
	}
	major, info = t.in[from]>>5, t.in[from]&31
	t.at++
	switch {
	case info < 24:
		return major, info, uint64(info), nil
	case info < 28:
		size := 1 << (info - 24)
		if len(t.in)-t.at < size {
			return 0, 0, 0, t.wrong(from, "unexpected end of the document")
		}
		var number [8]byte
		copy(number[8-size:], t.in[t.at:])
		t.at += size
		return major, info, binary.BigEndian.Uint64(number[:]), nil
	case info == indefinite && (major >= byteString && major <= object || major == simple):
		return major, info, 0, nil
	}
	return 0, 0, 0, t.wrong(from, "malformed head of a value: 0x%02x", t.in[from])
}

func (t *translator) write(text string) { t.out.Text = append(t.out.Text, text...) }

// value reads the next value. A time is the number in a tag 1.
func (t *translator) value(depth int, time bool) error {
	from := t.at
	major, info, n, err := t.head()
	if err != nil {
		return err
	}
	if depth > MaxDepth {
		return t.wrong(from, "values are nested more than %d deep", MaxDepth)
	}
	if major != tag {
		t.out.marks = append(t.out.marks, mark{len(t.out.Text), from})
	}
	switch major {
	case unsigned:
		t.integer(new(big.Int).SetUint64(n), time)
	case negative:
		i := new(big.Int).SetUint64(n)
		t.integer(i.Not(i), time)
	case byteString:
		content, err := t.content(from, major, info, n)
		if err != nil {
			return err
		}
		t.out.Text = append(base64.StdEncoding.AppendEncode(append(t.out.Text, '"'), content), '"')
	case textString:
		return t.text(from, major, info, n)
	case array:
		t.write("[")
		return t.entries(info, n, "]", func() error { return t.value(depth+1, false) })
	case object:
		t.write("{")
		return t.entries(info, n, "}", func() error {
			if err := t.name(); err != nil {
				return err
			}
			return t.value(depth+1, false)
		})
	case tag:
		return t.tagged(from, n, depth)
	default:
		return t.simple(from, info, n, time)
	}
	return nil
}

// entries reads the elements of an array or the pairs of a map, each by read.
func (t *translator) entries(info byte, n uint64, closing string, read func() error) error {
	for i := uint64(0); info == indefinite || i < n; i++ {
		if info == indefinite && t.at < len(t.in) && t.in[t.at] == 0xff {
			t.at++
			break
		}
		if i > 0 {
			t.write(",")
		}
		if err := read(); err != nil {
			return err
		}
	}
	t.write(closing)
	return nil
}

// name reads the name of a member.
func (t *translator) name() error {
	from := t.at
	major, info, n, err := t.head()
	switch {
	case err != nil:
		return err
	case major != textString:
		return t.wrong(from, "the name of a member is not text")
	}
	t.out.marks = append(t.out.marks, mark{len(t.out.Text), from})
	if err := t.text(from, major, info, n); err != nil {
		return err
	}
	t.write(":")
	return nil
}

func (t *translator) text(from int, major, info byte, n uint64) error {
	content, err := t.content(from, major, info, n)
	switch {
	case err != nil:
		return err
	case !utf8.Valid(content):
		return t.wrong(from, "text is not UTF-8")
	}
	t.out.Text, _ = jsontext.AppendQuote(t.out.Text, content)
	return nil
}

// content reads a string, which may be in chunks.
func (t *translator) content(from int, major, info byte, n uint64) ([]byte, error) {
	if info != indefinite {
		if n > uint64(len(t.in)-t.at) {
			return nil, t.wrong(from, "unexpected end of the document in a string of %d bytes", n)
		}
		content := t.in[t.at : t.at+int(n)]
		t.at += int(n)
		return content, nil
	}
	var whole bytes.Buffer
	for {
		if t.at < len(t.in) && t.in[t.at] == 0xff {
			t.at++
			return whole.Bytes(), nil
		}
		at := t.at
		chunk, info, n, err := t.head()
		switch {
		case err != nil:
			return nil, err
		case chunk != major || info == indefinite:
			return nil, t.wrong(at, "a chunk of a string is another value")
		}
		content, err := t.content(at, major, info, n)
		if err != nil {
			return nil, err
		}
		if major == textString && !utf8.Valid(content) {
			return nil, t.wrong(at, "text is not UTF-8")
		}
		whole.Write(content)
	}
}

// tagged reads the value of a tag: a time, or a number beyond 64 bits. Other tags say nothing that JSON
// has.
func (t *translator) tagged(from int, number uint64, depth int) error {
	switch number {
	case 1:
		return t.value(depth+1, true)
	case 2, 3:
		at := t.at
		major, info, n, err := t.head()
		switch {
		case err != nil:
			return err
		case major != byteString:
			return t.wrong(at, "a number beyond 64 bits is not bytes")
		}
		content, err := t.content(at, major, info, n)
		if err != nil {
			return err
		}
		if len(content) > maxBignum {
			return t.wrong(from, "a number has more than %d bytes", maxBignum)
		}
		i := new(big.Int).SetBytes(content)
		if number == 3 {
			i.Not(i)
		}
		t.out.marks = append(t.out.marks, mark{len(t.out.Text), from})
		t.integer(i, false)
		return nil
	}
	return t.value(depth+1, false)
}

func (t *translator) integer(i *big.Int, time bool) {
	if !time || !t.millis {
		t.out.Text = i.Append(t.out.Text, 10)
		return
	}
	seconds, rest := new(big.Int).QuoRem(i, big.NewInt(1000), new(big.Int))
	if i.Sign() < 0 && seconds.Sign() == 0 {
		t.write("-")
	}
	t.out.Text = seconds.Append(t.out.Text, 10)
	if rest.Sign() != 0 {
		t.write(fmt.Sprintf(".%03d", rest.Abs(rest).Int64()))
	}
}

// simple reads a boolean, null or a floating-point number.
func (t *translator) simple(from int, info byte, n uint64, time bool) error {
	switch info {
	case 20:
		t.write("false")
	case 21:
		t.write("true")
	case 22, 23: // null, undefined
		t.write("null")
	case 25:
		t.float(half(uint16(n)), time)
	case 26:
		t.float(float64(math.Float32frombits(uint32(n))), time)
	case 27:
		t.float(math.Float64frombits(n), time)
	case indefinite:
		return t.wrong(from, "unexpected end of an array, map or string")
	default:
		return t.wrong(from, "the simple value %d has no meaning", n)
	}
	return nil
}

func (t *translator) float(f float64, time bool) {
	if time && t.millis {
		f /= 1000
	}
	switch {
	case math.IsNaN(f):
		t.write(`"NaN"`)
	case math.IsInf(f, 1):
		t.write(`"Infinity"`)
	case math.IsInf(f, -1):
		t.write(`"-Infinity"`)
	case f == 0 || math.Abs(f) >= 1e-6 && math.Abs(f) < 1e21:
		t.out.Text = strconv.AppendFloat(t.out.Text, f, 'f', -1, 64)
	default:
		t.out.Text = strconv.AppendFloat(t.out.Text, f, 'g', -1, 64)
	}
}

// half decodes a floating-point number of 16 bits (RFC 8949, appendix D).
func half(h uint16) float64 {
	exponent, mantissa := int(h>>10&31), float64(h&0x3ff)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(mantissa, -24)
	case 31:
		if f = math.Inf(1); mantissa != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(mantissa+1024, exponent-25)
	}
	if h&0x8000 != 0 {
		return -f
	}
	return f
}
