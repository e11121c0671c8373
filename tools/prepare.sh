# Sourced by ./demo and ./test: finds Go, and installs make, a C compiler (the
# WebAssembly engine is linked through it) and certificates where they are
# missing; ./test also installs the software TPM that tests run, and npm, which fetches
# the runtime for networks. Safe to repeat.

if ! command -v go >/dev/null 2>&1 && [ -x /usr/local/go/bin/go ]; then
	PATH=$PATH:/usr/local/go/bin
	export PATH
fi
have=none
if command -v go >/dev/null 2>&1; then
	# Inside the module: an older go fetches the toolchain that go.mod names,
	# if it may.
	have=$(go env GOVERSION 2>/dev/null || true)
	have=${have:-$(cd / && go env GOVERSION)}
fi
minor=${have#go1.}
minor=${minor%%[!0-9]*}
if [ "${minor:-0}" -lt 26 ]; then
	cat >&2 <<END
Tacit needs Go 1.26 or newer; found: $have.
Get it from https://go.dev/dl/ and unpack it as that page says:

    sudo tar -C /usr/local -xzf go1.26.*.linux-*.tar.gz
    export PATH=\$PATH:/usr/local/go/bin

then start $0 again.
END
	exit 1
fi

missing=
command -v make >/dev/null 2>&1 || missing="$missing make"
command -v gcc >/dev/null 2>&1 || missing="$missing gcc"
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
[ -s /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
# For the tests of TPMs and of networks; without these they are skipped.
if [ "${0##*/}" = test ]; then
	software=
	command -v swtpm >/dev/null 2>&1 || software="$software swtpm"
	command -v swtpm_setup >/dev/null 2>&1 || software="$software swtpm-tools"
	command -v tpm2_checkquote >/dev/null 2>&1 || software="$software tpm2-tools"
	[ -e engine/infer/ort/library/libonnxruntime.so.1 ] || command -v npm >/dev/null 2>&1 || software="$software npm"
	if [ -n "$software" ] && { [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; }; then
		echo "$0: tests of TPMs and networks are skipped without:$software. To have them, type:" >&2
		echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$software" >&2
		software=
	fi
	missing=$missing$software
fi
if [ -n "$missing" ]; then
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "$0: missing:$missing. This machine has no apt-get; install them its own way." >&2
		exit 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "$0: missing:$missing. Type this, then start $0 again:" >&2
		echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "installing with apt-get:$missing"
	log=$(mktemp)
	# $missing is a list: it must be split.
	# shellcheck disable=SC2086
	if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		exit 1
	fi
	rm -f "$log"
fi
CGO_ENABLED=1
export CGO_ENABLED
