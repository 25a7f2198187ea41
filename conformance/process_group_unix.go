//go:build unix

package conformance

import (
	"os/exec"
	"syscall"
)

// ownGroup starts the command in a process group of its own, so that what it
// starts in turn can be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// The whole group gets a signal, also after its leader has been waited for: the
// number of a group is not given to another while it has a member, and one that
// has none is unlikely to be reused within the moment between the two calls.

func terminateGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
