#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of the benchmark that runs inside the VM: sets up one target,
# measures the four cases, prints a line for each:
#
#   RESULT <target> <case> <I/Os per 10^9 instructions>
#          <target's instructions per I/O> <client's instructions per I/O>
#
# Under -icount with shift=0 a guest nanosecond is a guest instruction, so the
# rate that the client prints and /proc/PID/schedstat count instructions.

. "${0%/*}/../system/lib.sh"

TARGET=$1
SECONDS_EACH=${2:-2}
MB=64

declare -A ns		# instructions of each task, by pid

is_target()	# is_target PPID PID COMM: a kernel thread, or the daemon
{
	[ "$1" = 2 ] || [ "$2" = 2 ] || [[ $3 == tgtd* ]]
}

# Builtins only: whatever runs here is instructions the target doesn't get
sample()	# sample CLIENT_PID: sets $target_ns, $client_ns of this moment
{
	local dir stat rest pid ppid run _

	target_ns=0 client_ns=0
	for dir in /proc/[0-9]*; do
		pid=${dir#/proc/}
		{ read -r stat <"$dir/stat" && read -r run _ <"$dir/schedstat"; } \
			2>/dev/null || continue
		rest=${stat##*) }
		ppid=${rest#* }
		ppid=${ppid%% *}
		stat=${stat#*(}
		if [ "$pid" = "$1" ]; then
			client_ns=$run
		elif is_target "$ppid" "$pid" "$stat"; then
			target_ns=$((target_ns + run))
			[ -z "${BENCH_DETAIL:-}" ] || detail "$pid" "$run" "${stat%%)*}"
		fi
	done
}

detail()	# which threads the instructions went to, for the curious
{
	local before=${ns[$1]:-$2}

	ns[$1]=$2
	[ $(($2 - before)) -lt 1000000 ] || echo "# $3: $(($2 - before))"
}

measure()	# measure CASE QUEUE_DEPTH BLOCKS URL
{
	local log=$WORK/perf.log pid rate t0 c0

	iscsi-perf -r -m "$2" -b "$3" -t "$SECONDS_EACH" "$4" >"$log" 2>&1 &
	pid=$!
	sleep 0.3
	sample $pid
	t0=$target_ns c0=$client_ns
	sleep $((SECONDS_EACH - 1)).5
	sample $pid
	wait $pid
	rate=$(tr '\r' '\n' <"$log" | sed -n 's/^iops average \([0-9]*\).*/\1/p')
	[ -n "$rate" ] || { tail -n 3 "$log"; return 1; }
	awk -v n="$TARGET" -v c="$1" -v r="$rate" -v t=$((target_ns - t0)) \
		-v k=$((client_ns - c0)) 'BEGIN {
		total = 1e9 / r
		printf "RESULT %s %s %d %d %d\n", n, c, r,
			total * t / (t + k), total * k / (t + k) }'
}

kind()		# kind nullio|fileio: both block sizes on one disk
{
	local path=none lun=0

	if [ "$1" = fileio ]; then
		path=/dev/shm/bench
		dd if=/dev/zero of=$path bs=1M count=$MB status=none || return 1
	fi
	"${TARGET}_start" "$1" "$path" >/dev/null || return 1
	[ "$TARGET" != tgt ] || lun=1
	measure "$1-4k" 32 8 "$(url $lun)"
	measure "$1-128k" 8 256 "$(url $lun)"
	"${TARGET}_stop" >/dev/null 2>&1
	return 0
}

ip link set lo up
mkdir -p "$WORK"
: >"$DAEMON_LOG"
mountpoint -q /dev/shm || { mkdir -p /dev/shm; mount -t tmpfs tmpfs /dev/shm; }
for k in ${BENCH_KINDS:-nullio fileio}; do
	kind "$k" || echo "FAILED $TARGET $k"
done
