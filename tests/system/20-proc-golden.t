#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /proc/scsi_tgt byte for byte: what the files show is compared with
# tests/golden/, every command is tried with good and with bad arguments, and
# the error codes are those of Documentation/ABI/testing/procfs-scst.

. "${0%/*}/lib.sh"

GOLDEN=$REPO/tests/golden
DISKS=/tmp/scst-golden
GROUPS_DIR=$PROC/groups
TOP=$PROC/scsi_tgt
LUNS=$GROUPS_DIR/Default/devices
NAMES=$GROUPS_DIR/Default/names
DEBUG=/sys/bus/pseudo/drivers/scsi_debug

EINVAL='Invalid argument'
EEXIST='File exists'
ENOENT='No such file or directory'
ENOSYS='Function not implemented'
EIO='Input/output error'
EOVERFLOW='Value too large'

golden()	# golden FILE NAME: FILE shows exactly tests/golden/NAME
{
	local out

	out=$(cmp <(cat "$1") "$GOLDEN/$2" 2>&1 &&
		cmp <(dd if="$1" bs=7 2>/dev/null) "$GOLDEN/$2" 2>&1) && {
		pass "${1#"$PROC/"} shows golden/$2"
		return
	}
	fail "${1#"$PROC/"} shows golden/$2" "$out
$(diff -u <(cat -A "$GOLDEN/$2") <(cat -A "$1"))"
}

accepts()	# accepts FILE COMMAND
{
	ok "${1#"$PROC/"}: $2" say "$2" "$1"
}

rejects()	# rejects ERROR FILE COMMAND
{
	refused "${2#"$PROC/"}: '$3': $1" "$1" say "$3" "$2"
}

# write(2) of exactly these bytes (escapes of Perl); prints its result
raw()		# raw FILE BYTES
{
	perl -e '
		open(my $f, ">", $ARGV[0]) or die "open: $!\n";
		my $bytes = eval qq("$ARGV[1]");
		my $n = syswrite($f, $bytes);
		defined($n) or die "$!\n";
		print "$n of ", length($bytes), "\n";' "$1" "$2"
}

raw_takes()	# raw_takes FILE BYTES LENGTH
{
	is "${1#"$PROC/"}: write of '${2:0:40}'" "$(raw "$1" "$2" 2>&1)" \
		"$3 of $3"
}

raw_refused()	# raw_refused ERROR FILE BYTES
{
	refused "${2#"$PROC/"}: write of '${3:0:40}': $1" "$1" raw "$2" "$3"
}

entries()	# entries DIRECTORY: their names
{
	local names=("$1"/*)

	echo "${names[@]##*/}"
}

mode()		# mode FILE MODE
{
	is "${1#"$PROC/"} has mode $2 and belongs to root" \
		"$(stat -c '%a %U' "$1")" "$2 root"
}

# ---------------------------------------------------------------------------

the_tree()
{
	is "entries of $PROC" "$(entries $PROC)" \
		"groups help scsi_tgt sessions sgv threads trace_level vdisk version"
	is "files of a group" "$(entries $GROUPS_DIR/Default)" "devices names"
	is "files of a handler" "$(entries $PROC/vdisk)" \
		"help trace_level type vdisk"
	mode $TOP 644
	mode $PROC/help 444
	mode $PROC/version 444
	mode $PROC/sessions 444
	mode $PROC/sgv 444
	mode $PROC/threads 644
	mode $PROC/trace_level 644
	mode $LUNS 644
	mode $NAMES 644
	mode $PROC/vdisk/type 444
	mode $PROC/vdisk/help 444
	mode $PROC/vdisk/vdisk 644
	mode $PROC/vdisk/trace_level 644
}

