#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own initiator: a disk with ext4 on it under a verifying load,
# logged out, logged in again, with the data intact and the file system clean;
# then once more with CRC32C on headers and data.
#
# kmemleak

. "${0%/*}/lib.sh"

MNT=$WORK/mnt
SIZE=${SCST_DEBUG:+24m}
SIZE=${SIZE:-64m}

fio_verify()	# fio_verify NAME [OPTION]...: random writes, then reads back
{
	local name=$1

	shift
	within 300 fio --name="$name" --thread --ioengine=libaio \
		--iodepth=32 --direct=1 --rw=randwrite --bsrange=4k-128k \
		--verify=crc32c --verify_fatal=1 --do_verify=1 \
		--size="$SIZE" --output-format=terse "$@"
}

fio_reverify()	# the same file again, reading only
{
	local name=$1

	shift
	within 300 fio --name="$name" --thread --ioengine=libaio \
		--iodepth=32 --direct=1 --rw=randwrite --bsrange=4k-128k \
		--verify=crc32c --verify_fatal=1 --verify_only \
		--size="$SIZE" --output-format=terse "$@"
}

negotiated()	# negotiated KEY: what the session agreed on
{
	iscsiadm -m session -P 2 | awk -F': *' -v k="$1" '$1 ~ k { print $2; exit }'
}

test_begin
file=$(disk_file disk0 192)
target_start fileio "$file" || bail "target does not start"
initiator_start

like "SendTargets names the target" "$(discover 2>&1)" \
	"$PORTAL:$PORT,1 $IQN"
ok "login" login
disk=$(wait_for_disk) || bail "no disk appears"
is "the disk has its size" "$(blockdev --getsize64 "$disk")" \
	"$(stat -c %s "$file")"
ok "ext4 can be made" within 120 mkfs.ext4 -q -E nodiscard "$disk"
mkdir -p "$MNT"
ok "mount" mount "$disk" "$MNT"
defer umount "$MNT"
ok "fio verifies random writes at queue depth 32" \
	fio_verify qd32 --filename="$MNT/data"
within 60 dd if=/dev/urandom of="$MNT/random" bs=64k count=64 status=none
sum=$(sha256sum <"$MNT/random")
ok "umount" within 60 umount "$MNT"
ok "logout" logout
ok "the disk disappears" poll 15 not initiator_disk
if [ -e $PROC/sessions ]; then
	ok "the target has no session left" poll 15 no_sessions
fi

ok "login again" login
disk=$(wait_for_disk) || bail "no disk appears"
ok "the file system is clean" within 120 e2fsck -fn "$disk"
ok "mount again" mount "$disk" "$MNT"
is "a random file is intact" "$(sha256sum <"$MNT/random")" "$sum"
ok "fio finds its data intact" fio_reverify qd32 --filename="$MNT/data"
ok "umount" within 60 umount "$MNT"
ok "logout" logout

for key in Header Data; do
	node_set "node.conn[0].iscsi.${key}Digest" CRC32C
done
ok "login with digests" login
disk=$(wait_for_disk) || bail "no disk appears"
is "HeaderDigest is in force" "$(negotiated HeaderDigest)" CRC32C
is "DataDigest is in force" "$(negotiated DataDigest)" CRC32C
ok "mount" mount "$disk" "$MNT"
is "a random file is intact" "$(sha256sum <"$MNT/random")" "$sum"
ok "fio verifies random writes with digests" \
	fio_verify digests --filename="$MNT/digests"
ok "umount" within 60 umount "$MNT"
ok "the file system is clean" within 120 e2fsck -fn "$disk"
ok "logout" logout
if [ "${SCST_TARGET:-scst}" = scst ]; then
	is "the target saw no digest error" \
		"$(kernel_log | grep -ci 'digest error')" 0
fi
