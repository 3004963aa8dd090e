#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many logins by several initiators at a time, without CHAP, with it, with mutual
# CHAP, and for discovery, ended in every way: by a logout, a lost connection, one
# lost before or within the login, a refusal.  Of these, ten thousand have to do
# with CHAP.  Neither the daemon nor the kernel may have more memory, files or
# sessions afterwards than after the first tenth.
#
# kmemleak

. "${0%/*}/lib.sh"

LOGINS=13600
[ -z "${SCST_DEBUG:-}" ] || LOGINS=200
PROCESSES=4
CHAP=$IQN.chap
AT=$PORTAL:$PORT
URLS=(
	"$(url)"
	"iscsi://joe%secret-of-joe-1@$AT/$CHAP/0"
	"iscsi://joe%secret-of-joe-1@$AT/$CHAP/0?target_user=storage&target_password=secret-of-storage"
	"iscsi://finder%secret-of-finder@$AT"
)

logins()	# logins COUNT
{
	within 600 "$WORK/logins" "$1" $PROCESSES "${URLS[@]}"
}

daemon_files()
{
	find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l
}

daemon_kb()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"
}

# Connections that have been closed keep some memory for a minute.  With room for
# fewer than the first logins leave it is the same before and afterwards.
few_in_time_wait()
{
	local limit=/proc/sys/net/ipv4/tcp_max_tw_buckets before

	before=$(cat $limit) || return 1
	defer say "$before" $limit
	say $((LOGINS / 40)) $limit
}

# What the kernel has allocated for objects and in the way of vmalloc
kernel_kb()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|VmallocUsed|KernelStack):/ { kb += $2 } END { print kb }' \
		/proc/meminfo
}

at_most()	# at_most NUMBER COMMAND...
{
	local max=$1 got

	shift
	got=$("$@")
	[ "$got" -le "$max" ] && return
	echo "$got, more than $max"
	return 1
}

# one connection of the daemon may linger until the peer has read its answer
settled()
{
	no_sessions && [ "$(daemon_files)" -le "$1" ]
}

test_begin
ok "the client compiles" cc -O1 -o "$WORK/logins" "${0%/*}/logins.c" -liscsi
few_in_time_wait || bail "no limit for TIME_WAIT"
file=$(disk_file disk0 16)
modules_load scst scst_vdisk
vdisk_open disk0 "$file" || bail "cannot open disk0"
lun_add Default disk0 0 || bail "cannot add LUN 0"
daemon_config <<-CONF
	IncomingUser finder secret-of-finder
	Target $IQN
	HeaderDigest None,CRC32C
	DataDigest None,CRC32C
	Target $CHAP
	IncomingUser joe secret-of-joe-1
	OutgoingUser storage secret-of-storage
CONF
chmod 600 "$WORK/iscsi-scstd.conf"
daemon_start
files=$(daemon_files)

ok "the first tenth of the logins" logins $((LOGINS / 10))
ok "no session and no file is left" poll 30 settled "$files"
user_kb=$(daemon_kb)
kern_kb=$(kernel_kb)

start=$SECONDS
ok "$LOGINS logins" logins $LOGINS
diag "$((SECONDS - start)) s, daemon $user_kb kB, kernel $kern_kb kB"
ok "no session and no file is left" poll 30 settled "$files"
diag "afterwards: daemon $(daemon_kb) kB, kernel $(kernel_kb) kB"
ok "the daemon has not grown" at_most $((user_kb + 256)) daemon_kb
# a leak of 64 bytes in each session, which three logins of ten get to, makes 500;
# without one it is up to 150
ok "the kernel has not grown" poll 30 at_most $((kern_kb + 320)) kernel_kb
ok "the next login works" within 30 iscsi-inq "$(url)"
ok "and with CHAP" within 30 iscsi-inq "${URLS[1]}"
