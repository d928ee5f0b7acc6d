#!/usr/bin/env python3
"""Print what the failed tests of a Meson log (JSON lines) said: Meson itself keeps the '#' lines of TAP to the file."""
import json
import sys

LINES = 400  # of each test; what a guest said last is 55

for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    test = json.loads(line)
    if test["result"] in ("OK", "SKIP"):
        continue
    said = test.get("stdout", "").splitlines()
    told = [l for l in said if not l.startswith("ok ")]
    print(f"---- {test['name']}: {test['result']}, {test['duration']:.0f} s")
    if len(told) > LINES:
        print(f"({len(told) - LINES} lines left out)")
    print("\n".join(told[-LINES:]))
    print("\n".join(test.get("stderr", "").splitlines()[-60:]))
