#!/usr/bin/env bash
# hangar vm when things go wrong: each a clear message and the right exit code, and nothing is left (no QEMU, no file of the moment).
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/guests.sh"
guests_need
guests_own_cache

kernel=${HANGAR_KERNEL:-debian:6.1}

# fails NAME CODE PATTERN WHAT ARGUMENT...: hangar vm ends with CODE and says PATTERN
fails() {
	local name=$1 code=$2 pattern=$3 what=$4
	shift 4
	vm "$name" "$@"
	is $rc "$code" "$what: exit code"
	has "$work/$name.log" "$pattern" "$what: it is said"
}

# --- what is missing or foreign, before anything boots
HANGAR_QEMU=$work/none fails no-qemu 128 "$work/none" "no QEMU" --kernel "$kernel" controls/quiet
printf '#!/bin/sh\necho QEMU emulator version 2.0.0\n' >"$work/qemu-2.0"
chmod +x "$work/qemu-2.0"
HANGAR_QEMU=$work/qemu-2.0 fails old-qemu 128 '2\.0' "a QEMU that is too old" --kernel "$kernel" controls/quiet
fails no-package 128 'no-such\.deb' "a missing package" --kernel "$work/no-such.deb" controls/quiet
fails no-words 128 'kernel|debian' "a kernel that nobody offers" --kernel debian:1.2.3 controls/quiet
is "$(ls -d "$work"/no-qemu "$work"/old-qemu "$work"/no-package 2>/dev/null)" "" "no run, no run directory"

if "$HANGAR" kernel path --json "$kernel" >"$work/path.json" 2>"$work/path.log"; then
	vmlinuz=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["vmlinuz"])' "$work/path.json")
	modules=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["modules"])' "$work/path.json")
else
	skip "the guests" "$kernel cannot be had: $(tail -n 1 "$work/path.log")"
	done_testing
fi

head -c 100000 "$vmlinuz" >"$work/torn.deb"
fails torn 128 'torn\.deb' "a truncated package" --kernel "$work/torn.deb" controls/quiet
cp "$HANGAR" "$work/foreign-vmlinux"
fails foreign-vmlinux 128 'foreign-vmlinux' "a vmlinux that is none" --kernel "$kernel" --vmlinux "$work/foreign-vmlinux" controls/quiet

