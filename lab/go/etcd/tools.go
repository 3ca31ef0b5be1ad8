//go:build tools

// Package tools names the main packages, so that go.mod and go.sum cover all that they import.
package tools

import (
	_ "go.etcd.io/etcd/etcdctl/v3"
	_ "go.etcd.io/etcd/server/v3"
)
