# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What test scripts of programs share.  Sourced; sets $work, a folder that the
# script removes, and shows $work/out when a test fails.

work=$(mktemp -d) || exit 1
n=0
failed=0

result()	# status description
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$work/out"
		failed=1
	fi
}

skip()		# description reason
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# within some seconds
becomes()	# command
{
	for _ in $(seq 100); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# $program with arguments; status and output in $status and $work/out
run()
{
	timeout 20 "$program" "$@" >"$work/out" 2>&1
	status=$?
}

expect()	# status pattern description
{
	[ "$status" -eq "$1" ] && grep -q -- "$2" "$work/out"
	result $? "$3"
}

finish()
{
	echo "1..$n"
	exit $failed
}
