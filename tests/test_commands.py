#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that only read, as a user types them: check, explain, list, stressors; and what README, manual and
completion say of all commands.

Usage: test_commands.py HANGAR SOURCE_ROOT      (HANGAR_STRESSORS names the stressors just built)"""
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

hangar, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
scenarios = root / "scenarios"
data = root / "tests" / "data" / "scenario"
os.environ["HANGAR_SCENARIOS"] = str(scenarios)
shipped = sorted(p for p in scenarios.rglob("*.json") if p.name != "schema.json")
facts = []


def fact(test):
    facts.append(test)
    return test


def run(*args, cwd=None):
    return subprocess.run([hangar, *map(str, args)], capture_output=True, text=True, timeout=60, cwd=cwd)


def expect(done, code, out=None, err=None):
    """Exit code as given (128: 128 or more), and text that must be in the output."""
    good = done.returncode == code or (code == 128 and done.returncode >= 128)
    assert good, f"exit code {done.returncode}: {done.stdout}{done.stderr}"
    assert out is None or out in done.stdout, done.stdout
    assert err is None or err in done.stderr, done.stderr
    return done


@fact
def every_shipped_scenario_passes_check():
    done = expect(run("check", *shipped), 0)
    assert done.stdout.count(": ok\n") == len(shipped) and not done.stderr, done.stderr


@fact
def every_scenario_in_the_readme_passes_check():
    blocks = (root / "README.md").read_text().split("```json\n")[1:]
    assert blocks
    with tempfile.TemporaryDirectory() as folder:
        for i, block in enumerate(blocks):
            path = pathlib.Path(folder) / f"{i}.json"
            path.write_text(block.split("```")[0])
            expect(run("check", path), 0, ": ok\n")


@fact
def check_goes_on_after_a_bad_file():
    bad = sorted((data / "bad-semantic").glob("*.json"))[:3]
    done = expect(run("check", bad[0], shipped[0], bad[1], "/nothing/here"), 128, f"{shipped[0]}: ok\n")
    lines = done.stderr.splitlines()
    assert len(lines) == 3 and all(l.startswith("hangar: /") for l in lines), done.stderr
    assert lines[0].startswith(f"hangar: {bad[0]}:"), lines[0]


@fact
def check_leaves_the_schema_out_of_a_folder():
    expect(run("check", scenarios / "schema.json", shipped[0]), 0, "schema.json: left out")


@fact
def check_prints_the_schema_of_the_tree():
    done = expect(run("check", "--schema"), 0)
    assert json.loads(done.stdout) == json.loads((scenarios / "schema.json").read_text())


@fact
def check_refuses_what_is_no_file_of_text_at_once():
    with tempfile.TemporaryDirectory() as folder:
        names = {"huge": "has 104857600 bytes", "fifo": "is a fifo", "folder": "is a directory",
                 "utf16": "is UTF-16", "nul": "NUL", "deep": "nested deeper", "latin1": "not valid UTF-8"}
        paths = {name: os.path.join(folder, name + ".json") for name in names}
        with open(paths["huge"], "wb") as f:
            f.truncate(100 << 20)
        os.mkfifo(paths["fifo"])
        os.mkdir(paths["folder"])
        text = shipped[0].read_text()
        for name, content in (("utf16", text.encode("utf-16")), ("nul", b'{"name":"a\0b"}'),
                              ("deep", b"[" * 500000), ("latin1", b'{"name":"caf\xe9"}')):
            with open(paths[name], "wb") as f:
                f.write(content)
        for name, message in names.items():
            done = expect(run("check", paths[name]), 128, err=message)
            assert len(done.stderr.splitlines()) == 1, done.stderr


@fact
def scenarios_are_found_by_name_from_anywhere():
    expect(run("check", "quickstart", "controls/stall", cwd="/"), 0, "controls/stall.json: ok")
    expect(run("check", "quickstrat", cwd="/"), 128, err="quickstrat: cannot be opened")
    # ./quickstart is a script in the root of the source tree
    expect(run("check", "quickstart", cwd=root), 0, "scenarios/quickstart.json: ok")
    expect(run("check", "./quickstart", cwd=root), 128, err="is not valid JSON")


@fact
def explain_shows_the_plan_of_every_shipped_scenario():
    for path in shipped:
        done = expect(run("explain", path), 0, "phases")
        assert "here      Linux " in done.stdout, done.stdout


@fact
def explain_as_json_holds_launches_and_skips():
    for path in shipped:
        j = json.loads(expect(run("explain", "--json", "--seed=7", path), 0).stdout)
        assert j["scenario"] == json.loads(path.read_text())
        assert j["plan"]["seed"] == 7 and isinstance(j["skipped"], bool)
        assert all(s["why"] and s["remedy"] for s in j["skips"])
        runs = sum(len(p.get("run", [])) for p in j["scenario"]["phases"])
        assert (len(j["plan"]["launches"]) >= runs), path
    j = json.loads(expect(run("explain", "--json", "ext4-oom-deadlock"), 0).stdout)
    assert len(j["plan"]["launches"]) == 303 and len(j["plan"]["groups"]) == 10
    assert j["plan"]["launches"][302]["group"] == "victims.9"


@fact
def what_hurts_a_machine_is_skipped_here():
    dangerous = {"freeze", "kernel-fault", "log-flood", "thin-disk"}
    for path in shipped:
        j = json.loads(expect(run("explain", "--json", path), 0).stdout)
        uses = {r.get("use") for p in j["scenario"]["phases"] for r in p.get("run", [])}
        throwaway = j["scenario"].get("needs", {}).get("throwaway", False)
        assert throwaway or not uses & dangerous, f"{path} must need a throwaway machine"
        skips = [s for s in j["skips"] if s["what"] == "throwaway machine"]
        assert bool(skips) == throwaway and all(s["fatal"] for s in skips), path
        assert not skips or skips[0]["remedy"] == "run it with `hangar vm`", skips


@fact
def every_control_has_a_twin():
    controls = {p.stem: json.loads(p.read_text()) for p in shipped if p.parent.name == "controls"}
    for name, scenario in controls.items():
        positive = scenario.get("expect", {}).get("must-reproduce", False)
        if name == "quiet":
            continue
        assert positive != name.endswith("-off"), name
        twin = controls[name[:-4] if name.endswith("-off") else name + "-off"]
        for key in ("needs", "vm", "sysctls", "scratch"):
            assert scenario.get(key) == twin.get(key), f"{name}: {key} is not that of its twin"


@fact
def explain_refuses_a_bad_scenario():
    expect(run("explain", data / "bad" / "unknown-key.json"), 128, err="did you mean \"groups\"?")


@fact
def list_names_every_shipped_scenario():
    done = expect(run("list"), 0)
    rows = json.loads(expect(run("list", "--json"), 0).stdout)
    names = [str(p.relative_to(scenarios))[:-len(".json")] for p in shipped]
    assert sorted(r["name"] for r in rows) == sorted(names), rows
    assert all("error" not in r and r["about"] for r in rows), rows
    for name in names:
        assert f"\n{name} " in "\n" + done.stdout, name


@fact
def list_shows_a_broken_scenario_as_broken():
    rows = json.loads(expect(run("list", "--json", data / "bad"), 0).stdout)
    assert len(rows) == len(list((data / "bad").glob("*.json"))) and all(r["error"] for r in rows)
    expect(run("list", "/nothing/here"), 128, err="/nothing/here: cannot be read")


@fact
def stressors_tell_parameters_with_units_and_ranges():
    rows = json.loads(expect(run("stressors", "--json"), 0).stdout)
    names = {r["name"] for r in rows}
    assert {"alloc", "fsync-writer", "creat-storm", "thp-churn", "itimer", "alloc-and-write"} <= names
    for row in rows:
        assert os.access(row["program"], os.X_OK) and row["about"] and row["step"] and row["params"]
    expect(run("stressors"), 0, "alloc-and-write")
    expect(run("stressors", "alloc"), 0, "bytes, 4K to 16T; default 64M")
    expect(run("stressors", "aloc"), 128, err="did you mean \"alloc\"?")


@fact
def a_missing_folder_of_stressors_is_told():
    env = os.environ | {"HANGAR_STRESSORS": "/nothing/here"}
    for args in (["check", shipped[0]], ["explain", shipped[0]], ["stressors"]):
        done = subprocess.run([hangar, *map(str, args)], capture_output=True, text=True, env=env, timeout=60)
        expect(done, 128, err="the folder of stressors /nothing/here cannot be read")


@fact
def bad_usage_never_reads_as_a_verdict():
    for args in (["check"], ["check", "--nothing"], ["explain"], ["explain", "a", "b"], ["explain", "--seed"],
                 ["explain", "--seed=x", "quickstart"], ["explain", "--seed=-1", "quickstart"],
                 ["list", "a", "b"], ["list", "--seed=1"], ["stressors", "a", "b"], ["check", "--json", "x"]):
        done = expect(run(*args), 128)
        assert len(done.stderr.splitlines()) == 1 and not done.stdout, (args, done.stderr)


@functools.cache
def commands():
    """All of them, as `hangar --help` lists them."""
    return re.findall(r"^  ([a-z]+) ", expect(run("--help"), 0).stdout, re.M)


@functools.cache
def options(command):
    """The long options that its --help tells of; rehearse takes those of vm, too."""
    text = expect(run(command, "--help"), 0).stdout
    found = set(re.findall(r"(?:^ +(?:-\w, )?|\[)(--[a-z-]+)", text, re.M))
    return found | (options("vm") if command == "rehearse" else set())


@fact
def help_is_an_answer_and_no_error():
    assert len(commands()) > 10
    for command in commands():
        done = expect(run(command, "--help"), 0, f"Usage: hangar {command}")
        assert not done.stderr, done.stderr
        wide = [l for l in done.stdout.splitlines() if len(l) > 80]
        assert command == "kernel" or not wide, wide


@fact
def every_option_is_in_the_manual_and_in_the_completion():
    completion = (root / "runner/completion/hangar").read_text()
    branches = re.findall(r"\n\t([a-z |]+)\)\n(.*?)(?=\n\t[a-z |]+\)\n|\n\tesac)", completion[completion.index("case $command"):], re.S)
    for command in commands():
        page = root / f"runner/man/hangar-{'vm' if command == 'rehearse' else command}.1"
        page = page if page.exists() else root / "runner/man/hangar.1"
        told = set("--" + o for o in re.findall(r"\bFl Fl ([a-z][a-z-]*)", page.read_text()))
        missing = options(command) - told - {"--help"}
        assert not missing, f"{page.name} does not tell of {missing}"
        words = " ".join(text for names, text in branches if command in names.split(" | "))
        lacking = {o for o in options(command) if not re.search(re.escape(o) + r"(?![a-z-])", words)}
        assert not lacking, f"the completion of {command} lacks {lacking}"


@fact
def the_manual_tells_of_no_option_that_is_not_there():
    for page in sorted((root / "runner/man").glob("hangar-*.1")):
        command = page.stem[len("hangar-"):]
        items = re.findall(r"^\.It .*$", page.read_text(), re.M)
        told = {"--" + o for item in items for o in re.findall(r"Fl Fl ([a-z][a-z-]*)", item)}
        assert not told - options(command), f"{page.name}: {told - options(command)}"


def shown_commands():
    """Each command line in the README's fences, as words."""
    fence = None
    for line in (root / "README.md").read_text().splitlines():
        if line.startswith("```"):
            fence = line if fence is None else None
        elif fence == "```":
            for part in line.split(" #")[0].split("|"):
                words = part.split()
                if words and re.match(r"(build|tests|\.)/", words[0]):
                    yield words


