#!/bin/sh
# Gets the Wisconsin diagnostic breast cancer table (UCI, CC BY 4.0) out of the
# Debian or Ubuntu package python3-sklearn, without installing it.
#
#   fetch.sh folder      leaves folder/breast_cancer.csv
#
# Exit codes: 0 the table is there and is the expected one; 1 it could not be
# had; 2 wrong use; 3 it is there but its digest differs from the expected one.
set -eu

[ $# -eq 1 ] || { echo "usage: fetch.sh folder" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
table=$dir/breast_cancer.csv
want=$(cut -d' ' -f1 "$here/breast_cancer.csv.sha256")

digest() { sha256sum "$1" | cut -d' ' -f1; }

if [ -f "$table" ] && [ "$(digest "$table")" = "$want" ]; then
	echo "$table is there already"
	exit 0
fi

for tool in apt-get apt-cache dpkg-deb sha256sum; do
	command -v $tool >/dev/null || { echo "fetch.sh: $tool is missing: this needs Debian or Ubuntu" >&2; exit 1; }
done

work=$(mktemp -d "$dir/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if [ -z "$(apt-cache show python3-sklearn 2>/dev/null)" ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "fetch.sh: apt does not know python3-sklearn. Type this and start again:" >&2
		echo "    sudo apt-get update" >&2
		exit 1
	fi
	apt-get update >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
fi
(cd "$work" && apt-get download python3-sklearn) >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	echo "fetch.sh: python3-sklearn cannot be downloaded" >&2
	exit 1
}
dpkg-deb -x "$work"/python3-sklearn_*.deb "$work/x"
found=$(find "$work/x" -name breast_cancer.csv | head -n 1)
[ -n "$found" ] || { echo "fetch.sh: the package holds no breast_cancer.csv" >&2; exit 1; }
mv "$found" "$table"

got=$(digest "$table")
if [ "$got" != "$want" ]; then
	echo "fetch.sh: $table differs from the table that the expected model was made from" >&2
	echo "    expected SHA-256 $want" >&2
	echo "    got              $got" >&2
	echo "The demo runs with it, but its result cannot be compared with expected.json." >&2
	exit 3
fi
echo "$table"
