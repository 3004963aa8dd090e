# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
# Sourced by run: the machine is user-mode Linux.

vm_start() {
	# Newer ones can do without ptrace and with more than one CPU
	more=
	if "$kernel" --help 2>/dev/null | grep -q seccomp=; then
		more="seccomp=on ncpus=${VM_SMP:-2}"
	fi
	# shellcheck disable=SC2086
	exec timeout --foreground -k 10 "$timeout" "$kernel" mem="${VM_MEM:-${mem:-1024}}M" \
		rootfstype=hostfs $common vm_ctl="$work/ctl" vm_scratch="$scratch" \
		con=null con0=null,fd:3 con1=null,fd:4 ssl=null $more ${VM_APPEND:-} \
		3>"$work/console.log" 4>&1 </dev/null >"$work/uml.log" 2>&1
}

# The log from where init has taken over: before, starting the second CPU frees memory
# by RCU on a CPU that is not online yet ("Callback enqueued on offline CPU", 7.1).
vm_log() {
	sed -n '/scst-vm: the system is up/,$p' "$1" >"$1.up"
	if [ -s "$1.up" ]; then echo "$1.up"; else echo "$1"; fi
}
