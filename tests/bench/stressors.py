#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each stressor against stress-ng's nearest one, in operations per CPU second, counted by the kernel.

Neither side's own counters are used, since what they call an operation differs. A row names what the kernel counts
for both: minor faults of the processes (getrusage), thp_* of /proc/vmstat, /proc/fs/xfs/stat, writes of a loop
device, or tracepoints (perf stat, inherited by children). CPU seconds are user and system time of the processes
with all their children. The two sides run in turn, several rounds; the ratio is the median of those of the rounds, so that
a machine whose load changes disturbs both alike. Files lie on a fresh xfs or ext4 on a loop device over a file in memory.

alloc-and-write does three things at once and stress-ng has no such program: its counts are worth the CPU
seconds in which stress-ng's programs for one of them do as many, and the ratio is worth to spent.

Usage: stressors.py [--rounds N] [--seconds N] [--stressors DIR] [--only TEXT] [--survey]
Needs root (mount, tracepoints), stress-ng, perf, mkfs.xfs and mkfs.ext4; what is missing is a skipped row.
--survey runs every candidate of stress-ng once, to see which one is the strongest.
Exit status: 0, 1 when a ratio is below 1 by more than noise without a reason, 77 when nothing could run.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

IMAGE_BYTES = 512 << 20  # mkfs.xfs wants 300 MiB
# Ratios of one side against itself scatter by about as much on a busy machine; below it both sides are equal.
NOISE = 0.05
FAILED = (RuntimeError, OSError, KeyError, ValueError, subprocess.CalledProcessError)


# What the kernel counts. Each class runs argv in a folder and returns (operations, CPU seconds).

def run(argv, folder):
    """Run it in @folder; its resource usage with that of all its children."""
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(folder)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(argv)} ended with {status}")
    return usage


def cpu(usage):
    return usage.ru_utime + usage.ru_stime


class Faults:
    def measure(self, argv, folder):
        usage = run(argv, folder)
        return usage.ru_minflt, cpu(usage)


def traced(argv, folder, events):
    """How often each event occurred in it, by perf stat, and its resource usage."""
    with tempfile.NamedTemporaryFile("r") as out:
        usage = run(["perf", "stat", "-x,", "-o", out.name, "-e", ",".join(events), "--"] + argv, folder)
        counts = {words[2]: int(words[0]) for words in (line.split(",") for line in out)
                  if len(words) > 2 and re.fullmatch(r"\d+", words[0])}
    return [counts[e] for e in events], usage


class Trace:
    """Tracepoints, counted by perf stat around the command."""

    def __init__(self, *events):
        self.events = events

    def measure(self, argv, folder):
        counts, usage = traced(argv, folder, self.events)
        return sum(counts), cpu(usage)


class Difference:
    """A counter of the whole machine, before and behind."""

    def measure(self, argv, folder):
        before = self.read(folder)
        usage = run(argv, folder)
        return self.read(folder) - before, cpu(usage)


class Vmstat(Difference):
    def __init__(self, *names):
        self.names = names

    def read(self, _folder):
        with open("/proc/vmstat", encoding="ascii") as f:
            values = dict(line.split() for line in f)
        return sum(int(values[n]) for n in self.names)


class XfsStat(Difference):
    """Fields, from 1, of a line of /proc/fs/xfs/stat."""

    def __init__(self, key, *fields):
        self.key, self.fields = key, fields

    def read(self, _folder):
        with open("/proc/fs/xfs/stat", encoding="ascii") as f:
            lines = {words[0]: words for words in map(str.split, f)}
        return sum(int(lines[self.key][i]) for i in self.fields)


class DeviceBlocks(Difference):
    """4 KiB blocks written to the device under the folder."""

    def read(self, folder):
        number = os.stat(folder).st_dev
        with open(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}/stat", encoding="ascii") as f:
            return int(f.read().split()[6]) // 8


class Row:
    def __init__(self, stressor, options, theirs, what, count, fs=None, why=""):
        self.stressor, self.options, self.theirs = stressor, options, theirs
        self.what, self.count, self.fs, self.why = what, count, fs, why

    def ours(self, args):
        return [os.path.join(args.stressors, self.stressor), f"--seconds={args.seconds}"] + self.options.split()

    def candidates(self, args):
        return [["stress-ng"] + t.split() + ["-t", str(args.seconds)] for t in self.theirs]

    def rate(self, argv):
        with Scratch(self.fs) as folder:
            n, seconds = self.count.measure(argv, folder)
        return n / seconds

    def round(self, args, number):
        """Both sides once, in turn the one and the other first: operations per CPU second, ours and theirs."""
        if number % 2:
            theirs = self.rate(self.candidates(args)[0])
            return self.rate(self.ours(args)), theirs
        return self.rate(self.ours(args)), self.rate(self.candidates(args)[0])


