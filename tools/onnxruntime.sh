#!/bin/sh
# Puts ONNX Runtime where the image for networks takes it from. It is Microsoft's build for
# processors in the npm package onnxruntime-node, whose install script is not run; what is
# kept has the digest that is written here. ARCH names another machine (x64, arm64) than
# this one, TARBALL a package that was fetched before.
set -eu
version=1.27.0
folder=engine/infer/ort/library
arch=${ARCH:-$(uname -m)}
case $arch in
x86_64 | amd64 | x64) arch=x64 want=d8aff4aa8abee8fb2abb2f2f2459ffc94461e781e41b9f7c072829dd0d470221 ;;
aarch64 | arm64) arch=arm64 want=c36bc200e7e6c093b8abb0b34590fbdd8c52fd3fb5e33795b9523ffdde2fce0f ;;
*)
	echo "make onnxruntime: there is no ONNX Runtime $version for $arch; an image without it refuses networks with INFER_RUNTIME" >&2
	exit 1
	;;
esac
is() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$want" ]; }
is "$folder/libonnxruntime.so.1" && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=${TARBALL:-}
if [ -z "$package" ]; then
	if ! command -v npm >/dev/null 2>&1; then
		echo "make onnxruntime: npm, which fetches onnxruntime-node@$version, is not here; install it, or name a fetched package with TARBALL" >&2
		exit 1
	fi
	echo "fetching onnxruntime-node@$version (100 MB) with npm"
	if ! npm pack "onnxruntime-node@$version" --ignore-scripts --silent --pack-destination "$work" >"$work/log" 2>&1; then
		tail -3 "$work/log" >&2
		echo "make onnxruntime: npm did not get onnxruntime-node@$version; look at its registry and try again" >&2
		exit 1
	fi
	package=$work/onnxruntime-node-$version.tgz
fi
member=package/bin/napi-v6/linux/$arch/libonnxruntime.so.1
if ! tar -xzf "$package" -C "$work" "$member"; then
	echo "make onnxruntime: $package has no $member" >&2
	exit 1
fi
if ! is "$work/$member"; then
	echo "make onnxruntime: the library of $package has another SHA-256 than $want; it is not used" >&2
	exit 1
fi
mkdir -p "$folder"
# Under a name of its own first: a build that runs meanwhile sees all of it or nothing.
cp "$work/$member" "$folder/.new" && chmod 644 "$folder/.new" && mv "$folder/.new" "$folder/libonnxruntime.so.1"
