# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every system test shares: TAP output, deadlines, the target and the
# initiators inside the VM, and the checks that end each test.  Sourced by *.t;
# it must not know what any one test is about.

set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

REPO=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
WORK=${SCST_WORK:-/tmp/scst-test}
# shellcheck disable=SC2034 # for the tests
RESULTS=${SCST_SCRATCH:-$WORK}
PROC=/proc/scsi_tgt
IQN=iqn.2007-05.com.example:storage
PORTAL=127.0.0.1
PORT=3260
KERNEL_LOG=$WORK/kernel.log
DAEMON_LOG=$WORK/iscsi-scstd.log

# Everything that waits has a deadline; sanitizer kernels get more of it, and so
# does whoever knows that this machine is busy.
SLOW=${SCST_SLOW:-${SCST_DEBUG:+5}}
SLOW=${SLOW:-1}

# ---------------------------------------------------------------------------
# TAP

tests_run=0
tests_failed=0

diag()
{
	local line

	while IFS= read -r line; do
		printf '# %s\n' "$line"
	done <<<"$*"
}

result()	# result ok|'not ok' DESCRIPTION
{
	tests_run=$((tests_run + 1))
	printf '%s %d - %s\n' "$1" "$tests_run" "${2//#/}"
}

pass()
{
	result ok "$1"
}

fail()		# fail DESCRIPTION [DETAILS]
{
	tests_failed=$((tests_failed + 1))
	result 'not ok' "$1"
	[ -z "${2:-}" ] || diag "$2"
	return 1
}

skip()		# skip DESCRIPTION REASON
{
	tests_run=$((tests_run + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tests_run" "$1" "$2"
}

skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	trap - EXIT
	exit 0
}

bail()
{
	diag "$1"
	kernel_tail
	fail "$1 (cannot go on)"
	exit 1
}

ok()		# ok DESCRIPTION COMMAND...: passes if the command does
{
	local desc=$1 out rc

	shift
	out=$("$@" 2>&1 </dev/null)
	rc=$?
	if [ $rc -eq 0 ]; then
		pass "$desc"
	else
		fail "$desc" "'$*' ended with status $rc
$(tail -n 30 <<<"$out")"
	fi
}

refused()	# refused DESCRIPTION ERROR COMMAND...: fails with that error text
{
	local desc=$1 error=$2 out rc

	shift 2
	out=$("$@" 2>&1 </dev/null)
	rc=$?
	if [ $rc -ne 0 ] && [[ $out == *"$error"* ]]; then
		pass "$desc"
	else
		fail "$desc" "'$*' ended with status $rc, expected '$error'
$out"
	fi
}

is()		# is DESCRIPTION GOT WANTED
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "$(diff -u --label wanted <(printf '%s\n' "$3") \
			--label got <(printf '%s\n' "$2"))"
	fi
}

like()		# like DESCRIPTION GOT REGEX
{
	if [[ $2 =~ $3 ]]; then
		pass "$1"
	else
		fail "$1" "got '$2', wanted a match of '$3'"
	fi
}

# ---------------------------------------------------------------------------
# Deadlines

seconds_left()	# seconds_left SECONDS: scaled for slow kernels
{
	echo $(($1 * SLOW))
}

within()	# within SECONDS COMMAND...
{
	local limit

	limit=$(seconds_left "$1")
	shift
	timeout -k 5 "$limit" "$@"
}

