#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CHAP with initiators that are somebody else's: open-iscsi and libiscsi, every
# algorithm that they know, one-way and mutual, right and wrong; and the user
# as a part of the name that security groups match.

. "${0%/*}/lib.sh"

INITIATOR=iqn.1993-08.org.debian:01:scst-test
OPEN=$IQN.open
OTHER=$IQN.other
NONE=$IQN.none
# as open-iscsi calls them; its discovery has MD5 only, and so has libiscsi on Debian 12
ALGORITHMS='MD5 SHA1 SHA256 SHA3-256'

config()	# config [LINE]...: global lines before the usual accounts
{
	{
		[ $# -eq 0 ] || printf '%s\n' "$@"
		cat <<-CONF
			IncomingUser finder secret-of-finder
			OutgoingUser portal secret-of-portal
			Target $IQN
			IncomingUser joe secret-of-joe-1
			IncomingUser jim secret-of-jim-2
			OutgoingUser storage secret-of-storage
			Target $OTHER
			IncomingUser ann secret-of-ann-33
			Target $OPEN
		CONF
	} | daemon_config
	chmod 600 "$WORK/iscsi-scstd.conf"
}

discovery_account()	# discovery_account [NAME PASSWORD [NAME_IN PASSWORD_IN]]
{
	sed -i '/^discovery\./d' /etc/iscsi/iscsid.conf
	[ $# -gt 0 ] || return 0
	cat >>/etc/iscsi/iscsid.conf <<-CONF
		discovery.sendtargets.auth.authmethod = CHAP
		discovery.sendtargets.auth.username = $1
		discovery.sendtargets.auth.password = $2
	CONF
	[ $# -gt 2 ] || return 0
	cat >>/etc/iscsi/iscsid.conf <<-CONF
		discovery.sendtargets.auth.username_in = $3
		discovery.sendtargets.auth.password_in = $4
	CONF
}

node_account()	# node_account NAME PASSWORD [NAME_IN PASSWORD_IN]
{
	node_set node.session.auth.authmethod CHAP
	node_set node.session.auth.username "$1"
	node_set node.session.auth.password "$2"
	node_set node.session.auth.username_in "${3:-}"
	node_set node.session.auth.password_in "${4:-}"
}

# What an account is to show, and its words: user and password, and those that the
# target has to prove.  The target refuses some, and the initiator others.
FINDS='one-way|finder secret-of-finder
mutual|finder secret-of-finder portal secret-of-portal'
FINDS_REFUSED='wrong password|finder secret-of-joe-1
wrong password, mutual|finder secret-of-joe-1 portal secret-of-portal
no such user|nobody secret-of-finder
no such user, mutual|nobody secret-of-finder portal secret-of-portal
account of a target|joe secret-of-joe-1'
FINDS_ANOTHER='another password of the target|finder secret-of-finder portal secret-of-nobody
another name of the target|finder secret-of-finder other secret-of-portal'

LOGS_IN='one-way|jim secret-of-jim-2
mutual|jim secret-of-jim-2 storage secret-of-storage'
LOGIN_REFUSED="somebody else's password|jim secret-of-joe-1
somebody else's password, mutual|jim secret-of-joe-1 storage secret-of-storage
no such user|nobody secret-of-jim-2
no such user, mutual|nobody secret-of-jim-2 storage secret-of-storage
account for discovery|finder secret-of-finder
account of another target|ann secret-of-ann-33"
LOGIN_ANOTHER='another password of the target|jim secret-of-jim-2 storage secret-of-nobody
another name of the target|jim secret-of-jim-2 other secret-of-storage'

each()		# each TABLE COMMAND...: with what each row shows, and its words
{
	local what account

	while IFS='|' read -r what account <&3; do
		# shellcheck disable=SC2086 # these are the words
		"${@:2}" "$what" $account
	done 3<<<"$1"
}

open_discovery()	# open_discovery REGEX WHAT ACCOUNT...
{
	discovery_account "${@:3}"
	like "open-iscsi: discovery, $2" "$(discover 2>&1)" "$1"
}

login_refused()	# login_refused DESCRIPTION [MESSAGE]
{
	local out

	out=$(login 2>&1)
	like "$1" "$out" "${2:-authorization failure}"
}

open_login()	# open_login PREFIX WHAT ACCOUNT...
{
	node_account "${@:3}"
	ok "open-iscsi: $1: $2, login" login
	ok "open-iscsi: $1: $2, logout" logout
}

open_refused()	# open_refused MESSAGE PREFIX WHAT ACCOUNT...
{
	node_account "${@:4}"
	login_refused "open-iscsi: $2: $3" "$1"
}

query()		# query [NAME PASSWORD]: of the target, for a URL
{
	[ $# -eq 0 ] || echo "target_user=$1&target_password=$2"
}

lib_url()	# lib_url [ACCOUNT] [QUERY] [TARGET]
{
	echo "iscsi://${1:+$1@}$PORTAL:$PORT/${3:-$IQN}/0${2:+?$2}"
}

inq()		# inq URL: libiscsi logs in
{
	within 20 iscsi-inq -i "$INITIATOR" "$1"
}

inq_fails()
{
	local out

	out=$(inq "$1" 2>&1) && return 1
	[[ $out == *[Ll]og*in* || $out == *[Aa]uth* ]]
}

find_targets()	# find_targets [ACCOUNT] [QUERY]: with libiscsi
{
	within 20 iscsi-ls -i "$INITIATOR" \
		"iscsi://${1:+$1@}$PORTAL:$PORT${2:+?$2}"
}

lib_discovery()	# lib_discovery REGEX WHAT ACCOUNT...
{
	like "libiscsi: discovery, $2" \
		"$(find_targets "$3%$4" "$(query "${@:5}")" 2>&1)" "$1"
}

lib_login()	# lib_login REGEX WHAT ACCOUNT...
{
	like "libiscsi: $2" \
		"$(inq "$(lib_url "$3%$4" "$(query "${@:5}")")" 2>&1)" "$1"
}

test_begin
modules_load scst scst_vdisk iscsi_scst
vdisk_open disk0 "$(disk_file disk0 8)" || bail "cannot open disk0"
vdisk_open disk1 "$(disk_file disk1 16)" || bail "cannot open disk1"
lun_add Default disk0 0 || bail "cannot add LUN 0"
say "add_group joe" $PROC/scsi_tgt || bail "cannot add a group"
defer_last say "del_group joe" $PROC/scsi_tgt
defer say clear $PROC/groups/joe/devices
lun_add joe disk1 0 || bail "cannot add LUN 0 of the group"
say "add joe@$INITIATOR" $PROC/groups/joe/names
config
daemon_start
initiator_start $INITIATOR

# discovery
discovery_account
out=$(discover 2>&1)
like "open-iscsi: discovery without an account" "$out" 'authorization failure'
each "$FINDS_REFUSED" open_discovery 'authorization failure'
each "$FINDS_ANOTHER" open_discovery 'fail|error'
each "$FINDS" open_discovery "$PORTAL:$PORT,1 $IQN"

# every algorithm
for alg in $ALGORITHMS; do
	node_set node.session.auth.chap_algs "$alg"
	each "$LOGS_IN" open_login "$alg"
	each "$LOGIN_REFUSED" open_refused 'authorization failure' "$alg"
	each "$LOGIN_ANOTHER" open_refused 'login failure' "$alg"
done
node_set node.session.auth.authmethod None
login_refused "open-iscsi: without CHAP" 'login failure'
# who has an account here, at a target that there is not
iscsiadm -m node -o new -T "$NONE" -p "$PORTAL:$PORT" >/dev/null ||
	bail "no record of a target"
IQN=$NONE node_account jim secret-of-jim-2
IQN=$NONE login_refused "open-iscsi: no such target" 'login failure'
like "open-iscsi: the daemon has said that there is none" \
	"$(tail -n 1 "$DAEMON_LOG")" 'login refused \(0x0203\)'
poll 15 no_sessions || fail "no session of a refused login is left" \
	"$(cat $PROC/sessions)"

# the user is a part of the name
node_set node.session.auth.chap_algs MD5
node_account joe secret-of-joe-1
ok "open-iscsi: joe logs in" login
disk=$(wait_for_disk) || bail "no disk appears"
is "joe has the disk of his group" "$(blockdev --getsize64 "$disk")" \
	$((16 << 20))
like "$PROC/sessions names the user" "$(cat $PROC/sessions)" \
	"joe@$INITIATOR +joe "
ok "open-iscsi: joe logs out" logout

# libiscsi
like "libiscsi: discovery without an account" "$(find_targets 2>&1)" \
	'Authentication failure'
each "$FINDS" lib_discovery "Target:$IQN"
each "$FINDS_REFUSED" lib_discovery 'Authentication failure'
each "$FINDS_ANOTHER" lib_discovery 'Invalid CHAP_R|Wrong CHAP target'
each "$LOGS_IN" lib_login 'Vendor: *SCST'
each "$LOGIN_REFUSED" lib_login 'Authentication failure'
each "$LOGIN_ANOTHER" lib_login 'Invalid CHAP_R|Wrong CHAP target'
like "libiscsi: no such target" \
	"$(inq "$(lib_url jim%secret-of-jim-2 '' "$NONE")" 2>&1)" \
	'Target not found'
ok "libiscsi: without an account" inq_fails "$(lib_url)"
ok "libiscsi: an account where none is needed" inq \
	"$(lib_url jim%secret-of-jim-2 '' "$OPEN")"
ok "libiscsi: no account where none is needed" inq "$(lib_url '' '' "$OPEN")"
ok "libiscsi: a target without OutgoingUser is not believed" inq_fails \
	"$(lib_url jim%secret-of-jim-2 "$(query storage secret-of-storage)" "$OPEN")"

# no MD5
daemon_stop
config 'CHAPAlgorithms SHA3-256,SHA-256,SHA-1'
daemon_start
lib_discovery 'Authentication failure' "MD5 where it is not allowed" \
	finder secret-of-finder
discovery_account finder secret-of-finder
like "open-iscsi: discovery with MD5 where it is not allowed" \
	"$(discover 2>&1)" 'authorization failure'
node_account jim secret-of-jim-2
login_refused "open-iscsi: MD5 where it is not allowed"
node_set node.session.auth.chap_algs MD5,SHA256
open_login "MD5 and SHA-256" "MD5 is not allowed" jim secret-of-jim-2
ok "libiscsi: MD5 where it is not allowed" inq_fails \
	"$(lib_url jim%secret-of-jim-2)"

is "no password in the daemon's log" "$(grep -c secret "$DAEMON_LOG")" 0
like "the daemon's log has the reasons" "$(cat "$DAEMON_LOG")" \
	'CHAP: wrong password'
