#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A long kernel log on standard output: the real logs of tests/data among what kernels say all day. Deterministic.

usage: kernel_log.py BYTES [DATA-FOLDER]
"""
import pathlib
import random
import re
import sys

size = int(float(sys.argv[1]))
data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent / "data")
BOOT = 16 << 20  # bytes of one boot, which is then repeated
QUIET = 3000     # lines between two reports: a machine in trouble, one log line in twenty is of a report
CUT = 200        # lines of a log at one time
rng = random.Random(4)
stamp = re.compile(r"^(<\d+>)?\[ *\d+\.\d+\] ?")

chatter = """usb 1-{a}: new high-speed USB device number {b} using xhci_hcd
usb 1-{a}: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=31.00
usb 1-{a}: USB disconnect, device number {b}
IPv6: ADDRCONF(NETDEV_CHANGE): veth{x}: link becomes ready
docker0: port {a}(veth{x}) entered forwarding state
docker0: port {a}(veth{x}) entered disabled state
device veth{x} left promiscuous mode
audit: type=1400 audit(17{b}.{a}:{b}): apparmor="ALLOWED" operation="open" profile="snap.{x}" pid={b} comm="python3" requested_mask="r"
e1000e: eth{a} NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx
[drm] GuC firmware i915/kbl_guc_70.1.1.bin version 70.1.{a}
[UFW BLOCK] IN=eth0 OUT= MAC=00:16:3e:{x} SRC=10.0.{a}.{b} DST=10.0.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=54 ID={b} DF PROTO=TCP SPT={b} DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0
systemd[1]: Started Session {b} of user root.
EXT4-fs (sda{a}): mounted filesystem with ordered data mode. Opts: (null)
pci 0000:00:{a}.0: BAR {a}: assigned [mem 0xfe{x}-0xfe{x}fff 64bit pref]
perf: interrupt took too long ({b} > {a}000), lowering kernel.perf_event_max_sample_rate to {b}
CPU{a}: Core temperature above threshold, cpu clock throttled (total events = {b})
nvme nvme0: {a}/0/0 default/read/poll queues
ACPI: \\_SB_.PCI0.LPCB: No _PRT entry for device {x}
nf_conntrack: nf_conntrack: table full, dropping packet
TCP: request_sock_TCP: Possible SYN flooding on port {b}. Sending cookies.  Check SNMP counters.
wlan0: deauthenticated from 00:16:3e:{x} (Reason: {a}=DISASSOC_AP_BUSY)
python3[{b}]: segfault at {x} ip 00007f{x} sp 00007ffc{x} error 4 in libc-2.31.so[7f{x}+14b000]
CIFS: VFS: \\\\server has not responded in 180 seconds. Reconnecting...
igb 0000:0{a}:00.0 eth{a}: igb: eth{a} NIC Link is Down""".split("\n")


def quiet_line():
    return rng.choice(chatter).format(a=rng.randrange(10), b=rng.randrange(1000, 60000), x="%06x" % rng.randrange(1 << 24))


def reports():
    paths = sorted(p for folder in ("kmsg", "logs") for p in (data / folder).glob("*.log"))
    for path in paths:
        text = path.read_bytes().decode(errors="replace")
        yield [stamp.sub("", l) for l in text.splitlines()[:CUT]]


def one_boot():
    told, out, seconds, have = list(reports()), [], 0.0, 0
    rng.shuffle(told)
    out.append("[    0.000000] Linux version 5.10.0-29-amd64 (gcc-10 (Debian 10.2.1-6) 10.2.1 20210110) #1 SMP\n")
    turn = 0
    while have < BOOT:
        lines = [quiet_line() for _ in range(QUIET)] + told[turn % len(told)]
        syslog = turn % 2
        turn += 1
        for i, line in enumerate(lines):
            if i < QUIET or i % 50 == 0:
                seconds += 3.1 if i == QUIET else rng.random() * 0.05
            text = f"[{seconds:12.6f}] {line}\n"
            if syslog:
                text = f"Nov 23 {int(seconds) // 3600 % 24:02d}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d} host kernel: {text}"
            out.append(text)
            have += len(text)
    return "".join(out).encode(errors="replace")


block = one_boot()
try:
    while size > 0:
        size -= sys.stdout.buffer.write(block[:size])
except BrokenPipeError:
    sys.stderr.close()
