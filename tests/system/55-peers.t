#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Initiators that misbehave: they owe data, do not read what they asked for,
# send more than fits.  None may tie up memory for ever or be forgotten.
#
# kmemleak

. "${0%/*}/lib.sh"

peer()		# peer SCENARIO [TARGET]
{
	SLOW=$SLOW within 90 python3 -B "$REPO/tests/system/peer.py" $PORTAL $PORT \
		"${2:-$IQN}" "$1"
}

# Each is one check, named by what it says it is about
peers()		# peers TARGET SCENARIO...
{
	local name what wrong target=$1

	shift
	SLOW=$SLOW within 300 python3 -B "$REPO/tests/system/peer.py" $PORTAL $PORT \
		"$target" "$@" >"$WORK/peers.out" 2>"$WORK/peers.err"
	for name; do
		what=
		IFS=$'\t' read -r _ what wrong < <(grep "^$name"$'\t' "$WORK/peers.out")
		if [ -n "$what" ] && [ -z "$wrong" ]; then
			pass "$what"
		else
			fail "${what:-$name}" "${wrong:-$(tail -n 5 "$WORK/peers.err")}"
		fi
	done
}

released()	# nothing of it is left
{
	[ "$(sed -n 's|^Inactive/active pages *[0-9]*/||p' $PROC/sgv)" = 0 ] &&
		no_sessions
}

gone()		# gone WHAT
{
	ok "$1: session and buffers are gone" poll 20 released
}

test_begin
file=$(disk_file disk0 64)
modules_load scst scst_vdisk iscsi_scst
vdisk_open disk0 "$file" || bail "cannot open disk0"
vdisk_open disk1 "$file" NULLIO || bail "cannot open disk1"
lun_add Default disk0 0 && lun_add Default disk1 1 || bail "cannot add the LUNs"
daemon_config <<-CONF
	Target $IQN
	InitialR2T No
	NopInInterval 1
	RspTimeout 2
	Target $IQN:one
	MaxSessions 1
	PortalAddress forward.example.com:3333
	PortalAddress [fd00::1]
	Target $IQN:rules
	HeaderDigest None,CRC32C
	DataDigest None,CRC32C
CONF
daemon_start

ok "writes that get no data end the session" peer owes_data
gone "no data"
ok "immediate data that stops ends the session" peer owes_half
gone "half the data"
ok "a response that waits for data ends the session" peer owes_unsolicited
ok "an aborted command waits for no data" peer aborts_unsolicited
gone "unsolicited data"
ok "a peer that reads slowly is given up" peer reads_slowly
gone "slow reader"
ok "all pings of a flood are echoed" peer floods
ok "writes with immediate data arrive together" peer writes_at_once
ok "padding in the middle of a batch" peer odd_lengths
ok "an initiator comes back to a target for one session" \
	peer comes_back "$IQN:one"
poll 10 no_sessions
ok "a peer that takes nothing leaves memory to another one" \
	peer leaves_room "$IQN:rules"
gone "greedy peer"
ok "SendTargets in a session names its address" peer names_itself
ok "SendTargets in a session names what is configured" \
	peer names_configured "$IQN:one"
ok "only administrators get events" peer listens
ok "a socket is in one session only" peer same_socket
ok "a user cannot take over another one's session or name" peer users
poll 10 no_sessions

# nothing to hurry for here
peers "$IQN:rules" aborts_task_set clears_task_set clears_aca resets_lun \
	resets_target restarts_target unknown_functions absent_unit aborts_unknown \
	aborts_early aborts_waiting
peers "$IQN:rules" rejects_unknown rejects_target_opcode rejects_login \
	rejects_snack rejects_data rejects_header_segment rejects_text_flags
peers "$IQN:rules" digests wrong_header_digest wrong_digest_immediate \
	wrong_digest_data_out wrong_digest_request
peers "$IQN:rules" fills_gap asks_again ignores_twice closes_window \
	limits_immediate
peers "$IQN:rules" declares_limit answers_keys rejects_malformed continues_text \
	negotiates_on begins_again limits_text
gone "rules"

peers "$IQN" logs_out_when_asked does_not_log_out
ok "target-del does not wait long, target-set revives" peer stays