poll()		# poll SECONDS COMMAND...: until it succeeds
{
	local end=$((SECONDS + $1 * SLOW))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

not()
{
	! "$@"
}

has_line()	# has_line FILE REGEX
{
	grep -Eq -- "$2" "$1"
}

# ---------------------------------------------------------------------------
# The kernel log and what must not be in it

SPLATS='BUG:|WARNING: |Oops|KASAN|KCSAN|UBSAN|general protection|kernel panic'
SPLATS+='|possible (circular|recursive) locking|inconsistent lock state'
SPLATS+='|suspicious RCU|held lock freed|lock held when returning'
SPLATS+='|blocked for more than|soft lockup|hard LOCKUP|rcu.*detected stall'
SPLATS+='|refcount_t: |list_(add|del) corruption|Bad page state|Call Trace:'
SPLATS+='|percpu ref .* <= 0|Invalid SKB|kobject_add_internal failed'

kernel_log()	# since this test began
{
	dmesg | sed "1,/${LOG_MARK:-^\$}/d"
}

kernel_tail()
{
	diag "kernel log:"
	diag "$(kernel_log | tail -n 25)"
}

kernel_log_clean()
{
	local splats

	kernel_log >"$KERNEL_LOG"
	splats=$(grep -En -- "$SPLATS" "$KERNEL_LOG")
	[ -z "$splats" ] && return
	head -n 60 "$KERNEL_LOG"
	return 1
}

tasks_in_d()	# pid and name of tasks in uninterruptible sleep
{
	local stat rest pid

	for pid in /proc/[0-9]*; do
		{ read -r stat <"$pid/stat"; } 2>/dev/null || continue
		rest=${stat##*) }
		[ "${rest%% *}" = D ] || continue
		printf '%s %s\n' "${pid#/proc/}" "$(cat "$pid/comm" 2>/dev/null)"
	done
}

# A task may pass through D; one that stays there for the whole time is stuck.
no_task_in_d()
{
	local stuck now i

	stuck=$(tasks_in_d | sort)
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$stuck" ] || return 0
		sleep 0.5
		now=$(tasks_in_d | sort)
		stuck=$(comm -12 <(echo "$stuck") <(echo "$now"))
	done
	[ -n "$stuck" ] || return 0
	echo "$stuck"
	while read -r i _; do
		cat "/proc/$i/stack" 2>/dev/null
	done <<<"$stuck"
	return 1
}

KMEMLEAK=/sys/kernel/debug/kmemleak

# It may be there and switched off, with kmemleak=off on the command line
kmemleak_is_on()
{
	[ -w $KMEMLEAK ] && { echo scan=on >$KMEMLEAK; } 2>/dev/null
}

kmemleak_start()
{
	[ -d /sys/kernel/debug/block ] || [ -e $KMEMLEAK ] ||
		mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
	KMEMLEAK_ON=
	kmemleak_is_on || return 0
	KMEMLEAK_ON=1
	echo clear >$KMEMLEAK
}

# kmemleak ignores what is younger than five seconds, and one scan may take a
# pointer that is just moving for a leak: what two scans report is one.
kmemleak_clean()
{
	local leaks

	sleep 6
	echo scan >$KMEMLEAK
	sleep 1
	echo scan >$KMEMLEAK
	leaks=$(cat $KMEMLEAK)
	[ -z "$leaks" ] && return
	head -n 60 <<<"$leaks"
	return 1
}

TRACING=/sys/kernel/tracing

# trace EVENT...: record them, for example scst_iscsi/scst_iscsi_close, from here on
trace()
{
	local event

	for event; do
		echo 1 >"$TRACING/events/$event/enable" || return
		defer "echo 0 >$TRACING/events/$event/enable"
	done
	echo >$TRACING/trace
}

trace_sum()	# trace_sum EVENT FIELD: the sum of a field over all that is recorded
{
	awk -v event="$1:" -v field="$2=" '
	index($0, " " event " ") {
		for (i = 1; i <= NF; i++)
			if (index($i, field) == 1)
				sum += substr($i, length(field) + 1)
	}
	END { printf "%.0f\n", sum }' $TRACING/trace
}

trace_is_whole()	# has the buffer held everything?
{
	! grep -L '^overrun: 0$' $TRACING/per_cpu/cpu*/stats | grep .
}

# ---------------------------------------------------------------------------
# Life of a test

test_begin()
{
	case $(stat -f -c %T /) in
	overlayfs|v9fs|hostfs|tmpfs) ;;
	*)
		echo "$0 loads modules and rewrites /etc/iscsi;" \
			"run it in the VM: make vm CMD=$0" >&2
		exit 2
		;;
	esac
	[ "$(id -u)" = 0 ] || { echo "$0: must be root" >&2; exit 2; }
	mkdir -p "$WORK" || exit 2
	: >"$DAEMON_LOG"
	LOG_MARK="scst-test ${0##*/} $$ begins"
	echo "$LOG_MARK" >/dev/kmsg
	trap test_end EXIT
	ip link set lo up 2>/dev/null
	kmemleak_start
}

