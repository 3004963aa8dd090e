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

json_of()	# json_of EXPRESSION OPTION...: of what it prints as JSON, "d"
{
	admin "${@:2}" --json 2>/dev/null |
		python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

attributes()	# attributes OPTION...: NAME=VALUE of each in a list
{
	admin "$@" | sed '/^Attribute /d; /^All done/d; s/  */=/'
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
	sort $PROC/vdisk/t10_dev_id
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

# What one program for it has parsed since there were /proc files
the_sessions()
{
	local row

	initiator_start
	{ discover && login && wait_for_disk; } >/dev/null ||
		bail "cannot log in"
	is "sessions have a header, with tabs" "$(admin -sessions | head -n 1)" \
		"Target Name	Initiator Name	Group Name	Command Count"
	row=$(admin -list_sessions | sed -n 2p)
	like "and a row each" "$row" \
		$'^iscsi\tiqn.1993-08.org.debian:01:scst-test\tDefault\t[0-9]+$'
	is "that is all" "$(admin -sessions | sed 1,2d)" "All done."
	is "sessions as JSON" "$(json_of '[sorted(s) for s in d["sessions"]]' \
		-sessions)" "[['command_count', 'group_name', 'initiator_name', 'target_name']]"
	is "the target has it" \
		"$(attributes -list_tgt_attr $IQN | paste -sd ' ')" \
		"driver=iscsi sessions=1"
	logout >/dev/null
	initiator_stop
	poll 10 no_sessions
	is "no sessions as JSON" "$(json_of d -sessions)" "{'sessions': []}"
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

	does -SetT10DeviceId 'an id, #1  of it' -device other -handler vdisk
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
	sed -i 's/an id/its id/' "$WORK/written.conf"
	like "another T10 identifier is noticed" \
		"$(admin -config "$WORK/written.conf" 2>&1)" \
		"device other: has another T10 identifier; -ForceConfig sets"
	does -config "$WORK/written.conf" -force
	ok "and set" has_line $PROC/vdisk/t10_dev_id \
		'^other +set +its id, #1  of it$'
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
		HANDLER scst_user {
		}
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
		"$CONF:7: warning: QueuedCommands .* /etc/iscsi-scstd.conf"
	is "today's grammar" "$(luns "$GROUP"; luns special)" "disk 0
disk 0 RO"
	like "and nothing to do after it" \
		"$(admin -check_config $CONF -force 2>&1)" "Nothing to do"
	does -clear_config
	sed -i '1a DEVICE tape' $CONF
	says "$CONF:2: handler scst_user is not in this kernel" -config $CONF
	is "but the rest is there" "$(luns "$GROUP"; luns special)" "disk 0
disk 0 RO"
	does -clear_config
}

# Names of several groups mean the same initiator, and each waits for another one
the_long_way()
{
	local disks="[HANDLER vdisk]
DEVICE a,$DISKS/md733
DEVICE b,$DISKS/md734
DEVICE c,$DISKS/other"

	cat >$CONF <<-EOF2
		$disks
		[GROUP Default]
		USER iqn.x*
		[ASSIGNMENT Default]
		DEVICE a,0
		[GROUP g]
		USER *:1
		[ASSIGNMENT g]
		DEVICE c,0
	EOF2
	does -config $CONF
	cat >$CONF <<-EOF2
		$disks
		[GROUP h]
		USER iqn.x*
		[ASSIGNMENT h]
		DEVICE c,0
		[ASSIGNMENT Default]
		DEVICE b,0
	EOF2
	like "all names pass through temporary groups" \
		"$(admin -config $CONF -force 2>&1)" \
		"take all initiators out of group TMP_GRP.*, 0 errors.*All done."
	is "and come to their group" \
		"$(ls $PROC/groups; luns h; luns Default; cat $PROC/groups/*/names)" \
		"Default
h
c 0
b 0
iqn.x*"
	like "then there is nothing to do" \
		"$(admin -check_config $CONF -force 2>&1)" "Nothing to do"
	does -clear_config
}

# It looks like a disk, until the kernel wants to write to it
a_refused_backend()
{
	local actions='[(a["action"], a["line"], a["removes"]) for a in d["actions"]]'
	local results='[a["result"] for a in d["actions"]]'
	local sums='[d[k] for k in ("changes", "done", "failed", "left_out", "errors", "warnings")]'

	truncate -s 1M $DISKS/fixed
	chattr +i $DISKS/fixed || bail "no file can be protected"
	cat >$CONF <<-EOF2
		[HANDLER vdisk]
		DEVICE fixed,$DISKS/fixed
		DEVICE there,$DISKS/other
		[ASSIGNMENT Default]
		DEVICE fixed,0
		DEVICE there,1
	EOF2
	is "a plan as JSON" "$(json_of "$actions" -check_config $CONF)" \
		"[('device-open', 2, False), ('device-open', 3, False), ('lun-add', 5, False), ('lun-add', 6, False)]"
	is "it names its file" "$(json_of 'd["file"], d["errors"]' \
		-check_config $CONF)" "('$CONF', 0)"
	is "each has its command" \
		"$(json_of 'd["actions"][3]["command"]' -check_config $CONF)" \
		"echo \"add there 1\" >$PROC/groups/Default/devices"
	is "and no result" "$(json_of '"result" in d["actions"][0]' \
		-check_config $CONF)" False
	is "what became of it as JSON" "$(json_of "$results" -config $CONF)" \
		"['failed', 'done', 'left-out', 'done']"
	is "the rest is there" "$(luns Default)" "there 1"
	does -clear_config
	is "the numbers as JSON" "$(json_of "$sums" -config $CONF)" \
		"[4, 2, 1, 1, 1, 1]"
	does -clear_config
	is "the messages as JSON" \
		"$(json_of '[(m["level"], m["line"]) for m in d["messages"]]' \
			-config $CONF)" "[('error', 2), ('warning', 5)]"
	does -clear_config
	says "$CONF:2: open device fixed: $DISKS/fixed: Operation not permitted" \
		-config $CONF -cont_on_err
	is "-cont_on_err goes on" "$(luns Default)" "there 1"
	is "a second time only the rest is tried" "$(json_of \
		'[a["text"] for a in d["actions"]]' -config $CONF)" \
		"['open device fixed: $DISKS/fixed', 'show device fixed as LUN 0 of group Default']"
	chattr -i $DISKS/fixed
	does -clear_config
	is "JSON of a removal" "$(json_of "$actions" -clear_config)" "[]"
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
	does -clear_config
	a_refused_backend
	printf 'oops\n[HANDLER vdisk]\nDEVICE x\n' >$CONF
	says "$CONF:3: x: the path of the device is missing" -config $CONF
	is "errors of a file as JSON" "$(json_of \
		'd["changes"], d["errors"], d["messages"][1]["line"]' \
		-check_config $CONF)" "(0, 1, 3)"
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
	does -adduser iqn.z -group h
	does -ClearUsers -group h
	is "ClearUsers" "$(cat $PROC/groups/h/names)" ""
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

# The names of a LUN of the target: page 0x83
identifiers()
{
	within 30 iscsi-inq -e 1 -c 131 "$(url "$1")"
}

# What has no meaning here, and what is said instead
refusals()
{
	local adm="targets are iscsi-scstd's: 'iscsi-scst-adm --op" o

	for o in {enable,add}_target; do
		says "-$o: $adm new --tid=0 --params Name=$IQN'" \
			-"$o" $IQN -driver iscsi
	done
	for o in {disable,rem}_target; do
		says "-$o: $adm delete --tid=1'" -"$o" $IQN -driver iscsi
	done
	says "-set_tgt_attr: $adm update --tid=1 --params MaxSessions=9'" \
		-set_tgt_attr $IQN -attributes MaxSessions=9
	says "$adm new --user --tid=1 --params IncomingUser=joe,Password=PASSWORD'" \
		-add_tgt_attr $IQN -attributes IncomingUser="joe secret"
	says "$adm delete --user --tid=1 --params IncomingUser=joe'" \
		-rem_tgt_attr $IQN -attributes IncomingUser="joe secret"
	says "$adm new --user --params OutgoingUser=joe,Password=PASSWORD'" \
		-add_drv_attr iscsi -attributes OutgoingUser="joe secret"
	says "$adm delete --user --params OutgoingUser=joe'" \
		-rem_drv_attr iscsi -attributes OutgoingUser=joe
	for o in set_{grp,lun,init}_attr; do
		says "-$o: there is no attribute that can be set" -"$o" 0 \
			-driver iscsi -target $IQN -group g -attributes read_only=1
	done
	for o in {add,rem}_{dgrp,tgrp,dgrp_dev,tgrp_tgt} \
		{list,set}_{dgrp,tgrp,ttgt}_attr list_{dgrp,tgrp}; do
		says "-$o: device groups (ALUA) are not supported yet" -"$o" x \
			-dev_group d -tgt_group t
	done
	for o in issue_lip lip no_lip; do
		says "-$o: no such target driver" -"$o"
	done
}

# The options of today's scstadmin, as far as they mean something
todays_options()
{
	local t=(-driver iscsi -target "$IQN") g=(-driver iscsi -group g)

	does -open_dev d -handler vdisk_fileio \
		-attributes filename=$DISKS/md733,blocksize=4096,removable=1
	does -open_dev e -handler vdisk_nullio
	does -add_lun 0 -device d "${t[@]}"
	is "-target stands for its group, and makes it" "$(luns "$GROUP")" "d 0"
	does -replace_lun 0 -device e "${t[@]}" -attributes read_only=1
	is "replace_lun" "$(luns "$GROUP")" "e 0 RO"
	does -add_lun 1 -device d "${t[@]}"
	does -add_group g
	does -add_lun 3 -device d "${t[@]}" -group g
	is "-group counts more than -target" "$(luns g)" "d 3"
	does -add_init iqn.x "${g[@]}"
	does -add_init iqn.y "${g[@]}"

	is "list_hnd_attr" "$(attributes -list_hnd_attr vdisk_fileio)" \
		"type=$(cat $PROC/vdisk/type)
trace_level=$(cat $PROC/vdisk/trace_level)"
	is "list_dev_attr" "$(attributes -list_dev_attr d | paste -sd ' ')" \
		"handler=vdisk write_through=0 nv_cache=0 read_only=0 removable=1 filename=$DISKS/md733 blocksize=4096 size_mb=32 $(awk '$1 == "d" { print "t10_dev_id=" $3 }' \
			$PROC/vdisk/t10_dev_id)"
	is "list_drv_attr" "$(attributes -list_drv_attr iscsi)" \
		"version=$(head -n 1 $PROC/iscsi/version)
trace_level=$(cat $PROC/iscsi/trace_level)"
	is "list_tgt_attr" "$(attributes -list_tgt_attr $IQN | paste -sd ' ')" \
		"driver=iscsi sessions=0"
	is "list_grp_attr" "$(attributes -list_grp_attr g | paste -sd ' ')" \
		"luns=1 initiators=2 sessions=0"
	is "list_lun_attr" "$(attributes -list_lun_attr 0 "${t[@]}" |
		paste -sd ' ')" "device=e read_only=1"
	is "list_init_attr" "$(attributes -list_init_attr iqn.x "${g[@]}")" \
		"group=g"
	is "attributes as JSON" \
		"$(json_of 'd["attributes"][1]' -list_lun_attr 3 "${g[@]}")" \
		"{'attribute': 'read_only', 'value': '0'}"
	says "there is no handler nope" -list_hnd_attr nope
	says "there is no device nope" -list_dev_attr nope
	says "there is no target driver nope" -list_drv_attr nope
	says "there is no target nope" -list_tgt_attr nope
	says "there is no group nope" -list_grp_attr nope
	says "group g has no LUN 0" -list_lun_attr 0 "${g[@]}"
	says "group g has no initiator iqn.z" -list_init_attr iqn.z "${g[@]}"

	does -set_dev_attr d -attributes t10_dev_id=todays-id
	like "set_dev_attr" "$(identifiers 1)" "todays-id"
	says "blocksize of a device cannot be set while it is open" \
		-set_dev_attr d -attributes blocksize=512
	does -set_drv_attr iscsi -attributes trace_level=none
	is "set_drv_attr" "$(cat $PROC/iscsi/trace_level)" none
	does -set_drv_attr iscsi -attributes trace_level=default
	says "iscsi has no attribute 'threads'" -set_drv_attr iscsi \
		-attributes threads=3

	does -add_group h
	does -move_init iqn.x -to h "${g[@]}"
	is "move_init" "$(cat $PROC/groups/{g,h}/names | paste -sd ' ')" \
		"iqn.y iqn.x"
	does -rem_init iqn.x -group h
	is "rem_init" "$(cat $PROC/groups/h/names)" ""
	does -clear_inits "${g[@]}"
	is "clear_inits" "$(cat $PROC/groups/g/names)" ""
	does -rem_group h
	says "there is no group h" -rem_group h
	is "-nonkey: all of it is written in any case" \
		"$(admin -write_config - -nonkey)" "$(admin -write_config -)"
	ok "the standard output is as good as a file" \
		admin -check_config <(admin -write_config -)
	does -rem_lun 0 "${t[@]}"
	is "rem_lun" "$(luns "$GROUP")" "d 1"
	does -clear_luns "${t[@]}"
	does -clear_luns "${g[@]}"
	is "clear_luns" "$(luns "$GROUP"; luns g)" ""
	refusals
	does -ClearConfig -noprompt
	is "nothing is left" "$(vdisks; ls $PROC/groups)" Default
	for o in h help; do
		like "-$o" "$(admin -$o)" "Usage: scstadmin .*-rem_group group"
	done
	like "-version" "$(admin -version)" "^scstadmin [0-9.]+$"
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
the_sessions
changes
the_round_trip
the_other_grammar
the_long_way
a_missing_backend
each_option
todays_options
