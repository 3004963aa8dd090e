#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Administration of the login daemon while initiators use it: who may come from
# where, several addresses, redirection, reload, and a restart, with a load on
# one target the whole time.  The initiator is on the loopback device and, for
# other addresses, behind a virtual cable in a network of its own.

. "${0%/*}/lib.sh"

A=192.0.2.1 B=198.51.100.1 A6=2001:db8::1
CLIENT=192.0.2.2 CLIENT6=2001:db8::2
BUSY=$IQN:busy
# the command is to be killed, so the shell must become it
WRITER="exec fio --name=load --thread --ioengine=libaio --iodepth=8 --direct=1"
WRITER+=" --rw=randwrite --bs=16k --size=24m --verify=crc32c --verify_fatal=1"
WRITER+=" --do_verify=1 --loops=1000 --output-format=terse"

network()
{
	ip netns add far &&
		ip link add near0 type veth peer name far0 netns far &&
		ip addr add $A/24 dev near0 && ip addr add $B/24 dev near0 &&
		ip -6 addr add $A6/64 dev near0 nodad &&
		ip link set near0 up &&
		ip -n far addr add $CLIENT/24 dev far0 &&
		ip -n far -6 addr add $CLIENT6/64 dev far0 nodad &&
		ip -n far link set far0 up &&
		ip -n far route add default via $A
}

far()		# far COMMAND...: from the other end of the cable
{
	within 30 ip netns exec far "$@"
}

# iscsi-ls shows what comes first last
found()		# found PORTAL [COMMAND]...: what libiscsi discovers there
{
	local portal=$1

	shift
	"$@" iscsi-ls "iscsi://$portal" 2>&1 |
		sed -n 's/^Target:\([^ ]*\) Portal:\(.*\)$/\2 \1/p' | tac
}

config()	# targets on standard input, after the one under load
{
	{
		echo "Target $BUSY"
		cat
	} >"$WORK/iscsi-scstd.conf"
}

reload()	# reload PATTERN: and wait for that in the log
{
	local seen

	seen=$(wc -l <"$DAEMON_LOG")
	kill -HUP "$daemon_pid"
	poll 10 logged "$seen" "$1"
}

logged()	# logged LINES PATTERN: after so many lines
{
	tail -n "+$(($1 + 1))" "$DAEMON_LOG" | grep -Eq -- "$2"
}

kernel_has()	# kernel_has TARGET
{
	grep -q "name:$1\$" $PROC/iscsi/session
}

allow()
{
	cat >/etc/initiators.allow
}

deny()
{
	cat >/etc/initiators.deny
}

status_has()	# status_has FIELD PATTERN: of the daemon's process
{
	grep -Eq "^$1:[[:space:]]*$2\$" "/proc/$daemon_pid/status"
}

load_runs()
{
	kill -0 "$load" 2>/dev/null
}

test_begin
defer_last rm -f /etc/initiators.allow /etc/initiators.deny
rm -f /etc/initiators.allow /etc/initiators.deny
network || bail "no virtual network"
defer_last ip link del near0
defer_last ip netns del far
file=$(disk_file disk0 64)
modules_load scst scst_vdisk iscsi_scst
vdisk_open disk0 "$file" || bail "cannot open disk0"
lun_add Default disk0 0 || bail "cannot add LUN 0"
config <<-CONF
	Target $IQN
CONF
# nobody's number, so that it can read what all may read and write nothing
nobodys=(-a "$PORTAL" -a "$A" -a "$B:3261" -a "[$A6]:3262" -u 65534 -g 65534)
daemon_start "${nobodys[@]}"
initiator_start

ok "the daemon is nobody" status_has Uid '65534\s.*65534'
ok "and of nobody's group" status_has Gid '65534\s.*65534'
ok "it keeps CAP_NET_ADMIN only" status_has CapEff 0000000000001000
ok "its memory is locked" status_has VmLck '\s*[1-9][0-9]* kB'
is "it is not to be killed for memory" \
	"$(cat /proc/"$daemon_pid"/oom_score_adj)" -1000

discover >/dev/null 2>&1
ok "a daemon that is nobody hands a login over" login $BUSY
disk=$(wait_for_disk) || bail "no disk appears"
$WRITER --filename="$disk" >"$WORK/load.log" 2>&1 &
load=$!
defer kill $load

# several portals
is "discovery over loopback names loopback only" "$(found $PORTAL)" \
	"$PORTAL:$PORT,1 $BUSY
$PORTAL:$PORT,1 $IQN"
is "discovery names the address in use, then the others of its family" \
	"$(found $A far | grep "$IQN\$")" "$A:$PORT,1 $IQN
$B:3261,1 $IQN"
is "the same over the other address" \
	"$(found $B:3261 far | grep "$IQN\$")" "$B:3261,1 $IQN
$A:$PORT,1 $IQN"
is "IPv6 is told of IPv6" "$(found "[$A6]:3262" far | grep "$IQN\$")" \
	"[$A6]:3262,1 $IQN"
for portal in $A $B:3261 "[$A6]:3262"; do
	ok "a login over $portal" far iscsi-inq "iscsi://$portal/$IQN/0"
done

