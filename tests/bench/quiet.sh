#!/usr/bin/env bash
# No false alarm: each scenario that was made for a bug, on kernels that do not have it, for long. Every verdict but
# SURVIVED is wrong. The results outlive the command: what is recorded of the same program, stressors and scenario for at
# least this long is not run again, so it may be stopped and gone on with; all of it at 30 minutes is a weekend's work.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 128

usage() {
	cat <<'EOF'
Usage: tests/bench/quiet.sh [OPTION...] [SCENARIO...]
Run each scenario that names a plant, and generic-pressure (or those named), with the plant off.
  --for TIME          each this long, e.g. 90s, 30m (30m): its phases of 30 s and more are stretched or shortened
  --jobs N            so many guests at once (2, and 1 where memory is short)
  --kernel SPEC       on this kernel; again for more (stock, debian:6.1, debian:5.10)
  --cgroup v1|v2      with these control groups; again for more (v2, v1)
  --until HH:MM       begin nothing that would not be over by then
  --results FILE      the record, one JSON object a line; runs with a wrong verdict are kept beside it
                      (quiet/results.jsonl in the cache of hangar)
  --write             write the table to tests/bench/quiet.md
  --table             run nothing
Environment: HANGAR, HANGAR_STRESSORS, HANGAR_SCENARIOS, HANGAR_QEMU; build/ where they are not set.
Exit: 0 when every run asked for survived, 1 on any wrong verdict, 125 when a run is missing, 128 for bad usage.
EOF
}

seconds_of() { # TIME
	case $1 in
	*[0-9]s) echo "${1%s}" ;;
	*[0-9]m) echo $((${1%m} * 60)) ;;
	*[0-9]h) echo $((${1%h} * 3600)) ;;
	*) return 1 ;;
	esac
}

bad_usage() { printf 'quiet.sh: %s\n' "$1" >&2; exit 128; }

export HANGAR=${HANGAR:-$PWD/build/runner/hangar} HANGAR_STRESSORS=${HANGAR_STRESSORS:-$PWD/build/stressors}
export HANGAR_SCENARIOS=${HANGAR_SCENARIOS:-$PWD/scenarios}
results=${HANGAR_CACHE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/hangar}/quiet/results.jsonl
duration=30m jobs=2 until='' table='' write='' kernels=() cgroups=() scenarios=()
[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -ge $((4 << 20)) ] || jobs=1
while [ $# -gt 0 ]; do
	case $1 in
	--for | --jobs | --kernel | --cgroup | --until | --results) [ $# -gt 1 ] || bad_usage "$1 wants a value" ;;&
	--for) duration=$2; shift ;;
	--jobs) jobs=$2; shift ;;
	--kernel) kernels+=("$2"); shift ;;
	--cgroup) cgroups+=("$2"); shift ;;
	--until) until=$2; shift ;;
	--results) results=$2; shift ;;
	--write) write=--write ;;
	--table) table=1 ;;
	-h | --help) usage; exit 0 ;;
	-*) usage >&2; exit 128 ;;
	*) scenarios+=("$1") ;;
	esac
	shift
done
seconds=$(seconds_of "$duration" 2>/dev/null) || bad_usage "--for $duration: a number and s, m or h, e.g. 30m"
[[ $jobs =~ ^[1-9][0-9]*$ ]] || bad_usage "--jobs $jobs: a number from 1 on"
[ ${#kernels[@]} -gt 0 ] || kernels=(stock debian:6.1 debian:5.10)
[ ${#cgroups[@]} -gt 0 ] || cgroups=(v2 v1)
[ ${#scenarios[@]} -gt 0 ] || mapfile -t scenarios < <(tests/bench/quiet_runs.py scenarios)
for name in "${scenarios[@]}"; do [ -f "$HANGAR_SCENARIOS/$name.json" ] || bad_usage "no scenario $HANGAR_SCENARIOS/$name.json"; done
[ -x "$HANGAR" ] || bad_usage "no $HANGAR: build it, or set HANGAR"
mkdir -p "$(dirname "$results")"
results=$(realpath "$results")
[ -z "$until" ] || until=$(date -d "$until" +%s) || bad_usage "--until: a time of day, e.g. 13:45"

# A program that is built anew meanwhile changes neither what runs nor what is recorded.
work=$(mktemp -d "${TMPDIR:-/var/tmp}/hangar-quiet.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -r "$HANGAR_STRESSORS" "$work/stressors" && cp "$HANGAR" "$work/hangar" && cp -r "$HANGAR_SCENARIOS" "$work/scenarios" || exit 128
export HANGAR=$work/hangar HANGAR_STRESSORS=$work/stressors HANGAR_SCENARIOS=$work/scenarios

stop() { # with the guests, each by the hangar that started it
	local job
	for job in $(jobs -p); do kill "$job" 2>/dev/null; done
	wait
	exit 143
}
trap stop INT TERM

one() { # NAME KERNEL CGROUP
	local run=$work/$1.${2//[^[:alnum:].]/_}.$3 rc=0 guest=
	trap 'kill $guest; wait $guest; exit 143' TERM
	tests/bench/quiet_runs.py stretch "$1" "$seconds" >"$run.json" || return
	timeout $((seconds + 900)) "$HANGAR" vm --plain --plant none --no-symbols --kernel "$2" --cgroup "$3" \
		--out "$run" "$run.json" >"$run.log" 2>&1 </dev/null &
	guest=$!
	wait $guest || rc=$?
	tests/bench/quiet_runs.py record "$1" "$2" "$3" "$seconds" "$rc" "$run" "$results"
	rm -rf "$run" "$run.json" "$run.log"
}

running=0
for cgroup in "${cgroups[@]}"; do
	for kernel in "${kernels[@]}"; do
		for name in "${scenarios[@]}"; do
			[ -z "$table" ] || break 3
			while [ $running -ge "$jobs" ]; do wait -n; running=$((running - 1)); done
			tests/bench/quiet_runs.py recorded "$name" "$kernel" "$cgroup" "$seconds" "$results" && continue
			[ -z "$until" ] || [ $(($(date +%s) + seconds + 60)) -le "$until" ] || break 3
			one "$name" "$kernel" "$cgroup" &
			running=$((running + 1))
		done
	done
done
wait
tests/bench/quiet_runs.py table $write "$seconds" "$results" "${kernels[*]}" "${cgroups[*]}" "${scenarios[@]}"
