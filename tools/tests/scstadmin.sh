#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scstadmin as a program, with plain files instead of /proc/scsi_tgt:
# scstadmin.sh path/to/scstadmin
#
# Output is TAP.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tap.sh"

program=$1
trap 'rm -rf "$work"' EXIT
proc=$work/proc
: >"$work/log"

group()		# group NAME INITIATOR...
{
	mkdir -p "$proc/groups/$1"
	printf '%-60s%-13s%s\n' Device LUN Options >"$proc/groups/$1/devices"
	printf '%s\n' "${@:2}" >"$proc/groups/$1/names"
}

admin()
{
	run "$@" -proc "$proc"
}

# replies TEXT OPTION...: not done here, and with that reply
replies()
{
	admin "${@:2}"
	expect 1 "^scstadmin: ${*:2:1}: .*$1\$" "${*:2}"
}

# terminal TEXT KEYS OPTION...: on a terminal, where KEYS are pressed after TEXT
terminal()
{
	timeout 60 "${0%/*}/terminal.py" "$1" "$2" "$program" "${@:3}" -proc "$proc" \
		>"$work/out" 2>&1
	status=$?
}

# all that there is in the kernel's place
contents()
{
	find "$proc" -type f -exec cksum {} + | sort
}

same_as()	# same_as CONTENTS DESCRIPTION
{
	[ "$(contents)" = "$1" ]
	result $? "$2"
}

differs_from()	# differs_from CONTENTS DESCRIPTION
{
	[ "$(contents)" != "$1" ]
	result $? "$2"
}

no_countdown()	# no_countdown DESCRIPTION
{
	grep -q "Removals begin" "$work/out"
	[ $? -eq 1 ]
	result $? "$1"
}

one_document()
{
	python3 -c 'import json, sys; json.load(sys.stdin)' <"$work/stdout" 2>"$work/out"
}

json()		# json OPTION...: exactly one document, whatever happens
{
	"$program" "$@" -json -proc "$proc" >"$work/stdout" 2>/dev/null
	one_document
	result $? "one document: $*"
}

mkdir -p "$proc/vdisk" "$proc/dev_disk" "$proc/iscsi"
printf '%-60s%s\n' Device 'Device handler' a vdisk 1:0:0:0 none >"$proc/scsi_tgt"
printf 'Name              Size(MB)    Block size  Options         File name\n' \
	>"$proc/vdisk/vdisk"
printf '%-17s %-11s %-12s%-16s%s\n' a 16 512 'NV ' /a >>"$proc/vdisk/vdisk"
printf '%-17s %-7s %s\n' Name Origin 'T10 device id' a set 'an id' \
	>"$proc/vdisk/t10_dev_id"
echo '0 - disk' | tee "$proc/vdisk/type" >"$proc/dev_disk/type"
touch "$proc/trace_level"
printf 'tid:%s name:%s\n' 7 iqn.a 8 iqn.b >"$proc/iscsi/session"
echo 511 >"$proc/threads"	# no machine has one for each processor then
group Default
group .all '*'
group db db1
printf '%s\n' Default db .all >"$proc/group_order"

admin -list_group
expect 0 '^\.all: 0 sessions' "a group whose name begins with a dot"
"$program" -write_config - -proc "$proc" >"$work/stdout"
[ "$(grep '^\[GROUP' "$work/stdout")" = $'[GROUP db]\n[GROUP .all]' ]
result $? "groups are written in the kernel's order"
grep -qx 'DEVICE a,/a,NV_CACHE,512,an id' "$work/stdout"
result $? "and the T10 identifier"
grep -qx 'THREADS 511' "$work/stdout"
result $? "and the number of threads"
grep -q 'All done' "$work/stdout"
[ $? -eq 1 ]
result $? "and nothing else"
admin -check_config "$work/stdout"
expect 0 '^Nothing to do' "which is what there is"

rm "$proc/vdisk/t10_dev_id"
"$program" -write_config - -proc "$proc" 2>/dev/null |
	grep -qx 'DEVICE a,/a,NV_CACHE,512'
result $? "if the kernel shows it"