# What undoes a test, in reverse order: before the target is stopped, and after
at_end=()
at_end_last=()

defer()
{
	at_end=("$*" "${at_end[@]}")
}

defer_last()
{
	at_end_last=("$*" "${at_end_last[@]}")
}

undo()
{
	local action

	for action; do
		eval "$action" >/dev/null 2>&1
	done
}

test_end()
{
	local rc=$?

	trap - EXIT
	undo "${at_end[@]}"
	initiator_stop
	if [ -d $PROC ]; then
		target_stop_checked
	else
		daemon_stop
		lio_stop
	fi
	undo "${at_end_last[@]}"
	ok "no task is stuck in D state" no_task_in_d
	if [ -n "$KMEMLEAK_ON" ]; then
		ok "kmemleak reports nothing" kmemleak_clean
	fi
	ok "nothing bad in the kernel log" kernel_log_clean
	printf '1..%d\n' "$tests_run"
	if [ $tests_failed -ne 0 ]; then
		diag "$tests_failed of $tests_run failed"
		[ ! -s "$DAEMON_LOG" ] || diag "$(tail -n 15 "$DAEMON_LOG")"
		kernel_tail
		exit 1
	fi
	exit $((rc == 1 ? 1 : 0))
}

# ---------------------------------------------------------------------------
# Target

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/others.sh"

daemon_pid=

find_daemon()
{
	local d

	for d in "${SCST_BUILD:-}" "${SCST_BUILD:-}/iscsi-scstd" \
		 "$REPO/tools/iscsi-scstd" /usr/local/sbin; do
		if [ -f "$d/iscsi-scstd" ] && [ -x "$d/iscsi-scstd" ]; then
			echo "$d/iscsi-scstd"
			return
		fi
	done
	return 1
}

modules_load()	# modules_load MODULE...
{
	local m

	for m; do
		modprobe "$m" || bail "modprobe $m failed"
	done
}

modules_unload()
{
	local m

	for m in iscsi_scst scst_vdisk scst_disk scst; do
		[ -d "/sys/module/$m" ] || continue
		[ -e "/sys/module/$m/refcnt" ] || continue	# built in
		poll 30 rmmod "$m" || {
			echo "$m: in use by $(cat /sys/module/$m/refcnt) after 30 s"
			return 1
		}
	done
}

# An administrator's write: the exit status is that of write(2)
say()		# say COMMAND FILE
{
	printf '%s\n' "$1" >"$2"
}

# The same without a process of its own, of which each takes 0.2 s on a sanitizer
# kernel: $said is the error, if there is one.
try_say()	# try_say COMMAND FILE
{
	said=
	{ say "$1" "$2"; } 2>"$WORK/said" && return
	IFS= read -r said <"$WORK/said"
	return 1
}

taken()		# taken DESCRIPTION COMMAND FILE: passes if it is accepted
{
	if try_say "$2" "$3"; then
		pass "$1"
	else
		fail "$1" "$said"
	fi
}

not_taken()	# not_taken DESCRIPTION ERROR COMMAND FILE: refused with that error
{
	if ! try_say "$3" "$4" && [[ $said == *"$2"* ]]; then
		pass "$1"
	else
		fail "$1" "expected '$2', got '$said'"
	fi
}

vdisk_open()	# vdisk_open NAME PATH [BLOCK_SIZE] [FLAG]...
{
	say "open $*" $PROC/vdisk/vdisk
}

