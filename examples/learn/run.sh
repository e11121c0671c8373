#!/bin/sh
# Plays the commands of this example's README on a running network (`tacit up`), from the
# root of the tree: sh examples/learn/run.sh. A command whose line ends in "# refused" must be.
set -eu
mkdir -p build/learn
sed -n 's/^    tacit /tacit /p' examples/learn/README.md | while read -r line; do
	command=${line%%  # *}
	echo "\$ $command"
	status=0
	# The words of a command have no blanks in them.
	# shellcheck disable=SC2086
	$command </dev/null || status=$?
	case $line in
	*"# refused") [ $status -eq 3 ] || { echo "run.sh: exit $status, want 3" >&2; exit 1; } ;;
	*) [ $status -eq 0 ] || exit $status ;;
	esac
done
echo
cat build/learn/trained/metrics.json build/learn/columns/metrics.json
