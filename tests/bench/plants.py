#!/usr/bin/env python3
"""How fast the planted bugs are found, by hangar's scenario and by stress-ng lines (plants.json): the same guest, kernel,
disk, memory, limits, swap, tracing and watchers; only the load differs.
  plants.py [--rounds N] [--cap SECONDS] [--plant NAME[:N]]... [--part PART]... [--results FILE] [--write [--note TEXT]]
  plants.py --plant NAME --line LINE [--beside LINE] [--as nobody] [--keep DIR]
Each run is a line of FILE as soon as it has ended; a FILE that is there is gone on with, up to N runs of each load.
--part (all): loads; message, the kernel's own hung-task message against hangar's finding (ext4-oom, timeout 20 s);
control, the loads with the plant off (twice at most). --write makes plants.md from FILE, with --note TEXT on the conditions;
--rounds 0 measures nothing more.
--line takes this one alone: to look for stronger ones (--beside: another one outside of the scenario's groups).
Environment: HANGAR, HANGAR_STRESSORS, HANGAR_SCENARIOS, HANGAR_QEMU.
"""
import argparse
import copy
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import plants_table

HERE = pathlib.Path(__file__).resolve().parent
HANGAR = os.environ.get("HANGAR", "hangar")
SCENARIOS = pathlib.Path(os.environ.get("HANGAR_SCENARIOS", HERE.parent.parent / "scenarios"))
PLANTS = json.loads((HERE / "plants.json").read_text())
PARTS = {"loads": list(PLANTS), "message": ["ext4-oom"], "control": ["ext4-oom", "order5-nofs"]}
FROZEN_MAX = 2  # guests that froze before their run began are started again so often
RESTART = {"policy": "always", "backoff": "10ms", "backoff-max": "50ms"}


