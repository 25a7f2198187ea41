package schema

import (
	"fmt"
	"time"
)

// TimestampText is a text format of timestamps. A text that is not a moment of the calendar, such
// as 30 February, does not have the format.
type TimestampText string

const (
	// DateTime is date-time of RFC 3339 section 5.6 with the restrictions of section 5.7: the
	// second is 60 only where UTC may have a leap second, at 23:59:60 on the last day of a month.
	// Years are 1 to 9999, as in epoch seconds.
	DateTime TimestampText = "date-time"
	// UTCDateTime is DateTime without an offset. Requests have it; clients must read offsets too
	// (Smithy, spec/protocol-traits.html#timestampformat-trait).
	UTCDateTime TimestampText = "date-time in UTC"
	// ISO8601 is DateTime, or the same with a space instead of the T, as Python's str(datetime)
	// prints.
	ISO8601 TimestampText = "iso8601"
	// HTTPDate is IMF-fixdate of RFC 9110 section 5.6.7, with the fraction of a second that Smithy
	// allows. The day of the week must be that of the date.
	HTTPDate TimestampText = "http-date"
)

// RequestForm returns the format that a text has in a request.
func (f TimestampText) RequestForm() TimestampText {
	if f == DateTime {
		return UTCDateTime
	}
	return f
}

// Pattern returns the pattern of the format. It checks the days of each month, in leap years too.
// It does not check the day of the week, or a second 60 with an offset: a pattern for these would
// be too large.
func (f TimestampText) Pattern() string {
	switch f {
	case ISO8601:
		return ISO8601Pattern
	case HTTPDate:
		return HTTPDatePattern
	case UTCDateTime:
		return utcDateTimePattern
	}
	return DateTimePattern
}

// Match reports whether a text has the format.
func (f TimestampText) Match(text []byte) bool {
	m, ok := f.read(text)
	return ok && m.valid()
}

// Problem returns why a text with the right syntax is not a moment of the calendar, such as
// "February 2022 has 28 days". It returns "" if the text is valid or has another syntax.
func (f TimestampText) Problem(text []byte) string {
	m, ok := f.read(text)
	if !ok {
		return ""
	}
	return m.problem()
}

// moment is the parts of a timestamp.
type moment struct {
	year, month, day, hour, minute, second int
	offset                                 int // minutes east of UTC
	offsetMinute                           int
	weekday                                time.Weekday
	named                                  bool // it has a weekday
}

// read parses a text. It returns false if digits or separators are missing or misplaced.
func (f TimestampText) read(text []byte) (m moment, ok bool) {
	r := textReader{rest: text, ok: true}
	if f == HTTPDate {
		m.weekday, m.named = time.Weekday(r.name(weekdays, ", ")), true
		m.day = r.digits(2, " ")
		m.month = 1 + r.name(months, " ")
		m.year = r.digits(4, " ")
		m.clock(&r)
		r.take(" GMT")
		return m, r.ok && len(r.rest) == 0
	}
	m.year, m.month, m.day = r.digits(4, "-"), r.digits(2, "-"), r.digits(2, "")
	separators := "Tt"
	if f == ISO8601 {
		separators = "Tt "
	}
	r.one(separators)
	m.clock(&r)
	zones := "Zz+-"
	if f == UTCDateTime {
		zones = "Zz"
	}
	switch r.one(zones) {
	case '+':
		m.readOffset(&r, 1)
	case '-':
		m.readOffset(&r, -1)
	}
	return m, r.ok && len(r.rest) == 0
}

func (m *moment) clock(r *textReader) {
	m.hour, m.minute, m.second = r.digits(2, ":"), r.digits(2, ":"), r.digits(2, "")
	if r.ahead('.') {
		r.fraction()
	}
}

func (m *moment) readOffset(r *textReader, sign int) {
	hours := r.digits(2, ":")
	m.offsetMinute = r.digits(2, "")
	m.offset = sign * (hours*60 + m.offsetMinute)
}

var (
	weekdays = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	months   = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

func (m *moment) days() int {
	return time.Date(m.year, time.Month(m.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func (m *moment) date() time.Time {
	return time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute, 0, 0, time.UTC)
}

// leap reports whether a leap second may follow the minute: whether it is the last of a month in
// UTC.
func (m *moment) leap() bool {
	next := m.date().Add(time.Minute - time.Duration(m.offset)*time.Minute)
	return next.Day() == 1 && next.Hour() == 0 && next.Minute() == 0
}

func (m *moment) valid() bool {
	return m.year > 0 && 1 <= m.month && m.month <= 12 && 1 <= m.day && m.day <= m.days() && m.inDay() && (!m.named || m.date().Weekday() == m.weekday)
}

func (m *moment) inDay() bool {
	return m.hour < 24 && m.minute < 60 && m.offset > -24*60 && m.offset < 24*60 && m.offsetMinute < 60 && (m.second < 60 || m.second == 60 && m.leap())
}

func (m *moment) problem() string {
	switch {
	case m.valid():
		return ""
	case m.year == 0:
		return "there is no year 0"
	case m.month < 1 || m.month > 12:
		return fmt.Sprintf("there is no month %d", m.month)
	case m.day < 1 || m.day > m.days():
		return fmt.Sprintf("%s %d has %d days", time.Month(m.month), m.year, m.days())
	case m.hour < 24 && m.minute < 60 && m.second == 60:
		return "a leap second is at 23:59:60 UTC, at the end of a month"
	case !m.inDay():
		return "there is no such time of day or offset"
	}
	return fmt.Sprintf("%d %s %d is a %s", m.day, time.Month(m.month), m.year, m.date().Weekday())
}

// textReader reads a text of fixed parts. After an error, ok remains false.
type textReader struct {
	rest []byte
	ok   bool
}

func (r *textReader) ahead(c byte) bool { return len(r.rest) > 0 && r.rest[0] == c }

func (r *textReader) take(text string) {
	if r.ok = r.ok && len(r.rest) >= len(text) && string(r.rest[:len(text)]) == text; r.ok {
		r.rest = r.rest[len(text):]
	}
}

// digits reads a number of n digits and the text after it.
func (r *textReader) digits(n int, then string) (number int) {
	if r.ok = r.ok && len(r.rest) >= n; !r.ok {
		return 0
	}
	for _, c := range r.rest[:n] {
		r.ok = r.ok && '0' <= c && c <= '9'
		number = number*10 + int(c-'0')
	}
	r.rest = r.rest[n:]
	r.take(then)
	return number
}

// fraction reads a point and one to nine digits.
func (r *textReader) fraction() {
	n := 1
	for n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9' {
		n++
	}
	r.ok = r.ok && n > 1 && n <= 10
	r.rest = r.rest[n:]
}

// one reads a character, which must be one of several.
func (r *textReader) one(of string) byte {
	if r.ok = r.ok && len(r.rest) > 0; !r.ok {
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	for i := range len(of) {
		if of[i] == c {
			return c
		}
	}
	r.ok = false
	return 0
}

// name reads a name of three letters, which must be one of several, and the text after it. It
// returns the index of the name.
func (r *textReader) name(names []string, then string) int {
	if r.ok = r.ok && len(r.rest) >= 3; !r.ok {
		return 0
	}
	for i, name := range names {
		if string(r.rest[:3]) == name {
			r.rest = r.rest[3:]
			r.take(then)
			return i
		}
	}
	r.ok = false
	return 0
}
