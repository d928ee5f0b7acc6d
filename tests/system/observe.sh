#!/usr/bin/env bash
# A machine that hangs while an observer on another machine listens: a guest under QEMU, its board controller played by ipmi_sim, all over
# loopback. First a run that ends well, watched by an observer that is armed and must not shoot. Then real-time loops take every CPU of
# the guest: its heart falls silent, the observer sends 'chassis power diag', ipmi_sim turns that into an NMI by QMP, the kernel panics
# (unknown_nmi_panic), ramoops keeps its words, and the guest's next boot collects them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/vm/vm.sh"
vm_need
for tool in ipmi_sim ipmitool; do command -v $tool >/dev/null || skip_all "needs $tool"; done
[ -n "${HANGAR_IPMI_DIAG:-}" ] || skip_all "needs the headers of OpenIPMI (libopenipmi-dev), for a board controller that can raise an NMI"

in=$work/in
mkdir "$in" "$work/bmc"
read -r bmc_port sol_port well_port hang_port <<<"$(python3 -c '
import socket
held = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')"

# The board controller
cat >"$work/bmc/lan.conf" <<E2
name "bmc"
loadlib "$HANGAR_IPMI_DIAG" "$work/bmc/chassis"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 $bmc_port
    priv_limit admin
    allowed_auths_admin md5
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "$work/bmc/chassis"
  sol "tcp:127.0.0.1:$sol_port" 115200
  startnow false
  user 2 true "admin" "opensesame" admin 10 none md2 md5 straight
E2
printf 'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n' >"$work/bmc/emu"
cat >"$work/bmc/chassis" <<E2
#!/bin/sh
# ipmi_sim's hands: "get power", and "diag" from ipmi_diag.c, which is an NMI here.
echo "\$*" >>$work/bmc/calls
case \$1 in
get) while [ \$# -gt 1 ]; do shift; echo "\$1:1"; done ;;
diag) exec python3 $work/bmc/nmi ;;
*) exit 1 ;;
esac
E2
cat >"$work/bmc/nmi" <<E2
import json, socket
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("$work/qmp")
f = s.makefile("rw")
f.readline()
for command in "qmp_capabilities", "inject-nmi":
    f.write(json.dumps({"execute": command}) + "\n")
    f.flush()
    while "return" not in (answer := json.loads(f.readline())):
        if "error" in answer:
            raise SystemExit(1)
E2
chmod +x "$work/bmc/chassis"
: >"$work/bmc/calls"
(umask 077; echo 'opensesame' >"$work/bmc/pass")
echo 'a key of twenty bytes' >"$work/key"
cp "$work/key" "$in/key"
ipmi_sim -n -c "$work/bmc/lan.conf" -f "$work/bmc/emu" -s "$work/bmc" >"$work/bmc/log" 2>&1 &
ipmi=127.0.0.1:$bmc_port,admin,$work/bmc/pass
bmc() { ipmitool -I lanplus -H 127.0.0.1 -p "$bmc_port" -U admin -f "$work/bmc/pass" "$@"; }
wait_for 20 bmc chassis power status
is "$(bmc chassis power status 2>/dev/null)" "Chassis Power is on" "the board controller answers"

# The guest
cat >"$in/calm.json" <<'E2'
{ "name": "calm", "about": "Nothing goes wrong but the machine.",
  "phases": [ { "name": "calm", "for": "3s", "run": [ { "use": "alloc", "with": { "bytes": "8M", "pattern": "ramp", "rate": "16M" } } ] } ] }
E2
sed -e 's/"calm", "about"/"hang", "about"/' -e 's/"3s"/"120s"/' "$in/calm.json" >"$in/hang.json"
cat >"$work/silence.json" <<'E2'
{ "name": "silence", "about": "The machine falls silent.",
  "phases": [ { "name": "calm", "for": "3s", "run": [ { "use": "alloc" } ] } ], "expect": { "reproduce": [ { "kind": "silence" } ] } }
E2
cat >"$in/guest" <<E2
boot=\$((\$(cat boot 2>/dev/null || echo 0) + 1))
echo \$boot >boot
mount -t pstore pstore /sys/fs/pstore
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 up
echo 1 >/proc/sys/kernel/unknown_nmi_panic
if [ \$boot -gt 1 ]; then
	hangar collect --json >collect.json 2>collect.log
	echo \$? >collect.rc