# --- a kernel that cannot carry the scenario is no fault of it: skipped
bare=$work/bare
mkdir -p "$bare/boot" "$bare/lib/modules"
cp "$vmlinuz" "$bare/boot/vmlinuz-${modules##*/}"
cp -rl "$modules" "$bare/lib/modules/" 2>/dev/null || cp -r "$modules" "$bare/lib/modules/"
find "$bare" -name 'virtio_console.ko*' -delete
rm -f "$bare"/lib/modules/*/modules.dep*
fails no-virtio 125 'virtio' "a kernel without virtio" --kernel "$bare" controls/quiet
is "$(verdict_of "$work/no-virtio")" SKIPPED "a kernel without virtio: verdict"

# --- guests that never come up
fails boot-panic 125 'panic' "a guest that panics at boot" --kernel "$kernel" --dump none --append rdinit=/none controls/quiet
is "$(verdict_of "$work/boot-panic")" OTHER_FAULT "a guest that panics at boot: verdict"
has "$work/boot-panic/console.log" 'Kernel panic' "its console is kept"
fails boot-no-bug 125 'panic' "one whose scenario waits for a panic" --kernel "$kernel" --append rdinit=/none --dump none controls/panic
is "$(verdict_of "$work/boot-no-bug")" OTHER_FAULT "that panic is not the scenario's"
busybox=$(command -v busybox)
fails boot-hang 125 'did not come up|silence' "a guest that hangs at boot" --kernel "$kernel" --no-symbols --boot-within 25s \
	--file "$busybox:/job/extra/busybox" --append 'rdinit=/job/extra/busybox -- sleep 1000' controls/quiet
is "$(verdict_of "$work/boot-hang")" OTHER_FAULT "a guest that hangs at boot: verdict"
has "$work/boot-hang/outside.jsonl" '"name":"qmp","result":"failed".*no VMCOREINFO.*kept as vmcore.unfiltered' "its memory cannot be filtered yet"
is "$(find "$work/boot-hang/vmcore.unfiltered" -size +100M)" "$work/boot-hang/vmcore.unfiltered" "and is kept as it is"
rm -f "$work/boot-hang/vmcore.unfiltered"

# --- QEMU and hangar are killed in the middle
vm_start killed-qemu --kernel "$kernel" --for 100s controls/hung-task-off
wait_for 120 vm_has killed-qemu '"event":"phase-begin"'
kill -KILL "$(qemu_of killed-qemu)"
vm_wait killed-qemu
is $rc 128 "QEMU is killed: exit code"
has "$work/killed-qemu.log" 'BROKEN.*killed by signal 9' "QEMU is killed: it is said"
is "$(python3 "$(dirname "$0")/../lib/whole.py" "$work/killed-qemu/journal.jsonl")" whole "QEMU is killed: every line of the journal is whole"

vm_start killed-self --kernel "$kernel" --for 100s controls/hung-task-off
wait_for 120 vm_has killed-self '"event":"phase-begin"'
qemu=$(qemu_of killed-self)
kill -KILL "${vm_pid[killed-self]}"
vm_wait killed-self
wait_for 20 not_running "$qemu"
ok $? "hangar is killed: its QEMU goes with it"
is "$([ -e "$work/killed-self/scratch.img" ] && echo there)" there "its scratch disk is left"
"$HANGAR" clean "$work/killed-self" >"$work/clean.log" 2>&1
ok $? "hangar clean"
is "$([ -e "$work/killed-self/scratch.img" ] || echo gone)" gone "takes it away"
"$HANGAR" report "$work/killed-self" >"$work/report.log" 2>&1
ok $? "the record can still be read"

# --- Ctrl-C at every stage
interrupt_at() { # NAME PATTERN ARGUMENT...: SIGINT when outside.jsonl or the journal has PATTERN
	local name=$1 pattern=$2 qemu
	shift 2
	vm_start "$name" --kernel "$kernel" "$@"
	wait_for 180 vm_has "$name" "$pattern"
	qemu=$(qemu_of "$name")
	kill -INT "${vm_pid[$name]}"
	vm_wait "$name"
	is "$rc $(verdict_of "$work/$name")" "125 INCONCLUSIVE" "Ctrl-C at $name: verdict"
	[ -z "$qemu" ] || { wait_for 20 not_running "$qemu"; ok $? "Ctrl-C at $name: QEMU is gone"; }
}
interrupt_at boot '"name":"boot"' --for 100s controls/quiet
interrupt_at hello '"name":"hello"' --for 100s controls/quiet
interrupt_at phase '"event":"phase-begin"' --for 100s controls/quiet

# --- the host's disk stands still for longer than a guest may be silent: that is no silence of the guest
cat >"$work/impatient.json" <<'EOF'
{
  "name": "impatient",
  "about": "A guest in which nothing happens, and a host that soon takes it for dead.",
  "vm": { "silent-after": "1s" },
  "phases": [ { "name": "nothing", "for": "20s", "run": [ { "use": "itimer" } ] } ],
  "expect": { "reproduce": [ "stall" ] }
}
EOF
export HANGAR_SLOW_SYNC=$work/now HANGAR_SLOW_SYNC_SECONDS=12
LD_PRELOAD=$HANGAR_SLOW_SYNC_LIBRARY vm_start deaf --kernel "$kernel" "$work/impatient.json"
wait_for 120 vm_has deaf '"event":"phase-begin"'
touch "$work/now"
vm_wait deaf
is "$rc $(verdict_of "$work/deaf")" "0 SURVIVED" "a disk that stands still for 12 s is no silence of the guest"
has "$work/deaf/outside.jsonl" 'this host stood still for 1[0-9]' "and is recorded"
unset HANGAR_SLOW_SYNC

# --- the host's disk is full during the dump
if [ "$(id -u)" -eq 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=24M tmpfs-hangar-test "$work/small"; then
	rc=0
	"$HANGAR" vm --plain --out "$work/small/run" --kernel "$kernel" --dump qmp --no-symbols controls/hung-task \
		>"$work/full.log" 2>&1 </dev/null || rc=$?
	is "$rc $(verdict_of "$work/small/run")" "1 REPRODUCED" "a disk full during the dump leaves the verdict"
	has "$work/full.log" 'dump by qmp failed: .*(space|full)' "and is said"
	is "$(ls "$work/small/run" | grep -c vmcore)" 0 "no torn vmcore is left"
	umount "$work/small"
else
	skip "a disk full during the dump" "needs root for a small file system"
fi

# --- the cache is damaged, and deleted under two runs at once
for image in "$HANGAR_CACHE_HOME"/images/*; do
	[ -d "$image" ] && image=$(find "$image" -type f | head -n 1)
	: >"$image"
done
vm damaged --kernel "$kernel" --for 2s controls/quiet
is "$rc $(verdict_of "$work/damaged")" "0 SURVIVED" "damaged ramdisks in the cache are made anew"
rm -rf "$HANGAR_CACHE_HOME/images"
vm_start first --kernel "$kernel" --for 2s controls/quiet
vm_start second --kernel "$kernel" --for 2s controls/quiet
vm_wait first
is "$rc $(verdict_of "$work/first")" "0 SURVIVED" "two at once with an empty cache: the first"
vm_wait second
is "$rc $(verdict_of "$work/second")" "0 SURVIVED" "and the second"

is "$(ps -eo args= | grep -F "$work" | grep -v grep | grep -c qemu)" 0 "no QEMU is left"
is "$(find "$work" -name scratch.img -o -name 'vmcore.whole' -o -name 'vmcore.flat' | wc -l)" 0 "no file of the moment is left"
done_testing