@fact
def every_command_in_the_readme_can_be_typed():
    shown = list(shown_commands())
    assert len(shown) > 20, shown
    for words in shown:
        if words[0] != "build/runner/hangar":
            assert os.access(root / words[0], os.X_OK), words
            continue
        assert words[1] in commands(), words
        for word in words[2:]:
            known = not word.startswith("--") or word.split("=")[0] in options(words[1])
            assert known, f"{words[1]} has no {word}"
        if words[1] in ("vm", "explain", "run") and len(words) > 2:
            name = next((w for w in words[2:] if not w.startswith("-")), None)
            assert name is None or name.endswith(".json") or (scenarios / f"{name}.json").exists(), words
    for command in re.findall(r"`hangar ([a-z]+)", (root / "README.md").read_text()):
        assert command in commands(), f"README: hangar {command}"


@fact
def readme_and_manual_name_every_scenario_and_stressor():
    readme = (root / "README.md").read_text()
    manual = (root / "stressors/man/hangar-stressors.1").read_text()
    for path in shipped:
        twin = path.parent.name == "controls" and path.stem.endswith("-off")
        assert twin or f"`{path.stem}`" in readme or path.stem == "quiet", f"README does not name {path.stem}"
    for row in json.loads(expect(run("stressors", "--json"), 0).stdout):
        assert f"`{row['name']}`" in readme, f"README does not name {row['name']}"
        assert f"\n.Ss {row['name']}\n" in manual, f"hangar-stressors(1) does not tell of {row['name']}"
        for param in row["params"]:
            assert re.search(rf"Fl Fl {param['name']}(?![a-z-])", manual), f"{row['name']} {param['name']}"


print(f"1..{len(facts)}")
failed = 0
for number, test in enumerate(facts, 1):
    try:
        test()
        print(f"ok {number} - {test.__name__}")
    except (AssertionError, subprocess.TimeoutExpired, ValueError, KeyError) as why:
        failed += 1
        print(f"not ok {number} - {test.__name__}")
        print("# " + "\n# ".join(str(why).splitlines()[:20]))
sys.exit(1 if failed else 0)
