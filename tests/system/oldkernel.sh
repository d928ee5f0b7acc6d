#!/usr/bin/env bash
# A kernel of 3.10 played by a filter that answers ENOSYS to every newer call: the verdict stays the same.
. "$(dirname "$0")/../lib/tap.sh"
need_root
[ -x "${HANGAR_ENOSYS:-}" ] || skip_all "built without libseccomp"
# the sanitizer's own runtime starts threads and forks with calls that the filter refuses
before=$(machine_state)

cat >"$work/mixed.json" <<'E2'
{ "name": "mixed", "about": "Every stressor once, in a group and outside.",
  "scratch": { "filesystem": "ext4", "on": "loop", "size": "64M" },
  "groups": { "victims": { "memory": "48M", "swap": "0", "count": 2 } },
  "phases": [ { "name": "storm", "for": "5s", "run": [
    { "use": "alloc", "in": "victims", "restart": "always", "with": { "bytes": "96M", "pattern": "ramp" } },
    { "use": "fsync-writer", "with": { "engine": "io_uring" } },
    { "use": "creat-storm" }, { "use": "thp-churn" }, { "use": "itimer" },
    { "use": "alloc-and-write", "in": "victims", "restart": "always" } ] } ],
  "expect": { "reproduce": [ { "kind": "oom-kill" } ] },
  "on-match": { "then": "continue" } }
E2
run_hangar today "$work/mixed.json"
is "$rc" 1 "on this kernel: REPRODUCED"
rc=0
"$HANGAR_ENOSYS" "$HANGAR" run --plain --out "$work/old" "$work/mixed.json" >"$work/old.log" 2>&1 || rc=$?
is "$rc" 1 "under the filter: the same verdict"
is "$(verdict_of "$work/old")" "$(verdict_of "$work/today")" "by name too"
has_not "$work/old/journal.jsonl" '"kind":"stressor-failed"' "no stressor failed"
has "$work/old/out/"*fsync-writer*.log 'io_uring' "the io_uring engine fell back aloud"
"$HANGAR_ENOSYS" python3 - <<'E2'
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
refused = [n for n in (435, 434, 319, 332, 425, 436, 437) if libc.syscall(n, -1, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.ENOSYS]
print("# refused:", refused)
sys.exit(0 if len(refused) == 7 else 1)
E2
ok $? "the filter does refuse clone3, pidfd_open, memfd_create, statx, io_uring_setup, close_range, openat2"
is "$(machine_state)" "$before" "nothing is left behind"
done_testing
