#!/usr/bin/env bash
# The historical bugs, planted in a kernel of our own: each is found by the scenario made for it, named, and proved by its
# dump; with the plant off, and on the stock build of the same configuration, the same scenario survives. Short forms: the
# long ones are `hangar canary --off --repeat 5` and `tests/bench/plants.py`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
. "$(dirname "$0")/../lib/autopsy.sh"
guests_need

root=$(realpath "$(dirname "$0")/../..")
within=${HANGAR_PLANTED_FOR:-150s} # a plant that is there is found in this time under TCG
clean=${HANGAR_PLANTED_OFF:-$([ "${HANGAR_LONG:-0}" = 1 ] && echo 90s || echo 30s)} # what is not there stays away for this long

for kind in planted stock; do
	nice "$root/tests/kernels/build" $kind >"$work/build-$kind.log" 2>&1 ||
		skip_all "no $kind kernel: $(tail -n 1 "$work/build-$kind.log")"
done
ok 0 "both kernels are built"

# What each scenario must be seen as, and a function that must be on its stack or in its text. The first of the name's
# scenarios is its short form; those that are not in this table run by `hangar canary` alone.
rows() {
	cat <<-'EOF'
		ext4-oom-deadlock-quick  deadlock|stuck-task|hung-task  jbd2_journal_commit_transaction|jbd2_journal_wait_updates|__ext4_get_inode_loc
		thp-deferred-split       list-corruption|null-deref|gpf|paging-fault|bug  deferred_split|list_del
		order5-nofs              page-alloc-failure             order:5
		itimer-clock             clock|soft-lockup|warning      stuck for 42|Delta way too big|backwards|apart
		posix-cpu-timer-livelock soft-lockup                    timer_wait_running|do_timer_settime|sys_timer_
	EOF
}

start() { # NAME SCENARIO OPTION...
	local name=$1 scenario=$2
	shift 2
	guest_start "$name" "$HANGAR_SCENARIOS/$scenario.json" "$@"
}
while read -r scenario _; do
	start "$scenario" "$scenario" --kernel planted --for "$within"
	start "$scenario-off" "$scenario" --kernel planted --plant none --for "$clean" --no-symbols
	start "$scenario-stock" "$scenario" --kernel stock --for "$clean" --no-symbols
done < <(rows)
# Report 002 in its forms and in both kinds of control groups: minutes each, so the quickest alone where tests are to be short.
forms() {
	echo ext4-oom-deadlock-quick v1
	[ "${HANGAR_LONG:-0}" != 1 ] || printf '%s\n' ext4-oom-deadlock{,-fio,-small}\ v{1,2}
}
while read -r scenario mode; do
	start "$scenario-$mode" "$scenario" --kernel planted --cgroup "$mode" --for 5m --dump none
	start "$scenario-$mode-off" "$scenario" --kernel planted --plant none --cgroup "$mode" --for "$clean" --no-symbols
done < <(forms)
canary() {
	rc=0
	"$HANGAR" canary --json --no-dump --for "$within" order5-nofs >"$work/canary.json" 2>"$work/canary.log" || rc=$?
	echo $rc >"$work/canary.rc"
}
in_turn canary
guests_wait

hits() { grep -hoE '"event":"plant".*"hits":[0-9]+' "$1/journal.jsonl" 2>/dev/null | grep -oE '[0-9]+$' | tail -n 1; } # RUN
while read -r scenario kinds words; do
	run=$work/$scenario
	echo "# $scenario: $(cat "$run.seconds") s, off $(cat "$run-off.seconds") s, stock $(cat "$run-stock.seconds") s, hits $(hits "$run")"
	is "$(guest_verdict "$run")" "1 REPRODUCED" "$scenario: the plant is found"
	cat "$run/journal.jsonl" "$run/outside.jsonl" 2>/dev/null | grep '"event":"finding".*"judged":"expected"' >"$run.findings"
	has "$run.findings" "\"kind\":\"($kinds)\"" "$scenario: by its name"
	has "$run.findings" "$words" "$scenario: and with its place"
	is "$(($(hits "$run") > 0))" 1 "$scenario: by the planted path"
	has "$run/vmcore.json" '"release"' "$scenario: a vmcore of it was read"
	for off in off stock; do
		is "$(guest_verdict "$run-$off")" "0 SURVIVED" "$scenario, $off: survives"
		guest_explain "$run-$off" SURVIVED
	done
	is "$(hits "$run-off")" "" "$scenario, off: the planted path is not taken"
done < <(rows)
oom_table=$work/ext4-oom-deadlock-quick/kmsg.log
has "$oom_table" ' -1000 creat-storm' "oom-protected: who is, stands so in the kernel's own table"
has_not "$oom_table" ' -1000 alloc-and-write' "oom-protected: and nobody else"

