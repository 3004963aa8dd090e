#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# completion.sh PROGRAM...: is what bash offers what --help lists?
#
# Output is TAP.

cd "$(dirname "$0")/.." || exit 1
. completion/functions
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
touch "$work/one.conf"
n=0
failed=0

is()		# is DESCRIPTION GOT WANTED
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
		return
	fi
	echo "not ok $n - $1"
	diff <(echo "$3") <(echo "$2") | sed 's/^/# /'
	failed=1
}

offer()		# offer WORD...: what may stand in the place of the last one
{
	local word

	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMP_LINE=$1
	shift
	# as bash has cut it: nothing but = and : is without blanks around it
	for word; do
		[[ $word == [=:] || $COMP_LINE == *[=:] ]] || COMP_LINE+=' '
		COMP_LINE+=$word
	done
	COMP_POINT=${#COMP_LINE}
	_scst "${COMP_WORDS[0]}"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | paste -sd ' '
}

kernel()	# a kernel that has something to offer
{
	_scst_proc=$work/proc
	mkdir -p "$_scst_proc/groups/Default" "$_scst_proc/groups/Default_iqn.a:one" \
		"$_scst_proc/groups/backup" "$_scst_proc/iscsi" "$_scst_proc/vdisk" \
		"$_scst_proc/dev_disk"
	touch "$_scst_proc/vdisk/type" "$_scst_proc/dev_disk/type"
	printf '%s\n' 'Device (host:ch:id:lun or name)  Device handler' \
		'1:0:0:0  dev_disk' 'disk0  vdisk' 'disk1  vdisk' >"$_scst_proc/scsi_tgt"
	echo "tid:1 name:iqn.a:one" >"$_scst_proc/iscsi/session"
}

values()	# values PROGRAM: of the options that take what the kernel or --help names
{
	case ${1##*/} in
	iscsi-scst-adm)
		is "--op" "$(offer "$1" --op '')" "delete new show update"
		is "--op=" "$(offer "$1" --op = '')" "delete new show update"
		is "-o d" "$(offer "$1" -o d)" delete ;;
	scstadmin)
		is "-handler" "$(offer "$1" -adddev x -handler '')" "dev_disk vdisk"
		# what the kernel knows, what bash knows, and what only the user does
		is "each kind of argument is one that is known" "$("$1" --help |
			sed -nE 's/^  -[A-Za-z0-9_]+ \[?([a-z]+)\]?( .*)?$/\1/p' |
			sort -u | paste -sd ' ')" \
			"bytes device directory driver file group handler id list lun name target"
		is "-driver" "$(offer "$1" -list_driver '')" iscsi
		is "-group" "$(offer "$1" -group '')" "Default Default_iqn.a:one backup"
		is "-group, a part" "$(offer "$1" -group Default_)" Default_iqn.a:one
		is "-group, after the colon" \
			"$(offer "$1" -group Default_iqn.a : o)" one
		is "-device" "$(offer "$1" -device '')" "1:0:0:0 disk0 disk1"
		is "-assigndev d" "$(offer "$1" -assigndev d)" "disk0 disk1"
		is "-device, after a colon" "$(offer "$1" -device 1 :)" 0:0:0
		is "-list_target" "$(offer "$1" -list_target '')" iqn.a:one
		is "no value for -json" "$(offer "$1" -json di)" "" ;;
	esac
}

kernel
for program; do
	name=${program##*/}
	if [ ! -x "$program" ]; then
		n=$((n + 1))
		echo "ok $n - $name # SKIP not built"
		continue
	fi
	is "$name: has a file that completes it" \
		"$(sed -n 's/.*complete -F _scst //p' "completion/$name.in")" "$name"
	# options as they stand at the left side, long ones if there are
	help=$("$program" --help 2>/dev/null | grep '^  -')
	wanted=$(grep -oE '^  (-., )?--?[A-Za-z_][A-Za-z0-9_-]*=?' <<<"$help" |
		sed 's/.* //' | sort -u | paste -sd ' ')
	got=$(offer "$program" -)
	is "$name: all options, and no others" "$got" "$wanted"
	one=${wanted%% *}
	is "$name: the rest of an option" \
		"$(offer "$program" "${one%?}" | tr ' ' '\n' | grep -xF -- "$one")" "$one"
	is "$name: nothing for an unknown one" "$(offer "$program" --nonexistent)" ""
	case $help in
	*--config=*)
		is "$name: files after --config=" \
			"$(offer "$program" --config = "$work/o")" "$work/one.conf" ;;
	*-config*)
		is "$name: files after -config" \
			"$(offer "$program" -config "$work/o")" "$work/one.conf" ;;
	esac
	values "$program"
done

echo "1..$n"
exit $failed
