#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The admin tool against the whole daemon on a fake kernel driver:
# adm.sh path/to/iscsi-scstd path/to/iscsi-scst-adm
#
# Output is TAP.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tap.sh"

daemon=$1
program=$2
trap 'kill $pid 2>/dev/null; rm -rf "$work"' EXIT
export TEST_ADM_SOCKET="scst-adm-test-$$"
port=$((20000 + $$ % 20000))
iqn=iqn.2026-11.org.example
pid=

silent()	# description
{
	[ "$status" -eq 0 ] && [ ! -s "$work/out" ]
	result $? "$1"
}

answers()
{
	run --op show
	[ "$status" -eq 0 ]
}

session()
{
	sid=$("$program" --op show | sed -n 's/^ *sid=\([^ ]*\) .*/\1/p')
	[ -n "$sid" ]
}

json()
{
	python3 -c 'import json, sys; json.load(sys.stdin)' <"$work/out"
}

printf 'Target %s:a\nTarget %s:b\nMaxSessions 3\n' $iqn $iqn >"$work/conf"
args=(-f -c "$work/conf" -a 127.0.0.1)

: >"$work/log"
run --op show
expect 3 'iscsi-scstd is not running: start it with' "no daemon"

"$daemon" "${args[@]}" -p $port >"$work/log" 2>&1 &
pid=$!
becomes answers
result $? "the daemon answers"
expect 0 "^tid=1 name=$iqn:a sessions=0" "list"
timeout 20 "$daemon" "${args[@]}" -p $((port + 1)) >"$work/out" 2>&1
status=$?
expect 1 'another iscsi-scstd is running' "a second daemon does not start"

run --op show --tid=2
expect 0 '^MaxSessions=3$' "parameters of the file"
run --op update --tid=2 --params=MaxSessions=4,HeaderDigest=CRC32C,None
silent "update"
run --op show --tid=2 --json
expect 0 '"MaxSessions": 4' "parameters after an update"
json
result $? "it is JSON"
run --op new --tid=0 --params "Name=$iqn:c"
silent "new target"
run --op delete --tid=1
silent "delete target"
run --op show --tid=1
expect 4 'there is no target 1' "and it is gone"
run --op new --user --params=IncomingUser=joe,Password=twelve-bytes
silent "new account"
run --op show --user
expect 0 '^IncomingUser joe$' "account"
grep -q twelve "$work/log"
[ $? -eq 1 ]
result $? "the log has no password"

# who is root in part only
if [ "$(id -u):$(id -g)" = 0:0 ]; then
	tool=$program
	program=setpriv
	run --regid 65534 --clear-groups "$tool" --op show
	expect 5 'with user and group id 0' "root with another group"
	run --reuid 65534 --keep-groups "$tool" --op show
	expect 5 'with user and group id 0' "another user with root's group"
	program=$tool
else
	skip "root with another group" "not root"
	skip "another user with root's group" "not root"
fi

# the fake driver takes a connection, and never answers a command
iscsi-inq "iscsi://127.0.0.1:$port/$iqn:c/0" >/dev/null 2>&1 &
initiator=$!
becomes session
result $? "a session"
run --op show --tid=3 --sid="$sid"
expect 0 '^ImmediateData=' "its parameters"
run --op show --json
expect 0 "\"sid\": \"$sid\"" "list as JSON"
json
result $? "it is JSON"
run --op delete --tid=3
expect 1 'target 3 has 1 session' "busy target"
run --op delete --tid=3 --sid="$sid"
silent "close the session"
kill $initiator 2>/dev/null
wait $initiator 2>/dev/null

kill -TERM $pid
wait $pid
result $? "the daemon ends"
pid=
run --op show
expect 3 'iscsi-scstd is not running' "and answers no more"

# a daemon that has become somebody else is still root's
standing()	# user group: and nothing else, but to talk to the driver if not root
{
	local caps=0000000000001000

	[ "$1" -ne 0 ] || caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status)
	awk -v uid="$1" -v gid="$2" -v caps="$caps" '
		/^[UG]id:/ {
			want = $1 == "Uid:" ? uid : gid
			for (i = 2; i <= 5; i++)
				bad += $i != want
		}
		/^Groups:/ { bad += NF > 1 }
		/^CapEff:/ { bad += $2 != caps }
		END { exit bad > 0 }' /proc/$pid/status
}

as_other()	# option...: a daemon that had groups to give up
{
	# its leaks cannot be looked for by somebody else
	ASAN_OPTIONS=detect_leaks=0 setpriv --groups 4,24,27 "$daemon" \
		"${args[@]}" -p $port "$@" >"$work/log" 2>&1 &
	pid=$!
	becomes answers
}

while read -r uid gid options; do
	name="daemon with $options"
	if [ "$(id -u):$(id -g)" != 0:0 ]; then
		skip "$name" "not root"
		continue
	fi
	# shellcheck disable=SC2086 # these are words
	as_other $options
	result $? "$name: answers to the tool"
	grep Groups: /proc/$pid/status >"$work/out"
	standing "$uid" "$gid"
	result $? "$name: user $uid, group $gid, no other group"
	run --op new --tid=0 --params "Name=$iqn:d"
	silent "$name: does what it is told"
	kill -TERM $pid
	wait $pid
	result $? "$name: ends"
	pid=
done <<-END
	65534 65533 -u 65534 -g 65533
	65534 0 -u 65534
	0 65533 -g 65533
END

finish
