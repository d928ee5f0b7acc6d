#!/usr/bin/env bash
# From the kernel's timestamp of a log record to the synced journal line, under load. Every run measures it for itself and journals
# it as "latency"; this one makes the load: hogs killed by the OOM killer for the log, fsync writers and file storms for the disk.
#   latency.sh [SECONDS]; fails when the median reaches 10 ms or the worst 100 ms
set -euo pipefail
: "${HANGAR:?}" "${HANGAR_STRESSORS:?}"
[ "$(id -u)" -eq 0 ] || { echo "needs root: control groups, /dev/kmsg"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/load.json" <<E2
{ "name": "latency", "about": "Log records under load.",
  "groups": { "victims": { "memory": "32M", "swap": "0", "count": 2 } },
  "phases": [ { "name": "storm", "for": "${1:-30}s", "run": [
    { "use": "alloc", "in": "victims", "restart": { "policy": "always", "backoff": "500ms", "backoff-max": "500ms" }, "with": { "bytes": "64M" } },
    { "use": "fsync-writer", "copies": 3 }, { "use": "creat-storm", "copies": 2 } ] } ],
  "expect": { "allow": [ "oom-kill" ] } }
E2
"$HANGAR" run --quiet --out "$work/run" "$work/load.json"
python3 - "$work/run/journal.jsonl" <<'E2'
import json, sys
l = [e for e in map(json.loads, open(sys.argv[1])) if e["event"] == "latency"][0]
print("| kernel timestamp to synced journal line | median | worst | findings | lines lost |")
print("|---|---|---|---|---|")
print("| under load | %.1f ms | %.1f ms | %d | %d |" % (l["median_ms"], l["worst_ms"], l["findings"], l["lines_lost"]))
sys.exit(0 if l["findings"] >= 10 and l["median_ms"] < 10 and l["worst_ms"] < 100 else 1)
E2
