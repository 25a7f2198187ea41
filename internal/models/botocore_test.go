package models

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestInstalled checks that models are found where boto3 would find them. Shell scripts stand in
// for Python.
func TestInstalled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped on Windows: uses shell scripts")
	}
	before := pythonTimeout
	pythonTimeout = 500 * time.Millisecond
	defer func() { pythonTimeout = before }()
	const found, none, asked = "#!/bin/sh\necho noise; echo \"crcheck botocore at $HOME/site/botocore\"\n", "#!/bin/sh\nexit 0\n", "#!/bin/sh\necho asked >&2; touch \"$HOME/asked\"; exit 3\n"
	type files = map[string]string
	site := files{"site/botocore/__init__.py": "__version__ = '1.43.67'\n", "site/botocore/data/endpoints.json": "{}",
		"site/botocore/data/beds/2019-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "Old")), "site/botocore/data/beds/2020-01-01/service-2.json.gz": gzipped(serviceModel("Beds", "New")),
		"site/botocore/data/beds/2021-01-01/examples-1.json": "{}", "site/botocore/data/shed-tools/2020-01-01/service-2.json.gz": gzipped(serviceModel("Shed", "Get"))}
	for name, v := range map[string]struct {
		source  string
		python  files // by name, in the order of the PATH
		own     files // below AWS_DATA_PATH
		home    files // below ~
		want    string
		problem string
		refused string
		asks    bool
	}{
		"a service":                         {source: "botocore:beds", python: files{"python3": found}, want: "beds.New@1.43.67"},
		"a service by its folder":           {source: "botocore:shed-tools", python: files{"python3": found}, want: "shed-tools.Get@1.43.67"},
		"all":                               {source: "botocore:", python: files{"python3": found}, want: "(beds) (shed-tools)"},
		"a signing name":                    {source: "botocore:sign-shed", python: files{"python3": found}, want: "shed-tools.Get@1.43.67"},
		"an endpoint":                       {source: "botocore:shed", python: files{"python3": found}, want: "shed-tools.Get@1.43.67"},
		"a version of the API":              {source: "botocore:beds@2019-01-01", python: files{"python3": found}, want: "beds.Old@1.43.67"},
		"no such version of the API":        {source: "botocore:beds@2021-01-01", python: files{"python3": found}, problem: "has no version 2021-01-01 of beds; use one of 2019-01-01, 2020-01-01"},
		"the version of botocore":           {source: "botocore:beds@1.43.67", python: files{"python3": found}, want: "beds.New@1.43.67"},
		"the version of botocore, all":      {source: "botocore:@1.43.67", python: files{"python3": found}, want: "(beds) (shed-tools)"},
		"another version of botocore":       {source: "botocore:beds@1.42.90", python: files{"python3": found}, problem: "botocore 1.43.67 is installed, at "},
		"no version":                        {source: "botocore:beds@latest", problem: `"latest" is not a version`},
		"an empty version":                  {source: "botocore:beds@", problem: `"" is not a version`},
		"a version of all APIs":             {source: "botocore:@2020-01-01", problem: "services do not share an API version"},
		"no such service":                   {source: "botocore:shed-tool", python: files{"python3": found}, problem: "has no service shed-tool; did you mean botocore:shed-tools?"},
		"no service at all":                 {source: "botocore:zzz", python: files{"python3": found}, problem: "use the name that boto3.client takes"},
		"a path is not a service":           {source: "botocore:../data/beds", python: files{"python3": found}, problem: "has no service ../data/beds"},
		"no Python":                         {source: "botocore:beds", problem: "there is no Python on the PATH to find botocore; install it (pip install botocore)"},
		"a Python without botocore":         {source: "botocore:beds", python: files{"python3": none}, problem: "python3 has no botocore"},
		"the next Python":                   {source: "botocore:beds", python: files{"python3": none, "python": found}, want: "beds.New@1.43.67"},
		"a Python that fails":               {source: "botocore:beds", python: files{"python3": asked}, problem: "python3 failed (exit status 3): asked", asks: true},
		"a Python that hangs":               {source: "botocore:beds", python: files{"python3": "#!/bin/sh\nexec sleep 60\n"}, problem: "did not find botocore within 500ms"},
		"a child that hangs":                {source: "botocore:beds", python: files{"python3": "#!/bin/sh\nsleep 60\n"}, problem: "did not find botocore within 500ms"},
		"a missing botocore folder":         {source: "botocore:beds", python: files{"python3": "#!/bin/sh\necho crcheck botocore at /nowhere/botocore\n"}, problem: "/nowhere/botocore/data has no service beds"},
		"AWS_DATA_PATH":                     {source: "botocore:beds", python: files{"python3": asked}, own: files{"beds/2018-01-01/service-2.json": serviceModel("Beds", "Own")}, want: "beds.Own"},
		"AWS_DATA_PATH, another service":    {source: "botocore:shed-tools", python: files{"python3": found}, own: files{"beds/2018-01-01/service-2.json": serviceModel("Beds", "Own")}, want: "shed-tools.Get@1.43.67"},
		"AWS_DATA_PATH, a version":          {source: "botocore:beds@2019-01-01", python: files{"python3": found}, own: files{"beds/2018-01-01/service-2.json": serviceModel("Beds", "Own")}, want: "beds.Old@1.43.67"},
		"AWS_DATA_PATH, without Python":     {source: "botocore:", own: files{"beds/2018-01-01/service-2.json": serviceModel("Beds", "Own")}, want: "(beds)", refused: "only the models of "},
		"AWS_DATA_PATH, a botocore version": {source: "botocore:beds@1.43.67", own: files{"beds/2018-01-01/service-2.json": serviceModel("Beds", "Own")}, problem: "there is no Python on the PATH"},
		"the home folder":                   {source: "botocore:mine", python: files{"python3": asked}, home: files{".aws/models/mine/2020-01-01/service-2.json": serviceModel("Mine", "Get")}, want: "mine.Get"},
		"the home folder, with the others":  {source: "botocore:", python: files{"python3": found}, home: files{".aws/models/mine/2020-01-01/service-2.json": serviceModel("Mine", "Get")}, want: "(beds) (mine) (shed-tools)"},
		"a model that cannot be read":       {source: "botocore:beds", own: files{"beds/2018-01-01/service-2.json": "{"}, problem: "none of the models can be read", refused: "service-2.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			home := lay(t, v.home)
			for path, text := range site {
				require.NoError(t, os.MkdirAll(filepath.Join(home, filepath.Dir(path)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(home, path), []byte(text), 0o644))
			}
			var path []string
			for _, python := range []string{"python3", "python"} {
				if script, ok := v.python[python]; ok {
					folder := lay(t, files{python: script})
					require.NoError(t, os.Chmod(filepath.Join(folder, python), 0o755))
					path = append(path, folder)
				}
			}
			tools := t.TempDir()
			for _, tool := range []string{"sleep", "touch"} {
				require.NoError(t, os.WriteFile(filepath.Join(tools, tool), []byte("#!/bin/sh\nexec /bin/"+tool+" \"$@\"\n"), 0o755))
			}
			t.Setenv("PATH", strings.Join(append(path, tools), string(os.PathListSeparator)))
			t.Setenv("HOME", home)
			t.Setenv("AWS_DATA_PATH", "")
			if v.own != nil {
				t.Setenv("AWS_DATA_PATH", "/nowhere"+string(os.PathListSeparator)+lay(t, v.own))
			}
			refused, began := "", time.Now()
			found, err := Installed(context.Background(), v.source, Options{Refused: func(err error) { refused = err.Error() }})
			require.Less(t, time.Since(began), 20*time.Second)
			if v.problem != "" {
				require.ErrorContains(t, err, v.problem)
			} else {
				require.NoError(t, err)
				require.Equal(t, v.want, said(found))
			}
			require.Contains(t, refused, v.refused)
			require.Equal(t, v.refused == "", refused == "")
			_, err = os.Stat(filepath.Join(home, "asked"))
			require.Equal(t, v.asks, err == nil, "whether Python ran")
		})
	}
}

// TestAskPython checks that a Python finds botocore without importing it, and not in the working
// directory.
func TestAskPython(t *testing.T) {
	python, ok := lookPython()
	if !ok {
		t.Skip("skipped: there is no Python on the PATH")
	}
	here := lay(t, map[string]string{"botocore/__init__.py": "raise SystemExit('imported')", "importlib/__init__.py": "raise SystemExit('imported')"})
	there := lay(t, map[string]string{"botocore/__init__.py": "raise SystemExit('imported')"})
	t.Chdir(here)
	t.Setenv("PYTHONPATH", there)
	home, err := askPython(context.Background(), python)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(there, "botocore"), home)
}

func lookPython() (string, bool) {
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(folder, "python3")
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, true
		}
	}
	return "", false
}
