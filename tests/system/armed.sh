#!/usr/bin/env bash
# `hangar run --arm` crashes the machine that it runs on. Here that is always a throwaway guest: nothing in this file runs
# hangar outside of one. Its crash kernel writes the vmcore onto the guest's disk, where it is read when the guest is gone.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/vm/vm.sh"
vm_need
for tool in kexec makedumpfile; do command -v "$tool" >/dev/null || skip_all "needs $tool"; done
vm_kernel bookworm 6.1 || skip_all "no Debian 6.1 kernel to be had"
vm_tools='kexec makedumpfile'
vm_append='crashkernel=192M'

# Five times what the slowest guest takes on two cores.
limit=600
in=$work/in
mkdir "$in"
vm_programs "$work/programs.cpio"
cp "$kernel/vmlinuz" "$in/vmlinuz"
{ cat "$work/programs.cpio"; (cd "$kernel" && find modules | cpio -o -H newc --quiet); } | gzip -1 >"$in/initrd"
mkdir "$work/deb"
dpkg-deb --fsys-tarfile "$kernel.deb" | tar -x -C "$work/deb" --wildcards '*/watchdog/watchdog.ko' '*/watchdog/softdog.ko' \
	'*/watchdog/pretimeout_panic.ko' ||
	skip_all "the kernel has no softdog"
find "$work/deb" -name '*.ko' -exec mv {} "$in/" \;

cat >"$in/match.json" <<'E2'
{ "name": "match", "about": "A memcg takes more than it may, and the dump is taken.",
  "groups": { "victims": { "memory": "24M", "swap": "0" } },
  "phases": [ { "name": "storm", "for": "30s", "run": [
    { "use": "alloc", "in": "victims", "restart": "always", "with": { "bytes": "48M", "pattern": "ramp" } } ] } ],
  "expect": { "reproduce": [ "oom-kill" ], "must-reproduce": true },
  "on-match": { "evidence": [ "stacks", "sysrq-w", "sysrq-l", "sysrq-m", "sysrq-t", "memcg", "vmstat", "buddyinfo", "zoneinfo" ],
    "dump": "vmcore", "settle": "1s" } }
E2
sed -e 's/"match"/"quiet"/' -e 's/"48M"/"8M"/' -e 's/"30s"/"3s"/' "$in/match.json" >"$in/quiet.json"
sed -e 's/"match"/"stands"/' -e 's/"48M"/"8M"/' -e 's/"30s"/"300s"/' "$in/match.json" >"$in/stands.json"

# The first part is the crash kernel's, which boots the same ramdisk.
cat >"$in/common" <<'E2'
if [ -e /proc/vmcore ]; then
	makedumpfile --dump-dmesg /proc/vmcore /disk/vmcore-dmesg.txt >/disk/makedumpfile.log 2>&1
	makedumpfile -l -d 31 /proc/vmcore /disk/vmcore >>/disk/makedumpfile.log 2>&1
	echo $? >/disk/makedumpfile.rc
	sync
	poweroff -f
	sleep 60
fi
mkdir -p /etc
echo 'path /disk' >/etc/kdump.conf
load_crash_kernel() {
	kexec -p -s /disk/vmlinuz --initrd=/disk/initrd \
		--append='console=ttyS0 nr_cpus=1 reset_devices quiet panic=-1 no_timer_check' >/disk/kexec.log 2>&1
	echo $? >/disk/kexec.rc
}
doctor() { # NAME TRIGGER
	hangar doctor --for "$2" >"/disk/$1.txt" 2>&1
	echo $? >"/disk/$1.rc"
}
arm() { # NAME SCENARIO OPTION
	hangar run --plain $3 --out "/disk/$1" "/disk/$2.json" >"/disk/$1.log" 2>&1 </dev/null
	echo $? >"/disk/$1.rc"
}
E2
cat >"$in/guest-sysrq" <<'E2'
. /disk/common
doctor before sysrq-c
arm refused match --arm
load_crash_kernel
doctor after sysrq-c,kdump
arm unarmed match
arm pointless quiet --arm
sync
arm armed match --arm
E2
cat >"$in/guest-match" <<'E2'
. /disk/common
insmod /disk/watchdog.ko
insmod /disk/softdog.ko
load_crash_kernel
doctor resets watchdog
insmod /disk/pretimeout_panic.ko
echo panic >/sys/class/watchdog/watchdog0/pretimeout_governor
doctor panics watchdog
arm armed match --arm=watchdog
E2
cat >"$in/guest-stands" <<'E2'
. /disk/common
insmod /disk/watchdog.ko
insmod /disk/softdog.ko
insmod /disk/pretimeout_panic.ko
echo panic >/sys/class/watchdog/watchdog0/pretimeout_governor
load_crash_kernel
dog() { cat /sys/class/watchdog/watchdog0/state /sys/class/watchdog/watchdog0/timeout >"/disk/$1.dog"; }
dog before
arm quiet quiet --arm=watchdog
dog after
hangar run --plain --arm=watchdog --out /disk/stands /disk/stands.json >/disk/stands.log 2>&1 </dev/null &
runner=$!
begun stands
dog during
sync
kill -STOP $runner
sleep 200
E2

