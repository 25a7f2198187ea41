//go:build !unix

package redact

import "testing"

func pipe(t *testing.T, _ string) { t.Skip("there are no pipes here") }
