#!/usr/bin/env bash
# The observer survives: from 'armed' to 'journalled' it allocates nothing and opens nothing.
. "$(dirname "$0")/../lib/tap.sh"
need_root
[ -e "${HANGAR_SHIM:-}" ] || skip_all "the shim is not built with a sanitizer: both replace malloc"

cat >"$work/stall.json" <<'E2'
{ "name": "stall", "about": "A stressor stands still while hangar gets neither memory nor files.",
  "groups": { "victims": { "memory": "24M", "swap": "0" } },
  "phases": [
    { "name": "one", "for": "2s", "run": [ { "use": "alloc", "in": "victims", "restart": "always", "with": { "bytes": "48M", "pattern": "ramp" } } ] },
    { "name": "two", "for": "20s", "run": [ { "use": "alloc", "with": { "bytes": "4M", "pattern": "sawtooth" } } ] } ],
  "watch": { "kmsg": {}, "tasks": {}, "oom": {}, "pressure": {}, "exits": {}, "taint": {}, "clock": {}, "samples": {}, "progress": { "quiet-for": "2s" } },
  "expect": { "reproduce": [ { "kind": "stall" } ], "allow": [ "oom-kill" ] } }
E2
# Who listens to its heart
echo 'a key of twenty bytes' >"$work/key"
cat >"$work/listen" <<'E2'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
s.settimeout(60)
open(sys.argv[1], "w").write("%d\n" % s.getsockname()[1])
while b'"over":true' not in (beat := s.recv(2000)):
    sys.stdout.write(beat.decode())
E2
python3 "$work/listen" "$work/port" >"$work/beats" &
listener=$!
wait_for 20 test -s "$work/port"
exec 9>"$work/shim.log"
HANGAR_SHIM_FD=9 LD_PRELOAD=$HANGAR_SHIM "$HANGAR" run --plain --heartbeat "127.0.0.1:$(cat "$work/port")" --heartbeat-key "$work/key" \
	--out "$work/run" "$work/stall.json" >"$work/run.log" 2>&1 &
runner=$!
wait_for 30 grep -q '"event":"phase-begin","phase":"two"' "$work/run/journal.jsonl"
pid=$(sed -n 's/.*"event":"spawn".*"pid":\([0-9]*\).*/\1/p' "$work/run/journal.jsonl" | tail -n 1)
kill -STOP "$pid"
rc=0
wait $runner || rc=$?
is "$rc" 1 "with every allocation and open refused after arming, the stall is found"
has "$work/run/journal.jsonl" '"event":"finding".*"kind":"oom-kill"' "the OOM kills are seen"
has "$work/run/journal.jsonl" '"event":"restart"' "the victim is restarted"
has "$work/run/journal.jsonl" '"event":"finding".*"kind":"stall"' "the stall is journalled"
has "$work/run/journal.jsonl" '"event":"evidence"' "evidence is taken"
wait $listener
is $? 0 "and says farewell"
has "$work/beats" '"ticks":[1-9].*"phase":"two"' "its heart beats meanwhile"
has_not "$work/shim.log" '^(malloc|calloc|realloc)' "nobody asked for memory in between"
sed 's/^/# refused: /' "$work/shim.log"

# The shim refuses indeed: a program that allocates after arming meets it.
cat >"$work/control.c" <<'E2'
#include <stdlib.h>
#include <stdio.h>
volatile int observer_armed;
int main(void)
{
	void *before = malloc(10), *after;

	observer_armed = 1;
	after = malloc(10);
	return before && !after && !fopen("/dev/null", "r") ? 0 : 1;
}
E2
cc -rdynamic -o "$work/control" "$work/control.c" && HANGAR_SHIM_FD=9 LD_PRELOAD=$HANGAR_SHIM "$work/control"
ok $? "positive control: the shim refuses what comes after arming"
done_testing
