package drift_test

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/crcheck/crcheck/schema"
)

// edit changes a contract in one way. It returns false if there is nothing to change.
type edit func(r *rand.Rand, c *schema.Contract) bool

// edits are all edits of the table that a contract can undergo, by field and name.
var edits = map[string]edit{
	"Contract.Format/another form of the contract file": nil, // there is one form
	"Contract.Service/another name":                     nil, // TestOperations
	"Contract.Operation/an operation is added":          nil,
	"Contract.Operation/an operation is removed":        nil,
	"Contract.Operation/an operation is renamed":        nil,
	"Contract.Version/another version":                  func(_ *rand.Rand, c *schema.Contract) bool { c.Version = "2"; return true },
	"Contract.API/the API or its version changes":       func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.API, "garden-2021-01-01") },
	"Contract.Signing/the signing name changes":         func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Signing, "plot") },
	"Contract.Protocol/a protocol is removed":           func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Protocol, "restXml") },
	"Contract.Protocol/another protocol is listed, or preferred while the old one is still listed": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Protocols = schema.Is([]string{"restXml", c.Protocol.Or("")})
		return change(&c.Protocol, "restXml")
	},
	"Contract.Protocols/a protocol is removed": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Protocols = schema.Is([]string{"restXml", "awsQuery"})
		return !c.Protocol.Silent()
	},
	"Contract.Protocols/another protocol is listed, or preferred while the old one is still listed": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Protocols = schema.Is([]string{"restXml", c.Protocol.Or("")})
		return true
	},
	"Contract.Target/the operation in X-Amz-Target changes":         nil, // of awsJson: TestRoutes
	"Contract.Target/the prefix of X-Amz-Target changes":            nil, // of awsJson: TestRoutes
	"Contract.Method/the method changes":                            func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Method, "PUT") },
	"Contract.URI/the URI changes":                                  func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.URI, "/plots/{label}") },
	"Contract.URI/a label is renamed":                               nil, // TestRouteTemplates, and the next
	"Contract.URI/a trailing slash of the path is added or removed": nil,
	"Member.WireName/the label that a member fills is renamed":      nil,
	"Contract.Status/the status of success changes":                 func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Status, 202) },
	"Contract.Readonly/it becomes read-only, or no longer is":       func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Readonly, false) },
	"Contract.Bearer/it takes bearer tokens, or no longer does": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Bearer = schema.Is(true)
		return true
	},
	"Contract.Unsigned/it takes requests without a signature, or no longer does": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Unsigned = schema.Is(true)
		return true
	},
	"Contract.Input/an operation gets an input or output document":                                nil, // TestDocuments
	"Contract.QueryCompatible/errors also have their name of the query protocol, or no longer do": nil, // TestQueryCompatible
	"Contract.Input/an operation loses its input or output document": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Input = ""
		return true
	},
	"Contract.InputUnstated/a source leaves the input out": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Input, c.InputUnstated = "", true
		return true
	},
	"Contract.Output/an operation gets an input or output document": nil,
	"Contract.Output/an operation loses its input or output document": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Output = ""
		return true
	},
	"Shape.Type/an operation gets an input or output document":   nil, // the same in other words
	"Shape.Type/an operation loses its input or output document": nil,
	"Contract.Errors/an error is added": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Errors = append(c.Errors, schema.Error{Name: "HailException", Status: schema.Is(409)})
		return true
	},
	"Contract.Errors/an error is removed":             func(_ *rand.Rand, c *schema.Contract) bool { c.Errors = c.Errors[1:]; return true },
	"Contract.Errors/errors are reordered":            func(_ *rand.Rand, c *schema.Contract) bool { slices.Reverse(c.Errors); return true },
	"Contract.Echoes/an echo is stated, or no longer": nil, // TestEchoes
	"Contract.Shapes/a shape is renamed, split or shared": func(r *rand.Rand, c *schema.Contract) bool {
		return rename(r, c)
	},
	"Contract.Origins/another source": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Origins = []schema.Origin{schema.NewOrigin("contract", "", nil)}
		return true
	},
	"Contract.Provenance/a fact comes from another source": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Origins = []schema.Origin{schema.NewOrigin("contract", "", nil)}
		c.Provenance = map[string]int{"output:union": 0}
		return true
	},
	"Error.Name/an error is renamed":                               nil, // two changes: TestErrorRenamed
	"Error.Status/the status of an error changes":                  func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Errors[0].Status, 418) },
	"Error.Fault/the fault of an error (client or server) changes": func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Errors[0].Fault, "server") },
	"Error.Code/the name of an error on the wire changes":          func(_ *rand.Rand, c *schema.Contract) bool { return change(&c.Errors[0].Code, "Frost") },
	"Error.Shape/the members of an error become known, or are no longer stated": func(_ *rand.Rand, c *schema.Contract) bool {
		c.Errors[0].Shape = ""
		return true
	},

	"Member.Name/a member is added to a structure":        addMember(false),
	"Member.Name/a member is added to a tagged union":     addMember(true),
	"Member.Name/a member is removed from a structure":    removeMember(false),
	"Member.Name/a member is removed from a tagged union": removeMember(true),
	"Member.Name/a member is renamed":                     nil, // two changes: TestMemberRenamed
	"Member.Shape/a member refers to another shape":       rename,
	"Member.Required/a member becomes required": onMember(func(s *spots, m *schema.Member) bool {
		return !s.of[m].Union.Or(false) && m.Required.Equal(schema.Is(false)) && change(&m.Required, true)
	}),
	"Member.Required/a member is no longer required": onMember(func(s *spots, m *schema.Member) bool {
		return m.Location.Or(schema.LocationBody) != schema.LocationLabel && m.Required.Equal(schema.Is(true)) && change(&m.Required, false)
	}),
	"Member.Location/a member moves to another location": onMember(func(s *spots, m *schema.Member) bool {
		return s.root[m] && m.Location.Or("") == schema.LocationBody && scalar(m.Shape) && change(&m.Location, "header")
	}),
	"Member.WireName/the wire name of a member changes": onMember(func(_ *spots, m *schema.Member) bool {
		return m.Location.Or(schema.LocationBody) == schema.LocationBody && change(&m.WireName, m.Name+"Other")
	}),
	"Member.Token/a member becomes the idempotency token, or no longer is": onMember(func(_ *spots, m *schema.Member) bool { return change(&m.Token, true) }),

	"Shape.Name/a shape is renamed": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		if s.Type != schema.Structure {
			s.Name = "Other"
		}
		return s.Type != schema.Structure
	}),
	"Shape.Type/the type changes": onShape(func(r *rand.Rand, at *spots, s *schema.Shape) bool {
		if s.Type == schema.Structure && r.IntN(4) == 0 {
			i := slices.IndexFunc(s.Members, func(m schema.Member) bool { return m.Shape.Name != "" })
			if i >= 0 {
				s.Members[i].Shape = schema.Inline(schema.Shape{Type: schema.String})
			}
			return i >= 0
		}
		if s.Type == schema.Structure || at.keys[s] || at.bound[s] {
			return false
		}
		others := []schema.Shape{{Type: schema.String}, {Type: schema.Integer}, {Type: schema.Float}, {Type: schema.Boolean}, {Type: schema.Timestamp}, {Type: schema.Blob}, {Type: schema.Document},
			{Type: schema.List, Element: &schema.Ref{Inline: &schema.Shape{Type: schema.String}}}, {Type: schema.Map, Key: &schema.Ref{Inline: &schema.Shape{Type: schema.String}}, Value: &schema.Ref{Inline: &schema.Shape{Type: schema.String}}}}
		to, _ := pick(r, others, func(o schema.Shape) bool { return o.Type != s.Type })
		*s = to
		return true
	}),
	"Shape.Members/members are reordered":     func(_ *rand.Rand, c *schema.Contract) bool { slices.Reverse(c.Shapes["Output"].Members); return true },
	"Shape.Element/a list has other elements": nil, // facets of the elements are those of any shape
	"Shape.Key/a map has other keys":          nil,
	"Shape.Value/a map has other values":      nil,
	"Shape.Union/a structure becomes a tagged union": onShape(func(_ *rand.Rand, at *spots, s *schema.Shape) bool {
		required := slices.ContainsFunc(s.Members, func(m schema.Member) bool {
			return m.Required.Or(false) || at.root[&m] || m.Location.Or(schema.LocationBody) != schema.LocationBody
		})
		return s.Type == schema.Structure && !required && !at.root[&s.Members[0]] && s.Union.Equal(schema.Is(false)) && change(&s.Union, true)
	}),
	"Shape.Union/a tagged union becomes a structure": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Union.Or(false) && change(&s.Union, false)
	}),
	"Shape.EventStream/a body becomes an event stream, or no longer is": onShape(func(_ *rand.Rand, at *spots, s *schema.Shape) bool {
		return s.Type == schema.Structure && !at.root[&s.Members[0]] && change(&s.EventStream, true)
	}),
	"Shape.Streaming/a body becomes a stream of bytes, or no longer is": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Type == schema.Blob && change(&s.Streaming, true)
	}),
	"Shape.Sparse/a list or map may hold null": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return !s.Sparse.Silent() && change(&s.Sparse, true)
	}),
	"Shape.Sparse/a list or map may no longer hold null": backwards("Shape.Sparse/a list or map may hold null"),
	"Shape.Unique/the elements of a list must differ, or need not any longer": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Type == schema.List && change(&s.Unique, true)
	}),
	"Shape.Enum/a value is added":                     enum(func(v []string) []string { return append(v, "YELLOW") }),
	"Shape.Enum/a value is removed":                   enum(func(v []string) []string { return v[:len(v)-1] }),
	"Shape.Enum/an enum becomes any string":           enum(func([]string) []string { return []string{} }),
	"Shape.Enum/any string becomes an enum":           backwards("Shape.Enum/an enum becomes any string"),
	"Shape.Enum/values are reordered":                 enum(func(v []string) []string { slices.Reverse(v); return v }),
	"Shape.Length/an end moves outward, or is lifted": bounds(func(s *schema.Shape) *schema.Known[schema.Bounds] { return &s.Length }, 1),
	"Shape.Length/an end moves inward, or is set":     bounds(func(s *schema.Shape) *schema.Known[schema.Bounds] { return &s.Length }, -1),
	"Shape.Length/a minimum of zero is stated, or no longer": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		b, ok := s.Length.Get()
		b.Min = ""
		return ok && s.Length.Or(schema.Bounds{}).Min == "0" && change(&s.Length, b)
	}),
	"Shape.Range/an end moves outward, or is lifted": bounds(func(s *schema.Shape) *schema.Known[schema.Bounds] { return &s.Range }, 1),
	"Shape.Range/an end moves inward, or is set":     bounds(func(s *schema.Shape) *schema.Known[schema.Bounds] { return &s.Range }, -1),
	"Shape.Pattern/the pattern changes, is added or removed": onShape(func(r *rand.Rand, _ *spots, s *schema.Shape) bool {
		if s.Pattern.Or("") == "" {
			return false
		}
		to, _ := pick(r, []string{"", "^[a-z]+[-_][0-9]{2,}$", "^[a-f]+-[0-9]{2,}$", "^[a-z]+-[0-9]{2,3}$"}, func(string) bool { return true })
		return change(&s.Pattern, to)
	}),
	"Shape.Pattern/the pattern is rewritten and matches the same strings": onShape(func(r *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Pattern.Or("") != "" && change(&s.Pattern, "^(?:"+s.Pattern.Or("")+")$")
	}),
	"Shape.Bits/more bits": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Type == schema.Integer && change(&s.Bits, 64)
	}),
	"Shape.Bits/fewer bits": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Type == schema.Float && change(&s.Bits, 32)
	}),
	"Shape.Format/the format of a timestamp changes": onShape(func(r *rand.Rand, _ *spots, s *schema.Shape) bool {
		to, _ := pick(r, []string{"date-time", "http-date"}, func(string) bool { return true })
		return s.Type == schema.Timestamp && change(&s.Format, to)
	}),
	"Shape.Sensitive/a value becomes sensitive, or no longer is": onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		return s.Sensitive.Equal(schema.Is(false)) && change(&s.Sensitive, true)
	}),
}