# The guest that it is said to be; its files then lie in $work/NAME.
guest() { # NAME
	cp "$in/guest-$1" "$in/guest"
	vm_start "$1" "$kernel" v2 $limit "$in"
	vm_finish "$1"
	[ -e "$work/$1/makedumpfile.rc" ] || tail -n 15 "$work/$1.console" | sed 's/^/# /'
}
said() { has "$work/$1" "$2" "$3"; } # FILE PATTERN WHAT
journal_order() { # FOLDER: seq of the last evidence and of the trigger
	local evidence trigger
	evidence=$(grep -n '"event":"evidence"' "$work/$1/journal.jsonl" | tail -n 1 | cut -d: -f1)
	trigger=$(grep -n '"event":"trigger".*"result":"fired"' "$work/$1/journal.jsonl" | cut -d: -f1)
	[ -n "$evidence" ] && [ -n "$trigger" ] && [ "$evidence" -lt "$trigger" ]
}
dumped() { # GUEST PATTERN WHAT
	is "$(cat "$work/$1/makedumpfile.rc" 2>/dev/null)" 0 "$1: the crash kernel wrote a vmcore"
	said "$1/vmcore-dmesg.txt" "$2" "$1: $3"
	ok "$([ "$(stat -c %s "$work/$1/vmcore" 2>/dev/null || echo 0)" -gt 5000000 ]; echo $?)" "$1: of more than 5 MB"
}

guest sysrq
is "$(cat "$work/sysrq/before.rc")" 125 "without a crash kernel the doctor does not agree"
said sysrq/before.txt 'BAD +crash-kernel ' "and says what is missing"
is "$(cat "$work/sysrq/refused.rc") $(verdict_of "$work/sysrq/refused")" "125 SKIPPED" "and an armed run is skipped"
said sysrq/refused/journal.jsonl '"event":"skip","what":"--arm".*crash-kernel' "with the reason on record"
has_not "$work/sysrq/refused/journal.jsonl" '"event":"setup"' "before anything was changed"
is "$(cat "$work/sysrq/kexec.rc")" 0 "a crash kernel is loaded"
is "$(cat "$work/sysrq/after.rc")" 0 "then the doctor agrees"
is "$(cat "$work/sysrq/unarmed.rc") $(verdict_of "$work/sysrq/unarmed")" "1 REPRODUCED" "a run that is not armed leaves the machine alive"
said sysrq/unarmed/journal.jsonl '"event":"trigger","name":"none","result":"done"' "with the trigger that does nothing"
said sysrq/unarmed/journal.jsonl 'hangar run --arm' "and a note that says how to have the dump"
for rung in sysrq-w sysrq-l sysrq-m sysrq-t; do
	case $rung in
	sysrq-w) text='Show Blocked State' ;;
	sysrq-l) text='NMI backtrace|Show backtrace' ;;
	sysrq-m) text='Mem-Info' ;;
	sysrq-t) text='task:init .*state:' ;;
	esac
	said "sysrq/unarmed/evidence/$rung.txt" "$text" "evidence $rung has what the kernel printed"
done
said sysrq/unarmed/evidence/buddyinfo.txt 'zone +DMA' "evidence buddyinfo"
said sysrq/unarmed/evidence/zoneinfo.txt 'Node 0, zone' "evidence zoneinfo"
is "$(cat "$work/sysrq/pointless.rc") $(verdict_of "$work/sysrq/pointless")" "0 SURVIVED" "an armed run without a match crashes nothing"
ok "$([ ! -e "$work/sysrq/armed.rc" ]; echo $?)" "an armed run with a match does not come back"
ok "$(journal_order sysrq/armed; echo $?)" "what was found and taken is on disk, and that the trigger is fired"
said sysrq/armed/evidence/sysrq-t.txt 'task:init' "so is the evidence itself"
dumped sysrq 'sysrq: Trigger a crash' "of the crash that hangar asked for"

guest match
is "$(cat "$work/match/resets.rc")" 125 "a watchdog that only resets is not good enough for the doctor"
said match/resets.txt 'modprobe pretimeout_panic' "who says what to change"
is "$(cat "$work/match/panics.rc")" 0 "one that panics is"
ok "$(journal_order match/armed; echo $?)" "on a match the watchdog is let fire, after the evidence"
dumped match 'watchdog pretimeout event' "of the watchdog's pretimeout"

guest stands
is "$(head -n 1 "$work/stands/before.dog")" inactive "a watchdog that nobody has started"
is "$(cat "$work/stands/quiet.rc")" 0 "feeds a run that ends well"
is "$(head -n 1 "$work/stands/after.dog")" inactive "and is stopped at its end"
is "$(head -n 1 "$work/stands/during.dog")" active "while a run is on it is active"
has_not "$work/stands/stands/journal.jsonl" '"event":"trigger"' "a runner that stands fires nothing itself"
dumped stands 'watchdog pretimeout event' "by the dead man's switch"
done_testing
