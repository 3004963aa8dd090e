#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# manuals.sh: do the manual pages of the daemon and the modules have all that the
# sources have, and nothing else?
#
# Output is TAP.

cd "$(dirname "$0")/.." || exit 1
n=0
failed=0

same()		# same DESCRIPTION IN_THE_SOURCES IN_THE_MANUAL
{
	local diff line

	n=$((n + 1))
	if [ -n "$2" ] && diff=$(diff <(sort <<<"$2") <(sort <<<"$3")); then
		echo "ok $n - $1"
		return
	fi
	echo "not ok $n - $1"
	while IFS= read -r line; do
		echo "# $line"
	done <<<"${diff:-nothing found in the sources}"
	failed=1
}

items()		# items PAGE MACRO: first words of its list entries
{
	sed -n "s/^\.It $2 \([A-Za-z0-9_]*\).*/\1/p" "man/$1"
}

parameters()	# parameters FOLDER...
{
	find "$@" -name '*.c' -exec \
		sed -n 's/^module_param[a-z_]*(\([A-Za-z0-9_]*\),.*/\1/p' {} +
}

# iscsi-scstd

daemon_options()	# letter, name, does it take an argument
{
	sed -nE "s/^\t\{ \"([a-z]+)\", ([a-z]+)_argument, NULL, '(.)' \},/\3 \1 \2/p" \
		iscsi-scstd/main.c
}

letters()	# letters OPTIONS: as getopt() wants them
{
	sed -nE -e 's/^(.) .* required$/\1:/p' -e 's/^(.) .* no$/\1/p' <<<"$1"
}

manual_options()
{
	sed -nE -e 's/^\.It Fl (.) Ar .* , Fl Fl ([a-z]+) Ns = Ns Ar .*/\1 \2 required/p' \
		-e 's/^\.It Fl (.) , Fl Fl ([a-z]+)$/\1 \2 no/p' man/iscsi-scstd.8
}

synopsis()	# letters in it
{
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' man/iscsi-scstd.8 |
		sed -nE 's/^\.(Op )?Fl //p' | tr -d '|' |
		sed -E 's/ (Ar|Ns) .*//' | xargs -n 1
}

same "iscsi-scstd: options" "$(daemon_options)" "$(manual_options)"
same "iscsi-scstd: short options" "$(letters "$(daemon_options)")" \
	"$(sed -n 's/.*getopt_long(argc, argv, "\(.*\)", .*/\1/p' iscsi-scstd/main.c |
		grep -o '[a-z]:*')"
same "iscsi-scstd: synopsis" "$(daemon_options | cut -c 1)" "$(synopsis)"
same "iscsi-scstd: signals" \
	"$(sed -n 's/.*sigaddset(.*, \(SIG[A-Z]*\));/\1/p' iscsi-scstd/main.c)" \
	"$(sed -n 's/^\.It Dv SIG/SIG/p' man/iscsi-scstd.8 | tr -d , | xargs -n 1)"
same "iscsi-scstd: files" \
	"$(sed -n 's/^#define [A-Z]*_FILE "\(.*\)"/\1/p' iscsi-scstd/main.c)" \
	"$(sed -n 's/^\.It Pa //p' man/iscsi-scstd.8 | tr -d , | xargs -n 1)"

# Commands to /proc files; those to trace_level take words, of which the manual page
# says no more than that.
verbs()		# from the help text
{
	sed -n '/help_text\[\]/,/;$/p' "$driver/proc/misc.c" |
		sed -nE 's/^"\t([a-z_]{3,})( [A-Z].*|   .*)/\1/p' | grep -v '^set$'
}

manual_verbs()
{
	sed -n '/^\.Ss \/proc/,/^\.Sh/{/Ar word\|Ar mask\|^\.Ic all/!s/^\.Ic \([a-z_]*\).*/\1/p}' \
		man/scst.7
}

for driver in ../drivers-target-iscsi-scst ../../drivers/scst; do
	[ ! -e "$driver/Kconfig" ] || break
done
if [ ! -e "$driver/Kconfig" ]; then
	n=$((n + 1))
	echo "ok $n - modules # SKIP no driver beside the tools"
	echo "1..$n"
	exit $failed
fi
same "scst: parameters" "$(parameters "$driver/core" "$driver/proc" "$driver/configfs")" \
	"$(items scst.4 Ar)"
same "scst_vdisk: parameters" "$(parameters "$driver/handlers/vdisk")" \
	"$(items scst_vdisk.4 Ar)"
same "scst_vdisk: flags" \
	"$(sed -n 's/^\t{ "\([A-Z_]*\)", .*SCST_VDISK_.*/\1/p' \
		"$driver/handlers/vdisk/options.c")" "$(items scst_vdisk.4 Cm)"
same "scst_vdisk: commands" \
	"$(sed -n '/scst_vdisk_help\[\]/,/;$/s/^.*"\([a-z0-9_]*\) NAME.*/\1/p' \
		"$driver/handlers/vdisk/main.c")" "$(items scst_vdisk.4 Ic)"
same "scst_disk, iscsi_scst: no parameters" \
	"none$(parameters "$driver/handlers/pass" "$driver/iscsi")" none
same "/proc/scsi_tgt: commands" "$(verbs)" "$(manual_verbs)"

echo "1..$n"
exit $failed
