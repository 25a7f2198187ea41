package conformance

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/smithy"
	"github.com/crcheck/crcheck/traffic"
)

// smithyTests installs Smithy's protocol tests as a JSON AST. The program leaves out the models in
// jars that it is not given.
var smithyTests = installed.Recipe{From: "testdata/smithy", Needs: "mvn", Locks: []string{"pom.xml"}, Commands: func(from, into string) [][]string {
	jars := filepath.Join(into, "jars")
	return [][]string{{"mvn", "-q", "-B", "-f", filepath.Join(from, "pom.xml"), "dependency:copy-dependencies", "-DoutputDirectory=" + jars},
		{"sh", "-c", `cd "$0" && java -cp 'jars/*' software.amazon.smithy.cli.SmithyCli ast --quiet --allow-unknown-traits ` +
			`jars/smithy-aws-protocol-tests-*.jar jars/smithy-aws-traits-*.jar jars/smithy-protocol-*.jar jars/smithy-validation-model-*.jar >tests.json`, into},
		{"rm", "-rf", jars}}
}}

// vector is one protocol test, with values for its parameters (Smithy,
// additional-specs/http-protocol-compliance-tests.html).
type vector struct {
	ID        string         `json:"id"`
	Protocol  string         `json:"protocol"`
	AppliesTo string         `json:"appliesTo"` // client, server, or both if empty
	Params    map[string]any `json:"params"`
	vectorRequest
	vectorResponse
	Body *string `json:"body"` // nil: the test says nothing of it

	kind     string // the name of the trait
	contract *schema.Contract
	catalog  *schema.Catalog
	part     schema.Part
}

type vectorRequest struct {
	Method      string            `json:"method"`
	URI         string            `json:"uri"`
	QueryParams []string          `json:"queryParams"`
	Headers     map[string]string `json:"headers"`
}

type vectorResponse struct {
	Code int `json:"code"`
}

// malformed is a test of requests that a service rejects.
type malformed struct {
	ID       string `json:"id"`
	Protocol string `json:"protocol"`
	Request  struct {
		vectorRequest
		Body string `json:"body"`
	} `json:"request"`
	TestParameters map[string][]string `json:"testParameters"`
}

// each returns the vectors of the test: one for each index of its parameters.
func (m *malformed) each() (all []*vector) {
	count := 1
	for _, values := range m.TestParameters {
		count = len(values)
	}
	for i := range count {
		fill := func(text string) string {
			for name, values := range m.TestParameters {
				quoted, _ := json.Marshal(values[i])
				text = strings.NewReplacer("$"+name+":L", values[i], "$"+name+":S", string(quoted)).Replace(text)
			}
			return text
		}
		v := &vector{ID: m.ID, Protocol: m.Protocol, AppliesTo: "server", kind: "httpMalformedRequestTests", part: schema.InputPart}
		if len(m.TestParameters) > 0 {
			v.ID += "/" + strconv.Itoa(i)
		}
		body := fill(m.Request.Body)
		v.Method, v.URI, v.Body, v.Headers = m.Request.Method, fill(m.Request.URI), &body, map[string]string{}
		for _, q := range m.Request.QueryParams {
			v.QueryParams = append(v.QueryParams, fill(q))
		}
		for name, value := range m.Request.Headers {
			v.Headers[name] = fill(value)
		}
		all = append(all, v)
	}
	return all
}