class PricedRow(Row):
    """Faults and events of ours at the prices of theirs: CPU seconds worth, against CPU seconds spent."""

    def measure(self, argv):
        with Scratch(self.fs) as folder:
            counts, usage = traced(argv, folder, self.count)
        return [usage.ru_minflt] + counts, cpu(usage)

    def round(self, args, number):
        mine, spent = self.measure(self.ours(args))
        worth = 0.0
        for i, argv in enumerate(self.candidates(args)):
            theirs, seconds = self.measure(argv)
            worth += mine[i] * seconds / theirs[i]
        return worth / spent, 1.0


# The first candidate of a row is the one that is compared: the nearest in what it does, and of those the strongest.
NAMES = XfsStat("dir", 2, 3)
HUGE = Vmstat("thp_fault_alloc", "thp_split_pmd")
SYNCS = Trace("ext4:ext4_sync_file_enter")
HDD = "--hdd 1 --hdd-bytes 1M --hdd-write-size 4K --hdd-opts "
VM = "--vm 1 --vm-bytes 64M --vm-method write64 --no-madvise"

ROWS = [
    # stress-ng's vm maps with MADV_POPULATE_READ and then writes: two faults a page, and so does this.
    Row("alloc", "--populate=read", [VM, "--vm 1 --vm-bytes 64M"], "minor faults", Faults(),
        why="both spend about 95 % of their CPU time in the kernel's fault path, so they are equal but for noise"),
    Row("alloc", "", ["--bigheap 1 --bigheap-growth 1M", "--malloc 1 --malloc-touch --malloc-bytes 64M", "--brk 1",
                      "--mremap 1 --mremap-bytes 64M", "--shm 1"], "minor faults", Faults()),
    PricedRow("alloc-and-write", "--bytes=64M --file-bytes=4K --files=16", ["--bigheap 1 --bigheap-growth 1M", HDD + "fsync", "--touch 1 --touch-opts excl"],
              "worth, of CPU seconds", ["ext4:ext4_sync_file_enter", "ext4:ext4_allocate_inode"], fs="ext4",
              why="its threads share one address space and one descriptor table, as in the report: unmapping interrupts the "
              "writer's CPU, and each use of a descriptor takes a reference"),
    Row("fsync-writer", "--file-bytes=1M", [HDD + "fsync"], "ext4 syncs", SYNCS, fs="ext4"),
    Row("fsync-writer", "--file-bytes=1M --sync=fdatasync", [HDD + "fdatasync"], "ext4 syncs", SYNCS, fs="ext4"),
    Row("fsync-writer", "--file-bytes=1M --sync=o_dsync", [HDD + "dsync"], "ext4 syncs", SYNCS, fs="ext4"),
    Row("fsync-writer", "--file-bytes=1M --block=64K --sync=sync_file_range --layout=overwrite", ["--sync-file 1 --sync-file-bytes 1M"],
        "blocks written", DeviceBlocks(), fs="ext4"),
    Row("fsync-writer", "--file-bytes=1M --sync=msync --layout=overwrite", ["--msync 1 --msync-bytes 1M"],
        "blocks written", DeviceBlocks(), fs="ext4"),
    Row("fsync-writer", "--file-bytes=1M --sync=none --engine=io_uring --layout=overwrite", ["--io-uring 1"],
        "ring completions", Trace("io_uring:io_uring_complete"), fs="ext4"),
    Row("creat-storm", "--mix=create:1,unlink:1", ["--touch 1 --touch-opts excl", "--dentry 1", "--dirmany 1", "--filename 1"],
        "names made, removed", NAMES, fs="xfs"),
    Row("creat-storm", "--mix=rename:1 --files=16 --dirs=2", ["--rename 1"], "names made, removed", NAMES, fs="xfs"),
    Row("creat-storm", "--mix=link:1 --files=16", ["--link 1"], "names made, removed", NAMES, fs="xfs"),
    Row("creat-storm", "--mix=symlink:1 --files=16", ["--symlink 1"], "names made, removed", NAMES, fs="xfs"),
    Row("creat-storm", "--mix=mkdir:1 --files=16", ["--dir 1"], "names made, removed", NAMES, fs="xfs"),
    Row("thp-churn", "", ["--vm 1 --vm-bytes 64M --vm-madvise hugepage --vm-method write64", "--madvise 1", "--mmap 1 --mmap-bytes 64M",
                          "--mremap 1 --mremap-bytes 64M", "--mprotect 1", "--mmaphuge 1"], "huge faults, splits", HUGE),
    Row("itimer", "--mix=real:2,virtual:1,prof:1", ["--itimer 1"], "itimers set, expired",
        Trace("timer:itimer_state", "timer:itimer_expire")),
    Row("itimer", "--mix=alarm:1", ["--alarm 1"], "itimers set, expired", Trace("timer:itimer_state", "timer:itimer_expire")),
    Row("itimer", "", ["--timer 1 --timer-freq 1000000", "--hrtimers 1", "--timerfd 1", "--clock 1"], "hrtimers set, expired",
        Trace("timer:hrtimer_start", "timer:hrtimer_expire_entry")),
    Row("itimer", "--mix=signal:1", ["--signal 1", "--sigpending 1", "--sigrt 1", "--sigq 1"], "signals delivered",
        Trace("signal:signal_deliver")),
]


