#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CHAP with initiators that are somebody else's: open-iscsi and libiscsi, every
# algorithm that they know, one-way and mutual, right and wrong; and the user
# as a part of the name that security groups match.

. "${0%/*}/lib.sh"

INITIATOR=iqn.1993-08.org.debian:01:scst-test
OPEN=$IQN.open
# as open-iscsi calls them; libiscsi has MD5 only on Debian 12
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

login_refused()	# login_refused DESCRIPTION [MESSAGE]
{
	local out

	out=$(login 2>&1)
	like "$1" "$out" "${2:-authorization failure}"
}

login_works()	# login_works DESCRIPTION
{
	ok "$1: login" login
	ok "$1: logout" logout
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

find_targets()	# find_targets [ACCOUNT]: with libiscsi
{
	within 20 iscsi-ls -i "$INITIATOR" "iscsi://${1:+$1@}$PORTAL:$PORT"
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
discovery_account joe secret-of-joe-1
out=$(discover 2>&1)
like "open-iscsi: discovery with an account of a target" "$out" \
	'authorization failure'
discovery_account finder secret-of-finder
like "open-iscsi: discovery" "$(discover 2>&1)" "$PORTAL:$PORT,1 $IQN"
discovery_account finder secret-of-finder portal secret-of-portal
like "open-iscsi: mutual discovery" "$(discover 2>&1)" "$PORTAL:$PORT,1 $IQN"
discovery_account finder secret-of-finder portal secret-of-nobody
out=$(discover 2>&1)
like "open-iscsi: mutual discovery, wrong target" "$out" 'fail|error'
like "libiscsi: discovery" "$(find_targets finder%secret-of-finder 2>&1)" "$IQN"
ok "libiscsi: discovery without an account" not find_targets
ok "libiscsi: discovery with a wrong password" not find_targets finder%wrong

# every algorithm
for alg in $ALGORITHMS; do
	node_set node.session.auth.chap_algs "$alg"
	node_account jim secret-of-jim-2
	login_works "open-iscsi: $alg"
	node_account jim secret-of-jim-2 storage secret-of-storage
	login_works "open-iscsi: $alg, mutual"
done

# wrong ones
node_account jim secret-of-joe-1
login_refused "open-iscsi: somebody else's password"
node_account nobody secret-of-jim-2
login_refused "open-iscsi: no such user"
node_account finder secret-of-finder
login_refused "open-iscsi: account for discovery"
node_account jim secret-of-jim-2 storage secret-of-nobody
ok "open-iscsi: the target has another password" not login
node_account jim secret-of-jim-2 other secret-of-storage
ok "open-iscsi: the target has another name" not login
node_set node.session.auth.authmethod None
login_refused "open-iscsi: without CHAP" 'login failure'
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
mutual='target_user=storage&target_password=secret-of-storage'
ok "libiscsi: one-way" inq "$(lib_url jim%secret-of-jim-2)"
ok "libiscsi: mutual" inq "$(lib_url jim%secret-of-jim-2 "$mutual")"
ok "libiscsi: wrong password" inq_fails "$(lib_url jim%secret-of-joe-1)"
ok "libiscsi: no such user" inq_fails "$(lib_url nobody%secret-of-jim-2)"
ok "libiscsi: without an account" inq_fails "$(lib_url)"
ok "libiscsi: the target has another password" inq_fails \
	"$(lib_url jim%secret-of-jim-2 "${mutual}x")"
ok "libiscsi: the target has another name" inq_fails \
	"$(lib_url jim%secret-of-jim-2 "${mutual/storage/other}")"
ok "libiscsi: an account where none is needed" inq \
	"$(lib_url jim%secret-of-jim-2 '' "$OPEN")"
ok "libiscsi: no account where none is needed" inq "$(lib_url '' '' "$OPEN")"
ok "libiscsi: a target without OutgoingUser is not believed" inq_fails \
	"$(lib_url jim%secret-of-jim-2 "$mutual" "$OPEN")"

# no MD5
daemon_stop
config 'CHAPAlgorithms SHA3-256,SHA-256,SHA-1'
daemon_start
node_account jim secret-of-jim-2
login_refused "open-iscsi: MD5 where it is not allowed"
node_set node.session.auth.chap_algs MD5,SHA256
login_works "open-iscsi: MD5 and SHA-256 where MD5 is not allowed"
ok "libiscsi: MD5 where it is not allowed" inq_fails \
	"$(lib_url jim%secret-of-jim-2)"

is "no password in the daemon's log" "$(grep -c secret "$DAEMON_LOG")" 0
like "the daemon's log has the reasons" "$(cat "$DAEMON_LOG")" \
	'CHAP: wrong password'
