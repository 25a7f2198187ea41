package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// group reads a group after its opening parenthesis. It returns nil and no error for flags that
// apply to the rest of the surrounding group, such as (?i).
func (p *parser) group() (*node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, fmt.Errorf("groups nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	flags, comments := p.flags, p.comments
	n := &node{op: capture}
	switch {
	case !p.take("?"):
	case p.take(":"):
		n.op = group
	case p.take(">"):
		n.op = atomicGroup
	case p.take("="), p.take("!"), p.take("<="), p.take("<!"):
		n.op = look
		n.text = p.source[strings.LastIndexByte(p.source[:p.at], '('):p.at]
	case p.ahead("<"), p.ahead("P<"):
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		p.names[name] = p.groups + 1
	default:
		n.op = group
		if whole, err := p.readFlags(); err != nil || whole {
			return nil, err
		}
	}
	if n.op == capture {
		p.groups++
		n.number = p.groups
	}
	inner, err := p.choice()
	switch {
	case err != nil:
		return nil, err
	case !p.take(")"):
		return nil, errors.New("missing closing parenthesis")
	}
	p.flags, p.comments = flags, comments
	n.subs = []*node{inner}
	return n, nil
}

// name reads <name> or P<name>.
func (p *parser) name() (string, error) {
	p.take("P")
	p.take("<")
	name, _, closed := strings.Cut(p.rest(), ">")
	if !closed || name == "" || len(name) > 100 || p.names[name] > 0 {
		return "", errors.New("invalid or duplicate group name")
	}
	p.at += len(name) + len(">")
	return name, nil
}

// readFlags reads "ims-ims:", the flags of a group, or "ims-ims)", flags for the whole rest of the
// surrounding group.
func (p *parser) readFlags() (whole bool, err error) {
	on := true
	for {
		switch c := p.next(); c {
		case '-':
			on = false
		case 'i':
			p.flag(syntax.FoldCase, on)
		case 's':
			p.flag(syntax.DotNL, on)
		case 'm':
			p.flag(syntax.OneLine, !on)
		case 'x':
			p.comments, p.foreign = on, true
		case 'u', 'd': // Unicode case folding and Unix line ends, which are always in force here
			p.foreign = true
		case ':':
			return false, nil
		case ')':
			return true, nil
		case 0:
			return false, errors.New("missing closing parenthesis")
		default:
			return false, fmt.Errorf("unknown kind of group (?%c", c)
		}
	}
}

func (p *parser) flag(flag syntax.Flags, on bool) {
	p.flags &^= flag
	if on {
		p.flags |= flag
	}
}
