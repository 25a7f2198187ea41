package accept

import "unicode/utf8"

// read returns the contents of the string that begins at this offset, after its quotation mark, and
// the offset after it. wide says that it may contain characters beyond ASCII. The contents are valid
// until the next string is read.
func (m *machine) read(at int) (contents []byte, after int, wide bool) {
	end, wide := endOfText(m.text, at)
	contents = m.text[at:end]
	if m.text[end] == '\\' {
		if m.decoded, end = unescape(m.decoded[:0], m.text, at); end < 0 {
			return nil, unsure, false
		}
		contents, wide = m.decoded, true
	} else if m.text[end] != '"' {
		return nil, unsure, false
	}
	if wide && !utf8.Valid(contents) {
		return nil, unsure, false
	}
	return contents, end + 1, wide
}

func (m *machine) string(s *Shape, at int) int {
	at++
	if s.ender != nil {
		if end := s.ender.End(m.text, at); end >= 0 && m.text[end] == '"' && s.length.holds(int64(end-at)) {
			return end + 1
		}
	}
	end, wide := endOfText(m.text, at)
	if m.text[end] == '"' && !wide {
		switch {
		case s.free:
		case len(s.Enum) > 0 && s.values.find(m.text, at, end) < 0, !s.bounded(m.text[at:end], false):
			return unsure
		}
		return end + 1
	}
	contents, after, wide := m.read(at)
	if after < 0 || !s.fits(contents, wide) {
		return unsure
	}
	return after
}

// fits reports whether a string, or the key of a map, satisfies a shape.
func (s *Shape) fits(contents []byte, wide bool) bool {
	if len(s.Enum) > 0 {
		found := false
		for i := range s.values.list {
			found = found || s.values.list[i].text == string(contents)
		}
		if !found {
			return false
		}
	}
	return s.bounded(contents, wide)
}

// bounded is fits but for an enum.
func (s *Shape) bounded(contents []byte, wide bool) bool {
	if s.Form != nil && !s.Form.Match(contents) {
		return false
	}
	if !s.length.unbounded() {
		n := len(contents)
		switch {
		case s.Kind == Blob:
			for n = n / 4 * 3; len(contents) > 0 && contents[len(contents)-1] == '='; n-- {
				contents = contents[:len(contents)-1]
			}
		case wide:
			n = utf8.RuneCount(contents)
		}
		if !s.length.holds(int64(n)) {
			return false
		}
	}
	return s.Pattern == nil || s.Pattern.Match(contents)
}
