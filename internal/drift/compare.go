package drift

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/schema"
)

// Comparison is the result of [Compare].
type Comparison struct {
	Compared int      `json:"compared"`        // operations that both have
	Alone    []Alone  `json:"alone,omitempty"` // services that only one side describes
	Changes  []Change `json:"changes"`         // the most severe first
}

// Alone is a service that only one side describes. It is not compared, and counts neither as added
// nor as removed.
type Alone struct {
	Side       Side   `json:"side"`
	Service    string `json:"service"`
	Operations int    `json:"operations"`
}

// TwiceError says that a source describes an operation more than once.
type TwiceError struct{ Side, Operation, First, Second string }

func (e *TwiceError) Error() string {
	return fmt.Sprintf("the %s side describes %s twice, as %s and as %s; name one of them", e.Side, e.Operation, e.First, e.Second)
}

// NothingInCommonError says that two sources share no operation.
type NothingInCommonError struct{ Old, New string }

func (e *NothingInCommonError) Error() string {
	return fmt.Sprintf("the sources have no operation in common: the old one describes %s, the new one %s", e.Old, e.New)
}

// Contracts are one side of a comparison: contracts, and services whose contracts are loaded when it
// is their turn.
type Contracts struct {
	Given    []*schema.Contract
	Services []schema.Service
}

// Options choose what is compared.
type Options struct {
	// Operations are names of operations, with or without their service; empty: all.
	Operations []string
	// Whole says that both sides have all operations that count, so that one that only one of them
	// has was added or removed.
	Whole bool
	// Traffic is what callers do; nil: not known.
	Traffic *Traffic
	// Step is called after each service.
	Step func()
}

// chosen reports whether an operation is compared.
func (o *Options) chosen(c *schema.Contract) bool {
	return (len(o.Operations) == 0 || slices.Contains(o.Operations, c.Operation) || slices.Contains(o.Operations, c.Name())) &&
		(o.Traffic == nil || o.Traffic.Called[c.Name()])
}

// mayChoose reports whether operations of a service may be compared.
func (o *Options) mayChoose(service string) bool {
	return len(o.Operations) == 0 || slices.ContainsFunc(o.Operations, func(name string) bool {
		of, _, qualified := strings.Cut(name, ".")
		return !qualified || of == service
	})
}

// Compare returns the changes between two sources, operation by operation. The error is a
// [*TwiceError] or a [*NothingInCommonError], or says why a contract cannot be used.
func Compare(old, new []*schema.Contract) (*Comparison, error) {
	return CompareServices(Contracts{Given: old}, Contracts{Given: new}, Options{})
}

// CompareServices is [Compare] service by service: no more than one is in memory.
func CompareServices(old, new Contracts, o Options) (*Comparison, error) {
	for _, c := range slices.Concat(old.Given, new.Given) {
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("contract %s cannot be used: %w", c, err)
		}
	}
	was, is := old.byService(), new.byService()
	result := &Comparison{Changes: []Change{}}
	names := slices.Concat(slices.Collect(maps.Keys(was)), slices.Collect(maps.Keys(is)))
	slices.Sort(names)
	var alone [2][]Alone
	for _, name := range slices.Compact(names) {
		if !o.mayChoose(name) {
			continue
		}
		if err := result.service(name, was[name], is[name], &o, &alone); err != nil {
			return nil, err
		}
		if o.Step != nil {
			o.Step()
		}
	}
	result.Alone = slices.Concat(alone[0], alone[1])
	if result.Compared+len(result.Changes) == 0 {
		return nil, &NothingInCommonError{old.some(), new.some()}
	}
	slices.SortStableFunc(result.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return result, nil
}

// service adds the changes of a service.
func (r *Comparison) service(name string, old, new func() []*schema.Contract, o *Options, alone *[2][]Alone) error {
	if old == nil || new == nil {
		i, side, load := 0, Old, old
		if old == nil {
			i, side, load = 1, New, new
		}
		if contracts := load(); len(contracts) > 0 {
			alone[i] = append(alone[i], Alone{side, name, len(contracts)})
		}
		return nil
	}
	s, err := newService(old(), new(), o)
	if err != nil {
		return err
	}
	r.Compared += len(s.pairs)
	changes, err := s.compare()
	if err != nil {
		return err
	}
	for i := range changes {
		changes[i].Message = changes[i].Finding().Message
	}
	r.Changes = append(r.Changes, changes...)
	return nil
}

// byService returns what yields the contracts of each service.
func (c *Contracts) byService() map[string]func() []*schema.Contract {
	given := map[string][]*schema.Contract{}
	for _, contract := range c.Given {
		given[contract.Service] = append(given[contract.Service], contract)
	}
	all := map[string]func() []*schema.Contract{}
	for name, contracts := range given {
		all[name] = func() []*schema.Contract { return contracts }
	}
	for _, s := range c.Services {
		all[s.Name] = func() []*schema.Contract { return append(s.Load(), given[s.Name]...) }
	}
	return all
}

// some names a few of the operations.
func (c *Contracts) some() string {
	switch n := len(c.Given) + len(c.Services); {
	case n == 0:
		return "nothing"
	case len(c.Given) == 0:
		return plural.Of(n, "service")
	case n == 1:
		return c.Given[0].Name()
	default:
		return fmt.Sprintf("%s and %d more", c.Given[0].Name(), n-1)
	}
}

func byName(contracts []*schema.Contract, side string) (map[string]*schema.Contract, error) {
	named := make(map[string]*schema.Contract, len(contracts))
	for _, c := range contracts {
		if d := named[c.Name()]; d != nil {
			return nil, &TwiceError{side, c.Name(), d.String(), c.String()}
		}
		named[c.Name()] = c
	}
	return named, nil
}
