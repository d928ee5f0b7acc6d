#!/usr/bin/env python3
"""same_as_live.py HANGAR RUN-DIRECTORY: what the watcher of the kernel log noticed while the kernel lived, `hangar triage`
must find in the log that the run kept, and nothing else: the same kinds with the same signatures. Prints what differs."""
import json
import pathlib
import subprocess
import sys

hangar, run = sys.argv[1], pathlib.Path(sys.argv[2])
OOM = {"global-oom": "oom-kill", "foreign-oom": "oom-kill"}  # whose it is, only the run can know
NOT_IN_THE_LOG = {"kmsg-gap"}


def live():
    found = {}
    if not (run / "journal.jsonl").exists():
        sys.exit("the guest left no journal")
    for line in (run / "journal.jsonl").read_text(errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # torn by the end of the guest
        if event.get("event") != "finding" or event["kind"] in NOT_IN_THE_LOG:
            continue
        # the last word on a finding has its stack; OOM kills are told by either of two watchers
        if event.get("watcher") == "kmsg":
            found[event.get("more_of") or event["id"]] = (OOM.get(event["kind"], event["kind"]), event.get("signature"))
    return set(found.values())


def offline():
    if not (run / "kmsg.log").exists():
        return set()  # the kernel said nothing that was worth keeping
    said = subprocess.run([hangar, "triage", "--json", run / "kmsg.log"], capture_output=True, text=True)
    if said.returncode not in (0, 1):
        sys.exit(f"hangar triage: exit code {said.returncode}: {said.stderr}")
    return {(f["kind"], f["signature"]) for f in json.loads(said.stdout)["findings"]}


seen, read = live(), offline()
for kind, signature in sorted(seen - read):
    print(f"seen live, not found in the log: {kind} {signature}")
for kind, signature in sorted(read - seen):
    if kind != "oom-kill":
        print(f"found in the log, not seen live: {kind} {signature}")
sys.exit(0 if seen <= read and all(kind == "oom-kill" for kind, _ in read - seen) else 1)
