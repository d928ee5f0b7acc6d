#!/usr/bin/env bash
# What copies did adds up over restarts and rounds, under one name.
. "$(dirname "$0")/../lib/tap.sh"
command -v fio >/dev/null || skip_all "needs fio: a program that ends by itself"

printf '[w]\nrw=write\nsize=64k\n' >"$work/small.fio"
cat >"$work/rounds.json" <<'E2'
{ "name": "rounds", "about": "A copy that ends by itself, in three rounds.",
  "repeat": 3,
  "phases": [ { "name": "one", "for": "20s", "run": [
    { "fio": "small.fio", "restart": { "policy": "always", "backoff": "10ms", "limit": 2 } } ] } ] }
E2
run_hangar rounds "$work/rounds.json"
is "$rc" 0 "three rounds survive"
has "$work/rounds/journal.jsonl" '"event":"work",.*"starts":9,"restarts":6,"done":9' \
	"starts, restarts and ends of all rounds are counted"
is "$(grep -c '^  .*fio  *outside ' "$work/rounds/report.txt")" 1 "a fio job is one line of the report"
has "$work/rounds/report.txt" '^  small\.fio +outside +9 ' "and has its file's name"
is "$(ls "$work/rounds/out/" | grep -c 'fio\.json')" 9 "the JSON of each of the nine lives is kept"
for f in "$work/rounds/out/"*fio.json*; do
	python3 -c 'import json,sys; json.load(open(sys.argv[1]))["jobs"][0]' "$f" || echo bad
done >"$work/unreadable" 2>&1
is "$(cat "$work/unreadable")" "" "and readable"

done_testing
