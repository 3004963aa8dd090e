#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# install.sh install|uninstall|list [SET]...: the work behind the Makefile's targets.
#
# install.list says what goes where.  The folders come from the environment, where
# the Makefile has put them.
set -eu
cd "$(dirname "$0")"

say()
{
	echo "  $*"
}

expand()	# replace @NAME@ by the variable of that name
{
	sed -e "s|@O@|$O|g" -e "s|@SBINDIR@|$SBINDIR|g" -e "s|@UNITDIR@|$UNITDIR|g" \
		-e "s|@SYSCONFDIR@|$SYSCONFDIR|g" -e "s|@DATADIR@|$DATADIR|g" \
		-e "s|@MANDIR@|$MANDIR|g" -e "s|@DOCDIR@|$DOCDIR|g" \
		-e "s|@BASHCOMPDIR@|$BASHCOMPDIR|g"
}

wanted()	# wanted SET: is it among those asked for?
{
	case " $SETS " in
	*" ${1%,conf} "*) ;;
	*) return 1 ;;
	esac
}

destination()	# destination FOLDER FILE
{
	name=${2##*[/:]}
	echo "$DESTDIR$1/${name%.in}"
}

each()		# each COMMAND: call it with SET MODE FILE DESTINATION
{
	sed '/^#/d; /^$/d' install.list | expand | while read -r set mode folder files; do
		wanted "$set" || continue
		for file in $files; do
			"$1" "$set" "$mode" "$file" "$(destination "$folder" "$file")"
		done
	done
}

content()	# content FILE: as it is to be installed
{
	case $1 in
	*.in) expand <"$1" ;;
	*) cat "$1" ;;
	esac
}

# The part of a script that administrators are told to edit: from the variable to the
# next empty line
keep_variable()	# keep_variable OLD_FILE
{
	variable='^(SCST_MODULES|ISCSID_OPTIONS)='
	kept=$(sed -nE "/$variable/,/^\$/{ /^(\$|export )/d; p; }" "$1" 2>/dev/null) || :
	kept=$kept variable=$variable awk '
		$0 ~ ENVIRON["variable"] && ENVIRON["kept"] { $0 = ENVIRON["kept"] }
		{ print }'
}

edited()	# edited SET FILE DESTINATION: does it hold an administrator's work?
{
	[ "$1" != "${1%,conf}" ] && [ -e "$3" ] && ! content "$2" | cmp -s - "$3"
}

# a file that is not there is of a part that is not there, or not built
install_one()
{
	[ -f "${3%:*}" ] || return 0
	if edited "$1" "$3" "$4"; then
		say "KEEP    $4 (changed; the new one is $PWD/$3)"
		return
	fi
	say "INSTALL $4"
	mkdir -p "${4%/*}"
	if [ "$2" = link ]; then
		ln -sf "$(basename "${3%:*}")" "$4"
		return
	fi
	case $4 in
	*/init.d/*) content "$3" | keep_variable "$4" >"$4.new" ;;
	*) content "$3" >"$4.new" ;;
	esac
	chmod "$2" "$4.new"
	mv "$4.new" "$4"
}

uninstall_one()
{
	[ -e "$4" ] || [ -L "$4" ] || return 0
	if edited "$1" "$3" "$4"; then
		say "KEEP    $4 (changed)"
		return
	fi
	say "REMOVE  $4"
	rm "$4"
}

list_one()
{
	[ ! -f "${3%:*}" ] || echo "$3 $4"
}

left_one()
{
	case $1 in
	common | *,conf) ;;
	*) [ ! -e "$4" ] || echo "$4" ;;
	esac
}

nothing_left()
{
	SETS=$ALL_SETS
	[ -z "$(each left_one)" ]
}

# our own folders, not the system's
remove_folders()
{
	for d in "$DOCDIR/examples" "$DOCDIR" "$DATADIR/completion" "$DATADIR/service" \
		"$DATADIR"; do
		[ ! -d "$DESTDIR$d" ] || rmdir "$DESTDIR$d" 2>/dev/null || :
	done
}

ALL_SETS="scst iscsi scstadm"
verb=${1:-}
[ $# -eq 0 ] || shift
SETS=${*:-$ALL_SETS}
# relative to what?  Not to where make was called
case $DESTDIR in
'' | /*) ;;
*)
	echo "install.sh: DESTDIR=$DESTDIR has to be an absolute path" >&2
	exit 2
	;;
esac
case $verb in
install | list)
	SETS="$SETS common"
	each "${verb}_one"
	;;
uninstall)
	each uninstall_one
	SETS=common
	! (nothing_left) || each uninstall_one
	remove_folders
	;;
*)
	echo "usage: install.sh install|uninstall|list [scst|iscsi|scstadm]..." >&2
	exit 2
	;;
esac
