//go:build tools

// Package tools names the main packages, so that go.mod and go.sum cover all that they import.
package tools

import (
	_ "github.com/versity/versitygw/cmd/versitygw"
)
