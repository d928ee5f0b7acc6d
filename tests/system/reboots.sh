#!/usr/bin/env bash
# A machine that crashes in the middle of a run, reboots, and goes on: pstore keeps the kernel's last words in RAM, the disk keeps
# the run directories. Boots 1 and 2 crash; boot 3 may not go on at first, and then does, to the end. A second guest has a crash
# kernel, which leaves its dump on the disk as Debian's kdump does. Throwaway guests.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/vm/vm.sh"
vm_need

in=$work/in
mkdir "$in"
cat >"$in/calm.json" <<'E2'
{ "name": "calm", "about": "Nothing goes wrong but the machine.",
  "groups": { "small": { "memory": "64M" } },
  "phases": [ { "name": "calm", "for": "40s", "run": [
    { "use": "alloc", "in": "small", "with": { "bytes": "8M", "pattern": "ramp", "rate": "16M" } } ] } ],
  "expect": { "reproduce": [ { "kind": "panic" } ] } }
E2

cat >"$in/guest" <<'E2'
boot=$(($(cat boot 2>/dev/null || echo 0) + 1))
echo $boot >boot
cat /proc/sys/kernel/random/boot_id >boot_id.$boot
mount -t pstore pstore /sys/fs/pstore
ls -l /sys/fs/pstore >pstore.$boot
collect() { # NAME OPTION...
	local name=$1
	shift
	hangar collect --json "$@" >$name.json 2>$name.log
	echo $? >$name.rc
}
watch() { # until the run that was begun last has been in its phase for some seconds
	local new try=0
	until new=$(ls -d /disk/state/runs/* | grep -vxF "${before:-none}") &&
		grep -q '"event":"progress"' "$new/journal.jsonl" 2>/dev/null; do
		try=$((try + 1))
		[ $try -lt 600 ] && kill -0 $runner 2>/dev/null || return 1
		usleep 100000
	done
}
before=$(ls -d /disk/state/runs/* 2>/dev/null)
case $boot in
1)
	collect collect.1
	hangar run --plain --for 40s --seed 77 /disk/calm.json >run.1.log 2>&1 </dev/null &
	runner=$! ;;
2)
	collect collect.2
	collect again.2
	hangar run --resume --plain >run.2.log 2>&1 </dev/null &
	runner=$! ;;
3)
	collect collect.3 --move
	ls -l /sys/fs/pstore >pstore.moved
	hangar run --resume --attempts 1 --plain >refused.log 2>&1 </dev/null
	echo $? >refused.rc
	hangar run --resume --attempts 2 --for 3s --plain >run.3.log 2>&1 </dev/null
	echo $? >run.3.rc
	hangar run --resume --attempts 9 >none.log 2>&1 </dev/null
	echo $? >none.rc ;;
esac
if [ $boot -lt 3 ] && watch; then
	sync
	echo 1 >/proc/sys/kernel/sysrq
	echo c >/proc/sysrq-trigger
fi
E2

vm_tools='kexec makedumpfile'
vm_append='memmap=1M$0x20000000 ramoops.mem_address=0x20000000 ramoops.mem_size=0x100000 ramoops.record_size=0x20000'
vm_reboot=
for tool in $vm_tools; do command -v $tool >/dev/null || vm_tools=; done
vm_kernel bookworm 6.1 || skip_all "no package of Linux 6.1, and none to be fetched"
vm_start crashy "$kernel" v2 240 "$in"
vm_finish crashy
is $? 0 "the guest crashed twice, and powered off by itself"
out=$work/crashy
is "$(cat "$out/boot")" 3 "it booted three times"
[ "$(cat "$out/boot")" = 3 ] || tail -n 40 "$work/crashy.console" | sed 's/^/# /'
is "$(cat "$out"/boot_id.? | sort -u | wc -l)" 3 "with a boot id for each"

json() { python3 -c "import json,sys; d=json.load(open(sys.argv[1])); print($2)" "$1"; }
is "$(cat "$out/collect.1.rc") $(json "$out/collect.1.json" 'len(d["runs"]), len(d["unclaimed"])')" "0 0 0" "before the first run nothing is to be collected"
for boot in 2 3; do
	file=$out/collect.$boot.json
	is "$(cat "$out/collect.$boot.rc")" 0 "boot $boot: collect is content"
	one='[r for r in d["runs"] if r["state"] != "skipped"]'
	is "$(json "$file" "[(r['state'], r['certain'], r['verdict']) for r in $one]")" "[('dump', True, 'REPRODUCED')]" \
		"boot $boot: the record of the store names its run, and its panic is what the scenario expects"
	[ -s "$file" ] || sed 's/^/# /' "$out/collect.$boot.log"
	dir=$out/$(json "$file" "$one[0]['dir'].split('/', 2)[2]")
	has "$dir/evidence/pstore/log.txt" 'Kernel panic - not syncing: sysrq triggered crash' "boot $boot: the kernel's last words are in the record"
	has "$dir/outside.jsonl" '"event":"finding".*"kind":"panic".*"watcher":"pstore"' "boot $boot: and its panic is a finding"
	has "$dir/report.txt" . "boot $boot: with a report"
done
is "$(json "$out/again.2.json" '[r["state"] for r in d["runs"]]')" "['skipped']" "a second collect finds it done"
has "$out/pstore.3" dmesg-ramoops "the store's record is there until it is moved"
is "$(grep -c dmesg-ramoops "$out/pstore.moved")" 0 "--move takes it out of the store"

is "$(cat "$out/refused.rc")" 125 "the attempts are capped"
has "$out/refused.log" '1 attempts to go on were made, and --attempts allows 1' "which is said"
is "$(cat "$out/run.3.rc")" 0 "a third boot goes on to the end, and its run survives"
is "$(cat "$out/none.rc")" 125 "then nothing waits any more"
first=$(grep -l '"attempt":2' "$out"/state/runs/*/attempts.jsonl)
is "$(wc -l <"$first")" 2 "both attempts are counted in the first run"
is "$(cat "$out"/state/runs/*/manifest.json | grep -c '"seed": "77"')" 3 "each of the three has the seed of the first"
is "$(python3 - "$out"/state/runs/*/manifest.json <<'E2'
import json, sys
left = [json.load(open(f)).get("for_us") for f in sorted(sys.argv[1:])]
print(len(left), left[0] == 40000000, left[0] > left[1] > left[2] > 0)
E2
)" "3 True True" "and each has less time left than the one before"
is "$(find "$out"/state/runs -name resumed-by | wc -l)" 2 "the first two lead to the next"

