#!/usr/bin/env bash
# What vmcores prove of known bugs: nothing in dumps of sound kernels, and each bug when its marks are operated into such a
# dump. The real thing, in dumps of the planted kernel, is in planted.sh.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
. "$(dirname "$0")/../lib/autopsy.sh"
guests_need
guests_own_cache
lacking=$(autopsy_lacks)
[ -z "$lacking" ] || skip_all "$lacking"
subjects='jbd2-deadlock thp-deferred-split order-refused sched-clock-wrap'

# Operations on a dump: name, the subject that they are of, what must be said then.
operations() {
	cat <<-'EOF'
		split-count    thp-deferred-split  node 0 \(0x[0-9a-f]+\) counts -3: 3 huge pages
		split-poison   thp-deferred-split  is LIST_POISON1 \(0xdead000000000100\)
		split-null     thp-deferred-split  is NULL
		split-foreign  thp-deferred-split  a free takes the lock of that of node 0
		stuck-handle   jbd2-deadlock       ^Journal thread jbd2/.* waits, in the commit of transaction 77 .T_LOCKED, t_updates 1.*fsync-writer .*open for 40 s
		clock-wrap     sched-clock-wrap    of 2 of 2 CPUs lost 2\^54 ns .*, where timekeeping counts [0-9]+ ns
	EOF
}

# --- dumps of sound kernels, and readings of them
declare -A vmlinux=()
for kernel in ${HANGAR_AUTOPSY_KERNELS:-debian:5.10 debian:6.1 debian:6.12}; do
	guest_has "$kernel" || continue
	"$HANGAR" kernel path --symbols --json "$kernel" >"$work/path.json" 2>"$work/kernel.log" ||
		{ skip "dumps of $kernel" "no symbols: $(tail -n 1 "$work/kernel.log")"; continue; }
	name=${kernel#debian:}
	vmlinux[$name]=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["vmlinux"])' "$work/path.json")
	guest_start "$name" controls/hung-task --kernel "$kernel" --dump qmp --no-symbols
done
guests_wait
for name in "${!vmlinux[@]}"; do
	[ -s "$work/$name/vmcore" ] || continue
	in_turn read_vmcore "$name" "$work/$name/vmcore" --vmlinux "${vmlinux[$name]}" --run "$work/$name"
	while read -r operation _; do
		in_turn operate "$name" "$work/$name/vmcore" "${vmlinux[$name]}" "$operation"
	done < <(operations)
done
guests_wait

# --- what they say: figures that are known from elsewhere, and each bug when its marks are there
cat >"$work/facts.py" <<'EOF'
def agree(j, x):
    zones = x["order-refused"]["facts"]["zones"]
    free = sum(z["free_pages"] for z in zones) * 4096
    listed = sum(n << o for z in zones for o, n in enumerate(z["blocks"])) * 4096
    journal = x["jbd2-deadlock"]["facts"]["journals"][0]
    clocks = x["sched-clock-wrap"]["facts"]
    last = max(int(c["rq_clock_ns"]) for c in clocks["cpus"])
    return [
        abs(free - j["memory"]["free_bytes"]) < 4 << 20,
        # the counter is behind by up to 125 pages a CPU (stat_threshold)
        abs(listed - free) <= 2 * 125 * 4096 * len(zones),
        all(z["blocks"] == z["listed_blocks"] for z in zones),
        all(0 < z["min_pages"] < z["low_pages"] < z["high_pages"] for z in zones),
        journal["thread"]["comm"] == "jbd2/" + journal["device"],
        journal["running"] is None or journal["running"]["state"] == "T_RUNNING",
        # a busy host under emulation: ticks come late, and idle CPUs' clocks stand
        abs(last - int(clocks["monotonic_ns"])) < 5 * 10**9,
        abs(int(clocks["uptime_ns"]) - int(clocks["monotonic_ns"])) < 5 * 10**9,
    ]
EOF

for name in "${!vmlinux[@]}"; do
	is "$(cat "$work/$name.rc") $([ -s "$work/$name/vmcore" ] && echo dump)" "1 dump" "$name: a dump of a frozen file system"
	[ -s "$work/$name/vmcore" ] || { guest_explain "$work/$name" REPRODUCED; continue; }
	is "$(cat "$work/$name.read") $(ask "$name" 'len(j["explanations"])')" "0 0" "$name: read, and no explanation"
	is "$(ask "$name" '" ".join(s for s in x if x[s]["state"] == "nothing-to-say")')" "$subjects" "$name: every subject could be read"
	ask "$name" '"\n".join(f"# {s}: {x[s]}" for s in x if x[s]["state"] != "nothing-to-say")' | grep . | cut -c1-600
	is "$(PYTHONPATH=$work python3 -c '
import json, sys
from facts import agree
j = json.load(open(sys.argv[1]))
print(*agree(j, {o["subject"]: o for o in j["examined"]}))' "$work/$name.json")" "$(printf 'True %.0s' 1 2 3 4 5 6 7 8 | sed 's/ $//')" \
		"$name: zones, journal and clocks agree with what the dump tells elsewhere"
	while read -r operation subject pattern; do
		told "$name" "$operation" "$subject" "$pattern"
	done < <(operations)
	sound=$name
done

# --- a foreign kernel, wrong symbols: refused, not guessed
if [ -n "${sound:-}" ]; then
	printf 'not symbols' >"$work/vmlinux.wrong"
	read_vmcore wrong "$work/$sound/vmcore" --vmlinux "$work/vmlinux.wrong"
	is "$(cat "$work/wrong.read") $(ask wrong 'len(j["explanations"]) + len(j["examined"])')" "1 0" "$sound: with wrong symbols nothing is examined"
fi

done_testing
