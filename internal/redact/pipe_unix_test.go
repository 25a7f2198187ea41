//go:build unix

package redact

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func pipe(t *testing.T, path string) { require.NoError(t, syscall.Mkfifo(path, 0o600)) }