func change[T any](facet *schema.Known[T], to T) bool {
	*facet = schema.Is(to)
	return true
}

func scalar(r schema.Ref) bool {
	return r.Inline != nil && slices.Contains([]schema.Type{schema.String, schema.Integer, schema.Boolean}, r.Inline.Type)
}

func rename(r *rand.Rand, c *schema.Contract) bool {
	at := spotsOf(c)
	m, ok := pick(r, at.members, func(m *schema.Member) bool { return m.Shape.Name != "" })
	if !ok {
		return false
	}
	c.Shapes["Another"] = c.Shapes[m.Shape.Name]
	delete(c.Shapes, m.Shape.Name)
	m.Shape.Name = "Another"
	return true
}

func onMember(apply func(*spots, *schema.Member) bool) edit {
	return func(r *rand.Rand, c *schema.Contract) bool {
		at := spotsOf(c)
		for _, i := range r.Perm(len(at.members)) {
			if apply(at, at.members[i]) {
				return true
			}
		}
		return false
	}
}

func onShape(apply func(*rand.Rand, *spots, *schema.Shape) bool) edit {
	return func(r *rand.Rand, c *schema.Contract) bool {
		at := spotsOf(c)
		for _, i := range r.Perm(len(at.shapes)) {
			before := *at.shapes[i]
			if apply(r, at, at.shapes[i]) {
				return true
			}
			*at.shapes[i] = before
		}
		return false
	}
}

