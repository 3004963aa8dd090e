#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# install.sh BUILD_FOLDER: installs into an empty root and takes it all away again.
#
# Output is TAP.

O=$1
# shellcheck source=tools/tests/tap.sh
. "$(dirname "$0")/tap.sh"
trap 'rm -rf "$work"' EXIT
root=$work/root
cd "$(dirname "$0")/.." || exit 1

run()		# make target, output in $work/out
{
	MAKEFLAGS='' make -s O="$O" DESTDIR="$root" PREFIX=/usr "$@" >"$work/out" 2>&1
}

same()		# file file description
{
	diff "$1" "$2" >"$work/out"
	result $? "$3"
}

files()		# what is in the root
{
	(cd "$root" && find . ! -type d) | sort
}

run list-installed
cut -d' ' -f1 "$work/out" | sort >"$work/sources"
cut -d' ' -f2 "$work/out" | sed "s|^$root|.|" | sort >"$work/listed"
find completion default examples init.d man service systemd -type f 2>/dev/null | sort |
	comm -13 "$work/sources" - >"$work/forgotten"
same "$work/forgotten" /dev/null "install.list has each file"
uniq -d "$work/sources" >"$work/twice"
same "$work/twice" /dev/null "install.list has no file twice"

run install
result $? "install"
files >"$work/installed"
same "$work/listed" "$work/installed" "what is listed is what is installed"
grep -rlE '@[A-Z]+@' "$root" >"$work/out"
[ $? -eq 1 ]
result $? "no @NAME@ is left in a file"
for script in "$root"/etc/init.d/* "$root"/usr/share/scst/service/*; do
	sh -n "$script" >"$work/out" 2>&1 && [ -x "$script" ]
	result $? "${script#"$root"}: is a script"
done

# Who has chkconfig gets from its line what others get from the LSB's header

lsb()		# script field: of its header, sorted, without blanks
{
	sed -n "/^### BEGIN INIT INFO/,/^### END INIT INFO/s/^# $2: *//p" "$1" |
		tr ' ' '\n' | sort | tr -d '\n'
}

chkconfig()	# script word: the first is 1; nothing if there are not three
{
	sed -nE 's/^# chkconfig: ([0-6]+) ([0-9]{2}) ([0-9]{2})$/\1 \2 \3/p' "$1" |
		cut -d' ' -f"$2"
}

levels_agree()	# script
{
	echo "chkconfig: $(chkconfig "$1" 1), LSB: $(lsb "$1" Default-Start)" \
		"and $(lsb "$1" Default-Stop)" >"$work/out"
	[ -n "$(chkconfig "$1" 1)" ] &&
		[ "$(chkconfig "$1" 1)" = "$(lsb "$1" Default-Start)" ] &&
		[ "$(echo "$(lsb "$1" Default-Start)$(lsb "$1" Default-Stop)" |
			fold -w 1 | sort | tr -d '\n')" = 0123456 ]
}

in_order()	# script script: the first one is started first and stopped last
{
	grep -h '^# chkconfig' "$1" "$2" >"$work/out"
	[ "$(chkconfig "$1" 2)" -lt "$(chkconfig "$2" 2)" ] 2>>"$work/out" &&
		[ "$(chkconfig "$1" 3)" -gt "$(chkconfig "$2" 3)" ]
}

for script in "$root"/etc/init.d/*; do
	levels_agree "$script"
	result $? "${script##*/}: chkconfig and LSB name the same runlevels"
	[ $((1$(chkconfig "$script" 2) + 1$(chkconfig "$script" 3))) = 300 ]
	result $? "${script##*/}: what is started first is stopped last"
	grep -q '^# description: .' "$script"
	result $? "${script##*/}: has the description that chkconfig wants"
done
init=$root/etc/init.d
[ "$(lsb "$init/iscsi-scst" Should-Start)" = scst ] &&
	[ "$(lsb "$init/iscsi-scst" Should-Stop)" = scst ] &&
	in_order "$init/scst" "$init/iscsi-scst"
result $? "chkconfig and LSB start scst before iscsi-scst"

# what the shell makes of the variable in the script
modules()
{
	sh -c "$(sed -n '/^SCST_MODULES=/,/^export/p' "$root/etc/init.d/scst")
		echo \$SCST_MODULES"
}
while read -r value; do
	value=$(printf '%b' "$value") awk \
		'/^SCST_MODULES=/ { $0 = ENVIRON["value"] } { print }' init.d/scst.in \
		>"$root/etc/init.d/scst"
	modules >"$work/before"
	run install
	modules >"$work/after"
	[ -s "$work/before" ]
	result $? "SCST_MODULES are $(cat "$work/before")"
	same "$work/before" "$work/after" "installing again keeps them"
done <<'EOF2'
SCST_MODULES=scst
SCST_MODULES="scst scst_vdisk" # no disks | tapes & co
SCST_MODULES="scst \\\n  scst_vdisk"
SCST_MODULES="scst\n\tscst_disk"
SCST_MODULES='scst'\nSCST_MODULES="$SCST_MODULES scst_disk"
EOF2

sed -i 's/^SCST_MODULES=.*/SCST_MODULES="scst scst_vdisk"/; s/^exec/#exec/' \
	"$root/etc/init.d/scst"
echo ISCSID_OPTIONS=-d1 >"$root/etc/default/scst"
run install
grep -q '^SCST_MODULES="scst scst_vdisk"$' "$root/etc/init.d/scst" &&
	grep -q '^exec' "$root/etc/init.d/scst"
result $? "installing again keeps SCST_MODULES, and nothing else of the script"
grep -qx 'ISCSID_OPTIONS=-d1' "$root/etc/default/scst"
result $? "installing again keeps /etc/default/scst"

run uninstall-iscsi
files | grep -q 'init.d/iscsi' || files | grep -q 'sbin/iscsi'
[ $? -eq 1 ] && [ -e "$root/etc/init.d/scst" ] && [ -e "$root/usr/share/scst/functions" ]
result $? "one set is removed alone"
run uninstall-scst
run uninstall-scstadm
files >"$work/left"
echo ./etc/default/scst >"$work/wanted"
same "$work/wanted" "$work/left" "uninstall leaves what was edited"
cp default/scst "$root/etc/default/scst"
run uninstall
files >"$work/left"
same /dev/null "$work/left" "and nothing else"

! run install DESTDIR=stage && grep -q 'DESTDIR=stage' "$work/out" && [ ! -e stage ]
result $? "a DESTDIR that is not absolute is refused"

finish
