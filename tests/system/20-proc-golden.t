#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /proc/scsi_tgt byte for byte: what the files show is compared with
# tests/golden/, every command is tried with good and with bad arguments, and
# the error codes are those of Documentation/ABI/testing/procfs-scst.

. "${0%/*}/lib.sh"

shopt -s extglob
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
EOVERFLOW='Value too large for defined data type'

# Every file that is there with all modules loaded: mode, owner and name
FILES='644 root dev_disk/trace_level
444 root dev_disk/type
644 root dev_disk_perf/trace_level
444 root dev_disk_perf/type
444 root group_order
644 root groups/Default/devices
644 root groups/Default/names
444 root help
444 root iscsi/session
644 root iscsi/trace_level
444 root iscsi/version
644 root scsi_tgt
444 root sessions
444 root sgv
644 root threads
644 root trace_level
444 root vdisk/help
444 root vdisk/t10_dev_id
644 root vdisk/trace_level
444 root vdisk/type
644 root vdisk/vdisk
444 root version'

# What has been compared, by file and by golden file
declare -A compared used

slurp()		# slurp FILE: what it shows is in $text; fails with a reason in $said
{
	text='' said=''
	# "read" fails where the file ends; if not there was a NUL byte
	{ ! IFS= read -r -d '' text <"$1"; } 2>"$WORK/said" &&
		[[ ! -s $WORK/said ]] && return
	said='has a NUL byte'
	read -r said <"$WORK/said"
	return 1
}

