#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hangar triage as its users meet it: every form in which logs are handed on gives the same findings; exit codes,
JSON, options; and input that means no good.

usage: test_triage_forms.py HANGAR SOURCE-ROOT   (TAP)
"""
import bz2
import gzip
import json
import lzma
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import zlib

hangar, root = sys.argv[1], pathlib.Path(sys.argv[2])
data = root / "tests" / "data" / "kmsg"
logs = [data / (n + ".log") for n in ("el7-ext4-hung", "el7-memcg-oom", "6.18-memcg-oom")]
facts = []
MEMBERS = {"kind", "severity", "function", "comm", "pid", "cpu", "group", "scope", "seconds", "count", "signature",
           "input", "line", "last_line", "boot", "time", "uptime", "release", "taint", "text", "stack", "source",
           "source_cut", "explanation"}
sanitized = "ASAN_OPTIONS" in os.environ or b"__asan_init" in pathlib.Path(hangar).read_bytes()


def fact(test):
    facts.append(test)
    return test


def run(*args, stdin=None, timeout=60):
    return subprocess.run([hangar, "triage", *map(str, args)], input=stdin, capture_output=True, timeout=timeout)


def found(*args, stdin=None):
    done = run("--json", *args, stdin=stdin)
    assert done.returncode in (0, 1), f"{done.returncode} {done.stderr.decode(errors='replace')}"
    return json.loads(done.stdout)


def essence(result):
    return [(f["kind"], f["function"], f["comm"], f["pid"], f["count"], f["signature"], len(f["stack"]))
            for f in result["findings"]]


def records(path):
    """(microseconds, text) of each line of a log with times."""
    out, us = [], 0
    for line in path.read_text().splitlines():
        m = re.match(r"\[ *(\d+)\.(\d{6})\] ?(.*)", line)
        if m:
            us, line = int(m[1]) * 1000000 + int(m[2]), m[3]
        out.append((us, line))
    return out


def stamp(us):
    return f"[{us // 1000000:5d}.{us % 1000000:06d}]"


def export(us, text):
    return (f"__CURSOR=s=1;i={us}\n__REALTIME_TIMESTAMP=1763858520{us % 1000000:06d}\n_TRANSPORT=kernel\nPRIORITY=4\n"
            f"_SOURCE_MONOTONIC_TIMESTAMP={us}\nSYSLOG_IDENTIFIER=kernel\nMESSAGE={text}\n\n")


def export_counted(us, text):
    """As the journal exports a value that holds a line break: with its length in front."""
    raw = text.encode()
    return (f"__CURSOR=s=1;i={us}\n_TRANSPORT=kernel\nPRIORITY=4\n_SOURCE_MONOTONIC_TIMESTAMP={us}\nMESSAGE\n"
            + (len(raw).to_bytes(8, "little") + raw).decode("latin-1") + "\n\n")


def journal_json(us, text):
    return json.dumps({"__CURSOR": "s=1", "_TRANSPORT": "kernel", "PRIORITY": "4", "MESSAGE": text,
                       "_SOURCE_MONOTONIC_TIMESTAMP": str(us)}) + "\n"


forms = {
    "dmesg": lambda us, t: f"{stamp(us)} {t}\n",
    "dmesg -T": lambda us, t: f"[Sun Nov 23 01:42:00 2025] {t}\n",
    "dmesg -x": lambda us, t: f"kern  :warn  : {stamp(us)} {t}\n",
    "dmesg -d": lambda us, t: f"[{us // 1000000:5d}.{us % 1000000:06d} <    0.000012>] {t}\n",
    "dmesg --time-format iso": lambda us, t: f"2025-11-23T01:42:00,{us % 1000000:06d}+01:00 {t}\n",
    "without times": lambda us, t: f"{t}\n",
    "/proc/kmsg": lambda us, t: f"<4>{stamp(us)} {t}\n",
    "serial console": lambda us, t: f"{stamp(us)} {t}\r\r\n",
    "coloured": lambda us, t: f"\x1b[32m{stamp(us)} \x1b[0m\x1b[33m{t}\x1b[0m\n",
    "with callers": lambda us, t: f"{stamp(us)}[   T12] {t}\n",
    "RFC 3164": lambda us, t: f"Nov 23 01:42:00 host kernel: {stamp(us)} {t}\n",
    "RFC 3164 without kernel times": lambda us, t: f"Nov 23 01:42:00 host kernel: {t}\n",
    "RFC 5424": lambda us, t: f"<4>1 2025-11-23T01:42:00.123456+01:00 host kernel - - - {stamp(us)} {t}\n",
    "rsyslog with ISO times": lambda us, t: f"2025-11-23T01:42:00.123456+01:00 host kernel: {stamp(us)} {t}\n",
    "busybox": lambda us, t: f"Nov 23 01:42:00 host kern.warn kernel: {stamp(us)} {t}\n",
    "logread": lambda us, t: f"Sun Nov 23 01:42:00 2025 kern.warn kernel: {stamp(us)} {t}\n",
    "journalctl short-precise": lambda us, t: f"Nov 23 01:42:00.123456 host kernel: {t}\n",
    "journalctl short-monotonic": lambda us, t: f"{stamp(us)} host kernel: {t}\n",
    "journalctl short-unix": lambda us, t: f"1763858520.123456 host kernel: {t}\n",
    "journalctl short-full": lambda us, t: f"Sun 2025-11-23 01:42:00 UTC host kernel: {t}\n",
    "journalctl export": export,
    "journalctl export with lengths": export_counted,
    "journalctl json": journal_json,
    "/dev/kmsg": lambda us, t: f"4,{us % 9999},{us},-;{t}\n",
    "/dev/kmsg with callers": lambda us, t: f"4,{us % 9999},{us},-,caller=T12;{t}\n SUBSYSTEM=block\n DEVICE=b8:0\n",
    "/dev/kmsg through syslog": lambda us, t: f"Nov 23 01:42:00 host kernel: 4,{us % 9999},{us},-;{t}\n",
    "/dev/kmsg behind time and host": lambda us, t: f"Nov 23 01:42:00 host 4,{us % 9999},{us},-;{t}\n",
    "extended netconsole": lambda us, t: f"2025-11-23T01:42:00Z 6.4.0,4,{us % 9999},{us},-;{t}\n",
    "a Samsung phone": lambda us, t: f"<4>{stamp(us)} [3:     kworker/3:1:   715] {t}\n",
    "a MediaTek phone": lambda us, t: f"<4>{stamp(us)} (3)[715:kworker/3:1]{t}\n",
    "a Huawei phone": lambda us, t: f"{stamp(us)[:-1]}s][pid:715,cpu3,kworker/3:1]{t}\n",
    "a Spreadtrum phone": lambda us, t: f"{stamp(us)} c3 {t}\n",
    "a console logger": lambda us, t: f"2025-11-23 01:42:00 {stamp(us)} {t}\n",
    "a mail": lambda us, t: f"> {stamp(us)} {t}\n",
}


def every_form(path):
    want = essence(found(path))
    assert want, path
    bad = []
    for name, form in forms.items():
        text = "".join(form(us, t) for us, t in records(path))
        text = text.encode("latin-1" if "lengths" in name else "utf-8")
        got = essence(found("-", stdin=text))
        if got != want:
            bad.append(f"{name}:\n  want {want}\n  got  {got}")
    assert not bad, "\n".join(bad)


@fact
def a_listing_with_numbered_lines_is_read():
    text = ["kworker/3:1: page allocation failure: order:5, mode:0x104050",
            "CPU: 3 PID: 6359 Comm: kworker/3:1 Not tainted 3.10.0-1160.el7.x86_64 #1", "Call Trace:",
            "[<ffffffff81686b13>] dump_stack+0x19/0x1b", "[<ffffffffa07eebe6>] osdmap_set_max_osd+0x76/0x1d0 [libceph]"]
    for front in (lambda n: "", lambda n: f"{n} ", lambda n: f" {n} "):
        one, = found("-", stdin="".join(front(n) + t + "\n" for n, t in enumerate(text, 1)).encode())["findings"]
        assert (one["function"], one["comm"], one["pid"]) == ("osdmap_set_max_osd", "kworker/3:1", 6359), one


@fact
def a_hang_is_the_same_in_every_form():
    every_form(logs[0])


@fact
def an_oom_kill_is_the_same_in_every_form():
    every_form(logs[1])
    every_form(logs[2])


@fact
def what_another_program_logged_is_none():
    text = logs[0].read_text().splitlines()
    for front in ("Nov 23 01:42:00 host myprog[12]: ", "<14>", "<11>1 2025-11-23T01:42:00Z host myprog 12 - - ",
                  "12,1,5,-;"):
        assert not found("-", stdin="".join(f"{front}{l}\n" for l in text).encode())["findings"], front
    entry = "".join(export(us, t) for us, t in records(logs[0]))
    assert not found("-", stdin=entry.replace("=kernel", "=stdout").encode())["findings"]
    assert found("-", stdin=entry.encode())["findings"]


@fact
def a_packed_log_is_read_by_its_content():
    plain = logs[0].read_bytes()
    want = essence(found(logs[0]))
    packed = {"gzip": gzip.compress(plain), "xz": lzma.compress(plain), "bzip2": bz2.compress(plain)}
    for name in ("zstd", "lz4"):
        try:
            packed[name] = subprocess.run([name, "-c"], input=plain, capture_output=True, check=True).stdout
        except FileNotFoundError:
            pass
    for name, text in packed.items():
        result = found("-", stdin=text)
        assert essence(result) == want and result["inputs"][0]["packing"] == name, name
        done = run("-", stdin=text[:-20])
        assert done.returncode >= 128 and b"unpack" in done.stderr, (name, done.stderr)


@fact
def what_the_kernel_left_packed_in_its_store_is_unpacked():
    plain = logs[0].read_bytes()
    want = essence(found(logs[0]))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "dmesg-efi-1.enc.z")
        for bits in (12, -12):  # as until 4.17, as since
            packer = zlib.compressobj(9, zlib.DEFLATED, bits)
            packed = packer.compress(plain) + packer.flush()
            path.write_bytes(packed)
            result = found(path)
            assert essence(result) == want and result["inputs"][0]["packing"] == "deflate", bits
            path.write_bytes(packed[: len(packed) // 2])  # cut by the store: what there is
            assert run(path).returncode in (0, 1), bits
            path.write_bytes(packed[: len(packed) // 2] + b"\xff" * 64 + packed[len(packed) // 2 :])
            done = run(path)
            assert done.returncode >= 128 and b"deflate" in done.stderr or bits < 0, (bits, done.stderr)
            assert done.returncode in (0, 1) or done.returncode >= 128, bits  # without a sum it may unpack to other text


@fact
def parts_of_a_persistent_store_are_put_in_order():
    lines = logs[1].read_text().splitlines(True)
    parts = [lines[:9], lines[9:18], lines[18:]]
    want = essence(found(logs[1]))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, part in zip((3, 2, 1), parts):
            paths.append(os.path.join(folder, f"dmesg-efi-{i}"))
            pathlib.Path(paths[-1]).write_text(f"Panic#1 Part{i}\n" + "".join(part))
        for order in (paths, paths[::-1]):
            result = found(*order)
            assert essence(result) == want and len(result["inputs"]) == 1, order
        whole = b"".join(pathlib.Path(p).read_bytes() for p in paths[::-1])
    assert essence(found("-", stdin=whole)) == want
    assert essence(found("-", stdin=whole.replace(b"Panic#1 Part", b"Part"))) != want


@fact
def the_object_has_the_members_that_the_manual_names():
    result = found(*logs)
    assert set(result) == {"findings", "boots", "lines", "together", "inputs"}, set(result)
    for f in result["findings"]:
        assert set(f) == MEMBERS, set(f) ^ MEMBERS
        assert isinstance(f["stack"], list) and isinstance(f["source"], list) and f["source"]
        assert f["line"] <= f["last_line"] and f["count"] >= 1 and f["boot"] >= 1
        assert f["explanation"] is None or set(f["explanation"]) == {"by", "conclusion", "words", "details"}
    assert [i["name"] for i in result["inputs"]] == [str(p) for p in logs]
    assert result["boots"] == 3 and result["lines"] == sum(len(p.read_text().splitlines()) for p in logs)
    manual = (root / "runner" / "man" / "hangar-triage.1").read_text()
    for member in MEMBERS | set(result):
        assert re.search(rf"^\.It Cm {member}\b", manual, re.M), f"{member} is not in the manual page"


@fact
def lines_are_counted_from_where_the_file_begins():
    noise = b"usb 1-1: new high-speed USB device\n" * 1000
    first = found("-", stdin=noise + logs[0].read_bytes())["findings"][0]
    assert first["line"] == 1001, first["line"]
    assert first["source"][0].startswith("INFO: task kworker/u4:1:29 blocked"), first["source"][0]
    two = found(logs[0], logs[0])["findings"]
    assert two[0]["line"] == two[len(two) // 2]["line"] == 1


@fact
def a_repeat_is_counted_and_a_boot_begins_afresh():
    stall = b"[%5d.000000] watchdog: BUG: soft lockup - CPU#1 stuck for %ds! [a:7]\n[%5d.000001] x\n"
    many = b"".join(stall % (100 + 25 * i, 22 + 25 * i, 100 + 25 * i) for i in range(4))
    result = found("-", stdin=many)
    assert [(f["count"], f["seconds"], f["last_line"] >= 7) for f in result["findings"]] == [(4, 97.0, True)], result
    boot = b"[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1\n"
    result = found("-", stdin=boot + many + boot + many)
    assert [(f["count"], f["boot"], f["release"]) for f in result["findings"]] == [
        (4, 1, "6.1.0-18-amd64"), (4, 2, "6.1.0-18-amd64")] and result["boots"] == 2, result
    assert found("-", stdin=many + many)["boots"] == 2  # the clock went back


@fact
def exit_codes_never_read_as_something_else():
    assert run("-", stdin=b"all is well\n").returncode == 0
    assert run("-", stdin=b"").returncode == 0
    assert run(logs[0]).returncode == 1
    for args in ([], ["--nothing", "x"], ["--kind", "no-such-kind", "x"], ["--kind"], ["/nothing/here"], ["/tmp"]):
        done = run(*args)
        assert done.returncode >= 128 and len(done.stderr.splitlines()) == 1, (args, done)
    done = run("--json", "/nothing/here", logs[0])
    assert done.returncode >= 128
    result = json.loads(done.stdout)
    assert result["findings"] and "cannot be opened" in result["inputs"][0]["problem"], result["inputs"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run([hangar, "triage", logs[0]], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode >= 128 and b"cannot be written" in done.stderr, done


@fact
def options_choose_what_is_shown():
    assert not found("--kind", "oom-kill", logs[0])["findings"]
    assert run("--kind", "oom-kill", logs[0]).returncode == 0
    both = found("--kind", "oom-kill", "--kind", "hung-task", *logs)["findings"]
    assert {f["kind"] for f in both} == {"oom-kill", "hung-task"}
    signatures = run("--signature", logs[0]).stdout.decode().splitlines()
    assert signatures == [f["signature"] for f in found(logs[0])["findings"]]
    assert found("--stdin-name", "ticket 12", "-", stdin=b"x\n")["inputs"][0]["name"] == "ticket 12"
    done = run("--help")
    assert done.returncode == 0 and max(map(len, done.stdout.decode().splitlines())) <= 90
    text = run(logs[0]).stdout.decode()
    assert "hung-task (severe) in wait_transaction_locked" in text and "4 findings in" in text, text


@fact
def text_for_people_holds_nothing_that_a_terminal_obeys():
    text = b"[    1.000000] INFO: task a\x1b[2J\x07:7 blocked for more than 122 seconds.\n"
    done = run("--stdin-name", "x\x1b[2Jy", "-", stdin=text)
    assert done.returncode == 1 and b"\x1b" not in done.stdout and b"\x07" not in done.stdout, done.stdout
    found("-", stdin=text)


def limited(args, feed, mib=32):
    """Feed a pipe; returns exit code and output. Fails past so many MiB."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([hangar, "triage", *args], stdin=subprocess.PIPE, stdout=out)
        feed(process.stdin)
        process.stdin.flush()
        # of this program alone: what wait4() tells holds the memory of the process that it was forked from
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        process.stdin.close()
        process.wait(60)
        out.seek(0)
        text = out.read()
    most = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
    assert sanitized or 1000 < most < mib * 1024, f"{most} KiB"
    return process.returncode, text


