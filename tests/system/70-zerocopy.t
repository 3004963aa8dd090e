#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Pages go to the socket without a copy, so a page that is used again too
# early is silent corruption.  Readers of known content, over loopback and
# over veth, some of them stopped and continued so that data waits in the
# socket, run against writers that make the buffer cache turn over.

. "${0%/*}/lib.sh"

NET=10.84.0
SIZE_MB=32
[ -z "${SCST_DEBUG:-}" ] || SIZE_MB=8
ROUNDS=2

content()	# content FILE: incompressible, different in every page
{
	within 60 dd if=/dev/urandom of="$1" bs=1M count=$SIZE_MB status=none
	sync "$1"
}

read_sum()	# read_sum LUN: checksum of the whole disk as an initiator sees it
{
	local copy=$WORK/read.$1.$BASHPID

	# shellcheck disable=SC2086 # $in_netns is a prefix of words
	within 200 $in_netns qemu-img dd -f raw -O raw bs=1M if="$(url "$1")" \
		of="$copy" >/dev/null && sha256sum <"$copy"
	rm -f "$copy"
}

reader()	# reader LUN SUM
{
	local i got

	for ((i = 0; i < ROUNDS; i++)); do
		got=$(read_sum "$1")
		if [ "$got" != "$2" ]; then
			echo "LUN $1, round $i: ${got:-nothing} instead of $2"
			return 1
		fi
	done
}

stutter()	# stutter SECONDS: stop and continue all readers, again and again
{
	local end=$((SECONDS + $1 * SLOW)) pids

	while [ $SECONDS -lt $end ] && [ ! -e "$WORK/readers-done" ]; do
		pids=$(pgrep -x qemu-img)
		# shellcheck disable=SC2086 # several words
		[ -z "$pids" ] || kill -STOP $pids 2>/dev/null
		sleep 0.2
		# shellcheck disable=SC2086 # several words
		[ -z "$pids" ] || kill -CONT $pids 2>/dev/null
		sleep 0.3
	done
}

writer()	# keeps the buffer cache turning over on LUN 2
{
	while [ ! -e "$WORK/readers-done" ]; do
		within 60 qemu-io -f raw \
			-c 'aio_write -P 0x11 0 512k' -c 'aio_write -P 0x22 1M 256k' \
			-c 'aio_write -P 0x33 2M 64k' -c 'aio_flush' \
			-c 'read -P 0x11 0 512k' -c 'read -P 0x22 1M 256k' \
			-c 'read -P 0x33 2M 64k' "$(url 2)" >"$WORK/writer.out" 2>&1
		if grep -Eiq 'fail|mismatch|error' "$WORK/writer.out"; then
			cp "$WORK/writer.out" "$WORK/writer.bad"
		fi
	done
}

concurrently()	# concurrently WHERE
{
	local pids=() lun rc=0 pid others=()

	trace scst_iscsi/scst_iscsi_burst_sent scst_iscsi/scst_iscsi_burst_released ||
		bail "no tracepoints"
	rm -f "$WORK/readers-done" "$WORK/writer.bad"
	writer &
	others+=($!)
	stutter 300 &
	others+=($!)
	for lun in 0 1 0 1; do
		reader $lun "${sums[$lun]}" >"$WORK/reader.${#pids[@]}.out" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || rc=1
	done
	touch "$WORK/readers-done"
	wait "${others[@]}"
	if [ $rc -eq 0 ]; then
		pass "$1: four readers see the right content"
	else
		fail "$1: four readers see the right content" \
			"$(cat "$WORK"/reader.*.out)"
	fi
	ok "$1: the writer sees its own data" test ! -e "$WORK/writer.bad"
	ok "$1: data buffers are released" poll 20 no_active_pages
	without_a_copy "$1"
}

# Bytes that went to TCP in bursts, without a copy, and that TCP has let go of since
all_released()
{
	[ "$(trace_sum scst_iscsi_burst_sent bytes)" = \
		"$(trace_sum scst_iscsi_burst_released bytes)" ]
}

# A batch that finds no free burst is sent otherwise, so it may be less than was read
without_a_copy()	# without_a_copy WHERE
{
	local read=$((4 * ROUNDS * SIZE_MB << 20)) sent

	ok "$1: all that was sent without a copy is released" poll 20 all_released
	sent=$(trace_sum scst_iscsi_burst_sent bytes)
	diag "$1: the readers have read $read bytes, $sent were sent without a copy"
	ok "$1: that is most of it" test "$sent" -gt $((read * 3 / 4))
	ok "$1: nothing was lost from the trace" trace_is_whole
}

no_active_pages()
{
	grep -Eq '^Inactive/active pages *[0-9]+/0$' $PROC/sgv
}

# With DataDigest the digest and the data must belong together even while
# somebody changes the page cache below.
digest_under_change()
{
	local disk end

	initiator_start
	discover >/dev/null
	node_set "node.conn[0].iscsi.DataDigest" CRC32C
	login >/dev/null || bail "open-iscsi cannot log in"
	disk=$(wait_for_disk 0) || bail "open-iscsi has no disk"
	end=$((SECONDS + 8 * SLOW))
	while [ $SECONDS -lt $end ]; do
		dd if="$WORK/content" of="$file0" bs=1M conv=notrunc status=none
		dd if="$WORK/content2" of="$file0" bs=1M conv=notrunc status=none
	done &
	while [ $SECONDS -lt $end ]; do
		within 60 dd if="$disk" of=/dev/null bs=256k iflag=direct \
			status=none || break
	done
	wait $!
	is "digests match while the file changes" \
		"$(kernel_log | grep -ciE 'digest|detected conn error')" 0
	logout >/dev/null
	initiator_stop
}

test_begin
in_netns=
file0=$(disk_file zero $SIZE_MB)
file1=$(disk_file one $SIZE_MB)
content "$file0"
content "$file1"
cp "$file0" "$WORK/content"
sums=("$(sha256sum <"$file0")" "$(sha256sum <"$file1")")
loop=$(losetup --find --show "$file1") || bail "no loop device"
defer_last losetup -d "$loop"
modules_load scst scst_vdisk iscsi_scst
vdisk_open zero "$file0" && lun_add Default zero 0 &&
	vdisk_open one "$loop" BLOCKIO && lun_add Default one 1 &&
	vdisk_open two "$(disk_file two 8)" && lun_add Default two 2 ||
	bail "cannot set up the disks"
daemon_config <<-CONF
	Target $IQN
	DataDigest None,CRC32C
CONF
daemon_start

concurrently loopback
if ip netns add readers 2>/dev/null &&
   ip link add scst0 type veth peer name scst1 netns readers; then
	defer "ip netns del readers; ip link del scst0"
	ip addr add $NET.1/24 dev scst0
	ip link set scst0 up
	ip -n readers addr add $NET.2/24 dev scst1
	ip -n readers link set scst1 up
	in_netns="ip netns exec readers"
	PORTAL=$NET.1
	concurrently veth
	PORTAL=127.0.0.1
	in_netns=
else
	skip "veth" "no network namespaces or veth"
fi
content "$WORK/content2"
digest_under_change
