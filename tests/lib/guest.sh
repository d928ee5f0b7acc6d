# hangar vm in tests. Sourced after tap.sh.

# A cache of the test's own, with what is slow to get taken from the user's.
guest_need() {
	local user_cache=${HANGAR_CACHE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hangar}
	# a guest carries the program under test: with a sanitizer's runtime it takes five times as long
	! grep -q __asan_init "$HANGAR" || skip_all "built with AddressSanitizer: the guests run the plain build"
	[ "$(uname -m)" = x86_64 ] || skip_all "the guests are made for x86_64"
	command -v qemu-system-x86_64 >/dev/null || skip_all "needs qemu-system-x86_64"
	mkdir -p "$user_cache" "$work/cache"
	for kind in kernels packages lists symbols headers modules probes; do
		mkdir -p "$user_cache/$kind"
		ln -s "$user_cache/$kind" "$work/cache/$kind"
	done
	export HANGAR_CACHE_HOME=$work/cache
}

declare -A vm_pid=()

# vm NAME ARGUMENT...: hangar vm to its end; exit code in $rc, output in $work/NAME.log, run directory in $work/NAME
vm() {
	local name=$1
	shift
	rc=0
	"$HANGAR" vm --plain --out "$work/$name" "$@" >"$work/$name.log" 2>&1 </dev/null || rc=$?
}

vm_start() { # NAME ARGUMENT...: the same in the background
	local name=$1
	shift
	"$HANGAR" vm --plain --out "$work/$name" "$@" >"$work/$name.log" 2>&1 </dev/null &
	vm_pid[$name]=$!
}

vm_wait() { # NAME: its exit code in $rc
	rc=0
	wait "${vm_pid[$1]}" || rc=$?
}

vm_has() { cat "$work/$1/journal.jsonl" "$work/$1/outside.jsonl" 2>/dev/null | grep -qE -- "$2"; } # NAME PATTERN

qemu_of() { pgrep -P "${vm_pid[$1]}" qemu; } # NAME

not_running() { ! kill -0 "$1" 2>/dev/null; } # PID
