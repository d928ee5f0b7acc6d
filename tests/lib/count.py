#!/usr/bin/env python3
"""Print 'PASSED FAILED SKIPPED' of a JUnit file as Meson writes it: the cases of TAP tests one by one."""
import sys
import xml.etree.ElementTree as ET

passed = failed = skipped = 0
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        failed += 1
    elif "skipped" in kinds:
        skipped += 1
    else:
        passed += 1
print(passed, failed, skipped)
sys.exit(0 if passed + failed + skipped else 1)
