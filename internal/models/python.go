package models

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// pythonTimeout bounds how long a Python may take to say where botocore is.
var pythonTimeout = 10 * time.Second

// findBotocore prints where a Python would import botocore from. It imports
// nothing of it, nor anything from the working directory, which -c puts first.
const findBotocore = `import sys
sys.path = [p for p in sys.path if p]
import importlib.util
spec = importlib.util.find_spec("botocore")
for path in (spec and spec.submodule_search_locations) or []:
    print("crcheck botocore at " + path)
`

// pythonsBotocore returns the folder of the botocore that the first Python on the
// PATH has that has any.
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
		return "", errors.New("there is no Python on the PATH to find botocore with")
	}
	return "", errors.New(strings.ReplaceAll(errors.Join(problems...).Error(), "\n", ", and "))
}

func askPython(ctx context.Context, python string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pythonTimeout, errSlow)
	defer cancel()
	var stderr, stdout ending
	cmd := exec.CommandContext(ctx, python, "-c", findBotocore)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // for a child that keeps the pipes open
	err := cmd.Run()
	for line := range strings.Lines(stdout.String()) {
		if home, ok := strings.CutPrefix(strings.TrimSpace(line), "crcheck botocore at "); ok {
			return home, nil
		}
	}
	switch {
	case context.Cause(ctx) == errSlow:
		return "", fmt.Errorf("did not say within %v where botocore is", pythonTimeout)
	case err != nil:
		return "", fmt.Errorf("failed (%w): %s", err, stderr.last())
	}
	return "", errors.New("has no botocore")
}

var errSlow = errors.New("too slow")

// ending keeps the end of what is written.
type ending struct{ text []byte }

func (e *ending) Write(p []byte) (int, error) {
	const most = 64 << 10
	e.text = append(e.text, p...)
	if extra := len(e.text) - most; extra > 0 {
		e.text = e.text[extra:]
	}
	return len(p), nil
}

func (e *ending) String() string { return string(e.text) }

// last returns the last line, which says what went wrong.
func (e *ending) last() string {
	lines := strings.Split(strings.TrimSpace(e.String()), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if len(line) > 200 {
		line = line[:200] + "…"
	}
	return line
}