else
	hangar run --plain --heartbeat 10.0.2.2:$well_port --heartbeat-key /disk/key /disk/calm.json >well.log 2>&1 </dev/null
	echo \$? >well.rc
	hangar run --plain --heartbeat 10.0.2.2:$hang_port --heartbeat-key /disk/key /disk/hang.json >hang.log 2>&1 </dev/null &
	runner=\$!
	until grep -q '"event":"progress"' /disk/state/runs/*-hang-*/journal.jsonl 2>/dev/null; do usleep 100000; done
	sync
	echo -1 >/proc/sys/kernel/sched_rt_runtime_us
	echo "<2>the guest hangs from here" >/dev/kmsg
	for cpu in 0 1; do taskset -c \$cpu chrt -f 99 sh -c 'while :; do :; done' & done
	wait
fi
E2

observe() { # NAME OPTION...: in the background
	local name=$1
	shift
	"$HANGAR" observe --key "$work/key" --ipmi "$ipmi" --out "$work/$name" "$@" >"$work/$name.log" 2>&1 </dev/null &
	observer=$!
}
observe well --listen 127.0.0.1:$well_port --console "$work/board.console" --silent-after 5s --arm
well=$observer
vm_append='memmap=1M$0x20000000 ramoops.mem_address=0x20000000 ramoops.mem_size=0x100000 ramoops.record_size=0x20000'
vm_qemu=(-netdev user,id=net -device virtio-net-pci,netdev=net,romfile= -qmp "unix:$work/qmp,server=on,wait=off"
	-chardev "socket,id=console,host=127.0.0.1,port=$sol_port,server=on,wait=off,logfile=$work/board.console")
vm_serial=chardev:console
vm_tools=chrt
vm_reboot=
vm_kernel bookworm 6.1 || skip_all "no package of Linux 6.1, and none to be fetched"
vm_start board "$kernel" v2 240 "$in"
observe hang --listen 127.0.0.1:$hang_port --console sol --silent-after 5s --settle 12s --arm "$work/silence.json"
hang=$observer

# The twin without a hang
rc=0
wait $well || rc=$?
is $rc 0 "a run that ends well is left in peace"
has "$work/well/outside.jsonl" '"name":"ended","detail":"run .* said farewell with SURVIVED"' "its farewell is heard"
has_not "$work/well/outside.jsonl" '"event":"(trigger|finding)"' "nothing was found, nothing pulled"
is "$(grep -c diag "$work/bmc/calls")" 0 "the board controller was asked for its power alone"
has "$work/well/outside.jsonl" '"event":"rung","name":"ipmi","result":"usable"' "the trigger had been tried before the watch"

# The hang
rc=0
wait $hang || rc=$?
is $rc 1 "a machine that falls silent is what the scenario expects: REPRODUCED"
has "$work/hang/outside.jsonl" '"event":"finding".*"kind":"silence","judged":"expected","watcher":"heartbeat"' "the silence is found"
is "$(python3 - "$work/hang/outside.jsonl" <<'E2'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
silence = next(e for e in events if e["event"] == "finding" and e["kind"] == "silence")
done = next(e for e in events if e["event"] == "trigger" and e["result"] == "done")
print(5 < silence["after_seconds"] < 6, done["t"] - silence["t"] < 25)
E2
)" "True True" "within a second of its limit, and ipmitool is through with it"
is "$(grep -c diag "$work/bmc/calls")" 1 "the board controller raised one NMI"
has "$work/hang/outside.jsonl" '"event":"trigger","name":"ipmi","result":"asked","detail":"ipmitool -I lanplus .* chassis power diag"' "by ipmitool"
is "$(grep -rl sesame "$work/hang" "$work/well" "$work"/*.log)" "" "the password stands in no record"
has "$work/hang/console.log" 'SOL Session operational' "the console comes over serial-over-LAN"
has "$work/hang/console.log" 'Kernel panic - not syncing: NMI: Not continuing' "and on it the panic that the NMI made"
has "$work/hang/outside.jsonl" '"event":"finding".*"kind":"panic".*"watcher":"console"' "which is a finding of the console"

# The next boot
vm_finish board
is $? 0 "the guest booted again, and powered off by itself"
out=$work/board
is "$(cat "$out/well.rc") $(cat "$out/boot") $(cat "$out/collect.rc")" "0 2 0" "it survived the first run, died in the second, and collected"
[ -e "$out/collect.json" ] || tail -n 40 "$work/board.console" | sed 's/^/# /'
is "$(python3 -c 'import json,sys; print([(r["state"], r["certain"], "NMI" in r["reason"]) for r in json.load(open(sys.argv[1]))["runs"] if r["state"] != "skipped"])' \
	"$out/collect.json")" "[('dump', True, True)]" "the panic of the NMI is in the record of the second run"
[ -z "${HANGAR_VM_KEEP:-}" ] || cp -r "$work" "$HANGAR_VM_KEEP"
done_testing
