package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/redact"
)

// pythonTimeout limits the time of a Python to find botocore.
var pythonTimeout = 10 * time.Second

// findBotocore is a Python program that prints the folder of botocore without importing it. It
// removes the working directory, which -c puts first, from the search path.
const findBotocore = `import sys
sys.path = [p for p in sys.path if p]
import importlib.util
spec = importlib.util.find_spec("botocore")
for path in (spec and spec.submodule_search_locations) or []:
    print("crcheck botocore at " + path)
`

// pythonsBotocore returns the folder of botocore of the first Python on the PATH that has it.
func pythonsBotocore(ctx context.Context) (string, error) {
	var problems []error
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		home, err := askPython(ctx, path)
		switch {
		case err != nil && ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil:
			problems = append(problems, fmt.Errorf("%s %w", path, err))
		default:
			return home, nil
		}
	}
	if len(problems) == 0 {
		return "", errors.New("there is no Python on the PATH to find botocore")
	}
	return "", errors.New(strings.ReplaceAll(errors.Join(problems...).Error(), "\n", ", and "))
}

func askPython(ctx context.Context, python string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pythonTimeout, errSlow)
	defer cancel()
	var stderr, stdout ending
	cmd := exec.CommandContext(ctx, python, "-c", findBotocore)
	cmd.Env = redact.WithoutKey(os.Environ())
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // a child process may keep the pipes open
	err := cmd.Run()
	for line := range strings.Lines(stdout.String()) {
		if home, ok := strings.CutPrefix(strings.TrimSpace(line), "crcheck botocore at "); ok {
			return home, nil
		}
	}
	switch {
	case context.Cause(ctx) == errSlow:
		return "", fmt.Errorf("did not find botocore within %v", pythonTimeout)
	case err != nil:
		return "", fmt.Errorf("failed (%w): %s", err, stderr.last())
	}
	return "", errors.New("has no botocore")
}

var errSlow = errors.New("too slow")

// ending is a writer that keeps the end of the text.
type ending struct{ text []byte }

func (e *ending) Write(p []byte) (int, error) {
	const maxText = 64 << 10
	e.text = append(e.text, p...)
	if extra := len(e.text) - maxText; extra > 0 {
		e.text = e.text[extra:]
	}
	return len(p), nil
}

func (e *ending) String() string { return string(e.text) }

// last returns the last line, which is the error in a traceback.
func (e *ending) last() string {
	lines := strings.Split(strings.TrimSpace(e.String()), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if len(line) > 200 {
		line = line[:200] + "…"
	}
	return line
}
