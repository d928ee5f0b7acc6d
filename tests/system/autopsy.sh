#!/usr/bin/env bash
# What vmcores prove of known bugs: nothing in dumps of sound kernels, each bug when its marks are operated into such a dump,
# and the real thing in dumps of the planted kernel.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need
guests_own_cache
command -v makedumpfile >/dev/null || skip_all "needs makedumpfile"
/usr/bin/python3 -c 'import drgn' 2>/dev/null || skip_all "needs drgn: install python3-drgn"
lib=$(cd "$(dirname "$0")/../lib" && pwd)
subjects='jbd2-deadlock thp-deferred-split order-refused sched-clock-wrap'

# read_vmcore NAME VMCORE ARGUMENT...: JSON in $work/NAME.json, exit code in $rc
read_vmcore() {
	local name=$1 vmcore=$2
	shift 2
	rc=0
	"$HANGAR" vmcore --json "$@" "$vmcore" >"$work/$name.json" 2>"$work/$name.log" || rc=$?
}

ask() { # NAME EXPRESSION of j, e (subject -> explanation), x (subject -> what was only examined)
	python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
e = {one["subject"]: one for one in j["explanations"]}
x = {one["subject"]: one for one in j["examined"]}
print(eval(sys.argv[2]))' "$work/$1.json" "$2"
}

says() { ask "$1" "e.get('$2', {}).get('sentence', '')" >"$work/$1.says"; } # NAME SUBJECT: into NAME.says

# operate NAME VMCORE OPERATION SUBJECT PATTERN: the marks of a bug in the dump, and what is said of them
operate() {
	printf '#!/bin/sh\nexec /usr/bin/python3 -B %s %s "$@"\n' "$lib/surgeon.py" "$3" >"$work/surgeon"
	chmod +x "$work/surgeon"
	HANGAR_DRGN_PYTHON=$work/surgeon read_vmcore "$1.$3" "$2" --vmlinux "$vmlinux"
	says "$1.$3" "$4"
	has "$work/$1.$3.says" "$5" "$1, $3: told"
	is "$(ask "$1.$3" '" ".join(e)')" "$4" "$1, $3: and nothing else"
}

