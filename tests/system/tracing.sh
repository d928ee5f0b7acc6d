#!/usr/bin/env bash
# The run's tracer on a real kernel: what it keeps, what SIGKILL leaves and `hangar clean` takes away, what is done where
# probes, tracefs or peace are missing. And what trace and counters say of an allocation that compaction was refused.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need
command -v busybox >/dev/null || skip_all "needs busybox for the guest: install busybox-static"
kernel=${HANGAR_TEST_KERNEL:-planted}
guest_has "$kernel" || kernel=debian:6.1
guest_has "$kernel" || done_testing

# The guest's own first run is there only to run the script inside, once.
cat >"$work/outer.json" <<E
{ "name": "outer", "needs": { "programs": ["busybox"] }, "vm": { "files": ["storm.json", "calm.json", "inside.sh"] },
  "watch": { "kmsg": {} }, "phases": [ { "name": "inside", "for": "5m", "until": { "steps": { "of": "command", "reach": 1 } },
    "run": [ { "use": "command", "with": { "line": "/bin/busybox sh /job/inside.sh" } } ] } ] }
E
trace='"trace": { "events": ["oom", "reclaim", "nosuch/event"], "functions": ["vfs_fsync_range"], "buffer": "64K" }'
cat >"$work/storm.json" <<E
{ "name": "storm", "groups": { "victims": { "memory": "32M", "swap": "0" } }, $trace, "watch": { "kmsg": {} },
  "phases": [ { "name": "one", "for": "60s", "run": [ { "use": "fsync-writer" }, { "use": "alloc", "in": "victims",
    "with": { "bytes": "64M" } } ] } ],
  "expect": { "reproduce": ["oom-kill"] }, "on-match": { "evidence": ["trace"], "settle": "0s" } }
E
cat >"$work/calm.json" <<E
{ "name": "calm", $trace, "watch": { "kmsg": {} },
  "phases": [ { "name": "one", "for": "1s", "run": [ { "use": "fsync-writer" } ] } ] }
E
cat >"$work/inside.sh" <<'E'
[ ! -e /tmp/over ] || exec /bin/busybox sleep 60
: >/tmp/over
export PATH=/bin:/sbin HANGAR_STRESSORS=/stressors
for applet in ls grep cat usleep mount umount sed tail; do eval "$applet() { /bin/busybox $applet \"\$@\"; }"; done
top=/sys/kernel/tracing storm=/job/storm.json calm=/job/calm.json
left() { echo "$(ls $top/instances | grep -c hangar-) $(grep -c hangar_ $top/kprobe_events)"; }
run() { hangar run --plain --out /tmp/$1 $2 >/tmp/$1.log 2>&1; echo "tell: $1 $?"; }

hangar run --plain --quiet --out /tmp/killed $calm >/dev/null 2>&1 &
until grep -q phase-begin /tmp/killed/journal.jsonl 2>/dev/null; do usleep 2000; done
kill -9 $!
wait $! 2>/dev/null
echo "tell: after SIGKILL $(left)"
hangar clean /tmp/killed >/dev/null 2>&1
echo "tell: cleaned $? leaves $(left)"

run whole $storm
echo "tell: the whole run leaves $(left)"
sed 's/^/whole: /' /tmp/whole/report.txt
grep -v vfs_fsync_range: /tmp/whole/evidence/trace.txt | sed 's/^/kept: /'

echo vfs_fsync_range >$top/set_ftrace_filter
echo function >$top/current_tracer
echo sched:sched_process_exit >$top/set_event
run beside $calm
echo "tell: theirs is $(cat $top/current_tracer) $(cat $top/set_event), $(grep -c vfs_fsync_range $top/trace | sed 's/^[1-9].*/recorded/')"
grep -o 'trace: somebody.*left alone' /tmp/beside/journal.jsonl | sed 's/^/tell: /'
echo >$top/set_event
echo nop >$top/current_tracer
echo >$top/set_ftrace_filter

: >/tmp/empty
mount -o bind /tmp/empty $top/kprobe_events
[ ! -e $top/dynamic_events ] || mount -o bind /tmp/empty $top/dynamic_events
run functions $calm
umount $top/dynamic_events 2>/dev/null
umount $top/kprobe_events
sed 's/^/functions: /' /tmp/functions/report.txt

sed 's/"64K"/"64K", "required": true/' $calm >/tmp/required.json
run lacking /tmp/required.json
mount -t tmpfs none $top
mount -t tmpfs none /sys/kernel/debug
run without $calm
grep -o '"result":"off".*' /tmp/without/journal.jsonl | sed 's/^/tell: without /'
run required /tmp/required.json
umount $top
umount /sys/kernel/debug
tail -n 2 /tmp/lacking.log | sed 's/^/lacking: /'
tail -n 2 /tmp/required.log | sed 's/^/required: /'
echo "tell: at the end $(left)"
E
guest_start inside "$work/outer.json" --kernel "$kernel" --no-symbols
guests_wait

said=$work/said
cat "$work"/inside/out/*command*.log >"$said" 2>/dev/null
grep -q 'tell: at the end' "$said" || { guest_explain "$work/inside"; sed 's/^/# /' "$said"; }
echo "# inside: $(cat "$work/inside.seconds") s"
has "$said" 'tell: after SIGKILL 1 [1-9]' "a killed run leaves its instance and its probes (else the next point proves nothing)"
has "$said" 'tell: cleaned 0 leaves 0 0' "and hangar clean takes both away"
has "$said" 'tell: whole 1$' "a run that traces finds its bug"
has "$said" 'tell: the whole run leaves 0 0' "and leaves nothing"
has "$said" 'whole:   probed +.*vfs_fsync_range' "a function is probed"
has "$said" 'whole:   missing +nosuch/event' "an event that no kernel has is told"
has "$said" 'whole:   buffer +[0-9]+ events; [1-9][0-9]* older ones were overrun' "a buffer that was overrun is told, with the count"
has "$said" 'kept: # .*; [1-9][0-9]* older ones were overrun.*buffer of 64 KiB' "at the head of the trace, too"
has "$said" 'kept: .*hangar: t=[0-9.]+ finding #1 oom-kill' "the runner's notes stand between the events"
has "$said" 'kept: .*mark_victim: ' "and the OOM killer's event is there"
has "$said" 'tell: beside 0' "a run beside somebody who traces goes on"
has "$said" 'tell: theirs is function sched:sched_process_exit, recorded' "their tracer, events and buffer stay as they are"
has "$said" 'tell: trace: somebody.s tracer .*function.* left alone' "and the journal says so"
has "$said" 'functions:   functions +.*vfs_fsync_range' "without probes the function tracer takes over"
has "$said" 'functions:   buffer +[1-9][0-9]* events' "and records"
has "$said" 'lacking: SKIPPED: .*nosuch/event' "a run is skipped that lacks an event of a trace that is required"
has "$said" 'tell: without 0' "without tracefs a run goes on"
has "$said" 'tell: without "result":"off","detail":"no tracefs .*mount -t tracefs' "and says what to do"
has "$said" 'required: SKIPPED: .*tracefs' "unless the trace is required"
has "$said" 'tell: at the end 0 0' "nothing is left of any of them"
is "$(guests_left)" "" "no QEMU, socket or folder is left"
done_testing
