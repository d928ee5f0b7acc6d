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
is "$(grep -c -- '->' "$work/fds")" 4 "a stressor has standard input, output, error and its slots, nothing else"

valgrind --track-fds=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
	--log-file="$work/valgrind.%p" "$HANGAR" run --plain --out "$work/vg" "$work/one.json" >"$work/vg.log" 2>&1
rc=$?
is "$rc" 0 "valgrind finds no error and no leak in a whole run"
main_log=$(ls -S "$work"/valgrind.* | head -n 1)
grep -hA1 'Open file descriptor' "$work"/valgrind.* | grep -vE 'inherited|Open file descriptor [012]:|^--' >"$work/open" || true
has "$main_log" 'FILE DESCRIPTORS: [0-9]+ open' "valgrind tracked descriptors"
opened=$(grep -h 'FILE DESCRIPTORS' "$main_log" | sed -n 's/.*: \([0-9]*\) open (\([0-9]*\) std).*/\1 \2/p' | awk '{ print $1 - $2 }')
inherited=$(grep -c 'inherited from parent' "$main_log")
[ "${opened:-0}" -le "$inherited" ]
ok $? "and none is open at the end that was not inherited"
done_testing