# kdump: /disk/guest runs in the crash kernel, too, which is told by its /proc/vmcore.
for tool in kexec makedumpfile; do
	command -v $tool >/dev/null || { skip "a dump by kdump" "needs $tool"; done_testing; }
done
cat >"$in/guest" <<'E2'
if [ -e /proc/vmcore ]; then
	stamp=$(date +%Y%m%d%H%M)
	to=/disk/crash/$stamp
	mkdir -p $to
	makedumpfile -l -d 31 /proc/vmcore $to/dump-incomplete >$to.log 2>&1 && mv $to/dump-incomplete $to/dump.$stamp
	makedumpfile --dump-dmesg /proc/vmcore $to/dmesg.$stamp >>$to.log 2>&1
	cd /
	umount /disk
	reboot -f
fi
boot=$(($(cat boot 2>/dev/null || echo 0) + 1))
echo $boot >boot
if [ $boot = 1 ]; then
	kexec -p -s /disk/vmlinuz --initrd=/disk/capture.cpio --append='console=ttyS0 nr_cpus=1 reset_devices quiet' >kexec.log 2>&1
	hangar run --plain /disk/calm.json >run.log 2>&1 </dev/null &
	try=0
	until grep -q '"event":"progress"' /disk/state/runs/*/journal.jsonl 2>/dev/null || [ $try -gt 600 ]; do
		usleep 100000
		try=$((try + 1))
	done
	sync
	echo 1 >/proc/sys/kernel/sysrq
	echo c >/proc/sysrq-trigger
fi
hangar collect --crash-dir /disk/crash --json >collect.json 2>collect.log
echo $? >collect.rc
hangar collect --crash-dir /disk/crash --move /disk/state/runs/* >again.log 2>&1
E2
slim=$work/slim
mkdir -p "$slim"/{bin,sbin,proc,sys,dev}
cp "$(command -v busybox)" "$slim/bin/busybox"
install -m 755 "$vm_lib/init" "$slim/init"
cp "$(command -v makedumpfile)" "$slim/sbin/"
ldd "$slim/sbin/makedumpfile" | grep -oE '/[^ ]+' | while read -r file; do cp -L --parents "$file" "$slim/"; done
cp -r "$kernel/modules" "$slim/"
(cd "$slim" && find . | cpio -o -H newc --quiet) >"$in/capture.cpio"
cp "$kernel/vmlinuz" "$in/"
vm_append=crashkernel=192M
vm_start dumper "$kernel" v2 240 "$in"
vm_finish dumper
is $? 0 "a guest with a crash kernel crashed, dumped, and powered off by itself"
out=$work/dumper
is "$(cat "$out/boot") $(cat "$out/collect.rc")" "2 0" "its second boot collects"
[ -s "$out/collect.json" ] || { tail -n 30 "$work/dumper.console"; cat "$out"/crash/*.log "$out/kexec.log"; } | sed 's/^/# /'
is "$(json "$out/collect.json" '[(r["state"], r["certain"], r["verdict"]) for r in d["runs"]]')" "[('dump', True, 'REPRODUCED')]" \
	"the dump's log names its run"
dir=$(echo "$out"/state/runs/*)
is "$(head -c 5 "$dir/vmcore")" KDUMP "the vmcore is in the record"
cmp "$dir/vmcore" "$(echo "$out"/crash/*/dump.*)"
is $? 0 "and is kdump's, which stays where it was"
has "$dir/vmcore-dmesg.txt" 'sysrq: Trigger a crash' "with the kernel's log"
has "$dir/outside.jsonl" '"event":"finding".*"kind":"panic".*"watcher":"vmcore"' "whose panic is a finding"
has "$dir/outside.jsonl" '"event":"vmcore","file":"vmcore".*"result":"done"' "and the vmcore was read as far as notes and log go"
has "$dir/report.txt" '^Dump' "which the report shows"
[ -z "${HANGAR_VM_KEEP:-}" ] || cp -r "$work" "$HANGAR_VM_KEEP"
done_testing