small_files()
{
	local cpus

	cpus=$(cat $PROC/threads)
	like "threads has a number" "$cpus" '^[1-9][0-9]*$'
	golden $PROC/version version
	golden $PROC/sessions sessions.empty
	golden $PROC/vdisk/type type.disk
	is "help ends with an empty line" "$(tail -n 1 $PROC/help)" ""
	ok "help has text" grep -q add_group $PROC/help
	sed 's/[0-9][0-9]*/N/g; s/  */ /g' $PROC/sgv >"$WORK/sgv"
	golden "$WORK/sgv" sgv

	accepts $PROC/threads 7
	golden $PROC/threads threads
	accepts $PROC/threads 0x7
	accepts $PROC/threads 07
	golden $PROC/threads threads
	for bad in 0 -1 +1 x 1x '1 2' '' 99999999999 0x 08; do
		rejects "$EINVAL" $PROC/threads "$bad"
	done
	golden $PROC/threads threads
	accepts $PROC/threads "$cpus"

	for bad in help version sessions sgv vdisk/type vdisk/help; do
		rejects "$EIO" $PROC/$bad x
	done
}

the_write_call()
{
	raw_takes $TOP 'add_group raw1' 14
	raw_takes $TOP 'add_group raw2\n' 15
	raw_takes $TOP 'add_group raw3\n\0' 16
	raw_takes $TOP 'add_group raw4\0add_group never' 30
	raw_takes $TOP '  ADD_group \t raw5 \n' 20
	ok "all five groups are there" test -d $GROUPS_DIR/raw1 -a \
		-d $GROUPS_DIR/raw2 -a -d $GROUPS_DIR/raw3 -a \
		-d $GROUPS_DIR/raw4 -a -d $GROUPS_DIR/raw5
	ok "what follows the NUL is ignored" test ! -e $GROUPS_DIR/never
	for n in 1 2 3 4 5; do
		accepts $TOP "del_group raw$n"
	done
	ok "the groups are gone" test ! -e $GROUPS_DIR/raw1 -a \
		! -e $GROUPS_DIR/raw5

	raw_refused "$EINVAL" $TOP ''
	raw_refused "$EINVAL" $TOP '\n'
	raw_refused "$EINVAL" $TOP '\0'
	raw_refused "$EINVAL" $TOP '\0add_group raw1'
	raw_refused "$EINVAL" $TOP 'add_group raw1\n\n'
	raw_refused "$EINVAL" $TOP 'add_group raw1\nadd_group raw2\n'
	raw_refused "$EINVAL" $TOP 'add_group raw1\r\n'
	raw_refused "$EINVAL" $TOP 'add_group raw\033[1m'
	raw_refused "$EINVAL" $NAMES 'add a\nadd b'
	ok "nothing of that was executed" test ! -e $GROUPS_DIR/raw1
	golden $NAMES names.empty

	# 3584 bytes are a command, one more is not
	raw_refused "$EINVAL" $TOP '@{[ q(x) x 3584 ]}'
	raw_refused "$EOVERFLOW" $TOP '@{[ q(x) x 3585 ]}'
	raw_refused "$EOVERFLOW" $LUNS '@{[ q(x) x 100000 ]}'
	raw_takes $LUNS 'clear@{[ q( ) x 3579 ]}' 3584
}