# --- what their dumps prove
# proves SCENARIO SUBJECT PATTERN: the run's own reading of its dump has this explanation, and no other
proves() {
	is "$([ -s "$work/$1/vmcore" ] && echo dump)" dump "$1: its dump is there"
	[ -s "$work/$1/vmcore" ] || return 1
	cp "$work/$1/vmcore.json" "$work/$1.json"
	says "$1" "$2"
	has "$work/$1.says" "$3" "$1: explained"
	is "$(ask "$1" '" ".join(s for s in e)')" "$2" "$1: and nothing else"
	has "$work/$1/report.txt" "explained +$2: " "$1: the report has the sentence"
}

prove_all() {
	proves itimer-clock sched-clock-wrap 'CPUs lost 2\^54 ns'
	if proves ext4-oom-deadlock-quick jbd2-deadlock \
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
		! grep -q 'explained  *thp-deferred-split: ' "$work/thp-deferred-split/report.txt" || break
		echo "# thp-deferred-split: dump $try shows no marks"
		rm -rf "$work/thp-deferred-split"
		guest_run thp-deferred-split "$HANGAR_SCENARIOS/thp-deferred-split.json" --kernel planted --for "$within"
	done
	proves thp-deferred-split thp-deferred-split 'split queue of (node|memory cgroup)'
	# By the time of the dump the kernel may have made large blocks anew: then that is what is said.
	if [ -s "$work/order5-nofs/vmcore" ] && grep -q 'page allocation failure: order:5' "$work/order5-nofs/vmcore-dmesg.txt"; then
		read_vmcore order5-nofs "$work/order5-nofs/vmcore" --run "$work/order5-nofs"
		ask order5-nofs '(e.get("order-refused") or {"sentence": x["order-refused"]["why"]})["sentence"]' >"$work/order5-nofs.says"
		has "$work/order5-nofs.says" '^Order 5 was refused to kworker/.*(before 4\.4 refuses it at order|by the zones of the dump|its zones grant it)' \
			"order5-nofs: what was refused, and what the zones say of it"
		operate order5-nofs "$work/order5-nofs/vmcore" "$(ask order5-nofs 'j["vmlinux"]')" zone-crumbs
		told order5-nofs zone-crumbs order-refused '^Order 5 was refused to .*; by the zones of the dump: '
	else
		skip "order5-nofs: a dump after a failure" "the failure came after the dump, or not: $(tail -n 1 "$work/order5-nofs.log")"
	fi
}

lacking=$(autopsy_lacks)
if [ -z "$lacking" ]; then prove_all; else skip "what their dumps prove" "$lacking"; fi
while read -r scenario _; do
	guest_explain "$work/$scenario" REPRODUCED
done < <(rows)

first_watcher() { grep -h '"event":"finding".*"judged":"expected"' "$1/journal.jsonl" | head -n 1 | grep -oE '"watcher":"[a-z]+"'; } # RUN
while read -r scenario mode; do
	run=$work/$scenario-$mode
	echo "# $scenario on $mode: $(cat "$run.seconds") s, off $(cat "$run-off.seconds") s, hits $(hits "$run")"
	is "$(guest_verdict "$run")" "1 REPRODUCED" "$scenario on $mode: the plant is found"
	is "$(first_watcher "$run")" '"watcher":"deadlock"' "$scenario on $mode: by the watcher of deadlocks first"
	guest_explain "$run" REPRODUCED
	is "$(guest_verdict "$run-off")" "0 SURVIVED" "$scenario on $mode, off: survives"
	guest_explain "$run-off" SURVIVED
done < <(forms)

# --- the command that labs use
is "$(cat "$work/canary.rc")" 0 "hangar canary"
is "$(python3 -c 'import json,sys; c=json.load(open(sys.argv[1]))["canaries"][0]; print(c["plant"], c["found"], c["sightings"][0]["hits"] > 0)' \
	"$work/canary.json")" "order5-nofs 1 True" "hangar canary tells what it found"
"$HANGAR" canary --kernel stock no-such-canary >"$work/none.log" 2>&1
is $? 128 "a canary that there is not"
has "$work/none.log" 'no canary is called no-such-canary; there are .*order5-nofs' "and those that there are"
rc=0
"$HANGAR" vm --plain --kernel planted --plant no-such-plant --out "$work/none" "$HANGAR_SCENARIOS/order5-nofs.json" >"$work/plant.log" 2>&1 || rc=$?
is $rc 128 "a plant that there is not"
has "$work/plant.log" 'no-such-plant.*order5-nofs' "and those that there are"
is "$(guests_left)" "" "no QEMU, socket or folder is left"
done_testing
