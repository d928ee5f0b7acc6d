#!/usr/bin/env bash
# The historical bugs, planted in a kernel of our own: each is found by the scenario made for it, named, and dumped; with
# the plant off, and on the stock build of the same configuration, the same scenario survives. Short forms: the long ones
# are `hangar canary --off --repeat 5` and `tests/bench/plants.py`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
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
	guest_explain "$run" REPRODUCED
	for off in off stock; do
		is "$(guest_verdict "$run-$off")" "0 SURVIVED" "$scenario, $off: survives"
		guest_explain "$run-$off" SURVIVED
	done
	is "$(hits "$run-off")" "" "$scenario, off: the planted path is not taken"
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
"$HANGAR" canary --json --no-dump --for "$within" order5-nofs >"$work/canary.json" 2>"$work/canary.log"
is $? 0 "hangar canary"
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
