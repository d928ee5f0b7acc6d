# Scenarios in guests of `hangar vm`, two at a time where memory allows. Sourced after tap.sh.

guests_need() {
	# A guest runs the program under test, and with a sanitizer's runtime under emulation it takes five times as long.
	! grep -q __asan_init "$HANGAR" || skip_all "built with AddressSanitizer: the guests run the plain build"
	[ "$(uname -m)" = x86_64 ] || skip_all "the guests are made for x86_64"
	command -v "${HANGAR_QEMU:-qemu-system-x86_64}" >/dev/null || skip_all "needs QEMU: install qemu-system-x86"
}

# 1 GiB for each guest, and as much for what surrounds it.
guests_at_once=1
[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -lt $((4 << 20)) ] || guests_at_once=2

declare -A release=() lacks=()

# Can the kernel be had? Its release into ${release[KERNEL]}.
guest_has() {
	[ -z "${release[$1]:-}" ] || return 0
	[ -z "${lacks[$1]:-}" ] || return 1
	release[$1]=$("$HANGAR" kernel path --json "$1" 2>"$work/kernel.log" |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["release"])' 2>/dev/null)
	[ -z "${release[$1]}" ] || return 0
	lacks[$1]=1
	skip "guests with $1" "$(tail -n 1 "$work/kernel.log")"
	return 1
}

# And modules be built for it?
guest_builds() {
	guest_has "$1" || return
	[ -z "${lacks[$1 headers]:-}" ] || return 1
	"$HANGAR" kernel path --headers "$1" >/dev/null 2>"$work/kernel.log" && return
	lacks[$1 headers]=1
	skip "the module for $1" "$(tail -n 1 "$work/kernel.log")"
	return 1
}

guests_running=0
guests_wait() {
	while [ $guests_running -gt 0 ]; do
		wait -n
		guests_running=$((guests_running - 1))
	done
}

guest_run() { # NAME SCENARIO OPTION...
	local name=$1 scenario=$2 rc=0 from=$SECONDS
	shift 2
	"$HANGAR" vm --plain --out "$work/$name" "$@" "$scenario" >"$work/$name.log" 2>&1 </dev/null || rc=$?
	echo $rc >"$work/$name.rc"
	echo $((SECONDS - from)) >"$work/$name.seconds"
}

# in_turn COMMAND...: in the background, when a guest's place is free
in_turn() {
	while [ $guests_running -ge $guests_at_once ]; do
		wait -n
		guests_running=$((guests_running - 1))
	done
	guests_running=$((guests_running + 1))
	"$@" &
}

# guest_start NAME SCENARIO OPTION...: in its turn; run directory $work/NAME, words .log, exit code .rc
guest_start() { in_turn guest_run "$@"; }

# "EXIT-CODE VERDICT"
guest_verdict() { echo "$(cat "$1.rc") $(verdict_of "$1" 2>/dev/null)"; }

# guest_explain RUN-DIRECTORY VERDICT...: what a run said that ended otherwise. Its vmcore's room is given back.
guest_explain() {
	local run=$1 is wanted
	shift
	rm -f "$run/vmcore"
	is=$(guest_verdict "$run")
	for wanted; do [ "${is#* }" != "$wanted" ] || return 0; done
	echo "# ${run##*/} ended $is after $(cat "$run.seconds") s:"
	sed 's/^/# /' <(tail -n 15 "$run.log") <(tail -n 15 "$run/outside.jsonl" 2>/dev/null | cut -c1-300) \
		<(tail -n 40 "$run/console.log" 2>/dev/null)
}

# Processes and folders of guests that ended.
guests_left() {
	pgrep -P $$ -a qemu
	find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'hangar-vm*' -newer "$work" 2>/dev/null
}

# A cache of the test's own, with what is slow to get taken from the user's.
guests_own_cache() {
	local kind user_cache=${HANGAR_CACHE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hangar}
	mkdir -p "$user_cache" "$work/cache"
	for kind in kernels packages lists symbols headers modules probes built; do
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
