#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /sys/kernel/config/scst: what is made here can be seen in /proc/scsi_tgt, and
# the other way round; bad values are refused; directories can always be removed.

. "${0%/*}/lib.sh"

CFS=/sys/kernel/config/scst
DISKS=/tmp/scst-configfs

EINVAL='Invalid argument'
EEXIST='File exists'
EBUSY='Device or resource busy'

set_to()	# set_to VALUE FILE
{
	taken "${2#"$CFS/"} = '$1'" "$1" "$2"
}

rejects()	# rejects ERROR VALUE FILE
{
	not_taken "${3#"$CFS/"} = '$2': $1" "$1" "$2" "$3"
}

luns()		# luns GROUP: device, LUN and option of each
{
	awk 'NR > 1 { print $1, $2, $3 }' "$PROC/groups/$1/devices"
}

root_values()
{
	local n

	is "version" "$(cat $CFS/version)" "$(head -n 1 $PROC/version)"
	n=$(cat $CFS/threads)
	is "threads" "$n" "$(cat $PROC/threads)"
	set_to 5 $CFS/threads
	is "threads in /proc" "$(cat $PROC/threads)" 5
	for bad in 0 -1 x '' 99999999999; do
		rejects '' "$bad" $CFS/threads
	done
	set_to "$n" $CFS/threads
}

devices()
{
	local d=$CFS/devices/disk0

	mkdir -p $DISKS
	truncate -s 16M $DISKS/disk0
	ok "mkdir devices/disk0" mkdir $d
	is "handler" "$(cat $d/handler)" vdisk
	is "enable" "$(cat $d/enable)" 0
	rejects "$EINVAL" 1 $d/enable
	rejects "$EINVAL" "two words" $d/path
	rejects "$EINVAL" x $d/block_size
	rejects "$EINVAL" maybe $d/enable
	set_to $DISKS/disk0 $d/path
	set_to nobody $d/handler
	rejects "$EINVAL" 1 $d/enable
	set_to vdisk $d/handler
	set_to 1536 $d/block_size
	rejects "$EINVAL" 1 $d/enable
	set_to 4096 $d/block_size
	set_to "NV_CACHE  NONSENSE" $d/options
	rejects "$EINVAL" 1 $d/enable
	set_to "NV_CACHE READ_ONLY" $d/options
	set_to 1 $d/enable
	set_to 1 $d/enable
	is "vdisk shows it" "$(awk '$1 == "disk0" { print $2, $3, $4, $5, $6 }' \
		$PROC/vdisk/vdisk)" "16 4096 NV RO $DISKS/disk0"
	rejects "$EBUSY" /elsewhere $d/path
	rejects "$EBUSY" 512 $d/block_size
	rejects "$EBUSY" "" $d/options
	set_to 0 $d/enable
	set_to 0 $d/enable
	is "vdisk shows it no more" "$(vdisks)" ""
	set_to 1 $d/enable
	ok "closing it in /proc" vdisk_close disk0
	is "enable after that" "$(cat $d/enable)" 0
	ok "opening it in /proc" vdisk_open disk0 $DISKS/disk0
	is "enable after that" "$(cat $d/enable)" 1
	rejects "$EEXIST" 1 $d/enable
	ok "rmdir devices/disk0" rmdir $d
	is "a device made in /proc stays" "$(vdisks)" disk0
	vdisk_close disk0
	refused "mkdir with a blank" "$EINVAL" mkdir "$CFS/devices/a b"
	refused "mkdir with 64 letters" "$EINVAL" \
		mkdir "$CFS/devices/$(printf '%64s' '' | tr ' ' d)"
}

make_disk()	# make_disk NAME
{
	mkdir "$CFS/devices/$1" &&
		say none "$CFS/devices/$1/path" &&
		say NULLIO "$CFS/devices/$1/options" &&
		say 1 "$CFS/devices/$1/enable"
}