vdisk_close()
{
	say "close $1" $PROC/vdisk/vdisk
}

vdisks()
{
	[ -e $PROC/vdisk/vdisk ] || return 0
	awk 'NR > 1 { print $1 }' $PROC/vdisk/vdisk
}

lun_add()	# lun_add GROUP DEVICE LUN [READ_ONLY]
{
	local group=$1

	shift
	say "add $*" "$PROC/groups/$group/devices"
}

disk_file()	# disk_file NAME MEGABYTES: a fresh file, prints its path
{
	mkdir -p "$WORK/disks"
	truncate -s 0 "$WORK/disks/$1" && truncate -s "$2M" "$WORK/disks/$1"
	echo "$WORK/disks/$1"
}

daemon_config()	# configuration on standard input
{
	cat >"$WORK/iscsi-scstd.conf"
}

# It listens before the kernel has its targets
daemon_is_ready()	# daemon_is_ready SIZE: of the log before the start
{
	tail -c "+$(($1 + 1))" "$DAEMON_LOG" | grep -q ': ready, '
}

daemon_start()	# daemon_start [OPTION]...
{
	local daemon size

	daemon=$(find_daemon) || bail "iscsi-scstd is not built"
	size=$(stat -c %s "$DAEMON_LOG" 2>/dev/null) || size=0
	"$daemon" -f -c "$WORK/iscsi-scstd.conf" -p $PORT "$@" \
		>>"$DAEMON_LOG" 2>&1 </dev/null &
	daemon_pid=$!
	poll 15 daemon_is_ready "$size" || bail "iscsi-scstd does not start:
$(tail -n 10 "$DAEMON_LOG")"
}

daemon_stop()
{
	local pid=$daemon_pid

	[ -n "$pid" ] || return 0
	daemon_pid=
	kill "$pid" 2>/dev/null
	poll 15 not kill -0 "$pid" || kill -9 "$pid"
	wait "$pid" 2>/dev/null
}

no_sessions()
{
	[ "$(awk 'NR > 1' $PROC/sessions | wc -l)" = 0 ]
}

sessions()	# how many the kernel has
{
	awk 'NR > 1' $PROC/sessions | wc -l
}

sessions_are()
{
	[ "$(sessions)" = "$1" ]
}

# The usual target: one disk as LUN 0.  SCST_TARGET=lio runs the same test
# against the kernel's own target, to tell a wrong test from a wrong target.
target_start()	# target_start fileio|blockio|nullio PATH [BLOCK_SIZE]
{
	"${SCST_TARGET:-scst}_start" "$@"
}

scst_start()
{
	local kind=$1 flag=

	shift
	case $kind in
	nullio)		flag=NULLIO ;;
	blockio)	flag=BLOCKIO ;;
	esac
	# the driver of the transport comes when the daemon asks for it
	modules_load scst scst_vdisk
	# shellcheck disable=SC2086 # no flag is no argument
	vdisk_open disk0 "$@" $flag || bail "cannot open disk0 ($* $flag)"
	lun_add Default disk0 0 || bail "cannot add LUN 0"
	daemon_config <<-CONF
		Target $IQN
		HeaderDigest None,CRC32C
		DataDigest None,CRC32C
	CONF
	daemon_start
}

scst_stop()
{
	daemon_stop
	poll 20 no_sessions
	say clear $PROC/groups/Default/devices
	vdisk_close disk0
	modules_unload
}

target_stop_checked()
{
	local disk out

	daemon_stop
	poll 20 no_sessions || fail "sessions end with their initiators" \
		"$(cat $PROC/sessions)"
	say clear $PROC/groups/Default/devices
	for disk in $(vdisks); do
		vdisk_close "$disk" || fail "$disk closes"
	done
	out=$(awk 'NR > 1 && $1 !~ /^[0-9]+:/' $PROC/scsi_tgt)
	is "no virtual disk is left in $PROC" "$out" ""
	ok "modules unload" modules_unload
	[ -e /sys/module/scst/refcnt ] || [ ! -d /sys/module/scst ] ||
		ok "$PROC is gone" test ! -e $PROC
}

