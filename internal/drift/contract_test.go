package drift_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/schema"
)

var bed, changed, member, randomContract = garden.Bed, garden.Changed, garden.Member, garden.Random

func count(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// spots are the shapes and members of a contract, in an order that depends on it alone.
type spots struct {
	shapes     []*schema.Shape
	structures []*schema.Shape
	members    []*schema.Member // with their structure
	of         map[*schema.Member]*schema.Shape
	root       map[*schema.Member]bool
	keys       map[*schema.Shape]bool
	bound      map[*schema.Shape]bool // text beside the body
}

func spotsOf(c *schema.Contract) *spots {
	s := &spots{of: map[*schema.Member]*schema.Shape{}, root: map[*schema.Member]bool{}, keys: map[*schema.Shape]bool{}, bound: map[*schema.Shape]bool{}}
	var shape func(*schema.Shape)
	ref := func(r *schema.Ref) {
		if r != nil && r.Inline != nil {
			shape(r.Inline)
		}
	}
	shape = func(sh *schema.Shape) {
		s.shapes = append(s.shapes, sh)
		for i := range sh.Members {
			m := &sh.Members[i]
			s.members = append(s.members, m)
			s.of[m] = sh
			if l := m.Location.Or(schema.LocationBody); l != "body" {
				s.bound[m.Shape.Inline] = true
			}
			ref(&m.Shape)
		}
		ref(sh.Element)
		ref(sh.Key)
		ref(sh.Value)
		if sh.Key != nil {
			s.keys[sh.Key.Inline] = true
		}
	}
	for _, name := range c.ShapeNames() {
		sh := c.Shapes[name]
		s.structures = append(s.structures, sh)
		shape(sh)
		if name == c.Input || name == c.Output {
			for i := range sh.Members {
				s.root[&sh.Members[i]] = true
			}
		}
	}
	return s
}

// pick takes one of those that fit, by chance.
func pick[T any](r *rand.Rand, from []T, fits func(T) bool) (found T, ok bool) {
	fitting := slices.DeleteFunc(slices.Clone(from), func(v T) bool { return !fits(v) })
	if len(fitting) == 0 {
		return found, false
	}
	return fitting[r.IntN(len(fitting))], true
}
