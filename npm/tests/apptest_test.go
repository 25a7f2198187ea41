// Package tests tries the helper of the npm package in test runners.
package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// body is a test after the imports of a runner. Its pins leave few responses.
const body = `
process.env.AWS_PROFILE = "mine";
const job = "/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/20000000-0000-4000-8000-000000000002";
const check = (got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error("got " + JSON.stringify(got) + ", want " + JSON.stringify(want));
};
eachResponse("GetProtectedJob", { pin: { status: "FAILED", "statistics.totalDurationInMillis": 7 }, ...functions }, async (response) => {
  check([process.env.AWS_ENDPOINT_URL, process.env.AWS_PROFILE], [response.endpoint, undefined]);
  const got = await outcome(async () => {
    const r = await fetch(process.env.AWS_ENDPOINT_URL + job);
    const body = await r.json();
    if (!r.ok) throw new RangeError(body.message + " from " + r.url);
    return { url: [r.url], status: body.protectedJob.status, $metadata: { attempts: 1 } };
  }, response);
  if (response.id === "full") check(got, { returns: { url: ["<endpoint>" + job], status: "FAILED" } });
  if (response.id === "error=ThrottlingException") check(got, { raises: "RangeError", message: "Rate exceeded from <endpoint>" + job });
});
afterAll(() => check(process.env.AWS_PROFILE, "mine"));
`

// TestRunners checks that the helper defines tests in each runner, with its functions as globals or
// passed, and as both kinds of modules.
func TestRunners(t *testing.T) {
	vitest := []string{"vitest/vitest.mjs", "run"}
	jest := []string{"jest/bin/jest.js", "--ci", "--config", `{"testMatch": ["**/*.test.*"]}`}
	const required = `const { eachResponse, outcome } = require("crcheck/apptest");`
	const imported = `import { eachResponse, outcome } from "crcheck/apptest";`
	forVitest, forJest := install(t, "poller-typescript"), install(t, "jest", "job.test.js")
	for _, row := range []struct {
		name    string
		in      installation
		file    string
		command []string
		imports string
	}{
		{"vitest, passed", forVitest, "a.test.mjs", vitest, imported + `import { test, beforeAll, afterAll } from "vitest"; const functions = { test, beforeAll, afterAll };`},
		{"vitest, global", forVitest, "a.test.ts", append(vitest, "--globals"), imported + `const functions = {};`},
		{"vitest, required", forVitest, "a.test.mjs", append(vitest, "--globals"), `import { createRequire } from "node:module"; const functions = {}; const require = createRequire(import.meta.url);` + required},
		{"jest, global", forJest, "a.test.js", jest, required + `const functions = {};`},
		{"jest, passed", forJest, "a.test.js", append(jest, "--injectGlobals=false"), required + `const { test, beforeAll, afterAll } = require("@jest/globals"); const functions = { test, beforeAll, afterAll };`},
		{"jest, module", forJest, "a.test.mjs", jest, imported + `const functions = {};`},
		{"node", forJest, "a.test.mjs", []string{"--test"}, imported + `import { test, before as beforeAll, after as afterAll } from "node:test"; const functions = { test, beforeAll, afterAll };`},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := row.in.run(t, row.file, row.imports+body, row.command...)
			require.NoError(t, err, out)
			require.Regexp(t, `(?m)^(\s*Tests:?\s+|# pass )\d\d( passed|$)`, out)
		})
	}
}

// TestProblems checks what the helper says about tests that cannot work.
func TestProblems(t *testing.T) {
	modules := install(t, "jest", "job.test.js")
	const begin = `const { eachResponse } = require("crcheck/apptest"); const { test, before, after } = require("node:test"); const functions = { test, beforeAll: before, afterAll: after };`
	for _, row := range []struct{ name, source, want string }{
		{"no functions", `eachResponse("GetProtectedJob", {}, () => {});`, "eachResponse needs the functions of the test runner: pass { test, beforeAll, afterAll }"},
		{"an unknown operation", `eachResponse("GetProtectedJbo", functions, () => {});`, "GetProtectedJob"},
		{"an unknown pin", `eachResponse("GetProtectedJob", { pin: { statsu: 1 }, ...functions }, () => {});`, "did you mean status?"},
		{"a missing contract", `eachResponse("GetProtectedJob", { contract: "no-such.json", ...functions }, () => {});`, "no-such.json"},
		{"no request", `eachResponse("GetProtectedJob", functions, () => {});`, "the code under test sent no request to response.endpoint; make its client in the test"},
		{"another operation", `eachResponse("GetProtectedJob", functions, (response) => fetch(response.endpoint + "/other"));`, "GET /other: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := modules.run(t, "a.test.cjs", begin+row.source, "--test")
			require.Error(t, err, out)
			require.Contains(t, out, row.want)
		})
	}
}

// installation is a folder with the modules of an example, and one in it with the package.
type installation struct{ folder, below string }

func install(t *testing.T, recipe string, files ...string) installation {
	folder := installed.Folder(t, installed.NPM(filepath.Join("..", "..", "examples", recipe), files...))
	return installation{folder, installed.NPMPackage(t, filepath.Join("..", ".."), folder)}
}

// run runs a test file with node, or with a module of the installation.
func (i installation) run(t *testing.T, file, source string, command ...string) (string, error) {
	folder, err := os.MkdirTemp(i.below, "")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(source), 0o644))
	if command[0] == "--test" {
		command = []string{"--test", "--test-reporter=tap", file}
	} else {
		command = append([]string{filepath.Join(i.folder, "node_modules", command[0])}, command[1:]...)
	}
	run := exec.CommandContext(t.Context(), "node", command...)
	run.Dir = folder
	run.Env = append(os.Environ(), "CI=true", "NO_COLOR=1", "NODE_OPTIONS=--experimental-vm-modules") // for modules in Jest
	out, err := run.CombinedOutput()
	return string(out), err
}
