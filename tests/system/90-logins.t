#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ten thousand logins by several initiators at a time, ended in every way: by
# a logout, a lost connection, one lost before or within the login, a refusal.
# Neither the daemon nor the kernel may have more memory, files or sessions
# afterwards than after the first thousand.
#
# kmemleak

. "${0%/*}/lib.sh"

LOGINS=10000
[ -z "${SCST_DEBUG:-}" ] || LOGINS=200
PROCESSES=4

logins()	# logins COUNT
{
	within 600 "$WORK/logins" "$(url)" "$1" $PROCESSES
}

daemon_files()
{
	find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l
}

daemon_kb()
{
	awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"
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
file=$(disk_file disk0 16)
target_start fileio "$file" || bail "target does not start"
files=$(daemon_files)

ok "the first tenth of the logins" logins $((LOGINS / 10))
ok "no session and no file is left" poll 30 settled "$files"
user_kb=$(daemon_kb)
kern_kb=$(kernel_kb)

start=$SECONDS
ok "$LOGINS logins" logins $LOGINS
diag "$((SECONDS - start)) s, daemon $user_kb kB, kernel $kern_kb kB"
ok "no session and no file is left" poll 30 settled "$files"
ok "the daemon has not grown" at_most $((user_kb + 256)) daemon_kb
# a leak of 100 bytes in each of 10,000 logins would be 1 MB
ok "the kernel has not grown" poll 30 at_most $((kern_kb + 800)) kernel_kb
ok "the next login works" within 30 iscsi-inq "$(url)"