admin -list_driver nosuch
expect 1 'there is no target driver nosuch' "unknown driver"
admin -list_target nosuch
expect 1 'there is no target nosuch' "unknown target"
admin -add_init x
expect 2 '-add_init needs -group or -target' "a companion is missing"
admin -adddev b -path /b
expect 2 '-adddev needs -handler' "another one is"
admin -clear_config -group db
expect 2 '-group has no meaning for -clear_config' "an option that would be ignored"
admin -adddev b -handler vdisk -path /dev/null
expect 1 'neither a file nor a block device' "no disk"
admin -open_dev 1:0:0:0 -handler disk -debug
expect 0 "^echo \"assign 1:0:0:0 dev_disk\" >" "a local device gets a handler"
admin -add_lun 0 -device a -driver iscsi -target iqn.a -debug
expect 0 "rename_group TMP_GRP1 Default_iqn.a" "the group of a target is made"
admin -add_lun 0 -device a -driver qla2x00t -target iqn.a -debug
expect 1 'there is no target driver qla2x00t' "another target driver"
admin -list_target -driver nosuch
expect 1 'there is no target driver nosuch' "one to be listed"
admin -list_group -target nosuch
expect 1 'there is no target nosuch' "groups of no target"
admin -set_scst_attr -attributes threads=3,trace_level=none -debug
expect 0 '^echo "none" >.*/trace_level' "-debug prints attributes"

# targets: the command that does it, and what the file has to have
to_last="does it at once, and to last it has to be in /etc/iscsi-scstd.conf: "
said="iscsi-scstd's: this is said in /etc/iscsi-scstd.conf: "
replies "'iscsi-scst-adm --op new --tid=0 --params Name=iqn.c' $to_last'Target iqn.c'" \
	-add_target iqn.c -driver iscsi
replies "'iscsi-scst-adm --op delete --tid=8' ${to_last}no 'Target iqn.b'" \
	-rem_target iqn.b
replies "'iscsi-scst-adm --op delete --tid=NUMBER' ${to_last}no 'Target iqn.c'" \
	-disable_target iqn.c
replies "'Target iqn.c'" -enable_target iqn.c
replies "'iscsi-scst-adm --op update --tid=7 --params HeaderDigest=CRC32C,None' ${to_last}'HeaderDigest CRC32C,None' below 'Target iqn.a'" \
	-set_tgt_attr iqn.a -attributes HeaderDigest=CRC32C,None,QueuedCommands=9
grep -q 'tid=7 --params QueuedCommands=9' "$work/out"
result $? "each attribute has its reply"
replies "'iscsi-scst-adm --op delete --tid=7' ${to_last}no 'Target iqn.a'" \
	-set_tgt_attr iqn.a -attributes enabled=0
replies "$said'alias' below 'Target iqn.a'" -set_tgt_attr iqn.a -attributes alias=x
replies "per_portal_acl has no effect here" \
	-set_tgt_attr iqn.a -attributes per_portal_acl=1
replies "unknown attribute 'foo'" -set_tgt_attr iqn.a -attributes foo=1
replies "see iscsi-scst-adm(8) and /etc/iscsi-scstd.conf" -set_tgt_attr iqn.a
replies "'iscsi-scst-adm --op new --user --tid=7 --params IncomingUser=joe,Password=PASSWORD' ${to_last}'IncomingUser joe PASSWORD' below 'Target iqn.a'" \
	-add_tgt_attr iqn.a -attributes 'IncomingUser1=joe secret'
grep -q secret "$work/out"
[ $? -eq 1 ]
result $? "but not the secret"
replies "'iscsi-scst-adm --op delete --user --tid=7 --params OutgoingUser=\"a;b\"' .*" \
	-rem_tgt_attr iqn.a -attributes 'OutgoingUser=a;b'
replies "'iscsi-scst-adm --op new --user --params IncomingUser=joe,Password=PASSWORD' ${to_last}'IncomingUser joe PASSWORD' before the first 'Target'" \
	-add_drv_attr iscsi -attributes 'IncomingUser=joe secret'
replies "'iscsi-scst-adm --op delete --user --params IncomingUser=joe' .*" \
	-rem_drv_attr iscsi -attributes IncomingUser=joe
replies "${said}'iSNSServer' before the first 'Target'" \
	-set_drv_attr iscsi -attributes iSNSServer=host
replies "${said}the targets, and iscsi-scstd has to run" \
	-set_drv_attr iscsi -attributes enabled=1
replies "${said}no targets, or iscsi-scstd must not run" \
	-set_drv_attr iscsi -attributes enabled=0
replies "${said}no 'iSNSServer' before the first 'Target'" \
	-rem_drv_attr iscsi -attributes iSNSServer=host
replies "${said}no 'redirect' below 'Target iqn.a'" \
	-rem_tgt_attr iqn.a -attributes redirect=host
