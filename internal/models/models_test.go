package models

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	reader "github.com/crcheck/crcheck/schema/source/botocore"
)

// serviceModel returns a botocore model of one operation.
func serviceModel(id, operation string) string {
	lower := strings.ToLower(id)
	return fmt.Sprintf(`{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":%q,"protocol":"rest-json","serviceId":%q,"signatureVersion":"v4","signingName":"sign-%s","uid":"x"},
		"operations":{%q:{"name":%q,"http":{"method":"GET","requestUri":"/%s"},"output":{"shape":"Out"}}},"shapes":{"Out":{"type":"structure","members":{}}}}`, lower, id, lower, operation, operation, operation)
}

const smithy = `{"smithy":"2.0","shapes":{"a#S":{"type":"service","version":"1","operations":[{"target":"a#%[1]s"}],"traits":{"aws.protocols#restJson1":{},"aws.api#service":{"sdkId":"Shed"}}},
	"a#%[1]s":{"type":"operation","traits":{"smithy.api#http":{"method":"GET","uri":"/x"}}}}}`

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// lay writes files into a new folder.
func lay(t testing.TB, files map[string]string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "models")
	require.NoError(t, os.MkdirAll(root, 0o755))
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

// said lists the services, in parentheses, and contracts that were found.
func said(f *Found) string {
	var names []string
	for _, s := range f.Services {
		names = append(names, "("+s.Name+")")
	}
	for _, c := range f.Contracts {
		names = append(names, c.String())
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestFolder(t *testing.T) {
	for name, v := range map[string]struct {
		files   map[string]string
		below   string // the folder to read
		found   string
		all     string // after the services are loaded
		passed  int
		refused []string // in order
		problem string
	}{
		"botocore's layout": {files: map[string]string{
			"beds/2019-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "Old")), "beds/2020-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "New")), "beds/2021-01-01/examples-1.json": "{}",
			"shed/2020-01-01/service-2.json": serviceModel("Shed", "Get"), "shed/2020-01-01/paginators-1.json": "{}", "shed/2020-01-01/service-2.sdk-extras.json": "{}",
			"shed/2020-01-01/waiters-2.json": "{}", "shed/2020-01-01/endpoint-rule-set-1.json.gz": "\x1f\x8bx", "shed/2020-01-01/endpoint-bdd-1.json": "{}", "endpoints.json": "{}", "partitions.json": "{}", "_retry.json": "{}", "sdk-default-configuration.json": "{}",
		}, found: "(beds) (shed)", all: "beds.New shed.Get"},
		"the folder names the service": {files: map[string]string{
			"sms/2020-01-01/service-2.json": serviceModel("Same", "Get"), "pinpoint-sms/2020-01-01/service-2.json": serviceModel("Same", "Get"),
		}, found: "(pinpoint-sms) (sms)", all: "pinpoint-sms.Get sms.Get"},
		"deeper":                  {files: map[string]string{"a/b/botocore/data/beds/2020-01-01/service-2.json": serviceModel("Beds", "Get"), "a/__init__.py": "import b", "a/b/loaders.py": ""}, found: "(beds)", all: "beds.Get", passed: 2},
		"a service's folder":      {files: map[string]string{"mine/2019-01-01/service-2.json": serviceModel("Beds", "Old"), "mine/2020-01-01/service-2.json": serviceModel("Beds", "Get")}, below: "mine", found: "(beds)", all: "beds.Get"},
		"a version's folder":      {files: map[string]string{"mine/2020-01-01/service-2.json": serviceModel("Beds", "Get")}, below: "mine/2020-01-01", found: "(beds)", all: "beds.Get"},
		"plain beside gzip":       {files: map[string]string{"beds/2020-01-01/service-2.json": serviceModel("Beds", "Plain"), "beds/2020-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "Gzip"))}, found: "(beds)", all: "beds.Plain"},
		"gzip by content":         {files: map[string]string{"one.json": gzipped(serviceModel("Beds", "Get")), "two.json.gz": serviceModel("Shed", "Get")}, found: "beds.Get shed.Get", all: "beds.Get shed.Get"},
		"broken gzip":             {files: map[string]string{"one.json.gz": gzipped(serviceModel("Beds", "Get"))[:60], "two.json": serviceModel("Shed", "Get")}, found: "shed.Get", all: "shed.Get", refused: []string{"one.json.gz: the gzip data is broken"}},
		"one refused":             {files: map[string]string{"bad.json": strings.Replace(serviceModel("Beds", "Get"), `"Out"`, `"None"`, 1), "good.json": serviceModel("Shed", "Get"), "notes.txt": "hello"}, found: "shed.Get", all: "shed.Get", passed: 1, refused: []string{"bad.json: line 2"}},
		"one refused when used":   {files: map[string]string{"beds/2020-01-01/service-2.json": strings.Replace(serviceModel("Beds", "Get"), `"Out"`, `"None"`, 1), "shed/2020-01-01/service-2.json": serviceModel("Shed", "Get")}, found: "(beds) (shed)", all: "shed.Get", refused: []string{"service-2.json: line 2"}},
		"one without metadata":    {files: map[string]string{"beds/2020-01-01/service-2.json": `{"operations":{},"shapes":{},"metadata":{}}`, "shed/2020-01-01/service-2.json": serviceModel("Shed", "Get")}, found: "(shed)", all: "shed.Get", refused: []string{"service-2.json: line 1"}},
		"metadata after shapes":   {files: map[string]string{"beds/2020-01-01/service-2.json": strings.Replace(serviceModel("Beds", "Get"), `{"version":"2.0",`, `{"version":"2.0","examples":{},`, 1)}, found: "beds.Get", all: "beds.Get"},
		"none readable":           {files: map[string]string{"bad.json": strings.Replace(serviceModel("Beds", "Get"), `"Out"`, `"None"`, 1)}, refused: []string{"bad.json"}, problem: "none of the documents of the folder can be read"},
		"nothing":                 {files: map[string]string{"notes.txt": "hello", ".hidden.json": serviceModel("Beds", "Get")}, problem: "no file of the folder describes an operation"},
		"no folder":               {below: "missing", problem: "missing"},
		"one service twice":       {files: map[string]string{"a/beds/2020-01-01/service-2.json": serviceModel("Beds", "Get"), "b/beds/2020-01-01/service-2.json": serviceModel("Beds", "Get")}, problem: "both describe the service beds"},
		"one contract twice":      {files: map[string]string{"a.json": serviceModel("Beds", "Get"), "b.json": serviceModel("Beds", "Get")}, problem: "both describe beds.Get"},
		"api-models-aws":          {files: map[string]string{"shed/service/2019-01-01/shed-2019-01-01.json": fmt.Sprintf(smithy, "Old"), "shed/service/2020-01-01/shed-2020-01-01.json": fmt.Sprintf(smithy, "New"), "beds/service/2020-01-01/beds.json": serviceModel("Beds", "Get")}, found: "beds.Get shed.New", all: "beds.Get shed.New"},
		"endpoints, on their own": {files: map[string]string{"endpoints.json": serviceModel("Beds", "Get"), "2020-01-01/paginators-1.json": "{}"}, found: "beds.Get", all: "beds.Get"},
	} {
		t.Run(name, func(t *testing.T) {
			var refused []string
			found, err := Folder(filepath.Join(lay(t, v.files), filepath.FromSlash(v.below)), Options{Refused: func(err error) { refused = append(refused, err.Error()) }})
			if v.problem != "" {
				require.ErrorContains(t, err, v.problem)
			} else {
				require.NoError(t, err)
				require.Equal(t, v.found, said(found))
				require.Equal(t, v.passed, found.Passed)
				found.Load("")
				require.Equal(t, v.all, said(found))
			}
			require.Len(t, refused, len(v.refused))
			for i := range refused {
				require.Contains(t, refused[i], v.refused[i])
			}
		})
	}
}

// TestVersion checks that contracts from botocore's folder have the version of botocore.
func TestVersion(t *testing.T) {
	files := map[string]string{"botocore/__init__.py": "import os\n__version__ = '1.43.67'\n", "botocore/data/beds/2020-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "Get")), "other/beds/2020-01-01/service-2.json": serviceModel("Beds", "Get")}
	for name, v := range map[string]struct{ below, version, want, botocore string }{
		"its data":            {"botocore/data", "", "beds.Get@1.43.67", "1.43.67"},
		"itself":              {"botocore", "", "beds.Get@1.43.67", "1.43.67"},
		"a service":           {"botocore/data/beds", "", "beds.Get@1.43.67", "1.43.67"},
		"a version":           {"botocore/data/beds/2020-01-01", "", "beds.Get@1.43.67", "1.43.67"},
		"an explicit version": {"botocore/data", "7", "beds.Get@7", "1.43.67"},
		"another folder":      {"other", "", "beds.Get", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := Folder(filepath.Join(lay(t, files), filepath.FromSlash(v.below)), Options{Version: v.version})
			require.NoError(t, err)
			require.Equal(t, v.botocore, found.Botocore)
			found.Load("")
			require.Equal(t, v.want, said(found))
		})
	}
	t.Run("a file", func(t *testing.T) {
		result, err := Read(filepath.Join(lay(t, files), "botocore", "data", "beds", "2020-01-01", "service-2.json.gz"), "")
		require.NoError(t, err)
		require.Equal(t, "beds.Get@1.43.67", result.Contracts[0].String())
	})
}

// TestServiceAgrees checks that the metadata of a service agree with its contracts.
func TestServiceAgrees(t *testing.T) {
	data := os.Getenv("CRCHECK_BOTOCORE_DATA") // botocore's folder of models
	if data == "" {
		data = lay(t, map[string]string{"beds/2020-01-01/service-2.json": serviceModel("Beds", "Get")})
	}
	found, err := Folder(data, Options{})
	require.NoError(t, err)
	for i, s := range found.Services {
		if testing.Short() && i%20 > 0 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			operations := map[string]*schema.Contract{}
			for _, route := range s.Routes() {
				operations[route.Operation] = route
			}
			contracts := s.Load()
			require.Len(t, operations, len(contracts))
			for _, c := range contracts {
				require.Equal(t, s.Name, c.Service)
				require.Equal(t, s.Signing, c.Signing.Or(""))
				require.Equal(t, s.Protocol, c.Protocol.Or(""))
				require.Equal(t, &schema.Contract{Operation: c.Operation, Method: schema.Is(c.Method.Or("")), URI: schema.Is(c.URI.Or(""))}, operations[c.Operation])
				if target, ok := c.Target.Get(); ok {
					require.Equal(t, s.TargetPrefix+"."+c.Operation, target)
				}
			}
		})
	}
}

