#!/usr/bin/env bash
# No descriptor is leaked: neither into the stressors, nor by the program itself.
. "$(dirname "$0")/../lib/tap.sh"
need_root
command -v valgrind >/dev/null || skip_all "needs valgrind"
# valgrind cannot run a program that carries AddressSanitizer
! grep -q __asan_init "$HANGAR" || skip_all "built with AddressSanitizer, which sees leaks of memory itself"

cat >"$work/one.json" <<'E2'
{ "name": "one", "about": "Short.",
  "groups": { "small": { "memory": "64M" } },
  "phases": [ { "name": "calm", "for": "3s", "run": [ { "use": "alloc", "in": "small", "with": { "bytes": "4M" } } ] } ] }
E2
"$HANGAR" run --plain --out "$work/live" "$work/one.json" >"$work/live.log" 2>&1 &
runner=$!
wait_for 20 grep -q '"event":"phase-begin"' "$work/live/journal.jsonl"
pid=$(sed -n 's/.*"event":"spawn".*"pid":\([0-9]*\).*/\1/p' "$work/live/journal.jsonl" | head -n 1)
ls -l "/proc/$pid/fd" >"$work/fds" 2>&1
wait $runner
grep -oE -- '-> .*' "$work/fds" | grep -vE '^-> (/dev/null|.*/out/.*alloc.*\.log|/memfd:hangar-slots.*)$' >"$work/strange" || true
is "$(cat "$work/strange")" "" "a stressor holds standard input, its output and its slots, nothing else"
is "$(grep -c 'out/.*alloc' "$work/fds")" 2 "positive control: its descriptors were looked at"

valgrind --track-fds=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	--log-file="$work/valgrind.%p" "$HANGAR" run --plain --out "$work/vg" "$work/one.json" >"$work/vg.log" 2>&1 &
runner=$!
rc=0
wait $runner || rc=$?
is "$rc" 0 "valgrind finds no error and no leak in a whole run"
log=$work/valgrind.$runner # the other logs are of children before their exec
has "$log" 'FILE DESCRIPTORS: [0-9]+ open' "valgrind tracked descriptors"
opened=$(sed -n 's/.*FILE DESCRIPTORS: \([0-9]*\) open (\([0-9]*\) std).*/\1 \2/p' "$log" | awk '{ print $1 - $2 }')
is "$(grep -c 'inherited from parent' "$log")" "$opened" "every descriptor that is open at the end was inherited"
done_testing
