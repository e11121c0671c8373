#!/bin/sh
# Builds the machine that boots measured in build/image from packages of Debian: the
# kernel for clouds, systemd's UEFI stub and OVMF. Needs bin/dev/tacit-enclave. The one
# for networks goes into build/image/infer, if bin/dev/tacit-enclave-infer carries its
# runtime, with the C and C++ libraries of this system.
# KERNEL and MODULES name another kernel and its folder of modules.
set -eu
out=build/image
missing=
[ -e /usr/lib/systemd/boot/efi/linuxx64.efi.stub ] || missing="$missing systemd-boot-efi"
[ -e /usr/share/OVMF/OVMF_CODE_4M.secboot.fd ] || missing="$missing ovmf"
command -v sbsign >/dev/null 2>&1 || missing="$missing sbsigntool"
command -v qemu-system-x86_64 >/dev/null 2>&1 || missing="$missing qemu-system-x86"
command -v swtpm_setup >/dev/null 2>&1 || missing="$missing swtpm swtpm-tools"
if [ -n "$missing" ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "make image: missing:$missing. Type this, then start it again:" >&2
		echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
		exit 1
	fi
	echo "installing with apt-get:$missing"
	# $missing is a list: it must be split.
	# shellcheck disable=SC2086
	apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >/dev/null
fi
mkdir -p "$out"
if [ -z "${KERNEL:-}" ]; then
	package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
	if [ -z "$package" ]; then
		echo "make image: this distribution has no linux-image-cloud-amd64; name a kernel with KERNEL and MODULES" >&2
		exit 1
	fi
	if [ ! -d "$out/$package" ]; then
		echo "fetching $package, which is unpacked and not installed"
		(cd "$out" && apt-get download "$package" 2>/dev/null && dpkg-deb -x "$package"_*.deb "$package" && rm -f "$package"_*.deb)
	fi
	KERNEL=$(echo "$out/$package"/boot/vmlinuz-*)
	MODULES=$(echo "$out/$package"/lib/modules/*)
fi
stub=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
# build FOLDER PROGRAM [-library FILE]... makes one image, signed with the one key.
build() {
	to=$1 program=$2
	shift 2
	${GO:-go} run ./cmd/internal/image -o "$to" -kernel "$KERNEL" -modules "$MODULES" -program "$program" "$@" \
		-stub "$stub" -vars /usr/share/OVMF/OVMF_VARS_4M.fd
	sbsign --key "$out/db.key" --cert "$out/db.crt" --output "$to/tacit.efi" "$to/tacit.unsigned.efi" 2>/dev/null
	echo "$to/tacit.efi is ready: make machine boots it"
}
build "$out" bin/dev/tacit-enclave
library=engine/infer/ort/library/libonnxruntime.so.1
# What was left from before would be of another program.
rm -rf "$out/infer"
if [ -f "$library" ] && LC_ALL=C grep -aPq '\x00libonnxruntime\.so\.1\x00' bin/dev/tacit-enclave-infer; then
	mkdir -p "$out/infer"
	cp "$out/db.crt" "$out/infer/db.crt" # the key stays where it is
	build "$out/infer" bin/dev/tacit-enclave-infer -library "$library"
else
	echo "no machine for networks: bin/dev/tacit-enclave-infer, or the source, has no ONNX Runtime (make onnxruntime dev)"
fi
