#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The systemd units: systemd is process 1 of a PID namespace with nothing but them to
# start, and its manager is asked to do what an administrator does, with systemctl and
# with the scripts in /etc/init.d.

. "${0%/*}/lib.sh"
. "${0%/*}/services.sh"

command -v systemctl >/dev/null && [ -x /lib/systemd/systemd ] ||
	skip_all "no systemd on this machine"
grep -qw cgroup2 /proc/filesystems || skip_all "this kernel has no cgroups"

# Nothing of this machine may start beside our units
only_ours()
{
	local unit

	rm -rf /etc/systemd/system/*.wants /etc/systemd/system/*.requires
	for unit in /lib/systemd/system/*.target.wants/*; do
		case $unit in
		*.target) ;;
		*) ln -sfn /dev/null "/etc/systemd/system/${unit##*/}" ;;
		esac
	done
	: >/etc/machine-id
}

manager()	# the process that becomes systemd; its messages are on standard output
{
	mkdir -p /sys/fs/cgroup
	mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
	exec unshare --fork --pid --mount --mount-proc env -i container=scst \
		PATH="$PATH" /lib/systemd/systemd --system --show-status=no \
		--log-target=console --log-level=warning --unit=multi-user.target
}

boot()
{
	rm -rf /run/systemd
	manager >>"$WORK/systemd.log" 2>&1 </dev/null &
	manager_pid=$!
	poll 60 test -S /run/systemd/private ||
		bail "systemd does not start: $(tail -n 20 "$WORK/systemd.log")"
	# it talks only to whom it can see
	inside=(nsenter -m -p -t "$(pgrep -P "$manager_pid")")
	ctl=("${inside[@]}" systemctl)
}

booted()	# booted DESCRIPTION
{
	boot
	ok "$1" within 120 "${ctl[@]}" is-system-running --wait || log_tail
}

halt()
{
	within 120 "${ctl[@]}" poweroff || return
	poll 60 not kill -0 "$manager_pid" || return
	wait "$manager_pid"
	true
}

active()	# active UNIT...
{
	[ "$("${ctl[@]}" is-active "$@" | sort -u)" = active ]
}

shown()		# shown PROPERTY UNIT
{
	"${ctl[@]}" show --value -p "$1" "$2"
}

nothing_failed()
{
	local failed

	failed=$("${ctl[@]}" list-units --state=failed --plain --no-legend) || return
	[ -z "$failed" ] && return
	echo "$failed"
	return 1
}

restarts()	# restarts COUNT: so often, or more
{
	[ "$(shown NRestarts iscsi-scst)" -ge "$1" ]
}

restarted()
{
	restarts 1 && active iscsi-scst
}

another()	# another PID: has the daemon another one now?
{
	local now

	now=$(shown MainPID iscsi-scst)
	[ "${now:-0}" -gt 0 ] && [ "$now" != "$1" ]
}

# there is no journal
log_to_file()
{
	local unit

	for unit in scst iscsi-scst; do
		mkdir -p /etc/systemd/system/$unit.service.d
		printf '[Service]\nStandardError=append:%s\n' "$WORK/$unit.log" \
			>/etc/systemd/system/$unit.service.d/log.conf
	done
}

log_tail()
{
	diag "systemd:"
	diag "$(tail -n 30 "$WORK/systemd.log" "$WORK"/*scst.log)"
}

# A disk that is missing does not make scst.service a failed one, which systemd would
# neither reload nor stop.
one_disk_missing()
{
	booted "systemd boots again"
	cp /etc/scst.conf "$WORK/scst.conf"
	echo "[HANDLER vdisk]
DEVICE absent,/nonexistent,,512" >>/etc/scst.conf
	exits 0 "systemctl restart scst, with a disk missing" "${ctl[@]}" restart scst
	ok "both services are active" poll 30 active scst iscsi-scst || log_tail
	ok "the others are served" disks_served
	ok "the log has the one that is missing" grep -F /nonexistent "$WORK/scst.log"
	exits 150 "scst restart tells of it" "${inside[@]}" $SCST restart
	ok "the others are served" disks_served
	exits 1 "systemctl reload scst" "${ctl[@]}" reload scst
	ok "both services are active still" active scst iscsi-scst || log_tail
	exits 0 "systemctl stop scst" "${ctl[@]}" stop scst
	is "all modules are gone" "$(our_modules)" ""
	ok "shutdown" halt || log_tail

	booted "systemd boots with a disk missing"
	ok "nothing failed" nothing_failed
	ok "the others are served" disks_served
	ok "shutdown" halt || log_tail
	is "it has left no module" "$(our_modules)" ""
	cp "$WORK/scst.conf" /etc/scst.conf
}