// vectors returns the tests of the AWS JSON protocols whose operation a service binds.
func vectors(t *testing.T) (all []*vector) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(installed.Folder(t, smithyTests), "tests.json"))
	require.NoError(t, err)
	contracts, err := smithy.Read(text, "test")
	require.NoError(t, err)
	var ast struct {
		Shapes map[string]struct {
			Traits map[string]json.RawMessage `json:"traits"`
		} `json:"shapes"`
	}
	require.NoError(t, json.Unmarshal(text, &ast))
	for id, shape := range ast.Shapes {
		_, name, _ := strings.Cut(id, "#")
		for trait, value := range shape.Traits {
			kind, ok := strings.CutPrefix(trait, "smithy.test#")
			if !ok || kind == "smokeTests" {
				continue
			}
			var found []*vector
			if kind == "httpMalformedRequestTests" {
				var tests []*malformed
				require.NoError(t, json.Unmarshal(value, &tests), id)
				for _, m := range tests {
					found = append(found, m.each()...)
				}
			} else {
				exact := json.NewDecoder(bytes.NewReader(value))
				exact.UseNumber()
				require.NoError(t, exact.Decode(&found), id)
			}
			for _, v := range found {
				if _, v.Protocol, _ = strings.Cut(v.Protocol, "#"); v.Protocol != "restJson1" && !strings.HasPrefix(v.Protocol, "awsJson") {
					continue
				}
				if v.kind = kind; v.bind(contracts, name) {
					all = append(all, v)
				} else {
					t.Logf("%s: no service binds %s", v.ID, id)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *vector) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.kind, b.kind), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// bind finds the contract of the operation or error that the test is of.
func (v *vector) bind(contracts []*schema.Contract, name string) bool {
	for _, c := range contracts {
		if c.Protocol.Or("") != v.Protocol {
			continue
		}
		_, isError := c.Error(name)
		if c.Operation != name && !isError {
			continue
		}
		v.contract, v.part = c, schema.InputPart
		if v.kind == "httpResponseTests" {
			v.part = schema.OutputPart
			if isError {
				v.part = schema.ErrorPart(name)
			}
		}
		var service []*schema.Contract
		for _, other := range contracts {
			if other.Service == c.Service {
				service = append(service, other)
			}
		}
		v.catalog = schema.NewCatalog(service...)
		return true
	}
	return false
}

func (v *vector) header() http.Header {
	h := http.Header{}
	for name, value := range v.Headers {
		h.Set(name, value)
	}
	return h
}

func (v *vector) body() traffic.Body {
	if v.Body == nil {
		return traffic.Body{}
	}
	return traffic.BodyOf([]byte(*v.Body))
}

func (v *vector) request() *traffic.Request {
	url := "https://test.example" + v.URI
	if len(v.QueryParams) > 0 {
		url += "?" + strings.Join(v.QueryParams, "&")
	}
	return &traffic.Request{Method: v.Method, URL: url, Header: v.header(), Body: v.body()}
}

func (v *vector) response() *traffic.Response {
	return &traffic.Response{Status: v.Code, Header: v.header(), Body: v.body()}
}

// canonicalParams returns the parameters of a test in canonical form. In a test, a timestamp is a
// number of seconds and a blob is its text.
func (v *vector) canonicalParams() map[string]any {
	root, ok := v.contract.Root(v.part)
	if !ok || root.Name == "" || v.Params == nil {
		return map[string]any{}
	}
	return canonicalParam(v.contract, v.contract.Resolve(root), v.Params).(map[string]any)
}

func canonicalParam(c *schema.Contract, s *schema.Shape, value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for name, below := range value {
			shape := &schema.Shape{}
			if m, ok := s.Member(name); ok {
				if below == nil {
					continue // a null member is absent
				}
				shape = c.Resolve(m.Shape)
			} else if s.Type == schema.Map {
				shape = c.Resolve(*s.Value)
			}
			all[name] = canonicalParam(c, shape, below)
		}
		return all
	case []any:
		all := []any{}
		for _, below := range value {
			shape := &schema.Shape{}
			if s.Type == schema.List {
				shape = c.Resolve(*s.Element)
			}
			all = append(all, canonicalParam(c, shape, below))
		}
		return all
	case string:
		if s.Type == schema.Blob {
			return base64.StdEncoding.EncodeToString([]byte(value))
		}
	case json.Number:
		switch s.Type {
		case schema.Timestamp:
			text, err := timestamp(&visit.Site{Value: &jsontree.Node{Kind: '0', Text: string(value)}})
			if err == nil {
				return text
			}
		case schema.Float:
			return rounded(value, s.Bits.Or(64))
		}
	}
	return value
}
