#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The howto's section "using scstadmin" from its third step on: installs the tools,
# writes the configuration files with the howto's own commands, and starts and stops
# the target with the scripts in /etc/init.d.

. "${0%/*}/lib.sh"

SCST=/etc/init.d/scst
ISCSI=/etc/init.d/iscsi-scst
SCSTADMIN=/usr/local/sbin/scstadmin

exits()		# exits STATUS DESCRIPTION COMMAND...
{
	local want=$1 desc=$2 out rc

	shift 2
	out=$(within 60 "$@" 2>&1 </dev/null)
	rc=$?
	if [ $rc -eq "$want" ]; then
		pass "$desc"
	else
		fail "$desc" "'$*' ended with status $rc instead of $want
$out"
	fi
}

installed()
{
	make -s -C "$REPO/tools" O="${SCST_BUILD:-build}" PREFIX=/usr/local install
}

our_modules()
{
	sed -n 's/^\(scst[a-z_]*\|iscsi_scst\) .*/\1/p' /proc/modules | sort | paste -sd ' '
}

pid()
{
	cat /var/run/iscsi-scstd.pid
}

# The howto's steps 2 to 4, with block devices that this machine has
configure()
{
	disk=("$(losetup -f --show "$(disk_file a 16)")" \
	      "$(losetup -f --show "$(disk_file b 24)")")
	defer_last losetup -d "${disk[@]}"
	mkdir -p /etc/iscsi
	echo "InitiatorName=iqn.2007-05.com.example" >/etc/iscsi/initiatorname.iscsi
	cat <<CONF >/etc/iscsi-scstd.conf
  Target $(sed -n 's/InitiatorName=//p' /etc/iscsi/initiatorname.iscsi):storage
CONF
	{
		echo "[HANDLER vdisk]"
		echo "#DEVICE <vdisk name>,<device path>,<options>,<block size>"
		for ((i = 0; i < ${#disk[*]}; i++)); do
			echo "DEVICE vdisk$i,${disk[$i]},NV_CACHE,512"
		done
		echo "[ASSIGNMENT Default]"
		echo "#DEVICE <device name>,<lun>"
		for ((i = 0; i < ${#disk[*]}; i++)); do
			echo "DEVICE vdisk$i,$i"
		done
	} >/etc/scst.conf
}

# What scstadmin does with that file; for as long as there is no scstadmin
configure_by_hand()
{
	[ ! -x $SCSTADMIN ] || return 0
	for ((i = 0; i < ${#disk[*]}; i++)); do
		vdisk_open "vdisk$i" "${disk[$i]}" 512 NV_CACHE
		lun_add Default "vdisk$i" "$i"
	done
}

disks_served()
{
	local i

	for i in 0 1; do
		within 30 iscsi-readcapacity16 "$(url $i)" | grep -q "$((16 + 8 * i))" ||
			return
	done
}

session_id()
{
	sed -n 's/^\tsid:\([0-9a-f]*\) .*/\1/p' $PROC/iscsi/session
}

boot_links()
{
	ls /etc/rc2.d/S??scst /etc/rc2.d/S??iscsi-scst \
		/etc/rc0.d/K??scst /etc/rc0.d/K??iscsi-scst
}

test_begin
ok "make install" installed
configure
[ -x $SCSTADMIN ] || mv /etc/scst.conf /etc/scst.conf.later

if command -v update-rc.d >/dev/null; then
	ok "update-rc.d scst defaults" update-rc.d scst defaults
	ok "update-rc.d iscsi-scst defaults" update-rc.d iscsi-scst defaults
	ok "there are links to start and to stop them" boot_links
else
	skip "update-rc.d" "not on this machine"
fi

exits 3 "scst status, stopped" $SCST status
exits 3 "iscsi-scst status, stopped" $ISCSI status
exits 2 "scst without a verb" $SCST
exits 2 "iscsi-scst with an unknown verb" $ISCSI dump
exits 0 "scst try-restart, stopped" $SCST try-restart
exits 0 "iscsi-scst condrestart, stopped" $ISCSI condrestart
exits 7 "scst reload, stopped" $SCST reload
exits 7 "iscsi-scst reload, stopped" $ISCSI reload
is "none of that has loaded a module" "$(our_modules)" ""

# step 7
exits 0 "$ISCSI stop" $ISCSI stop
exits 0 "$SCST stop" $SCST stop
exits 0 "$SCST start" $SCST start
is "SCST_MODULES are loaded" "$(our_modules)" "scst scst_disk scst_vdisk"
configure_by_hand
exits 0 "$ISCSI start" $ISCSI start
ok "both disks are served" disks_served

exits 0 "scst status, running" $SCST status
exits 0 "iscsi-scst status, running" $ISCSI status
was=$(pid)
exits 0 "scst start, running" $SCST start
exits 0 "iscsi-scst start, running" $ISCSI start
is "it is the same daemon" "$(pid)" "$was"
exits 0 "iscsi-scst reload" $ISCSI reload
exits 0 "iscsi-scst force-reload" $ISCSI force-reload

initiator_start
{ discover && login; } >/dev/null || bail "cannot log in"
sid=$(session_id)
exits 0 "iscsi-scst restart" $ISCSI restart
isnt=$(pid)
ok "it is another daemon" test "$isnt" != "$was"
is "the session has not noticed" "$(session_id)" "$sid"
exits 0 "iscsi-scst condrestart" $ISCSI condrestart
is "nor of that" "$(session_id)" "$sid"
logout >/dev/null
initiator_stop

if [ -x $SCSTADMIN ]; then
	for verb in reload reload-config force-reload; do
		exits 0 "scst $verb" $SCST $verb
	done
	exits 0 "scst restart" $SCST restart
	exits 0 "scst try-restart" $SCST try-restart
	ok "it brings disks and daemon back" disks_served
	echo "[HANDLER vdisk]
DEVICE absent,/nonexistent,,512" >>/etc/scst.conf
	exits 1 "scst reload with a disk that is not there" $SCST reload
	ok "the others are served" disks_served
	mv /etc/scst.conf /etc/scst.conf.bad
else
	skip "scst reload, restart" "scstadmin is not built"
	touch /etc/scst.conf
	exits 5 "scst reload without scstadmin" $SCST reload
	rm /etc/scst.conf
	exits 0 "scst restart" $SCST restart
	exits 0 "it brings the daemon back" $ISCSI status
fi
exits 6 "scst reload without scst.conf" $SCST reload

exits 0 "iscsi-scst stop" $ISCSI stop
is "its module is gone" "$(our_modules)" "scst scst_disk scst_vdisk"
exits 0 "scst stop" $SCST stop
is "all modules are gone" "$(our_modules)" ""
exits 3 "scst status, stopped again" $SCST status
exits 3 "iscsi-scst status, stopped again" $ISCSI status
echo $$ >/var/run/iscsi-scstd.pid
exits 1 "iscsi-scst status after the daemon was killed" $ISCSI status
rm /var/run/iscsi-scstd.pid

sed -i 's/^SCST_MODULES=.*/SCST_MODULES="scst_vdisk"/' $SCST
exits 0 "scst start with edited SCST_MODULES" $SCST start
is "only these modules are loaded" "$(our_modules)" "scst scst_vdisk"
modprobe scst_disk
exits 0 "scst stop" $SCST stop
is "what else used scst is gone, too" "$(our_modules)" ""
echo 'SCST_MODULES="scst nonexistent"' >/etc/default/scst
exits 5 "scst start with a module that there is not" $SCST start
exits 0 "scst stop" $SCST stop
rm /usr/local/share/scst/functions
exits 0 "what is left of removed tools does nothing" $SCST start
