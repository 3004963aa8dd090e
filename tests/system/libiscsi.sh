# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# libiscsi's test suite, iscsi-test-cu --dataloss, against a disk of one kind: fileio,
# blockio or nullio.  It must run to its end and pass at least as many tests as the
# table below says; the result of each test is left in a file.  Sourced after lib.sh.
#
# BLOCKIO differs from FILEIO only in how it reads and writes, and a sanitizer kernel
# (SCST_DEBUG) is slow: they get the family "ALL", which has every distinct test once;
# its 230 tests count instead of 615.

#      kind     of 615  of 230
FLOORS='fileio  600     225
	blockio 600     225
	nullio  580     215'

# A NULLIO disk stores nothing, so what writes and then compares has to fail.
# "suite.test  reason"; everything else counts for NULLIO as for the others.
NULLIO_CANNOT="$REPO/tests/system/libiscsi-nullio"

# iscsi-test-cu reports failures of asserts in the middle of others' lines;
# what follows "Test: name ..." up to the next test tells whether it passed.
per_test()	# per_test LOG: lines "passed|FAILED suite.test"
{
	awk '
	function flush() {
		if (test != "")
			print (bad ? "FAILED" : "passed"), suite "." test
		test = ""
	}
	/^Suite: /	{ flush(); suite = $2; next }
	/^ *Test: /	{ flush(); test = $2; bad = 0
			  if (/FAILED$/) bad = 1
			  next }
	/^ *Run Summary/ { flush(); exit }
	/FAILED$/	{ bad = 1 }
	' "$1"
}

once()		# once KIND: is every distinct test run only once?
{
	[ -n "${SCST_DEBUG:-}" ] || [ "$1" = blockio ]
}

floor()		# floor KIND: how many tests have to pass
{
	local column=2

	! once "$1" || column=3
	awk -v k="$1" -v c=$column '$1 == k { print $c }' <<<"$FLOORS"
}

unexpected()	# unexpected RESULTS: failures that NULLIO does not excuse
{
	grep FAILED "$1" | grep -vwF -f <(sed 's/#.*//; s/[ \t].*//; /^$/d' \
		"$NULLIO_CANNOT")
}

backing()	# backing KIND: path of its storage
{
	case $1 in
	nullio)
		echo none
		;;
	fileio)
		disk_file "disk-$1" 128
		;;
	blockio)
		losetup --find --show --sector-size 512 "$(disk_file "disk-$1" 128)"
		;;
	esac
}

suite()		# suite KIND
{
	local kind=$1 log=$RESULTS/libiscsi-$1.log res=$RESULTS/libiscsi-$1.results
	local path rc passed total family=

	mkdir -p "$RESULTS"
	! once "$kind" || family='-t ALL'
	path=$(backing "$kind") || bail "no storage for $kind"
	target_start "$kind" "$path"
	# stdbuf: what was printed until a hang is what one wants to see
	# shellcheck disable=SC2086 # no family is no argument
	(cd "$WORK" && within 1200 stdbuf -oL iscsi-test-cu --dataloss \
		$family "$(url)") >"$log" 2>&1 </dev/null
	rc=$?
	per_test "$log" >"$res"
	total=$(grep -c . "$res")
	passed=$(grep -c ^passed "$res")
	if [ $rc -lt 124 ] && grep -q 'Run Summary' "$log"; then
		pass "$kind: iscsi-test-cu runs to its end"
	else
		fail "$kind: iscsi-test-cu runs to its end" \
			"status $rc in $(tail -n 1 "$res")
$(tail -n 10 "$log")"
	fi
	diag "$kind: $passed of $total tests passed"
	if [ "$passed" -ge "$(floor "$kind")" ]; then
		pass "$kind: at least $(floor "$kind") tests pass ($passed of $total)"
	else
		fail "$kind: at least $(floor "$kind") tests pass ($passed of $total)" \
			"$(grep FAILED "$res")"
	fi
	if [ "$kind" = nullio ]; then
		is "nullio: only what compares data fails" "$(unexpected "$res")" ""
	else
		diag "failed: $(sed -n 's/^FAILED //p' "$res" | sort -u | tr '\n' ' ')"
	fi
	target_end "$path"
}

target_end()	# free the way for the next kind
{
	daemon_stop
	lio_stop 2>/dev/null
	if [ -d "$PROC" ]; then
		ok "sessions end with their initiator" poll 20 no_sessions
		say clear "$PROC/groups/Default/devices"
		ok "disk0 closes" vdisk_close disk0
	fi
	case $1 in /dev/loop*) losetup -d "$1" ;; esac
}
