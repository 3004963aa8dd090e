#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Lets initiators that are other people's programs talk to the daemon's code,
# on a fake kernel driver: initiators.sh path/to/scstd-fake
#
# Only what needs no kernel: discovery, and a login to a target that is not
# there.  Output is TAP.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tap.sh"

fake=$1
fake_pid=

# shellcheck disable=SC2317  # called by the trap
cleanup()
{
	exec 3>&-
	[ -z "$fake_pid" ] || wait "$fake_pid"
	rm -rf "$work"
}
trap cleanup EXIT

start()		# configuration on standard input; sets $port
{
	exec 3>&-
	[ -z "$fake_pid" ] || wait "$fake_pid"
	cat >"$work/conf"
	rm -f "$work/stdin" "$work/port" "$work/log"
	mkfifo "$work/stdin" "$work/port"
	"$fake" "$work/conf" <"$work/stdin" >"$work/port" 2>>"$work/log" &
	fake_pid=$!
	exec 3>"$work/stdin"
	read -r port <"$work/port"
	[ -n "$port" ] && return
	cat "$work/log"
	exit 1
}

# what iscsi-ls prints must name exactly these targets
libiscsi_discovery()	# description count
{
	if ! command -v iscsi-ls >/dev/null; then
		skip "$1" "no iscsi-ls"
		return
	fi
	timeout 20 iscsi-ls "iscsi://127.0.0.1:$port" >"$work/out" 2>&1 &&
		[ "$(grep -c '^Target:iqn' "$work/out")" -eq "$2" ]
	result $? "$1"
}

libiscsi_no_target()
{
	if ! command -v iscsi-inq >/dev/null; then
		skip "libiscsi: unknown target is refused" "no iscsi-inq"
		return
	fi
	timeout 20 iscsi-inq \
		"iscsi://127.0.0.1:$port/iqn.2026-11.org.example:no/0" \
		>"$work/out" 2>&1
	grep -qi 'not found\|515' "$work/out"
	result $? "libiscsi: unknown target is refused"
}

open_iscsi_discovery()	# description count
{
	if ! command -v iscsiadm >/dev/null; then
		skip "$1" "no iscsiadm"
		return
	elif [ ! -d /sys/class/iscsi_transport ]; then
		skip "$1" "kernel has no iscsi_tcp"
		return
	fi
	timeout 20 iscsiadm -m discovery -t st -p "127.0.0.1:$port" \
		-o nonpersistent >"$work/out" 2>&1 &&
		[ "$(grep -c iqn "$work/out")" -eq "$2" ]
	result $? "$1"
}

start <<-END
	PortalAddress 127.0.0.1
	Target iqn.2026-11.org.example:a
	Target iqn.2026-11.org.example:b
END
libiscsi_discovery "libiscsi: two targets" 2
open_iscsi_discovery "open-iscsi: two targets" 2
libiscsi_no_target

# libiscsi with an account: discovery ends in the list, or in a refusal
libiscsi_account()	# description account status
{
	if ! command -v iscsi-ls >/dev/null; then
		skip "$1" "no iscsi-ls"
		return
	fi
	timeout 20 iscsi-ls "iscsi://${2:+$2@}127.0.0.1:$port" \
		>"$work/out" 2>&1
	[ $(($? != 0)) -eq "$3" ] &&
		[ "$(grep -c '^Target:iqn' "$work/out")" -eq $((1 - $3)) ]
	result $? "$1"
}

# a login that needs no kernel until it has succeeded, or failed
libiscsi_login()	# description account query pattern-in-the-log
{
	if ! command -v iscsi-inq >/dev/null; then
		skip "$1" "no iscsi-inq"
		return
	fi
	: >"$work/log"
	timeout 3 iscsi-inq \
		"iscsi://$2@127.0.0.1:$port/iqn.2026-11.org.example:a/0?$3" \
		>"$work/out" 2>&1
	cat "$work/log" >>"$work/out"
	grep -q "$4" "$work/out"
	result $? "$1"
}

start <<-END
	PortalAddress 127.0.0.1
	IncomingUser finder secret-of-finder
	Target iqn.2026-11.org.example:a
	IncomingUser joe secret-of-joe-1
	OutgoingUser storage secret-of-storage
END
libiscsi_account "libiscsi: CHAP, discovery" finder%secret-of-finder 0
libiscsi_account "libiscsi: CHAP, no account" "" 1
libiscsi_account "libiscsi: CHAP, wrong password" finder%secret-of-joe-1 1
libiscsi_account "libiscsi: CHAP, account of a target" joe%secret-of-joe-1 1
mutual='target_user=storage&target_password=secret-of-storage'
libiscsi_login "libiscsi: CHAP, wrong password for a target" \
	joe%secret-of-joe-2 "" 'CHAP: wrong password'
libiscsi_login "libiscsi: CHAP, login" joe%secret-of-joe-1 "" \
	'session .* established'
libiscsi_login "libiscsi: CHAP, mutual login" joe%secret-of-joe-1 "$mutual" \
	'session .* established'
libiscsi_login "libiscsi: CHAP, the target proves to be another" \
	joe%secret-of-joe-1 "${mutual}x" 'Invalid CHAP_R response'

many()
{
	i=0
	while [ $i -lt 1000 ]; do
		echo "Target iqn.2026-11.org.example:disk$i"
		i=$((i + 1))
	done
}
many >"$work/many"
start <"$work/many"
libiscsi_discovery "libiscsi: 1,000 targets" 1000
open_iscsi_discovery "open-iscsi: 1,000 targets" 1000

finish
