#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The admin tool on the real driver: the howto's examples line by line, a target
# that is made, used and deleted while the daemon runs, sessions shown and
# closed under the kernel's initiator, which comes back.

. "${0%/*}/lib.sh"

NEW=$IQN.new

find_adm()
{
	local d

	for d in "${SCST_BUILD:-}/iscsi-scst-adm" "${SCST_BUILD:-}" \
		 /usr/local/sbin; do
		if [ -f "$d/iscsi-scst-adm" ] && [ -x "$d/iscsi-scst-adm" ]; then
			echo "$d/iscsi-scst-adm"
			return
		fi
	done
	return 1
}

adm()
{
	within 20 "$ADM" "$@"
}

adm_status()	# adm_status STATUS ARGUMENT...
{
	local wanted=$1 rc

	shift
	adm "$@"
	rc=$?
	[ $rc = "$wanted" ] || echo "status $rc, not $wanted"
	[ $rc = "$wanted" ]
}

not_root()	# not_root OPTION...: as setpriv makes it, it ends with status 5
{
	setpriv --clear-groups "$@" "$ADM" --op show
	[ $? = 5 ]
}

json()		# json ARGUMENT...: the output of the tool is JSON
{
	adm "$@" --json | python3 -m json.tool
}

sid_of()	# sid_of TID: of its first session
{
	adm --op show --json | python3 -c "
import json, sys
for t in json.load(sys.stdin)['targets']:
    if t['tid'] == $1 and t['sessions']:
        print(t['sessions'][0]['sid'])
        break
else:
    sys.exit(1)"
}

sid_changed()	# sid_changed TID OLD
{
	local now

	now=$(sid_of "$1") && [ "$now" != "$2" ]
}

# MaxCmdSN - ExpCmdSN + 1 of the final login response, and nothing else
window()
{
	python3 - "$PORTAL" "$PORT" "$IQN" <<-'PYTHON'
	import socket, struct, sys
	text = b''.join(s.encode() + b'\0' for s in (
	    'InitiatorName=iqn.2026-11.org.example:window',
	    'TargetName=' + sys.argv[3], 'SessionType=Normal'))
	bhs = bytes([0x43, 0x87, 0, 0, 0]) + len(text).to_bytes(3, 'big')
	bhs += bytes.fromhex('80aabbccddee') + bytes(2)
	bhs += struct.pack('>IHHII', 1, 1, 0, 1, 0) + bytes(16)
	s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 20)
	s.sendall(bhs + text + bytes(-len(text) % 4))
	rsp = s.recv(48, socket.MSG_WAITALL)
	exp, last = struct.unpack('>II', rsp[28:36])
	print(last - exp + 1 if rsp[36:38] == bytes(2) else 'refused')
	PYTHON
}

DEFAULTS='InitialR2T=No
ImmediateData=Yes
MaxConnections=1
MaxRecvDataSegmentLength=1048576
MaxXmitDataSegmentLength=1048576
MaxBurstLength=1048576
FirstBurstLength=65536
DefaultTime2Wait=0
DefaultTime2Retain=0
MaxOutstandingR2T=32
DataPDUInOrder=No
DataSequenceInOrder=No
ErrorRecoveryLevel=0
HeaderDigest=CRC32C
DataDigest=CRC32C
OFMarker=No
IFMarker=No
OFMarkInt=Reject
IFMarkInt=Reject'

TARGET='QueuedCommands=32
RspTimeout=90
NopInInterval=30
NopInTimeout=30
MaxSessions=0'

test_begin
ADM=$(find_adm) || bail "iscsi-scst-adm is not built"
refused "no daemon: the tool says how to start it" \
	"iscsi-scstd is not running: start it with" adm --op show
target_start nullio "$(disk_file unused 8)" || bail "target does not start"

# the howto: show a specific target, and its configured parameters
is "--op show --tid=1" "$(adm --op show --tid=1)" "$TARGET"
is "--op show --tid=1 --sid=0" "$(adm --op show --tid=1 --sid=0)" "$DEFAULTS"
ok "target as JSON" json --op show --tid=1
ok "defaults as JSON" json --op show --tid=1 --sid=0

