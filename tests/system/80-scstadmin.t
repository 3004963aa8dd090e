#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scstadmin on the real kernel: the howto's way with it, changes with and without
# force, the round trip of write_config, a missing backend, and each option.

. "${0%/*}/lib.sh"

CONF=/etc/scst.conf
DISKS=/tmp/scst-admin
GROUP=Default_$IQN

find_scstadmin()
{
	local d

	for d in "${SCST_BUILD:-}/scstadmin" "$REPO/tools/build/scstadmin" \
		 /usr/local/sbin; do
		[ -f "$d/scstadmin" ] && [ -x "$d/scstadmin" ] || continue
		echo "$d/scstadmin"
		return
	done
	return 1
}

admin()
{
	"$SCSTADMIN" "$@"
}

does()		# does OPTION...: succeeds, and says so
{
	local out rc

	out=$(admin "$@" 2>&1 </dev/null)
	rc=$?
	if [ $rc -eq 0 ] && [[ $out == *'All done.' ]]; then
		pass "scstadmin $*"
	else
		fail "scstadmin $*" "status $rc: $out"
	fi
}

says()		# says TEXT OPTION...: fails, with that message
{
	local text=$1

	shift
	refused "scstadmin $*: $text" "$text" admin "$@"
}

luns()		# luns GROUP: device, LUN and option of each
{
	awk 'NR > 1 { print $1, $2, $3 }' "$PROC/groups/$1/devices" |
		sed 's/ $//'
}

vdisk_row()	# vdisk_row NAME: block size and options
{
	awk -v n="$1" '$1 == n { $1 = $2 = $NF = ""; $0 = $0; $1 = $1; print }' \
		$PROC/vdisk/vdisk
}

state()		# all that can be configured
{
	local g

	awk 'NR > 1 { print $1, $NF }' $PROC/scsi_tgt | sort
	awk 'NR > 1 { $2 = ""; print }' $PROC/vdisk/vdisk | sort
	for g in "$PROC"/groups/*; do
		echo "$g"
		luns "${g##*/}" | sort
		sort "$g/names"
	done
}

