#!/usr/bin/env bash
# Whatever ends a run, nothing is left on the machine; after SIGKILL `hangar clean` sees to it.
. "$(dirname "$0")/../lib/tap.sh"
need_root

kills=15
[ "${HANGAR_LONG:-0}" = 1 ] && kills=200

before=$(machine_state)
ratio=$(cat /proc/sys/vm/dirty_ratio)
thp=/sys/kernel/mm/transparent_hugepage/enabled

cat >"$work/all.json" <<E2
{ "name": "all", "about": "Touches everything that can be left behind.",
  "sysctls": { "vm.dirty_ratio": "$((ratio == 21 ? 22 : 21))" },
  "thp": { "enabled": "$(grep -q '\[always\]' $thp && echo madvise || echo always)" },
  "trace": { "events": ["reclaim", "oom", "jbd2"], "functions": ["vfs_fsync_range"], "buffer": "256K" },
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "64M" },
  "groups": { "outer": { "memory": "96M", "groups": { "inner": { "memory": "32M", "swap": "0", "count": 2 } } } },
  "phases": [
    { "name": "one", "for": "2s", "run": [
      { "use": "alloc-and-write", "in": "outer/inner", "copies": 2, "restart": "always" },
      { "use": "creat-storm", "in": "outer" } ] },
    { "name": "two", "for": "2s", "run": [ { "use": "fsync-writer", "copies": 2 } ] } ],
  "expect": { "allow": [ "oom-kill" ] } }
E2

run_hangar success "$work/all.json"
is "$rc" 0 "a run that changes everything survives"
is "$(machine_state)" "$before" "nothing is left after success"
has "$work/success/journal.jsonl" '"event":"setup"' "the changes are on record"

for signal in INT TERM; do
	"$HANGAR" run --plain --for 60s --repeat 100 --out "$work/sig$signal" "$work/all.json" >"$work/sig$signal.log" 2>&1 &
	runner=$!
	wait_for 20 grep -q '"event":"phase-begin"' "$work/sig$signal/journal.jsonl"
	[ "$(cat /proc/sys/vm/dirty_ratio)" != "$ratio" ]
	ok $? "during the run the sysctl is changed (else the next point proves nothing)"
	kill -$signal $runner
	rc=0
	wait $runner || rc=$?
	is "$rc" 125 "SIG$signal ends a run without a verdict on the kernel"
	is "$(verdict_of "$work/sig$signal")" INCONCLUSIVE "SIG$signal gives INCONCLUSIVE"
	is "$(machine_state)" "$before" "nothing is left after SIG$signal"
done

"$HANGAR" run --plain --for 60s --repeat 100 --out "$work/twice" "$work/all.json" >"$work/twice.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/twice/journal.jsonl"
kill -INT $runner
kill -INT $runner
rc=0
wait $runner || rc=$?
is "$(machine_state)" "$before" "nothing is left after a hard stop"

sed 's/"creat-storm", "in": "outer"/&, "with": { "no-such": "1" }/' "$work/all.json" >"$work/bad.json"
rc=0
"$HANGAR" run --plain --out "$work/bad" "$work/bad.json" >"$work/bad.log" 2>&1 || rc=$?
is "$((rc >= 128))" 1 "a bad scenario exits 128 or more"
is "$(machine_state)" "$before" "and leaves nothing"

sed 's/"size": "64M"/"size": "64M", "mount": "no_such_option_at_all"/' "$work/all.json" >"$work/badmount.json"
run_hangar badmount "$work/badmount.json"
is "$((rc >= 128))" 1 "a mount that fails is BROKEN"
has "$work/badmount.log" 'no_such_option_at_all|mount' "and the message names it"
is "$(machine_state)" "$before" "nothing is left after a failure in the middle of setup"

sed 's/"vm.dirty_ratio": "[0-9]*"/"vm.dirty_ratio": "much"/' "$work/all.json" >"$work/badvalue.json"
run_hangar badvalue "$work/badvalue.json"
is "$((rc >= 128))" 1 "a setting that the kernel refuses is BROKEN"
has "$work/badvalue.log" '/badvalue\.json:2:[0-9]+: .*much.*dirty_ratio' "and the message names file, line, value and setting"
is "$(machine_state)" "$before" "nothing is left after it"

sed 's/"size": "64M"/"size": "64M", "mkfs": [ "--bogus" ]/' "$work/all.json" >"$work/badmkfs.json"
run_hangar badmkfs "$work/badmkfs.json"
has "$work/badmkfs.log" '^BROKEN: .*failed: [^ ]*mkfs\.ext4: invalid option' "a mkfs that fails is quoted from its first word"
has_not "$work/badmkfs.log" 'reserved-blocks-percentage' "without its page of usage"

# SIGKILL at random moments, from before the first change to after the last.
left=0
RANDOM=${HANGAR_TEST_SEED:-4711}
for i in $(seq "$kills"); do
	"$HANGAR" run --plain --quiet --out "$work/kill$i" "$work/all.json" >/dev/null 2>&1 &
	runner=$!
	sleep "$(printf '0.%03d' $((RANDOM % 1000)))" # the random moment itself
	[ $((i % 3)) -eq 0 ] && sleep "$((RANDOM % 4))"
	kill -KILL $runner 2>/dev/null
	wait $runner 2>/dev/null
	"$HANGAR" clean >"$work/clean.log" 2>&1 || { left=$((left + 1)); sed 's/^/# clean: /' "$work/clean.log"; }
	now=$(machine_state)
	if [ "$now" != "$before" ]; then
		left=$((left + 1))
		printf '# after kill %s:\n%s\n' "$i" "$(diff <(echo "$before") <(echo "$now"))" | sed 's/^/# /'
		break
	fi
	if [ -e "$work/kill$i/journal.jsonl" ]; then
		"$HANGAR" report "$work/kill$i" >"$work/report.log" 2>&1 || { left=$((left + 1)); sed 's/^/# report: /' "$work/report.log"; }
	fi
	rm -rf "${work:?}/kill$i"
done
is "$left" 0 "after $kills random SIGKILLs hangar clean restores all, and the record is readable"

"$HANGAR" run --plain --for 60s --repeat 100 --out "$work/live" "$work/all.json" >"$work/live.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/live/journal.jsonl"
"$HANGAR" clean >"$work/clean-live.log" 2>&1
[ -d "/proc/$runner" ] && [ -n "$(find /sys/fs/cgroup -type d -path '*/hangar/*' | head -n 1)" ]
ok $? "clean leaves a living run alone"
kill -INT $runner
wait $runner
is "$(machine_state)" "$before" "and that run puts back its own"
done_testing
