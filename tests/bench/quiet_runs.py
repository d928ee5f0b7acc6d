#!/usr/bin/env python3
"""What tests/bench/quiet.sh needs to know of scenarios and runs: one word, then its arguments.
  scenarios                                    those that were made for a bug
  stretch NAME SECONDS                         the scenario, as long as that
  recorded NAME KERNEL CGROUP SECONDS FILE     exit 0: it is done already
  record NAME KERNEL CGROUP SECONDS CODE RUN FILE    add a run
  table [--write] SECONDS FILE KERNELS CGROUPS NAME...
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from guest_runs import events, machine

HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = pathlib.Path(os.environ.get("HANGAR_SCENARIOS", HERE.parent.parent / "scenarios"))
LONG = 30  # seconds; shorter phases prepare or look, and take as long as that takes
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def seconds_of(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", text).groups()
    return int(number) * UNITS[unit]


def load(name):
    return json.loads((SCENARIOS / f"{name}.json").read_text())


def scenarios():
    every = [json.loads(path.read_text()) for path in sorted(SCENARIOS.glob("*.json")) if path.name != "schema.json"]
    print("\n".join(s["name"] for s in every if s.get("vm", {}).get("plant") or s["name"] == "generic-pressure"))


def stretch(name, wanted):
    scenario = load(name)
    scenario.pop("$schema", None)
    scenario.pop("for", None)
    load_phases = [p for p in scenario["phases"] if seconds_of(p["for"]) >= LONG and "until" not in p]
    rest = sum(seconds_of(p["for"]) for p in scenario["phases"] if p not in load_phases and "until" not in p)
    factor = max(float(wanted) - rest, 5) / sum(seconds_of(p["for"]) for p in load_phases)
    for phase in load_phases:
        phase["for"] = f"{round(seconds_of(phase['for']) * factor * 1000)}ms"
    json.dump(scenario, sys.stdout, indent=1)


def content(name):
    """What the result is true of: the program, its stressors and the scenario, whatever commit they came from."""
    digest = hashlib.sha256()
    stressors = pathlib.Path(os.environ["HANGAR_STRESSORS"])
    programs = sorted(p for p in stressors.iterdir() if p.is_file() and os.access(p, os.X_OK))
    for path in [pathlib.Path(os.environ["HANGAR"]), SCENARIOS / f"{name}.json", *programs]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def rows(path):
    path = pathlib.Path(path)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def recorded(name, kernel, cgroup, seconds, path):
    of = content(name)
    done = any(r["of"] == of and (r["name"], r["kernel"], r["cgroup"]) == (name, kernel, cgroup) and r["asked"] >= int(seconds)
               and r["verdict"] != "NONE" for r in rows(path))
    sys.exit(0 if done else 1)


def longest_stall(result, all_events):
    """Seconds of the slowest step of any stressor, or of what was told while it lasted, whichever is more."""
    steps = [(w.get("slowest_us", 0) / 1e6, w["name"] + (f" in {w['group']}" if w.get("group") else ""))
             for w in result.get("works", [])]
    told = [(f.get("after_seconds", 0), f"{f['kind']} of {f.get('comm', '?')}") for f in result.get("findings", [])
            if f["kind"] in ("stall", "stuck-task", "hung-task", "deadlock")]
    again = [(float(m.group(1)), e["text"].split(" goes on")[0]) for e in all_events if e.get("event") == "note"
             for m in [re.search(r"goes on after ([\d.]+) s", e.get("text", ""))] if m]
    return max(steps + told + again, default=(0, ""))


def record(name, kernel, cgroup, seconds, code, run, path):
    run = pathlib.Path(run)
    happened = list(events(run))
    result = json.loads((run / "result.json").read_text()) if (run / "result.json").exists() else {}
    row = {"name": name, "kernel": kernel, "cgroup": cgroup, "asked": int(seconds), "of": content(name), "code": int(code)}
    row["commit"] = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    row["release"] = next((e["release"] for e in happened if e.get("event") == "outside-begin" and e.get("release")), "")
    phases = result.get("phases", [])
    row["seconds"] = round(sum(max(p.get("end", 0) - p.get("begin", 0), 0) for p in phases), 1)
    row["verdict"], row["reason"] = result.get("verdict", "NONE"), result.get("reason", "")
    row["wrong"] = [{k: f[k] for k in ("kind", "watcher", "judged", "text", "signature", "at_seconds") if k in f}
                    for f in result.get("findings", []) if f["judged"] in ("expected", "other", "broken")]
    row["noted"] = sorted({f["kind"] for f in result.get("findings", []) if f["judged"] == "note"})
    row["stall"], row["stalled"] = longest_stall(result, happened)
    row["slow"] = max([int(m.group(1)) for e in happened if e.get("event") == "note"
                       for m in [re.search(r"up to (\d+) times as slow", e.get("text", ""))] if m], default=1)
    row["steps"], row["oom_kills"] = result.get("steps", 0), result.get("oom_kills", 0)
    if row["verdict"] not in ("SURVIVED", "SKIPPED"):
        keep = pathlib.Path(path).parent / f"{run.name}.{os.getpid()}"
        (run / "vmcore").unlink(missing_ok=True) if row["verdict"] == "NONE" else None
        shutil.copytree(run, keep, dirs_exist_ok=True) if run.exists() else keep.mkdir()
        shutil.copy(f"{run}.log", keep / "hangar.log")
        row["kept"] = str(keep)
    with open(path, "a", encoding="utf-8") as out:
        out.write(json.dumps(row) + "\n")
    print(" ".join([name, kernel, cgroup, f"{row['seconds'] / 60:.1f} min", row["verdict"], row["reason"][:120]]), flush=True)


def line_of(row):
    wrong = "; ".join(f"{f['kind']} by {f['watcher']}" for f in row["wrong"]) or "none"
    if row["verdict"] not in ("SURVIVED", "REPRODUCED", "OTHER_FAULT"):
        wrong = row["reason"][:100]
    stall = f"{row['stall']:.1f} s, {row['stalled']}" if row["stall"] else ""
    return (f"| {row['name']} | {row['release'] or row['kernel']} | {row['cgroup']} | {row['seconds'] / 60:.1f} | {row['verdict']} | "
            f"{wrong} | {stall} | {row.get('slow', '-')} | {row['oom_kills']} | {row['commit']} |")


def table(arguments):
    write = "--write" in arguments
    seconds, path, kernels, cgroups, *names = [a for a in arguments if a != "--write"]
    last = {}
    for row in rows(path):
        key = (row["name"], row["kernel"], row["cgroup"])
        if row["verdict"] != "NONE" or key not in last:
            last[key] = row
    asked = [(n, k, c) for n in names for k in kernels.split() for c in cgroups.split()]
    lines = ["| scenario | kernel | groups | minutes | verdict | wrong findings | longest stall | slow | OOM kills | commit |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    lines += [line_of(last[key]) for key in asked if key in last]
    print("\n".join(lines))
    missing = [key for key in asked if key not in last or last[key]["verdict"] == "NONE"]
    bad = [last[key] for key in asked if key in last and last[key]["verdict"] not in ("SURVIVED", "SKIPPED", "NONE")]
    minutes = sum(last[key]["seconds"] for key in asked if key in last) / 60
    summary = f"{len(asked) - len(missing)} of {len(asked)} combinations, {minutes:.0f} minutes in all, {len(bad)} wrong verdicts"
    skipped = sum(last[key]["verdict"] == "SKIPPED" for key in asked if key in last)
    summary += f", {skipped} skipped" if skipped else ""
    print(summary)
    for row in bad:
        print(f"wrong: {row['name']} {row['release']} {row['cgroup']}: {row['verdict']}: {row['reason']}; kept in {row['kept']}")
    if write:
        document(lines, summary, [last[key] for key in asked if key in last], seconds)
    sys.exit(1 if bad else 125 if missing else 0)


def document(lines, summary, shown, seconds):
    bad = [f"- {r['name']}, {r['release']}, {r['cgroup']}: {r['verdict']}: {r['reason']}" for r in shown
           if r["verdict"] not in ("SURVIVED", "SKIPPED")]
    text = f"""# No false alarm: scenarios on kernels without their bug

Made by `tests/bench/quiet.sh --write`; what is missing below is run by the same command, which goes on where it stopped.
Machine: {machine()}
Each row is one run of `hangar vm SCENARIO --plant none`, its phases of {LONG} s and more stretched or shortened to the minutes shown.
`longest stall` is the slowest step of any stressor, or the time that something stood still when a watcher told of it: to
stand still for a while is no deadlock, and must not become a finding. `slow`: the machine's host let work take so many times as
long as it can, at worst; 1: at most twice, -: not measured. Anything but SURVIVED and SKIPPED is wrong.

{summary}.

"""
    (HERE / "quiet.md").write_text(text + "\n".join(lines + ([""] + bad if bad else [])) + "\n")


word, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
words = {"scenarios": scenarios, "stretch": stretch, "recorded": recorded, "record": record}
if word == "table":
    table(rest)
elif word in words:
    words[word](*rest)
else:
    sys.exit(__doc__)
