#!/bin/sh
# Compiles the contracts and writes settle/bindings: NAME.abi, NAME.bin, the Go
# bindings and SOURCES.sha256. Needs node and npm; Go code needs neither, since
# the result is committed.
#
# CI checks that the result is current in two ways: where node is at hand, run
# this and then `git diff --exit-code settle/bindings`; everywhere else, the Go
# test TestBindingsAreCurrent in settle/bindings compares SOURCES.sha256 with the
# sources.
set -eu
cd "$(dirname "$0")"
out=../settle/bindings
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

[ -d node_modules/solc ] || npm ci --ignore-scripts --no-audit --no-fund >/dev/null
node compile.mjs "$out" "$tmp/combined.json"
go run github.com/ethereum/go-ethereum/cmd/abigen --v2 --combined-json "$tmp/combined.json" --pkg bindings --out "$out/bindings.go"
gofmt -w "$out/bindings.go"
chmod 644 "$out/bindings.go"
# The compiler, the library and their options are sources too.
sha256sum *.sol test/*.sol compile.mjs package.json package-lock.json | LC_ALL=C sort -k2 >"$out/SOURCES.sha256"
