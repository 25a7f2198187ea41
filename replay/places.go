package replay

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/jsontree"
)

// site identifies where a string is in requests of one outline: a segment of the path, a parameter,
// a member at a pointer in which indices of arrays do not count.
type site uint64

func (p site) below(name string) site {
	h := fnv.New64a()
	var parent [8]byte
	binary.LittleEndian.PutUint64(parent[:], uint64(p))
	_, _ = h.Write(parent[:])
	_, _ = h.Write([]byte(name))
	return site(h.Sum64())
}

// The roots of sites, and the names of members below that are not known.
const (
	inPath site = iota + 1
	inQuery
	inBody
	inForm
)

const (
	element = "\x00element"
	names   = "\x00names" // the names of the members of an object
)

// outlined is a request as a list of strings at their sites. Its outline is what two requests must
// have in common before their strings are compared: method, target, the number of path segments, the
// names of parameters, and the form of the body.
type outlined struct {
	outline string
	strings []placed
	body    *jsontree.Node // nil: not JSON
}

type placed struct {
	at   site
	text string
}

func outlineOf(c *canonical) outlined {
	var o outlined
	var key []byte
	add := func(part string) {
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	add(c.method)
	add(c.target)
	segments := strings.Split(string(c.path()), "/")
	add(strconv.Itoa(len(segments)))
	for i, segment := range segments {
		o.strings = append(o.strings, placed{inPath.below(strconv.Itoa(i)), awshttp.Unescape(segment, false)})
	}
	for name, value := range fields(string(c.query())) {
		add(name)
		o.strings = append(o.strings, placed{inQuery.below(name), value})
	}
	body := string(c.body())
	switch {
	case c.isJSON:
		add("JSON")
		if o.body, _ = jsontree.Parse(c.document); o.body != nil {
			break
		}
		fallthrough
	case !isForm(body):
		add("text")
		o.strings = append(o.strings, placed{inBody, body})
	default:
		add("form")
		for name, value := range fields(body) {
			add(name)
			o.strings = append(o.strings, placed{inForm.below(name), value})
		}
	}
	o.outline = string(key)
	return o
}

// fields are the decoded parameters of a query or a form.
func fields(text string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for piece := range strings.SplitSeq(text, "&") {
			if name, value, _ := strings.Cut(piece, "="); piece != "" && !yield(awshttp.Unescape(name, true), awshttp.Unescape(value, true)) {
				return
			}
		}
	}
}

// isForm reports whether a body looks like that of a form, as the query protocol of AWS sends it.
func isForm(body string) bool {
	return strings.Contains(body, "=") && strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%+&=*") == ""
}

// each calls visit with every string of the request and its site. open reports whether the names of
// an object's members are strings to visit too; they are then in their order, and else sorted.
// literal is called with everything between.
func (o *outlined) each(open func(site, *jsontree.Node) bool, visit func(placed), literal func(string)) {
	for _, s := range o.strings {
		visit(s)
	}
	if o.body != nil {
		walk(inBody, o.body, open, visit, literal)
	}
}

func walk(at site, n *jsontree.Node, open func(site, *jsontree.Node) bool, visit func(placed), literal func(string)) {
	switch n.Kind {
	case '"':
		visit(placed{at, n.Text})
	case '[':
		literal("[")
		below := at.below(element)
		for i := range n.Entries {
			walk(below, &n.Entries[i].Value, open, visit, literal)
		}
		literal("]")
	case '{':
		literal("{")
		if named := at.below(names); open(named, n) {
			below := at.below(element)
			for i := range n.Entries {
				visit(placed{named, n.Entries[i].Name})
				walk(below, &n.Entries[i].Value, open, visit, literal)
			}
		} else {
			sorted := make([]*jsontree.Entry, len(n.Entries))
			for i := range n.Entries {
				sorted[i] = &n.Entries[i]
			}
			slices.SortStableFunc(sorted, func(a, b *jsontree.Entry) int { return strings.Compare(a.Name, b.Name) })
			for _, e := range sorted {
				literal(e.Name + "\x00:")
				walk(at.below(e.Name), &e.Value, open, visit, literal)
			}
		}
		literal("}")
	case '0':
		literal(string(appendNumber(nil, []byte(n.Text))))
	default:
		literal(string(n.Kind))
	}
}
