#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The howto's section "using scstadmin": installs the tools with the lines that it and
# README.md print, writes the configuration files with the howto's own commands, starts
# and stops the target with the scripts in /etc/init.d, and takes the tools away again.

. "${0%/*}/lib.sh"
. "${0%/*}/services.sh"

SCSTADMIN=/usr/local/sbin/scstadmin

pid()
{
	cat /var/run/iscsi-scstd.pid
}

printed()	# printed LINE: as the documentation has it, in the folder of the project
{
	ok "$1" within 300 bash -c "cd '$REPO' && $1"
}

# Wherever a package may put something; of the initiators' folders we know nothing
files()
{
	find /boot /etc /opt /usr/bin /usr/sbin /usr/lib/systemd /usr/local /usr/share/man \
		/var -xdev ! -type d ! -path '/etc/iscsi/*' ! -path '/var/lib/iscsi/*' | sort
}

new_files()	# those that were not there when the test began
{
	files | comm -13 "$WORK/files" -
}

listed()	# what make install says that it installs
{
	make -s -C "$REPO/tools" O="$SCST_BUILD" list-installed | cut -d ' ' -f 2 | sort
}

# "make scst" has nothing to build: it says whether the kernel is the right one
kernel_is_another()
{
	mount -t tmpfs none /lib/modules || bail "cannot hide the modules"
	refused "make scst scst_install, and no SCST in the kernel" \
		"has no scst scst_disk scst_vdisk iscsi_scst" \
		make -C "$REPO" scst scst_install
	umount /lib/modules
	is "it has installed nothing" "$(new_files)" ""
}

install_tools()
{
	files >"$WORK/files"
	kernel_is_another
	printed "make scst scst_install iscsi iscsi_install"
	ok "it has installed the daemon" test -x /usr/local/sbin/iscsi-scstd
	ok "but not scstadmin" test ! -e $SCSTADMIN
	printed "make scstadm scstadm_install"
	is "all is there that install.list has, and nothing else" "$(new_files)" "$(listed)"
}

# What README.md prints for it.  Those who have written configuration files remove them.
uninstall_tools()
{
	printed "make uninstall"
	is "what was edited is left, and the links" "$(new_files | grep -v '^/etc/rc')" \
		"/etc/default/scst"
	if command -v update-rc.d >/dev/null; then
		printed "update-rc.d -f scst remove && update-rc.d -f iscsi-scst remove"
	fi
	cp "$REPO/tools/default/scst" /etc/default/scst
	printed "make scst scst_install iscsi iscsi_install"
	printed "make scst_uninstall"
	ok "the daemon's set does not go with it" \
		test -x $ISCSI -a -r /usr/local/share/scst/functions
	printed "make iscsi_uninstall"
	is "nothing is left" "$(new_files)" ""
}

# The howto's step 2: the name of this host, with Debian's open-iscsi
initiator_name()
{
	local name=/etc/iscsi/initiatorname.iscsi

	if [ ! -x /etc/init.d/open-iscsi ]; then
		skip "/etc/init.d/open-iscsi" "not on this machine"
		return
	fi
	# Debian has its daemon in another script, and it runs since it was installed
	ok "the initiator's daemon starts" /etc/init.d/iscsid start
	printed "/etc/init.d/open-iscsi stop"
	# shellcheck disable=SC2016 # as it is printed
	printed '{ echo "InitiatorName=$(/usr/sbin/iscsi-iname)"; echo "InitiatorAlias=$(hostname)"; } >'$name
	printed "/etc/init.d/open-iscsi start"
	is "it has a name and an alias" \
		"$(sed -E 's/=(iqn\.[^=]*:[0-9a-f]+)$/=NAME/; s/^(InitiatorAlias=).+/\1HOST/' $name)" \
		"InitiatorName=NAME
InitiatorAlias=HOST"
	ok "the initiator's daemon stops" /etc/init.d/iscsid stop
}

boot_links()
{
	ls /etc/rc2.d/S??scst /etc/rc2.d/S??iscsi-scst \
		/etc/rc0.d/K??scst /etc/rc0.d/K??iscsi-scst
}

no_sessions_left()
{
	[ -z "$(session_id)" ]
}

# What is built in has no module that takes sessions and disks along; here it only
# looks like that.
stop_what_is_built_in()
{
	local modules="scst scst_vdisk iscsi_scst" m

	exits 0 "scst start" $SCST start
	exits 0 "iscsi-scst start" $ISCSI start
	initiator_start
	{ discover && login; } >/dev/null || bail "cannot log in"
	for m in $modules; do
		mount -t tmpfs none "/sys/module/$m" || bail "cannot hide $m"
	done
	exits 0 "iscsi-scst stop, built in" $ISCSI stop
	ok "sessions have ended" no_sessions_left
	exits 0 "scst stop, built in" $SCST stop
	is "the disks are closed" "$(vdisks)" ""
	for m in $modules; do
		umount "/sys/module/$m"
	done
	logout >/dev/null
	initiator_stop
	exits 0 "scst stop" $SCST stop
	is "all modules are gone" "$(our_modules)" ""
}

# Directories in configfs hold the module, and so do open files
stop_in_configfs()
{
	local cfs=/sys/kernel/config/scst

	exits 0 "scst start" $SCST start
	ok "a device and a LUN in configfs" \
		mkdir -p $cfs/devices/disk0 $cfs/groups/some/luns/0
	exec 9<$cfs/version
	refused "scst stop, with a file open there" $cfs env STOP_SECONDS=1 $SCST stop
	exits 1 "scst restart" env STOP_SECONDS=1 $SCST restart
	exits 0 "it runs all the same" $SCST status
	exec 9<&-
	exits 0 "scst stop" $SCST stop
	is "all modules are gone" "$(our_modules)" ""
}