the_groups()
{
	local long

	accepts $TOP "add_group Default_iqn.2007-05.com.example:storage.iscsi-scst-1"
	golden $GROUPS_DIR/Default_iqn.2007-05.com.example:storage.iscsi-scst-1/devices \
		devices.empty
	accepts $TOP "del_group Default_iqn.2007-05.com.example:storage.iscsi-scst-1"
	accepts $TOP "Add_Group g1"
	rejects "$EINVAL" $TOP "add_group g1"
	rejects "$EINVAL" $TOP "add_group Default"
	accepts $TOP "add_group default"
	accepts $TOP "del_group default"
	rejects "$EINVAL" $TOP "add_group"
	rejects "$EINVAL" $TOP "add_group "
	rejects "$EINVAL" $TOP "add_group a b"
	rejects "$EINVAL" $TOP "add_group a/b"
	rejects "$EINVAL" $TOP "add_group /"
	rejects "$EINVAL" $TOP "add_group ."
	rejects "$EINVAL" $TOP "add_group .."
	long=$(printf '%255s' '' | tr ' ' g)
	accepts $TOP "add_group $long"
	accepts $TOP "del_group $long"
	rejects "$EINVAL" $TOP "add_group ${long}g"
	rejects "$EINVAL" $TOP "del_group"
	rejects "$EINVAL" $TOP "del_group Default"
	rejects "$EINVAL" $TOP "del_group nobody"
	rejects "$EINVAL" $TOP "del_group G1"
	rejects "$EINVAL" $TOP "del_group g1 g1"

	accepts $TOP "rename_group g1 g2"
	ok "the directory has the new name" test -d $GROUPS_DIR/g2 -a \
		! -e $GROUPS_DIR/g1
	rejects "$EINVAL" $TOP "rename_group g1 g3"
	rejects "$EINVAL" $TOP "rename_group Default g3"
	rejects "$EINVAL" $TOP "rename_group g2 Default"
	rejects "$EINVAL" $TOP "rename_group g2"
	rejects "$EINVAL" $TOP "rename_group g2 g3 g4"
	rejects "$EINVAL" $TOP "rename_group g2 a/b"
	accepts $TOP "del_group g2"

	for bad in nonsense add_groups 'add_groupg1' 'add g1' assign_group \
		-add_group 'add_group,g1'; do
		rejects "$EINVAL" $TOP "$bad"
	done
	is "only Default is left" "$(entries $GROUPS_DIR)" Default
}

the_names()
{
	golden $NAMES names.empty
	accepts $NAMES "add iqn.1993-08.org.debian:01:abc"
	accepts $NAMES "ADD user@iqn.2007-05.com.example:host"
	accepts $NAMES "add iqn.*:db?"
	accepts $NAMES "add !iqn.x*"
	golden $NAMES names
	rejects "$EEXIST" $NAMES "add iqn.1993-08.org.debian:01:abc"
	rejects "$EEXIST" $NAMES "add iqn.*:db?"
	rejects "$EINVAL" $NAMES "add"
	rejects "$EINVAL" $NAMES "add two words"
	rejects "$EINVAL" $NAMES "add $(printf '%256s' '' | tr ' ' n)"
	rejects "$EINVAL" $NAMES "del absent"
	rejects "$EINVAL" $NAMES "del iqn.1993-08.org.debian:01:ab?"
	rejects "$EINVAL" $NAMES "del"
	rejects "$EINVAL" $NAMES "del iqn.*:db? more"
	rejects "$EINVAL" $NAMES "replace a b"
	golden $NAMES names

	accepts $TOP "add_group g1"
	rejects "$EINVAL" $NAMES "move iqn.*:db? nobody"
	rejects "$EINVAL" $NAMES "move absent g1"
	rejects "$EINVAL" $NAMES "move iqn.*:db?"
	rejects "$EINVAL" $NAMES "move iqn.*:db? g1 g1"
	accepts $GROUPS_DIR/g1/names "add iqn.*:db?"
	rejects "$EEXIST" $NAMES "move iqn.*:db? g1"
	golden $NAMES names
	accepts $NAMES "move !iqn.x* g1"
	is "the name has moved" "$(cat $GROUPS_DIR/g1/names)" "iqn.*:db?
!iqn.x*"
	accepts $GROUPS_DIR/g1/names "move !iqn.x* Default"
	golden $NAMES names
	accepts $TOP "del_group g1"
	accepts $NAMES "del iqn.*:db?"
	accepts $NAMES CLEAR
	accepts $NAMES clear
	golden $NAMES names.empty
}

