//go:build !unix

package main

import "testing"

func fifo(t *testing.T, path string) { t.Skip("the file system has no pipes") }