@fact
def a_line_of_100_mb_costs_no_memory():
    def feed(to):
        to.write(logs[1].read_bytes())
        for _ in range(100):
            to.write(b"BUG: soft lockup " * 61681)
        to.write(b"\n" + logs[1].read_bytes())

    code, out = limited(["--json", "-"], feed)
    result = json.loads(out)
    lines = len(logs[1].read_text().splitlines())
    assert code == 1 and result["lines"] == 2 * lines + 1, result["lines"]
    assert result["findings"][-1]["line"] == lines + 2, [f["line"] for f in result["findings"]]


@fact
def many_findings_cost_no_memory():
    report = logs[0].read_text()

    def feed(to):
        for i in range(3000):
            to.write(re.sub(r":(\d+) blocked", lambda m: f":{i * 1000 + int(m[1])} blocked", report).encode())

    code, out = limited(["--json", "-"], feed)
    assert code == 1 and len(json.loads(out)["findings"]) == 3000 * 4


@fact
def bytes_that_are_no_text_are_read_over():
    oom = logs[1].read_bytes()
    torn = oom.replace(b"killed as", b"kil\0\0led as")
    for text in (b"\0" * 100000 + b"\n" + oom, os.urandom(1000000) + b"\n" + oom, oom.replace(b"\n", b"\n\xff\xfe\n"),
                 torn, oom[:-40], b"\n" * 100000 + oom, b"\r" * 100000 + b"\n" + oom):
        result = found("-", stdin=text)
        assert any(f["kind"] == "oom-kill" for f in result["findings"]), text[:100]


