#!/usr/bin/env bash
# The verdicts on this machine: each symptom is seen, and its twin without the cause stays clean.
. "$(dirname "$0")/../lib/tap.sh"
need_root
[ -d /sys/fs/cgroup/memory ] || [ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "no memory controller"

before=$(machine_state)

cat >"$work/quiet.json" <<'E2'
{ "name": "quiet", "about": "Nothing goes wrong.",
  "groups": { "small": { "memory": "64M" } },
  "phases": [ { "name": "calm", "for": "3s", "run": [
    { "use": "alloc", "in": "small", "with": { "bytes": "8M", "pattern": "hold" } } ] } ] }
E2
run_hangar quiet "$work/quiet.json"
is "$rc" 0 "a quiet run survives (exit 0)"
is "$(verdict_of "$work/quiet")" SURVIVED "its verdict is SURVIVED"
has "$work/quiet/journal.jsonl" '"event":"spawn".*"verified":true' "the stressor saw itself in its group before exec"

cat >"$work/oom.json" <<'E2'
{ "name": "oom", "about": "One memcg takes more than it may.",
  "groups": { "victims": { "memory": "24M", "swap": "0", "count": 2 }, "bystanders": { "memory": "64M" } },
  "phases": [ { "name": "storm", "for": "20s", "run": [
    { "use": "alloc", "in": "victims", "restart": "always", "with": { "bytes": "48M", "pattern": "ramp" } },
    { "use": "alloc", "in": "bystanders", "with": { "bytes": "8M", "pattern": "hold" } } ] } ],
  "expect": { "reproduce": [ { "kind": "oom-kill" } ], "must-reproduce": true } }
E2
run_hangar oom "$work/oom.json"
is "$rc" 1 "a memcg OOM is seen (exit 1)"
has "$work/oom/journal.jsonl" '"event":"finding".*"kind":"oom-kill".*"group":"victims\.[01]"' "it is attributed to its group"
has_not "$work/oom/journal.jsonl" '"event":"finding".*"group":"bystanders"' "and to no other"
has "$work/oom/journal.jsonl" '"event":"finding".*"watcher":"oom"' "the oom watcher told it"
has "$work/oom/ktap.txt" '^ok 1 ' "a positive control that reproduces is 'ok' in KTAP"

sed -e 's/"48M"/"8M"/' -e 's/"20s"/"3s"/' "$work/oom.json" >"$work/oom-off.json"
run_hangar oom-off "$work/oom-off.json"
is "$rc" 0 "the same with room enough survives"
has_not "$work/oom-off/journal.jsonl" '"kind":"oom-kill"' "and has no OOM kill"
has "$work/oom-off/ktap.txt" '^not ok 1 ' "a positive control that survives is 'not ok' in KTAP"

cat >"$work/allowed.json" <<'E2'
{ "name": "allowed", "about": "OOM kills are the load, not the bug.",
  "groups": { "victims": { "memory": "24M", "swap": "0" } },
  "phases": [ { "name": "storm", "for": "30s", "until": { "oom-kills": { "group": "victims", "reach": 2 } }, "or": "fail",
    "run": [ { "use": "alloc", "in": "victims", "restart": "on-oom", "with": { "bytes": "48M", "pattern": "ramp" } } ] } ],
  "expect": { "allow": [ "oom-kill" ] } }
E2
run_hangar allowed "$work/allowed.json"
is "$rc" 0 "allowed OOM kills leave SURVIVED, and end a phase that waits for them"
has "$work/allowed/journal.jsonl" '"event":"restart"' "the victim was restarted"
sed -e 's/"allow": \[ "oom-kill" \]/"allow": []/' "$work/allowed.json" >"$work/unallowed.json"
run_hangar unallowed "$work/unallowed.json"
is "$(verdict_of "$work/unallowed")" OTHER_FAULT "the same kills, not allowed, are OTHER_FAULT"
is "$rc" 125 "which a bisect skips"
run_hangar any-fault --any-fault "$work/unallowed.json"
is "$rc" 1 "--any-fault makes it 1"

# A stressor that lacks what it works on says what, and what to do; the others of its phase do not run without it.
cat >"$work/lacks.json" <<'EOF'
{ "name": "lacks", "phases": [ { "name": "one", "for": "20s", "run": [
  { "use": "itimer" }, { "use": "sg-ioctl", "with": { "device": "/no/such/sg0" } } ] } ] }
EOF
run_hangar lacks "$work/lacks.json"
is "$rc $(verdict_of "$work/lacks")" "125 SKIPPED" "a stressor without its device: skipped"
has "$work/lacks.log" 'SKIPPED: sg-ioctl#1 cannot run here: .*no SCSI generic device /no/such/sg0: modprobe sg and scsi_debug' \
	"with its own words for what is missing"
has "$work/lacks/report.txt" 'Why: sg-ioctl#1 cannot run here: .*modprobe sg' "and so in the report"

# Whatever would hurt this machine does not begin here.
taint=$(cat /proc/sys/kernel/tainted)
for name in hung-task panic silence oops-panic soft-lockup rcu-stall global-oom log-flood; do
	run_hangar "$name" "$HANGAR_SCENARIOS/controls/$name.json"
	is "$rc $(verdict_of "$work/$name")" "125 SKIPPED" "the control $name is skipped on a machine that is not thrown away"
	has "$work/$name.log" 'run it with .hangar vm' "with the remedy"
	has_not "$work/$name/journal.jsonl" '"event":"(spawn|phase-begin)"' "and nothing of it was started"
done
is "$(cat /proc/sys/kernel/tainted)" "$taint" "the kernel is as it was"

cat >"$work/stall.json" <<'E2'
{ "name": "stall", "about": "A stressor stands still.",
  "phases": [ { "name": "calm", "for": "25s", "run": [ { "use": "alloc", "with": { "bytes": "4M", "pattern": "sawtooth" } } ] } ],
  "watch": { "kmsg": {}, "progress": { "quiet-for": "2s" } },
  "expect": { "reproduce": [ { "kind": "stall" } ] } }
E2
"$HANGAR" run --plain --out "$work/stall" "$work/stall.json" >"$work/stall.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/stall/journal.jsonl"
pid=$(python3 - "$work/stall/journal.jsonl" <<'E2'
import json, sys
for line in open(sys.argv[1]):
    e = json.loads(line)
    if e["event"] == "spawn":
        print(e["pid"])
        break
E2
)
stopped_at=$(cut -d' ' -f1 /proc/uptime)
kill -STOP "$pid"
rc=0
wait $runner || rc=$?
is "$rc" 1 "a SIGSTOPped stressor is a stall"
python3 - "$work/stall/journal.jsonl" <<'E2'
import json, sys
f = next(e for e in map(json.loads, open(sys.argv[1])) if e["event"] == "finding" and e["kind"] == "stall")
late = (f["noticed_us"] - f["began_us"]) / 1e6 - 2.0
print("# noticed %.3f s after its limit of 2 s" % late)
sys.exit(0 if 0 <= late <= 1.0 else 1)
E2
ok $? "noticed within 1 s of its limit"
sed -e 's/"25s"/"5s"/' "$work/stall.json" >"$work/no-stall.json"
run_hangar no-stall "$work/no-stall.json"
is "$rc" 0 "the same stressor, left alone, is no stall"

cat >"$work/vfork.json" <<'E2'
{ "name": "vfork", "about": "A task of the run sits in D.",
  "phases": [ { "name": "calm", "for": "30s", "run": [ { "use": "alloc", "with": { "bytes": "4M", "pattern": "hold" } } ] } ],
  "watch": { "kmsg": {}, "tasks": { "stuck-for": "3s" } },
  "expect": { "reproduce": [ { "kind": "stuck-task", "comm": "slow_vfork" } ] } }
E2
mkfifo "$work/hold"
"$HANGAR_VFORK" <"$work/hold" >"$work/vfork.pid" &
exec 8>"$work/hold" # the child reads here until we close it
wait_for 10 test -s "$work/vfork.pid"
"$HANGAR" run --plain --out "$work/vfork" "$work/vfork.json" >"$work/vfork.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/vfork/journal.jsonl"
for group in /sys/fs/cgroup/memory/hangar/*/outside /sys/fs/cgroup/hangar/*/outside; do
	cat "$work/vfork.pid" >"$group/cgroup.procs" 2>/dev/null # now it is a task of the run
done
rc=0
wait $runner || rc=$?
is "$rc" 1 "a vfork parent that waits for a slow child is noticed as stuck in D"
has "$work/vfork/journal.jsonl" '"kind":"stuck-task".*"comm":"slow_vfork"' "by name"
exec 8>&-

cat >"$work/user-text.json" <<'E2'
{ "name": "user-text", "about": "Somebody writes kernel-like text into the log.",
  "phases": [ { "name": "calm", "for": "4s", "run": [ { "use": "alloc", "with": { "bytes": "4M" } } ] } ] }
E2
"$HANGAR" run --plain --out "$work/user-text" "$work/user-text.json" >"$work/user-text.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/user-text/journal.jsonl"
echo "INFO: task jbd2/vda-8:123 blocked for more than 120 seconds. (hangar test $$)" >/dev/kmsg
rc=0
wait $runner || rc=$?
is "$rc" 0 "kernel-like text that user space wrote stays clean"
has "$work/user-text/kmsg.log" "hangar test $$" "though it is kept in kmsg.log"

is "$(machine_state)" "$before" "nothing is left behind"
done_testing
