#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# completion.sh PROGRAM...: is what bash offers what --help lists?
#
# Output is TAP.

cd "$(dirname "$0")/.." || exit 1
. completion/functions
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
touch "$work/one.conf"
n=0
failed=0

is()		# is DESCRIPTION GOT WANTED
{
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
		return
	fi
	echo "not ok $n - $1"
	diff <(echo "$3") <(echo "$2") | sed 's/^/# /'
	failed=1
}

offer()		# offer WORD...: what may stand in the place of the last one
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_scst "$1"
	printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

for program; do
	name=${program##*/}
	if [ ! -x "$program" ]; then
		n=$((n + 1))
		echo "ok $n - $name # SKIP not built"
		continue
	fi
	is "$name: has a file that completes it" \
		"$(sed -n 's/.*complete -F _scst //p' "completion/$name.in")" "$name"
	# options as they stand at the left side, long ones if there are
	help=$("$program" --help 2>/dev/null | grep '^  -')
	wanted=$(grep -oE '^  (-., )?--?[A-Za-z_][A-Za-z0-9_-]*=?' <<<"$help" |
		sed 's/.* //' | sort -u)
	got=$(offer "$program" -)
	is "$name: all options, and no others" "$got" "$wanted"
	one=$(head -n 1 <<<"$wanted")
	is "$name: the rest of an option" \
		"$(offer "$program" "${one%?}" | grep -xF -- "$one")" "$one"
	is "$name: nothing for an unknown one" "$(offer "$program" --nonexistent)" ""
	case $help in
	*--config=*)
		is "$name: files after --config=" \
			"$(offer "$program" --config = "$work/o")" "$work/one.conf" ;;
	*-config*)
		is "$name: files after -config" \
			"$(offer "$program" -config "$work/o")" "$work/one.conf" ;;
	esac
done

echo "1..$n"
exit $failed
