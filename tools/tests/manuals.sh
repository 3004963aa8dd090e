#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# manuals.sh: do the manual pages of the modules have all that the sources have, and
# nothing else?
#
# Output is TAP.

cd "$(dirname "$0")/.." || exit 1
for driver in ../drivers-target-iscsi-scst ../../drivers/scst; do
	[ ! -e "$driver/Kconfig" ] || break
done
[ -e "$driver/Kconfig" ] || {
	echo "1..0 # SKIP no driver beside the tools"
	exit 0
}
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
