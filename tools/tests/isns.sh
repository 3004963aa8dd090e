#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The daemon and an iSNS server that is somebody else's program: Open-iSNS.
# isns.sh path/to/iscsi-scstd, the whole program on a fake kernel driver.
#
# Output is TAP.

daemon=$1
work=$(mktemp -d) || exit 1
n=0
failed=0
server_pid=
daemon_pid=
iqn=iqn.2026-11.org.example
log=$work/daemon.log

stop()		# pid
{
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# shellcheck disable=SC2317  # called by the trap
cleanup()
{
	stop "$daemon_pid"
	stop "$server_pid"
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

result()	# status description
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		tail -n 40 "$work/out" "$log" "$work/server.log" | sed 's/^/# /'
		failed=1
	fi
}

# within 20 seconds
becomes()	# command
{
	local end=$((SECONDS + 20))

	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

for tool in isnsd isnsadm iscsi-ls; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null && continue
	echo "1..0 # SKIP no $tool"
	exit 0
done
PATH=$PATH:/usr/sbin

admin()		# arguments of isnsadm; output in $work/out
{
	timeout 10 isnsadm -c "$work/admin.conf" "$@" >"$work/out" 2>&1
}

# a portal group without a tag says that the target is not there
at_portals()	# target portal...: exactly these
{
	local target=$1

	shift
	admin --list portal-groups || return 1
	[ "$(awk -v name="\"$iqn:$target\"" '
		/group name/ { mine = $NF == name }
		/group address/ { addr = $NF }
		/group port/ { sub("/tcp", "", $NF); port = $NF }
		/group tag/ && mine && $NF == 1 { print addr ":" port }
		' "$work/out" | sort | xargs)" = \
		"$(printf '%s\n' "$@" | sort | xargs)" ]
}

has()		# type text: the server has an object with it
{
	admin --list "$1" && grep -qF -- "$2" "$work/out"
}

lacks()		# type text
{
	admin --list "$1" && ! grep -qF -- "$2" "$work/out"
}

discovers()	# initiator target...: exactly these
{
	local initiator=$1

	shift
	timeout 10 iscsi-ls -i "$iqn:$initiator" \
		"iscsi://127.0.0.1:$port" >"$work/out" 2>&1 || return 1
	[ "$(sed -n 's/^Target:\([^ ]*\) .*/\1/p' "$work/out" | sort | xargs)" = \
		"$(printf "$iqn:%s\n" "$@" | sort | xargs)" ]
}

sees_nothing()	# initiator
{
	timeout 10 iscsi-ls -i "$iqn:$1" "iscsi://127.0.0.1:$port" \
		>"$work/out" 2>&1
	! grep -q ^Target: "$work/out"
}

logged()	# text times
{
	[ "$(grep -cF -- "$1" "$log")" -ge "$2" ]
}

server_start()
{
	isnsd -4 -f -c "$work/isnsd.conf" >>"$work/server.log" 2>&1 &
	server_pid=$!
	# the one that asks must be registered to see everything
	becomes admin --register "control=$iqn:control"
}

daemon_start()
{
	"$daemon" -f -d 1 -c "$work/conf" -a 127.0.0.1 -p "$port" \
		>>"$log" 2>&1 &
	daemon_pid=$!
}

port=$((20000 + $$ % 10000))
server_port=$((port - 10000))
cat >"$work/isnsd.conf" <<-END
	BindAddress = 127.0.0.1:$server_port
	SourceName = $iqn:server
	Security = 0
	Database = $work/db
	PIDFile = $work/isnsd.pid
	ControlSocket = $work/control
	RegistrationPeriod = 60
	ESIMinInterval = 1
	ESIMaxInterval = 2
END
cat >"$work/admin.conf" <<-END
	ServerAddress = 127.0.0.1:$server_port
	SourceName = $iqn:control
	ControlSocket = $work/control
	Security = 0
END
config()	# [line]...: of the last target
{
	cat >"$work/conf" <<-END
		iSNSServer 127.0.0.1:$server_port
		iSNSAccessControl Yes
		Target $iqn:a
		Alias first disk
		Target $iqn:b
	END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$work/conf"
}

reconfigure()	# [line]...
{
	config "$@"
	kill -HUP "$daemon_pid"
}

config
: >"$work/out"
: >"$log"

# the daemon is there first, and has to try again
daemon_start
becomes logged "Connection refused, trying again" 1
result $? "no server: daemon starts and tries again"
becomes sees_nothing one
result $? "no server: nobody sees a target"

server_start
result $? "server starts"
becomes has nodes "$iqn:a" && has nodes "$iqn:b" && has nodes "first disk"
result $? "both targets are registered, with alias"
has portals "127.0.0.1" && has portals " $port/tcp" && has portals "SCN port"
result $? "portal has the port that the daemon listens on"
at_portals a "127.0.0.1:$port" && at_portals b "127.0.0.1:$port"
result $? "both targets are at this portal"
admin --list entities && grep -q ":$port" "$work/out"
result $? "entity is registered"
becomes logged "status inquiries arrive" 1
result $? "status inquiries are answered"

# as discovery names them
reconfigure "PortalAddress 192.0.2.1:4711"
becomes at_portals b 192.0.2.1:4711 && at_portals a "127.0.0.1:$port"
result $? "a target with a PortalAddress is there, and the other one is not"
reconfigure "PortalAddress 192.0.2.1:4711" "PortalAddress 127.0.0.1"
becomes at_portals b 192.0.2.1:4711 "127.0.0.1:$port" &&
	at_portals a "127.0.0.1:$port"
result $? "a second PortalAddress, which the server knows already"
reconfigure "PortalAddress 127.0.0.1"
becomes at_portals b "127.0.0.1:$port" && lacks portals 192.0.2.1
result $? "the first one is gone, and so is its portal"
reconfigure
becomes logged "conf: applied" 4 && becomes has nodes "$iqn:b"
result $? "no PortalAddress any more"

sees_nothing one
result $? "access: no common domain, no target"
admin --register "initiator=$iqn:one" &&
	admin --dd-register dd-name=one "member-name=$iqn:a" \
		"member-name=$iqn:one"
result $? "an initiator registers and joins a domain with a target"
# the next renewal is 30 seconds away: what is faster was a notification
becomes discovers one a
result $? "access: after a notification it sees this target only"
logged "state change notification" 1
result $? "the notification has arrived"
sees_nothing two
result $? "access: another initiator sees nothing"
timeout 10 iscsi-inq -i "$iqn:two" "iscsi://127.0.0.1:$port/$iqn:a/0" \
	>"$work/out" 2>&1
grep -q 515 "$work/out"
result $? "access: it cannot log in, either"
# this server forgets members that are in another domain already
admin --register "initiator=$iqn:two,node-type=initiator+target" &&
	admin --dd-register dd-name=two "member-name=$iqn:b" \
		"member-name=$iqn:two" && becomes discovers two b &&
	discovers one a
result $? "access: another domain, an initiator that is a target as well"

# all that the server knew is lost; the list stays in force meanwhile
stop "$server_pid"
rm -rf "$work/db"
becomes logged "connection closed, trying again" 1
result $? "server ends: noticed"
discovers one a && discovers two b
result $? "server ends: its last list counts"
server_start
becomes has nodes "$iqn:a" && has nodes "$iqn:b"
result $? "server restarts with nothing: registered again"
becomes sees_nothing one
result $? "access: domains are gone, so are the permissions"

stop "$daemon_pid"
daemon_pid=
lacks nodes "$iqn:a" && lacks nodes "$iqn:b" && lacks portals " $port/tcp" &&
	lacks entities ":$port"
result $? "daemon ends: deregistered"

# with nobody to say goodbye to
stop "$server_pid"
server_pid=
rm -rf "$work/db"
daemon_start
becomes logged "Connection refused, trying again" 2
start=$SECONDS
stop "$daemon_pid"
daemon_pid=
[ $((SECONDS - start)) -le 2 ]
result $? "daemon ends at once without a server"

echo "1..$n"
exit $failed
