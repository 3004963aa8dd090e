# SPDX-License-Identifier: GPL-2.0
# Entry points.  `make` alone lists them; README.md says what they are for.

SHELL := /bin/sh
export TIME KEEP BASE DEBUG UML PERF ICOUNT SMP FORWARD BASES KERNEL_TREE JOBS

help:
	@sed -n 's/^##//p' Makefile

## To try it
##   make run            a target in a VM, with a disk at 127.0.0.1:3260
##   make vm CMD='...'   a command as root in a VM with the patched kernel
##                       (BASE=6.12|6.18|7.1  DEBUG=1  UML=1  VM_TIMEOUT=seconds)
## To check it
##   make check          everything that has to pass
##   make lint           drift, style, static checkers, builds without a warning
##   make kunit          unit tests, on user-mode Linux
##   make fuzz           input that the daemon does not survive (TIME=seconds each)
##   make bisect         does each step of the series compile?
##   make bench          instructions per I/O: this target, LIO and tgt
## To build it
##   make kernel         patched kernel and modules (BASE=...)
##   make tools          iscsi-scstd and friends
##   make fetch          kernel sources
##   make deps           Debian packages that all this needs
##   make patches        generate patches/ and series after a change of the sources
## To install it, as in the howto (DESTDIR, an absolute path; PREFIX=/usr/local or /usr;
## SYSCONFDIR=/etc, for init.d and default: configuration files are in /etc always)
##   make scst scst_install iscsi iscsi_install scstadm scstadm_install
##                       scst: is it in this kernel?  (KDIR=/path/to/its/build)
##   make install        all three _install; there is X_uninstall for each X_install
##   make uninstall      all of them
##   make deb            Debian package of the tools  (DEB_DIR=folder to put it in)
##   make deb KERNEL=1   and of a patched kernel, for virtual machines; for others
##                       CONFIG=/boot/config-...  is the configuration to start from
##                       (LOCALMOD=1: with modules of this machine only)
##
## KERNEL_TREE=/path/to/linux uses your own kernel source; it is not modified.

deps fetch:
	@scripts/$@

# what is needed to try it, which is less than what is needed to check it
deps-run:
	@scripts/deps run

# and what a machine needs that is to use it: no emulator, no initiators
deps-tools:
	@scripts/deps tools

tools iscsi scstadm iscsi_install scstadm_install install: deps-tools

kernel: deps-run
	@scripts/kernel "$(BASE)" vm

patches:
	@scripts/gen-netlink
	@scripts/gen-patches

tools:
	@scripts/tools

ifneq ($(CMD),)
export CMD
vm: deps
	@scripts/tools
	@tests/vm/run "$$CMD"
else
vm:
	@echo "usage: make vm CMD='uname -a'" >&2; exit 2
endif

run: deps-run
	@tests/system/run

bench: deps
	@tests/bench/run

kunit lint bisect: deps
	@scripts/$@ $(BASE)

check: deps
	@scripts/check

fuzz:
	@scripts/deps run fuzz
	@scripts/fuzz

scst:
	@scripts/has-scst

iscsi scstadm:
	@scripts/tools build-$@

$(foreach s,scst iscsi scstadm,$(s)_install): %_install:
	@scripts/tools install-$*

$(foreach s,scst iscsi scstadm,$(s)_uninstall): %_uninstall:
	@scripts/tools uninstall-$*

install uninstall:
	@scripts/tools $@

deb:
	@scripts/deps deb
	@scripts/deb

.PHONY: help deps deps-run deps-tools fetch kernel patches tools vm run bench kunit lint bisect check fuzz
.PHONY: scst scst_install scst_uninstall iscsi iscsi_install iscsi_uninstall
.PHONY: scstadm scstadm_install scstadm_uninstall install uninstall deb
