package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/plural"
)

// contractTree is a contract, coloured by what the traffic shows of it.
type contractTree struct {
	Name, About string
	Percent     int
	Open        bool
	Parts       []*treeNode
	Next        *pageList
}

// treeNode is a place of a contract. Seen and Total count the points at it and below it.
type treeNode struct {
	Name        string
	Seen, Total int
	Chips       []chip
	Children    []*treeNode
	Open        bool

	byName map[string]*treeNode
}

// chip is a point without a place of its own, such as an enum value.
type chip struct {
	What  string
	Shown bool
}

// Class colours a node by how much of it was seen.
func (n *treeNode) Class() string {
	switch n.Seen {
	case n.Total:
		return "all"
	case 0:
		return "none"
	}
	return "some"
}

func (n *treeNode) child(name string) *treeNode {
	if n.byName == nil {
		n.byName = map[string]*treeNode{}
	}
	below := n.byName[name]
	if below == nil {
		below = &treeNode{Name: plainText(name)}
		n.byName[name], n.Children = below, append(n.Children, below)
	}
	return below
}

// newTree sorts the points of a contract by place. Nulls are left out, because services do not send
// them and they do not count.
func newTree(c *coverage.Contract, open bool) contractTree {
	t := contractTree{Name: plainText(c.Name), Percent: c.Percent, Open: open}
	root := &treeNode{}
	var points int
	for p := range c.Points() {
		if p.Kind == coverage.Nulls {
			continue
		}
		points++
		path := []*treeNode{root}
		part := string(p.Part)
		if part == "" { // of the response as a whole
			part = map[coverage.Kind]string{coverage.Errors: "errors", coverage.Statuses: "statuses"}[p.Kind]
		}
		path = append(path, root.child(part))
		if p.Pointer != "" {
			for _, token := range strings.Split(p.Pointer[1:], "/") {
				path = append(path, path[len(path)-1].child(unescaped(token)))
			}
		}
		for _, n := range path {
			n.Total++
			if p.Shown {
				n.Seen++
			}
		}
		if p.What != "" {
			last := path[len(path)-1]
			last.Chips = append(last.Chips, chip{plainText(p.What), p.Shown})
		}
	}
	t.Parts = root.Children
	for _, part := range t.Parts {
		part.Open = open && points < maxOpenPoints
	}
	t.About = fmt.Sprintf("%s of %s seen, by %s", plural.Number(root.Seen), plural.Of(root.Total, "point"), plural.Of(c.Responses, "response"))
	t.next(c.Next)
	return t
}

// maxOpenPoints is how large a contract may be to be shown open.
const maxOpenPoints = 500

func (t *contractTree) next(next []coverage.Next) {
	if len(next) == 0 {
		return
	}
	list := &pageList{Summary: "Record next: " + plural.Of(len(next), "response")}
	for _, n := range next {
		list.Lines = append(list.Lines, plainText(fmt.Sprintf("%s, status %d, which shows %s", n.Part, n.Status, some(n.Shows, maxAddresses))))
	}
	t.Next = list
}

// unescaped is a token of a JSON pointer as the contract names it.
func unescaped(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}