# ---------------------------------------------------------------------------
# open-iscsi, the kernel's initiator

iscsid_pid=

initiator_start()	# initiator_start [INITIATOR_NAME]
{
	modprobe -q iscsi_tcp
	mkdir -p /run/lock/iscsi /run/lock /etc/iscsi /var/lib/iscsi
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets /etc/iscsi/ifaces
	echo "InitiatorName=${1:-iqn.1993-08.org.debian:01:scst-test}" \
		>/etc/iscsi/initiatorname.iscsi
	cat >/etc/iscsi/iscsid.conf <<-'CONF'
		node.startup = manual
		node.leading_login = No
		node.session.timeo.replacement_timeout = 30
		node.conn[0].timeo.login_timeout = 15
		node.conn[0].timeo.logout_timeout = 15
		node.conn[0].timeo.noop_out_interval = 5
		node.conn[0].timeo.noop_out_timeout = 10
		node.session.err_timeo.abort_timeout = 15
		node.session.err_timeo.lu_reset_timeout = 30
		node.session.err_timeo.tgt_reset_timeout = 30
		node.session.initial_login_retry_max = 4
		node.session.cmds_max = 128
		node.session.queue_depth = 64
		node.session.xmit_thread_priority = -20
		node.session.iscsi.InitialR2T = No
		node.session.iscsi.ImmediateData = Yes
		node.session.iscsi.FirstBurstLength = 262144
		node.session.iscsi.MaxBurstLength = 1048576
		node.conn[0].iscsi.MaxRecvDataSegmentLength = 262144
		node.session.scan = auto
	CONF
	# of its own process group, all of which it takes along when it ends
	setsid iscsid -f >"$WORK/iscsid.log" 2>&1 </dev/null &
	iscsid_pid=$!
	poll 15 iscsiadm -m session -P 0 || poll 1 kill -0 $iscsid_pid ||
		bail "iscsid does not start: $(tail -n 5 "$WORK/iscsid.log")"
}

initiator_stop()
{
	[ -n "$iscsid_pid" ] || return 0
	timeout 60 iscsiadm -m node -u >/dev/null 2>&1
	kill "$iscsid_pid" 2>/dev/null
	poll 10 not kill -0 "$iscsid_pid" || kill -9 "$iscsid_pid"
	wait "$iscsid_pid" 2>/dev/null
	iscsid_pid=
}

discover()	# prints what SendTargets returns
{
	within 30 iscsiadm -m discovery -t sendtargets -p "$PORTAL:$PORT"
}

login()		# login [TARGET]
{
	within 60 iscsiadm -m node -T "${1:-$IQN}" -p "$PORTAL:$PORT" --login
}

logout()
{
	within 60 iscsiadm -m node -T "${1:-$IQN}" -p "$PORTAL:$PORT" --logout
}

node_set()	# node_set KEY VALUE
{
	iscsiadm -m node -T "$IQN" -o update -n "$1" -v "$2"
}

initiator_disk()	# initiator_disk [LUN]: /dev node of the logged-in disk
{
	local d

	for d in /sys/class/iscsi_session/session*/device/target*/*:"${1:-0}"/block/*; do
		[ -e "$d" ] || continue
		echo "/dev/${d##*/}"
		return
	done
	return 1
}

wait_for_disk()		# wait_for_disk [LUN]: prints the /dev node
{
	poll 20 initiator_disk "${1:-0}" && poll 5 test -b "$(initiator_disk "${1:-0}")" ||
		return 1
	initiator_disk "${1:-0}"
}

url()		# url [LUN]: of the target's disk, for libiscsi and QEMU
{
	echo "iscsi://$PORTAL:$PORT/$IQN/${1:-0}"
}
