#!/usr/bin/env python3
"""How many of the planted bugs the one scenario finds that knows none of them, scenarios/generic-pressure.json: each plant
for itself, in a guest of its own, until a finding counts or the time is up. It ought to be half of them in 10 minutes.
  generic.py [--for SECONDS] [--plant NAME[:N]]... [--cgroup v1|v2] [--again]
Each row is written to tests/bench/generic.md and, whole, to generic.jsonl in the cache of hangar as it is measured; a
plant that was measured with the same scenario for at least as long is not run again, unless --again is given. So the
command may be stopped, and goes on where it was. Exit: 0 when half are found, 1 when not, 125 when a run is missing.
Environment: HANGAR, HANGAR_STRESSORS, HANGAR_SCENARIOS, HANGAR_QEMU; build/ where they are not set.
"""
import argparse
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from guest_runs import events, machine

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
os.environ.setdefault("HANGAR", str(ROOT / "build/runner/hangar"))
os.environ.setdefault("HANGAR_STRESSORS", str(ROOT / "build/stressors"))
SCENARIO = pathlib.Path(os.environ.setdefault("HANGAR_SCENARIOS", str(ROOT / "scenarios"))) / "generic-pressure.json"
CACHE = pathlib.Path(os.environ.get("HANGAR_CACHE_HOME") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "hangar")
RECORD = CACHE / "generic.jsonl"
AIM = 600  # seconds
TOLD = 15  # seconds after a finding in which the guest still tells of hits
COUNTS = ("expected", "other")


def plants():
    """Those that the kernel has; one whose number matters is asked for as its own scenario asks for it."""
    there = [line.split()[0] for line in (CACHE / "built/planted/plants").read_text().splitlines() if line.strip()]
    asked = {}
    for path in SCENARIO.parent.glob("*.json"):
        plant = json.loads(path.read_text()).get("vm", {}).get("plant", "") if path.name != "schema.json" else ""
        if plant:
            asked.setdefault(plant.split(":")[0], plant)
    return [asked.get(name, name) for name in there]


def content():
    return hashlib.sha256(SCENARIO.read_bytes()).hexdigest()[:12]


def read(run, row):
    """What a run's events tell, into its row. Time is counted from the beginning of the first phase; what was seen from
    outside counts from the guest's boot, and tells when the run in it began."""
    began, phase, shift = None, "", 0
    for event in events(run):
        kind = event.get("event")
        at = event.get("t", 0.0) - shift - (began or 0)
        if kind == "run-begin" and began is not None:
            shift = event["t"]
        elif kind == "phase-begin":
            began, phase = (event["t"] if began is None else began), event["phase"]
        elif kind == "plant":
            row["hits"] = max(row["hits"], event.get("hits", 0))
        elif kind == "finding" and event.get("judged") in COUNTS and row["after"] is None:
            row.update(after=round(at, 1), phase=phase, kind=event["kind"], watcher=event["watcher"], judged=event["judged"],
                       text=event.get("text", ""))
        elif kind == "phase-end":
            row["seconds"] = round(max(row["seconds"], at), 1)
    row["seconds"] = max(row["seconds"], row["after"] or 0)


def run_until_told(command, run):
    """A guest whose file system hangs takes a minute to be put away, and nobody needs it: it is ended once it has told."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as vm:
        try:
            while vm.poll() is None:
                time.sleep(1)
                if any(event.get("event") == "finding" and event.get("judged") in COUNTS for event in events(run)):
                    vm.wait(TOLD)
        except subprocess.TimeoutExpired:
            pass
        finally:
            vm.terminate()
    return vm.returncode


def measure(plant, options):
    """One run; None when it ended without a verdict that tells anything, as one that froze while it booted does."""
    row = {"plant": plant, "of": content(), "cgroup": options.cgroup, "asked": options.seconds, "seconds": 0.0, "after": None, "hits": 0}
    with tempfile.TemporaryDirectory(prefix="hangar-generic.", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        run = pathlib.Path(folder) / "run"
        command = [os.environ["HANGAR"], "vm", SCENARIO, "--kernel", "planted", "--plant", plant, "--cgroup", options.cgroup, "--plain",
                   "--quiet", "--dump", "none", "--no-symbols", "--for", f"{options.seconds}s", "--out", run]
        row["code"] = run_until_told(command, run)
        read(run, row)
    told = row["after"] is not None or row["code"] == 0
    print(f"{plant}: exit code {row['code']}, {row['seconds']} s", "" if told else "(no verdict)", flush=True)
    return row if told else None


def recorded():
    rows = [json.loads(line) for line in RECORD.read_text().splitlines()] if RECORD.exists() else []
    return [row for row in rows if row["of"] == content()]


def is_found(row):
    return row is not None and row.get("judged") == "expected"


def line_of(plant, row):
    if row is None:
        return f"| {plant} | not run | | | | |"
    if row["after"] is None:
        return f"| {plant} | no | in {row['seconds']:.0f} s | | | {row['hits']} |"
    found = "yes" if is_found(row) else "as another fault"
    return f"| {plant} | {found} | {row['after']:.1f} s | {row['phase']} | {row['kind']} by {row['watcher']} | {row['hits']} |"


def latest(options, plant):
    """The last run of it that was long enough, or found something."""
    fitting = [row for row in recorded() if (row["plant"], row["cgroup"]) == (plant, options.cgroup) and
               (row["asked"] >= options.seconds or row["after"] is not None)]
    return fitting[-1] if fitting else None


def write(wanted, options):
    """The document; returns how many are found, and how many were not run."""
    rows = {plant: latest(options, plant) for plant in wanted}
    found = sum(is_found(row) for row in rows.values())
    missing = sum(row is None for row in rows.values())
    text = f"""# What the generic scenario finds

Made by `tests/bench/generic.py --for {options.seconds}`; made again by the same command with `--again`.
Machine: {machine()}
Each row is one guest of the planted kernel (`tests/kernels/build`) with cgroup {options.cgroup}, this one bug switched on, and the load of
scenarios/generic-pressure.json, which knows none of them. Time runs from the beginning of its first phase to the first
finding that counts; a number behind a plant is what it was asked for with (tests/kernels/PLANTS.md); `hits` is how often
the planted path was taken, as far as the guest still told. Scenario {content()}. That it finds nothing where there is
nothing is told by `tests/bench/quiet.sh generic-pressure`.

{found} of {len(rows)} are found{f', {missing} not run' if missing else ''}.

| plant | found | after | in phase | seen as | hits |
|---|---|---|---|---|---|
"""
    text += "\n".join(line_of(plant, row) for plant, row in rows.items()) + "\n"
    (HERE / "generic.md").write_text(text)
    return found, missing


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--for", dest="seconds", type=int, default=AIM)
    parser.add_argument("--plant", action="append")
    parser.add_argument("--cgroup", choices=["v1", "v2"], default="v2")
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(125))  # the guest goes, too
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    every = plants() if not options.plant else list(dict.fromkeys(plants() + options.plant))
    for plant in options.plant or every:
        if latest(options, plant) and not options.again:
            continue
        row = measure(plant, options) or measure(plant, options)
        if row:
            with open(RECORD, "a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
        write(every, options)
    found, missing = write(every, options)
    print((HERE / "generic.md").read_text())
    sys.exit(0 if 2 * found >= len(every) else 125 if missing else 1)


main()
