"""Is every line of a journal a JSON object, and "seq" without holes? Prints "whole" or the first line that is not."""
import json
import sys

for number, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    try:
        good = line.endswith("\n") and json.loads(line)["seq"] == number
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        sys.exit(print(f"line {number}: {line[:200]!r}"))
print("whole")