# Volumes that udev activates come after all units that one could wait for.
late_disk()
{
	local late=/dev/scst-late

	sed -i "s|${disk[1]}|$late|" /etc/scst.conf
	rm -f /run/scst.started
	{ poll 60 test -e /run/scst.started && ln -s "${disk[1]}" $late; } &
	booted "systemd boots, with a disk that comes late"
	ok "nothing failed" nothing_failed
	ok "both disks are served" disks_served
	is "nothing was missing" "$(shown ExecMainStatus scst)" 0
	rm $late
	exits 150 "scst restart without it" "${inside[@]}" $SCST restart
	ok "nobody waited for it in vain" not grep -F 'is not there after' "$WORK/scst.log"
	ok "shutdown" halt || log_tail
	cp "$WORK/scst.conf" /etc/scst.conf
}

# With -a, an address has to be there
late_address()
{
	local address=192.0.2.7

	echo "ISCSID_OPTIONS='-a $address -a $PORTAL'" >/etc/default/scst
	boot
	ok "it tries more often than systemd would" poll 60 restarts 8
	ip address add $address/32 dev lo
	ok "it listens when the address has come" poll 30 active iscsi-scst || log_tail
	ok "both disks are served" disks_served
	ip address del $address/32 dev lo
	cp "$REPO/tools/default/scst" /etc/default/scst
	ok "shutdown" halt || log_tail
}

# What a unit may not do, and root may: the first word says whose, "all" or the daemon's
# shellcheck disable=SC2016 # evaluated there
PROBES='
all	unshare --net true
all	mount -t tmpfs none /mnt
all	hostname scst-vm
all	chrt --fifo 1 true
all	setarch -R true
all	touch /tmp/scst-probe && chmod u+s /tmp/scst-probe
all	python3 -c "import mmap; mmap.mmap(-1, 4096, prot=7)"
all	python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"
scst	python3 -c "import socket; socket.socket(socket.AF_INET)"
daemon	touch /tmp/scst-probe2 && chown 0 /tmp/scst-probe2
daemon	true >>/etc/scst-probe
daemon	true >>/proc/sys/kernel/panic_on_warn
daemon	true >>/sys/block/loop0/uevent
daemon	true </dev/kmsg
daemon	ls -d /root/.
daemon	dmesg
daemon	date -s "$(date)"
daemon	modprobe null_blk nr_devices=0
'

probes_of()	# probes_of WHOSE: as a script that says what it could do
{
	local command

	echo "#!/bin/sh"
	sed -n "s/^\(all\|$1\)\t//p" <<<"$PROBES" | while IFS= read -r command; do
		printf 'if %s; then echo >&2 %q; fi\n' "$command" "allowed: $command"
	done
	echo "sed 's/^/status: /' /proc/self/status >&2"
}

# They are the first command of each unit.  What root cannot do, here, needs no looking for.
probes()
{
	local unit whose probe possible

	for unit in scst iscsi-scst; do
		[ $unit = scst ] && whose=scst || whose=daemon
		probe=/usr/local/sbin/probe-$unit
		probes_of $whose >$probe
		chmod 755 $probe
		printf '[Service]\nExecStartPre=%s\n' $probe \
			>/etc/systemd/system/$unit.service.d/probe.conf
		possible=$($probe 2>&1 >/dev/null | grep -c '^allowed: ')
		is "root could do all that $unit is kept from" "$possible" \
			"$(grep -c "^\(all\|$whose\)" <<<"$PROBES")"
	done
	modprobe -r null_blk
	umount /mnt
	rm -f /etc/scst-probe /tmp/scst-probe*
}

said()		# said WHAT UNIT: by the probe
{
	sed -n "s/^$1: //p" "$WORK/$2.log"
}

