package mock_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// call is an operation that a client calls.
type call struct {
	Operation string          `json:"operation"`
	Input     json.RawMessage `json:"input"`

	output []byte // the body of the full response
}

var reads = regexp.MustCompile(`^(Get|BatchGet|List|Describe|Preview|TransactGet|Query$|Scan$)`)

// readsOf returns the calls of the operations of a service that read, and its catalog.
func readsOf(t *testing.T, service string) ([]call, []*schema.Contract) {
	text, err := os.ReadFile("../../../shared/data/models/" + service + "-1.43.67.service-2.json")
	if err != nil {
		t.Skip(err)
	}
	result, err := source.Read(text, "1.43.67")
	require.NoError(t, err)
	var all []call
	for _, c := range result.Contracts {
		if !reads.MatchString(c.Operation) {
			continue
		}
		s, err := synth.New(c, schema.SDK)
		require.NoError(t, err)
		input, err := s.Minimal(schema.InputPart)
		require.NoError(t, err)
		l, err := responses.Of(c, responses.Options{})
		require.NoError(t, err)
		full, err := l.Make(l.Full(), synth.Request{}, false)
		require.NoError(t, err)
		all = append(all, call{c.Operation, input, full.Body})
	}
	return all, result.Contracts
}

// TestSDKs checks that SDKs parse the full response of each operation of two services that reads,
// and that their paginators and waiters end.
func TestSDKs(t *testing.T) {
	calls := map[string][]call{}
	var contracts []*schema.Contract
	services := []string{"cleanrooms", "dynamodb"}
	for _, service := range services {
		some, all := readsOf(t, service)
		calls[service] = some
		contracts = append(contracts, all...)
	}
	text, err := json.Marshal(calls)
	require.NoError(t, err)
	list := filepath.Join(t.TempDir(), "calls.json")
	require.NoError(t, os.WriteFile(list, text, 0o644))
	for _, sdk := range []struct {
		name    string
		recipe  installed.Recipe
		command func(into string) []string
		waiters int
		older   bool // than the models: it does not know all members
	}{
		{"boto3", installed.Python("testdata/python"), func(into string) []string {
			return []string{filepath.Join(into, "bin", "python"), "testdata/python/reads.py", list}
		}, 6, false},
		{"javascript", installed.NPM("testdata/javascript", "reads.mjs"), func(into string) []string {
			return []string{"node", filepath.Join(into, "reads.mjs"), list}
		}, 0, true},
	} {
		t.Run(sdk.name, func(t *testing.T) {
			into := installed.Folder(t, sdk.recipe)
			s, err := mock.New(schema.NewCatalog(contracts...), nil, 0)
			require.NoError(t, err)
			l := httptest.NewServer(s)
			defer l.Close()
			defer s.Close()
			command := sdk.command(into)
			run := exec.CommandContext(t.Context(), command[0], command[1:]...)
			run.Env = serve.Environment(os.Environ(), l.URL, "us-east-1", services...)
			var stderr bytes.Buffer
			run.Stderr = &stderr
			out, err := run.Output()
			require.NoError(t, err, stderr.String())
			parsed, missing, pages, waiters := 0, 0, 0, 0
			for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
				var line struct {
					Service, Operation, Error, Waiter string
					Output                            any
					Pages                             int
					Missing                           bool
				}
				require.NoError(t, json.Unmarshal(lines.Bytes(), &line))
				name := line.Service + "." + line.Operation
				require.Empty(t, line.Error, name+" "+line.Waiter)
				switch {
				case line.Missing:
					missing++
				case line.Waiter != "":
					waiters++
				case line.Pages > 0:
					require.LessOrEqual(t, line.Pages, 2, name)
					pages++
				default:
					i := slices.IndexFunc(calls[line.Service], func(c call) bool { return c.Operation == line.Operation })
					var want any
					require.NoError(t, json.Unmarshal(calls[line.Service][i].output, &want))
					require.Empty(t, differs("", want, line.Output, sdk.older), name)
					parsed++
				}
			}
			t.Logf("%d operations, %d paginators, %d waiters; %d operations that the SDK does not have", parsed, pages, waiters, missing)
			require.Equal(t, len(calls["cleanrooms"])+len(calls["dynamodb"]), parsed+missing)
			require.True(t, missing == 0 || sdk.older && missing < parsed/4, "%d operations are missing", missing)
			require.NotZero(t, pages)
			require.GreaterOrEqual(t, waiters, sdk.waiters)
			require.Zero(t, s.Counts().Invalid+s.Counts().Refused)
		})
	}
}

// differs returns where a parsed output has other members or entries than the response. An older SDK
// drops members that it does not know.
func differs(at string, want, got any, older bool) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok || len(got) > len(want) || len(got) < len(want) && !older {
			return fmt.Sprintf("%s: got %v, want %v", at, got, want)
		}
		for name, value := range want {
			if older && got[name] == nil {
				continue
			}
			if d := differs(at+"/"+name, value, got[name], older); d != "" {
				return d
			}
		}
	case []any:
		got, ok := got.([]any)
		if !ok || len(got) != len(want) {
			return fmt.Sprintf("%s: got %v, want %v", at, got, want)
		}
		for i, value := range want {
			if d := differs(fmt.Sprint(at, "/", i), value, got[i], older); d != "" {
				return d
			}
		}
	default:
		if got == nil {
			return at + " is absent"
		}
	}
	return ""
}
