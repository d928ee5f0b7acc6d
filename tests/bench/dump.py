#!/usr/bin/env python3
"""From symptom to complete vmcore, against the tools' own time in the same run: hangar vm hangs a guest and dumps it.
  qmp:  symptom to vmcore, against QEMU's dump-guest-memory (its own STOP to RESUME) and makedumpfile -l -d 31 on what it wrote
  nmi:  symptom to vmcore, against the crash kernel's boot and makedumpfile's time in it
Also the size, against makedumpfile's. Limits: 1.3 in time, 1.0 in size. Environment: HANGAR, HANGAR_KERNEL, ROUNDS.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT = 1.3
KERNEL = os.environ.get("HANGAR_KERNEL", "debian:6.1")
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def hunt(folder, way):
    """Run the control once; its events from outside by name, the last of each."""
    run = os.path.join(folder, way)
    command = [os.environ["HANGAR"], "vm", "controls/hung-task", "--kernel", KERNEL, "--no-symbols", "--dump", way,
               "--keep-whole", "--quiet", "--plain", "--out", run]
    code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
    events = {}
    for line in open(os.path.join(run, "outside.jsonl"), encoding="utf-8"):
        event = json.loads(line)
        events[event.get("text") or event["event"]] = event
    if code != 1 or events["dump"]["result"] != "done":
        sys.exit(f"{way}: exit {code}, {events.get('dump')}")
    return run, events


def makedumpfile(whole):
    """Seconds and bytes of a plain run on the unfiltered dump."""
    out = whole + ".rival"
    began = time.monotonic()
    subprocess.run(["makedumpfile", "-l", "-d", "31", whole, out], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - began, os.path.getsize(out)


def by_qmp(folder):
    run, events = hunt(folder, "qmp")
    own = (events["QEMU: RESUME"]["qemu_us"] - events["QEMU: STOP"]["qemu_us"]) / 1e6
    seconds, size = makedumpfile(os.path.join(run, "vmcore.whole"))
    return events["dump"]["after_symptom_seconds"], own + seconds, events["dump"]["bytes"], size


def by_nmi(folder):
    _, events = hunt(folder, "nmi")
    dump = events["dump"]
    return dump["after_symptom_seconds"], dump["boot_seconds"] + dump["filter_seconds"], dump["bytes"], dump["bytes"]


def main():
    failed = False
    print(f"{KERNEL}, {ROUNDS} rounds, medians")
    print(f"{'way':6} {'hangar s':>9} {'rival s':>9} {'ratio':>6} {'MB':>7} {'rival MB':>9} {'ratio':>6}")
    for name, measure in (("qmp", by_qmp), ("nmi", by_nmi)):
        rows = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory(prefix="hangar-bench.", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
                rows.append(measure(folder))
        ours, rival, size, rival_size = (statistics.median(column) for column in zip(*rows))
        time_ratio = statistics.median(row[0] / row[1] for row in rows)
        size_ratio = statistics.median(row[2] / row[3] for row in rows)
        print(f"{name:6} {ours:9.2f} {rival:9.2f} {time_ratio:6.2f} {size / 1e6:7.1f} {rival_size / 1e6:9.1f} {size_ratio:6.2f}")
        failed = failed or time_ratio > LIMIT or size_ratio > 1.001
    sys.exit(failed)


main()
