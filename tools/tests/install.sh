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