@fact
def numbers_beyond_64_bits_are_no_trouble():
    n = b"9" * 400
    for line in (b"[%s.%s] BUG: soft lockup - CPU#%s stuck for %ss! [a:%s]" % (n, n, n, n, n),
                 b"<%s>[    1.0] BUG: soft lockup - CPU#1 stuck for 22s! [a:7]" % n,
                 b"%s,%s,%s,-;BUG: soft lockup - CPU#%s stuck for 22s! [a:7]" % (n, n, n, n),
                 b"Panic#%s Part%s" % (n, n), b"[   99999999999999999.9] x"):
        found("-", stdin=line + b"\n" + line + b"\n")


@fact
def a_bomb_is_refused_in_time():
    inner = gzip.compress(b"\0" * (1 << 26), 9)
    bomb = gzip.compress(inner * 40, 9)  # 2.5 GiB
    begun = time.monotonic()
    with tempfile.NamedTemporaryFile() as f:
        f.write(bomb)
        f.flush()
        done = run("--json", f.name, timeout=120)
    assert done.returncode >= 128 or json.loads(done.stdout)["findings"] == [], done
    assert time.monotonic() - begun < 100


@fact
def an_endless_input_ends_with_an_interrupt():
    process = subprocess.Popen([hangar, "triage", "--json", "/dev/zero"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGINT, process.returncode
    assert json.loads(out)["findings"] == []


print(f"1..{len(facts)}")
failed = 0
for number, test in enumerate(facts, 1):
    try:
        test()
        print(f"ok {number} - {test.__name__}", flush=True)
    except (AssertionError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError) as why:
        failed += 1
        print(f"not ok {number} - {test.__name__}")
        print("# " + "\n# ".join(str(why).splitlines()[:40]), flush=True)
sys.exit(1 if failed else 0)