// backwards marks an edit that undoes another one: old and new are swapped.
func backwards(other string) edit {
	undone[other] = true
	return nil
}

var undone = map[string]bool{}

func addMember(union bool) edit {
	return func(r *rand.Rand, c *schema.Contract) bool {
		at := spotsOf(c)
		s, ok := pick(r, at.structures, func(s *schema.Shape) bool { return s.Union.Or(false) == union })
		if !ok {
			return false
		}
		m := schema.Member{Name: "added", Shape: schema.Inline(schema.Shape{Type: schema.String}), Required: schema.Is(!union && r.IntN(2) == 0)}
		s.Members = slices.Insert(s.Members, r.IntN(len(s.Members)+1), m)
		return true
	}
}

func removeMember(union bool) edit {
	return func(r *rand.Rand, c *schema.Contract) bool {
		at := spotsOf(c)
		m, ok := pick(r, at.members, func(m *schema.Member) bool {
			return at.of[m].Union.Or(false) == union && m.Location.Or(schema.LocationBody) != schema.LocationLabel
		})
		if !ok {
			return false
		}
		s := at.of[m]
		s.Members = slices.DeleteFunc(s.Members, func(n schema.Member) bool { return n.Name == m.Name })
		return true
	}
}

func enum(apply func([]string) []string) edit {
	return onShape(func(_ *rand.Rand, _ *spots, s *schema.Shape) bool {
		values := s.Enum.Or(nil)
		return len(values) > 0 && change(&s.Enum, apply(slices.Clone(values)))
	})
}

// bounds moves one end outward or inward.
func bounds(of func(*schema.Shape) *schema.Known[schema.Bounds], outward int) edit {
	return onShape(func(r *rand.Rand, _ *spots, s *schema.Shape) bool {
		b, ok := of(s).Get()
		if !ok || b.Max == "" {
			return false
		}
		least, _ := strconv.Atoi(string(b.Min))
		most, _ := strconv.Atoi(string(b.Max))
		switch low := r.IntN(2) == 0; {
		case low && outward > 0 && least == 0, most-least < 2:
			return false
		case low:
			b.Min = count(least - outward)
		default:
			b.Max = count(most + outward)
		}
		return change(of(s), b)
	})
}