the_luns()
{
	golden $LUNS devices.empty
	accepts $LUNS "add gold1 1 READ_ONLY"
	accepts $LUNS "ADD gold0 0"
	accepts $LUNS "add $DISK 0x3fff"
	accepts $LUNS "add gold0 07 read_only"
	golden $LUNS devices
	rejects "$EEXIST" $LUNS "add gold1 0"
	rejects "$EEXIST" $LUNS "add $DISK 16383"
	rejects "$EINVAL" $LUNS "add nodev 9"
	rejects "$EINVAL" $LUNS "add 9:9:9:9 9"
	rejects "$EINVAL" $LUNS "add gold1"
	rejects "$EINVAL" $LUNS "add"
	for bad in 16384 -1 +9 9x x 0x 4294967296 99999999999999999999; do
		rejects "$EINVAL" $LUNS "add gold1 $bad"
	done
	rejects "$EINVAL" $LUNS "add gold1 9 READ"
	rejects "$EINVAL" $LUNS "add gold1 9 READ_ONLYX"
	rejects "$EINVAL" $LUNS "add gold1 9 READ_ONLY more"
	rejects "$EINVAL" $LUNS "addgold1 9"
	rejects "$EINVAL" $LUNS "del"
	rejects "$EINVAL" $LUNS "del nodev"
	rejects "$EINVAL" $LUNS "del gold1 0"
	rejects "$EINVAL" $LUNS "delete gold1"
	rejects "$EINVAL" $LUNS "replace gold1"
	rejects "$EINVAL" $LUNS "replace nodev 1"
	rejects "$EINVAL" $LUNS "replace gold1 x"
	rejects "$EINVAL" $LUNS "swap gold1 gold0"
	golden $LUNS devices

	accepts $LUNS "del gold0 7"
	accepts $LUNS "add gold0 7 READ_ONLY"
	golden $LUNS devices
	accepts $LUNS "replace gold1 7"
	accepts $LUNS "replace gold0 7 READ_ONLY"
	golden $LUNS devices
	accepts $LUNS "del gold0 whatever this is"
	accepts $LUNS "replace gold0 0"
	is "replace adds a LUN that was not there" \
		"$(awk 'NR > 1 { print $1, $2 }' $LUNS | sort)" \
		"$(awk 'NR > 1 { print $1, $2 }' "$GOLDEN/devices" | sort)"
	accepts $LUNS clear
	golden $LUNS devices.empty
	accepts $LUNS "clear all"

	# the howto's own commands
	accepts $LUNS "add $DISK 0"
	golden $LUNS devices.howto
	accepts $LUNS "del $DISK 0"
	golden $LUNS devices.empty
}

the_virtual_disks()
{
	local f=$PROC/vdisk/vdisk

	mkdir -p $DISKS
	truncate -s 16M $DISKS/gold0
	truncate -s 8M $DISKS/gold1
	golden $f vdisk.empty
	accepts $f "open gold0 $DISKS/gold0 NV_CACHE"
	accepts $f "open gold1 $DISKS/gold1 4096 NV_CACHE READ_ONLY"
	accepts $f "open gold2 none NULLIO"
	golden $f vdisk
	accepts $f "close gold2"
	rejects "$EINVAL" $f "open gold0 $DISKS/gold0"
	rejects "$EINVAL" $f "open"
	rejects "$EINVAL" $f "open gold3"
	rejects "$EINVAL" $f "open seventeen_letters $DISKS/gold0"
	rejects "$EINVAL" $f "open gold3 gold3"
	rejects "$EINVAL" $f "open gold3 $DISKS"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 1536"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 256"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 512x"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 NO_SUCH_FLAG"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 NV_CACHE,READ_ONLY"
	rejects "$EINVAL" $f "open gold3 $DISKS/gold0 BLOCKIO"
	rejects "$ENOENT" $f "open gold3 $DISKS/absent"
	rejects "$EINVAL" $f "close"
	rejects "$EINVAL" $f "close gold3"
	rejects "$EINVAL" $f "resync_size gold3"
	rejects "$EINVAL" $f "OPEN gold3 $DISKS/gold0"
	rejects "$EINVAL" $f "nonsense"
	raw_refused "$EINVAL" $f ''
	raw_refused "$EINVAL" $f "open gold3 $DISKS/gold0\\nclose gold0\\n"
}