# Nobody has loaded it, and the daemon asks for its netlink family
driver_by_alias()
{
	daemon_config <<<"Target $IQN"
	daemon_start
	is "the daemon brings its driver" "$(our_modules)" "iscsi_scst scst"
	daemon_stop
	ok "modules unload" modules_unload
}

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

test_begin
driver_by_alias
install_tools
initiator_name
configure
cp /etc/scst.conf /etc/scst.conf.good

if command -v update-rc.d >/dev/null; then
	printed "update-rc.d scst defaults"
	printed "update-rc.d iscsi-scst defaults"
	ok "there are links to start and to stop them" boot_links
else
	skip "update-rc.d" "not on this machine"
fi

lsb stopped
exits 3 "scst status, as nobody" "${nobody[@]}" $SCST status
exits 3 "iscsi-scst status, as nobody" "${nobody[@]}" $ISCSI status
is "none of that has loaded a module" "$(our_modules)" ""

# step 7
exits 0 "$ISCSI stop" $ISCSI stop
exits 0 "$SCST stop" $SCST stop
exits 0 "$SCST start" $SCST start
is "SCST_MODULES are loaded" "$(our_modules)" "scst scst_disk scst_vdisk"
exits 0 "$ISCSI start" $ISCSI start
ok "both disks are served" disks_served

was=$(pid)
exits 0 "scst start, running" $SCST start
exits 0 "iscsi-scst start, running" $ISCSI start
is "it is the same daemon" "$(pid)" "$was"

initiator_start
{ discover && login; } >/dev/null || bail "cannot log in"
sid=$(session_id)
exits 0 "iscsi-scst restart" $ISCSI restart
isnt=$(pid)
cp /etc/iscsi-scstd.conf /etc/iscsi-scstd.conf.good
echo NoSuchKey >>/etc/iscsi-scstd.conf
exits 1 "iscsi-scst reload with an error in iscsi-scstd.conf" $ISCSI reload
exits 1 "iscsi-scst restart with it" $ISCSI restart
is "the daemon has not changed" "$(pid)" "$isnt"
mv /etc/iscsi-scstd.conf.good /etc/iscsi-scstd.conf
ok "it is another daemon" test "$isnt" != "$was"
is "the session has not noticed" "$(session_id)" "$sid"
exits 0 "iscsi-scst condrestart" $ISCSI condrestart
is "nor of that" "$(session_id)" "$sid"
logout >/dev/null
initiator_stop

lsb running
exits 0 "scst reload-config" $SCST reload-config
ok "what was restarted serves both disks" disks_served
was=$(pid)
lsb nobody "${nobody[@]}"
is "nobody has changed nothing" "$(pid) $(our_modules)" \
	"$was iscsi_scst scst scst_disk scst_vdisk"
echo "[HANDLER vdisk]
DEVICE absent,/nonexistent,,512" >>/etc/scst.conf
exits 1 "scst reload with a disk that is not there" $SCST reload
ok "the others are served" disks_served
exits 150 "scst restart with it" $SCST restart
ok "it brings the others and the daemon back" disks_served
mv $SCSTADMIN $SCSTADMIN.away
exits 5 "scst reload without scstadmin" $SCST reload
mv $SCSTADMIN.away $SCSTADMIN
mv /etc/scst.conf /etc/scst.conf.bad
exits 6 "scst reload without scst.conf" $SCST reload

exits 0 "iscsi-scst stop" $ISCSI stop
is "its module is gone" "$(our_modules)" "scst scst_disk scst_vdisk"
exits 0 "scst stop" $SCST stop
is "all modules are gone" "$(our_modules)" ""
exits 3 "scst status, stopped again" $SCST status
exits 3 "iscsi-scst status, stopped again" $ISCSI status
echo $$ >/var/run/iscsi-scstd.pid
exits 1 "iscsi-scst status after the daemon was killed" $ISCSI status
exits 0 "iscsi-scst stop" $ISCSI stop
exits 3 "iscsi-scst status, stopped after that" $ISCSI status

sed -i 's/^SCST_MODULES=.*/SCST_MODULES="scst_vdisk"/' $SCST
exits 0 "scst start with edited SCST_MODULES" $SCST start
is "only these modules are loaded" "$(our_modules)" "scst scst_vdisk"
modprobe scst_disk
exits 0 "scst stop" $SCST stop
is "what else used scst is gone, too" "$(our_modules)" ""
cp "$REPO/tools/examples/scst.conf" /etc/scst.conf
exits 0 "scst start with the example as it is" $SCST start
exits 0 "scst stop" $SCST stop
stop_in_configfs
mv /etc/scst.conf.good /etc/scst.conf
stop_what_is_built_in
echo 'SCST_MODULES="scst nonexistent"' >/etc/default/scst
exits 5 "scst start with a module that there is not" $SCST start
exits 0 "scst stop" $SCST stop
mv /usr/local/share/scst /usr/local/share/scst.away
exits 0 "what is left of removed tools does nothing" $SCST start
exits 3 "and does not run" $SCST status
exits 3 "nor does the daemon" $ISCSI status
mv /usr/local/share/scst.away /usr/local/share/scst
rm /etc/scst.conf /etc/scst.conf.bad /etc/iscsi-scstd.conf
uninstall_tools