def files_of(program):
    """What a guest must have to run it. The guests of hangar's own load take it along, too: their memory is as large."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return [program] + sorted(set(re.findall(r"(/\S+\.so[-.\w]*) \(", said)))


STRESS_NG = shutil.which("stress-ng") or sys.exit("stress-ng is not installed (Debian has it)")
BUSYBOX = shutil.which("busybox") or sys.exit("busybox is not installed (Debian: busybox-static)")
SETPRIV = shutil.which("setpriv") or sys.exit("setpriv is not installed (util-linux)")
FILES = sorted(set(files_of(STRESS_NG) + files_of(SETPRIV) + [BUSYBOX]))
SCRIPT = """# stress-ng takes its own processes out of the OOM killer's reach; who starts it must not be the only one left to kill
echo -1000 >/proc/$PPID/oom_score_adj
{busybox} ifconfig lo up # for its network stressors
{busybox} chmod 1777 .
exec {user} {stress_ng} {line} --temp-path .
"""
NOBODY = f"{SETPRIV} --reuid 65534 --regid 65534 --clear-groups"


def is_load(phase):
    return bool(phase.get("run")) and phase["name"] != "swap"  # "swap" makes the swap that all of them have


def started(script, group=None):
    run = {"use": "command", "with": {"line": f"{BUSYBOX} sh /job/{script}"}, "restart": RESTART}
    return run | ({"in": group} if group else {})


def rival(scenario, entry, group, cap):
    """The scenario with another load: one phase of it, and the quiet one in which the scenario looks for what is left."""
    user = NOBODY if entry.get("as") == "nobody" else ""
    scripts = {name: SCRIPT.format(busybox=BUSYBOX, stress_ng=STRESS_NG, user=user, line=entry[key])
               for key, name in (("line", "line.sh"), ("beside", "beside.sh")) if key in entry}
    runs = [started(name, group if name == "line.sh" else None) for name in scripts]
    phases = []
    for phase in scenario["phases"]:
        loaded = sum(is_load(p) for p in phases)
        if is_load(phase) and not loaded:
            phases.append({"name": phase["name"], "for": f"{cap}s", "run": runs})
        elif phase["name"] == "swap":
            phases.append(phase | {"run": [run for run in phase["run"] if run["use"] == "swap-churn"]})
        elif not phase.get("run") and loaded == 1:
            phases[-1]["for"] = next(p for p in scenario["phases"] if is_load(p))["for"]
            phases.append(phase)
    scenario["vm"] = scenario["vm"] | {"files": scenario["vm"]["files"] + list(scripts)}
    if entry.get("goes-on"):
        scenario["on-match"] = scenario["on-match"] | {"then": "continue"}
    return scenario | {"phases": phases}, scripts


def with_message(scenario):
    """As it is, but it goes on after its finding, and the kernel complains after 20 s."""
    changed = scenario | {"sysctls": scenario.get("sysctls", {}) | {"kernel.hung_task_timeout_secs": 20}}
    return changed | {"on-match": scenario["on-match"] | {"then": "continue"}}


def control(scenario, scripts, about):
    """The same load with the plant off; what the plant makes a kernel thread do is done for it by hand."""
    scripts |= {"ask.sh": about.get("without", ":") + "\n"}
    first, *others = scenario["phases"]
    first = first | {"run": [started("ask.sh") | {"keep": True, "restart": "never"}] + first["run"]}
    vm = scenario["vm"] | {"plant": "none", "files": scenario["vm"]["files"] + ["ask.sh"]}
    return scenario | {"vm": vm, "phases": [first, *others]}, scripts


def read_run(run, uptime):
    """Seconds from the begin of the load (or from @uptime, when the fault can come no sooner): the fault, who told of it
    when, the kernel's own message; hits and their time."""
    result = json.loads((run / "result.json").read_text())
    events = [json.loads(line) for line in (run / "journal.jsonl").read_text(errors="replace").splitlines()
              if '"event":"run-begin"' in line or '"event":"plant"' in line]
    begin = next(p["begin"] for p in result["phases"] if p["phase"] != "swap")
    if uptime and any(event.get("hits_before") for event in events):
        raise ValueError("so slow a boot that the fault was over before the load began")
    begin = max(begin, uptime - events[0]["epoch_us"] / 1e6)
    wrapped = [int(found) for f in result["findings"] for found in re.findall(r"Delta way too big! .* ts=(\d+)", f["text"])]
    told = [f for f in result["findings"] if f["judged"] == "expected"]
    message = [f["at_seconds"] - begin for f in told if f["kind"] == "hung-task"]
    row = {"verdict": result["verdict"], "message": message[0] if message else None}
    if told:
        first = min(told, key=lambda f: f["at_seconds"])
        waited = first.get("after_seconds", 0) if first["kind"] in ("deadlock", "stuck-task", "hung-task") else 0
        row |= {"told": first["at_seconds"] - begin, "fault": first["at_seconds"] - waited - begin,
                "kind": first["kind"], "watcher": first["watcher"]}
        if wrapped:  # the clock of the kernel's log was ahead of what the journal goes by, by some of the boot's time
            row |= {"told": (wrapped[0] + (1 << 54)) % (1 << 64) / 1e9 - uptime}
            row |= {"fault": row["told"]}
    row |= {"length": max(p.get("end") or result["seconds"] for p in result["phases"]) - begin, "hits": 0, "hits_in": 0}
    for event in events[1:]:
        row |= {"hits": event["hits"], "hits_in": min(event["t"] - begin, row["length"])}
    return row


def measure(scenario, scripts, folder, seconds, uptime):
    for name, text in scripts.items():
        (folder / name).write_text(text)
    (folder / "scenario.json").write_text(json.dumps(scenario))
    run = folder / "run"
    argv = [HANGAR, "vm", folder / "scenario.json", "--kernel", "planted", "--dump", "none", "--no-symbols", "--quiet",
            "--plain", "--out", run, "--for", f"{seconds}s"]
    code = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
    try:
        return read_run(run, uptime)
    except (OSError, KeyError, ValueError, StopIteration) as err:
        print(f"# exit code {code}, {type(err).__name__}: {err}", file=sys.stderr)
        return None


