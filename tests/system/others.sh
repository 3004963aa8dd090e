# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The two other targets at hand, LIO and tgt, set up like ours: one target
# without access control, one disk.  For the benchmark and for trying a test
# against a target that is known to work.  Sourced after lib.sh's settings.

LIO=/sys/kernel/config/target

lio_disk()	# lio_disk fileio|blockio|nullio PATH [BLOCK_SIZE]: backend folder
{
	local hba attr=

	case $1 in
	fileio)
		hba=fileio_0
		attr="fd_dev_name=$2,fd_dev_size=$(stat -c %s "$2"),fd_buffered_io=1"
		;;
	blockio)
		hba=iblock_0
		attr="udev_path=$2"
		;;
	nullio)
		hba=rd_mcp_0
		attr="rd_pages=262144,rd_nullio=1"
		;;
	esac
	mkdir -p "$LIO/core/$hba/disk0" &&
	echo "$attr" >"$LIO/core/$hba/disk0/control" &&
	echo 1 >"$LIO/core/$hba/disk0/enable" || return 1
	[ -z "${3:-}" ] || echo "$3" >"$LIO/core/$hba/disk0/attrib/block_size"
	[ "$1" = nullio ] || echo 1 >"$LIO/core/$hba/disk0/attrib/emulate_write_cache"
	echo "$LIO/core/$hba/disk0"
}

lio_start()
{
	local tpg=$LIO/iscsi/$IQN/tpgt_1 disk lun=${LIO_LUN:-0}

	modprobe -qa target_core_mod target_core_file target_core_iblock \
		iscsi_target_mod
	mountpoint -q /sys/kernel/config ||
		mount -t configfs configfs /sys/kernel/config
	mkdir -p "$tpg/lun/lun_$lun" "$tpg/np/0.0.0.0:$PORT" || return 1
	disk=$(lio_disk "$@") || return 1
	ln -s "$disk" "$tpg/lun/lun_$lun/disk0" || return 1
	echo 1 >"$tpg/attrib/generate_node_acls"
	echo 0 >"$tpg/attrib/demo_mode_write_protect"
	echo 1 >"$tpg/attrib/cache_dynamic_acls"
	echo 0 >"$tpg/attrib/authentication"
	echo 1 >"$tpg/enable"
}

lio_stop()
{
	local tpg=$LIO/iscsi/$IQN/tpgt_1

	[ -d "$tpg" ] || return 0
	echo 0 >"$tpg/enable"
	rm -f "$tpg"/lun/lun_*/disk0
	rmdir "$tpg"/lun/lun_* "$tpg"/np/* "$tpg" "$LIO/iscsi/$IQN" \
		"$LIO"/core/*/disk0 "$LIO"/core/*_0
}

TGTD_SOCKET=/run/tgtd

tgt_start()
{
	local type=rdwr

	[ "$1" != nullio ] || type=null
	mkdir -p $TGTD_SOCKET
	tgtd -f --iscsi portal="0.0.0.0:$PORT" >"$WORK/tgtd.log" 2>&1 </dev/null &
	tgtd_pid=$!
	poll 60 tgtadm --lld iscsi --mode target --op show || return 1
	tgtadm --lld iscsi --mode target --op new --tid 1 -T "$IQN" &&
	tgtadm --lld iscsi --mode logicalunit --op new --tid 1 --lun 1 \
		-b "$2" --bstype $type ${3:+--blocksize "$3"} &&
	tgtadm --lld iscsi --mode target --op bind --tid 1 -I ALL
}

tgt_stop()
{
	kill -9 "$tgtd_pid"
	wait "$tgtd_pid" 2>/dev/null
}
