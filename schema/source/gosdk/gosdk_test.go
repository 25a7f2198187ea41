package gosdk_test

import (
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/schema/source/gosdk"
	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestGoSDK reads small clients, written in the way of the SDK.
func TestRead(t *testing.T) {
	for _, name := range []string{"garden", "tables"} {
		t.Run(name, func(t *testing.T) {
			folder := os.DirFS(filepath.Join("testdata", name))
			require.True(t, gosdk.Is(folder))
			contracts, err := gosdk.Read(folder)
			require.NoError(t, err)
			require.Len(t, contracts, 1)
			require.Equal(t, "go-sdk", contracts[0].Origins[0].Kind)
			contracts[0].Origins = nil // the digest of the source says nothing here
			text, err := contracts[0].Encode()
			require.NoError(t, err)
			path := filepath.Join("testdata", name+".json")
			if *sourcetest.Update {
				require.NoError(t, os.WriteFile(path, text, 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), string(text))
		})
	}
	require.False(t, gosdk.Is(os.DirFS("testdata")))
}

func ExampleRead() {
	contracts, err := gosdk.Read(os.DirFS("testdata/garden"))
	if err != nil {
		log.Fatal(err)
	}
	growth, _, _ := contracts[0].At(schema.Place{Part: schema.OutputPart, Pointer: "/bed/growth"})
	for _, m := range growth.Members { // reflection could not list them
		fmt.Println(contracts[0], m.Name)
	}
	// Output:
	// garden.GetBed@1.2.3 herb
	// garden.GetBed@1.2.3 tree
}

// copied is a folder in memory, to break.
func copied(t *testing.T, folder fs.FS) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	}))
	return files
}

func TestGoSDKProblems(t *testing.T) {
	for name, test := range map[string]struct {
		breakIt func(fstest.MapFS)
		file    string
		line    int
	}{
		"no Go":         {func(f fstest.MapFS) { f["types/enums.go"].Data = []byte("package types\n\ntype {") }, "types/enums.go", 3},
		"no ServiceID":  {func(f fstest.MapFS) { f["api_client.go"].Data = []byte("package garden") }, "api_client.go", 0},
		"no serializer": {func(f fstest.MapFS) { delete(f, "serializers.go") }, "serializers.go", 0},
		"no operation":  {func(f fstest.MapFS) { delete(f, "api_op_GetBed.go") }, "api_client.go", 0},
		"no output": {func(f fstest.MapFS) {
			f["api_op_GetBed.go"].Data = []byte(strings.ReplaceAll(string(f["api_op_GetBed.go"].Data), "type GetBedOutput", "type Other"))
		}, "api_op_GetBed.go", 0},
		"another protocol": {func(f fstest.MapFS) {
			for _, file := range f {
				file.Data = []byte(strings.ReplaceAll(string(file.Data), "awsRestjson1", "awsRestxml"))
			}
		}, "serializers.go", 0},
	} {
		t.Run(name, func(t *testing.T) {
			files := copied(t, os.DirFS("testdata/garden"))
			test.breakIt(files)
			_, err := gosdk.Read(files)
			var problem *schema.DocumentError
			require.ErrorAs(t, err, &problem, name)
			require.Equal(t, []any{test.file, test.line}, []any{problem.File, problem.Line}, name)
			require.NotEmpty(t, problem.Remedy)
		})
	}
}

// cleanroomsSDK is the folder of the client's source, as the module cache has it.
func cleanroomsSDK(t testing.TB) fs.FS {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/cleanrooms").Output()
	folder := strings.TrimSpace(string(out))
	if err != nil || folder == "" {
		t.Skipf("the client's source is not here: %v", err)
	}
	return os.DirFS(folder)
}

// TestGoSDKReal: the client of v1.45.2 promises what the model promises, but for
// what that gained since: intermediate tables and a larger worker of queries.
func TestGoSDKReal(t *testing.T) {
	contracts, err := gosdk.Read(cleanroomsSDK(t))
	require.NoError(t, err)
	require.Len(t, contracts, 88)
	text, err := os.ReadFile("../../../shared/data/models/cleanrooms-1.43.67.service-2.json")
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	models, err := botocore.Read(text, "1.43.67")
	require.NoError(t, err)
	byName := map[string]*schema.Contract{}
	for _, c := range models {
		byName[c.Name()] = c
	}
	differences := 0
	for _, c := range contracts {
		require.NotNil(t, byName[c.Name()], c.Name())
		for _, d := range schema.Diff(c, byName[c.Name()]) {
			differences++
			switch {
			case d.Facet == "member":
				require.Empty(t, d.A, "%s: the client has %s", c, d.Place)
			case d.Facet == "enum":
				require.Less(t, len(schema.ValueText(d.A)), len(schema.ValueText(d.B)), "%s: %s", c, d.Place)
			default:
				require.Equal(t, "input#/description required", d.Place.String()+" "+d.Facet, "%s: %s, %s", c, d.A, d.B)
			}
		}
		if c.Operation == "GetProtectedJob" {
			require.Empty(t, schema.Diff(c, byName[c.Name()]))
			output, _, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/protectedJob/result/output"})
			require.True(t, ok)
			require.Equal(t, "memberList", output.Members[0].Name)
			require.Equal(t, "s3", output.Members[1].Name)
			require.Len(t, c.Errors, 5)
		}
	}
	require.Equal(t, 36, differences)
}

func BenchmarkGoSDK(b *testing.B) {
	folder := cleanroomsSDK(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gosdk.Read(folder); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzGoSDK: no source makes the reader panic, and what it reads is sound.
func FuzzGoSDK(f *testing.F) {
	for _, name := range []string{"serializers.go", "deserializers.go", "types/types.go", "types/errors.go", "api_op_GetBed.go"} {
		text, err := os.ReadFile(filepath.Join("testdata", "garden", filepath.FromSlash(name)))
		require.NoError(f, err)
		f.Add(name, text)
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		files := copied(t, os.DirFS("testdata/garden"))
		if files[name] == nil {
			return
		}
		files[name] = &fstest.MapFile{Data: text}
		contracts, err := gosdk.Read(files)
		if err != nil {
			return
		}
		for _, c := range contracts {
			require.NoError(t, c.Check())
		}
	})
}