# access by address: edits apply to the next login
deny <<<"ALL ALL"
refused "deny: nobody may log in" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
is "deny: nobody sees a target" "$(found $PORTAL)" ""
allow <<<"$IQN $CLIENT/32, [$CLIENT6]/128"
ok "allow: the other host may" far iscsi-inq "iscsi://$A/$IQN/0"
ok "allow: over IPv6, too" far iscsi-inq "iscsi://[$A6]:3262/$IQN/0"
refused "allow: this host may not" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
is "allow: the other host sees this target only" "$(found $A far)" \
	"$A:$PORT,1 $IQN
$B:3261,1 $IQN"
deny <<<"$IQN 192.0.2.77/24"
rm /etc/initiators.allow
refused "deny: a network, with host bits" "not found" \
	far iscsi-inq "iscsi://$A/$IQN/0"
ok "deny: IPv6 is another matter" far iscsi-inq "iscsi://[$A6]:3262/$IQN/0"
deny <<<"$IQN 192.0.2.300"
refused "a line that is not understood refuses" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
ok "and is named in the log" logged 0 "initiators.deny:1: '192.0.2.300'"
deny <<<"#"
ok "a comment refuses nobody" within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
chmod 0 /etc/initiators.deny
refused "a file that cannot be read refuses all" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
is "in discovery, too" "$(found $PORTAL)" ""
daemon_stop
refused "with it nobody's daemon does not start" "Permission denied" \
	within 30 "$(find_daemon)" -f -c "$WORK/iscsi-scstd.conf" \
	-p $PORT "${nobodys[@]}"
rm /etc/initiators.deny
daemon_start "${nobodys[@]}"
ok "without it all may again" within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"

# reload
config <<-CONF
	Target $IQN
	Target $IQN:new
CONF
ok "reload adds a target" reload 'applied, 3 targets'
ok "which can be used" within 30 iscsi-inq "iscsi://$PORTAL/$IQN:new/0"
config <<-CONF
	Target $IQN
	MaxSessions lots
CONF
ok "reload with an error is not applied" reload 'not applied'
ok "the error has a line" logged 0 "iscsi-scstd.conf:3: MaxSessions: 'lots'"
ok "and nothing has changed" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN:new/0"
config </dev/null
ok "reload removes targets" reload 'applied, 1 targets'
ok "from the kernel as well" not kernel_has "$IQN:new"
refused "which cannot be used any more" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN:new/0"
echo "Target $IQN" >"$WORK/iscsi-scstd.conf"
ok "reload removes the target under load" reload 'kept for its 1 sessions'
is "it is out of discovery" "$(found $PORTAL)" "$PORTAL:$PORT,1 $IQN"
refused "it takes no more logins" "not found" \
	within 30 iscsi-inq "iscsi://$PORTAL/$BUSY/0"
ok "its load runs on" load_runs
ok "the kernel has it" kernel_has "$BUSY"

# restart, with that target in the file and not
daemon_stop
daemon_start
ok "a restart leaves it alone" logged 0 "$BUSY: not configured, kept for"
ok "the session is the same" sessions_are 1
ok "its load runs on" load_runs
config <<-CONF
	Target $IQN
CONF
ok "reload takes it back" reload 'applied, 2 targets'
daemon_stop
ok "without a daemon the load runs on" load_runs
daemon_start -a $PORTAL -a $A -a $B:3261
ok "after a restart, too" load_runs
ok "and others can log in" far iscsi-inq "iscsi://$A/$IQN/0"
ok "the load can be ended" kill $load
wait $load
is "the data was right all the time" "$(grep -ci 'verify:' "$WORK/load.log")" 0
within 60 dd if=/dev/urandom of="$disk" bs=1M count=8 oflag=direct status=none
sum=$(within 60 dd if="$disk" bs=1M count=8 iflag=direct status=none | sha256sum)

# the last session of a target that was removed
echo "Target $IQN" >"$WORK/iscsi-scstd.conf"
reload 'kept for its 1 sessions'
ok "logout" logout $BUSY
ok "the removed target goes with its last session" \
	poll 15 not kernel_has "$BUSY"

# redirection, to another address of the same daemon
config <<-CONF
	Redirect $B:3261 permanent
	Target $IQN
	Redirect $B:3261 temporary
CONF
ok "reload sets redirections" reload 'applied, 2 targets'
like "discovery does not know of them" "$(found $PORTAL)" \
	"$PORTAL:$PORT,1 $BUSY"
ok "open-iscsi follows a permanent one" login $BUSY
disk=$(wait_for_disk) || bail "no disk appears"
like "to the other address" "$(iscsiadm -m session -P 1)" \
	"Current Portal: $B:3261,1"
is "the data is the same" "$(within 60 dd if="$disk" bs=1M count=8 \
	iflag=direct status=none | sha256sum)" "$sum"
ok "logout" logout $BUSY
ok "libiscsi follows a temporary one" \
	within 30 iscsi-inq "iscsi://$PORTAL/$IQN/0"
ok "the daemon has sent it there" logged 0 "to $IQN redirected to $B:3261"

# more than one PDU of open-iscsi's discovery has room for, which is 32 KiB
for ((i = 0; i < 1000; i++)); do
	echo "Target $IQN.$i"
done | config
ok "reload makes 1,000 targets" reload 'applied, 1001 targets'
is "open-iscsi's discovery names them all" \
	"$(discover 2>/dev/null | sort -u | grep -c "$PORTAL:$PORT,1 $IQN\.[0-9]*\$")" 1000
