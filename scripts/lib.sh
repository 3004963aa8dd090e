# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced by the other scripts: where things are, and how progress is shown.
# The caller has set SCST_REPO to the top of the checkout.

export SCST_REPO
SCST_CACHE=${SCST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/scst}
export SCST_CACHE
JOBS=${JOBS:-$(nproc)}

# Two builds of the same source give the same bytes, so ccache can be shared.  kbuild
# writes dependencies anyway: with them ccache need not preprocess what it has not.
export CCACHE_DIR="${CCACHE_DIR:-$SCST_CACHE/ccache}" CCACHE_MAXSIZE=20G CCACHE_DEPEND=1
export CCACHE_SLOPPINESS=time_macros LC_ALL=C.UTF-8
export KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=scst KBUILD_BUILD_HOST=scst

# say VERB WHAT...: one line of progress, in the manner of kbuild
say() {
	verb=$1
	shift
	printf '  %-8s%s\n' "$verb" "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Run a long command quietly; its output is shown only if it fails.
# quietly LOGFILE COMMAND...
quietly() {
	qlog=$1
	shift
	mkdir -p "${qlog%/*}"
	if ! "$@" >"$qlog" 2>&1 </dev/null; then
		tail -n 40 "$qlog" >&2
		say FAILED "$* (whole output: $qlog)"
		return 1
	fi
}

# The same for something that takes minutes and logs a line per step.
# patiently LOGFILE COMMAND...
patiently() {
	plog=$1
	shift
	mkdir -p "${plog%/*}"
	"$@" >"$plog" 2>&1 </dev/null &
	pid=$! i=0
	while sleep 1 && kill -0 $pid 2>/dev/null; do
		i=$((i + 1))
		if [ -t 2 ]; then
			printf '\r  %-8s%s steps, %s s ' ... "$(wc -l <"$plog")" $i >&2
		elif [ $((i % 30)) = 0 ]; then
			say ... "$(wc -l <"$plog") steps, $i s"
		fi
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
	wait $pid && return 0
	grep -nE 'error|Error|undefined|warning' "$plog" | head -n 20 >&2
	tail -n 20 "$plog" >&2
	say FAILED "$* (whole output: $plog)"
	return 1
}

# lock NAME: hold $SCST_CACHE/NAME.lock until this process ends
lock() {
	mkdir -p "$SCST_CACHE/lock"
	exec 9>"$SCST_CACHE/lock/$1"
	flock -n 9 || {
		say WAIT "another build uses $1"
		flock 9
	}
}

# kernel_base [6.12|6.12.107|...]: sets base, pinned, sha256 and series
kernel_base() {
	want=${1:-${BASE:-}}
	base='' pinned=''
	while read -r v s f; do
		case $v in ''|'#'*) continue ;; esac
		case $want in ''|"$v"|"${v%.*}")
			pinned=$v sha256=$s series=$f base=${v%.*}
			break ;;
		esac
	done <"$SCST_REPO/KERNELS"
	[ -n "$base" ] || die "BASE=$want is not in KERNELS"
}

# hooks: the patches against files of the current base, in the order of the series
hooks() {
	sed 's/[[:space:]]*#.*//; /^hooks\//!d' "$SCST_REPO/$series"
}

# hooked: the files that they change and do not add
hooked() {
	hooks | (cd "$SCST_REPO/patches" && xargs cat) | sed -n 's|^--- a/||p' | sort -u
}

# The series of each base, "6.12 6.18 7.1"
all_bases() {
	sed -n 's/^\([0-9]*\.[0-9]*\)\..*/\1/p' "$SCST_REPO/KERNELS"
}

# tarball: prints the source of the current base; fails if it is not there
tarball() {
	t=$SCST_CACHE/tarballs/linux_$pinned.orig.tar.xz
	[ -e "$t" ] || t=$(find "$SCST_CACHE/tarballs" \
		-name "linux_$base.*.orig.tar.xz" 2>/dev/null | sort -V | tail -n 1)
	[ -n "$t" ] && [ -e "$t" ] && echo "$t"
}

# tap NAME COMMAND...: run a check and print a line of TAP; what it says is shown only
# if it fails.  Exit status 77 means skipped.  One that dies ends itself, not the others.
tap() {
	name=$1
	shift
	tapout=$(mktemp)
	("$@") >"$tapout" 2>&1 </dev/null && taprc=0 || taprc=$?
	case $taprc in
	0) echo "ok - $name" ;;
	77) echo "ok - $name # SKIP $(tail -n 1 "$tapout")" ;;
	*) echo "not ok - $name"; head -n "${TAP_LINES:-60}" "$tapout" | sed 's/^/# /' ;;
	esac
	rm -f "$tapout"
}
