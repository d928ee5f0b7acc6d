#!/usr/bin/env bash
# Reading a 1 GB log, against `grep -cE` with the same literals; then memory over a long stream from a pipe.
# usage: triage.sh [BYTES [STREAM-BYTES]]; HANGAR names the program. Fails when slower than grep, or past 32 MiB.
set -euo pipefail
cd "$(dirname "$0")"
hangar=${HANGAR:-../../build/runner/hangar}
bytes=${1:-1000000000} stream=${2:-10000000000}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/hangar-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# timed NAME COMMAND...: "wall seconds, CPU seconds, KiB" into $scratch/NAME; 0 and 1 are both answers
timed() {
	local name=$1 rc=0
	shift
	/usr/bin/time -o "$scratch/$name" -f '%e %U %S %M' "$@" >"$scratch/$name.out" || rc=$?
	[ $rc -le 1 ] || { echo "$name failed ($rc)" >&2; exit 1; }
	sed -i '/^Command exited/d' "$scratch/$name"
}

python3 kernel_log.py "$bytes" >"$scratch/log"
"$hangar" triage --literals | sed 's/[][\.(){}*+?|^$]/\\&/g' | paste -sd'|' >"$scratch/pattern"
cat "$scratch/log" >/dev/null # both read from memory
best() { # NAME COMMAND...: the best of three, so that a neighbour's load counts least
	local name=$1 i
	shift
	for i in 1 2 3; do
		timed "$name.$i" "$@"
	done
	sort -n "$scratch/$name".[123] | head -n 1 >"$scratch/$name"
}
best grep env LC_ALL=C grep -cE -f "$scratch/pattern" "$scratch/log"
best triage "$hangar" triage --json "$scratch/log"
read -r gw gu gs _ <"$scratch/grep"
read -r tw tu ts tm <"$scratch/triage"
awk -v b="$bytes" -v gw="$gw" -v gc="$(echo "$gu $gs" | awk '{ print $1 + $2 }')" -v tw="$tw" \
	-v tc="$(echo "$tu $ts" | awk '{ print $1 + $2 }')" -v tm="$tm" 'BEGIN {
	printf "%-24s %8s %8s %10s\n", "", "wall s", "CPU s", "MB/s"
	printf "%-24s %8.2f %8.2f %10.0f\n", "grep -cE, same literals", gw, gc, b / 1e6 / gw
	printf "%-24s %8.2f %8.2f %10.0f\n", "hangar triage --json", tw, tc, b / 1e6 / tw
	printf "ratio %.2f by wall clock, %.2f by CPU (1.00 at most); %.1f MiB of memory\n", tw / gw, tc / gc, tm / 1024
	exit tw / gw > 1.0 && tc / gc > 1.0 }' || failed=1

rc=0
python3 kernel_log.py "$stream" | /usr/bin/time -o "$scratch/stream" -f '%e %M' "$hangar" triage --json - \
	>"$scratch/stream.out" || rc=$?
[ $rc -le 1 ] || { echo "the stream failed ($rc)" >&2; exit 1; }
awk -v b="$stream" '!/^Command/ { printf "%.1f GB through a pipe: %.1f s, %.1f MiB of memory (32 at most)\n", b / 1e9, $1, $2 / 1024
	exit $2 / 1024 > 32 }' "$scratch/stream" || failed=1
exit "${failed:-0}"