same()		# same FILE NAME: $text, which FILE shows, is tests/golden/NAME
{
	local got=$text file=${1#"$PROC/"}

	compared[$file]=1
	used[$2]=1
	if slurp "$GOLDEN/$2" && [[ $got == "$text" ]]; then
		pass "$file shows golden/$2"
	else
		fail "$file shows golden/$2" \
			"$(diff -u <(cat -A "$GOLDEN/$2") <(printf %s "$got" | cat -A))"
	fi
}

golden()	# golden FILE NAME: FILE shows exactly tests/golden/NAME
{
	if slurp "$1"; then
		same "$1" "$2"
	else
		fail "${1#"$PROC/"} shows golden/$2" "$said"
	fi
	# one function reads all files, so one file tells where time matters
	[[ $SLOW -gt 1 && $1 != "$LUNS" ]] || short_reads "$1" "$2"
}

short_reads()	# short_reads FILE NAME: the same, seven bytes at a time
{
	local out

	out=$(dd if="$1" bs=7 2>/dev/null | cmp - "$GOLDEN/$2" 2>&1) ||
		fail "${1#"$PROC/"} shows golden/$2 in short reads" "$out"
}

shows()		# shows FILE TEXT: and a newline, for what is too small for a file
{
	slurp "$1" || text="${said}"
	is "${1#"$PROC/"} shows '${2//$'\n'/ }'" "$text" "$2"$'\n'
}

shows_like()	# shows_like DESCRIPTION FILE REGEX
{
	slurp "$2" || text="${said}"
	like "$1" "$text" "$3"
}

there()		# there DESCRIPTION PATH...: all of them exist
{
	local desc=$1 path

	shift
	for path; do
		[[ -e $path ]] || { fail "$desc" "no $path"; return; }
	done
	pass "$desc"
}

gone()		# gone DESCRIPTION PATH...: none of them exists
{
	local desc=$1 path

	shift
	for path; do
		[[ ! -e $path ]] || { fail "$desc" "there is $path"; return; }
	done
	pass "$desc"
}

accepts()	# accepts FILE COMMAND
{
	taken "${1#"$PROC/"}: $2" "$2" "$1"
}

rejects()	# rejects ERROR FILE COMMAND
{
	not_taken "${2#"$PROC/"}: '$3': $1" "$1" "$3" "$2"
}

# Executes lines "FILE<tab>BYTES", with escapes of Perl: one write(2) of exactly these
# bytes.  Answers with its result; one process is enough for all of them.
# shellcheck disable=SC2016 # these are Perl's
WRITER='
	$| = 1;
	while (my $line = <STDIN>) {
		chomp $line;
		my ($file, $escaped) = split /\t/, $line, 2;
		my $bytes = eval qq("$escaped");
		my ($f, $n);
		$n = syswrite($f, $bytes) if open($f, ">", $file);
		print defined $n ? "$n of " . length $bytes : $!, "\n";
	}'

raw()		# raw FILE BYTES: the result is in $said
{
	said='no answer'
	printf '%s\t%s\n' "$1" "$2" >&"${writer[1]}"
	IFS= read -r -t $((10 * SLOW)) said <&"${writer[0]}"
}

raw_takes()	# raw_takes FILE BYTES LENGTH
{
	raw "$1" "$2"
	is "${1#"$PROC/"}: write of '${2:0:40}'" "$said" "$3 of $3"
}

raw_refused()	# raw_refused ERROR FILE BYTES
{
	raw "$2" "$3"
	is "${2#"$PROC/"}: write of '${3:0:40}': $1" "$said" "$1"
}

entries()	# entries DIRECTORY NAMES: it has these and no others
{
	local names=("$1"/*)

	is "entries of $1" "${names[*]##*/}" "$2"
}

# ---------------------------------------------------------------------------

small_files()
{
	local cpus

	shows_like "threads has a number" $PROC/threads '^[1-9][0-9]*.$'
	cpus=${text%?}
	golden $PROC/version version
	golden $PROC/sessions sessions.empty
	golden $PROC/vdisk/type type.disk
	golden $PROC/help help
	golden $PROC/vdisk/help vdisk.help
	slurp $PROC/sgv
	text=${text//+([0-9])/N}
	text=${text//+( )/ }
	same $PROC/sgv sgv

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

	for bad in help version sessions group_order sgv vdisk/type vdisk/help; do
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
	there "all five groups are there" $GROUPS_DIR/raw{1..5}
	gone "what follows the NUL is ignored" $GROUPS_DIR/never
	for n in 1 2 3 4 5; do
		accepts $TOP "del_group raw$n"
	done
	gone "the groups are gone" $GROUPS_DIR/raw{1..5}

	raw_refused "$EINVAL" $TOP ''
	raw_refused "$EINVAL" $TOP '\n'
	raw_refused "$EINVAL" $TOP '\0'
	raw_refused "$EINVAL" $TOP '\0add_group raw1'
	raw_refused "$EINVAL" $TOP 'add_group raw1\n\n'
	raw_refused "$EINVAL" $TOP 'add_group raw1\nadd_group raw2\n'
	raw_refused "$EINVAL" $TOP 'add_group raw1\r\n'
	raw_refused "$EINVAL" $TOP 'add_group raw\033[1m'
	raw_refused "$EINVAL" $NAMES 'add a\nadd b'
	gone "nothing of that was executed" $GROUPS_DIR/raw1
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
	printf -v long '%255s' ''
	long=${long// /g}
	accepts $TOP "add_group $long"
	accepts $TOP "del_group $long"
	rejects "$EINVAL" $TOP "add_group ${long}g"
	rejects "$EINVAL" $TOP "del_group"
	rejects "$EINVAL" $TOP "del_group Default"
	rejects "$EINVAL" $TOP "del_group nobody"
	rejects "$EINVAL" $TOP "del_group G1"
	rejects "$EINVAL" $TOP "del_group g1 g1"

	accepts $TOP "rename_group g1 g2"
	there "the directory has the new name" $GROUPS_DIR/g2
	gone "and not the old one" $GROUPS_DIR/g1
	rejects "$EINVAL" $TOP "rename_group g1 g3"
	rejects "$EINVAL" $TOP "rename_group Default g3"
	rejects "$EINVAL" $TOP "rename_group g2 Default"
	rejects "$EINVAL" $TOP "rename_group g2"
	rejects "$EINVAL" $TOP "rename_group g2 g3 g4"
	rejects "$EINVAL" $TOP "rename_group g2 a/b"
	accepts $TOP "del_group g2"

	# not sorted, and a new name is no new place
	accepts $TOP "add_group b"
	accepts $TOP "add_group a"
	accepts $TOP "rename_group b z"
	golden $PROC/group_order group_order
	accepts $TOP "del_group z"
	accepts $TOP "del_group a"

	for bad in nonsense add_groups 'add_groupg1' 'add g1' assign_group \
		-add_group 'add_group,g1'; do
		rejects "$EINVAL" $TOP "$bad"
	done
	entries $GROUPS_DIR Default
}

the_names()
{
	local long

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
	printf -v long '%256s' ''
	rejects "$EINVAL" $NAMES "add ${long// /n}"
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
	shows $GROUPS_DIR/g1/names "iqn.*:db?
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
	golden $LUNS devices.replaced
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
	golden $PROC/vdisk/t10_dev_id t10_dev_id.empty
	the_flags
	accepts $f "open gold0 $DISKS/gold0 NV_CACHE"
	accepts $f "open gold1 $DISKS/gold1 4096 NV_CACHE READ_ONLY"
	accepts $f "open gold2 none NULLIO"
	golden $f vdisk
	the_t10_ids
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

the_t10_ids()
{
	local f=$PROC/vdisk/vdisk id=0123456789012345678901234

	golden $PROC/vdisk/t10_dev_id t10_dev_id.default
	accepts $f "set_t10_dev_id gold1 an id, with  blanks "
	accepts $f "set_t10_dev_id gold2 ${id}567"
	golden $PROC/vdisk/t10_dev_id t10_dev_id
	accepts $f "set_t10_dev_id gold1 another"
	accepts $f "set_t10_dev_id gold1 an id, with  blanks"
	golden $PROC/vdisk/t10_dev_id t10_dev_id
	rejects "$EINVAL" $f "set_t10_dev_id gold0"
	rejects "$EINVAL" $f "set_t10_dev_id gold0 "
	raw_refused "$EINVAL" $f 'set_t10_dev_id gold0 \xc3\xa4'
	rejects "$EINVAL" $f "set_t10_dev_id gold3 id"
	golden $PROC/vdisk/t10_dev_id t10_dev_id
}

# Each flag with its abbreviation, some together; the last row has all that go together
the_flags()
{
	local f=$PROC/vdisk/vdisk file=$DISKS/gold0 loop disk

	loop=$(losetup --find --show $DISKS/gold1) || bail "no loop device"
	defer_last losetup -d "$loop"
	ln -sf "$loop" $DISKS/loop
	accepts $f "open plain $file"
	accepts $f "open through $file WRITE_THROUGH"
	accepts $f "open nv $file WRITE_THROUGH NV_CACHE"
	accepts $f "open ro $file READ_ONLY"
	accepts $f "open direct $file O_DIRECT"
	accepts $f "open null any-word NULLIO"
	accepts $f "open block $DISKS/loop BLOCKIO"
	accepts $f "open removable $file REMOVABLE"
	accepts $f "open sixteen_letters_ $file REMOVABLE READ_ONLY NV_CACHE"
	accepts $f "open all none 2048 REMOVABLE NULLIO O_DIRECT READ_ONLY WRITE_THROUGH"
	golden $f vdisk.flags
	golden $TOP scsi_tgt.flags
	ok "O_DIRECT is said to be ignored" has_line <(kernel_log) \
		'scst_vdisk: direct: O_DIRECT is ignored, use BLOCKIO or fileio_tgt$'
	for disk in plain through nv ro direct null block removable \
		sixteen_letters_ all; do
		accepts $f "close $disk"
	done
	golden $f vdisk.empty
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
	shows_like "a device without handler has none" $TOP "$DISK +none"
	modules_load scst_disk
	shows_like "a new handler takes the devices of its type" $TOP \
		"$DISK +dev_disk"
	golden $PROC/dev_disk/type type.disk
	golden $PROC/dev_disk_perf/type type.disk
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
	shows_like "without its handler the device has none" $TOP "$DISK +none"
	gone "so are the directories" $PROC/dev_disk $PROC/dev_disk_perf
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
	shows "$f" "minor | special"
	accepts "$f" "add mgmt_dbg"
	shows "$f" "minor | special | mgmt_dbg"
	accepts "$f" "set debug"
	shows "$f" debug
	accepts "$f" null
	golden "$f" trace_level.none
	slurp "$GOLDEN/$3"
	for t in ${text//|/}; do
		try_say "add $t" "$f" || fail "$f: add $t" "$said"
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
	one_trace_level $PROC/iscsi/trace_level trace_level.handler \
		trace_level.iscsi.all
	rejects "$EINVAL" $PROC/trace_level "add order"
	rejects "$EINVAL" $PROC/vdisk/trace_level "add retry"
	rejects "$EINVAL" $PROC/iscsi/trace_level "add order"
	golden $PROC/dev_disk/trace_level trace_level.handler
	golden $PROC/dev_disk_perf/trace_level trace_level.handler
}

# Groups come and go while others read their files and change their LUNs: nothing may
# hang, and nothing may be left behind.
ROUNDS=50

churn_groups()	# churn_groups NUMBER
{
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		[[ ! -e $WORK/churned ]] || return
		say "add_group churn$1" $TOP
		say "rename_group churn$1 churn$(($1 % 3 + 1))" $TOP
		say "del_group churn$1" $TOP
	done
}

churn_files()	# churn_files NUMBER
{
	while [[ ! -e $WORK/churned ]]; do
		say "add gold$(($1 - 1)) $1" $GROUPS_DIR/churn"$1"/devices
		say "add name$1" $GROUPS_DIR/churn"$1"/names
		say clear $GROUPS_DIR/churn"$1"/devices
	done
}

read_files()
{
	local file

	while [[ ! -e $WORK/churned ]]; do
		for file in "$GROUPS_DIR"/*/{devices,names}; do
			read -r -d '' <"$file"
		done
	done
}

come_and_go()
{
	local i groups=() others=()

	rm -f "$WORK/churned"
	for i in 1 2; do
		read_files &
		others+=($!)
		churn_files $i &
		others+=($!)
	done 2>/dev/null
	for i in 1 2 3; do
		churn_groups $i &
		groups+=($!)
	done 2>/dev/null
	ok "groups come and go under their readers" \
		poll 60 not kill -0 "${groups[@]}"
	touch "$WORK/churned"
	ok "nobody hangs" poll 30 not kill -0 "${others[@]}"
	for i in 1 2 3; do
		say "del_group churn$i" $TOP 2>/dev/null
	done
	entries $GROUPS_DIR Default
}

# A file that is open does not keep its group, nor the group its directory
open_files()
{
	accepts $TOP "add_group held"
	exec 7<>$GROUPS_DIR/held/devices 8<$GROUPS_DIR/held/names
	accepts $TOP "del_group held"
	gone "an open file does not keep the directory" $GROUPS_DIR/held
	read -r <&8 2>"$WORK/said"
	read -r said <"$WORK/said"
	like "reading it fails" "$said" "$EIO"
	accepts $TOP "add_group held"
	accepts $TOP "del_group held"
	exec 7>&- 8<&-
}

# The session's number is masked; until the initiator has nothing to do any more its
# connection shows that.
session_is()	# session_is NAME: the file is in $text
{
	local got

	slurp $PROC/iscsi/session
	text=${text/sid:+([0-9a-f])/sid:N}
	got=$text
	slurp "$GOLDEN/$1"
	[[ $got == "$text" ]]
}

a_session()
{
	accepts $LUNS "add gold0 0"
	daemon_config <<-CONF
		Target $IQN
	CONF
	daemon_start
	golden $PROC/iscsi/session session.none
	initiator_start
	discover >/dev/null || bail "discovery fails"
	login >/dev/null || bail "login fails"
	poll 10 cmp $PROC/sessions "$GOLDEN/sessions"
	golden $PROC/sessions sessions
	poll 10 session_is session
	same $PROC/iscsi/session session
	accepts $TOP "add_group busy"
	accepts $GROUPS_DIR/busy/names "add iqn.1993-08.org.debian:01:scst-test"
	rejects "Device or resource busy" $TOP "del_group busy"
	accepts $GROUPS_DIR/busy/names clear
	accepts $TOP "del_group busy"
	rejects "$ENOSYS" $PROC/iscsi/session x
	rejects "$ENOSYS" $PROC/iscsi/version x
	logout >/dev/null || fail "logout"
}

# No file is left out: neither of those in /proc nor of those in tests/golden
the_tree()
{
	local file names=("$GOLDEN"/*)

	is "modes and owners of all files" \
		"$(find $PROC -type f -printf '%m %u %P\n' | sort -k 3)" "$FILES"
	entries $GROUPS_DIR Default
	while read -r _ _ file; do
		[[ -n ${compared[$file]:-} ]] || fail "$file has a golden file"
	done <<<"$FILES"
	for file in "${names[@]##*/}"; do
		[[ -n ${used[$file]:-} ]] || fail "golden/$file is shown by a file"
	done
}

test_begin
coproc writer { exec perl -e "$WRITER"; }
modules_load scst scst_vdisk
entries $PROC "group_order groups help scsi_tgt sessions sgv threads trace_level vdisk version"
golden $TOP scsi_tgt.empty
golden $LUNS devices.empty
modules_load iscsi_scst
golden $PROC/iscsi/session session.empty
golden $PROC/iscsi/version version
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
the_tree