groups_and_luns()
{
	local g=$CFS/groups/g1 long

	ok "a disk" make_disk null0
	ok "another disk" make_disk null1
	ok "mkdir groups/g1" mkdir $g
	ok "it is in /proc" test -d $PROC/groups/g1
	refused "mkdir groups/Default" "$EEXIST" mkdir $CFS/groups/Default
	refused "mkdir with a blank" "$EINVAL" mkdir "$CFS/groups/a b"
	long=$(printf '%200s' '' | tr ' ' g)
	ok "mkdir with a long name" mkdir "$CFS/groups/$long"
	ok "rmdir of it" rmdir "$CFS/groups/$long"

	for bad in x 00 01 0x1 16384 -1 +1 99999999999; do
		refused "mkdir luns/$bad" '' mkdir "$g/luns/$bad"
	done
	ok "mkdir luns/0" mkdir $g/luns/0
	ok "mkdir luns/16383" mkdir $g/luns/16383
	rejects "$EINVAL" 1 $g/luns/0/enable
	set_to nodev $g/luns/0/device
	rejects "$EINVAL" 1 $g/luns/0/enable
	set_to null0 $g/luns/0/device
	set_to null1 $g/luns/16383/device
	set_to 1 $g/luns/16383/read_only
	set_to 1 $g/luns/0/enable
	set_to 1 $g/luns/0/enable
	set_to 1 $g/luns/16383/enable
	is "LUNs in /proc" "$(luns g1)" "null0 0 
null1 16383 RO"
	rejects "$EBUSY" null1 $g/luns/0/device
	rejects "$EBUSY" 1 $g/luns/0/read_only
	refused "rmdir of a group with LUNs" 'Directory not empty' rmdir $g
	set_to 0 $g/luns/0/enable
	ok "LUN 0 is taken in /proc" lun_add g1 null1 0
	rejects "$EEXIST" 1 $g/luns/0/enable
	ok "rmdir luns/0" rmdir $g/luns/0
	ok "rmdir luns/16383" rmdir $g/luns/16383
	is "the LUN made in /proc stays" "$(luns g1)" "null1 0 "

	ok "mkdir initiators/iqn.*" mkdir "$g/initiators/iqn.*"
	is "it is in /proc" "$(cat $PROC/groups/g1/names)" "iqn.*"
	say "add iqn.x" $PROC/groups/g1/names
	refused "mkdir of a name made in /proc" "$EEXIST" \
		mkdir $g/initiators/iqn.x
	refused "mkdir with a blank" "$EINVAL" mkdir "$g/initiators/a b"
	ok "rmdir of the name" rmdir "$g/initiators/iqn.*"
	is "only the one made in /proc is left" \
		"$(cat $PROC/groups/g1/names)" iqn.x
	ok "rmdir of the group" rmdir $g
	ok "it is gone" test ! -e $PROC/groups/g1

	ok "a group made in /proc" say "add_group g2" $PROC/scsi_tgt
	ok "joins" mkdir $CFS/groups/g2
	ok "and is left" rmdir $CFS/groups/g2
	ok "it is still there" test -d $PROC/groups/g2
	ok "mkdir again" mkdir $CFS/groups/g2 $CFS/groups/g2/luns/1
	ok "deleting it in /proc" say "del_group g2" $PROC/scsi_tgt
	set_to null0 $CFS/groups/g2/luns/1/device
	rejects "$EINVAL" 1 $CFS/groups/g2/luns/1/enable
	is "enable" "$(cat $CFS/groups/g2/luns/1/enable)" 0
	ok "rmdir of the LUN" rmdir $CFS/groups/g2/luns/1
	ok "rmdir of the group" rmdir $CFS/groups/g2

	mkdir $CFS/groups/Default/luns/3
	set_to null0 $CFS/groups/Default/luns/3/device
	set_to 1 $CFS/groups/Default/luns/3/enable
	is "LUN of Default" "$(luns Default)" "null0 3 "
	ok "rmdir of an enabled device" rmdir $CFS/devices/null0
	is "its LUN is gone" "$(luns Default)" ""
	ok "rmdir of the LUN" rmdir $CFS/groups/Default/luns/3
	refused "rmdir groups/Default" '' rmdir $CFS/groups/Default
	ok "rmdir of the other device" rmdir $CFS/devices/null1
	is "no disk is left" "$(vdisks)" ""
}

test_begin
[ -d /sys/kernel/config ] || skip_all "the kernel has no configfs"
mountpoint -q /sys/kernel/config ||
	mount -t configfs configfs /sys/kernel/config || bail "no configfs"
modules_load scst scst_vdisk
[ -d $CFS ] || skip_all "SCST was built without configfs"
root_values
devices
groups_and_luns
