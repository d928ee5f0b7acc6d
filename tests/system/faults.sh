#!/usr/bin/env bash
# Bad days of the record: a full disk, a read-only target, a limit on file size, a scratch that is full.
. "$(dirname "$0")/../lib/tap.sh"
need_root
before=$(machine_state)

cat >"$work/noisy.json" <<'E2'
{ "name": "noisy", "about": "Writes a lot of journal.",
  "phases": [ { "name": "storm", "for": "20s", "run": [
    { "use": "alloc", "copies": 8, "restart": { "policy": "always", "backoff": "1ms", "backoff-max": "1ms" }, "with": { "bytes": "1M" } } ] } ],
  "watch": { "kmsg": {}, "progress": {}, "samples": { "every": "100ms" } } }
E2

mkdir "$work/small"
mount -t tmpfs -o size=700k tmpfs-hangar-test "$work/small" || skip_all "no tmpfs"
before=$(machine_state)
"$HANGAR" run --plain --out "$work/small/run" "$work/noisy.json" >"$work/full.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/small/run/journal.jsonl"
dd if=/dev/zero of="$work/small/filler" bs=4k 2>/dev/null # now the disk is full
rc=0
wait $runner || rc=$?
is "$((rc >= 128))" 1 "a disk that fills in the middle of a run is BROKEN"
has "$work/full.log" 'No space left' "and the message names the cause"
has_not "$work/full.log" 'journal\.jsonl: .*result\.json' "a face that could not be written is not called the journal"
is "$(grep -c '^report: .*/report\.txt$' "$work/full.log")" "$(find "$work/small/run/report.txt" -size +0 2>/dev/null | wc -l)" \
	"a report is promised when there is one"
python3 - "$work/small/run/journal.jsonl" <<'E2'
import json, sys
lines = open(sys.argv[1], "rb").read().split(b"\n")
events = [json.loads(l)["event"] for l in lines[:-1]]
sys.exit(0 if events[0] == "run-begin" and "phase-begin" in events and lines[-1] == b"" else 1)
E2
ok $? "every line of the journal so far is whole"
has "$work/small/run/journal.jsonl" '"event":"verdict".*BROKEN' "the reserve took the verdict"
rm "$work/small/filler"
"$HANGAR" report "$work/small/run" >"$work/full-report.log" 2>&1
ok $? "the record can be reported once there is room"
umount "$work/small"

mkdir "$work/ro"
mount -t tmpfs -o ro tmpfs-hangar-test "$work/ro"
rc=0
"$HANGAR" run --plain --out "$work/ro/run" "$work/noisy.json" >"$work/ro.log" 2>&1 || rc=$?
is "$((rc >= 128))" 1 "a read-only target is BROKEN"
has "$work/ro.log" 'ro/run.*Read-only file system' "and the message names directory and cause"
umount "$work/ro"

sed 's/"20s"/"1s"/' "$work/noisy.json" >"$work/short.json"
rc=0
"$HANGAR" run --plain --out "$work/closed" "$work/short.json" <&- >&- 2>&- || rc=$?
is "$rc" 0 "a run whose standard files are closed survives"
ok "$(grep -rlE 'steps/s \||recording in' "$work/closed" | wc -l)" "and none of its words went into the record"

mkfifo "$work/stalled"
exec 7<>"$work/stalled"
timeout 1 cat /dev/zero >&7 # nobody reads, and now it is full
"$HANGAR" run --plain --out "$work/unread" "$work/short.json" >&7 2>/dev/null &
runner=$!
wait_for 20 grep -q '"event":"verdict"' "$work/unread/journal.jsonl"
wait_for 5 [ -s "$work/unread/result.json" ]
sleep 0.5 # from the last face to the first word
kill -TERM $runner
ended() { ! kill -0 "$1" || grep -q '^State:.Z' "/proc/$1/status"; }
wait_for 5 ended $runner
ok $? "a run whose verdict nobody reads can be ended by a signal"
exec 7>&-
kill -KILL $runner 2>/dev/null
wait $runner 2>/dev/null

cat >"$work/scratch-full.json" <<'E2'
{ "name": "scratch-full", "about": "The observed file system is full, the record is elsewhere.",
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "32M" },
  "phases": [ { "name": "fill", "for": "4s", "run": [
    { "use": "creat-storm", "copies": 2, "with": { "file-bytes": "256K" } },
    { "use": "fsync-writer", "with": { "file-bytes": "64M" } } ] } ] }
E2
run_hangar scratch-full "$work/scratch-full.json"
is "$(verdict_of "$work/scratch-full")" SURVIVED "a full scratch file system is pressure, not a failure"

cat >"$work/frozen.json" <<'E2'
{ "name": "frozen", "about": "The observed file system is frozen.",
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "64M" },
  "phases": [ { "name": "storm", "for": "40s", "run": [
    { "use": "fsync-writer", "copies": 2 }, { "use": "creat-storm" } ] } ],
  "watch": { "kmsg": {}, "tasks": { "stuck-for": "3s" }, "progress": { "quiet-for": "3s" } },
  "expect": { "reproduce": [ { "kind": "stuck-task" } ], "allow": [ "stall" ] } }
E2
"$HANGAR" run --plain --out "$work/frozen" "$work/frozen.json" >"$work/frozen.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/frozen/journal.jsonl"
if fsfreeze --freeze "$work/frozen/scratch" 2>"$work/freeze.log"; then
	wait_for 30 grep -qE '"event":"finding".*"kind":"stuck-task"' "$work/frozen/journal.jsonl"
	ok $? "tasks stuck on a frozen file system are noticed while it is frozen"
	wait_for 30 grep -q '"event":"evidence"' "$work/frozen/journal.jsonl"
	ok $? "and evidence is on disk"
	fsfreeze --unfreeze "$work/frozen/scratch"
	rc=0
	wait $runner || rc=$?
	is "$rc" 1 "the verdict is REPRODUCED"
	grep -lE 'percpu_rwsem|sb_start|freeze' "$work/frozen/evidence/"* >/dev/null 2>&1 ||
		grep -qE '"kind":"stuck-task".*(percpu_rwsem|sb_start|freeze|ext4)' "$work/frozen/journal.jsonl"
	ok $? "the stack in the record shows where they wait"
else
	kill -INT $runner
	wait $runner
	skip "frozen file system" "$(cat "$work/freeze.log")"
fi
is "$(machine_state)" "$(grep -v tmpfs-hangar <<<"$before")" "nothing is left behind"
done_testing
