#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hangar triage on every log in tests/data/logs and tests/data/kmsg: the cases that NAME.expect names, in order.

usage: test_triage.py HANGAR SOURCE-ROOT [NAME...]   (TAP; with NAMEs those logs alone)
"""
import gzip
import json
import pathlib
import re
import subprocess
import sys

hangar, root, only = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
data = root / "tests" / "data"
SMALL = 64 << 10


def expected(path):
    rows = [l.split() for l in path.read_text().splitlines() if l.strip() and not l.startswith("#")]
    return [(r[0], r[1] if len(r) > 1 else "?", int(r[2]) if len(r) > 2 else None) for r in rows]


def triage(*args, stdin=None):
    done = subprocess.run([hangar, "triage", "--json", *map(str, args)], input=stdin, capture_output=True, timeout=60)
    assert done.returncode in (0, 1), f"exit code {done.returncode}: {done.stderr.decode(errors='replace')}"
    found = json.loads(done.stdout)
    assert done.returncode == (1 if found["findings"] else 0), "exit code and findings disagree"
    return found


def compare(found, want):
    got = [(f["kind"], f["function"] or "-", f["count"]) for f in found["findings"]]
    lines = [f"{k} {f} {c}" for k, f, c in got]
    agree = len(got) == len(want) and all(
        g[0] == w[0] and w[1] in ("?", g[1]) and w[2] in (None, g[2]) for g, w in zip(got, want))
    assert agree, "want:\n  " + "\n  ".join(" ".join(map(str, w)) for w in want) + "\ngot:\n  " + "\n  ".join(lines)


def forms(text):
    """The same log as others would hand it on."""
    yield "serial console", text.replace(b"\n", b"\r\n")
    yield "gzip", gzip.compress(text)
    lines = text.splitlines()
    if all(re.match(rb"\[ *\d+\.\d{6}\]", l) for l in lines):
        yield "syslog", b"".join(b"Nov 23 01:42:00 host kernel: " + l + b"\n" for l in lines)
        yield "/proc/kmsg", b"".join(b"<4>" + l + b"\n" for l in lines)


def essence(found):
    return [(f["kind"], f["function"], f["count"], f["line"], f["signature"]) for f in found["findings"]]


logs = sorted(p for folder in ("logs", "kmsg") for p in (data / folder).glob("*.log"))
if only:
    logs = [p for p in logs if p.stem in only]
print(f"1..{len(logs)}")
failed = 0
for number, path in enumerate(logs, 1):
    name = f"{path.parent.name}/{path.stem}"
    try:
        want = path.with_suffix(".expect")
        assert want.exists(), f"{want.name} is missing"
        plain = triage(path)
        compare(plain, expected(want))
        text = path.read_bytes()
        for form, again in forms(text) if len(text) < SMALL else ():
            got = essence(triage("-", stdin=again))
            assert got == essence(plain), f"{form}:\n  want {essence(plain)}\n  got  {got}"
        print(f"ok {number} - {name}")
    except (AssertionError, subprocess.TimeoutExpired, ValueError, KeyError) as why:
        failed += 1
        print(f"not ok {number} - {name}")
        print("# " + "\n# ".join(str(why).splitlines()[:40]))
sys.exit(1 if failed else 0)
