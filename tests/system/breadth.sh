#!/usr/bin/env bash
# Boot and control on kernels from 5.10 to the newest that Debian offers, and a table of what worked on each. A kernel
# that is not to be had (no network, gone from the mirror) is passed over; five must be left. HANGAR_BREADTH names others.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need

kernels=${HANGAR_BREADTH:-debian:5.10 debian:6.1 debian:6.12 debian:6.16 debian:6.17 debian:6.18 debian:7.2 debian:newest}
wanted=5

# Of the release that a kernel is: run directory NAME-RELEASE
start() { # KERNEL CONTROL OPTION...
	local kernel=$1 name=$2
	shift 2
	guest_start "$name-${release[$kernel]}" "$HANGAR_SCENARIOS/controls/${name%-v1}.json" --kernel "$kernel" --no-symbols "$@"
}

tried=()
for kernel in $kernels; do
	guest_has "$kernel" || continue
	tried+=("$kernel")
	start "$kernel" hung-task --cgroup v2
	start "$kernel" memcg-oom --cgroup v2
	start "$kernel" memcg-oom-v1 --cgroup v1
	start "$kernel" oops --cgroup v2
done
guests_wait

event() { grep -hE "$2" "$1/outside.jsonl" 2>/dev/null | head -n 1; } # RUN-DIRECTORY PATTERN
cell() { grep -oE "$1" | head -n 1 | sed -E "$2"; }

# "yes", or what came instead
worked() { # RUN-DIRECTORY
	local verdict
	verdict=$(guest_verdict "$1")
	case $verdict in
	'1 REPRODUCED') echo yes ;;
	*) echo "${verdict#* }" ;;
	esac
}
why_no_module() { tail -n 2 "$1.log" | cell 'newer C library|no longer has the headers|cannot be built' 's/^/no: /'; }

row() { printf '# | %-26s | %8s | %-9s | %-13s | %-20s | %-6s | %-29s |\n' "$@"; }
row release 'up after' 'hung task' 'memcg OOM, v1' dump vmcore 'module built, oops'
row -------------------------- -------: --------- ------------- -------------------- ------ -----------------------------
good=0
for kernel in "${tried[@]}"; do
	is=${release[$kernel]}
	hung=$work/hung-task-$is memcg=$work/memcg-oom-$is oops=$work/oops-$is
	up=$(event "$hung" '"name":"hello"' | cell 'up after [0-9.]+' 's/up after //')
	dump=$(event "$hung" '"event":"dump".*"result":"done"' | cell '"name":"[a-z-]+"' 's/.*:"(.*)"/\1/')
	size=$(stat -c %s "$hung/vmcore" 2>/dev/null)
	read=no
	grep -q "\"release\": \"$is\"" "$hung/vmcore.json" 2>/dev/null && grep -q 'blocked for more than' "$hung/vmcore-dmesg.txt" && read=yes
	made=$(worked "$oops")
	[ "$made" = yes ] || made=$(why_no_module "$oops" | grep . || echo "$made")
	row "$is" "${up:-?} s" "$(worked "$hung")" "$(worked "$memcg"), $(worked "${memcg/-oom-/-oom-v1-}" | sed 's/SKIPPED/none/')" "${dump:-none}, $((${size:-0} >> 20)) MiB" "$read" "$made"
	[ "$(worked "$hung") $read" = 'yes yes' ] && good=$((good + 1))
done

for kernel in "${tried[@]}"; do
	is=${release[$kernel]}
	is "$(guest_verdict "$work/hung-task-$is")" "1 REPRODUCED" "$is boots, and its hung task is noticed"
	has "$work/hung-task-$is/vmcore-dmesg.txt" 'blocked for more than' "$is: a readable vmcore tells of it"
	is "$(guest_verdict "$work/memcg-oom-$is")" "1 REPRODUCED" "$is: a memcg OOM is noticed with cgroup v2"
	# newer kernels of Debian have no memory controller for v1 (CONFIG_MEMCG_V1)
	case $(guest_verdict "$work/memcg-oom-v1-$is") in
	*SKIPPED) has "$work/memcg-oom-v1-$is/report.txt" 'controller memory' "$is: no memcg with v1, which is told" ;;
	*) is "$(guest_verdict "$work/memcg-oom-v1-$is")" "1 REPRODUCED" "$is: and with v1" ;;
	esac
	guest_explain "$work/hung-task-$is" REPRODUCED
	guest_explain "$work/memcg-oom-$is" REPRODUCED
	guest_explain "$work/memcg-oom-v1-$is" REPRODUCED SKIPPED
	guest_explain "$work/oops-$is" REPRODUCED SKIPPED BROKEN # no headers to be had is no failure of ours
done
if [ ${#tried[@]} -ge $wanted ]; then
	is "$((good >= wanted))" 1 "at least $wanted kernels work"
else
	skip "at least $wanted kernels" "only ${#tried[@]} are to be had here"
fi
is "$(guests_left)" "" "no QEMU, socket or folder is left"
done_testing
