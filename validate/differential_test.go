package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/jsonschema"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
)

// verdicts compares the validator and the JSON Schema on one document of one contract; it has the schema of both forms.
type verdicts struct {
	part               schema.Part
	validator          *Validator
	standard, extended *v5.Schema
}

func newVerdicts(t testing.TB, contract string, part schema.Part, encoding schema.Encoding) *verdicts {
	t.Helper()
	return newVerdictsOf(t, contracts.MustLoad(contract), part, encoding)
}

func newVerdictsOf(t testing.TB, c *schema.Contract, part schema.Part, encoding schema.Encoding) *verdicts {
	t.Helper()
	v, err := Compile(c, Options{Encoding: encoding})
	require.NoError(t, err)
	o := &verdicts{part: part, validator: v}
	standard, err := jsonschema.Generate(c, part, encoding)
	require.NoError(t, err)
	o.standard, err = CompileSchema(standard)
	require.NoError(t, err)
	extended, err := jsonschema.GenerateExtended(c, part, encoding)
	require.NoError(t, err)
	o.extended, err = CompileSchema(extended)
	require.NoError(t, err)
	if plain := plainSchema(t, c, part, encoding); plain != nil {
		o.standard = plain
	}
	return o
}

// plainSchema compiles the exported schema as a user would: no keyword of ours
// is known to the compiler.
func plainSchema(t testing.TB, c *schema.Contract, part schema.Part, encoding schema.Encoding) *v5.Schema {
	s, err := jsonschema.Generate(c, part, encoding)
	require.NoError(t, err)
	text, err := s.Encode()
	require.NoError(t, err)
	compiled, err := v5.CompileString(s.ID, string(text))
	require.NoError(t, err)
	return compiled
}

// agree requires one verdict of accept, explain and both forms of the schema.
func (o *verdicts) agree(t *testing.T, document []byte) {
	requireFilter(t, o.validator.parts[o.part], document)
	found, err := o.validator.Part(o.part, document)
	require.NoError(t, err)
	require.Equal(t, len(found) == 0, o.validator.Accepts(o.part, document), "acceptor and explainer: %q: %v", wording.Clip(string(document), maxShown), found)
	require.True(t, sort.SliceIsSorted(found, func(i, j int) bool {
		return found[i].Line < found[j].Line || found[i].Line == found[j].Line && found[i].Column < found[j].Column
	}))
	rejects, readable := false, true
	for _, f := range found {
		rule, ok := f.Rule.Lookup()
		require.True(t, ok)
		require.NotEqual(t, finding.OracleDisagreement, f.Rule, "%q: %v", document, found)
		rejects = rejects || rule.Layer == finding.LayerSchema && f.Rule != finding.MemberUnknown
		readable = readable && f.Rule != finding.SyntaxInvalid && f.Rule != finding.SyntaxTooDeep && f.Rule != finding.PatternTimeout
	}
	if !readable || len(found) >= maxFindings {
		return
	}
	tree, err := Tree(bytes.TrimPrefix(document, []byte(bom)))
	require.NoError(t, err, "%q", document)
	for form, s := range map[string]*v5.Schema{"standard": o.standard, "extended": o.extended} {
		err := s.Validate(tree)
		var invalid *v5.ValidationError
		if err != nil {
			require.True(t, errors.As(err, &invalid), "%v", err)
		}
		if form == "standard" && err == nil && calendarOnly(found) {
			continue // the package comment of jsonschema says so
		}
		require.Equal(t, rejects, err != nil, "%s form: %q: walker %v, schema %v", form, wording.Clip(string(document), maxShown), found, err)
	}
}

// calendarOnly reports findings of the one kind that the standard form of a schema
// cannot make: a day of the week, or a leap second, that the calendar does not have.
func calendarOnly(found finding.Set) bool {
	for _, f := range found {
		text, err := strconv.Unquote(f.Got)
		if err != nil || f.Rule != finding.TypeMismatch && f.Rule != finding.MemberUnknown {
			return false
		}
		beyond := f.Rule == finding.MemberUnknown
		for _, form := range []schema.TimestampText{schema.DateTime, schema.ISO8601, schema.HTTPDate} {
			beyond = beyond || regexp.MustCompile(form.Pattern()).MatchString(text) && !form.Match([]byte(text))
		}
		if !beyond {
			return false
		}
	}
	return true
}

// allVectors returns every document of the vector tables.
func allVectors() [][]byte {
	var all [][]byte
	for _, v := range vectors {
		for _, document := range append(v.refuses, v.passes...) {
			all = append(all, []byte(document))
		}
	}
	for _, v := range mismatches {
		for _, document := range append(v.refuses, v.passes...) {
			all = append(all, []byte(document))
		}
	}
	sort.Slice(all, func(i, j int) bool { return bytes.Compare(all[i], all[j]) < 0 })
	return all
}