// BenchmarkStart measures building a catalog of all botocore models, before any traffic.
func BenchmarkStart(b *testing.B) {
	data := os.Getenv("CRCHECK_BOTOCORE_DATA")
	if data == "" {
		b.Skip("CRCHECK_BOTOCORE_DATA is not set to botocore's folder of models")
	}
	b.ReportAllocs()
	for b.Loop() {
		found, err := Folder(data, Options{})
		require.NoError(b, err)
		schema.NewServiceCatalog(found.Services, found.Contracts...)
	}
}

// FuzzHead checks that no document makes reading the metadata and routes panic, and that they agree
// with the contracts.
func FuzzHead(f *testing.F) {
	f.Add([]byte(serviceModel("Beds", "Get")))
	f.Add([]byte(`{"version":"2.0","metadata":{"protocol":"json","targetPrefix":1}}`))
	f.Add([]byte(`{"metadata":{`))
	f.Fuzz(func(t *testing.T, document []byte) {
		service, ok := reader.Service(bytes.NewReader(document))
		routes, _ := reader.Routes(bytes.NewReader(document))
		contracts, err := reader.Read(document, "")
		if err != nil {
			return
		}
		require.Len(t, routes, len(contracts))
		if ok {
			require.Equal(t, service.Name, contracts[0].Service)
		}
	})
}