ok "a new target" adm --op new --tid=0 --params "Name=$NEW"
is "it is in the list" "$(adm --op show | grep -c "name=$NEW")" 1
tid=$(adm --op show | sed -n "s/^tid=\([0-9]*\) *name=$NEW .*/\1/p")
like "discovery names it" "$(within 20 iscsi-ls "iscsi://$PORTAL:$PORT")" \
	"Target:$NEW "
ok "an initiator reads from it" within 20 iscsi-inq "iscsi://$PORTAL:$PORT/$NEW/0"
poll 10 no_sessions
ok "the new target is deleted" adm --op delete --tid="$tid"
ok "status 4: it is gone" adm_status 4 --op show --tid="$tid"
ok "and cannot be logged in to" not within 20 \
	iscsi-inq "iscsi://$PORTAL:$PORT/$NEW/0"

is "the command window of a new session" "$(window)" 32
ok "update QueuedCommands" adm --op update --tid=1 --params queuedcommands=77
is "it is shown" "$(adm --op show --tid=1 | head -n 1)" QueuedCommands=77
is "a new session has it" "$(window)" 77
poll 10 no_sessions
refused "what the driver cannot do is refused with its range" \
	"QueuedCommands: 5000 is not within 1..2048" \
	adm --op update --tid=1 --params QueuedCommands=5000

initiator_start
ok "discovery" discover
ok "open-iscsi logs in" login
wait_for_disk >/dev/null || bail "no disk appears"
sid=$(sid_of 1) || bail "no session is shown"
like "the list has the session with its peer" "$(adm --op show)" \
	"sid=$sid initiator=iqn.1993-08.org.debian:01:scst-test peer=127.0.0.1"
ok "list as JSON" json --op show
ok "session as JSON" json --op show --tid=1 --sid="$sid"
is "what has been negotiated" \
	"$(adm --op show --tid=1 --sid="$sid" | grep -E 'XmitData|FirstB|InitialR')" \
	"InitialR2T=No
MaxXmitDataSegmentLength=262144
FirstBurstLength=65536"
refused "a target in use is not deleted" "target 1 has 1 session" \
	adm --op delete --tid=1
ok "its connection is dropped" adm --op delete --tid=1 --sid="$sid" --cid=0
ok "open-iscsi comes back with a new session" poll 30 sid_changed 1 "$sid"
disk=$(wait_for_disk)
ok "and its disk works" within 30 dd if="$disk" of=/dev/null bs=4k count=1 \
	iflag=direct status=none
sid=$(sid_of 1)
ok "the session is closed" adm --op delete --tid=1 --sid="$sid"
ok "open-iscsi comes back again" poll 30 sid_changed 1 "$sid"

ok "an account" adm --op new --tid=1 --user \
	--params IncomingUser=joe,Password=twelve-bytes
is "is shown" "$(adm --op show --tid=1 --user)" "IncomingUser joe"
is "with its password, if asked for" \
	"$(adm --op show --tid=1 --user --params IncomingUser=joe)" \
	"IncomingUser joe twelve-bytes"
ok "accounts as JSON" json --op show --tid=1 --user
is "an initiator without it is refused" "$(window)" refused
ok "the account is removed" adm --op delete --tid=1 --user \
	--params IncomingUser=joe
is "and now it is not" "$(window)" 77

ok "open-iscsi logs out" logout
poll 10 no_sessions
ok "status 2: the command line is wrong" adm_status 2 --op delete
ok "status 5: not root" not_root --reuid 65534 --regid 65534
ok "status 5: another user with root's group" not_root --reuid 65534
ok "status 5: root with another group" not_root --regid 65534

# a daemon that has become nobody
daemon_stop
daemon_start -u 65534 -g 65534
is "it answers to root" "$(adm --op show --tid=1)" "$TARGET"
ok "it may change the kernel's target" adm --op update --tid=1 \
	--params QueuedCommands=55
is "a new session has the change" "$(window)" 55
poll 10 no_sessions
ok "status 5: not to nobody" not_root --reuid 65534 --regid 65534