var oracles = []struct {
	contract string
	part     schema.Part
	encoding schema.Encoding
}{
	{"cleanrooms.GetProtectedJob@1.43.67", schema.OutputPart, schema.HTTP},
	{"cleanrooms.GetProtectedJob@1.42.90", schema.OutputPart, schema.HTTP},
	{"cleanrooms.GetProtectedJob@1.43.67", schema.OutputPart, schema.SDK},
	{"cleanrooms.GetProtectedJob@1.43.67", schema.InputPart, schema.HTTP},
	{"cleanrooms.GetProtectedJob@1.43.67", schema.InputPart, schema.SDK},
	{"cleanrooms.GetProtectedJob@1.43.67", schema.ErrorPart("ResourceNotFoundException"), schema.HTTP},
	{"cleanrooms.GetProtectedJob@1.43.67", schema.ErrorPart("ValidationException"), schema.HTTP},
}

func TestOneVerdict(t *testing.T) {
	more := [][]byte{
		[]byte(`{"message":"x","resourceId":"y","resourceType":"MEMBERSHIP"}`), []byte(`{"message":"x","resourceId":"y","resourceType":"PROTECTED_JOB"}`),
		[]byte(`{"message":"x","reason":"INVALID_QUERY","fieldList":[{"name":"a","message":"b"}]}`), []byte(`{"fieldList":[{"name":"a"},null,5]}`),
		[]byte(`{"membershipIdentifier":"00000000-0000-4000-8000-000000000002","protectedJobIdentifier":"00000000-0000-4000-8000-000000000001"}`),
		[]byte(created(`"2023-11-14T22:13:20Z"`)), []byte(created(`"2023-11-14 22:13:20.123456+00:00"`)), []byte(created(`"2023-11-14"`)),
		[]byte(strings.Replace(with(""), "{", `{"ResponseMetadata":{"HTTPStatusCode":200},`, 1)),
	}
	for _, v := range oracles {
		t.Run(v.contract+" "+string(v.part)+" "+v.encoding.String(), func(t *testing.T) {
			o := newVerdicts(t, v.contract, v.part, v.encoding)
			for _, document := range append(allVectors(), more...) {
				o.agree(t, document)
			}
		})
	}
}

// TestMangled checks that a document without one of its bytes, or without its end, never panics,
// and has a finding if it is not JSON.
func TestMangled(t *testing.T) {
	for _, v := range oracles {
		t.Run(v.contract+" "+string(v.part)+" "+v.encoding.String(), func(t *testing.T) {
			o := newVerdicts(t, v.contract, v.part, v.encoding)
			for _, document := range append(allVectors(), []byte(`{"":0,"x":null,"y":[tru,"z"]}`)) {
				if len(document) > 150 {
					continue
				}
				for i := range document {
					for _, mangled := range [][]byte{document[:i], append(append([]byte{}, document[:i]...), document[i+1:]...)} {
						findings, err := o.validator.Part(v.part, mangled)
						require.NoError(t, err)
						if !json.Valid(mangled) {
							require.NotEmpty(t, findings, "%q", mangled)
						}
					}
				}
			}
		})
	}
}

// FuzzOneVerdict mutates the vectors: by the bytes that the fuzzer chooses, and
// by edits of one token, which keep the document well-formed more often.
func FuzzOneVerdict(f *testing.F) {
	var all []*verdicts
	for _, v := range oracles {
		all = append(all, newVerdicts(f, v.contract, v.part, v.encoding))
	}
	for i, document := range allVectors() {
		if len(document) < 2000 {
			f.Add(byte(i), uint16(i*31), byte(i*7), document)
		}
	}
	tokens := []string{"null", "1", "-0", "1e400", "4.0", `""`, `"x"`, "{}", "[]", "[null]", "true", `{"s3":{"location":""}}`, `"NaN"`, "9007199254740993", `"\ud800"`, `{"__type":1}`}
	f.Fuzz(func(t *testing.T, which byte, at uint16, token byte, document []byte) {
		o := all[int(which)%len(all)]
		o.agree(t, document)
		o.agree(t, replaceValue(document, int(at), tokens[int(token)%len(tokens)]))
	})
}

// replaceValue replaces a JSON value that begins at or after an offset.
func replaceValue(document []byte, at int, by string) []byte {
	if len(document) == 0 {
		return []byte(by)
	}
	at %= len(document)
	colon := bytes.IndexByte(document[at:], ':')
	if colon < 0 {
		return document
	}
	start := at + colon + 1
	w := &explainer{sink: &sink{document: document[start:]}}
	w.reset(document[start:], explaining...)
	if !w.skip() {
		return document
	}
	end := start + int(w.dec.InputOffset())
	return append(append(append([]byte{}, document[:start]...), by...), document[end:]...)
}

// TestOracleSurvives checks numbers on which the library panics, and deep nesting.
func TestOracleSurvives(t *testing.T) {
	o := newVerdicts(t, contracts.Newest, schema.OutputPart, schema.HTTP)
	for _, document := range []string{millis("1e1000001"), millis("-1e999999999999"), millis("1e-1000001"), created("1e-99999999999999999999"), units("0e99999999999"), with(`,"x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000))} {
		o.agree(t, []byte(document))
	}
	_, err := Tree([]byte("{"))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
