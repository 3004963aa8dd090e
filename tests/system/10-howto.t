#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The howto's section "without using scstadmin" line by line (howto.session):
# every command must succeed and print exactly what is written there.  Local
# disks are scsi_debug's, made so that the howto's addresses exist.

. "${0%/*}/lib.sh"

SESSION=${0%/*}/howto.session
OTHER=iqn.2007-05.com.example:storage.iscsi-scst-1
DEBUG=/sys/bus/pseudo/drivers/scsi_debug

debug_luns()	# debug_luns HOST LUNS: all of its devices are there
{
	[ "$(find /sys/bus/scsi/devices/ -name "$1:0:0:*" | wc -l)" = "$2" ]
}

# One after the other, so that the order is the one of the session file even
# if hosts are scanned in the background
debug_host()	# debug_host HOST TYPE LUNS: that host, with that many devices
{
	echo "$2" >$DEBUG/ptype && echo "$3" >$DEBUG/max_luns &&
		echo 1 >$DEBUG/add_host && poll 20 debug_luns "$1" "$3"
}

local_disks()
{
	[ ! -d /sys/class/scsi_host/host0 ] || return 1
	modprobe scsi_debug add_host=0 num_tgts=1 dev_size_mb=8 \
		per_host_store=1 || return 1
	debug_host 0 0 1 && debug_host 1 0 1 && debug_host 2 13 1 &&
		debug_host 3 0 2 && debug_host 4 0 9 && debug_host 5 0 9
}

serial_of()	# serial_of H:C:I:L: the local disk's own unit serial number
{
	tail -c +5 "/sys/bus/scsi/devices/$1/vpd_pg80" | tr -d '\0 '
}

serial_seen()	# serial_seen TARGET: of LUN 0 as an initiator sees it
{
	within 30 iscsi-inq -e 1 -c 128 "iscsi://$PORTAL:$PORT/$1/0" |
		sed -n 's/^Unit Serial Number:\[ *\(.*[^ ]\) *\]$/\1/p' | grep . ||
		echo "no serial number"
}

initiators()
{
	cat >/etc/iscsi-scstd.conf <<-CONF
		Target $IQN
		Target $OTHER
	CONF
	cp /etc/iscsi-scstd.conf "$WORK/iscsi-scstd.conf"
	daemon_start
	ok "discovery shows both targets and their LUNs" \
		within 30 iscsi-ls -s "iscsi://$PORTAL:$PORT"
	is "a target without a group of its own has the Default one" \
		"$(serial_seen $IQN)" "$(serial_of 5:0:0:8)"
	is "a target with a group of its own has its LUN" \
		"$(serial_seen $OTHER)" "$(serial_of 4:0:0:8)"
	poll 10 no_sessions
}

targets_seen()	# those that discovery names
{
	within 30 iscsi-ls "iscsi://$PORTAL:$PORT" 2>&1 |
		sed -n 's/^Target:\([^ ]*\) .*/\1/p'
}

log_in()	# log_in TARGET: to its LUN 0
{
	within 30 iscsi-inq "iscsi://$PORTAL:$PORT/$1/0"
}

denied()
{
	is "denied: there is no target to be seen" "$(targets_seen)" ""
	refused "denied: nor one to log in to" "not found" log_in $IQN
}

allowed()
{
	is "allowed: the one target is seen" "$(targets_seen)" $IQN
	ok "allowed: and can be logged in to" log_in $IQN
	refused "allowed: the other one is denied as before" "not found" log_in $OTHER
	poll 10 no_sessions
}

run_command()	# run_command COMMAND EXPECTED
{
	local out rc

	out=$(eval "$1" 2>&1)
	rc=$?
	if [ $rc -ne 0 ]; then
		fail "$1" "status $rc: $out"
	else
		is "$1" "$out" "$2"
	fi
}

play()
{
	local line cmd='' expected='' nl=$'\n'

	while IFS= read -r line <&3; do
		case $line in
		';'*)	;;
		'@ '*)	"${line#@ }" ;;
		'# '*)	cmd=${line#\# } expected='' ;;
		'')	[ -z "$cmd" ] || run_command "$cmd" "$expected"
			cmd='' ;;
		*)	expected+=${expected:+$nl}$line ;;
		esac
	done 3<"$SESSION"
}

test_begin
local_disks || bail "scsi_debug cannot provide hosts 0 to 5"
defer_last poll 20 modprobe -r scsi_debug
defer_last rm -f /etc/initiators.allow /etc/initiators.deny
PATH=${SCST_BUILD:-}/iscsi-scst-adm:$PATH
modules_load iscsi_scst
play

refused "a LUN number that is in use is refused" "File exists" \
	lun_add Default 5:0:0:7 0
refused "an unknown device is refused" "Invalid argument" \
	lun_add Default 9:0:0:9 1
refused "an unknown command is refused" "Invalid argument" \
	say "frobnicate" $PROC/scsi_tgt
ok "the kernel says why" has_line <(kernel_log) 'frobnicate|9:0:0:9'
