#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold schema.json against a real validator: what the loader takes it takes, what the loader refuses for its
shape it refuses. (That the loader does so is test_scenario's; both read the same files.)

Usage: test_schema.py SOURCE_ROOT"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

root = pathlib.Path(sys.argv[1])
data = root / "tests" / "data" / "scenario"
schema = json.loads((root / "scenarios" / "schema.json").read_text())


def validator():
    """2020-12 where the library knows it; all that the schema uses is also in draft 2019-09."""
    for name in ("Draft202012Validator", "Draft201909Validator"):
        if hasattr(jsonschema, name):
            return getattr(jsonschema, name)
    print("1..0 # SKIP python3-jsonschema is older than 4.0")
    sys.exit(0)


def errors(path):
    """The first objection to a file, or None."""
    for error in check.iter_errors(json.loads(path.read_text())):
        return "/".join(map(str, error.absolute_path)) + ": " + error.message
    return None


def refuses_text(path):
    """Is it no JSON at all? (Depth and size of numbers are limits of hangar's, not of JSON.)"""
    try:
        json.loads(path.read_text())
    except (ValueError, RecursionError):
        return True
    return False


check = validator()
check.check_schema(schema)
check = check(schema)

shipped = [p for p in sorted((root / "scenarios").rglob("*.json")) if p.name != "schema.json"]
own_limits = {"nested-too-deep", "number-too-large", "number-past-doubles", "nul-escape"}
facts = []
for path in shipped + sorted((data / "good").glob("*.json")):
    facts.append((path, "is valid", errors(path)))
for path in sorted((data / "bad").glob("*.json")):
    facts.append((path, "is refused", None if errors(path) else "the schema takes it"))
for path in sorted((data / "bad-semantic").glob("*.json")):
    facts.append((path, "has a valid shape", errors(path)))
for path in sorted((data / "bad-text").glob("*.json")):
    if path.stem not in own_limits:
        facts.append((path, "is no JSON", None if refuses_text(path) else "it is JSON"))

print(f"1..{len(facts)}")
failed = 0
for number, (path, fact, why) in enumerate(facts, 1):
    failed += why is not None
    print(f"{'ok' if why is None else 'not ok'} {number} - {path.relative_to(root)} {fact}")
    if why:
        print(f"# {why}")
sys.exit(1 if failed else 0)