# Step 4 as printed, but for the names of the devices
howto_step_4()
{
  {
    echo "[HANDLER vdisk]"
    echo "#DEVICE <vdisk name>,<device path>,<options>,<block size>"
    disk=("$DISKS/md733" "$DISKS/md734")
    for ((i=0;i<${#disk[*]};i++))
    do
      echo "DEVICE vdisk$i,${disk[$i]},NV_CACHE,512"
    done
    echo "[ASSIGNMENT Default]"
    echo "#DEVICE <device name>,<lun>"
    for ((i=0;i<${#disk[*]};i++))
    do
      echo "DEVICE vdisk$i,$i"
    done
  } > /etc/scst.conf
}

the_howto()
{
	howto_step_4
	like "check_config shows the plan" "$(admin -check_config $CONF)" \
		"4 changes to make, 0 errors"
	is "and changes nothing" "$(vdisks)" ""
	like "scstadmin -config" "$(admin -config)" \
		"4 changes made, 0 errors"$'\n'"All done."
	is "the LUNs are there" "$(luns Default)" "vdisk0 0
vdisk1 1"
	is "with their options" "$(vdisk_row vdisk1)" "512 NV"
	like "there is nothing left to do" "$(admin -checkConfig $CONF)" \
		"Nothing to do, 0 errors"
	does -config $CONF
	daemon_config <<<"Target $IQN"
	daemon_start
	is "an initiator finds both disks" \
		"$(within 30 iscsi-ls -s "iscsi://$PORTAL:$PORT" |
			grep -c 'Lun:[01] ')" 2
	poll 10 no_sessions
}

changes()
{
	cat >$CONF <<-EOF2
		[HANDLER vdisk]
		DEVICE vdisk0,$DISKS/md733,NV_CACHE|READ_ONLY,4096
		DEVICE other,$DISKS/other
		DEVICE null,,NULLIO|REMOVABLE
		[ASSIGNMENT Default]
		DEVICE vdisk0,0
		[GROUP hosts]
		USER iqn.2026-11.org.example:host*
		[ASSIGNMENT hosts]
		DEVICE other,0
		DEVICE null,1,READ_ONLY
		[ASSIGNMENT $GROUP]
		DEVICE other,0
	EOF2
	like "without force it says what is different" \
		"$(admin -config $CONF 2>&1)" \
		"$CONF:2: warning: device vdisk0: has another"
	is "and only adds" "$(luns Default; luns hosts; luns "$GROUP")" \
		"vdisk0 0
vdisk1 1
other 0
null 1 RO
other 0"
	is "names" "$(cat $PROC/groups/hosts/names)" \
		"iqn.2026-11.org.example:host*"
	is "what exists is as it was" "$(vdisk_row vdisk0)" "512 NV"
	does -config $CONF -ForceConfig -noprompt
	is "with force it changes" "$(vdisk_row vdisk0)" "4096 NV RO"
	is "and removes" "$(luns Default; vdisks | sort)" "vdisk0 0
null
other
vdisk0"
	like "then there is nothing to do" \
		"$(admin -checkConfig $CONF --force 2>&1)" "Nothing to do"
	is "no temporary group is left" \
		"$(find $PROC/groups -name 'TMP*')" ""

	# a LUN whose device changes, and an initiator that changes its group
	sed -i "s/^DEVICE vdisk0,0/DEVICE other,0/; s/hosts\]/more]/" $CONF
	does -config $CONF -force
	is "a LUN is replaced" "$(luns Default)" "other 0"
	is "a group goes when its names have moved" \
		"$(ls $PROC/groups; cat $PROC/groups/more/names)" \
		"Default
$GROUP
more
iqn.2026-11.org.example:host*"
}

the_round_trip()
{
	local before

	before=$(state)
	does -write_config "$WORK/written.conf"
	like "what was written changes nothing" \
		"$(admin -config "$WORK/written.conf" -force 2>&1)" \
		"0 changes made, 0 errors"
	does -clear_config -noprompt
	is "clear_config leaves nothing" \
		"$(vdisks; ls $PROC/groups; luns Default)" "Default"
	does -config "$WORK/written.conf"
	is "what was written makes all of it again" "$(state)" "$before"
	printf '[OPTIONS]\nKEEP_CONFIG YES\n' >"$WORK/kept.conf"
	chmod 600 "$WORK/kept.conf"
	does -WriteConfig "$WORK/kept.conf"
	ok "options of the old file are kept" \
		grep -qx "KEEP_CONFIG YES" "$WORK/kept.conf"
	is "and its mode" "$(stat -c %a "$WORK/kept.conf")" 600
	does -clear_config
}

# Today's grammar
the_other_grammar()
{
	cat >$CONF <<-EOF2
		HANDLER vdisk_fileio { DEVICE disk { filename $DISKS/other } }
		TARGET_DRIVER iscsi {
			enabled 1
			TARGET $IQN {
				QueuedCommands 128
				LUN 0 disk
				GROUP special {
					LUN 0 disk {
						read_only 1
					}
					INITIATOR iqn.2026-11.org.example:a
				}
			}
		}
	EOF2
	like "what belongs elsewhere is said" "$(admin -config $CONF 2>&1)" \
		"$CONF:5: warning: QueuedCommands .* /etc/iscsi-scstd.conf"
	is "today's grammar" "$(luns "$GROUP"; luns special)" "disk 0
disk 0 RO"
	like "and nothing to do after it" \
		"$(admin -check_config $CONF -force 2>&1)" "Nothing to do"
	does -clear_config
}

a_missing_backend()
{
	cat >$CONF <<-EOF2
		[HANDLER vdisk]
		DEVICE gone,$DISKS/absent
		DEVICE there,$DISKS/other
		[ASSIGNMENT Default]
		DEVICE gone,0
		DEVICE there,1
	EOF2
	says "$CONF:2: device gone: $DISKS/absent: No such file" -config $CONF
	is "the rest is there" "$(luns Default)" "there 1"
	printf 'oops\n[HANDLER vdisk]\nDEVICE x\n' >$CONF
	says "$CONF:3: x: the path of the device is missing" -config $CONF
	does -clear_config
}

each_option()
{
	local g=(-group g)

	does -adddev a -handler vdisk -path $DISKS/md733 \
		-options NV_CACHE,READ_ONLY -blocksize 512
	is "adddev" "$(vdisk_row a)" "512 NV RO"
	does --open_dev=b -handler vdisk_fileio \
		-attributes filename=$DISKS/md734,nv_cache=1,t10_dev_id=b1
	says "exists already" -adddev a -handler vdisk -path $DISKS/md733
	says "No such file" -adddev c -handler vdisk -path $DISKS/absent
	says "-adddev needs -handler" -adddev c -path $DISKS/md733
	truncate -s 32M $DISKS/md733
	does -resyncdev a -handler vdisk
	is "resyncdev" "$(awk '$1 == "a" { print $2 }' $PROC/vdisk/vdisk)" 32
	does -SetT10DeviceId new -device a -handler vdisk
	does -addgroup g
	does -adduser iqn.x "${g[@]}"
	does -add_init iqn.y "${g[@]}"
	does -addgroup h
	does -MoveUser iqn.y "${g[@]}" -to h
	is "MoveUser" "$(cat $PROC/groups/h/names)" iqn.y
	does -RemoveUser iqn.x "${g[@]}"
	is "RemoveUser" "$(cat $PROC/groups/g/names)" ""
	says "iqn.x is not in group g" -RemoveUser iqn.x "${g[@]}"
	does -ClearUsers -group h
	does -renamegroup h -to i
	does -RemoveGroup i
	says "there is no group i" -RemoveGroup i
	says "has to stay" -RemoveGroup Default
	does -assigndev a "${g[@]}" -lun 0
	does -assigndev b "${g[@]}" -options READ_ONLY
	is "assigndev" "$(luns g)" "a 0
b 1 RO"
	says "is a already" -assigndev b "${g[@]}" -lun 0
	does -ReplaceDev b "${g[@]}" -lun 0
	does -ReleaseDev b "${g[@]}" -lun 1
	is "ReplaceDev, ReleaseDev" "$(luns g)" "b 0"
	does -add_lun 5 -device a "${g[@]}" -attributes read_only=1
	does -rem_lun 0 "${g[@]}"
	is "add_lun, rem_lun" "$(luns g)" "a 5 RO"
	does -ClearDevs "${g[@]}"
	is "ClearDevs" "$(luns g)" ""
	does -set_scst_attr -attributes threads=3
	is "set_scst_attr" "$(cat $PROC/threads)" 3
	does -set_hnd_attr vdisk -attributes trace_level=none
	is "set_hnd_attr" "$(cat $PROC/vdisk/trace_level)" none
	does -sessions
	for o in list_handler list_device list_driver list_target list_group \
		list_sessions list_scst_attr; do
		does -$o
		ok "-$o --json" python3 -c 'import json, sys, subprocess
json.loads(subprocess.run(sys.argv[1:], stdout=-1, check=True).stdout)' \
			"$SCSTADMIN" -$o --json
	done
	says "no such target driver" -enable 50:06:0b:00:00:c2:62:00
	says "no such target driver" -disable host3
	says "no such target driver" -issuelip
	says "not supported yet" -add_dgrp d
	says "may mean several options" -remove
	says "unknown option" -frobnicate
	does -RemoveGroup g
	is "-debug executes nothing" \
		"$(admin -RemoveDev a -debug; vdisks | grep -c a)" \
		"echo \"close a\" >$PROC/vdisk/vdisk
All done.
1"
	does -RemoveDev a -handler vdisk
	does -close_dev b -handler vdisk_fileio
	is "no device is left" "$(vdisks)" ""
}

test_begin
SCSTADMIN=$(find_scstadmin) || bail "scstadmin is not built"
says "SCST is not loaded" -sessions
modules_load scst scst_vdisk iscsi_scst
mkdir -p $DISKS
for d in md733 md734 other; do
	truncate -s 16M $DISKS/$d
done
the_howto
changes
the_round_trip
the_other_grammar
a_missing_backend
each_option