probed()
{
	local unit

	for unit in scst iscsi-scst; do
		is "$unit cannot do what it need not" "$(said allowed $unit)" ""
	done
	is "scst.service has these capabilities" \
		"$(said status scst | limits)" "0000000000210002 1 2"
	rm /etc/systemd/system/*.service.d/probe.conf
	"${ctl[@]}" daemon-reload
}

limits()	# of a process whose status is on standard input
{
	sed -n 's/^\(CapEff\|NoNewPrivs\|Seccomp\):\t//p' | paste -sd ' '
}

daemon_is()	# daemon_is FIELD: what the kernel says of it
{
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$(pidof -s iscsi-scstd)/status" |
		sed 's/[[:space:]]*$//; s/\t/ /g'
}

kilobytes()	# kilobytes FIELD
{
	daemon_is "$1" | sed 's/ kB$//'
}

memory_locked()
{
	echo "locked $(kilobytes VmLck) of $(kilobytes VmSize)"
	[ "$(kilobytes VmLck)" -gt $(($(kilobytes VmSize) / 2)) ]
}

# net_bind_service, net_admin, ipc_lock, sys_resource, setuid and setgid
standing()
{
	is "it has these capabilities, no new ones, and a filter" \
		"$(limits <"/proc/$(pidof -s iscsi-scstd)/status")" "00000000010054c0 1 2"
	is "it is root" "$(daemon_is Uid), $(daemon_is Gid), $(daemon_is Groups)" \
		"0 0 0 0, 0 0 0 0, "
	ok "its memory is locked" memory_locked
}

# What the unit takes away is not missing when it becomes another user
as_nobody()
{
	echo "ISCSID_OPTIONS='-u 65534 -g 65534'" >/etc/default/scst
	booted "systemd boots, with a daemon that is nobody"
	is "it is nobody" "$(daemon_is Uid), $(daemon_is Gid), $(daemon_is Groups)" \
		"65534 65534 65534 65534, 65534 65534 65534 65534, "
	is "it has CAP_NET_ADMIN, no new ones, and a filter" \
		"$(limits <"/proc/$(pidof -s iscsi-scstd)/status")" "0000000000001000 1 2"
	ok "its memory is locked" memory_locked
	ok "both disks are served" disks_served
	exits 0 "systemctl reload iscsi-scst" "${ctl[@]}" reload iscsi-scst
	cp "$REPO/tools/default/scst" /etc/default/scst
	ok "shutdown" halt || log_tail
}

daemon_sees()	# daemon_sees COMMAND...: with the daemon's view of the files
{
	nsenter -m -t "$(pidof -s iscsi-scstd)" "$@"
}

writes_nothing()
{
	local folder

	for folder in /etc /run /run/systemd/system /usr /var; do
		refused "it cannot write to $folder" "Read-only file system" \
			daemon_sees touch $folder/scst-test
	done
}

# The kernel's targets are one daemon's.  In a network namespace of its own another one
# finds port and admin socket free, and only the lock is left to keep it out.
second_daemon()
{
	local lock=/run/iscsi-scstd.lock daemon=(/usr/local/sbin/iscsi-scstd -f) size

	is "the lock is there, and nobody else can take it" \
		"$(stat -c '%U %a' $lock 2>&1)" "root 600"
	refused "a second daemon, in another network namespace" \
		"another iscsi-scstd is running: it has locked /var/run/iscsi-scstd.lock" \
		within 20 unshare --net "${daemon[@]}"
	ok "the first one has not changed" disks_served
	exits 0 "systemctl stop iscsi-scst" "${ctl[@]}" stop iscsi-scst
	size=$(stat -c %s "$DAEMON_LOG")
	unshare --net "${daemon[@]}" >>"$DAEMON_LOG" 2>&1 </dev/null &
	daemon_pid=$!
	ok "it starts when the first one has ended" poll 15 daemon_is_ready "$size"
	exits 1 "systemctl start iscsi-scst, while it runs" "${ctl[@]}" start iscsi-scst
	ok "the unit's messages say why" grep -F 'it has locked' "$WORK/iscsi-scst.log"
	daemon_stop
	ok "the unit's daemon starts when that one has ended" \
		poll 30 active iscsi-scst || log_tail
	ok "both disks are served" disks_served
}

# The scripts keep the exit statuses that they have without systemd
statuses()
{
	local script=("${inside[@]}" "$SCST") iscsi=("${inside[@]}" "$ISCSI")
	local scstadmin=/usr/local/sbin/scstadmin

	lsb stopped "${inside[@]}"
	echo 'SCST_MODULES="scst nonexistent"' >/etc/default/scst
	exits 5 "scst start with a module that there is not" "${script[@]}" start
	exits 0 "scst stop" "${script[@]}" stop
	is "none of that has left a module" "$(our_modules)" ""
	cp "$REPO/tools/default/scst" /etc/default/scst

	exits 0 "scst start" "${script[@]}" start
	exits 0 "iscsi-scst start" "${iscsi[@]}" start
	ok "both disks are served" disks_served
	lsb running "${inside[@]}"
	ok "both services are active" active scst iscsi-scst || log_tail
	mv $scstadmin $scstadmin.away
	exits 5 "scst reload without scstadmin" "${script[@]}" reload
	mv $scstadmin.away $scstadmin
	mv /etc/scst.conf /etc/scst.conf.away
	exits 6 "scst reload without scst.conf" "${script[@]}" reload
	mv /etc/scst.conf.away /etc/scst.conf
	kill -KILL "$(pidof -s iscsi-scstd)"
	exits 0 "iscsi-scst stop, the daemon killed" "${iscsi[@]}" stop
	exits 3 "iscsi-scst status" "${iscsi[@]}" status
	exits 0 "scst stop" "${script[@]}" stop
	is "all modules are gone" "$(our_modules)" ""
}

attempts()	# that scst.conf could not be applied
{
	grep -c "could not be applied" "$WORK/scst.log"
}

# The daemon's unit wants that of the target, and must not have it tried again
failed_once()	# failed_once WHAT
{
	is "$1: the unit has failed" "$("${ctl[@]}" is-active scst)" failed
	is "$1: it was tried once" "$(attempts)" $((failed += 1))
	ok "$1: the daemon is there" active iscsi-scst || log_tail
}

# With nothing served it is a failed one.  What is there all the same has to go.
failed_unit()
{
	local failed

	booted "systemd boots"
	failed=$(attempts)
	echo "[NONSENSE" >>/etc/scst.conf
	exits 1 "scst restart, with a scst.conf that is none" "${inside[@]}" $SCST restart
	failed_once "scst restart"
	exits 1 "scst restart of a unit that has failed" "${inside[@]}" $SCST restart
	failed_once "scst restart of a unit that has failed"
	cp "$WORK/scst.conf" /etc/scst.conf
	vdisk_open stray none NULLIO
	exits 0 "scst restart, with a good one" "${inside[@]}" $SCST restart
	ok "both services are active" active scst iscsi-scst || log_tail
	is "it has begun with nothing" "$(vdisks | grep stray)" ""
	ok "both disks are served" disks_served
	echo "[NONSENSE" >>/etc/scst.conf
	exits 1 "systemctl restart scst" "${ctl[@]}" restart scst
	exits 0 "scst stop, of a unit that has failed" "${inside[@]}" $SCST stop
	is "all modules are gone" "$(our_modules)" ""
	cp "$WORK/scst.conf" /etc/scst.conf
	ok "shutdown" halt || log_tail
}

# What the package does when there is a new version, and when it is removed
package_scripts()
{
	local debian=$REPO/tools/debian sid was

	# what invoke-rc.d looks at to see whether it may do something
	rm -f /usr/sbin/policy-rc.d
	[ -e /sbin/init ] || ln -s /lib/systemd/systemd /sbin/init
	ln -sfn /usr/local/share/scst /usr/share/scst
	booted "systemd boots"
	initiator_start
	{ discover && login; } >/dev/null || bail "cannot log in"
	sid=$(session_id)
	was=$(shown MainPID iscsi-scst)
	exits 0 "postinst of an upgrade" "${inside[@]}" sh "$debian/postinst" configure 0.1
	ok "the daemon is another one" another "$was"
	is "the session has not noticed" "$(session_id)" "$sid"
	was=$(shown MainPID iscsi-scst)
	echo NoSuchKey >>/etc/iscsi-scstd.conf
	exits 0 "postinst, with an error in iscsi-scstd.conf" \
		"${inside[@]}" sh "$debian/postinst" configure 0.1
	is "the daemon is the same" "$(shown MainPID iscsi-scst)" "$was"
	cp "$WORK/good.conf" /etc/iscsi-scstd.conf
	logout >/dev/null
	initiator_stop

	echo "[NONSENSE" >>/etc/scst.conf
	exits 1 "systemctl restart scst, with a scst.conf that is none" \
		"${ctl[@]}" restart scst
	exits 0 "prerm" "${inside[@]}" sh "$debian/prerm" remove
	is "all modules are gone" "$(our_modules)" ""
	cp "$WORK/scst.conf" /etc/scst.conf
	ok "shutdown" halt || log_tail
}

test_begin
ok "make install" installed
configure
only_ours
log_to_file
probes
ok "systemd finds nothing wrong in the units" \
	systemd-analyze verify scst.service iscsi-scst.service
# in tenths of what is bad
ok "nor much that they are exposed to: iscsi-scst" systemd-analyze security \
	--offline=yes --threshold=30 /usr/local/lib/systemd/system/iscsi-scst.service
ok "and scst, which opens files for others" systemd-analyze security \
	--offline=yes --threshold=45 /usr/local/lib/systemd/system/scst.service
ok "systemctl enable" systemctl enable scst.service iscsi-scst.service

booted "systemd boots"
ok "both services are active" active scst iscsi-scst || log_tail
ok "nothing failed" nothing_failed
ok "both disks are served" disks_served
is "its start ends when the daemon says so" "$(shown Type iscsi-scst)" notify
standing
like "it cannot be killed for memory" \
	"$(cat "/proc/$(pidof -s iscsi-scstd)/oom_score_adj")" -1000
ok "iscsi-scst-adm talks to it" /usr/local/sbin/iscsi-scst-adm --op show
writes_nothing
probed
second_daemon

initiator_start
{ discover && login; } >/dev/null || bail "cannot log in"
sid=$(session_id)
was=$(shown MainPID iscsi-scst)
exits 0 "systemctl reload iscsi-scst" "${ctl[@]}" reload iscsi-scst
is "the daemon is the same" "$(shown MainPID iscsi-scst)" "$was"
exits 0 "systemctl restart iscsi-scst" "${ctl[@]}" restart iscsi-scst
ok "the daemon is another one" another "$was"
is "the session has not noticed" "$(session_id)" "$sid"
kill -KILL "$(pidof -s iscsi-scstd)"
ok "a daemon that was killed comes back" poll 30 restarted
is "nor of that" "$(session_id)" "$sid"
was=$(shown MainPID iscsi-scst)
cp /etc/iscsi-scstd.conf "$WORK/good.conf"
echo NoSuchKey >>/etc/iscsi-scstd.conf
exits 1 "systemctl reload iscsi-scst, with an error in its configuration" \
	"${ctl[@]}" reload iscsi-scst
exits 1 "iscsi-scst restart with it" "${inside[@]}" "$ISCSI" restart
is "the daemon is the same" "$(shown MainPID iscsi-scst)" "$was"
cp "$WORK/good.conf" /etc/iscsi-scstd.conf
exits 0 "systemctl reload scst" "${ctl[@]}" reload scst
logout >/dev/null
initiator_stop

exits 0 "systemctl stop scst" "${ctl[@]}" stop scst
is "the daemon has ended with it" "$("${ctl[@]}" is-active iscsi-scst)" inactive
is "all modules are gone" "$(our_modules)" ""
statuses
exits 0 "systemctl start iscsi-scst" "${ctl[@]}" start iscsi-scst
ok "it has brought the disks" disks_served

ok "shutdown" halt || log_tail
is "it has left no module" "$(our_modules)" ""

one_disk_missing
late_disk
late_address
as_nobody
failed_unit
if command -v deb-systemd-invoke >/dev/null; then
	package_scripts
else
	skip "scripts of the package" "no Debian"
fi
