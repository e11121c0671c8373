#!/bin/sh
# Builds the guests and runs them as an enclave would, with the commands of their
# READMEs and no others: `make guests`, from the root of the tree. Names of
# languages as arguments choose some. A guest whose tools are missing is left out,
# with the line to type, and fails the whole at the end.
set -eu
[ -x bin/dev/tacit ] || { echo "guests: build bin/dev/tacit first: make guests" >&2; exit 1; }
mkdir -p build/guests/bin
PATH=$PWD/build/guests/bin:$PATH
# Debian's rustc has the target, which one of rustup may lack.
RUSTC=${RUSTC:-$([ -x /usr/bin/rustc ] && echo /usr/bin/rustc || echo rustc)}
[ "$RUSTC" = rustc ] || ln -sf "$RUSTC" build/guests/bin/rustc
missing=

# needs NAME HINT TOOL...: whether the tools are there.
needs() {
	name=$1 hint=$2
	shift 2
	for tool; do
		if ! command -v "$tool" >/dev/null; then
			echo "$name: $tool is missing. Type: $hint"
			missing="$missing $name"
			return 1
		fi
	done
}

# play NAME: the commands of a README, which begin where its code does, and
# whether what came out is the line that the README says.
play() {
	readme=examples/guests/$1/README.md
	echo "== $1"
	sed -n 's/^    \(mkdir\|cp\|npm\|cd\|clang\|rustc\|echo\|tar\|go run\|bin\/dev\/tacit\) /\1 /p' "$readme" > "build/guests/$1.sh"
	rm -rf "build/guests/$1"
	if ! sh -e "build/guests/$1.sh"; then
		missing="$missing $1"
		return
	fi
	cat "build/guests/$1"/*
	if ! grep -qxF "    $(cat "build/guests/$1"/*)" "$readme"; then
		echo "$1: this is not what $readme says"
		missing="$missing $1"
	fi
}

for guest in ${*:-c rust assemblyscript python}; do
	case $guest in
	c) needs c "sudo apt-get install clang lld wasi-libc libclang-rt-dev-wasm32 (Debian 12: libclang-rt-14-dev-wasm32)" clang wasm-ld && play c ;;
	rust) needs rust "sudo apt-get install rustc libstd-rust-dev-wasm32 lld, or without root: rustup target add wasm32-wasip1" rustc wasm-ld && play rust ;;
	assemblyscript) needs assemblyscript "install Node.js 20 or newer with npm (without root: its archive unpacked into your home)" node npm && play assemblyscript ;;
	python) needs python "install Node.js 20 or newer with npm (without root: its archive unpacked into your home)" npm tar sha256sum && play python ;;
	*) echo "guests: there is no guest in $guest" >&2; exit 2 ;;
	esac || :
done
[ -z "$missing" ] || { echo "guests: not done:$missing"; exit 1; }
