package redact

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// variant is a way to split a string into parts. Later variants change less of it.
type variant func(s string) identifiers

// texts are the variants for strings in which identifiers are recognised.
var texts = []variant{
	func(s string) identifiers { return recognise(s, nil) },
	func(s string) identifiers { // keep long pieces of ARNs without digits, which may be types that words does not list
		return recognise(s, func(piece string) bool { return len(piece) >= 8 && wordy(piece) })
	},
	func(s string) identifiers { return recognise(s, wordy) },
	func(s string) identifiers { // change only account IDs and UUIDs
		found := recognise(s, nil)
		found.parts = slices.DeleteFunc(found.parts, func(p part) bool { return p.mode == byClass })
		return found
	},
}

// wholes are the variants for strings that are replaced as a whole.
var wholes = []variant{
	func(s string) identifiers {
		if found := recogniseWhole(s, nil); found.cover(s) {
			return found
		}
		return tail(s, 0, modeOf(s))
	},
	func(s string) identifiers { // keep pieces of ARNs that may be types, as in texts
		if found := recogniseWhole(s, func(piece string) bool { return len(piece) >= 8 && wordy(piece) }); found.cover(s) {
			return found
		}
		return tail(s, 0, modeOf(s))
	},
	hexWords, // as in vpc-0123456789abcdef0
	func(s string) identifiers { return tail(s, strings.LastIndexAny(s, ":/")+1, byClass) },
	func(s string) identifiers {
		from := strings.LastIndexAny(s, ":/-_.") + 1
		return tail(s, from, hexOf(s[from:]))
	},
	func(s string) identifiers { return tail(s, 0, digits) },
}

// cover reports whether the string is one identifier. A URL of AWS or of this machine is one if the
// rest of it is, as that of a queue: programs send requests to its host.
func (how identifiers) cover(s string) bool {
	return len(how.spans) == 1 && how.spans[0].to == len(s) && (how.spans[0].from == 0 || servesQueues(s[:how.spans[0].from]))
}

// servesQueues reports whether a text is a URL with a host of AWS or of this machine, and no path.
func servesQueues(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Path != "/" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return awshttp.IsAWS(u.Hostname()) || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// tail changes the end of a string, and the identifiers before it.
func tail(s string, from int, m mode) identifiers {
	before := recognise(s[:from], nil).parts
	return identifiers{append(before, part{from, len(s), m, true, false}), []span{{0, len(s)}}, true}
}

// hexWords keeps words of hexadecimal digits hexadecimal.
func hexWords(s string) (found identifiers) {
	found.spans, found.one = []span{{0, len(s)}}, true
	for i := 0; i < len(s); {
		n := strings.IndexFunc(s[i:], func(r rune) bool { return r < 0x80 && !wordByte(byte(r)) })
		if n < 0 {
			n = len(s) - i
		}
		if n > 0 {
			found.parts = append(found.parts, part{i, i + n, hexOf(s[i : i+n]), false, false})
		}
		i += n + 1
	}
	return found
}

func hexOf(s string) mode {
	switch {
	case len(s) < 8:
		return byClass
	case strings.Trim(s, "0123456789abcdef") == "":
		return hexLower
	case strings.Trim(s, "0123456789ABCDEF") == "":
		return hexUpper
	}
	return byClass
}

func onlyLetters(s string) bool {
	for i := range len(s) {
		if !letter(s[i]) {
			return false
		}
	}
	return true
}

func wordy(piece string) bool { return onlyLetters(strings.ReplaceAll(piece, "-", "")) }

// without returns the identifiers without the parts that keep reports.
func (how identifiers) without(keep func(from, to int) bool) identifiers {
	if keep == nil {
		return how
	}
	if how.one {
		if keep(0, how.spans[0].to) {
			how.parts = nil
		}
		return how
	}
	how.parts = slices.DeleteFunc(how.parts, func(p part) bool { return keep(p.from, p.to) })
	return how
}

// changes reports whether any position of s changes.
func (how identifiers) changes(s string) bool {
	for _, p := range how.parts {
		for i, r := range s[p.from:p.to] {
			if p.mode.at(i, r).size() > 0 {
				return true
			}
		}
	}
	return false
}
