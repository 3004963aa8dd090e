# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The tools as they are installed, and the howto's configuration: for the tests of the
# init scripts and of the systemd units.  Sourced after lib.sh.

# shellcheck disable=SC2034 # for the tests
SCST=/etc/init.d/scst
# shellcheck disable=SC2034
ISCSI=/etc/init.d/iscsi-scst

exits()		# exits STATUS DESCRIPTION COMMAND...
{
	local want=$1 desc=$2 out rc

	shift 2
	out=$(within 60 "$@" 2>&1 </dev/null)
	rc=$?
	if [ $rc -eq "$want" ]; then
		pass "$desc"
	else
		fail "$desc" "'$*' ended with status $rc instead of $want
$out"
	fi
}

# What the scripts end with (LSB 5.0, 22.2), in which state, and for whoever may not do
# it while they run; "." is where it would change the state.
STATUSES='
	-		2	2	2
	dump		2	2	2
	status		3	0	0
	start		.	0	4
	stop		0	.	4
	restart		.	0	4
	try-restart	0	0	4
	condrestart	0	0	4
	reload		7	0	4
	force-reload	7	0	4
'

lsb()		# lsb stopped|running|nobody [PREFIX...]: both scripts, each verb
{
	local state=$1 verb script stopped running nobody

	shift
	while read -r verb stopped running nobody; do
		[ -n "$verb" ] && [ "${!state}" != . ] || continue
		for script in "$SCST" "$ISCSI"; do
			# no verb is no argument
			# shellcheck disable=SC2086
			exits "${!state}" "$state: ${script##*/} $verb" \
				"$@" "$script" ${verb#-}
		done
	done <<<"$STATUSES"
}

installed()
{
	make -C "$REPO" install
}

our_modules()
{
	sed -n 's/^\(scst[a-z_]*\|iscsi_scst\) .*/\1/p' /proc/modules | sort | paste -sd ' '
}

# The howto's steps 2 to 4, with block devices that this machine has
configure()
{
	disk=("$(losetup -f --show "$(disk_file a 16)")" \
	      "$(losetup -f --show "$(disk_file b 24)")")
	defer_last losetup -d "${disk[@]}"
	mkdir -p /etc/iscsi
	echo "InitiatorName=iqn.2007-05.com.example" >/etc/iscsi/initiatorname.iscsi
	cat <<CONF >/etc/iscsi-scstd.conf
  Target $(sed -n 's/InitiatorName=//p' /etc/iscsi/initiatorname.iscsi):storage
CONF
	{
		echo "[HANDLER vdisk]"
		echo "#DEVICE <vdisk name>,<device path>,<options>,<block size>"
		for ((i = 0; i < ${#disk[*]}; i++)); do
			echo "DEVICE vdisk$i,${disk[$i]},NV_CACHE,512"
		done
		echo "[ASSIGNMENT Default]"
		echo "#DEVICE <device name>,<lun>"
		for ((i = 0; i < ${#disk[*]}; i++)); do
			echo "DEVICE vdisk$i,$i"
		done
	} >/etc/scst.conf
}

disks_served()
{
	local i

	for i in 0 1; do
		within 30 iscsi-readcapacity16 "$(url $i)" | grep -q "$((16 + 8 * i))" ||
			return
	done
}

session_id()
{
	sed -n 's/^\tsid:\([0-9a-f]*\) .*/\1/p' "$PROC/iscsi/session"
}
