package redact

import "strings"

// A model sends a text in pieces, and a function its response: an identifier may begin in one event
// and end in a later one, where no piece reveals it. Before a stream is redacted, the beginning of
// a word is therefore moved to the event that has the end of the word. A client that puts the
// pieces together gets the same text. What is moved depends only on the stream, so that replay does
// the same with a request.

// deltas are the members that have a piece of a text: below a member delta, or at the top of the
// document of an event if they are true.
var deltas = map[string]bool{
	"text": false, "content": false, "thinking": false, "input": false, "partial_json": false, "arguments": false,
	"completion": true, "generation": true, "outputText": true,
}

// isDelta reports whether a string of an event is a piece of a text, given its name and place.
func isDelta(at site, place, s string) bool {
	if at.name == "" { // a payload that is not a document
		return !strings.Contains(place, "/") && isText([]byte(s))
	}
	return deltas[at.name] && strings.Count(place, "/") <= 2 || strings.Contains(place, "/delta/")
}

// run is a text in pieces, of consecutive events.
type run struct {
	first  int // the event of the first piece
	pieces []string
	open   bool // the last piece that is not empty does not end at the end of a word
}

// textRuns are the runs at one place of the events.
type textRuns struct {
	all       []*run
	ambiguous bool // an event has the place twice
}

func (t *textRuns) add(event int, s string) (split bool) {
	var last *run
	if len(t.all) > 0 {
		last = t.all[len(t.all)-1]
	}
	switch {
	case last != nil && last.first+len(last.pieces) > event:
		t.ambiguous = true
		return false
	case last == nil || last.first+len(last.pieces) < event:
		last = &run{first: event}
		t.all = append(t.all, last)
	}
	last.pieces = append(last.pieces, s)
	if s == "" {
		return false
	}
	split = last.open && !space(s[0])
	last.open = !space(s[len(s)-1])
	return split
}

// piece returns the piece of an event, which is not before that of the last call.
func (t *textRuns) piece(event int, s string) string {
	for len(t.all) > 0 && t.all[0].first+len(t.all[0].pieces) <= event {
		t.all = t.all[1:]
	}
	if t.ambiguous || len(t.all) == 0 || t.all[0].first > event {
		return s
	}
	return t.all[0].pieces[event-t.all[0].first]
}

// joinWords moves words that are split over events into one.
func joinWords(stream []byte, root root) []byte {
	texts := map[string]*textRuns{} // by their place in an event
	visit := func(each func(t *textRuns, event int, s string) string) []byte {
		s := &streamEditor{}
		prefix := "/"
		if root.Node != nil && root.Stream != nil {
			s.contract = root.Stream
			prefix = "/" + s.contract.Name + "/"
		}
		s.edit = func(at site, text string) string {
			if _, named := deltas[at.name]; at.isName || at.number || !named && at.name != "" {
				return text
			}
			_, place, _ := strings.Cut(strings.TrimPrefix(at.pointer(), prefix), "/")
			if !isDelta(at, place, text) {
				return text
			}
			if texts[place] == nil {
				texts[place] = &textRuns{}
			}
			return each(texts[place], s.index, text)
		}
		return s.messages(make([]byte, 0, len(stream)+64), stream, 0)
	}
	split := false
	visit(func(t *textRuns, event int, s string) string {
		split = t.add(event, s) || split
		return s
	})
	if !split {
		return stream
	}
	for _, t := range texts {
		for _, r := range t.all {
			moveWords(r.pieces)
		}
	}
	return visit((*textRuns).piece)
}

func space(c byte) bool { return strings.IndexByte(" \t\r\n", c) >= 0 }

// moveWords moves the beginnings of split words, in place. The whole text is unchanged.
func moveWords(pieces []string) {
	var begun []string // the word so far
	for i, s := range pieces {
		end := strings.LastIndexAny(s, " \t\r\n") + 1
		last := i == len(pieces)-1
		if last || pieces[i+1] != "" && space(pieces[i+1][0]) {
			end = len(s)
		}
		if end == 0 && !last {
			begun, pieces[i] = append(begun, s), ""
			continue
		}
		pieces[i] = strings.Join(begun, "") + s[:end]
		begun = []string{s[end:]}
	}
}