# --- dumps of sound kernels
for kernel in ${HANGAR_AUTOPSY_KERNELS:-debian:5.10 debian:6.1 debian:6.12}; do
	guest_has "$kernel" || continue
	"$HANGAR" kernel path --symbols --json "$kernel" >"$work/path.json" 2>"$work/kernel.log" ||
		{ skip "dumps of $kernel" "no symbols: $(tail -n 1 "$work/kernel.log")"; continue; }
	vmlinux=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["vmlinux"])' "$work/path.json")
	name=${kernel#debian:}
	vm "$name" --kernel "$kernel" --dump qmp --no-symbols controls/hung-task
	is "$rc $([ -s "$work/$name/vmcore" ] && echo dump)" "1 dump" "$name: a dump of a frozen file system"
	[ -s "$work/$name/vmcore" ] || { sed 's/^/# /' <(tail -n 15 "$work/$name.log"); continue; }
	vmcore=$work/$name/vmcore
	read_vmcore "$name" "$vmcore" --vmlinux "$vmlinux" --run "$work/$name"
	is "$rc $(ask "$name" 'len(j["explanations"])')" "0 0" "$name: read, and no explanation"
	is "$(ask "$name" '" ".join(s for s in x if x[s]["state"] == "nothing-to-say")')" "$subjects" "$name: every subject could be read"

	# figures that are known from elsewhere
	cat >"$work/facts.py" <<-'EOF'
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
	is "$(PYTHONPATH=$work python3 -c '
import json, sys
from facts import agree
j = json.load(open(sys.argv[1]))
print(*agree(j, {o["subject"]: o for o in j["examined"]}))' "$work/$name.json")" "$(printf 'True %.0s' 1 2 3 4 5 6 7 8 | sed 's/ $//')" \
		"$name: zones, journal and clocks agree with what the dump tells elsewhere"

	# --- the marks of each bug
	operate "$name" "$vmcore" split-count thp-deferred-split 'node 0 \(0x[0-9a-f]+\) counts -3: 3 huge pages'
	operate "$name" "$vmcore" split-poison thp-deferred-split 'is LIST_POISON1 \(0xdead000000000100\)'
	operate "$name" "$vmcore" split-null thp-deferred-split 'is NULL'
	operate "$name" "$vmcore" split-foreign thp-deferred-split 'a free takes the lock of that of node 0'
	operate "$name" "$vmcore" stuck-handle jbd2-deadlock \
		'^Journal thread jbd2/.* waits, in the commit of transaction 77 .T_LOCKED, t_updates 1.*fsync-writer .*open for 40 s'
	operate "$name" "$vmcore" clock-wrap sched-clock-wrap 'of 2 of 2 CPUs lost 2\^54 ns .*, where timekeeping counts [0-9]+ ns'
	sound=$vmcore sound_name=$name
done

# --- a foreign kernel, wrong symbols: refused, not guessed
if [ -n "${sound:-}" ]; then
	printf 'not symbols' >"$work/vmlinux.wrong"
	read_vmcore wrong "$sound" --vmlinux "$work/vmlinux.wrong"
	is "$rc $(ask wrong 'len(j["explanations"]) + len(j["examined"])')" "1 0" "$sound_name: with wrong symbols nothing is examined"
fi

# --- the planted kernel
if ! "$HANGAR" kernel path --json planted >"$work/planted.json" 2>"$work/kernel.log"; then
	skip "dumps of the planted kernel" "it is not built: run tests/kernels/build planted ($(tail -n 1 "$work/kernel.log"))"
	done_testing
fi

# planted SCENARIO SUBJECT PATTERN: its dump proves the bug
planted() {
	[ -s "$work/$1/vmcore" ] || vm "$1" --kernel planted --dump qmp "$1"
	is "$rc $([ -s "$work/$1/vmcore" ] && echo dump)" "1 dump" "$1: reproduced, with a dump"
	[ -s "$work/$1/vmcore" ] || { sed 's/^/# /' <(tail -n 15 "$work/$1.log"); return 1; }
	read_vmcore "$1" "$work/$1/vmcore" --run "$work/$1"
	says "$1" "$2"
	has "$work/$1.says" "$3" "$1: explained"
	is "$(ask "$1" '" ".join(s for s in e)')" "$2" "$1: and nothing else"
	has "$work/$1/report.txt" "explained +$2: " "$1: the report has the sentence"
}

planted itimer-clock sched-clock-wrap 'CPUs lost 2\^54 ns'
if planted ext4-oom-deadlock-quick jbd2-deadlock \
	'^Journal thread jbd2/.*T_LOCKED.* its owner asks for memory .*, which is at its limit .* OOM victim .* cannot die'; then
	circle='e["jbd2-deadlock"]["facts"]'
	is "$(ask ext4-oom-deadlock-quick "[h['owner']['pid'] > 0 and h['journal_info'] == h['address'] and h['transaction'] == t['address']
		for i in $circle['journals'] for t in [i['running']] if t and t['state'] == 'T_LOCKED' for h in t['handles']][:1]")" "[True]" \
		"ext4-oom-deadlock-quick: the handle is its owner's journal_info, and of the locked transaction"
	is "$(ask ext4-oom-deadlock-quick "all(v['oom']['oom_mm'] != '0x0' and v['oom']['tif_memdie'] in (True, False) for v in $circle['victims']['told'])")" \
		True "ext4-oom-deadlock-quick: victims carry their marks"
fi
# A queue may stand aright again by the time of the dump: one of three dumps has to show the marks.
for try in 1 2; do
	vm thp-deferred-split --kernel planted --dump qmp thp-deferred-split
	grep -q 'explained  *thp-deferred-split: ' "$work/thp-deferred-split/report.txt" && break
	echo "# thp-deferred-split: dump $try shows no marks"
	rm -rf "$work/thp-deferred-split"
done
planted thp-deferred-split thp-deferred-split 'split queue of (node|memory cgroup)'
# By the time of the dump the kernel may have made large blocks anew: then that is what is said.
vm order5-nofs --kernel planted --dump qmp order5-nofs
if [ -s "$work/order5-nofs/vmcore" ] && grep -q 'page allocation failure: order:5' "$work/order5-nofs/vmcore-dmesg.txt"; then
	read_vmcore order5-nofs "$work/order5-nofs/vmcore" --run "$work/order5-nofs"
	ask order5-nofs '(e.get("order-refused") or {"sentence": x["order-refused"]["why"]})["sentence"]' >"$work/order5-nofs.says"
	has "$work/order5-nofs.says" '^Order 5 was refused to kworker/.*(before 4\.4 refuses it at order|by the zones of the dump|its zones grant it)' \
		"order5-nofs: what was refused, and what the zones say of it"
	vmlinux=$(ask order5-nofs 'j["vmlinux"]')
	operate order5-nofs "$work/order5-nofs/vmcore" zone-crumbs order-refused '^Order 5 was refused to .*; by the zones of the dump: '
else
	skip "order5-nofs: a dump after a failure" "the failure came after the dump, or not: $(tail -n 1 "$work/order5-nofs.log")"
fi

done_testing