def prepared(name, number, part):
    """The scenario of a plant, as all loads have it."""
    about = PLANTS[name]
    scenario = json.loads((SCENARIOS / f"{about['scenario']}.json").read_text())
    scenario.pop("$schema", None)
    number = number or about.get("number")
    plant = f"{name}:{number}" if number else scenario["vm"]["plant"]
    scenario["vm"] |= {"files": scenario["vm"].get("files", []) + FILES, "plant": plant}
    scenario |= {"watch": about["watch"]} if "watch" in about and part != "message" else {}
    scenario.get("watch", {}).pop("progress", None)  # a foreign load tells of no steps
    return scenario


def loads_of(plant, part, options):
    """Pairs of a load's name and its scenario with the scripts that belong to it."""
    name, _, number = plant.partition(":")
    about, scenario = PLANTS[name], prepared(name, number, part)
    if part == "message":
        return [(part, (with_message(scenario), {}))]
    own = {key: getattr(options, key) for key in ("line", "beside", "as") if getattr(options, key)}
    loads = [] if own else [("hangar", (scenario, {}))]
    loads += [(plants_table.name_of(entry), rival(copy.deepcopy(scenario), entry, about.get("in"), options.cap))
              for entry in ([own] if own else about["lines"])]
    return [(load, control(*made, about)) for load, made in loads] if part == "control" else loads


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run_once(plant, part, load, made, options):
    scenario, scripts = made
    lead = sum(3 for p in scenario["phases"] if p["name"] == "swap")
    look = sum(20 for p in scenario["phases"] if not p.get("run"))
    uptime = PLANTS[plant.partition(":")[0]].get("uptime", 0)
    for _ in range(FROZEN_MAX + 1):
        with tempfile.TemporaryDirectory(prefix="hangar-bench.", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
            row = measure(scenario, scripts, pathlib.Path(folder), options.cap + lead + look, uptime)
            if options.keep:
                shutil.copytree(folder, options.keep, dirs_exist_ok=True)
        if row:
            break
    now = datetime.datetime.now().isoformat(timespec="seconds")
    row = {"plant": plant, "part": part, "load": load, "cap": options.cap, "at": now} | (row or {})
    with options.results.open("a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)


def measure_all(part, options):
    entries = [entry for about in PLANTS.values() for entry in about["lines"]]
    limits = {plants_table.name_of(entry): entry["rounds"] for entry in entries if "rounds" in entry}
    rounds = min(options.rounds, 2) if part == "control" else options.rounds
    for plant in options.plant or PARTS[part]:
        for turn in range(1, rounds + 1):  # all loads in turn, so that what else the machine does meets all of them
            for load, made in loads_of(plant, part, options):
                done = sum((row["plant"], row["part"], row["load"]) == (plant, part, load) for row in rows_of(options.results))
                if options.line or done < min(turn, limits.get(load, turn)):
                    run_once(plant, part, load, made, options)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cap", type=int, default=60)
    parser.add_argument("--plant", action="append")
    parser.add_argument("--part", action="append", choices=sorted(PARTS))
    parser.add_argument("--line")
    parser.add_argument("--beside")
    parser.add_argument("--as", choices=["nobody"])
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--note", default="")
    options = parser.parse_args()
    options.results = options.results or pathlib.Path(tempfile.mkdtemp(prefix="hangar-plants.")) / "runs.jsonl"
    print(f"# {options.results}", file=sys.stderr)
    for part in options.part or (["loads"] if options.line else PARTS):
        measure_all(part, options)
    if options.write:
        plants_table.write(HERE / "plants.md", rows_of(options.results), PLANTS, options.note)


main()
