#!/bin/sh
# Plays the commands of this example's README on a running network (`tacit up`), from the
# root of the tree: sh examples/psi/run.sh. A command whose line ends in "# refused" must be.
set -eu
mkdir -p build/psi
rm -f build/psi/hospital.set build/psi/insurer.set # are not written over
sed -n 's/^    tacit /tacit /p' examples/psi/README.md | while read -r line; do
	command=${line%%  # *}
	task=$(tacit task list -o json | tr '{' '\n' | sed -n 's/.*"id":"0x\([0-9a-f]\{8\}\).*/\1/p' | head -n 1)
	command=$(echo "$command" | sed "s/4ef9394b/$task/")
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
cat build/psi/shared/summary.json build/psi/costs/compute.csv build/psi/followup/compute.csv build/psi/hidden/compute.csv
