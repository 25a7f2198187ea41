package synth_test

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// tally counts what a test has validated.
type tally struct {
	operations, parts, documents, random, bytes int
	requests, responses                         int
	misses, impossible                          map[string]int
	problems                                    map[string]int
	extended                                    int // parts with a pattern that package regexp does not read
}

func newTally() *tally {
	return &tally{misses: map[string]int{}, impossible: map[string]int{}, problems: map[string]int{}}
}

func (n *tally) log(t *testing.T) {
	t.Logf("%d operations, %d parts, %d systematic and %d random documents of %d bytes, %d requests, %d responses; %d parts held to the extended schema",
		n.operations, n.parts, n.documents, n.random, n.bytes, n.requests, n.responses, n.extended)
	for _, counts := range []struct {
		title string
		of    map[string]int
	}{{"invalid variants", n.misses}, {"impossible invalid variants", n.impossible}, {"places without a document", n.problems}} {
		total := 0
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(counts.of)) {
			total += counts.of[name]
			fmt.Fprintf(&b, "\n%7d %s", counts.of[name], name)
		}
		t.Logf("%d %s%s", total, counts.title, b.String())
	}
}

// court validates documents of one part with the exported schema and with the validator.
type court struct {
	part      schema.Part
	validator *validate.Validator
	exported  *v5.Schema // nil: the body is not JSON
}

// plain compiles the exported schema as a user would. If a pattern is beyond package regexp, it
// uses the form with this project's keywords instead.
func plain(t *testing.T, c *schema.Contract, part schema.Part, encoding schema.Encoding, n *tally) *v5.Schema {
	s, err := jsonschema.Generate(c, part, encoding)
	require.NoError(t, err)
	text, err := s.Encode()
	require.NoError(t, err)
	compiled, err := v5.CompileString(s.ID, string(text))
	if err == nil {
		return compiled
	}
	n.extended++
	extended, err := jsonschema.GenerateExtended(c, part, encoding)
	require.NoError(t, err)
	compiled, err = validate.CompileSchema(extended)
	require.NoError(t, err)
	return compiled
}

func (k *court) rejects(document []byte) error {
	tree, err := validate.Tree(document)
	if err != nil {
		return err
	}
	return k.exported.Validate(tree)
}

func (k *court) accepts(document []byte) error {
	if found, err := k.validator.Part(k.part, document); err != nil || len(found) > 0 {
		return fmt.Errorf("%v %v: %.2000s", found, err, document)
	}
	if k.exported == nil {
		return nil
	}
	if err := k.rejects(document); err != nil {
		return fmt.Errorf("schema: %w: %.2000s", err, document)
	}
	return nil
}

// folds reports whether two pointers are equal apart from the keys that a finding withholds.
func folds(found, made string) bool {
	a, b := strings.Split(found, "/"), strings.Split(made, "/")
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || x == "*" })
}

func (k *court) refuses(m synth.InvalidVariant) error {
	found, err := k.validator.Part(k.part, m.Document)
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0].General() != m.Rule || !folds(found[0].Pointer, m.Pointer) {
		return fmt.Errorf("%s at %s %q (%s): found %v: %.2000s", m.Rule, m.Place, m.Pointer, m.How, found, m.Document)
	}
	if k.exported == nil {
		return nil
	}
	err = k.rejects(m.Document)
	var invalid *v5.ValidationError
	if errors.As(err, &invalid) != (m.Rule != finding.MemberUnknown) {
		return fmt.Errorf("%s at %s (%s): schema: %v: %.2000s", m.Rule, m.Place, m.How, err, m.Document)
	}
	return nil
}

// try validates every document of a contract both ways.
func try(t *testing.T, c *schema.Contract, encoding schema.Encoding, randoms int, n *tally) {
	s, err := synth.New(c, encoding)
	require.NoError(t, err)
	v, err := validate.Compile(c, validate.Options{Encoding: encoding})
	require.NoError(t, err)
	n.operations++
	failures := 0
	check := func(err error) {
		if err != nil && failures < 5 {
			failures++
			t.Errorf("%s: %v", c, err)
		}
	}
	for _, part := range c.Parts() {
		n.parts++
		for _, p := range s.Problems(part) {
			n.problems[p.Reason]++
			t.Logf("%v", p)
		}
		if _, err := s.Minimal(part); err != nil {
			check(err)
			continue
		}
		k := &court{part: part, validator: v}
		if _, raw := c.RawBody(part); !raw || encoding == schema.SDK {
			k.exported = plain(t, c, part, encoding, n)
		}
		for document := range s.Documents(part) {
			n.documents++
			n.bytes += len(document)
			check(k.accepts(document))
		}
		for seed := range uint64(randoms) {
			document, err := s.Random(part, seed)
			require.NoError(t, err)
			n.random++
			n.bytes += len(document)
			check(k.accepts(document))
		}
		for m := range s.InvalidVariants(part) {
			n.misses[string(m.Rule)]++
			n.bytes += len(m.Document)
			check(k.refuses(m))
		}
		for _, i := range s.Impossible(part) {
			n.impossible[string(i.Rule)+", "+i.How+": "+i.Reason]++
		}
	}
	if encoding == schema.HTTP {
		check(exchanges(c, s, v, randoms, n))
	}
}