class Scratch:
    """An empty file system of its own on a loop device over a file in memory; None: just a folder there."""

    def __init__(self, kind):
        self.kind, self.folder = kind, None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="hangar-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        if not self.kind:
            return self.folder
        try:
            return self.make()
        except BaseException:
            self.__exit__()
            raise

    def make(self):
        image, mount = self.folder + "/image", self.folder + "/mnt"
        with open(image, "wb") as f:
            f.truncate(IMAGE_BYTES)
        os.mkdir(mount)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        subprocess.run(["mkfs." + self.kind, "-q", image], **quiet)
        subprocess.run(["mount", "-o", "loop", image, mount], **quiet)
        return mount

    def __exit__(self, *_):
        if self.kind:
            subprocess.run(["umount", self.folder + "/mnt"], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)


def survey(row, args):
    print(f"{row.stressor} {row.options}: {row.what}")
    for argv in [row.ours(args)] + row.candidates(args):
        try:
            print(f"{row.rate(argv):14.0f}  {' '.join(argv[1:])}", flush=True)
        except FAILED as e:
            print(f"{'-':>14}  {e}", flush=True)


def compare(row, args):
    """One line of the table. The ratio, or None when the row could not run."""
    name = f"{row.stressor} {row.options}".strip()
    try:
        rounds = [row.round(args, i) for i in range(args.rounds)]
    except FAILED as e:
        print(f"{name}\n    skipped: {e}", flush=True)
        return None
    ours, theirs = (statistics.median(side) for side in zip(*rounds))
    ratios = sorted(a / b for a, b in rounds)
    ratio = statistics.median(ratios)
    print(f"{name}\n    {row.what:22} {ours:12,.4g} {theirs:12,.4g} {ratio:7.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
          f"  against {' and '.join(row.theirs if isinstance(row, PricedRow) else row.theirs[:1])}", flush=True)
    if ratio < 1:
        print(f"    below 1: {row.why or ('equal within noise' if ratio >= 1 - NOISE else 'NO REASON KNOWN')}", flush=True)
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--stressors", default=os.environ.get("HANGAR_BUILT_STRESSORS", "build/stressors"))
    parser.add_argument("--only", default="", help="rows whose stressor and options contain this")
    parser.add_argument("--survey", action="store_true")
    args = parser.parse_args()
    args.stressors = os.path.abspath(args.stressors)
    rows = [r for r in ROWS if args.only in f"{r.stressor} {r.options}"]
    if args.survey:
        for r in rows:
            if not isinstance(r, PricedRow):
                survey(r, args)
        return 0
    if os.geteuid() != 0 or not shutil.which("stress-ng") or not shutil.which("perf"):
        print("skipped: needs root, stress-ng and perf")
        return 77
    print(f"operations per CPU second, medians of {args.rounds} rounds of {args.seconds} s a side\n"
          f"    {'counted':22} {'hangar':>12} {'stress-ng':>12}   ratio  (of the rounds)")
    ratios = [(r, compare(r, args)) for r in rows]
    if all(ratio is None for _, ratio in ratios):
        return 77
    return int(any(ratio is not None and ratio < 1 - NOISE and not r.why for r, ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
