#!/usr/bin/env bash
# From `hangar vm` to the first step of a stressor, against a bare QEMU boot of the same kernel to user space: same machine, memory,
# CPUs and accelerator, a ramdisk of busybox alone, and nothing of ours. Rounds of all alternate; medians are compared.
#   boot.sh [ROUNDS [KERNEL [SCENARIO]]]; fails when the ratio exceeds 1.5
# The bare boot's command line is the plain one; "ours" beside it tells what our kernel arguments win by themselves.
set -euo pipefail
: "${HANGAR:?}" "${HANGAR_STRESSORS:?}"
rounds=${1:-7} kernel=${2:-debian:6.1} scenario=${3:-}
qemu=${HANGAR_QEMU:-qemu-system-x86_64}
for program in "$qemu" busybox cpio; do
	command -v "$program" >/dev/null || { echo "needs $program"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$scenario" ]; then
	scenario=$work/one.json
	cat >"$scenario" <<-'E2'
		{ "name": "one", "about": "One stressor for a moment.",
		  "phases": [ { "name": "go", "for": "500ms", "run": [ { "use": "alloc", "with": { "bytes": "8M" } } ] } ] }
	E2
fi
# Also fills the cache: what is fetched, unpacked or packed once is no part of a boot.
"$HANGAR" kernel path --json "$kernel" >"$work/kernel.json"
"$HANGAR" vm --quiet --out "$work/warm" --kernel "$kernel" --dump none "$scenario" >"$work/warm.log" 2>&1 || { cat "$work/warm.log"; exit 1; }

mkdir -p "$work/root/bin"
cp "$(command -v busybox)" "$work/root/bin/busybox"
printf '#!/bin/busybox sh\necho USER-SPACE\n/bin/busybox poweroff -f\n' >"$work/root/init"
chmod 755 "$work/root/init"
(cd "$work/root" && mkdir dev && find . | cpio -o -H newc --quiet -R 0:0) >"$work/bare.cpio"

python3 - "$work" "$rounds" "$qemu" "$kernel" "$scenario" <<'E2'
import json, os, statistics, subprocess, sys, time

work, rounds, qemu, kernel, scenario = sys.argv[1], int(sys.argv[2]), *sys.argv[3:6]
LIMIT = 1.5
vmlinuz = json.load(open(work + "/kernel.json"))["vmlinuz"]
lines = lambda path: [json.loads(l) for l in open(path)]
first = lambda events, kind, **more: next(e for e in events if e["event"] == kind and all(e.get(k) == v for k, v in more.items()))

begun = first(lines(work + "/warm/outside.jsonl"), "outside-begin")
told = first(lines(work + "/warm/outside.jsonl"), "stage", name="boot")["detail"]
tcg = begun["accel"] == "tcg"
recent = int(begun["qemu"].split(".")[0]) >= 10  # as runner/vm/qemu/defects.c has it
bare = [qemu, "-no-user-config", "-nodefaults", "-display", "none", "-no-reboot", "-machine", "pc",
        "-accel", "tcg,thread=" + ("multi" if recent else "single") if tcg else "kvm",
        "-cpu", "max,la57=off,erms=off,fsrm=off" + ("" if recent else ",cx16=off") if tcg else "host",
        "-smp", str(begun["cpus"]), "-m", "%dM" % (begun["memory_bytes"] >> 20), "-serial", "stdio",
        "-kernel", vmlinuz, "-initrd", work + "/bare.cpio"]

def boot(append):
    begin = time.monotonic()
    with subprocess.Popen(bare + ["-append", append], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as p:
        heard = b""
        while b"USER-SPACE" not in heard:
            more = os.read(p.stdout.fileno(), 4096)
            assert more, "the bare guest never came to user space: " + heard.decode(errors="replace")
            heard += more
        end = time.monotonic()
        p.stdout.read()
    return {"all": end - begin}

def hangar(number):
    out = "%s/run%d" % (work, number)
    begin = time.monotonic()
    subprocess.run([os.environ["HANGAR"], "vm", "--quiet", "--out", out, "--kernel", kernel, "--dump", "none", scenario],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    outside, inside = lines(out + "/outside.jsonl"), lines(out + "/journal.jsonl")
    zero = first(outside, "outside-begin")["epoch_us"] / 1e6 - begin  # CLOCK_MONOTONIC, both
    at = lambda event: zero + event["t"]
    qemu_at, hello = at(first(outside, "stage", name="boot")), at(first(outside, "stage", name="hello"))
    run = at(first(outside, "run-begin"))
    # The copies wait at a start line until phase-begin. Inside and outside meet at run-begin, which comes in after a sync.
    step = run + first(inside, "phase-begin")["t"] - first(inside, "run-begin")["t"]
    return {"all": step, "ramdisk, QEMU up": qemu_at, "kernel, modules, first process": hello - qemu_at,
            "hangar run starts": run - hello, "watchers, groups, stressors": step - run}

ways = {"bare": lambda n: boot("console=ttyS0 quiet panic=-1"), "ours": lambda n: boot(told), "hangar vm": hangar}
seen = {name: [] for name in ways}
for n in range(rounds):
    for name in list(ways)[n % 3:] + list(ways)[:n % 3]:
        seen[name].append(ways[name](n))
median = lambda name, part: statistics.median(r[part] for r in seen[name])
print("| seconds, median of %d (%s, %s) | |\n|---|---|" % (rounds, begun["release"], begun["accel"]))
print("| bare QEMU to user space | %.2f |" % median("bare", "all"))
print("| the same with our kernel arguments | %.2f |" % median("ours", "all"))
print("| hangar vm to the first step of a stressor | %.2f |" % median("hangar vm", "all"))
for part in list(seen["hangar vm"][0])[1:]:
    print("| - %s | %.2f |" % (part, median("hangar vm", part)))
ratio = median("hangar vm", "all") / median("bare", "all")
print("boot: ratio %.2f (limit %.1f), %.2f with the same kernel arguments" % (ratio, LIMIT, median("hangar vm", "all") / median("ours", "all")))
sys.exit(ratio > LIMIT)
E2
