package synth

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"math/rand/v2"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// variants returns JSON texts of a scalar, the usual one first; none if no valid text can be found.
func (s *Synth) variants(f *form) []string {
	switch shape := f.shape; shape.Type {
	case schema.String:
		if f.texts = newTexts(shape); s.lenient {
			f.texts.reconcile()
		}
		return f.texts.variants(shape)
	case schema.Integer:
		return integerVariants(shape)
	case schema.Float:
		return floatVariants(shape)
	case schema.Boolean:
		return []string{"true", "false"}
	case schema.Timestamp:
		return timestampVariants(shape.Format.Or("epoch-seconds"), s.encoding)
	case schema.Blob:
		if s.encoding == schema.SDK {
			return []string{`"text"`, `""`}
		}
		return blobVariants(shape)
	}
	return []string{`{}`, `{"a":[1,"b",true,null,{"c":2.5}]}`, `[]`, `"text"`, `1.5`, `7`, `true`} // null could mean absence
}

func (t *texts) variants(shape *schema.Shape) []string {
	var all []string
	if len(shape.Enum.Or(nil)) > 0 {
		for _, v := range t.enum {
			all = append(all, jsontree.Quote(v))
		}
		return all
	}
	random := usual()
	usual, ok := t.between(random, false, t.low, t.high)
	if !ok {
		return nil
	}
	all = append(all, jsontree.Quote(usual))
	for _, n := range []int{t.low, t.high} {
		if n > maxCharacters || n == utf8.RuneCountInString(usual) {
			continue
		}
		if text, ok := t.between(random, false, n, n); ok {
			all = append(all, jsontree.Quote(text))
		}
	}
	return all
}

// moments are instants of the years 1 to 9999, the usual one first.
var moments = []time.Time{
	time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC),
	time.Date(2024, 2, 29, 12, 0, 0, 123e6, time.UTC),
	time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
}

// Layouts of package time for the timestamp formats.
const (
	dateTimeLayout = "2006-01-02T15:04:05.999Z07:00"
	httpDateLayout = "Mon, 02 Jan 2006 15:04:05 GMT"
	pythonLayout   = "2006-01-02 15:04:05.000000-07:00"
)

func timestampVariants(format string, encoding schema.Encoding) []string {
	var all []string
	for _, m := range moments {
		all = append(all, timestamp(m, format, encoding))
	}
	if encoding == schema.SDK {
		all = append(all, epoch(moments[0]), jsontree.Quote(moments[1].Format(pythonLayout)))
	}
	return all
}

func timestamp(m time.Time, format string, encoding schema.Encoding) string {
	switch {
	case encoding == schema.SDK || format == "date-time":
		return jsontree.Quote(m.Format(dateTimeLayout))
	case format == "http-date":
		return jsontree.Quote(m.Format(httpDateLayout))
	}
	return epoch(m)
}

func epoch(m time.Time) string {
	seconds := strconv.FormatInt(m.Unix(), 10)
	if millis := m.Nanosecond() / 1e6; millis > 0 && m.Unix() >= 0 {
		seconds += "." + strconv.Itoa(1000 + millis)[1:]
	}
	return seconds
}

func blobVariants(shape *schema.Shape) []string {
	low, high := lengths(shape)
	var all []string
	for _, n := range []int{max(low, min(5, high)), low, low + 1, high} {
		if n >= low && n <= high && n <= maxBytes {
			all = append(all, blob(n))
		}
	}
	return all
}

// blob writes n bytes.
func blob(n int) string {
	return strconv.Quote(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("data "), n/5+1)[:n]))
}

// randomly writes a random scalar.
func (s *Synth) randomly(f *form, random *rand.Rand) *value {
	shape := f.shape
	switch {
	case shape.Type == schema.String && len(f.texts.enum) == 0:
		if text, ok := f.texts.about(random, true, random.IntN(40)); ok {
			return quoted(text)
		}
	case shape.Type == schema.Integer && random.IntN(3) > 0:
		v := intervalOf(shape)
		if low, high, ok := v.integers(); ok {
			if near := big.NewRat(-1000, 1); low.Cmp(near) < 0 && high.Cmp(near) > 0 {
				low = near
			}
			width := plus(high, 1)
			width.Sub(width, low)
			span := min(saturated(width), 1<<20)
			return scalar(decimal(plus(low, int64(random.IntN(span)))))
		}
	case shape.Type == schema.Float && random.IntN(2) > 0:
		v := intervalOf(shape)
		from := v.low
		if from == nil {
			from, _ = rat("-500")
		}
		n := plus(from, int64(random.IntN(1000)))
		if n = n.Add(n, quarter(random)); v.holds(n) {
			return scalar(decimal(n))
		}
	case shape.Type == schema.Timestamp && random.IntN(3) > 0:
		m := moments[0].Add(time.Duration(random.IntN(1<<40)) * time.Millisecond).UTC()
		if random.IntN(2) == 0 {
			m = m.Truncate(time.Second)
		}
		return scalar(timestamp(m, shape.Format.Or("epoch-seconds"), s.encoding))
	case shape.Type == schema.Blob && s.encoding == schema.HTTP:
		low, high := lengths(shape)
		b := make([]byte, low+random.IntN(min(high-low, 40)+1))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return scalar(strconv.Quote(base64.StdEncoding.EncodeToString(b)))
	}
	return scalar(f.variants[random.IntN(len(f.variants))])
}
