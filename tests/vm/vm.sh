# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
# Sourced by run: the machine is QEMU on x86_64.

# A /dev/kvm that can be opened does not always run a guest, so let the kernel start
# until it finds no root, and remember the outcome until this machine's next boot.
kvm_works() {
	memo=$SCST_CACHE/kvm-$(cat /proc/sys/kernel/random/boot_id)
	[ -e "$memo" ] || {
		timeout 8 qemu-system-x86_64 -accel kvm -cpu host -m 512 -nodefaults \
			-no-reboot -display none -kernel "$kernel" \
			-append panic=-1 >/dev/null 2>&1 && echo yes || echo no
	} >"$memo"
	[ "$(cat "$memo")" = yes ]
}

accel() {
	if [ -n "${ICOUNT:-}" ]; then
		echo tcg,thread=single
	elif [ -w /dev/kvm ] && kvm_works; then
		echo kvm
	else
		echo tcg,thread=multi
	fi
}

share() {
	echo "-virtfs local,path=$2,mount_tag=$1,security_model=none,multidevs=remap$3"
}

vm_start() {
	fwd=
	for f in ${FORWARD:-}; do
		fwd=$fwd,hostfwd=tcp:127.0.0.1:${f%:*}-10.0.2.15:${f#*:}
	done
	accel=${VM_ACCEL:-$(accel)}
	smp=${VM_SMP:-${SMP:-2}}
	set -- -nodefaults -no-user-config -display none -no-reboot \
		-machine pc -accel "$accel" -m "${VM_MEM:-${mem:-1024}}"
	case $accel in
	kvm) set -- "$@" -cpu "${VM_CPU:-host}" ;;
	*) set -- "$@" -cpu "${VM_CPU:-max}" ;;
	esac
	if [ -n "${ICOUNT:-}" ]; then
		smp=1
		set -- "$@" -icount shift=0,sleep=off
	fi
	# shellcheck disable=SC2046
	set -- "$@" -smp "$smp" -kernel "$kernel" \
		-serial "file:$work/console.log" \
		-device virtio-serial-pci -chardev stdio,id=out,signal=on \
		-device virtserialport,chardev=out,name=scst.out \
		-netdev "${VM_NET:-user,id=n0$fwd}" -device virtio-net-pci,netdev=n0,romfile= \
		$(share root9 / ,readonly=on) $(share ctl "$work/ctl" '') \
		$(share scratch "$scratch" '') \
		-append "$common root=root9 rootfstype=9p rootflags=trans=virtio,version=9p2000.L,cache=loose,msize=262144 console=ttyS0 tsc=reliable no_timer_check panic_on_warn=1 ${VM_APPEND:-}"
	mkfifo "$work/stdin"	# one that never ends: QEMU closes the port at its end
	# shellcheck disable=SC2086
	exec timeout --foreground -k 10 "$timeout" qemu-system-x86_64 "$@" \
		${VM_QEMU_ARGS:-} <>"$work/stdin"
}