replies "${said}no 'MaxSessions' below 'Target iqn.a'" \
	-rem_tgt_attr iqn.a -attributes MaxSessions=1
replies "link_local is always off: .*" -set_drv_attr iscsi -attributes link_local=0
admin -set_drv_attr iscsi -attributes threads=3
expect 1 "iscsi has no attribute 'threads' that can be set" "no attribute"
admin -add_target x -driver qla2x00t
expect 1 'there is no target driver qla2x00t' "targets of another driver"

json -sessions
json -list_target nosuch
json -set_scst_attr -attributes trace_level=none,trace_level=all
json -open_dev b -handler nosuch
json -config /nonexistent
json -add_dgrp d

# each kind of failure has its status
admin
expect 2 'nothing to do: which operation' "no operation"
admin -frobnicate
expect 2 'unknown option' "an unknown option"
admin -sessions -list_group
expect 2 'there can be one operation only' "two operations"
admin -write_config
expect 2 'its argument is missing' "an argument is missing"
admin -config /nonexistent/file
expect 1 '/nonexistent/file: No such file' "no file"
echo 'HANDLER {' >"$work/bad.conf"
admin -check_config "$work/bad.conf"
expect 1 'bad.conf:1: HANDLER: the name is missing' "a file with an error"
admin -write_config /nonexistent/file
expect 1 '/nonexistent/file: No such file' "nowhere to write to"
"$program" -list_group -proc "$proc" >/dev/full 2>"$work/out"
status=$?
expect 1 'standard output: No space left' "an output that takes nothing"
"$program" -help >"$work/out" 2>&1
status=$?
expect 0 '^Usage' "-help is no error"
mkdir -m 755 "$work/bin"
cp "$program" "$work/bin/scstadmin"
chmod 711 "$work"
as_user=()
[ "$(id -u)" -ne 0 ] || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
"${as_user[@]}" "$work/bin/scstadmin" -sessions >"$work/out" 2>&1
status=$?
expect 1 'you have to be root' "somebody else than root"

# whoever sits at a terminal can think again; scripts never wait
cp -a "$proc" "$work/saved"
before=$(contents)
terminal "in  9 seconds" '\x03' -clear_config
expect 130 'Removals begin in 10 seconds' "a removal counts down, and can be stopped"
no_plan=$(grep -c '^\[1/' "$work/out")
result "$no_plan" "nothing has begun"
same_as "$before" "nothing has changed"
terminal "in  1 seconds" '\x03' -config "$work/only-a.conf" -force
expect 1 'only-a.conf: No such file' "an error needs no countdown"
printf '[HANDLER vdisk]\nDEVICE a,/a,NV_CACHE\n' >"$work/only-a.conf"
terminal "in  1 seconds" '\x03' -config "$work/only-a.conf" -force
expect 130 'in  1 seconds' "also in the last second"
same_as "$before" "nothing has changed then, either"
terminal '' '' -config "$work/only-a.conf"
expect 0 '0 changes made' "without force nothing is removed"
no_countdown "so there is no countdown"
terminal '' '' -clear_config -debug
expect 0 '^echo "del_group db"' "nor is it with -debug"
no_countdown "so there is none, either"
same_as "$before" "and nothing has changed"
terminal '' '' -add_group new
no_countdown "an addition does not wait"
differs_from "$before" "but is made"
for options in -noprompt -json; do
	rm -r "$proc"
	cp -a "$work/saved" "$proc"
	terminal '' '' -clear_config $options
	no_countdown "$options: no countdown"
	differs_from "$before" "$options: the removal is made"
done
rm -r "$proc"
cp -a "$work/saved" "$proc"
admin -clear_config
no_countdown "without a terminal there is none"
differs_from "$before" "and the removal is made"
rm -r "$proc"
cp -a "$work/saved" "$proc"
terminal '' '' -clear_config
grep -q 'in  1 seconds.*$' "$work/out" && grep -q '^\[1/' "$work/out"
result $? "whoever does nothing gets what he has asked for"
differs_from "$before" "after the countdown"
rm -r "$proc"
cp -a "$work/saved" "$proc"

printf 'broken\n' >>"$proc/groups/db/devices"
admin -list_group
expect 1 'groups/db/devices:2: is not understood' "which line of the kernel"
rm "$proc/scsi_tgt"
json -sessions
admin -sessions
expect 3 'SCST is not loaded' "no kernel"

finish
