package probe_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/botocore"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// shop returns the contracts of a small service.
func shop(t testing.TB) *schema.Catalog {
	t.Helper()
	model, err := os.ReadFile("testdata/shop.json")
	require.NoError(t, err)
	all, err := botocore.Read(model, "1")
	require.NoError(t, err)
	for _, c := range all {
		if c.Operation == "GetOrder" {
			c.Echoes = []schema.Echo{{Output: "/order/id", Input: "id"}}
		}
	}
	return schema.NewCatalog(all...)
}

// emulator is an emulator of the shop with one fault.
type emulator struct {
	fault  string
	oracle *validate.Catalog
	orders []map[string]any
	seen   []string // method and target of every request
	header http.Header
}

func newEmulator(t testing.TB, fault string) (*emulator, string) {
	t.Helper()
	oracle, err := validate.CompileCatalog(shop(t), validate.Options{Profile: finding.Strict})
	require.NoError(t, err)
	e := &emulator{fault: fault, oracle: oracle}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, server.URL
}

func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.seen = append(e.seen, r.Method+" "+r.RequestURI)
	e.header = r.Header
	if e.invalid(r, body) {
		e.fail(w, http.StatusBadRequest, "ValidationException")
		return
	}
	if r.Method == http.MethodPost {
		e.create(w, body)
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/orders/")
	at := slices.IndexFunc(e.orders, func(o map[string]any) bool { return o["id"] == id })
	switch {
	case at >= 0 && e.fault == "ignores the identifier":
		at = 0
	case at < 0 && e.fault == "error of another status":
		e.fail(w, http.StatusBadRequest, "NoOrderException")
		return
	case at < 0 && e.fault == "another error":
		e.fail(w, http.StatusNotFound, "NoShopException")
		return
	case at < 0 && e.fault == "error without a name":
		e.fail(w, http.StatusNotFound, "")
		return
	case at < 0:
		e.fail(w, http.StatusNotFound, "NoOrderException")
		return
	}
	e.response(w, http.StatusOK, e.orders[at])
}

// invalid asks the validator, unless the fault is not to.
func (e *emulator) invalid(r *http.Request, body []byte) bool {
	if e.fault == "accepts an invalid identifier" && r.Method == http.MethodGet || e.fault == "accepts an invalid body" && r.Method == http.MethodPost {
		return false
	}
	outcome, _ := e.oracle.Check(&traffic.Interaction{Live: true, Response: traffic.Response{Status: 200}, Request: &traffic.Request{
		Method: r.Method, URL: "http://shop" + r.RequestURI, Header: r.Header, Body: traffic.BodyOf(body)}}, validate.Bare{})
	return slices.ContainsFunc(outcome.Findings, func(f finding.Finding) bool { return f.Part == "input" && f.Rule != finding.MemberUnknown })
}

func (e *emulator) create(w http.ResponseWriter, body []byte) {
	var input map[string]any
	_ = json.Unmarshal(body, &input)
	order := map[string]any{"id": fmt.Sprintf("ord-%08x", len(e.orders)+1), "name": input["name"], "status": "OPEN", "note": "made",
		"payment": input["payment"], "lines": []any{map[string]any{"sku": "x", "discount": 5}}}
	e.orders = append(e.orders, order)
	status := http.StatusCreated
	if e.fault == "another status" {
		status = http.StatusOK
	}
	e.response(w, status, order)
}

func (e *emulator) response(w http.ResponseWriter, status int, order map[string]any) {
	order = maps.Clone(order)
	switch e.fault {
	case "a member is missing":
		delete(order, "note")
	case "a member of an element is missing":
		order["lines"] = []any{map[string]any{"sku": "x"}}
	case "a required member is missing":
		delete(order, "name")
	case "a member too many":
		order["trace"] = "1"
	case "an unknown member":
		order["colour"] = "red"
	case "two union members":
		order["payment"] = map[string]any{"card": "1", "cash": 1}
	case "another union member":
		order["payment"] = map[string]any{"cash": 1}
	case "an unknown value":
		order["status"] = "LOST"
	}
	if e.fault != "a header is missing" {
		w.Header().Set("ETag", "1")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text, _ := json.Marshal(map[string]any{"order": order})
	if e.fault == "not JSON" {
		text = text[:len(text)-1]
	}
	_, _ = w.Write(text)
}

func (e *emulator) fail(w http.ResponseWriter, status int, name string) {
	if name != "" {
		w.Header().Set("X-Amzn-Errortype", name)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"message":"no"}`)
}

// recorded returns a session with the service: two orders are created, then both and a third, which
// does not exist, are requested.
func recorded(t testing.TB) []*traffic.Interaction {
	t.Helper()
	order := func(id, name string) string {
		return `{"order":{"id":"` + id + `","name":"` + name + `","status":"DONE","note":"recorded","payment":{"card":"x"},"lines":[{"sku":"a","discount":1},{"sku":"b","discount":2}]}}`
	}
	return []*traffic.Interaction{
		interaction("POST", "/orders", `{"name":"first","payment":{"card":"x"},"speed":"SLOW"}`, 201, order("ord-aaaaaaaa", "first")),
		interaction("POST", "/orders", `{"name":"second","payment":{"card":"x"},"like":"ord-aaaaaaaa"}`, 201, order("ord-bbbbbbbb", "second")),
		interaction("GET", "/orders/ord-aaaaaaaa", "", 200, order("ord-aaaaaaaa", "first")),
		interaction("GET", "/orders/ord-bbbbbbbb?page=1", "", 200, order("ord-bbbbbbbb", "second")),
		interaction("GET", "/orders/ord-cccccccc", "", 404, `{"message":"none"}`, "NoOrderException"),
	}
}

func interaction(method, target, body string, status int, response string, errorName ...string) *traffic.Interaction {
	x := &traffic.Interaction{Source: "session.yaml", Kind: traffic.Cassette,
		Request:  &traffic.Request{Method: method, URL: "https://shop.us-east-1.amazonaws.com" + target, Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(body))},
		Response: traffic.Response{Status: status, Header: http.Header{"Content-Type": {"application/json"}, "Etag": {"2"}}, Body: traffic.BodyOf([]byte(response))}}
	for _, name := range errorName {
		x.Response.Header.Set("X-Amzn-Errortype", name)
	}
	return x
}
