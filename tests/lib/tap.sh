# TAP for the system tests, and the machine's state before and after. Sourced.
#   HANGAR    the program under test, HANGAR_STRESSORS its stressors (set by Meson)
set -u
shopt -s nullglob

tap_count=0 tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/hangar-test.XXXXXX")
export HANGAR_STATE_HOME=$work/state

: "${HANGAR:?the program under test}" "${HANGAR_STRESSORS:?its stressors}"

# Whatever ends a test: its own background jobs, its mounts and its folder go.
clean_up() {
	local job mount
	for job in $(jobs -p); do
		kill -CONT "$job" 2>/dev/null
		kill "$job" 2>/dev/null
		wait "$job" 2>/dev/null
	done
	"$HANGAR" clean >/dev/null 2>&1
	for mount in $(awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/self/mounts | sort -r); do
		umount "$mount" || umount -l "$mount"
	done
	rm -rf "$work"
}
trap clean_up EXIT

skip_all() { echo "1..0 # SKIP $*"; exit 0; }
need_root() { [ "$(id -u)" -eq 0 ] || skip_all "needs root: control groups, mounts"; }

ok() { # STATUS NAME
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=1
	fi
}

skip() { tap_count=$((tap_count + 1)); echo "ok $tap_count - $1 # SKIP $2"; }

is() { # GOT WANTED NAME
	local rc=0
	[ "$1" = "$2" ] || { rc=1; printf 'got:    %s\nwanted: %s\n' "$1" "$2" | sed 's/^/# /'; }
	ok $rc "$3"
}

has() { # FILE PATTERN NAME
	local rc=0
	grep -qE -- "$2" "$1" || { rc=1; echo "# no /$2/ in $1:"; tail -n 25 "$1" | sed 's/^/#   /'; }
	ok $rc "$3"
}

has_not() { # FILE PATTERN NAME
	local rc=0
	! grep -E -- "$2" "$1" | sed 's/^/#   /' | grep . || rc=1
	ok $rc "$3"
}

done_testing() {
	echo "1..$tap_count"
	exit $tap_failed
}

# What a run may not change: groups below our name, mounts, loop devices, our processes, the settings that scenarios touch.
machine_state() {
	find /sys/fs/cgroup -depth -type d \( -path '*/hangar' -o -path '*/hangar/*' \) 2>/dev/null
	grep -E '/scratch |tmpfs-hangar-test' /proc/self/mounts
	losetup -a 2>/dev/null | grep -F '/scratch.img'
	ls -d /sys/kernel/{debug/,}tracing/instances/hangar-* 2>/dev/null
	cat /sys/kernel/{debug/,}tracing/kprobe_events 2>/dev/null | grep -E ':hangar_[0-9]'
	ps -eo args= | grep -E "^$HANGAR_STRESSORS/|^$HANGAR run" | grep -v grep
	for f in /proc/sys/vm/dirty_ratio /proc/sys/vm/swappiness /sys/kernel/mm/transparent_hugepage/enabled; do
		echo "$f=$(cat "$f" 2>/dev/null)"
	done
	return 0
}

# run_hangar OUT-NAME ARGUMENT...: exit code in $rc, output in $work/NAME.log, run directory in $work/NAME
run_hangar() {
	local name=$1
	shift
	rc=0
	"$HANGAR" run --plain --out "$work/$name" "$@" >"$work/$name.log" 2>&1 </dev/null || rc=$?
}

# wait_for SECONDS COMMAND...: poll until it succeeds; the limit is for failing, not for passing
wait_for() {
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.05
	done
}

verdict_of() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["verdict"])' "$1/result.json"; }
