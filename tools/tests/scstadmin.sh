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

printf 'broken\n' >>"$proc/groups/db/devices"
admin -list_group
expect 1 'groups/db/devices:2: is not understood' "which line of the kernel"
rm "$proc/scsi_tgt"
json -sessions
admin -sessions
expect 3 'SCST is not loaded' "no kernel"

finish
