#!/usr/bin/env bash
# `git bisect run` over a small repository, driven by hangar's exit codes alone.
. "$(dirname "$0")/../lib/tap.sh"
need_root

repo=$work/repo
git init -q "$repo"
git -C "$repo" config user.email test@localhost
git -C "$repo" config user.name test

# Each commit holds a scenario: what the kernel of that day would do under one and the same load.
scenario() { # FILE BYTES [NEED]
	cat >"$1" <<E2
{ "name": "bisected", "about": "Good while the load fits its memcg.",
  "needs": { ${3:-} },
  "groups": { "victims": { "memory": "24M", "swap": "0" } },
  "phases": [ { "name": "storm", "for": "1s", "run": [
    { "use": "alloc", "in": "victims", "with": { "bytes": "$2", "pattern": "ramp", "rate": "400M" } } ] } ],
  "expect": { "reproduce": [ { "kind": "oom-kill" } ] } }
E2
}
for n in 1 2 3 4 5 6 7 8; do
	bytes=4M need=
	[ $n -ge 6 ] && bytes=64M
	[ $n -eq 4 ] && need='"programs": ["no-such-program-anywhere"]'
	scenario "$repo/kernel.json" $bytes "$need"
	echo $n >"$repo/n"
	git -C "$repo" add -A
	git -C "$repo" commit -qm "commit $n"
	[ $n -eq 6 ] && wanted=$(git -C "$repo" rev-parse HEAD)
	[ $n -eq 1 ] && first=$(git -C "$repo" rev-parse HEAD)
done

bisect() { # LOG COMMAND...
	local log=$1
	shift
	git -C "$repo" bisect start HEAD "$first" >/dev/null 2>&1
	(cd "$repo" && git bisect run "$@") >"$work/$log" 2>&1
	local status=$?
	git -C "$repo" bisect reset >/dev/null 2>&1
	return $status
}

cat >"$work/step" <<E2
#!/bin/sh
exec "$HANGAR" run --quiet kernel.json
E2
chmod +x "$work/step"
bisect good.log "$work/step"
has "$work/good.log" "^$wanted is the first bad commit" "good, bad and skip lead to the first bad commit"

cat >"$work/abort" <<E2
#!/bin/sh
exec "$HANGAR" run --quiet no-such-file.json
E2
chmod +x "$work/abort"
rc=0
bisect abort.log "$work/abort" || rc=$?
is "$((rc != 0))" 1 "bad usage stops the bisect"
has_not "$work/abort.log" 'is the first bad commit' "and blames no commit"
done_testing