# Local disks: one of type 0, and one processor that nobody wants
the_local_devices()
{
	[ ! -d /sys/class/scsi_host/host0 ] ||
		bail "there is a SCSI host already"
	modprobe scsi_debug add_host=0 num_tgts=1 dev_size_mb=8 ||
		bail "there is no scsi_debug"
	defer_last rmmod scsi_debug
	DISK=0:0:0:0
	PROCESSOR=1:0:0:0
	echo 0 >$DEBUG/ptype
	echo 1 >$DEBUG/add_host
	# scanning is asynchronous and asks for the type of the moment
	poll 10 has_line $TOP "^$DISK " ||
		bail "the local disk does not appear"
	echo 3 >$DEBUG/ptype
	echo 1 >$DEBUG/add_host
	poll 10 has_line $TOP "^$PROCESSOR " ||
		bail "the local devices do not appear"
	like "a device without handler has none" "$(cat $TOP)" \
		"$DISK +none"
	modules_load scst_disk
	like "a new handler takes the devices of its type" "$(cat $TOP)" \
		"$DISK +dev_disk"
	golden $PROC/dev_disk/type type.disk
	is "files of dev_disk" "$(entries $PROC/dev_disk)" "trace_level type"
}

the_assignments()
{
	golden $TOP scsi_tgt
	accepts $TOP "assign $DISK dev_disk"
	accepts $TOP "ASSIGN $DISK dev_disk"
	rejects "$EINVAL" $TOP "assign $DISK none"
	rejects "$EINVAL" $TOP "assign $DISK nobody"
	rejects "$EINVAL" $TOP "assign $DISK vdisk"
	rejects "$EINVAL" $TOP "assign $DISK DEV_DISK"
	rejects "$EINVAL" $TOP "assign $PROCESSOR dev_disk"
	rejects "$EINVAL" $TOP "assign 7:7:7:7 dev_disk"
	rejects "$EINVAL" $TOP "assign 0:0:0 dev_disk"
	rejects "$EINVAL" $TOP "assign 0:0:0:0:0 dev_disk"
	rejects "$EINVAL" $TOP "assign gold0 dev_disk"
	rejects "$EINVAL" $TOP "assign $DISK"
	rejects "$EINVAL" $TOP "assign"
	rejects "$EINVAL" $TOP "assign $DISK dev_disk more"
	golden $TOP scsi_tgt
	poll 30 rmmod scst_disk || fail "scst_disk unloads"
	like "without its handler the device has none" "$(cat $TOP)" \
		"$DISK +none"
	ok "the directory of dev_disk is gone" test ! -e $PROC/dev_disk
	modules_load scst_disk
	golden $TOP scsi_tgt
}

one_trace_level()	# one_trace_level FILE DEFAULT ALL
{
	local f=$1 t

	golden "$f" "$2"
	accepts "$f" all
	golden "$f" "$3"
	accepts "$f" none
	golden "$f" trace_level.none
	accepts "$f" "value 0x4300"
	accepts "$f" "DEL Out_Of_Mem"
	is "$f: del" "$(cat "$f")" "minor | special"
	accepts "$f" "add mgmt_dbg"
	is "$f: add" "$(cat "$f")" "minor | special | mgmt_dbg"
	accepts "$f" "set debug"
	is "$f: set" "$(cat "$f")" debug
	accepts "$f" null
	golden "$f" trace_level.none
	for t in $(tr -d '|' <"$GOLDEN/$3"); do
		say "add $t" "$f" || fail "$f: add $t"
	done
	golden "$f" "$3"
	for bad in '' nonsense 'add' 'add nonsense' 'del nonsense' 'set' \
		'add mgmt minor' 'value' 'value x' 'value -1' \
		'value 0x100000000' 'value 1 2' 'dump_prs gold0'; do
		rejects "$EINVAL" "$f" "$bad"
	done
	golden "$f" "$3"
	accepts "$f" default
	golden "$f" "$2"
}

