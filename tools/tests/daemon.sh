#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Starts and ends the whole program, linked with a fake kernel driver:
# daemon.sh path/to/iscsi-scstd
#
# Output is TAP.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tap.sh"

daemon=$1
program=$daemon
trap 'rm -rf "$work"' EXIT
pidfile=/var/run/iscsi-scstd.pid
port=$((20000 + $$ % 20000))

listens()	# [port [address]]
{
	(exec 3<>"/dev/tcp/${2:-127.0.0.1}/${1:-$port}") 2>/dev/null
}

logged()	# pattern
{
	grep -q -- "$1" "$work/out"
}

ended()
{
	! kill -0 "$pid" 2>/dev/null
}

echo "Target iqn.2026-11.org.example:a" >"$work/conf"
echo "Target" >"$work/bad"
echo "IncomingUser joe" >"$work/user"
args=(-c "$work/conf" -a 127.0.0.1 -p "$port")

run -v
expect 0 '^iscsi-scstd version [0-9]' "version"
run --help
expect 1 '^Usage: ' "help"
# letter, name, and = if there is an argument
sed -nE 's/^  -(.), --([a-z]+)(=?).*/\1 \2 \3/p' "$work/out" | sort >"$work/help"
sed -nE -e 's/^\.It Fl (.) Ar .* , Fl Fl ([a-z]+) Ns = Ns Ar .*/\1 \2 =/p' \
	-e 's/^\.It Fl (.) , Fl Fl ([a-z]+)$/\1 \2 /p' \
	"${0%/*}/../man/iscsi-scstd.8" | sort >"$work/manual"
[ "$(grep -c '^\.It Fl' "${0%/*}/../man/iscsi-scstd.8")" = \
	"$(wc -l <"$work/manual")" ] && [ -s "$work/help" ] &&
	diff "$work/help" "$work/manual" >"$work/out"
result $? "help and manual have the same options"
run -p 65536
expect 1 "--port: '65536' is not a number" "port out of range"
run -p 3260 more
expect 1 "unexpected argument 'more'" "argument"
run -z
expect 1 '^Usage: ' "unknown option"
run -f -c "$work/bad"
expect 1 "$work/bad:1: Target: value is missing" "error with file and line"
run -f -c "$work/user"
expect 1 'IncomingUser: needs a name and a password' "half an account"
run --check -c "$work/conf"
result "$status" "check: nothing wrong"
run --check -c "$work/user"
expect 1 'IncomingUser: needs a name and a password' "check: half an account"
run --check -c "$work/nonexistent"
expect 0 'does not exist' "check: without a configuration there are no targets"

serve()		# in the foreground, until end
{
	"$daemon" -f "${args[@]}" >"$work/out" 2>&1 &
	pid=$!
	becomes listens
}

end()
{
	kill -TERM $pid
	wait $pid
}

serve
result $? "foreground: listens"
run --check "${args[@]}"
result "$status" "check: while it runs"
run -f "${args[@]}"
expect 1 'Address already in use' "port in use"
end
result $? "foreground: ends with status 0"

# each has an admin socket of its own, so that nothing but the file tells
export TEST_LOCK_FILE=$work/lock
serve
run -f -c "$work/conf" -a 127.0.0.1 -p $((port + 1))
expect 1 "another iscsi-scstd is running: it has locked $work/lock" "lock: only one"
[ "$(stat -c %a "$work/lock")" = 600 ]
result $? "lock: others cannot take it"
end
serve
result $? "lock: is free when its daemon has ended"
end
export TEST_LOCK_FILE=/proc/none/lock
serve
result $? "lock: where there can be none, the daemon starts"
end
unset TEST_LOCK_FILE

cp "$work/conf" "$work/changing"
"$daemon" -f -c "$work/changing" -p "$port" -a 127.0.0.1 \
	-a 127.0.0.2:$((port + 1)) >"$work/out" 2>&1 &
pid=$!
becomes listens && becomes listens $((port + 1)) 127.0.0.2
result $? "two addresses, one with its own port"
not_listens=0
listens $((port + 1)) && not_listens=1
result $not_listens "no address but these"
echo "Target iqn.2026-11.org.example:b" >>"$work/changing"
kill -HUP $pid
becomes logged 'changing: applied, 2 targets'
result $? "SIGHUP: applies the new configuration"
echo "oops" >>"$work/changing"
kill -HUP $pid
becomes logged 'changing: not applied' &&
	logged "changing:3: unknown key 'oops'"
result $? "SIGHUP: errors are named, and change nothing"
kill -TERM $pid
wait $pid
run -f -c "$work/conf" -p "$port" -a 127.0.0.1 -a 192.0.2.1
expect 1 'address 192.0.2.1: cannot listen there' "an address that is not ours"
run -f -c "$work/conf" -a 127.0.0.1:x
expect 1 'address 127.0.0.1:x: not an address' "address with a bad port"
# shellcheck disable=SC2046 # words are wanted
run -f -c "$work/conf" $(printf -- '-a 127.0.0.%d ' 1 2 3 4 5 6 7 8 9)
expect 1 '--address: more than 8' "too many addresses"

name="daemon: returns when it listens"
if [ "$(id -u)" -ne 0 ]; then
	skip "$name" "not root"
elif [ -e "$pidfile" ]; then
	skip "$name" "$pidfile exists"
else
	run "${args[@]}"
	pid=$(cat "$pidfile")
	[ "$status" -eq 0 ] && listens && kill -0 "$pid"
	result $? "$name"
	run "${args[@]}"
	expect 1 'already running' "daemon: only one"
	kill -HUP "$pid"
	listens
	result $? "daemon: SIGHUP does not end it"
	kill -TERM "$pid"
	becomes ended && [ ! -e "$pidfile" ]
	result $? "daemon: SIGTERM does"
	timeout 20 "$daemon" "${args[@]}" <&- >&- 2>&-
	run "${args[@]}"
	expect 1 'already running' "daemon: started without standard files"
	kill -TERM "$(cat "$pidfile")"
	becomes [ ! -e "$pidfile" ]
	run -c "$work/conf" -a 192.0.2.1 -p "$port"
	[ "$status" -eq 1 ] && [ ! -e "$pidfile" ]
	result $? "daemon: failure reaches the caller"
fi

finish
