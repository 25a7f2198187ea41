package traffic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Log lines of gateways and proxies are envelopes: JSON objects that have the parts of an interaction
// somewhere. [ParsePointers] reads where; see [File.Pointers].

// envelopeParts are the parts of an interaction that a pointer may have. A part that ends in ".headers"
// may be followed by the name of one header.
var envelopeParts = []string{
	"request.method", "request.url", "request.host", "request.path", "request.query",
	"request.headers", "request.body", "request.bodyBase64", "request.isBase64Encoded",
	"response.status", "response.statusText", "response.headers", "response.body", "response.bodyBase64", "response.isBase64Encoded",
	"operation",
}

// ParsePointers reads where the envelopes of a log have the parts of an interaction: lists such as
// request.method=/http/method,response.body=/resp, with JSON pointers (RFC 6901). It returns the
// pointers by part, for [File.Pointers].
func ParsePointers(lists ...string) (map[string]string, error) {
	pointers := map[string]string{}
	for _, list := range lists {
		for more := true; more; {
			var item string
			item, list, more = cutPointer(list)
			part, pointer, ok := strings.Cut(item, "=")
			switch {
			case !ok:
				return nil, fmt.Errorf("%q is not PART=POINTER; write it like response.body=/http/response/body", item)
			case !isPart(part):
				return nil, fmt.Errorf("%q is not a part of an interaction; want one of %s, or request.headers.NAME or response.headers.NAME", part, strings.Join(envelopeParts, ", "))
			}
			if _, twice := pointers[part]; twice {
				return nil, fmt.Errorf("%s has two pointers; keep one", part)
			}
			if err := checkPointer(pointer); err != nil {
				return nil, fmt.Errorf("%s: %w", part, err)
			}
			pointers[part] = pointer
		}
	}
	return pointers, checkParts(pointers)
}

// cutPointer cuts a list before a comma that another part follows: a pointer may contain commas.
func cutPointer(list string) (item, rest string, more bool) {
	for i := range len(list) {
		if list[i] != ',' {
			continue
		}
		part, _, ok := strings.Cut(list[i+1:], "=")
		if ok && !strings.Contains(part, "/") || !strings.Contains(list[i+1:], "/") {
			return list[:i], list[i+1:], true
		}
	}
	return list, "", false
}

func isPart(part string) bool {
	for _, side := range []string{"request.headers.", "response.headers."} {
		if name, ok := strings.CutPrefix(part, side); ok {
			return name != ""
		}
	}
	return slices.Contains(envelopeParts, part)
}

func checkPointer(pointer string) error {
	if pointer != "" && pointer[0] != '/' {
		return fmt.Errorf("%q is not a JSON pointer; begin it with /, as in /http/path", pointer)
	}
	for rest := pointer; ; {
		i := strings.IndexByte(rest, '~')
		if i < 0 {
			return nil
		}
		if rest = rest[i+1:]; rest == "" || rest[0] != '0' && rest[0] != '1' {
			return fmt.Errorf("%q is not a JSON pointer; write ~ as ~0, and / in a name as ~1", pointer)
		}
	}
}

// checkParts refuses parts that are too few, or exclude each other.
func checkParts(pointers map[string]string) error {
	has := func(part string) bool { _, ok := pointers[part]; return ok }
	for _, pair := range [][2]string{{"request.url", "request.path"}, {"request.url", "request.query"}, {"request.body", "request.bodyBase64"}, {"response.body", "response.bodyBase64"}} {
		if has(pair[0]) && has(pair[1]) {
			return fmt.Errorf("%s and %s exclude each other; keep one", pair[0], pair[1])
		}
	}
	address := has("request.url") || has("request.path")
	switch {
	case !has("response.body") && !has("response.bodyBase64"):
		return errors.New("response.body is missing; say where the body of the response is, as in response.body=/response/body")
	case address && !has("request.method"):
		return errors.New("request.method is missing; say where the method of the request is, as in request.method=/http/method")
	}
	for part := range pointers {
		if strings.HasPrefix(part, "request.") && !address {
			return fmt.Errorf("%s needs request.path or request.url; add it, or leave the request out", part)
		}
	}
	return nil
}

// pointerNode is a value that pointers lead to or through.
type pointerNode struct {
	parts    []int // whose pointers end here, see [envelopeReader.parts]
	children map[string]*pointerNode
}

func (n *pointerNode) add(pointer string, part int) {
	for _, name := range strings.Split(pointer, "/")[1:] {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		next := n.children[name]
		if next == nil {
			if n.children == nil {
				n.children = map[string]*pointerNode{}
			}
			next = &pointerNode{}
			n.children[name] = next
		}
		n = next
	}
	n.parts = append(n.parts, part)
}