// exchanges validates whole interactions: each request with a minimal response, each response to a
// minimal request.
func exchanges(c *schema.Contract, s *synth.Synth, v *validate.Validator, randoms int, n *tally) error {
	body, err := s.Minimal(schema.InputPart)
	if err != nil {
		return err
	}
	first, err := s.Request(body)
	var unbound *synth.BindingError
	if errors.As(err, &unbound) {
		return nil
	} else if err != nil {
		return err
	}
	catalog := schema.NewCatalog(c)
	hold := func(r synth.Request, a synth.Response) error {
		u, err := url.Parse("https://service.example" + r.Target())
		if err != nil {
			return err
		}
		route, unrouted := catalog.Route(schema.Request{Method: r.Method, URL: u, Header: r.Header, Body: r.Body})
		if unrouted != nil {
			return fmt.Errorf("%s %s is not routed", r.Method, r.Target())
		}
		found := v.Exchange(&traffic.Interaction{Live: true,
			Request:  &traffic.Request{Method: r.Method, URL: u.String(), Header: r.Header, Body: traffic.BodyOf(r.Body)},
			Response: traffic.Response{Status: a.Status, Header: a.Header, Body: traffic.BodyOf(a.Body)},
		}, route.Labels)
		if len(found) > 0 {
			return fmt.Errorf("%v: %s %s %v %.500s -> %d %v %.500s", found, r.Method, r.Target(), r.Header, r.Body, a.Status, a.Header, a.Body)
		}
		return nil
	}
	output, err := s.Minimal(schema.OutputPart)
	if err != nil {
		return err
	}
	ask := func(r synth.Request, err error) error {
		if err != nil {
			return err
		}
		a, err := s.Response(schema.OutputPart, output, r)
		if err != nil {
			return err
		}
		n.requests++
		return hold(r, a)
	}
	for r := range s.Requests() {
		if err := ask(r, nil); err != nil {
			return err
		}
	}
	for seed := range uint64(randoms) {
		if err := ask(s.RandomRequest(seed)); err != nil {
			return err
		}
	}
	for _, part := range c.Parts() {
		if part == schema.InputPart {
			continue
		}
		for a := range s.Responses(part, first) {
			n.responses++
			if err := hold(first, a); err != nil {
				return err
			}
		}
		for seed := range uint64(randoms) {
			a, err := s.RandomResponse(part, seed, first)
			if err != nil {
				return err
			}
			n.responses++
			if err := hold(first, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestBuiltIn(t *testing.T) {
	for _, name := range []string{"cleanrooms.GetProtectedJob@1.42.90", "cleanrooms.GetProtectedJob@1.43.67"} {
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			t.Run(name+" "+encoding.String(), func(t *testing.T) {
				n := newTally()
				try(t, contracts.MustLoad(name), encoding, 200, n)
				n.log(t)
				require.Empty(t, n.problems)
			})
		}
	}
}

// TestConstructs validates documents of contracts with every construct both ways.
func TestConstructs(t *testing.T) {
	paths, err := filepath.Glob("testdata/contracts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		c, err := schema.Parse(text)
		require.NoError(t, err)
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			t.Run(c.Operation+" "+encoding.String(), func(t *testing.T) {
				n := newTally()
				try(t, c, encoding, 100, n)
				n.log(t)
				require.NotEmpty(t, n.documents)
			})
		}
	}
}

// TestCorpora validates documents of every operation of five services both ways.
func TestCorpora(t *testing.T) {
	const shared = "../../../shared/data/"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the services' documents are not here: " + shared)
	}
	every := 1
	if testing.Short() {
		every = 20
	}
	t.Run("pages", func(t *testing.T) {
		paths, err := filepath.Glob(shared + "pages/*/*.rst")
		require.NoError(t, err)
		n := newTally()
		for i, path := range paths {
			if i%every != 0 {
				continue
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			result, err := source.Read(text, "")
			if err != nil {
				continue // a page without an operation
			}
			for _, c := range result.Contracts {
				try(t, c, schema.HTTP, 3, n)
			}
		}
		n.log(t)
		require.NotZero(t, n.operations)
		require.Empty(t, n.problems)
	})
	models, err := filepath.Glob(shared + "models/*-1.43.67.service-2.json")
	require.NoError(t, err)
	for _, path := range models {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			result, err := source.Read(text, "1.43.67")
			if errors.Is(err, source.ErrUnknownKind) {
				t.Skip("no reader recognises it")
			}
			require.NoError(t, err)
			n := newTally()
			for i, c := range result.Contracts {
				if i%every == 0 {
					try(t, c, schema.HTTP, 3, n)
				}
			}
			n.log(t)
			require.NotZero(t, n.operations)
			require.Empty(t, n.problems)
		})
	}
}
