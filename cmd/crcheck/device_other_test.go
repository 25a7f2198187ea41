//go:build !linux

package main

import "testing"

func nullDevice(t *testing.T, path string) { t.Skip("device numbers differ on this system") }
func fullDevice(t *testing.T, path string) { t.Skip("device numbers differ on this system") }
