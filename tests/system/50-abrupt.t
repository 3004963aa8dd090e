#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Abrupt ends, all under load: initiators killed, the network cut, the daemon
# killed and restarted, logins that never finish, the modules unloaded with
# sessions open, a disk that hangs.  Each must be over within its time and leave
# nothing behind.
#
# kmemleak

. "${0%/*}/lib.sh"

NET=10.83.0

reader()	# reader INITIATOR [LUN]: endless random reads, in the background
{
	: >"$WORK/$1.log"
	# shellcheck disable=SC2086 # $in_netns is a prefix of words
	$in_netns stdbuf -o0 iscsi-perf -i "iqn.2007-05.com.example:$1" -r -m 16 -b 16 \
		-t 600 -x 100 "$(url "${2:-0}")" >"$WORK/$1.log" 2>&1 </dev/null &
	load_pids+=($!)
}

writer()	# writer: endless writes through QEMU's initiator
{
	# shellcheck disable=SC2086 # see above
	$in_netns qemu-img bench -w -f raw -t none -d 16 -s 65536 -S 131072 \
		-c 100000000 "$(url)" >"$WORK/writer.log" 2>&1 </dev/null &
	load_pids+=($!)
}

in_netns=
load_pids=()

load_stop()
{
	[ ${#load_pids[@]} -eq 0 ] || kill -9 "${load_pids[@]}" 2>/dev/null
	wait "${load_pids[@]}" 2>/dev/null
	load_pids=()
}

progress()	# progress NAME: last "lba" a reader printed
{
	tr '\r' '\n' <"$WORK/$1.log" | grep lba | tail -n 1
}

moves()		# moves NAME: a reader reports another second of I/O
{
	local before

	before=$(progress "$1")
	poll 20 progressed "$1" "$before"
}

progressed()
{
	local now

	now=$(progress "$1")
	[ -n "$now" ] && [ "$now" != "$2" ] && [[ $now != *'current 0 '* ]]
}

active_pages()	# of the buffer cache
{
	sed -n 's|^Inactive/active pages *[0-9]*/||p' $PROC/sgv
}

no_active_pages()
{
	[ "$(active_pages)" = 0 ]
}

at_rest()	# at_rest WHAT: nothing of the last scenario is left
{
	ok "$1: sessions are gone" poll 30 no_sessions
	ok "$1: data buffers are released" poll 20 no_active_pages
	ok "$1: no task is stuck" no_task_in_d
}

serves()	# serves WHAT: a new initiator gets at the disk
{
	ok "$1: a new initiator is served" \
		within 30 iscsi-inq "$(url)"
}

killed_initiators()
{
	local i

	for i in 1 2 3; do
		reader "reader$i"
		writer
		poll 20 sessions_are 2 || fail "killed: round $i logs in"
		moves "reader$i" || fail "killed: round $i reads"
		load_stop
		poll 30 no_sessions ||
			fail "killed: sessions of round $i end" "$(cat $PROC/sessions)"
	done
	pass "killed: three rounds of initiators killed under load"
	at_rest killed
}

# Sockets that connect and say nothing, or half a PDU, are the daemon's load
stalled_logins()
{
	local i fd fds=()

	for i in $(seq 40); do
		exec {fd}<>"/dev/tcp/$PORTAL/$PORT" && fds+=("$fd")
		[ $((i % 2)) -eq 0 ] || printf 'C\207\0\0' >&"$fd"
	done
	is "stalled: 40 connections are open" ${#fds[@]} 40
	serves "stalled"
	for fd in "${fds[@]}"; do
		exec {fd}>&-
	done
}

network_setup()
{
	ip netns add initiators 2>/dev/null &&
	ip link add scst0 type veth peer name scst1 netns initiators &&
	ip addr add $NET.1/24 dev scst0 && ip link set scst0 up &&
	ip -n initiators addr add $NET.2/24 dev scst1 &&
	ip -n initiators link set scst1 up &&
	ip -n initiators link set lo up || return 1
	defer "ip netns del initiators; ip link del scst0"
	in_netns="ip netns exec initiators"
	PORTAL=$NET.1
}

network_cut()
{
	if ! network_setup; then
		skip "network cut under load" "no network namespaces or veth"
		return
	fi
	# shellcheck disable=SC2086 # see above
	ok "cut: the other side reaches the target" \
		poll 10 $in_netns iscsi-inq "$(url)"
	reader cut
	moves cut || fail "cut: reads before the cut"
	ip link set scst0 down
	sleep 2
	ip link set scst0 up
	ok "cut: I/O goes on after two seconds" moves cut
	ip link set scst0 down
	# NopInInterval 3 and NopInTimeout 3 below: gone in less than ten
	ok "cut: the target gives the session up" poll 20 no_sessions
	ok "cut: data buffers are released" poll 20 no_active_pages
	ip link set scst0 up
	ok "cut: the initiator comes back" poll 40 sessions_are 1
	ok "cut: I/O goes on" moves cut
	ip link set scst0 down
	load_stop
	at_rest cut
	ip link set scst0 up
	in_netns=
	PORTAL=127.0.0.1
}

daemon_killed()
{
	reader daemon
	moves daemon || fail "daemon: reads before the end"
	kill -9 "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	daemon_pid=
	ok "daemon: I/O goes on without it" moves daemon
	is "daemon: the session stays" "$(sessions)" 1
	daemon_start
	is "daemon: the session survives the restart" "$(sessions)" 1
	serves "daemon"
	ok "daemon: I/O goes on with the new one" moves daemon
	daemon_stop
	ok "daemon: I/O goes on after its clean end" moves daemon
	daemon_start
	load_stop
	at_rest daemon
}

disk_closed()
{
	reader closing
	moves closing || fail "closing: reads before the end"
	ok "closing: a disk in use closes in time" \
		within 30 bash -c "echo 'close disk0' >$PROC/vdisk/vdisk"
	is "closing: its LUN is gone" "$(awk 'NR > 1' $PROC/groups/Default/devices)" ""
	load_stop
	at_rest closing
}

unload_under_load()
{
	reader unload
	writer
	moves unload || fail "unload: reads before the end"
	daemon_stop
	ok "unload: iscsi_scst goes with its sessions open" \
		within 60 rmmod iscsi_scst
	is "unload: no session is left" "$(sessions)" 0
	ok "unload: scst_vdisk goes with its disk open" within 60 rmmod scst_vdisk
	ok "unload: scst goes" within 60 rmmod scst
	load_stop
}

# A suspended device mapper queues what it gets and answers nothing
hung_disk()
{
	local loop

	loop=$(losetup --find --show "$(disk_file hung 16)") || return 1
	defer_last losetup -d "$loop"
	# nobody else makes the node
	export DM_DISABLE_UDEV=1
	dmsetup create hung --table "0 32768 linear $loop 0" || return 1
	defer_last dmsetup remove hung
	# whatever happens
	defer dmsetup resume hung
	vdisk_open hung /dev/mapper/hung BLOCKIO && lun_add Default hung 1
}

has_commands()	# has_commands NUMBER: at least that many, in all sessions
{
	[ "$(awk 'NR > 1 { n += $NF } END { print n + 0 }' $PROC/sessions)" -ge "$1" ]
}

says()		# says REGEX: the kernel does, in its log
{
	has_line <(kernel_log) "$1"
}

unloaded()	# unloaded MODULE...
{
	local m

	for m; do
		[ ! -d "/sys/module/$m" ] || return 1
	done
}

# What waits for the disk is bounded or says so; all of it ends when the disk
# answers, and nothing else waits.
disk_hangs()
{
	local begin took m

	hung_disk || bail "no disk that can hang"
	reader hanging 1
	moves hanging || fail "hanging: reads before it does"
	dmsetup suspend --nolockfs --noflush hung
	ok "hanging: commands are inside" poll 20 has_commands 16
	load_stop
	serves hanging
	ok "hanging: their session is closing" \
		poll 20 has_line $PROC/iscsi/session 'state:closing'
	ok "hanging: no task is stuck" no_task_in_d
	begin=$SECONDS
	refused "hanging: the disk is busy" 'Device or resource busy' \
		within 60 bash -c "echo 'close hung' >$PROC/vdisk/vdisk"
	took=$((SECONDS - begin))
	ok "hanging: that is known after 30 s ($took)" \
		test $took -ge 29 -a $took -le $((30 + 5 * SLOW))
	is "hanging: its LUN is gone" \
		"$(grep -c hung $PROC/groups/Default/devices $PROC/vdisk/vdisk)" \
		"$PROC/groups/Default/devices:0
$PROC/vdisk/vdisk:0"
	serves "hanging, closed"
	daemon_stop
	for m in iscsi_scst scst_vdisk; do
		rmmod $m >"$WORK/rmmod.$m" 2>&1 &
	done
	ok "hanging: iscsi_scst says that it waits" \
		poll 20 says 'unload: waiting for commands of open sessions'
	ok "hanging: scst_vdisk says that it waits" \
		poll 45 says 'handler vdisk_blk: waiting for commands of 1 devices'
	ok "hanging: commands keep both" not unloaded iscsi_scst scst_vdisk
	dmsetup resume hung
	ok "hanging: both go when the disk answers" \
		poll 10 unloaded iscsi_scst scst_vdisk
	ok "hanging: scst goes" within 60 rmmod scst
	ok "hanging: the disk has no user any more" \
		poll 10 dmsetup remove hung
}

start()
{
	modules_load scst scst_vdisk iscsi_scst
	vdisk_open disk0 "$file" && lun_add Default disk0 0 ||
		bail "cannot open disk0"
	daemon_start
}

test_begin
file=$(disk_file disk0 64)
daemon_config <<-CONF
	Target $IQN
	NopInInterval 3
	NopInTimeout 3
	RspTimeout 5
CONF
start
defer load_stop

killed_initiators
stalled_logins
network_cut
daemon_killed
disk_closed
vdisk_open disk0 "$file" && lun_add Default disk0 0 ||
	bail "disk0 cannot be opened again"
unload_under_load
start
disk_hangs
