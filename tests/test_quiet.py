#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/bench/quiet.sh with a hangar that is played: what it runs, what it counts as wrong, and that it goes on
where it stopped.

Usage: test_quiet.py SOURCE_ROOT"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
ACTOR = """#!/usr/bin/env python3
import json, pathlib, sys
if sys.argv[1] != "vm": sys.exit(128)
argument = lambda name: sys.argv[sys.argv.index(name) + 1]
scenario = json.load(open(sys.argv[-1]))
out = pathlib.Path(argument("--out"))
out.mkdir()
assert argument("--plant") == "none"
with open(CALLS, "a") as f:
    print(scenario["name"], argument("--kernel"), argument("--cgroup"), [p["for"] for p in scenario["phases"]], file=f)
if scenario["name"] == "freezes":
    (out / "outside.jsonl").write_text('{"event":"finding","kind":"silence"}\\n')
    (out / "result.json").write_text('{"verdict":"OTHER_FAULT","reason":"silence"}')
    sys.exit(1)
wrong = scenario["name"] == "alarms"
found = {"kind": "stuck-task", "judged": "expected", "watcher": "tasks", "text": "x", "after_seconds": 31.5, "comm": "jbd2"}
(out / "journal.jsonl").write_text('{"event":"armed"}\\n{"event":"note","text":"progress: alloc#1 goes on after 17.5 s (finding 2)"}\\n')
(out / "result.json").write_text(json.dumps({"verdict": "REPRODUCED" if wrong else "SURVIVED", "reason": "because",
    "findings": [found] if wrong else [], "works": [{"name": "alloc", "group": "g", "slowest_us": 2500000}],
    "phases": [{"begin": 1.0, "end": 181.0}]}))
sys.exit(1 if wrong else 0)
"""
facts = []


def fact(name, is_so, said=""):
    facts.append((name, is_so, said))


def phase(length, **more):
    return {"name": "p" + length, "for": length, "run": [], **more}


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "scenarios").mkdir()
    (folder / "stressors").mkdir()
    phases = [phase("2s"), phase("1m"), phase("1m", until={}), phase("2m")]
    for name, vm in (("calm", {"plant": "x"}), ("alarms", {"plant": "x"}), ("freezes", {"plant": "x"}), ("other", {})):
        (folder / "scenarios" / f"{name}.json").write_text(json.dumps({"name": name, "vm": vm, "phases": phases}))
    (folder / "scenarios" / "schema.json").write_text("{}")
    (folder / "hangar").write_text(ACTOR.replace("CALLS", repr(str(folder / "calls"))))
    (folder / "hangar").chmod(0o755)
    env = dict(os.environ, HANGAR=str(folder / "hangar"), HANGAR_STRESSORS=str(folder / "stressors"),
               HANGAR_SCENARIOS=str(folder / "scenarios"), TMPDIR=str(folder))

    def quiet(*arguments):
        """Exit code, what it says, and what it ran."""
        (folder / "calls").unlink(missing_ok=True)
        done = subprocess.run([root / "tests" / "bench" / "quiet.sh", "--results", folder / "kept" / "r.jsonl", "--for", "182s",
                               "--jobs", "1", *arguments], env=env, capture_output=True, text=True)
        ran = (folder / "calls").read_text().splitlines() if (folder / "calls").exists() else []
        return done.returncode, done.stdout + done.stderr, ran

    code, said, ran = quiet("--kernel", "k1", "--kernel", "k2", "--cgroup", "v1", "calm")
    fact("each kernel has its run", [r.split("[")[0] for r in ran] == ["calm k1 v1 ", "calm k2 v1 "], ran)
    fact("long phases share the time, short and conditional ones stay", "['2s', '60000ms', '1m', '120000ms']" in ran[0], ran)
    fact("all survived: exit 0", code == 0, (code, said))
    fact("the longest stall is told, whoever saw it", "17.5 s, progress: alloc#1" in said, said)
    code, said, ran = quiet("--kernel", "k1", "--kernel", "k2", "--cgroup", "v1", "calm")
    fact("what is recorded is not run again", (code, ran) == (0, []), (code, ran))
    code, said, ran = quiet("--kernel", "k1", "--cgroup", "v1", "--for", "183s", "calm")
    fact("longer ones are", len(ran) == 1, ran)
    code, said, ran = quiet("--kernel", "k1", "--cgroup", "v2")
    fact("those that name a plant are run", sorted(r.split()[0] for r in ran) == ["alarms", "calm", "freezes"], ran)
    fact("a wrong verdict: exit 1", code == 1, (code, said))
    fact("its findings are in the table", "REPRODUCED | stuck-task by tasks | 31.5 s" in said, said)
    kept = [line.split("kept in ")[1] for line in said.splitlines() if line.startswith("wrong: ")]
    fact("its record is kept", len(kept) == 2 and (pathlib.Path(kept[0]) / "result.json").exists(), said)
    fact("one that froze at boot is wrong, too", "freezes | k1 | v2 | 0.0 | OTHER_FAULT" in said, said)
    code, said, ran = quiet("--kernel", "k9", "--cgroup", "v1", "--table", "calm")
    fact("a missing run: exit 125, and nothing is run", (code, ran) == (125, []), (code, said))
    code, said, ran = quiet("nothing-of-the-sort")
    fact("no such scenario: exit 128", code == 128 and "nothing-of-the-sort" in said, (code, said))
    code, said, ran = quiet("--for", "30", "calm")
    fact("a time without a unit: exit 128", code == 128 and "--for 30" in said, (code, said))
    fact("nothing is left in the temporary folder", not list(folder.glob("hangar-quiet*")), list(folder.iterdir()))

print(f"1..{len(facts)}")
for number, (name, is_so, said) in enumerate(facts, 1):
    print(f"{'ok' if is_so else 'not ok'} {number} - {name}")
    if not is_so:
        print("# " + str(said).replace("\n", "\n# "))
sys.exit(0 if all(f[1] for f in facts) else 1)
