#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dev_disk: a local SCSI disk (scsi_debug's) passed through to two initiators
# that we did not write: what one writes the other reads and the local system
# sees; a reservation keeps the other out and goes with its holder.
#
# kmemleak

. "${0%/*}/lib.sh"

RESERVE='16 00 00 00 00 00'
RELEASE='17 00 00 00 00 00'

hcil_of_debug_disk()
{
	local d

	for d in /sys/bus/scsi/devices/[0-9]*:*; do
		grep -q scsi_debug "$d/model" 2>/dev/null || continue
		echo "${d##*/}"
		return
	done
	return 1
}

io()		# io INITIATOR COMMAND...: qemu-io as that initiator
{
	local ini=$1 c cmds=()

	shift
	for c; do
		cmds+=(-c "$c")
	done
	within 60 qemu-io --image-opts "driver=iscsi,transport=tcp,\
portal=$PORTAL:$PORT,target=$IQN,lun=0,initiator-name=$ini" "${cmds[@]}"
}

verified()	# verified INITIATOR COMMAND...: and no pattern mismatch
{
	local out

	out=$(io "$@" 2>&1) || { echo "$out"; return 1; }
	echo "$out"
	! grep -Eiq 'fail|mismatch|error' <<<"$out"
}

A=iqn.2007-05.com.example:a
B=iqn.2007-05.com.example:b

test_begin
modprobe scsi_debug dev_size_mb=64 num_tgts=1 max_luns=1 delay=0 ||
	bail "no scsi_debug"
defer_last poll 20 modprobe -r scsi_debug
disk=$(hcil_of_debug_disk) || bail "no scsi_debug disk"
modules_load scst scst_disk iscsi_scst
like "the disk has dev_disk as its handler" \
	"$(grep "^$disk " $PROC/scsi_tgt)" ' dev_disk$'
refused "a handler of another type is refused" "Invalid argument" \
	say "assign $disk dev_tape" $PROC/scsi_tgt
ok "it becomes LUN 0" lun_add Default "$disk" 0
daemon_config <<-CONF
	Target $IQN
CONF
daemon_start
local_node=/dev/$(ls "/sys/bus/scsi/devices/$disk/block")

ok "INQUIRY shows the disk itself" bash -c \
	"iscsi-inq $(url) | grep -q 'Product:scsi_debug'"
ok "A writes" verified $A 'write -P 0x5a 0 1M' 'write -P 0xa5 1M 512k' flush
ok "B reads the same" verified $B 'read -P 0x5a 0 1M' 'read -P 0xa5 1M 512k'
ok "B writes over it" verified $B 'write -P 0x77 256k 64k' flush
ok "A sees it" verified $A 'read -P 0x5a 0 256k' 'read -P 0x77 256k 64k' \
	'read -P 0x5a 320k 704k'
blockdev --flushbufs "$local_node"
is "so does the local system" "$(dd if="$local_node" bs=64k skip=4 count=1 \
	iflag=direct status=none | tr -d '\167' | wc -c)" 0
ok "odd pieces" verified $A 'write -P 1 512 512' 'write -P 2 7680 131584' \
	'read -P 1 512 512' 'read -P 2 7680 131584'

# Two at a time, in their own halves, then each verifies the other's
verified $A 'write -P 3 0 16M' 'read -P 3 0 16M' >"$WORK/a.log" 2>&1 &
pid_a=$!
verified $B 'write -P 4 32M 16M' 'read -P 4 32M 16M' >"$WORK/b.log" 2>&1 &
pid_b=$!
wait $pid_a	# not by ok(), whose subshell has no such children
is "A writes and reads while B does" $? 0
wait $pid_b
is "B writes and reads while A does" $? 0
ok "A finds B's data" verified $A 'read -P 4 32M 16M'
ok "B finds A's data" verified $B 'read -P 3 0 16M'

initiator_start
discover >/dev/null
login >/dev/null || bail "open-iscsi cannot log in"
node=$(wait_for_disk) || bail "open-iscsi has no disk"
# shellcheck disable=SC2086 # bytes of a CDB
ok "the kernel's initiator reserves the disk" within 30 sg_raw "$node" $RESERVE
ok "its holder writes" within 30 dd if=/dev/zero of="$node" bs=64k count=1 \
	oflag=direct status=none
refused "another one is told of the conflict" "" verified $B 'write -P 9 0 64k'
ok "the medium is as the holder left it" bash -c \
	"[ \$(dd if=$local_node bs=64k count=1 iflag=direct status=none |
	tr -d '\\0' | wc -c) = 0 ]"
# shellcheck disable=SC2086 # see above
ok "it releases the disk" within 30 sg_raw "$node" $RELEASE
ok "the other one may write again" verified $B 'write -P 9 0 64k'
# shellcheck disable=SC2086 # see above
ok "reserved once more" within 30 sg_raw "$node" $RESERVE
ok "the holder logs out" logout
ok "a reservation goes with its holder" verified $B 'write -P 8 0 64k' \
	'read -P 8 0 64k'
initiator_stop
if [ -z "${SCST_DEBUG:-}" ]; then
	(cd "$WORK" && within 120 iscsi-test-cu --dataloss -t ALL.Reserve6 \
		"$(url)") >"$WORK/reserve6.log" 2>&1 </dev/null
	is "libiscsi's reservation tests: failures" \
		"$(awk '/asserts/ { print $(NF - 1) }' "$WORK/reserve6.log")" 0
fi
