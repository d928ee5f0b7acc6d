#!/usr/bin/env bash
# A guest whose kernel patches its own code without pause comes through, with every QEMU that hangar takes; the way in which an
# old one would not (a host thread for each CPU) is the positive control. See runner/vm/qemu/defects.c.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need

kernel=${HANGAR_KERNEL:-debian:6.1}
guest_has "$kernel" || done_testing

cp "${HANGAR_PATCHER:?}" "$work/patcher"
patching() { # SECONDS: the scenario
	cat <<EOF
{
  "name": "patching", "about": "Code is patched while it runs.", "needs": { "root": true, "cpus": 2 },
  "vm": { "memory": "512M", "cpus": 2, "files": ["patcher"] },
  "phases": [ { "name": "storm", "for": "$1s", "run": [
    { "use": "command", "with": { "line": "/job/patcher" } }, { "use": "itimer", "copies": 2, "with": { "threads": 2 } }
  ] } ],
  "watch": { "kmsg": {}, "exits": {}, "taint": {} }, "expect": { "reproduce": [ { "kind": "hung-task" } ] }
}
EOF
}
patching 10 >"$work/patching.json"
patching 60 >"$work/longer.json"

patched() { # NAME WHAT: the guest survived, and its code was patched
	is "$rc $(verdict_of "$work/$1")" "0 SURVIVED" "$2"
	has "$work/$1/out/000-command.log" '^patched [1-9][0-9]* times' "... while its code was patched"
	vm_explain "$1"
}

vm_explain() { [ $rc -eq 0 ] || tail -n 20 "$work/$1.log" "$work/$1/console.log" | sed 's/^/# /'; }

vm chosen --kernel "$kernel" "$work/patching.json"
patched chosen "with the QEMU that is chosen"

old=$(command -v qemu-system-x86_64)
case $("$old" --version 2>/dev/null) in
*" version "[6-9].*) ;;
*) skip "an old QEMU" "the one in PATH is recent"; done_testing ;;
esac
HANGAR_QEMU=$old vm in-turns --kernel "$kernel" "$work/patching.json"
patched in-turns "with an old QEMU, whose CPUs take turns"
has "$work/in-turns/report.txt" 'qemu.*the CPUs take turns' "... which is said"

mkdir "$work/old"
cat >"$work/old/qemu-system-x86_64" <<EOF
#!/bin/bash
exec "$old" "\${@/thread=single/thread=multi}"
EOF
chmod +x "$work/old/qemu-system-x86_64"
HANGAR_QEMU=$work/old/qemu-system-x86_64 vm side-by-side --no-symbols --kernel "$kernel" "$work/longer.json"
what="side by side, an old QEMU's guest freezes or dies: the control sees it"
case "$rc $(verdict_of "$work/side-by-side")" in
"0 SURVIVED") skip "$what" "it came through this once, as it may on a busy host" ;;
*) is "$rc $(verdict_of "$work/side-by-side")" "125 OTHER_FAULT" "$what" ;;
esac

done_testing
