# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# libiscsi's test suite, iscsi-test-cu --dataloss, against a disk of one kind: fileio,
# blockio or nullio.  It must run to its end, and no test may fail but those that are
# named with a reason.  It counts as passed what it leaves out because the disk has no
# such command or is not of the kind that a test is for: that is skipped here.  The result
# of each test is left in a file.  Sourced after lib.sh.
#
# BLOCKIO differs from FILEIO only in how it reads and writes, and a sanitizer kernel
# (SCST_DEBUG) is slow: they get the family "ALL", which has every distinct test once;
# that is 230 tests instead of 615.

# A NULLIO disk stores nothing, so what writes and then compares has to fail.
# "suite.test  reason"; nothing else may fail, and on other disks nothing at all.
NULLIO_CANNOT="$REPO/tests/system/libiscsi-nullio"

# iscsi-test-cu reports failures of asserts in the middle of others' lines; what follows
# "Test: name ..." up to the next test tells whether it passed.  What it leaves out comes
# before "passed"; after that the login for the next suite may leave something out.
per_test()	# per_test LOG: lines "passed|FAILED|skipped suite.test [reason]"
{
	awk '
	function flush() {
		if (test != "")
			print state, suite "." test (why == "" ? "" : " " why)
		test = why = ""
	}
	/^Suite: /	{ flush(); suite = $2; next }
	/^ *Run Summary/ { flush(); exit }
	/^ *Test: /	{ flush(); test = $2; state = "passed"; over = 0
			  sub(/^ *Test: [^ ]* \.\.\./, "") }
	/FAILED$/	{ state = "FAILED" }
	/^passed/	{ over = 1 }
	/\[SKIPPED\]/ && !over && state == "passed" {
			  state = "skipped"
			  why = $0
			  sub(/.*\[SKIPPED\] */, "", why) }
	' "$1"
}

once()		# once KIND: is every distinct test run only once?
{
	[ -n "${SCST_DEBUG:-}" ] || [ "$1" = blockio ]
}

planned()	# planned KIND: how many tests the suite has
{
	local family='[A-Za-z]*'

	! once "$1" || family=ALL
	iscsi-test-cu -l | grep -c "^$family\.[^.]*\.[^.]*$"
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

judge()		# judge KIND RESULTS
{
	local kind=$1 res=$2 cannot='' test why

	[ "$kind" != nullio ] ||
		cannot=$(sed 's/#.*//; s/[ \t].*//; /^$/d' "$NULLIO_CANNOT" | sort)
	is "$kind: every test has run" "$(grep -c . "$res")" "$(planned "$kind")"
	is "$kind: no test fails that can pass, and no other passes" \
		"$(sed -n 's/^FAILED //p' "$res" | sort -u)" "$cannot"
	while read -r _ test why; do
		skip "$kind: $test" "$why"
	done < <(grep ^skipped "$res" | sort -u)
	diag "$kind: $(grep -c ^passed "$res") of $(grep -c . "$res") tests passed," \
		"$(grep -c ^skipped "$res") were left out"
}

suite()		# suite KIND
{
	local kind=$1 log=$RESULTS/libiscsi-$1.log res=$RESULTS/libiscsi-$1.results
	local path rc family=

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
	if [ $rc -lt 124 ] && grep -q 'Run Summary' "$log"; then
		pass "$kind: iscsi-test-cu runs to its end"
	else
		fail "$kind: iscsi-test-cu runs to its end" \
			"status $rc in $(tail -n 1 "$res")
$(tail -n 10 "$log")"
	fi
	judge "$kind" "$res"
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
