"""What the benches that run guests have in common: a run directory's events, and the machine in one sentence."""
import json
import os
import platform
import re
import subprocess


def events(run):
    """Of the guest, then of whoever watched from outside."""
    for name in ("journal.jsonl", "outside.jsonl"):
        path = run / name
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            try:
                yield json.loads(line)
            except ValueError:
                pass  # torn by the end of the guest


def machine():
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo", encoding="utf-8") if l.startswith("model name")), "?")
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo", encoding="utf-8").read()).group(1)) >> 20
    qemu = subprocess.run([os.environ.get("HANGAR_QEMU", "qemu-system-x86_64"), "--version"], capture_output=True, text=True)
    return f"{cpu}, {os.cpu_count()} CPUs, {memory} GiB, Linux {platform.release()}; {qemu.stdout.splitlines()[0]}, TCG."