the_trace_levels()
{
	one_trace_level $PROC/trace_level trace_level.core trace_level.core.all
	one_trace_level $PROC/vdisk/trace_level trace_level.handler \
		trace_level.vdisk.all
	rejects "$EINVAL" $PROC/trace_level "add order"
	rejects "$EINVAL" $PROC/vdisk/trace_level "add retry"
	golden $PROC/dev_disk/trace_level trace_level.handler
}

# Groups come and go while others read their files and change their LUNs:
# nothing may hang, and nothing may be left behind.
come_and_go()
{
	local i pids=() end=$((SECONDS + 5 * SLOW))

	for i in 1 2; do
		while [ $SECONDS -lt $end ]; do
			cat $GROUPS_DIR/*/devices $GROUPS_DIR/*/names
		done >/dev/null 2>&1 &
		pids+=($!)
		while [ $SECONDS -lt $end ]; do
			say "add gold$((i - 1)) $i" $GROUPS_DIR/churn$i/devices
			say "add name$i" $GROUPS_DIR/churn$i/names
			say clear $GROUPS_DIR/churn$i/devices
		done >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in 1 2 3; do
		while [ $SECONDS -lt $end ]; do
			say "add_group churn$i" $TOP
			say "rename_group churn$i churn$((i % 3 + 1))" $TOP
			say "del_group churn$i" $TOP
		done >/dev/null 2>&1 &
		pids+=($!)
	done
	ok "groups come and go under their readers" \
		within 30 tail --pid="${pids[0]}" -f /dev/null
	wait "${pids[@]}"
	for i in 1 2 3; do
		say "del_group churn$i" $TOP 2>/dev/null
	done
	is "only Default is left" "$(entries $GROUPS_DIR)" Default
}

# A file that is open does not keep its group, nor the group its directory
open_files()
{
	accepts $TOP "add_group held"
	exec 7<>$GROUPS_DIR/held/devices 8<$GROUPS_DIR/held/names
	accepts $TOP "del_group held"
	ok "an open file does not keep the directory" \
		test ! -e $GROUPS_DIR/held
	refused "reading it fails" "$EIO" bash -c 'cat <&8'
	accepts $TOP "add_group held"
	accepts $TOP "del_group held"
	exec 7>&- 8<&-
}

a_session()
{
	if ! find_daemon >/dev/null; then
		skip "sessions with a session" "iscsi-scstd is not built"
		return
	fi
	modules_load iscsi_scst
	accepts $LUNS "add gold0 0"
	daemon_config <<-CONF
		Target $IQN
	CONF
	daemon_start
	initiator_start
	discover >/dev/null || bail "discovery fails"
	login >/dev/null || bail "login fails"
	poll 10 cmp $PROC/sessions "$GOLDEN/sessions"
	golden $PROC/sessions sessions
	accepts $TOP "add_group busy"
	accepts $GROUPS_DIR/busy/names "add iqn.1993-08.org.debian:01:scst-test"
	rejects "Device or resource busy" $TOP "del_group busy"
	accepts $GROUPS_DIR/busy/names clear
	accepts $TOP "del_group busy"
	rejects "$ENOSYS" $PROC/iscsi/session x
	rejects "$ENOSYS" $PROC/iscsi/version x
	golden $PROC/iscsi/trace_level trace_level.handler
	logout >/dev/null || fail "logout"
}

test_begin
modules_load scst scst_vdisk
golden $LUNS devices.empty
the_tree
small_files
the_write_call
the_groups
the_names
the_local_devices
the_virtual_disks
the_assignments
the_luns
the_trace_levels
open_files
come_and_go
a_session
